"""``feed.xml``: an Atom feed (RFC 4287) of entries that were added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree as ET

from benchwright.inert import inert
from benchwright.items import count
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.exports.document import MADE_WITH

LIMIT = 50
"""Most news in the feed, the latest first."""
NAMESPACE = "http://www.w3.org/2005/Atom"
_EPOCH = "1970-01-01T00:00:00+00:00"
"""When a board without submissions was last changed."""


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened on a board.

    Attributes:
        what: ``added``; part of the id.
        about: What else the id is made of: submission and entry.
        title: A line.
        summary: Sentences.
        at: When, ISO 8601 in UTC, as the submission says.
        page: Address of the page about it, below the site.
    """

    what: str
    about: tuple[str, ...]
    title: str
    summary: str
    at: str
    page: str

    @property
    def id(self) -> str:
        """A ``tag:`` URI (RFC 4151), which nothing but what happened and when is part of, so that it never changes."""
        return _tag(self.at, self.what, *self.about)


def board_feed(content: BoardContent) -> str:
    """The feed; links are absolute where ``board.toml`` has a ``url``, else relative to the feed. Times are those of submissions, never the clock's."""
    news = list(islice(list_news(content), LIMIT))
    first = content.board.submissions[0] if content.board.submissions else None
    feed = ET.Element("feed", {"xmlns": NAMESPACE})
    _add(feed, "id", _tag(first.added, "board", first.id) if first else _tag(_EPOCH, "board"))
    _add(feed, "title", content.board.spec.title)
    _add(feed, "updated", max((one.at for one in news), default=_EPOCH))
    _add(feed, "generator", MADE_WITH)
    _add(_add(feed, "author"), "name", content.board.spec.title)
    base = content.board.spec.address
    if base:
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base}index.html")
    for one in news:
        entry = _add(feed, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at)
        _add(entry, "published", one.at)
        _add(entry, "link", rel="alternate", type="text/html", href=f"{base}{one.page}")
        _add(entry, "summary", one.summary)
    ET.indent(feed, space="")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def list_news(content: BoardContent) -> Iterator[News]:
    """What happened on a board, the latest first."""
    for submission in reversed(content.board.submissions):
        for entry in submission.entries:
            yield News(
                what="added",
                about=(submission.id, entry.id),
                title=f"{entry.name} was added",
                summary=f"{_by(submission.team)}, attempt {entry.attempt}; answers to {count(len(entry.results), 'task')}.",
                at=submission.added,
                page=f"models/{entry.id}.html",
            )


def _by(team: str) -> str:
    return f"By {team}" if team else "By a team that is not named"


def _tag(at: str, *parts: str) -> str:
    """The authority is a name that nobody can own (RFC 2606): a board may move, and its ids stay."""
    return f"tag:benchwright.invalid,{at[:10]}:{':'.join(parts)}"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, {key: inert(value) for key, value in attributes.items()})
    made.text = inert(text) or None
    return made
