"""``board.csv``: a row for each entry and task, and one for its mean; for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from benchwright.csv_text import csv_cell
from benchwright_leaderboards.exports.documents import BoardDocument, EntryDocument, ResultDocument

MEAN = "mean"
"""What stands for a task in the row of the weighted mean; tasks have a slash."""
COLUMNS = (
    "entry",
    "name",
    "task",
    "status",
    "rank_low",
    "rank_high",
    "value",
    "low",
    "high",
    "se",
    "n",
    "unit",
    "unanswered",
    "method",
    "baseline",
    "team",
    "attempt",
    "submission",
    "added",
    "adapter",
    "model",
    "digest",
)


def board_csv(document: BoardDocument) -> str:
    """CSV text with a header line and LF line ends; unrounded values, empty cells where there is none, texts that no spreadsheet runs."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in document.entries:
        for row in _rows(entry):
            writer.writerow([csv_cell(row.get(name)) for name in COLUMNS])
    return buffer.getvalue()


def _rows(entry: EntryDocument) -> Iterator[dict[str, Any]]:
    same = {
        "entry": entry.id,
        "name": entry.name,
        "baseline": "yes" if entry.baseline else "no",
        "team": entry.team,
        "attempt": entry.attempt,
        "submission": entry.submission,
        "added": entry.added,
        "adapter": entry.adapter,
        "model": entry.model,
    }
    yield {**same, "task": MEAN, "value": entry.mean, **_place(entry)}
    for result in entry.results:
        score = result.score
        yield {
            **same,
            "task": result.task,
            **_place(result),
            "value": score.value,
            "low": score.low,
            "high": score.high,
            "se": score.se,
            "n": score.n,
            "unit": score.unit,
            "unanswered": score.unanswered,
            "method": score.method,
            "digest": result.digest,
        }


def _place(one: EntryDocument | ResultDocument) -> dict[str, Any]:
    return {
        "status": one.status,
        "rank_low": one.rank.low if one.rank else None,
        "rank_high": one.rank.high if one.rank else None,
    }
