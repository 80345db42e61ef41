"""``board.csv``: a row for each entry and task, and one for the mean."""

import csv
import io

import pytest

from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.exports.csv_table import COLUMNS, board_csv
from benchwright_leaderboards.exports.document import board_document


def test_every_entry_has_a_row_for_each_task_it_answered_and_one_for_its_mean(opened, make):
    rows = list(csv.DictReader(io.StringIO(board_csv(board_document(assemble_board(opened))))))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 4 * 3 + 2
    by_place = {(row["entry"], row["task"]): row for row in rows}
    assert float(by_place["best", "classification/custom"]["value"]) == pytest.approx(57 / 60)
    assert by_place["silent", "classification/custom"]["unanswered"] == "5"
    assert by_place["part", "mean"]["value"] == by_place["part", "mean"]["rank_low"] == ""
    assert by_place["baseline", "mean"]["baseline"] == "yes"
