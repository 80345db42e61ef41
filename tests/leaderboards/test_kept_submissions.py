"""What is kept of all submissions is what their files say now, or is not believed."""

import json
import shutil

import pytest

from benchwright_leaderboards import board as boards
from benchwright_leaderboards import kept_submissions
from benchwright_leaderboards.board import FILE, open_board, submission_folders
from benchwright_leaderboards.derived import FOLDER


@pytest.fixture
def read(board_copy, monkeypatch):
    """A function that opens a board and returns it with the names of the folders that were read for that; boards of one are large here."""
    monkeypatch.setattr(kept_submissions, "LEAST", 1)
    monkeypatch.setattr(kept_submissions, "_SETTLED", 0)
    names, whole = [], boards._read_with_digest
    monkeypatch.setattr(boards, "_read_with_digest", lambda file: (names.append(file.parent.name), whole(file))[1])

    def read_board(root=board_copy, **more):
        names.clear()
        return open_board(root, **more), sorted(names)

    return read_board


def kept_file(root):
    return root / FOLDER / kept_submissions.FILE


def names_of(root):
    return [folder.name for folder in submission_folders(root)]


def test_a_board_is_read_once_and_then_is_the_same(read, board_copy):
    first, names = read()
    assert names == names_of(board_copy)
    second, names = read()
    assert names == []
    assert second == first
    assert second.told == first.told == read(anew=True)[0].told
    assert read(anew=True)[1] == names_of(board_copy)


def test_a_submission_whose_file_was_changed_is_read_again(read, board_copy):
    before, _ = read()
    folder = submission_folders(board_copy)[0]
    said = json.loads((folder / FILE).read_text())
    said["team"] = said["team"][::-1]  # as long as before
    (folder / FILE).write_text(json.dumps(said))
    after, names = read()
    assert names == [folder.name]
    assert after == read(anew=True)[0]
    assert after != before
    assert after.told != before.told


def test_a_submission_that_is_gone_is_gone(read, board_copy):
    read()
    gone = submission_folders(board_copy)[0]
    shutil.rmtree(gone)
    after, names = read()
    assert names == []
    assert gone.name not in {one.id for one in after.submissions}


def test_a_copy_of_a_board_is_read_from_its_own_files_whatever_came_with_it(read, board_copy, tmp_path):
    read()
    copy = shutil.copytree(board_copy, tmp_path / "copy")  # times of contents too
    assert kept_file(copy).exists()
    assert read(copy)[1] == names_of(board_copy)


@pytest.mark.parametrize("spoil", ["cut", "changed", "emptied", "other program"])
def test_what_is_not_what_was_written_is_made_again(read, board_copy, spoil, monkeypatch):
    first, _ = read()
    file = kept_file(board_copy)
    whole = file.read_bytes()
    if spoil == "other program":
        monkeypatch.setattr(kept_submissions, "__version__", "0")
    else:
        spoilt = {"cut": whole[:-9], "changed": whole.replace(b"classification", b"Classification"), "emptied": b""}
        file.write_bytes(spoilt[spoil])
    again, names = read()
    assert names == names_of(board_copy)
    assert again == first
    assert read()[1] == []


def test_a_file_that_was_written_a_moment_ago_is_not_kept_since_its_times_may_stay_when_it_changes(
    read, board_copy, monkeypatch
):
    monkeypatch.setattr(kept_submissions, "_SETTLED", 3_600_000_000_000)
    read()
    assert read()[1] == names_of(board_copy)


def test_a_small_board_keeps_no_such_file(board_copy):
    open_board(board_copy)
    assert not kept_file(board_copy).exists()
