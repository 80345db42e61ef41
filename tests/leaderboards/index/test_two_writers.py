"""Two processes that add at once lose nothing, and one that is killed leaves an index that the next open mends."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchwright_leaderboards.index.open import open_index
from benchwright_leaderboards.index.queries import EntryQuery, find_entries
from benchwright_leaderboards.index.schema import tables

WRITER = """
import importlib.util, sys
from pathlib import Path
from benchwright_leaderboards.index.open import open_index
spec = importlib.util.spec_from_file_location("made_boards", sys.argv[1])
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
root, url, name, number = Path(sys.argv[2]), sys.argv[3] or None, sys.argv[4], int(sys.argv[5])
print("ready", flush=True)
sys.stdin.readline()
with open_index(root, url) as index:
    for at in range(number):
        made.commit(root, made.submission(made.entry(f"{name}-{at}", {"t/one": at / number, "t/two": 0.5})))
        index.refresh()
"""


def writers(root, url, names, number):
    """Processes that add so many entries each, started together."""
    conftest = str(Path(__file__).with_name("conftest.py"))
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, conftest, str(root), url or "", name, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    for one in started:
        assert one.stdout.readline() == "ready\n"
    for one in started:
        one.stdin.write("\n")
        one.stdin.flush()
    return started


def end(processes):
    """Wait for them; returns their exit codes."""
    codes = [one.wait(timeout=600) for one in processes]
    for one in processes:
        one.stdin.close()
        one.stdout.close()
    return codes


def rows(index):
    """Number of rows by table."""
    with index.read() as connection:
        return {table.name: len(connection.execute(table.select()).all()) for table in tables().metadata.sorted_tables}


@pytest.mark.parametrize("number", [12, pytest.param(200, marks=pytest.mark.soak)])
def test_two_writers_lose_nothing(made, tmp_path, url, number):
    """Every entry of both is on the board and, once each, in the index, without anybody opening it anew."""
    root = made.board(tmp_path / "board")

    assert end(writers(root, url, ("a", "b"), number)) == [0, 0]
    assert len(list(root.glob("submissions/*/submission.json"))) == 2 * number
    with open_index(root, url) as index:
        found = {one.id for one in find_entries(index, EntryQuery(limit=500)).entries}
        assert found == {f"{name}-{at}" for name in "ab" for at in range(number)}
        held = rows(index)
    assert (held["submissions"], held["entries"], held["results"]) == (2 * number, 2 * number, 4 * number)


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.soak)])
def test_a_killed_writer_leaves_an_index_that_is_mended(made, tmp_path, url, kills):
    """Whenever it is killed, the next open tells exactly what is on the board."""
    root, draw = made.board(tmp_path / "board"), random.Random(kills)
    for kill in range(kills):
        (process,) = writers(root, url, (f"k{kill}",), 500)
        time.sleep(draw.random())
        process.kill()
        end([process])
        on_board = {path.parent.name for path in root.glob("submissions/*/submission.json")}
        with open_index(root, url) as index, index.read() as connection:
            assert {row.id for row in connection.execute(tables().submissions.select())} == on_board
