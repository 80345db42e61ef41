"""Files of the site that programs read, and the small table for other pages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.exports import every_eval_ever, model_index
from benchwright_leaderboards.exports.badge import board_badge, entry_badge
from benchwright_leaderboards.exports.csv_table import board_csv
from benchwright_leaderboards.exports.document import board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.embed import embed_pages
from benchwright_leaderboards.exports.feed import board_feed
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.releases import read_releases
from benchwright_leaderboards.task_cards import task_cards


def export_pages(content: BoardContent) -> Iterator[Page]:
    """``board.json``, ``board.csv``, ``feed.xml`` (a release, to which nothing happens any more, has none), ``badge.svg``, ``embed.html``, and of each entry ``models/ID.json``, ``badges/ID.svg``,
    ``every-eval-ever/ID.json`` and ``model-index/ID.yaml``.
    """
    whole = cache(lambda: board_document(content))
    digest = digest_of_inputs("board document", whole())
    yield Page(path="board.json", digest=digest, render=lambda: json_text(whole()))
    yield Page(path="board.csv", digest=digest, render=lambda: board_csv(whole()))
    if not content.release:
        yield Page(path="feed.xml", digest=_news_digest(content), render=lambda: board_feed(content))
    yield _text_page("badge.svg", board_badge(content))
    yield from embed_pages(content)
    yield from _entry_pages(content)


def _news_digest(content: BoardContent) -> str:
    """Of all that news are made of: they go through every submission, which is not done to know whether anything changed."""
    board = content.board
    rescored = [submission.history for submission in board.submissions]
    releases = [one.digest for one in read_releases(board.root)]
    return digest_of_inputs("feed", content.digest, content.ranking.places.get(MEAN), rescored, releases)


def _entry_pages(content: BoardContent) -> Iterator[Page]:
    rows, cards = rows_by_task(content), task_cards(content.board)
    for row in content.overview.rows:
        name = row.entry.entry.id
        yield _text_page(f"models/{name}.json", json_text(model_document(content, row, rows)))
        yield _text_page(f"badges/{name}.svg", entry_badge(content, row))
        record = every_eval_ever.record_text(every_eval_ever.record_of(content, row, cards))
        yield _text_page(f"{every_eval_ever.FOLDER}/{name}.json", record)
        yield _text_page(f"{model_index.FOLDER}/{name}.yaml", model_index.model_index(content, row, cards))


def _text_page(path: str, text: str) -> Page:
    """A page that costs no more to make than to know whether it has changed."""
    return Page(path=path, digest=digest_of_inputs("text", text), render=lambda: text)
