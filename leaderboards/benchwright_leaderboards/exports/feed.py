"""``feed.xml``: an Atom feed (RFC 4287) of what happened to a board: entries, ranks, withdrawals, results computed anew, releases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from xml.etree import ElementTree as ET

from benchwright.formatting import name_some
from benchwright.inert import inert
from benchwright.items import count
from benchwright_leaderboards.alarm_marks import placed, placed_line
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.exports.document import MADE_WITH
from benchwright_leaderboards.history import BoardEvent, find_history

LIMIT = 50
"""Most news in the feed, the latest first."""
_NAMED = 6
"""Entries that are named of those whose ranks changed alike."""
NAMESPACE = "http://www.w3.org/2005/Atom"
_BY_WHAT = "By today's tests, of the entries that had come by then and still stand."
_EPOCH = "1970-01-01T00:00:00+00:00"
"""When a board without submissions was last changed."""


@dataclass(frozen=True, kw_only=True)
class News:
    """Something that happened on a board.

    Attributes:
        what: ``added``, ``ranks``, ``withdrawn``, ``rescored`` or ``released``; part of the id.
        about: What else the id is made of: submission, entry, release.
        title: A line.
        summary: Sentences.
        at: When, ISO 8601 in UTC, as the board's files say.
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
    """What happened to a board, the latest first. Raises StoreError where a release cannot be read."""
    entries = {one.entry.id: one for one in content.board.entries}
    for event in find_history(content).events:
        match event.kind:
            case "added":
                yield from _added(event, entries)
            case "withdrawn":
                (name,) = event.entries
                about = (entries[name].submission.id, name) if name in entries else (name,)
                yield _news(event, about, f"{name} was withdrawn", event.note, f"models/{name}.html")
            case "rescored":
                several = count(len(event.entries), "entry")
                why = hashlib.sha256(event.note.encode()).hexdigest()[:8]
                yield _news(
                    event, (event.at, why), f"Scores of {several} were computed anew", event.note, "history.html"
                )
            case "released":
                (name,) = event.entries
                digest = f"Its digest is {event.digest}."
                yield _news(event, (name,), f"Release {name}", digest, f"releases/{name}/index.html")


def _added(event: BoardEvent, entries: Mapping[str, PlacedEntry]) -> Iterator[News]:
    """News of each entry of a submission, after those of ranks that it changed."""
    known = [entries[name] for name in event.entries if name in entries]
    submission = known[0].submission.id if known else event.digest[:16]
    changed = [one for one in event.changes or () if one.before]
    if changed:
        told = "; ".join(f"{name_some(one.entries, _NAMED)}: {one.before}, now {one.after}" for one in changed)
        also = f"; and {count(event.more, 'more change')}" if event.more else ""
        title = f"Ranks of {count(sum(len(one.entries) for one in changed), 'entry')} on the mean changed"
        yield _news(event, (submission,), title, f"{told}{also}. {_BY_WHAT}", "history.html", what="ranks")
    ranks = {name: one.after for one in event.changes or () if not one.before for name in one.entries}
    for one in known:
        entry = one.entry
        rank = f" Rank {ranks[entry.id]} on the mean when it came. {_BY_WHAT}" if entry.id in ranks else ""
        summary = f"By {event.team or 'a team that is not named'}, attempt {entry.attempt}, {count(len(entry.results), 'task')}.{rank}{_alarms(one)}"
        yield _news(event, (submission, entry.id), f"{entry.name} was added", summary, f"models/{entry.id}.html")


def _alarms(one: PlacedEntry) -> str:
    """Alarms about what was added, a sentence each."""
    paths = [result.path for result in one.entry.results]
    return "".join(f" {placed_line(told)}." for told in placed(one, paths) if told.severity == "alarm")


def _news(event: BoardEvent, about: tuple[str, ...], title: str, summary: str, page: str, *, what: str = "") -> News:
    return News(what=what or event.kind, about=about, title=title, summary=summary, at=event.at, page=page)


def _tag(at: str, *parts: str) -> str:
    """The authority is a name that nobody can own (RFC 2606): a board may move, and its ids stay."""
    kept = (re.sub(r"[^\w.:-]", "-", part, flags=re.ASCII) for part in parts)
    return f"tag:benchwright.invalid,{at[:10]}:{':'.join(kept)}"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, name, {key: inert(value) for key, value in attributes.items()})
    made.text = inert(text) or None
    return made
