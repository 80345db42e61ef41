"""The section `History`: how scores of the shown models went on the shown tasks, in earlier runs of the same store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from benchwright import formatting
from benchwright.formatting import interval_beside, interval_of_change, shorten, value
from benchwright.quantities import SCORE, Unit
from benchwright.render.grid import Grid
from benchwright.report_content.trend import Trend, draw_trend
from benchwright.score_history.compared_lines import find_lines
from benchwright.score_history.lines import LineQuery, find_series
from benchwright.score_history.result import HistoryPoint, Line
from benchwright.score_history.stored import StoredRun, moment, read_runs
from benchwright.score_history.words import change_words, day_of, urgency_of
from benchwright.store import Store
from benchwright.task_path import has_answers, is_identity_view
from benchwright.types import ReportOptions, Run

MOST = 30
"""Most lines that are shown; `benchwright history` shows all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryRow:
    """A line of the section.

    Attributes:
        trend: Its values as a drawing, in words too.
        verdict: Of the last change, in words; what broke the line where it is not compared.
        since: The run that the last change is against.
    """

    task: str
    model: str
    metric: str
    measurements: int
    trend: Trend
    first: str
    last: str
    score: str
    between: str
    change: str
    change_between: str
    verdict: str
    since: str
    is_worse: bool = False
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HistorySection:
    """The section.

    Attributes:
        rows: Real losses first, the largest first; then other real changes; then all others in the order of tasks.
        left_out: How many lines are not shown.
        family: Number of changes over which p is adjusted.
        skipped: Runs that cannot be read, and why.
        lines: The values behind the rows, of all lines.
    """

    rows: tuple[HistoryRow, ...]
    runs: int
    left_out: int = 0
    family: int = 0
    skipped: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()


def find_history(runs: Sequence[Run], grid: Grid, options: ReportOptions) -> HistorySection | None:
    """Lines of the shown models on the shown tasks that have an earlier measurement; None unless asked for, or without a store.

    Runs that were begun after all shown ones are left out, so that a report over the same runs stays as it is when further ones follow.
    """
    root = next((run.store for run in runs if run.store), None)
    if not options.history or root is None:
        return None
    store = Store(root)
    stored, skipped = read_runs(store)
    known = _until(stored, runs)
    wanted = LineQuery(metric=SCORE)
    paths = [c.name for c in grid.columns if has_answers(c.name) and not is_identity_view(c.name)]
    paths = list(dict.fromkeys(paths))
    models = {system.model for system in grid.systems}
    series = [
        one
        for one in find_series(known, wanted, paths=paths, models=models)
        if sum(point.point.is_measured for point in one.points) > 1
    ]
    lines, family = find_lines(store, series, wanted, only_last=True)
    ordered = sorted(lines, key=urgency_of)
    if not options.inputs:
        ordered = [_without_reasons(line) for line in ordered]
    return HistorySection(
        rows=tuple(_row(line) for line in ordered[:MOST]),
        runs=len(known),
        left_out=max(0, len(ordered) - MOST),
        family=family,
        skipped=tuple(f"{one.run}: {one.reason}" for one in skipped),
        lines=tuple(ordered),
    )


def _without_reasons(line: Line) -> Line:
    """The line without messages of failed cells, which may quote a text."""
    points = tuple(msgspec.structs.replace(point, reason="") for point in line.points)
    return msgspec.structs.replace(line, points=points)


def _until(stored: Sequence[StoredRun], runs: Sequence[Run]) -> list[StoredRun]:
    """Runs that were not begun after all of the shown ones."""
    shown = {run.name for run in runs}
    times = [found for run in runs if (found := moment(run.created)) is not None]
    end = max(times, default=None)
    return [
        run
        for run in stored
        if run.name in shown or end is None or ((begun := moment(run.created)) is not None and begun <= end)
    ]


def _row(line: Line) -> HistoryRow:
    unit: Unit = line.unit  # type: ignore[assignment]
    last = line.last
    assert last is not None
    change = last.change
    return HistoryRow(
        task=line.path,
        model=line.name,
        metric=line.title,
        measurements=sum(not point.first_in for point in line.measured),
        trend=draw_trend(line),
        first=day_of(line.measured[0]),
        last=day_of(last),
        score=value(last.value, unit),
        between=interval_beside(last.value, last.low, last.high, unit),
        change="" if change is None else formatting.change(change.value, unit),
        change_between="" if change is None else interval_of_change(change.low, change.high, unit),
        verdict=_verdict(last),
        since="" if change is None else shorten([change.against], 32)[0],
        is_worse=change is not None and change.verdict == "worse",
        remarks=tuple(_remarks(line, last)),
    )


def _verdict(last: HistoryPoint) -> str:
    if last.change is None:
        return "not compared: " + "; ".join(mark.sentence for mark in last.marks if mark.breaks)
    return change_words(last.change)


def _remarks(line: Line, last: HistoryPoint) -> list[str]:
    found = [last.change.why] if last.change is not None and last.change.why else []
    told = "; ".join(mark.sentence for mark in last.marks if not mark.breaks)
    if told:
        found.append(f"changed: {told}")
    breaks = sum(point.breaks for point in line.points)
    if breaks:
        found.append(f"{breaks} break{'' if breaks == 1 else 's'} of data, metric or rules: not connected")
    if last.older:
        found.append(f"by {last.metric}, while {last.older} is installed")
    if line.unranked:
        found.append(f"{line.unranked}: in no family of tests")
    return found
