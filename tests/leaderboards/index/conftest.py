"""Boards of many small entries, written in no time; and the databases that every test of the index runs on."""

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchwright.store import atomic
from benchwright.store.folder import to_json
from benchwright.store.lease import lease
from benchwright.types import Score
from benchwright_leaderboards.entries import Cost, Entry, Submission, TaskResult, Withdrawal

DIGEST = "a" * 64
"""Of every task of these boards."""


def write_board(root, tasks=("t/one", "t/two"), **words):
    """A board whose tasks all weigh the same; returns its folder."""
    lines = ["schema = 1", *(f"{name} = {value}" for name, value in {"title": '"Made"', **words}.items())]
    for path in tasks:
        lines += ["[[task]]", f'path = "{path}"', f'digest = "{DIGEST}"']
    root.mkdir(parents=True, exist_ok=True)
    (root / "board.toml").write_text("\n".join(lines) + "\n")
    return root


def result(path, value, *, digest=DIGEST, limit=None, errored=0):
    """A result of 100 items."""
    score = Score(metric="score", value=value, low=value - 0.05, high=value + 0.05, n=100, errored=errored)
    by_metric = (Score(metric="accuracy@1", value=value, n=100),)
    return TaskResult(path=path, digest=digest, key="k", score=score, scores=by_metric, limit=limit, records="r")


def entry(called, scores, **facts):
    """An entry with these scores by task: a number, or a result."""
    results = tuple(one if isinstance(one, TaskResult) else result(path, one) for path, one in scores.items())
    return Entry(
        **{"id": called, "name": called, "run": "run", "adapter": "constant", "model": None, "attempt": 1, **facts},
        results=results,
    )


def submission(*entries, **facts):
    """A submission of these entries, called after them."""
    digest = hashlib.sha256(repr([one.id for one in entries]).encode()).hexdigest()
    told = {"team": "us", "added": "2026-01-01T00:00:00.000000+00:00", "measured": {}, **facts}
    return Submission(schema=1, id=digest[:16], digest=digest, entries=entries, files={}, **told)


def commit(root, one):
    """Put a submission on a board as `board add` does: under its lock, whole by one rename; returns the folder."""
    place = root / "submissions" / one.id
    with lease(root / ".lock", wait=True), atomic.new_folder(place, what="the submission") as draft:
        atomic.write(draft / "submission.json", to_json(one))
    return place


@pytest.fixture(scope="session")
def made():
    """The functions above."""
    return SimpleNamespace(
        board=write_board,
        result=result,
        entry=entry,
        submission=submission,
        commit=commit,
        withdrawal=Withdrawal,
        cost=Cost,
        digest=DIGEST,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    """The URL of an index: none (a file in the board's folder), or that of a server of PostgreSQL."""
    return None if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.fixture(scope="session")
def postgresql():
    """The URL of a server that runs as long as the tests of this process, as another user, in a folder of its own."""
    pytest.importorskip("psycopg", reason='psycopg is not installed: pip install "benchwright[postgres]"')
    programs = programs_of_postgresql()
    folder = Path(tempfile.mkdtemp(prefix="bw-pg-", dir="/tmp"))  # short: the name of a socket has at most 107 bytes
    before = ["setpriv", "--pdeathsig", "QUIT"]  # the server ends with us, however we end
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        before += ["--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]
    initdb = [
        programs / "initdb",
        "-D",
        folder / "data",
        "-U",
        "board",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale",
        "C.UTF-8",
    ]
    subprocess.run([*before, *initdb, "--no-sync", "--no-instructions"], check=True, capture_output=True, cwd="/tmp")
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 40}
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*before, programs / "postgres", "-D", folder / "data", *words], stdout=log, stderr=log, cwd="/tmp"
        )
    try:
        wait_for(folder, server)
        yield f"postgresql+psycopg://board@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder)


def programs_of_postgresql():
    """Where initdb and postgres are; skips the test where they cannot be used here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    place = shutil.which("initdb") or (found[-1] if found else None)
    if place is None:
        pytest.skip("no PostgreSQL server is installed (initdb is missing): apt-get install postgresql")
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is missing, by which the server is run as another user: apt-get install util-linux")
    if os.getuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("root may not run PostgreSQL, and there is no user postgres")
    return Path(place).resolve().parent


def wait_for(folder, server):
    """Return when the server answers."""
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(host=str(folder), user="board", dbname="postgres").close()
        except psycopg.OperationalError:
            assert server.poll() is None, (folder / "log").read_text()
            time.sleep(0.05)
        else:
            return
    raise TimeoutError((folder / "log").read_text())
