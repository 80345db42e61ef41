"""An index says what the board says: after every change, after damage, and beside other boards; on SQLite and on PostgreSQL."""

import json
import shutil

import pytest

from benchwright.cli.main import call
from benchwright.errors import BenchwrightError
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.entries import Rescored
from benchwright_leaderboards.index import open as opening
from benchwright_leaderboards.index.history import history
from benchwright_leaderboards.index.open import follow_where_kept, open_index, rebuild
from benchwright_leaderboards.index.queries import EntryQuery, find_entries, find_entry
from benchwright_leaderboards.index.schema import tables
from benchwright_leaderboards.index.standings import keep_content
from benchwright_leaderboards.ranking import MEAN, Ranking

ONE = "t/one"


def held(root, url):
    """Id -> score on the first task, of the entries that an index tells when it is opened."""
    with open_index(root, url) as index:
        return {one.id: one.score for one in find_entries(index, EntryQuery(task=ONE)).entries}


def dump(index):
    """All rows of all tables but those that say when files were seen."""
    with index.read() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in tables().metadata.sorted_tables
            if table.name not in ("meta", "submissions")
        }


@pytest.fixture
def board(made, tmp_path):
    """A board with two entries, of two submissions."""
    root = made.board(tmp_path / "board")
    for name, score in (("a", 0.5), ("b", 0.6)):
        made.commit(root, made.submission(made.entry(name, {ONE: score, "t/two": score})))
    return root


def test_it_follows_what_is_added_changed_withdrawn_and_removed(made, board, url):
    """Each change is told by the next who opens it; what it holds then is what an index made anew holds."""
    assert held(board, url) == {"a": 0.5, "b": 0.6}
    later = "2026-01-02T00:00:00.000000+00:00"
    new = made.submission(made.entry("c", {ONE: 0.7}), measured={"a": made.cost(latency=0.25)}, added=later)
    place = made.commit(board, new)
    (place / "withdrawn.json").write_text(
        json.dumps({"c": {"at": "2026-02-01T00:00:00+00:00", "reason": "trained on it"}})
    )
    with open_index(board, url) as index:
        assert index.refresh().added == 0
        assert {one.id: one.cost.latency for one in find_entries(index).entries} == {"a": 0.25, "b": None, "c": None}
        assert [(one.what, one.entry, one.why) for one in history(index).events][:3] == [
            ("withdrawn", "c", "trained on it"),
            ("added", "c", ""),
            ("measured", "a", ""),
        ]
        (board / "submissions" / made.submission(made.entry("b", {})).id).rename(board / ".gone")
        before = made.result(ONE, 0.5)
        old = made.submission(
            made.entry("a", {ONE: 0.9, "t/two": 0.5}),
            history=(Rescored(entry="a", at="2026-03-01", path=ONE, before=before, why="accuracy@1 -> accuracy@2"),),
        )
        shutil.rmtree(board / "submissions" / old.id)
        made.commit(board, old)
        change = index.refresh()
        assert (change.added, change.removed, change.rebuilt) == (1, 1, False)
        followed = dump(index)
        assert index.refresh(anew=True).rebuilt
        assert dump(index) == followed
        assert [(one.what, one.entry) for one in history(index, what="scored anew").events] == [("scored anew", "a")]
    assert held(board, url) == {"a": 0.9, "c": 0.7}


def test_a_copy_of_the_files_is_not_read_again(board, url):
    """A submission whose times alone have changed, as by a check-out, is known by its content."""
    held(board, url)
    for path in board.glob("submissions/*/submission.json"):
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
    with open_index(board, url) as index:
        with index.write() as connection:
            connection.execute(tables().entries.update().values(name="kept"))
        (path.parent / "submission.json").touch()
        assert index.refresh().added == 0
        assert {one.name for one in find_entries(index).entries} == {"kept"}


def test_another_board_file_decides_anew_what_is_stale(made, board, url):
    """A task whose digest changes in board.toml makes rows stale; one that is new makes them partial."""
    with open_index(board, url) as index:
        keep_content(index, assemble_board(open_board(board), Ranking()))
        text = (board / "board.toml").read_text()
        (board / "board.toml").write_text(text.replace(made.digest, "b" * 64, 1))
        assert index.refresh().rebuilt
        assert {one.status for one in find_entries(index).entries} == {"pending"}
        keep_content(index, assemble_board(open_board(board), Ranking()))
        assert {one.status for one in find_entries(index).entries} == {"stale"}
        (board / "board.toml").write_text(
            made.board(board.parent / "x", ("t/one", "t/two", "t/new")).joinpath("board.toml").read_text()
        )
        with open_index(board, url) as other:  # somebody else sees it first
            assert {(one.status, one.tasks) for one in find_entries(other).entries} == {("pending", 2)}
        index.refresh()
        assert {one.status for one in find_entries(index).entries} == {"pending"}


def test_another_schema_is_made_anew(board, url):
    """An index of another version of the program is not read."""
    with open_index(board, url) as index, index.write() as connection:
        connection.execute(tables().meta.update().where(tables().meta.c.name == "schema").values(value="0"))
        connection.execute(tables().entries.delete())
    with open_index(board, url) as index:
        assert find_entries(index).total == 2


def test_what_comes_after_the_ranks_is_pending(made, board, url):
    """Ranks, means and statuses are those of the pages; an entry that came later has its scores, no rank, and stands last."""
    ranking = Ranking(
        places={MEAN: {"a": (2, 2), "b": (1, 1)}, ONE: {"a": (1, 2), "b": (1, 2)}}, weights={ONE: 0.5, "t/two": 0.5}
    )
    with open_index(board, url) as index:
        keep_content(index, assemble_board(open_board(board), ranking))
        assert [(one.id, one.place) for one in find_entries(index).entries] == [("b", (1, 1)), ("a", (2, 2))]
        assert find_entry(index, "a", ONE).place == (1, 2)
        made.commit(board, made.submission(made.entry("c", {ONE: 0.7})))
        index.refresh()
        assert [(one.id, one.score, one.status) for one in find_entries(index).entries] == [
            ("b", 0.6, "ranked"),
            ("a", 0.5, "ranked"),
            ("c", None, "pending"),
        ]
        assert (find_entry(index, "c", ONE).score, find_entry(index, "c", ONE).status) == (0.7, "pending")
        assert find_entries(index, EntryQuery(status="pending")).total == 1
        assert find_entries(index, EntryQuery(task="no/such")).total == 0


def test_a_submission_that_cannot_be_read_leaves_the_index_as_it_was(made, board, url):
    """The error is that of the board, and what was there before is there still."""
    with open_index(board, url) as index:
        place = made.commit(board, made.submission(made.entry("c", {ONE: 0.7})))
        (place / "submission.json").write_text("{")
        with pytest.raises(BenchwrightError, match="cannot be read"):
            index.refresh()
        assert find_entries(index).total == 2
        made.commit(board, made.submission(made.entry("a", {ONE: 0.1}), made.entry("d", {})))
        shutil.rmtree(place)
        with pytest.raises(BenchwrightError, match="one id"):
            index.refresh()
        assert find_entries(index).total == 2


def test_two_boards_of_one_name_never_show_one_another(made, tmp_path, postgresql):
    """Two boards that write to one schema by mistake make it anew in turn; neither lists entries of the other."""
    url, roots = f"{postgresql}&board=same", []
    for name in ("one", "two"):
        roots.append(made.board(tmp_path / name, title=f'"{name}"'))
        made.commit(roots[-1], made.submission(made.entry(f"of-{name}", {ONE: 0.5})))
    with open_index(roots[0], url) as first, open_index(roots[1], url) as second:
        for _ in range(2):
            assert [one.id for one in find_entries(first).entries] == ["of-one"]
            assert [one.id for one in find_entries(second).entries] == ["of-two"]


def spoil_garbage(path):
    path.write_bytes(b"no database" * 1000)


def spoil_truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_middle(path):
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(bytes(content))


def spoil_empty(path):
    path.write_bytes(b"")


def spoil_other(path):
    import contextlib
    import sqlite3

    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE entries (id)")


def spoil_removed(path):
    """Killed while others wrote: the file is gone, its log is not."""
    path.with_name(f"{path.name}-wal").write_bytes(path.read_bytes()[:8192])
    path.unlink()


SPOILS = [spoil_garbage, spoil_truncated, spoil_middle, spoil_empty, spoil_other, spoil_removed]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_damaged_file_is_made_anew(board, spoil):
    """Whatever stands at the place of the index in the board's folder is replaced."""
    held(board, None)
    spoil(board / "index.sqlite")

    assert held(board, None) == {"a": 0.5, "b": 0.6}


@pytest.mark.parametrize("spoil", [spoil_garbage, spoil_truncated, spoil_middle, spoil_removed])
def test_a_file_that_is_damaged_while_it_is_open_is_made_anew(board, spoil):
    """A server that keeps the index open answers from a new one."""
    with open_index(board) as index:
        index.engine.dispose()
        spoil(board / "index.sqlite")
        assert find_entries(index).total == 2


def test_only_an_index_that_is_there_is_brought_up_to_date(made, board, monkeypatch):
    """`board add` makes none, and needs no SQLAlchemy where there is none; where there is one it is not left behind."""
    follow_where_kept(board)
    assert not (board / "index.sqlite").exists()
    rebuild(board)
    made.commit(board, made.submission(made.entry("c", {ONE: 0.7})))
    follow_where_kept(board)
    with open_index(board) as index:
        with index.read() as connection:
            assert connection.execute(tables().entries.select()).rowcount is not None
        assert find_entries(index).total == 3


def test_an_add_brings_an_index_up_to_date_that_is_there(small_store, board_copy, capsys, monkeypatch):
    """The verb does so after the submission is there; a database that cannot be reached is a remark, and the entry stands."""
    rebuild(board_copy)
    shutil.rmtree(
        next(path.parent for path in board_copy.glob("submissions/*/submission.json") if b'"part"' in path.read_bytes())
    )
    command = ["board", "add", "part", "--board", str(board_copy), "--store", str(small_store.root), "--team", "them"]
    assert call(command) == 0
    with open_index(board_copy) as index:
        assert {one.id for one in find_entries(index).entries} >= {"best", "part"}
    shutil.rmtree(
        next(path.parent for path in board_copy.glob("submissions/*/submission.json") if b'"part"' in path.read_bytes())
    )
    monkeypatch.setenv("BENCHWRIGHT_BOARD_INDEX", "postgresql://me:s3cret@127.0.0.1:1/d")
    assert call(command) == 0
    out, err = capsys.readouterr()
    assert "the index of the board is behind" in err
    assert "s3cret" not in out + err


def test_a_board_that_nobody_may_write_to_has_an_index_elsewhere(board, monkeypatch):
    """Nothing is written to its folder; the index goes when it is closed."""
    before = sorted(path.name for path in board.iterdir())
    monkeypatch.setattr(opening.os, "access", lambda path, mode: False)
    with open_index(board) as index:
        assert find_entries(index).total == 2
        place = index.place.file
        assert place.exists()
    assert not place.exists()
    assert sorted(path.name for path in board.iterdir()) == before


def test_a_server_that_dropped_its_connections_is_asked_again(board, postgresql):
    """After a restart of the database the next question is answered; nobody sees an error."""
    with open_index(board, postgresql) as index, open_index(board, postgresql) as other:
        total = find_entries(index).total
        for ask in (find_entries, lambda index: index.refresh(), lambda index: index.refresh(anew=True)):
            ask(index)
            with other.write() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            ask(index)
            assert find_entries(index).total == total > 0


def test_a_folder_without_a_board_gets_no_index(tmp_path, capsys):
    """The error is that of a board that is not there, and nothing is written."""
    for place in (tmp_path / "empty", tmp_path / "nowhere"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        assert call(["board", "rebuild", "--board", str(place)]) == 2
        assert "board.toml" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [tmp_path / "empty"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_board_may_be_called_anything(made, tmp_path):
    """Signs that mean something in an address of a file are part of its name."""
    root = made.board(tmp_path / "a board?mode=memory#100% \u05e9")
    made.commit(root, made.submission(made.entry("a", {ONE: 0.5})))

    assert held(root, None) == {"a": 0.5}
    assert (root / "index.sqlite").exists()
    assert held(root, None) == {"a": 0.5}
