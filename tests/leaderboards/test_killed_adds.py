"""An `add` that is killed leaves the board as it was before or after it; several at once lose nothing and keep the rules."""

import json
import os
import random
import shutil
import signal
import sys
import traceback
from pathlib import Path

import pytest

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.store import Store, atomic
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.check import check
from benchwright_leaderboards.new import new_board

CHANGES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.chmod", "os.truncate"}
"""What a process does to files, as the interpreter tells its audit hooks."""


def in_child(work):
    """Do something in a process of its own; returns what waiting for it says. Nothing of the child's reaches the test but its files."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except BenchwrightError:
        code = 2
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def wait(pid):
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def count_changes(root, tell):
    """Call ``tell`` with the number of each change of a file below ``root``, before it is made, for the rest of this process."""
    number = 0

    def hook(event, arguments):
        nonlocal number
        if event in CHANGES and str(arguments[0] if arguments else "").startswith(f"{root}{os.sep}"):
            number += 1
            tell(number)

    sys.addaudithook(hook)


def die_at(root, number):
    def tell(now):
        if now == number:
            os.kill(os.getpid(), signal.SIGKILL)

    count_changes(root, tell)


def changes_of(root, store):
    """How many changes an add makes, counted on a copy."""
    place = root.with_name("counted")
    shutil.copytree(root, place)
    told = root.with_name("number.txt")

    def work():
        count_changes(place, lambda number: told.write_text(str(number)))
        add(place, ["part"], store=store, team="them")

    assert wait(in_child(work)) == 0
    return int(told.read_text())


def ids(root):
    return [one.entry.id for one in open_board(root).entries]


def left_over(root):
    """Drafts anywhere on the board, and texts that no submission uses."""
    needed = {name for one in open_board(root).submissions for name in one.inputs}
    drafts = [path for folder in (root, *root.rglob("*")) if folder.is_dir() for path in atomic.drafts(folder)]
    return drafts + [path for path in (root / "inputs").glob("*") if path.stem not in needed]


@pytest.fixture
def board(small_store, tmp_path):
    """A board with one entry, of the task of names alone, so that an add brings texts too."""
    new_board(tmp_path / "board", small_store.read_run("first"), small_store, title="Killed")
    return tmp_path / "board"


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.soak)])
def test_a_killed_add_leaves_the_board_as_before_or_after(board, small_store, kills):
    """SIGKILL before a change of a file, at moments spread over the whole add; the next add clears away what was left."""
    total = changes_of(board, small_store)
    assert total > 20
    chosen = [*sorted(random.Random(20261127).sample(range(1, total), kills - 1)), total]
    seen = set()
    for at in chosen:
        place = board.with_name(f"board{at}")
        shutil.copytree(board, place)

        def work(place=place, at=at):
            die_at(place, at)
            add(place, ["part"], store=small_store, team="them")

        assert wait(in_child(work)) == -signal.SIGKILL
        found = ids(place)
        assert found in ([], ["part"])
        assert not any(one.damaged for one in check(place))
        seen.add(len(found))
        if found:
            with pytest.raises(BenchwrightError, match="is on the board already"):
                add(place, ["part"], store=small_store, team="them")
            add(place, ["first:best"], store=small_store, team="them")
            assert ids(place) == ["part", "best"]
        else:
            add(place, ["part"], store=small_store, team="them")
            assert ids(place) == ["part"]
        assert left_over(place) == []
        assert check(place) == ()
        shutil.rmtree(place)
    assert len(chosen) == kills
    print(f"{kills} kills over {total} changes of files; entries seen afterwards: {sorted(seen)}")


def test_four_adds_at_once_keep_the_number_of_attempts(board, small_store):
    """Of a team with three attempts left one is refused; the others stand, each with its own number."""
    path = board / "board.toml"
    path.write_text(path.read_text().replace("# attempts = 20", "attempts = 3"))
    models = ("best", "second", "silent", "baseline")
    children = [
        in_child(lambda model=model: add(board, [f"first:{model}"], store=small_store, team="us")) for model in models
    ]
    assert sorted(map(wait, children)) == [0, 0, 0, 2]
    assert sorted(one.entry.attempt for one in open_board(board).entries) == [1, 2, 3]
    assert check(board) == ()
    assert left_over(board) == []


def test_two_adds_at_once_get_ids_of_their_own(board, make, tmp_path):
    """Models of one name by two teams, whose answers differ."""
    stores = []
    for number in range(2):
        root = tmp_path / f"team{number}"
        place: Path = make.predictions(root / "predictions", "second")
        path = place / "classification" / "custom.jsonl"
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        rows[number]["label"] = "arts"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        selectors = make.data(root / "data")
        benchwright.evaluate(f"mine=predictions:{place}", selectors[0], store=root / "store", name="mine")
        stores.append(Store(root / "store"))
    children = [in_child(lambda at=at: add(board, ["mine"], store=stores[at], team=f"team {at}")) for at in range(2)]
    assert list(map(wait, children)) == [0, 0]
    assert sorted(ids(board)) == ["mine", "mine-2"]
