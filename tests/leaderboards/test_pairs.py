"""Pages of two entries: differences, flips and examples."""

import json
import re
from dataclasses import replace

import msgspec
import pytest

from benchwright.comparison.compare import compare
from benchwright.testing.shown import problems
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.counterparts import paired_on_site
from benchwright_leaderboards.pair_content import pair_content, pair_examples, pair_room
from benchwright_leaderboards.pair_pages import pair_page, pair_pages
from benchwright_leaderboards.pair_tests import PairTests

TOPIC, NER = "classification/custom", "ner/custom"


@pytest.fixture(scope="module")
def content(small_board):
    return assemble_board(open_board(small_board))


def test_a_pair_says_what_compare_says_with_silence_counted_as_wrong(content, small_store):
    told = compare("first:silent", "first:best", store=small_store, missing="wrong")
    tests = PairTests(content.ranking)
    page = pair_content(pair_room(content), "best", "silent")
    for line in page.tasks:
        one = next(d for d in told.task(line.path).differences if d.metric_name == told.task(line.path).leading)
        mine = tests.find(line.path, "best", "silent")
        assert (mine.delta, mine.low, mine.high, mine.p) == pytest.approx((one.delta, one.low, one.high, one.p))
        assert (line.fixed, line.broken) == (one.fixed, one.broken)
    assert [line.n for line in page.tasks] == ["60 examples", "40 entities"]


def test_fixed_and_broken_turn_with_the_pair_and_so_do_differences(content):
    room = pair_room(content)
    there, back = pair_content(room, "silent", "baseline").tasks[0], pair_content(room, "baseline", "silent").tasks[0]
    assert (there.fixed, there.broken) == (24, 5)
    assert (back.fixed, back.broken) == (5, 24)
    assert (there.mine, there.other) == (back.other, back.mine) == ("81.67", "50.00")
    assert there.verdict.change == "+31.67"
    assert back.verdict.change == "\u221231.67"


def test_a_task_that_one_of_them_did_not_answer_is_not_compared_and_says_so(content):
    page = pair_content(pair_room(content), "best", "part")
    assert page.tasks[0].why == ""
    assert page.tasks[1].why == "no result of part"
    assert page.tasks[1].verdict.told == "not compared"
    assert page.mean.why


def test_items_on_a_page_are_those_that_one_alone_answers_correctly(content):
    page = pair_content(pair_room(content), "best", "silent")
    found = pair_examples((page.first, page.second), [TOPIC, NER], inputs=True)
    topics = next(one for one in found.flips if one.task.name == TOPIC)
    assert topics.broken == ()
    shown = {item.id for item in topics.fixed}
    assert shown <= {f"custom/{at}" for at in (0, 1, 2, 3, 4, 54, 55, 56)} or shown <= {
        str(at) for at in (0, 1, 2, 3, 4, 54, 55, 56)
    }
    assert len(shown) == 3


def test_a_page_has_its_examples_as_data_and_without_script(content):
    html = pair_page(pair_room(content), "best", "silent").render()
    data = json.loads(re.search(r'id="ex-data">(.*?)</script>', html, re.DOTALL).group(1))
    assert data["m"] == ["best", "silent"]
    assert 'id="ex-static"' in html
    assert "text 0" in html
    assert not problems(html, ".html")


def test_no_text_of_an_item_stands_on_a_page_where_texts_are_left_out(content):
    pages = [page.render() for page in pair_pages(content, inputs=False)]
    assert pages
    for html in pages:
        assert "text 0" not in html
        assert "Rome" not in html
        assert "timed out" not in html
    assert any("Rome" in page.render() for page in pair_pages(content))


def test_texts_shown_or_not_have_other_digests(content):
    shown, hidden = ({page.path: page.digest for page in pair_pages(content, inputs=each)} for each in (True, False))
    assert shown.keys() == hidden.keys()
    assert not set(shown.values()) & set(hidden.values())


def test_a_site_has_the_pairs_that_model_pages_lead_to(content):
    from benchwright_leaderboards.site import pages_of

    pages = {page.path: page for page in pages_of(content)}
    for first, second in paired_on_site(content):
        assert f"compare/{first}--{second}.html" in pages
    links = re.findall(r'href="\.\./(compare/[^"]+)"', pages["models/second.html"].render())
    assert len(links) == 3
    assert set(links) <= set(pages)


def test_an_entry_that_is_not_there_is_a_key_error(content):
    with pytest.raises(KeyError):
        pair_page(pair_room(content), "best", "nobody")


def test_an_entry_against_itself_differs_in_nothing(content):
    line = pair_content(pair_room(content), "best", "best").tasks[0]
    assert (line.fixed, line.broken) == (0, 0)
    assert line.verdict.told != "better"


def test_a_pair_that_a_large_board_does_not_keep_has_the_same_difference_and_verdict(content):
    """Where the ranking holds no pair, both are compared anew, and p is held against Holm's last step."""
    bare = replace(content, ranking=msgspec.structs.replace(content.ranking, pairs={}))
    for first, second in (("best", "baseline"), ("second", "best"), ("silent", "second")):
        kept, made = (pair_content(pair_room(one), first, second) for one in (content, bare))
        for line, other in zip((kept.mean, *kept.tasks), (made.mean, *made.tasks), strict=True):
            assert other.verdict.rule == "critical"
            assert (line.verdict.change, line.verdict.between, line.verdict.p) == (
                other.verdict.change,
                other.verdict.between,
                other.verdict.p,
            )
            assert line.verdict.told == other.verdict.told


def test_a_withdrawn_entry_is_compared_alone_and_says_so(board_copy):
    folder = next(
        p.parent for p in (board_copy / "submissions").glob("*/submission.json") if b'"best"' in p.read_bytes()
    )
    gone = {"second": {"at": "2027-01-02T03:04:05+00:00", "reason": "mistake"}}
    (folder / "withdrawn.json").write_text(json.dumps(gone))
    room = pair_room(assemble_board(open_board(board_copy)))
    page = pair_content(room, "second", "baseline")
    assert {line.verdict.rule for line in page.tasks} == {"alone"}
    assert {line.verdict.adjusted for line in page.tasks} == {""}
    assert page.mean.why
    assert "in no test of the board" in pair_page(room, "second", "baseline").render()
