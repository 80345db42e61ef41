"""Files of the site that programs read, and the small table for other pages.

What decides the bytes of a file is gathered without making it: of a thousand entries a build makes those that changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.exports import every_eval_ever, model_index
from benchwright_leaderboards.exports.badge import board_badge, entry_badge
from benchwright_leaderboards.exports.document import rows_by_task
from benchwright_leaderboards.exports.embed import embed_pages
from benchwright_leaderboards.exports.feed import board_feed
from benchwright_leaderboards.exports.kept_entry import KeptEntries
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.releases import read_releases
from benchwright_leaderboards.task_cards import task_cards


def export_pages(content: BoardContent) -> Iterator[Page]:
    """``board.json``, ``board.csv``, ``feed.xml`` (a release, to which nothing happens any more, has none), ``badge.svg``, ``embed.html``, and of
    each entry ``models/ID.json``, ``badges/ID.svg``, ``every-eval-ever/ID.json`` and ``model-index/ID.yaml``.

    The last two tell of an entry alone, and stay as they are when others come. Ranks and how many entries there are stand in all others.

    Raises:
        StoreError: A run or a release cannot be read.
    """
    room = _EntryRoom(content)
    yield room.of_board("board.json", room.kept.board_json)
    yield room.of_board("board.csv", room.kept.board_csv)
    if not content.release:
        releases = [(one.name, one.made, one.digest) for one in read_releases(content.board.root)]
        yield room.of_board("feed.xml", lambda: board_feed(content), releases)
    yield room.of_board("badge.svg", lambda: board_badge(content))
    yield from embed_pages(content)
    for row in content.overview.rows:
        yield from room.pages(row)


class _EntryRoom:
    """What the files of all entries are made of."""

    def __init__(self, content: BoardContent) -> None:
        self.content, self.cards = content, task_cards(content.board)
        self.kept = KeptEntries(content, rows_by_task(content))
        self.cards_digest = digest_of_inputs("cards", self.cards, content.board.spec)

    def pages(self, row: BoardRow) -> Iterator[Page]:
        """The files of an entry."""
        name, content = row.entry.entry.id, self.content
        taken = digest_of_inputs("entry", _taken(row), self.cards_digest, row.status)
        yield self.of_board(f"models/{name}.json", partial(self.kept.model_json, row))
        yield self.of_board(f"badges/{name}.svg", partial(entry_badge, content, row))
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

    def of_board(self, path: str, render: Callable[[], str], *options: object) -> Page:
        """A file that changes whenever the board does, so that nothing more has to be looked at to know whether it has."""
        digest = digest_of_inputs("of the board", path, self.content.state, self.cards_digest, options)
        return Page(path=path, digest=digest, render=render)


def _taken(row: BoardRow) -> tuple[object, ...]:
    """What decides an entry as it was taken in, with what was computed, measured and withdrawn since."""
    return row.entry.told, row.entry.entry.id, row.entry.entry.cost, row.entry.withdrawn
