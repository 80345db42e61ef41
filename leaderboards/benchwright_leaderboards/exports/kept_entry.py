"""Entries as JSON and CSV in pieces between their ranks, kept below ``derived/``: of most entries one more changes nothing else.

What other entries decide beside ranks (verdicts, why there is no rank) is part of what pieces are known by; metrics, most of the bytes, are
known by their own submission alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from benchwright.types import Frozen
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.derived import remember_latest
from benchwright_leaderboards.exports.csv_table import header, put_ranks, row_pieces
from benchwright_leaderboards.exports.document import Rows, about_board, about_model, entry_document, versions_of
from benchwright_leaderboards.exports.documents import EntryDocument
from benchwright_leaderboards.exports.json_text import Written, harmless_json, json_text
from benchwright_leaderboards.pages import digest_of_inputs
from benchwright_leaderboards.site_manifest import program_digest

_GAPS = re.compile('"rank":null|"metrics":\\[\\]')
"""What is filled: no text of JSON has a key within."""


class EntryPieces(Frozen, frozen=True, kw_only=True, array_like=True):
    """An entry without its ranks.

    Attributes:
        text: Its JSON: before the rank by the mean, between that and the first task's, and then, task by task, between the rank and the metrics, and
            behind these.
        rows: Its rows of CSV: before and behind the two cells of the rank; that of the mean first.
        versions: NAME@VERSION of the metrics of each task.
    """

    text: list[str]
    rows: list[tuple[str, str]]
    versions: list[list[str]]


class KeptEntries:
    """The entries of a board for its JSON and CSV; what was read stays for the files that are made next.

    Attributes:
        rows: The rows of every task by entry.
    """

    def __init__(self, content: BoardContent, rows: Rows) -> None:
        self.content, self.rows = content, rows
        self._known = dict[str, EntryPieces]()

    def board_json(self) -> str:
        """The text of `board_document`."""
        versions: dict[str, set[str]] = {path: set() for path in self.rows}
        for row in self.content.overview.rows:
            for path, names in zip(self._paths(row), self._pieces(row).versions, strict=True):
                versions[path].update(names)
        document = _fields(about_board(self.content, self.rows, (), versions))
        return json_text(document | {"entries": [self._json(row, None) for row in self.content.overview.rows]})

    def board_csv(self) -> str:
        """The text of `csv_table.board_csv`."""
        rows = (
            put_ranks(self._pieces(row).rows, [one.place for one in self._all(row)])
            for row in self.content.overview.rows
        )
        return header() + "".join(chain.from_iterable(rows))

    def model_json(self, row: BoardRow) -> str:
        """The text of `model_document`."""
        plain = entry_document(self.content, row, {}, every=False)
        return json_text(
            _fields(about_model(self.content, row, plain)) | {"entry": self._json(row, self._metrics(row))}
        )

    def _json(self, row: BoardRow, metrics: list[str] | None) -> Written:
        pieces, (mean, *tasks) = self._pieces(row).text, [_rank(one) for one in self._all(row)]
        filled = metrics or ['"metrics":[]'] * len(tasks)
        gaps = [mean, *chain.from_iterable(zip(tasks, filled, strict=True)), ""]
        return Written("".join(chain.from_iterable(zip(pieces, gaps, strict=True))))

    def _all(self, row: BoardRow) -> list[BoardRow]:
        """The row of the overview, and those of tasks in the order of the document."""
        entry, rows = row.entry.entry, self.rows
        return [row, *(rows[path][entry.id] for path in self._paths(row))]

    def _paths(self, row: BoardRow) -> list[str]:
        """The tasks of the board that an entry has results on, in the order of the document."""
        entry, rows = row.entry.entry, self.rows
        return [result.path for result in entry.results if entry.id in rows.get(result.path, ())]

    def _pieces(self, row: BoardRow) -> EntryPieces:
        entry, content = row.entry.entry, self.content
        found = self._known.get(entry.id)
        if found is None:
            twin = content.ranking.twins.get(entry.id, "")
            decided = [(one.status, one.reasons, one.difference, one.is_baseline) for one in self._all(row)]
            inputs = (*self._own(row), entry.cost, row.entry.withdrawn, row.score, twin, decided)
            kept = self._remember(row, "entries", digest_of_inputs("entries", *inputs), self._make)
            found = self._known[entry.id] = msgspec.msgpack.decode(kept, type=EntryPieces)
        return found

    def _metrics(self, row: BoardRow) -> list[str]:
        """The metrics of each task as JSON, with their key."""
        kept = self._remember(row, "metrics", digest_of_inputs("metrics", *self._own(row)), self._make_metrics)
        return msgspec.msgpack.decode(kept, type=list[str])

    def _own(self, row: BoardRow) -> tuple[object, ...]:
        """What decides an entry on whichever board it stands."""
        one = row.entry
        return program_digest(), one.told, one.entry.id, self._paths(row)

    def _remember(self, row: BoardRow, room: str, digest: str, make: Callable[[BoardRow], bytes]) -> bytes:
        root: Path = row.entry.root.parent.parent
        return remember_latest(root, room, row.entry.entry.id, digest, lambda: make(row))

    def _make(self, row: BoardRow) -> bytes:
        document = _unranked(entry_document(self.content, row, self.rows, every=False))
        text = harmless_json(msgspec.json.encode(document).decode())
        versions = [versions_of(one.result) if one.result else [] for one in self._all(row)[1:]]
        return msgspec.msgpack.encode(EntryPieces(text=_GAPS.split(text), rows=row_pieces(document), versions=versions))

    def _make_metrics(self, row: BoardRow) -> bytes:
        document = entry_document(self.content, row, self.rows, every=True)
        texts = (harmless_json(msgspec.json.encode(one.metrics).decode()) for one in document.results)
        return msgspec.msgpack.encode([f'"metrics":{text}' for text in texts])


def _unranked(document: EntryDocument) -> EntryDocument:
    results = tuple(msgspec.structs.replace(one, rank=None) for one in document.results)
    return msgspec.structs.replace(document, rank=None, results=results)


def _rank(row: BoardRow) -> str:
    return '"rank":null' if row.place is None else f'"rank":{{"low":{row.place[0]},"high":{row.place[1]}}}'


def _fields(document: Frozen) -> dict[str, Any]:
    return msgspec.structs.asdict(document)
