"""A start by a fork of a loaded Python is what `python -m benchwright` is: to whoever looks at its output, its files and its exit code."""

import os
import re
import shutil

import pytest
from start_program import start, start_from_nothing

MODEL = """
import os, sys
def answer(texts):
    print("asked", os.environ.get("OTHER"), file=sys.stderr)
    return ["positive" if "good" in str(text) else os.environ.get("OTHER", "negative") for text in texts]
"""
OF_ONE_TIME = re.compile(r'"(seconds|created)": .*|\b[0-9.]+ m?s\b|[0-9a-f]{40,}')
"""Times, and keys of cells: a function has no digest, so that each run makes its own."""
COMMANDS = (
    ("--version",),
    ("list", "suites"),
    ("nonsense",),
    ("show", "nothing"),
    (
        "run",
        "m=python:rule.py:answer",
        "--suite",
        "starter/sentiment",
        "--limit",
        "20",
        "--name",
        "r",
        "--format",
        "json",
    ),
    ("show", "r"),
    ("worst", "r", "--limit", "2"),
    ("compare", "r:m", "r:m"),
    ("report", "r", "-o", "page.html"),
)


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    """Each command in turn, both ways, in a folder of the same name: the finished processes, and the files that they left."""
    found = []
    here = tmp_path_factory.mktemp("ways") / "here"
    for begin in (start, start_from_nothing):
        here.mkdir()
        (here / "rule.py").write_text(MODEL)
        env = {**os.environ, "BENCHWRIGHT_STORE": str(here / "store"), "OTHER": "negative"}
        done = [begin(*command, cwd=here, env=env) for command in COMMANDS]
        found.append(
            (
                done,
                sorted(
                    OF_ONE_TIME.sub("", path.relative_to(here).as_posix()) for path in here.rglob("*") if path.is_file()
                ),
            )
        )
        shutil.rmtree(here)
    return found


@pytest.mark.parametrize("at", range(len(COMMANDS)), ids=lambda at: COMMANDS[at][0])
def test_both_ways_say_the_same_and_end_alike(ways, at):
    """Times and keys aside."""
    one, other = (
        (done[at].returncode, *(OF_ONE_TIME.sub("", text) for text in (done[at].stdout, done[at].stderr)))
        for done, _ in ways
    )
    assert one == other


def test_both_ways_leave_the_same_files(ways):
    (_, one), (_, other) = ways
    assert one == other
    assert "page.html" in one


def test_a_start_does_not_see_the_one_before(tmp_path):
    """Neither its environment nor its folder, nor the module of the same name that it imported."""
    for name, other in (("one", {"OTHER": "positive"}), ("two", {})):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "rule.py").write_text(MODEL.replace('"asked"', f'"asked {name}"'))
        done = start(*COMMANDS[4], cwd=folder, env={**os.environ, **other, "BENCHWRIGHT_STORE": "store"})
        assert done.returncode == 0
        assert (folder / "store").is_dir()
        assert f"asked {name} {other.get('OTHER')}" in done.stderr


def test_what_is_read_before_a_program_begins_makes_it_begin_from_nothing(tmp_path):
    done = start("list", "suites", cwd=tmp_path, env={**os.environ, "PYTHONVERBOSE": "1"})
    assert "import _frozen_importlib" in done.stderr


def test_a_plugin_on_the_path_is_found(tmp_path, sleepy):
    for begin in (start, start_from_nothing):
        path = os.pathsep.join(filter(None, (sleepy["PYTHONPATH"], os.environ.get("PYTHONPATH"))))
        assert "sleepy" in begin("list", "adapters", cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}).stdout
    assert "sleepy" not in start("list", "adapters", cwd=tmp_path).stdout
