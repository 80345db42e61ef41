"""Equal digest, equal bytes: what a build leaves alone because its digest is the same would not have been another file."""

from dataclasses import replace

import msgspec
import pytest

from benchwright_leaderboards import model_pages as model_page_rooms
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.entries import Cost, Rescored, Withdrawal
from benchwright_leaderboards.exports.csv_table import board_csv
from benchwright_leaderboards.exports.document import board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.exports.pages import export_pages
from benchwright_leaderboards.model_pages import model_pages
from benchwright_leaderboards.ranking import rank
from benchwright_leaderboards.site import pages_of


def _spec(**changes):
    return lambda board: replace(board, spec=msgspec.structs.replace(board.spec, **changes))


def _submission(change):
    """The board with its first submission changed."""
    return lambda board: replace(board, submissions=(change(board.submissions[0]), *board.submissions[1:]))


def _first_entry(**changes):
    def change(one):
        entry = msgspec.structs.replace(one.entries[0], **changes)
        return msgspec.structs.replace(one, entries=(entry, *one.entries[1:]))

    return _submission(change)


def _other_score(one):
    first, *others = one.entries
    result = first.results[0]
    score = msgspec.structs.replace(result.score, value=0.5)
    results = (msgspec.structs.replace(result, score=score), *first.results[1:])
    was = Rescored(entry=first.id, path=result.path, at="2999-01-01T00:00:00+00:00", before=result, why="x@1 -> x@2")
    return msgspec.structs.replace(
        one, entries=(msgspec.structs.replace(first, results=results), *others), history=(was,)
    )


CHANGES = {
    "title": _spec(title="Other"),
    "text": _spec(text="Other *words*"),
    "no baseline": _spec(baselines=()),
    "address": _spec(url="https://example.org/"),
    "columns": _spec(columns=("score", "team")),
    "one submission less": lambda board: replace(board, submissions=board.submissions[:1]),
    "withdrawn": lambda board: replace(board, withdrawals={"second": Withdrawal(at="2999-01-01", reason="why")}),
    "note": _submission(lambda one: msgspec.structs.replace(one, note="other")),
    "team": _submission(lambda one: msgspec.structs.replace(one, team="other")),
    "trained on": _first_entry(trained_on="a corpus"),
    "cost": _first_entry(cost=Cost(size=12_345, parameters=10, flags=("short",))),
    "another score": _submission(_other_score),
}


@pytest.fixture(scope="module")
def before(content):
    return {page.path: (page.digest, page.render()) for page in pages_of(content)}


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_of_the_same_digest_is_the_same_page(content, before, name):
    board = CHANGES[name](content.board)
    after = list(pages_of(assemble_board(board, rank(board))))

    same = [page for page in after if page.path in before and before[page.path][0] == page.digest]
    assert len(same) < len(after)
    for page in same:
        assert page.render() == before[page.path][1], page.path


@pytest.mark.parametrize("name", CHANGES)
def test_pages_of_models_from_what_was_kept_of_another_state_are_those_made_anew(content, before, name, monkeypatch):
    board = CHANGES[name](content.board)
    changed = assemble_board(board, rank(board))
    kept = {page.path: page.render() for page in model_pages(changed)}

    monkeypatch.setattr(model_page_rooms, "remember", lambda root, room, digest, make: make())
    assert kept == {page.path: page.render() for page in model_pages(changed)}


@pytest.mark.parametrize("name", CHANGES)
def test_json_and_csv_from_what_was_kept_of_another_state_are_those_of_the_documents(content, before, name):
    board = CHANGES[name](content.board)
    changed = assemble_board(board, rank(board))
    made, document, rows = (
        {page.path: page for page in export_pages(changed)},
        board_document(changed),
        rows_by_task(changed),
    )

    assert made["board.json"].render() == json_text(document)
    assert made["board.csv"].render() == board_csv(document)
    for row in changed.overview.rows:
        assert made[f"models/{row.entry.entry.id}.json"].render() == json_text(model_document(changed, row, rows))
