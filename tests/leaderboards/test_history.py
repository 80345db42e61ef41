"""The history of a board."""

import json

import pytest

from benchwright.testing.hostile import HARMLESS, HOSTILE
from benchwright.testing.shown import elements, problems
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.history import find_history, ranks_among
from benchwright_leaderboards.history_page import history_pages
from benchwright_leaderboards.ranking import MEAN, rank


def page(root):
    return next(iter(history_pages(assemble_board(open_board(root))))).render()


@pytest.fixture(scope="module")
def content(small_board):
    return assemble_board(open_board(small_board))


def ranges_of(event):
    """Entry -> its range before and after."""
    return {name: (one.before, one.after) for one in event.changes for name in one.entries}


def test_submissions_are_told_newest_first_with_team_and_ranks(content):
    events = find_history(content).events
    assert [(one.kind, one.team) for one in events] == [("added", "them"), ("added", "us")]
    assert events[0].entries == ("part",)
    assert events[0].changes == ()  # a partial row has no rank, and changes none
    came = ranges_of(events[1])
    assert set(came) == {"best", "second", "silent", "baseline"}
    assert all(before == "" for before, _ in came.values())


def test_ranks_among_all_entries_are_those_of_the_board(content):
    everybody = [one.entry.id for one in content.board.entries]
    assert ranks_among(content, everybody) == content.ranking.places[MEAN]


def test_ranks_among_some_entries_are_those_of_a_board_of_them_alone(content):
    from dataclasses import replace

    import msgspec

    some = ("best", "baseline")
    submissions = tuple(
        msgspec.structs.replace(one, entries=tuple(entry for entry in one.entries if entry.id in some))
        for one in content.board.submissions
    )
    alone = rank(replace(content.board, submissions=submissions))
    assert ranks_among(content, some) == alone.places[MEAN]


def test_a_submission_that_changes_ranks_says_whose(content):
    """The same board with its entries in four submissions."""
    from dataclasses import replace

    import msgspec

    first = content.board.submissions[0]
    parts = tuple(
        msgspec.structs.replace(first, id=f"{at:016}", added=f"2026-11-0{at + 1}T00:00:00+00:00", entries=(entry,))
        for at, entry in enumerate(first.entries)
    )
    found = find_history(replace(content, board=replace(content.board, submissions=parts)))
    told = [ranges_of(event) for event in reversed(found.events)]
    ids = [entry.id for entry in first.entries]
    for at, changes in enumerate(told):
        before, after = ranks_among(content, ids[:at]), ranks_among(content, ids[: at + 1])
        assert set(changes) == {name for name in after if before.get(name) != after[name]}
        assert changes[ids[at]][0] == ""


def test_a_withdrawn_entry_is_told_with_its_reason(board_copy):
    folder = next(
        path.parent for path in (board_copy / "submissions").glob("*/submission.json") if b'"best"' in path.read_bytes()
    )
    (folder / "withdrawn.json").write_text(
        json.dumps({"second": {"at": "2027-01-02T03:04:05+00:00", "reason": "trained on the test"}})
    )
    html = page(board_copy)
    assert "trained on the test" in html
    assert html.index("withdrawn") < html.index("added")


def test_a_release_is_told(board_copy):
    from benchwright_leaderboards.release import release_board

    made = release_board(board_copy, "one")
    html = page(board_copy)
    assert 'href="releases/one/index.html"' in html
    assert made.digest[:16] in html


def with_texts(root, text):
    path = next(
        one for one in sorted((root / "submissions").glob("*/submission.json")) if b'"part"' in one.read_bytes()
    )
    value = json.loads(path.read_bytes()) | {"team": text, "note": text}
    path.write_text(json.dumps(value))
    (path.parent / "withdrawn.json").write_text(
        json.dumps({"part": {"at": "2027-01-02T03:04:05+00:00", "reason": text}})
    )
    return page(root)


def test_what_people_say_makes_no_element_and_no_hidden_character(board_copy):
    readable = [at for at, text in enumerate(HOSTILE) if "\ud800" not in text]
    hostile, calm = ("\n".join(texts[at] for at in readable) for texts in (HOSTILE, HARMLESS))
    mine = with_texts(board_copy, hostile)
    assert not problems(mine, ".html")
    assert elements(mine, ".html") <= elements(with_texts(board_copy, calm), ".html")


def test_an_empty_board_has_a_history_without_events(small_store, tmp_path):
    from benchwright_leaderboards.new import new_board

    new_board(tmp_path / "board", small_store.read_run("first"), small_store, title="Empty")
    assert "Nothing yet" in page(tmp_path / "board")
