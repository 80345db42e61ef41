"""``board.csv``: a row for each entry and task, and one for its mean; for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from benchwright.alarm import ALARM, NOTE
from benchwright.csv_text import csv_cell
from benchwright_leaderboards.alarm_marks import UNKNOWN
from benchwright_leaderboards.exports.documents import (
    BoardDocument,
    DifferenceDocument,
    EntryDocument,
    ResultDocument,
    ScoreDocument,
)

MEAN = "mean"
"""What stands for a task in the row of the weighted mean; tasks have a slash."""
COLUMNS = tuple(
    """entry name task status rank_low rank_high value low high se n unit unanswered skipped method
    difference difference_low difference_high difference_p difference_verdict baseline team attempt submission added adapter model digest reasons alarms""".split()  # noqa: SIM905
)
"""``difference`` is that to the first baseline, ``difference_p`` its p, not adjusted; ``alarms`` are alarms (``!``) and notes (``*``), of a mean the
alarms of its tasks.
"""


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
    yield {
        **same,
        "task": MEAN,
        **_place(entry),
        **_numbers(entry.mean, entry.difference),
        "alarms": _alarms_of_all(entry),
    }
    for one in entry.results:
        numbers = _numbers(one.score, one.difference)
        yield {**same, "task": one.task, **_place(one), **numbers, "digest": one.digest, "alarms": _alarms(one)}


def _alarms(one: ResultDocument) -> str:
    """Alarms and notes about a result as one text; of an unknown number where nobody looked."""
    if one.alarms is None:
        return UNKNOWN.line
    return "; ".join(f"{ALARM if told.severity == 'alarm' else NOTE} {told.sentence}" for told in one.alarms)


def _alarms_of_all(entry: EntryDocument) -> str:
    unknown = [f"{UNKNOWN.sign} {one.task}: {UNKNOWN.text}" for one in entry.results if one.alarms is None]
    return "; ".join([*entry.alarms, *unknown])


def _place(one: EntryDocument | ResultDocument) -> dict[str, Any]:
    return {
        "status": one.status,
        "reasons": "; ".join(one.reasons),
        "rank_low": one.rank.low if one.rank else None,
        "rank_high": one.rank.high if one.rank else None,
    }


def _numbers(score: ScoreDocument | None, difference: DifferenceDocument | None) -> dict[str, Any]:
    found = dict[str, Any]()
    if score is not None:
        names = ("value", "low", "high", "se", "n", "unit", "unanswered", "skipped", "method")
        found = {name: getattr(score, name) for name in names}
    if difference is not None:
        found["difference"] = difference.delta
        found |= {f"difference_{name}": getattr(difference, name) for name in ("low", "high", "p", "verdict")}
    return found
