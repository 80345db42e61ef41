"""Formats of `board export` by name: what is about the whole board is one file, what is about an entry a file for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.errors import BenchwrightError

if TYPE_CHECKING:
    from benchwright_leaderboards.content import BoardContent, BoardRow


@dataclass(frozen=True, kw_only=True)
class BoardFormat:
    """A format of one file about the whole board.

    Attributes:
        suffix: Of its files.
        about: What it is, in a line.
        render: Its text.
    """

    suffix: str
    about: str
    render: Callable[[BoardContent], str]


@dataclass(frozen=True, kw_only=True)
class EntryFormat:
    """A format of files about one entry each.

    Attributes:
        suffix: Of its files.
        about: What it is, in a line.
        render: Relative path -> text, of the files about an entry.
        why_none: Why there are none, a line each.
    """

    suffix: str
    about: str
    render: Callable[[BoardContent, BoardRow], dict[str, str]]
    why_none: Callable[[BoardContent, BoardRow], list[str]] | None = None


def _json(content: BoardContent) -> str:
    from benchwright_leaderboards.exports.document import board_document
    from benchwright_leaderboards.exports.json_text import json_text

    return json_text(board_document(content))


def _csv(content: BoardContent) -> str:
    from benchwright_leaderboards.exports.csv_table import board_csv
    from benchwright_leaderboards.exports.document import board_document

    return board_csv(board_document(content))


def _feed(content: BoardContent) -> str:
    from benchwright_leaderboards.exports.feed import board_feed

    return board_feed(content)


def _badge(content: BoardContent) -> str:
    from benchwright_leaderboards.exports.badge import board_badge

    return board_badge(content)


def _model(content: BoardContent, row: BoardRow) -> dict[str, str]:
    from benchwright_leaderboards.exports.document import model_document, rows_by_task
    from benchwright_leaderboards.exports.json_text import json_text

    return {f"{row.entry.entry.id}.json": json_text(model_document(content, row, rows_by_task(content)))}


def _entry_badge(content: BoardContent, row: BoardRow) -> dict[str, str]:
    from benchwright_leaderboards.exports.badge import entry_badge

    return {f"{row.entry.entry.id}.svg": entry_badge(content, row)}


def _every_eval_ever(content: BoardContent, row: BoardRow) -> dict[str, str]:
    from benchwright_leaderboards.exports import every_eval_ever
    from benchwright_leaderboards.task_cards import task_cards

    record = every_eval_ever.record_of(content, row, task_cards(content.board))
    return {every_eval_ever.record_path(content, row): every_eval_ever.record_text(record)}


def _model_index(content: BoardContent, row: BoardRow) -> dict[str, str]:
    from benchwright_leaderboards.exports.model_index import model_index
    from benchwright_leaderboards.task_cards import task_cards

    return {f"{row.entry.entry.id}.yaml": model_index(content, row, task_cards(content.board))}


def _eval_results(content: BoardContent, row: BoardRow) -> dict[str, str]:
    from benchwright_leaderboards.exports.eval_results import eval_results

    return eval_results(content, row)


def _no_eval_results(content: BoardContent, row: BoardRow) -> list[str]:
    from benchwright_leaderboards.exports.eval_results import why_none

    return why_none(content, row)


FORMATS: dict[str, BoardFormat | EntryFormat] = {
    "json": BoardFormat(suffix=".json", about="everything, docs/schema/board.schema.json", render=_json),
    "csv": BoardFormat(suffix=".csv", about="a row for each entry and task", render=_csv),
    "feed": BoardFormat(suffix=".xml", about="Atom feed of news", render=_feed),
    "badge": BoardFormat(suffix=".svg", about="badge of the board", render=_badge),
    "model-json": EntryFormat(suffix=".json", about="an entry with every metric", render=_model),
    "entry-badge": EntryFormat(suffix=".svg", about="badge with an entry's rank range", render=_entry_badge),
    "every-eval-ever": EntryFormat(
        suffix=".json", about="Every Eval Ever record, schema 0.3.0", render=_every_eval_ever
    ),
    "eval-results": EntryFormat(
        suffix=".yaml",
        about="results for leaderboards of data sets on the hub",
        render=_eval_results,
        why_none=_no_eval_results,
    ),
    "model-index": EntryFormat(suffix=".yaml", about="results as metadata of a model card", render=_model_index),
}


def export_board(content: BoardContent, form: str, entry: str | None = None) -> dict[str, str]:
    """Relative path -> text of what a format makes of a board; of an entry alone where one is named.

    Raises:
        BenchwrightError: There is no such entry, or the format is about the whole board and an entry is named.
    """
    found = FORMATS[form]
    if isinstance(found, BoardFormat):
        if entry is not None:
            names = ", ".join(name for name, one in FORMATS.items() if isinstance(one, EntryFormat))
            raise BenchwrightError(
                f"{form} is about the whole board, and --entry {entry} names one entry",
                expected=f"one of: {names}",
                hint="leave --entry out, or choose another format",
            )
        return {f"board{found.suffix}": found.render(content)}
    rows = list(_rows(content, entry))
    texts = {path: text for row in rows for path, text in found.render(content, row).items()}
    if rows and not texts and found.why_none is not None:
        why = "; ".join(found.why_none(content, rows[0])[:3]) or "it has no scored task"
        raise BenchwrightError(
            f"nothing to write as {form}: {rows[0].entry.entry.id}: {why}",
            expected="tasks of the hub, read from it, whole splits, no item without an answer",
            hint="--as model-index writes what was measured elsewhere too",
        )
    return texts


def _rows(content: BoardContent, entry: str | None) -> Iterator[BoardRow]:
    rows = {row.entry.entry.id: row for row in content.overview.rows}
    if entry is None:
        yield from rows.values()
        return
    if entry not in rows:
        raise BenchwrightError(
            f"the board has no entry {entry!r}",
            expected=f"one of: {', '.join(rows) or 'none yet'}",
            hint="benchwright board list names them",
        )
    yield rows[entry]


def write_export(texts: dict[str, str], output: Path) -> list[Path]:
    """Write one text to a file, several to a new folder, whole or not at all; returns the files.

    Raises:
        BenchwrightError: Something stands in the place of the folder, it cannot be written, or there is nothing to write.
    """
    from benchwright.store import atomic

    if not texts:
        raise BenchwrightError("nothing to write", expected="a board with entries", hint="benchwright board add RUN")
    if len(texts) == 1:
        atomic.write_output(output, next(iter(texts.values())), what="-o")
        return [output]
    atomic.write_folder(output, texts, what="-o")
    return [output / path for path in texts]
