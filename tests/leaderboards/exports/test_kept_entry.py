"""What is put together from what was kept of entries is what is made from the board, and what is kept damaged is made again."""

import pytest

from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.derived import FOLDER
from benchwright_leaderboards.exports.csv_table import board_csv
from benchwright_leaderboards.exports.document import board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.exports.kept_entry import KeptEntries

ROOMS = ("entries", "metrics")


def texts(content):
    kept = KeptEntries(content, rows_by_task(content))
    models = [kept.model_json(row) for row in content.overview.rows]
    return [kept.board_json(), kept.board_csv(), *models]


def texts_without(content):
    document, rows = board_document(content), rows_by_task(content)
    models = [json_text(model_document(content, row, rows)) for row in content.overview.rows]
    return [json_text(document), board_csv(document), *models]


def files(root):
    return [path for room in ROOMS for path in sorted((root / FOLDER / room).iterdir())]


def test_texts_are_those_of_the_documents_made_and_kept(board_copy):
    content = assemble_board(open_board(board_copy))
    assert texts(content) == texts_without(content)
    assert len(files(board_copy)) == 2 * len(content.overview.rows)
    assert texts(content) == texts_without(content)


@pytest.mark.parametrize("spoil", ["cut", "changed", "emptied", "of another"])
def test_what_is_not_what_was_written_is_made_again(board_copy, spoil):
    content = assemble_board(open_board(board_copy))
    expected, there = texts(content), files(board_copy)
    whole = [path.read_bytes() for path in there]
    first = {path.parent.name: path.read_bytes() for path in there}
    for path in there:
        kept = path.read_bytes()
        spoilt = {
            "cut": kept[:-9],
            "changed": kept[:-9] + bytes([kept[-9] ^ 1]) + kept[-8:],
            "emptied": b"",
            "of another": first[path.parent.name],
        }
        path.write_bytes(spoilt[spoil])
    assert texts(content) == expected
    assert [path.read_bytes() for path in there] == whole
