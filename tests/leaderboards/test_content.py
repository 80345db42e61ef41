"""Rows of a board: who is ranked, and why another is not."""

import json
from dataclasses import replace

import msgspec
import pytest

from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board

TOPIC, NER = "classification/custom", "ner/custom"


def rows_of(table):
    return {row.entry.entry.id: row for row in table.rows}


def test_rows_are_in_the_order_of_ranks_and_unranked_ones_say_why(small_content):
    assert [row.entry.entry.id for row in small_content.overview.rows] == [
        "best",
        "second",
        "silent",
        "baseline",
        "part",
    ]
    part = rows_of(small_content.overview)["part"]
    assert (part.status, part.place, part.score, part.reasons) == ("partial", None, None, (f"missing: {NER}",))
    assert rows_of(small_content.by_name[TOPIC])["part"].status == "ranked"
    assert "part" not in rows_of(small_content.by_name[NER])


def test_scores_count_silence_as_wrong_and_say_how_much_of_it_there_is(small_content, make):
    silent = rows_of(small_content.by_name[TOPIC])["silent"].score
    wrong = make.wrong["silent"] + make.silent
    assert (silent.value, silent.n, silent.errored) == (pytest.approx(1 - wrong / 60), 60, make.silent)
    assert rows_of(small_content.overview)["silent"].score.errored == make.silent


def test_a_withdrawn_entry_stays_listed_without_a_rank(board_copy, small_content):
    submission = next(one for one in open_board(board_copy).submissions if one.team == "us")
    said = {"best": {"at": "2026-11-27T10:00:00+00:00", "reason": "trained on the test split"}}
    (board_copy / "submissions" / submission.id / "withdrawn.json").write_text(json.dumps(said))
    content = assemble_board(open_board(board_copy))
    row = content.overview.rows[-1]
    assert (row.entry.entry.id, row.status, row.place) == ("best", "withdrawn", None)
    assert row.reasons == ("withdrawn 2026-11-27: trained on the test split",)
    assert content.digest != small_content.digest


def test_an_entry_that_answered_other_data_is_stale(board_copy):
    text = (board_copy / "board.toml").read_text()
    digest = open_board(board_copy).spec.digest(NER)
    (board_copy / "board.toml").write_text(text.replace(digest, "0" * 64))
    content = assemble_board(open_board(board_copy))
    assert {row.status for row in content.overview.rows} == {"stale", "partial"}
    assert rows_of(content.overview)["best"].reasons == (f"answered other data than the board has now: {NER}",)
    assert rows_of(content.by_name[TOPIC])["best"].status == "ranked"


def test_a_declared_column_orders_the_rows_of_a_tie_and_no_others(small_board):
    board = open_board(small_board)
    sizes = {"best": 300, "second": 200, "silent": 100, "baseline": 1, "part": 1}
    entries = tuple(
        msgspec.structs.replace(entry, cost=msgspec.structs.replace(entry.cost, size=sizes[entry.id]))
        for one in board.submissions[:1]
        for entry in one.entries
    )
    sized = msgspec.structs.replace(board.submissions[0], entries=entries)
    spec = msgspec.structs.replace(board.spec, tie_breaker="size")
    content = assemble_board(replace(board, spec=spec, submissions=(sized, *board.submissions[1:])))
    assert [row.entry.entry.id for row in content.overview.of("ranked")] == ["silent", "second", "best", "baseline"]


def test_the_digest_of_a_board_changes_with_what_was_entered_and_with_nothing_else(small_content, board_copy):
    known = small_content.digest
    assert assemble_board(open_board(board_copy)).digest == known
    (board_copy / "derived").mkdir(exist_ok=True)
    assert assemble_board(open_board(board_copy)).digest == known
    (board_copy / "board.toml").write_text((board_copy / "board.toml").read_text().replace('"Small"', '"Other"'))
    assert assemble_board(open_board(board_copy)).digest != known
