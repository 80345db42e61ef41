"""Badges: the rank range in words, for whoever sees them and for whoever has them read."""

import pytest
from lxml import etree

from benchwright_leaderboards.exports.badge import board_badge, entry_badge

SVG = "{http://www.w3.org/2000/svg}"


def told(text):
    badge = etree.fromstring(text)
    assert (badge.tag, badge.get("role")) == (f"{SVG}svg", "img")
    return badge.get("aria-label"), badge.findtext(f"{SVG}title"), [one.text for one in badge.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", ["best", "silent", "baseline"])
def test_a_ranked_entry_has_its_rank_range_among_how_many(content, row, name):
    low, high = row(name).place
    rank = f"rank {low}–{high} of 4" if low < high else f"rank {low} of 4"

    label, title, texts = told(entry_badge(content, row(name)))
    rank += " · ! unanswered items" if name == "silent" else ""
    assert label == f"Small: {rank}"
    assert title == f"Small: {rank}; entry {name}"
    assert texts == ["Small", rank]


def test_an_entry_that_is_not_ranked_says_why(content, row):
    assert told(entry_badge(content, row("part")))[0] == "Small: partial, not ranked"


def test_the_badge_of_the_board_counts(content):
    assert told(board_badge(content))[0] == "Small: 5 entries, 2 tasks"
