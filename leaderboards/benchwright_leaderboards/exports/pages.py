"""Files of the site that programs read, and the small table for other pages.

What decides the bytes of a file is gathered without making it: of a thousand entries a build makes those that changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.entries import Entry
from benchwright_leaderboards.exports import every_eval_ever, model_index
from benchwright_leaderboards.exports.badge import board_badge, entry_badge
from benchwright_leaderboards.exports.csv_table import board_csv
from benchwright_leaderboards.exports.document import Rows, board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.embed import embed_pages
from benchwright_leaderboards.exports.feed import board_feed
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.releases import read_releases
from benchwright_leaderboards.table_view import rank_meaning
from benchwright_leaderboards.task_cards import task_cards


def export_pages(content: BoardContent) -> Iterator[Page]:
    """``board.json``, ``board.csv``, ``feed.xml`` (a release, to which nothing happens any more, has none), ``badge.svg``, ``embed.html``, and of
    each entry ``models/ID.json``, ``badges/ID.svg``, ``every-eval-ever/ID.json`` and ``model-index/ID.yaml``.

    Raises:
        StoreError: A run or a release cannot be read.
    """
    room = _EntryRoom(content)
    whole = digest_of_inputs("board document", *_whole(content), room.cards_digest, [*room.standing.values()])
    document = cache(lambda: board_document(content))
    yield Page(path="board.json", digest=whole, render=lambda: json_text(document()))
    yield Page(path="board.csv", digest=whole, render=lambda: board_csv(document()))
    if not content.release:
        yield Page(path="feed.xml", digest=_news_digest(content), render=lambda: board_feed(content))
    yield _text_page("badge.svg", board_badge(content))
    yield from embed_pages(content)
    for row in content.overview.rows:
        yield from room.pages(row)


class _EntryRoom:
    """What the files of all entries are made of."""

    def __init__(self, content: BoardContent) -> None:
        self.content, self.cards = content, task_cards(content.board)
        self.rows: Rows = rows_by_task(content)
        self.cards_digest = digest_of_inputs("cards", self.cards, content.board.spec)
        self.taken = {row.entry.entry.id: _taken(row) for row in content.overview.rows}
        self.standing = {row.entry.entry.id: self._standing(row) for row in content.overview.rows}

    def pages(self, row: BoardRow) -> Iterator[Page]:
        """The files of an entry."""
        name, content = row.entry.entry.id, self.content
        taken = digest_of_inputs("entry", self.taken[name], self.cards_digest, row.status)
        yield Page(
            path=f"models/{name}.json",
            digest=digest_of_inputs("model document", self.standing[name], content.board.spec.title),
            render=lambda: json_text(model_document(content, row, self.rows)),
        )
        yield _text_page(f"badges/{name}.svg", entry_badge(content, row))
        yield Page(
            path=f"{every_eval_ever.FOLDER}/{name}.json",
            digest=taken,
            render=lambda: every_eval_ever.record_text(every_eval_ever.record_of(content, row, self.cards)),
        )
        yield Page(
            path=f"{model_index.FOLDER}/{name}.yaml",
            digest=taken,
            render=partial(model_index.model_index, content, row, self.cards),
        )

    def _standing(self, row: BoardRow) -> str:
        """Digest of an entry and of where it stands on every table."""
        content, name = self.content, row.entry.entry.id
        there = (rows[name] for rows in self.rows.values() if name in rows)
        stands = [
            (one.place, one.status, one.reasons, one.difference, one.score, one.is_baseline) for one in (row, *there)
        ]
        twin = content.ranking.twins.get(name, "")
        return digest_of_inputs("standing", self.taken[name], stands, twin, len(content.overview.rows))


def _taken(row: BoardRow) -> str:
    """Digest of an entry as it was taken in, with what was computed, measured and withdrawn since."""
    submission, withdrawn = row.entry.submission, row.entry.withdrawn
    told = (submission.id, submission.digest, submission.team, submission.added, submission.note, withdrawn)
    return digest_of_inputs("taken in", row.entry.entry, told)


def _whole(content: BoardContent) -> tuple[object, ...]:
    """What the document of the board says beside its entries and tasks."""
    found = content.ranking
    tests = (found.family, found.rejected, found.critical, found.attempts, found.weights)
    left_out = (found.not_averaged, found.unranked, content.board.missing_baselines)
    submissions = [
        (one.id, one.note, [entry.id for entry in one.entries], one.history) for one in content.board.submissions
    ]
    said = (content.digest, content.updated, rank_meaning(content, content.overview))
    return (*said, tests, left_out, found.optimism, submissions)


def _news_digest(content: BoardContent) -> str:
    """Of all that news are made of: they go through every submission, which is not done to know whether anything changed."""
    told = [
        (one.id, one.team, one.added, one.history, [_told(entry) for entry in one.entries])
        for one in content.board.submissions
    ]
    releases = [(one.name, one.made, one.digest) for one in read_releases(content.board.root)]
    return digest_of_inputs("feed", content.digest, content.ranking.places.get(MEAN), told, releases)


def _told(entry: Entry) -> tuple[object, ...]:
    """What news tell of an entry that was added."""
    return entry.id, entry.name, entry.attempt, [(result.path, result.alarms) for result in entry.results]


def _text_page(path: str, text: str) -> Page:
    """A page that costs no more to make than to know whether it has changed."""
    return Page(path=path, digest=digest_of_inputs("text", text), render=lambda: text)
