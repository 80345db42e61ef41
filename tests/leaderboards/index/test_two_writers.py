"""Two processes that add at once lose nothing, and one that is killed leaves an index that the next open mends."""

import contextlib
import multiprocessing
import random
import time
import warnings

import pytest

from benchwright_leaderboards.index.open import Index, open_index
from benchwright_leaderboards.index.place import place_of
from benchwright_leaderboards.index.queries import EntryQuery, find_entries
from benchwright_leaderboards.index.schema import tables


def write(made, root, url, name, number, together):
    """Add so many entries, as soon as all writers are there; each is in the index before the next."""
    together.wait(60)
    with open_index(root, url) as index:
        for at in range(number):
            made.commit(root, made.submission(made.entry(f"{name}-{at}", {"t/one": at / number, "t/two": 0.5})))
            index.refresh()


def writers(made, root, url, names, number):
    """Processes that add so many entries each, started together; a copy of this one has imported everything."""
    context = multiprocessing.get_context("fork")
    together = context.Barrier(len(names) + 1)
    started = [context.Process(target=write, args=(made, root, url, name, number, together)) for name in names]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the copies use none of theirs
        for one in started:
            one.start()
    together.wait(60)
    return started


def rows(index):
    """Number of rows by table."""
    with index.read() as connection:
        return {table.name: len(connection.execute(table.select()).all()) for table in tables().metadata.sorted_tables}


@pytest.mark.parametrize("number", [20, pytest.param(200, marks=pytest.mark.soak)])
def test_two_writers_lose_nothing(made, tmp_path, url, number):
    """Every entry of both is on the board and, once each, in the index, without anybody mending it."""
    root = made.board(tmp_path / "board")

    for one in writers(made, root, url, ("a", "b"), number):
        one.join(600)
        assert one.exitcode == 0
    assert len(list(root.glob("submissions/*/submission.json"))) == 2 * number
    with contextlib.closing(Index(root, place_of(root, url))) as index:
        found = {one.id for one in find_entries(index, EntryQuery(limit=500)).entries}
        assert found == {f"{name}-{at}" for name in "ab" for at in range(number)}
        held = rows(index)
    assert (held["submissions"], held["entries"], held["results"]) == (2 * number, 2 * number, 4 * number)


@pytest.mark.parametrize("kills", [3, pytest.param(25, marks=pytest.mark.soak)])
def test_a_killed_writer_leaves_an_index_that_is_mended(made, tmp_path, url, kills):
    """Whenever it is killed, the next open tells exactly what is on the board."""
    root, draw = made.board(tmp_path / "board"), random.Random(kills)
    for kill in range(kills):
        (process,) = writers(made, root, url, (f"k{kill}",), 500)
        time.sleep(draw.random() / 2)
        process.kill()
        process.join(60)
        on_board = {path.parent.name for path in root.glob("submissions/*/submission.json")}
        with open_index(root, url) as index, index.read() as connection:
            assert {row.id for row in connection.execute(tables().submissions.select())} == on_board
