"""Files of the site that programs read, and the small table for other pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.exports.badge import board_badge, entry_badge
from benchwright_leaderboards.exports.csv_table import board_csv
from benchwright_leaderboards.exports.document import board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.documents import BoardDocument, ModelDocument
from benchwright_leaderboards.exports.feed import board_feed
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.pages import Page, digest_of_inputs


def export_pages(content: BoardContent) -> Iterator[Page]:
    """``board.json``, ``board.csv``, ``feed.xml``, ``badge.svg``, and of each entry ``models/ID.json`` and ``badges/ID.svg``."""
    whole = cache(lambda: board_document(content))
    digest = digest_of_inputs("board document", whole())
    yield Page(path="board.json", digest=digest, render=lambda: json_text(whole()))
    yield Page(path="board.csv", digest=digest, render=lambda: board_csv(whole()))
    yield _text_page("feed.xml", board_feed(content))
    yield _text_page("badge.svg", board_badge(content))
    rows = rows_by_task(content)
    for row in content.overview.rows:
        name = row.entry.entry.id
        model = model_document(content, row, rows)
        yield Page(path=f"models/{name}.json", digest=digest_of_inputs("model document", model), render=_said(model))
        yield _text_page(f"badges/{name}.svg", entry_badge(content, row))


def _said(document: BoardDocument | ModelDocument) -> Callable[[], str]:
    return lambda: json_text(document)


def _text_page(path: str, text: str) -> Page:
    """A page that costs no more to make than to know whether it has changed."""
    return Page(path=path, digest=digest_of_inputs("text", text), render=lambda: text)
