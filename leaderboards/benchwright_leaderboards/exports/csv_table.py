"""``board.csv``: a row for each entry and task, and one for its mean; for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
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


_RANKS = COLUMNS.index("rank_low")
Text = Callable[[str | None], str]
"""Makes a cell of a text (`csv_cell`)."""


def board_csv(document: BoardDocument) -> str:
    """CSV text with a header line and LF line ends; unrounded values, empty cells where there is none, texts that no spreadsheet runs."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    text = cache(csv_cell)  # nearly all texts of a board stand in many rows
    for entry in document.entries:
        writer.writerows(_rows(entry, text))
    return buffer.getvalue()


def row_pieces(entry: EntryDocument) -> list[tuple[str, str]]:
    """What stands in each row of an entry before its ranks, and behind them: another entry seldom changes more than these."""
    text = cache(csv_cell)
    return [(_written(row[:_RANKS]), _written(row[_RANKS + 2 :])) for row in _rows(entry, text)]


def put_ranks(pieces: Iterable[tuple[str, str]], ranks: Iterable[tuple[int, int] | None]) -> Iterator[str]:
    """The rows, with their ranks in their places."""
    for (before, behind), rank in zip(pieces, ranks, strict=True):
        yield f"{before},{rank[0]},{rank[1]},{behind}\n" if rank else f"{before},,,{behind}\n"


def header() -> str:
    """The first line."""
    return _written(COLUMNS) + "\n"


def _written(cells: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()[:-1]


def _rows(entry: EntryDocument, text: Text) -> Iterator[tuple[Any, ...]]:
    """The row of the mean, then those of the tasks, each in the order of `COLUMNS`; numbers are written unrounded by the writer itself."""
    said = ("yes" if entry.baseline else "no", entry.team, entry.submission, entry.added, entry.adapter, entry.model)
    baseline, team, *came = map(text, said)
    name, same = (text(entry.id), text(entry.name)), (baseline, team, entry.attempt, *came)
    mean = (*_place(entry, text), *_numbers(entry.mean, text), *_apart(entry.difference, text))
    yield *name, MEAN, *mean, *same, None, _reasons(entry, text), text(_alarms_of_all(entry))
    for one in entry.results:
        numbers = (*_place(one, text), *_numbers(one.score, text), *_apart(one.difference, text))
        yield *name, text(one.task), *numbers, *same, text(one.digest), _reasons(one, text), text(_alarms(one))


def _alarms(one: ResultDocument) -> str:
    """Alarms and notes about a result as one text; of an unknown number where nobody looked."""
    if one.alarms is None:
        return UNKNOWN.line
    return "; ".join(f"{ALARM if told.severity == 'alarm' else NOTE} {told.sentence}" for told in one.alarms)


def _alarms_of_all(entry: EntryDocument) -> str:
    unknown = [f"{UNKNOWN.sign} {one.task}: {UNKNOWN.text}" for one in entry.results if one.alarms is None]
    return "; ".join([*entry.alarms, *unknown])


def _place(one: EntryDocument | ResultDocument, text: Text) -> tuple[Any, ...]:
    status = text(one.status)
    return (status, one.rank.low, one.rank.high) if one.rank else (status, None, None)


def _reasons(one: EntryDocument | ResultDocument, text: Text) -> str:
    return text("; ".join(one.reasons)) if one.reasons else ""


def _numbers(one: ScoreDocument | None, text: Text) -> tuple[Any, ...]:
    """``value`` to ``method``."""
    if one is None:
        return (None,) * 9
    ends, counted = (one.value, one.low, one.high, one.se), (one.unanswered, one.skipped)
    return *ends, one.n, text(one.unit), *counted, text(one.method)


def _apart(one: DifferenceDocument | None, text: Text) -> tuple[Any, ...]:
    """``difference`` to ``difference_verdict``."""
    return (None,) * 5 if one is None else (one.delta, one.low, one.high, one.p, text(one.verdict))
