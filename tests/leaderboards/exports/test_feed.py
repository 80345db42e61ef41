"""The Atom feed: what RFC 4287 asks of it, ids that never change, links that lead where they say."""

import re
from dataclasses import replace
from datetime import datetime

import msgspec
import pytest
from lxml import etree

from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.entries import Rescored, Withdrawal
from benchwright_leaderboards.exports.feed import board_feed, list_news

ATOM = {"a": "http://www.w3.org/2005/Atom"}
RESCORED = (Rescored(entry="second", path="ner/custom", at="2998-01-01T00:00:00+00:00", before=None, why="a -> b"),)
TAG = re.compile(r"tag:[a-z.]+,\d{4}-\d\d-\d\d:[\w.:-]+")


def parsed(content):
    return etree.fromstring(board_feed(content).encode())


def parsed_from(root):
    return parsed(assemble_board(open_board(root)))


def texts(feed, path):
    return [one if isinstance(one, str) else one.text for one in feed.xpath(path, namespaces=ATOM)]


def test_the_feed_has_what_the_standard_asks_of_feeds_and_entries(content):
    feed = parsed(content)

    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for parent in (feed, *feed.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(parent.findall(f"a:{name}", ATOM)) == 1
    assert texts(feed, "a:author/a:name") == ["Small"]
    assert all(datetime.fromisoformat(at).tzinfo for at in texts(feed, "//a:updated"))
    ids = texts(feed, "//a:id")
    assert len(ids) == len(set(ids)) == 6
    assert all(TAG.fullmatch(one) for one in ids)


def test_times_are_those_of_submissions_and_never_the_clocks(content):
    feed = parsed(content)
    added = {one.added for one in content.board.submissions}

    assert set(texts(feed, "//a:updated")) <= added
    assert texts(feed, "a:updated") == [max(added)]


def test_ids_stay_when_the_board_gets_a_title_an_address_and_another_place(board_copy):
    before = texts(parsed_from(board_copy), "//a:id")
    path = board_copy / "board.toml"
    text = path.read_text().replace('title = "Small"', 'title = "Other"\nurl = "https://example.org/board"')
    path.write_text(text)

    after = parsed_from(board_copy)
    assert texts(after, "//a:id") == before
    assert set(texts(after, "a:link/@href")) == {
        "https://example.org/board/feed.xml",
        "https://example.org/board/index.html",
    }
    assert "https://example.org/board/models/best.html" in texts(after, "//a:entry/a:link/@href")


def test_what_happened_is_told_once_each_the_newest_first(content):
    """A board whose second submission is the best of all: the ranks of the first change."""
    first, second = content.board.submissions
    best = next(entry for entry in first.entries if entry.id == "best")
    earlier = msgspec.structs.replace(
        first, entries=tuple(entry for entry in first.entries if entry.id != "best"), history=RESCORED
    )
    later = msgspec.structs.replace(second, entries=(*second.entries, best))
    gone = {"part": Withdrawal(at="2999-01-01T00:00:00+00:00", reason="a mistake")}
    board = replace(content.board, submissions=(earlier, later), withdrawals=gone)

    news = list(list_news(replace(content, board=board)))
    assert [(one.what, one.about) for one in news] == [
        ("withdrawn", (second.id, "part")),
        ("rescored", news[1].about),
        ("ranks", (second.id,)),
        ("added", (second.id, "part")),
        ("added", (second.id, "best")),
        *(("added", (first.id, name)) for name in ("second", "silent", "baseline")),
    ]
    assert re.fullmatch(r"Ranks of \d+ entr(y|ies) on the mean changed", news[2].title)
    assert "By today's tests" in news[2].summary
    assert "baseline: " in news[2].summary
    assert news[0].summary == "a mistake"
    assert "Rank 1" in news[4].summary
    ids = [one.id for one in news]
    assert len(ids) == len(set(ids))
    assert all(map(TAG.fullmatch, ids))


def test_links_are_relative_without_an_address(content):
    feed = parsed(content)

    assert texts(feed, "a:link/@href") == ["index.html"]
    assert texts(feed, "a:link[@rel='self']") == []


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://", 'https://example.org/"x', "example.org"])
def test_an_address_that_is_none_is_refused(board_copy, url):
    from benchwright.errors import ConfigError

    path = board_copy / "board.toml"
    path.write_text(path.read_text().replace('title = "Small"', f"title = \"Small\"\nurl = '{url}'"))

    with pytest.raises(ConfigError, match="url"):
        open_board(board_copy)
