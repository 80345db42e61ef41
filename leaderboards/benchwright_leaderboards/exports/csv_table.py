"""``board.csv``: a row for each entry and task, and one for its mean; for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import cache
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
    cell = cache(csv_cell)  # nearly all texts of a board stand in many rows
    for entry in document.entries:
        writer.writerows([_written(value, cell) for value in row] for row in _rows(entry))
    return buffer.getvalue()


def _written(value: Any, cell: Callable[[Any], str]) -> Any:
    """A number as it is, which the writer writes unrounded, as `csv_cell` does; a text that no spreadsheet runs."""
    return value if type(value) is float else cell(value) if type(value) is str else csv_cell(value)


def _rows(entry: EntryDocument) -> Iterator[tuple[Any, ...]]:
    """The row of the mean, then those of the tasks, each in the order of `COLUMNS`."""
    baseline = "yes" if entry.baseline else "no"
    team = (baseline, entry.team, entry.attempt, entry.submission, entry.added, entry.adapter, entry.model)
    mean = (*_numbers(entry.mean), *_apart(entry.difference))
    yield entry.id, entry.name, MEAN, *_place(entry), *mean, *team, None, _reasons(entry), _alarms_of_all(entry)
    for one in entry.results:
        numbers = (*_numbers(one.score), *_apart(one.difference))
        yield entry.id, entry.name, one.task, *_place(one), *numbers, *team, one.digest, _reasons(one), _alarms(one)


def _alarms(one: ResultDocument) -> str:
    """Alarms and notes about a result as one text; of an unknown number where nobody looked."""
    if one.alarms is None:
        return UNKNOWN.line
    return "; ".join(f"{ALARM if told.severity == 'alarm' else NOTE} {told.sentence}" for told in one.alarms)


def _alarms_of_all(entry: EntryDocument) -> str:
    unknown = [f"{UNKNOWN.sign} {one.task}: {UNKNOWN.text}" for one in entry.results if one.alarms is None]
    return "; ".join([*entry.alarms, *unknown])


def _place(one: EntryDocument | ResultDocument) -> tuple[Any, ...]:
    return (one.status, one.rank.low, one.rank.high) if one.rank else (one.status, None, None)


def _reasons(one: EntryDocument | ResultDocument) -> str:
    return "; ".join(one.reasons)


def _numbers(one: ScoreDocument | None) -> tuple[Any, ...]:
    """``value`` to ``method``."""
    if one is None:
        return (None,) * 9
    return one.value, one.low, one.high, one.se, one.n, one.unit, one.unanswered, one.skipped, one.method


def _apart(one: DifferenceDocument | None) -> tuple[Any, ...]:
    """``difference`` to ``difference_verdict``."""
    return (None,) * 5 if one is None else (one.delta, one.low, one.high, one.p, one.verdict)
