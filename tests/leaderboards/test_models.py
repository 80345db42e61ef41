"""Model pages: what the board says of one entry."""

import json
import re
import shutil

import pytest

from benchwright.comparison.compare import compare
from benchwright.testing.hostile import HARMLESS, HOSTILE
from benchwright.testing.shown import elements, problems
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.frame import frame_of
from benchwright_leaderboards.model_content import model_content, model_room
from benchwright_leaderboards.model_pages import model_pages, render_model
from benchwright_leaderboards.pair_tests import PairTests
from benchwright_leaderboards.right_items import count_fixed, right_items

TOPIC, NER = "classification/custom", "ner/custom"


@pytest.fixture(scope="module")
def content(small_board):
    return assemble_board(open_board(small_board))


def page_of(content, name):
    row = next(row for row in content.overview.rows if row.entry.entry.id == name)
    return model_content(model_room(content), row)


def html_of(content, name):
    return render_model(frame_of(content, f"models/{name}.html"), page_of(content, name))


def placed(content, name):
    return next(one for one in content.board.entries if one.entry.id == name)


def test_a_model_is_compared_with_its_baseline_and_with_the_rows_above_and_below(content):
    found = {
        name: [(one.entry.entry.id, one.roles) for one in page_of(content, name).counterparts]
        for name in ("best", "second", "silent")
    }
    assert found["best"] == [("baseline", ("baseline",)), ("second", ("below",))]
    assert found["second"][0] == ("baseline", ("baseline",))
    assert {role for _, roles in found["second"] for role in roles} == {"baseline", "above", "below"}
    assert [one.entry.entry.id for one in page_of(content, "part").counterparts] == ["baseline"]


def test_differences_are_those_of_compare_with_silence_counted_as_wrong(content, small_store):
    told = compare(
        "first:best", "first:second", "first:silent", "first:baseline", "part:part", store=small_store, missing="wrong"
    )
    tests = PairTests(content.ranking)
    for task in told.tasks:
        for one in task.differences:
            if one.metric_name != task.leading:
                continue
            mine = tests.find(task.path, one.second, one.first)
            assert mine is not None
            assert (mine.delta, mine.low, mine.high, mine.p) == pytest.approx((one.delta, one.low, one.high, one.p))
            back = tests.find(task.path, one.first, one.second)
            assert back is not None
            assert (back.delta, back.low, back.high, back.p) == pytest.approx((-one.delta, -one.high, -one.low, one.p))


@pytest.mark.parametrize(
    ("mine", "other", "path", "expected"),
    [
        ("best", "second", TOPIC, (1, 0)),  # wrong on the last 3 and 4
        ("best", "silent", TOPIC, (8, 0)),  # 3 more wrong answers, and 5 without one
        ("silent", "baseline", TOPIC, (24, 5)),  # the last 6 and 30; silence on the first 5 is wrong
        ("part", "best", TOPIC, (0, 5)),
        ("best", "second", NER, (0, 0)),
        ("baseline", "silent", NER, (0, 15)),  # 20 and 5 sentences without entities
        ("part", "best", NER, (None, None)),
    ],
)
def test_fixed_and_broken_items_are_those_counted_by_hand(content, mine, other, path, expected):
    one, two = placed(content, mine), placed(content, other)
    assert count_fixed(one, two, path, right_items(one, [TOPIC, NER]), right_items(two, [TOPIC, NER])) == expected
    assert count_fixed(one, two, path, {}, {}) == expected  # from the records, without what was kept


def test_a_page_says_rank_scores_attempt_and_silence(content):
    html = html_of(content, "silent")
    assert "5 without an answer" in html
    assert re.search(r"81\.67", html)  # 49 of 60 right: 6 wrong and 5 silent
    assert "3 of 4" in html
    assert "L1: scores recomputed" in html


def test_a_partial_row_has_no_rank_and_says_what_is_missing(content):
    html = html_of(content, "part")
    assert "Partial" in html
    assert "no result" in html


def test_a_page_is_the_same_with_and_without_what_was_kept(board_copy):
    shutil.rmtree(board_copy / "derived", ignore_errors=True)
    first = {page.path: page.render() for page in model_pages(assemble_board(open_board(board_copy)))}
    assert (board_copy / "derived").is_dir()
    again = {page.path: page.render() for page in model_pages(assemble_board(open_board(board_copy)))}
    assert first == again


def with_texts(root, text):
    """The board with a text in everything that a submission may say."""
    path = next(
        one for one in sorted((root / "submissions").glob("*/submission.json")) if b'"part"' in one.read_bytes()
    )
    value = json.loads(path.read_bytes())
    value |= {"team": text, "note": text}
    value["entries"] = [one | {"adapter": text, "trained_on": text, "model": text} for one in value["entries"]]
    path.write_text(json.dumps(value))
    return assemble_board(open_board(root))


def test_what_a_submission_says_makes_no_element_and_no_hidden_character(board_copy):
    readable = [at for at, text in enumerate(HOSTILE) if "\ud800" not in text]  # which no JSON file can hold
    hostile, calm = ("\n".join(texts[at] for at in readable) for texts in (HOSTILE, HARMLESS))
    mine = html_of(with_texts(board_copy, hostile), "part")
    assert not problems(mine, ".html")
    assert elements(mine, ".html") <= elements(html_of(with_texts(board_copy, calm), "part"), ".html")


def test_what_add_keeps_is_all_that_pages_of_models_read_of_predictions(board_copy, monkeypatch):
    from benchwright_leaderboards import entry_grid, entry_part
    from benchwright_leaderboards.kept_at_add import keep_derived

    shutil.rmtree(board_copy / "derived", ignore_errors=True)
    for one in open_board(board_copy).submissions:
        assert keep_derived(board_copy, one) == ""
    pages = list(model_pages(assemble_board(open_board(board_copy))))

    def read(*_args, **_options):
        raise AssertionError("predictions are read again")

    monkeypatch.setattr(entry_part, "entry_grid", read)
    monkeypatch.setattr(entry_grid, "entry_grid", read)
    assert all("Task by task" in page.render() for page in pages)
