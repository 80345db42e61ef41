"""`history`: values of models over the runs of a store, what changed between them, and which changes are real."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

import msgspec

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.quantities import MEASURED, SCORE, Quantity, bare, meant_by, metric_title, quantity_of
from benchwright.score_history.changes import adjust, find_change, version_now
from benchwright.score_history.lines import Circumstanced, Measured, Series, Wanted, find_series, paths_with
from benchwright.score_history.marks import find_marks
from benchwright.score_history.result import SCHEMA, Change, HistoryData, Line, LineBy, Point, as_json, rows
from benchwright.score_history.stored import StoredRun, moment, read_runs
from benchwright.store import Store, locate
from benchwright.task_path import TaskPath
from benchwright.types import AnyTask, CellKey
from benchwright.unranked import why as unranked_why

LAST = 20
"""Points of a line that are shown unless more are asked for."""


class History(HistoryData, frozen=True, kw_only=True):
    """The result of `history`: printed as text, shown as a table in notebooks; see `to_json` and `to_pandas`."""

    def to_json(self) -> dict[str, Any]:
        """JSON values, as ``benchwright history --format json`` prints them."""
        return as_json(self)

    def to_pandas(self) -> Any:
        """A DataFrame with one row per point."""
        from benchwright.results import to_frame

        return to_frame(rows(self))

    def __str__(self) -> str:
        from benchwright.score_history.text import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from benchwright.score_history.text import to_html

        return to_html(self)


def history(
    task: str | None = None,
    metric: str = SCORE,
    *,
    model: str | Sequence[str] = (),
    by: LineBy = "name",
    slice: str | None = None,
    last: int | None = LAST,
    since: str | None = None,
    store: str | Path | Store | None = None,
) -> History:
    """Values of models over the runs of a store, oldest first.

    A line is what carries one name from run to run, whatever its checkpoint is: a point for each measurement, with its interval.
    Each point is held against the one before it, item by item where the records of both are in the store. Where the data, the
    metric's version, the rules of the task, the split, the limit, the suite's version or (of hardware) the machine changed, values on
    the two sides are not compared. p of all changes that are shown is adjusted together (Holm 1979).

    Args:
        task: ``suite/task``, a task's name, or of a hardware quantity ``hardware/SCENARIO@suite/task``; None: every task.
        metric: ``score``, a metric of the task, or a quantity of hardware profiles such as ``latency_p50``.
        model: Only these models; ``*`` stands for any letters.
        by: What makes points one line: the model's ``name``, its ``source`` (adapter and path), or ``one`` line of everything chosen.
        slice: Scores of the slice ``name=value``.
        last: Most points of a line that are shown; None: all.
        since: Only points of runs that were begun on that date (ISO 8601, UTC) or later.
        store: Store folder; default: as on the command line.

    Raises:
        BenchwrightError: No run has such a task, metric, slice or model; a date or a number is none.
        StoreError: The store cannot be read.
    """
    place = store if isinstance(store, Store) else Store(locate(str(store) if store else None))
    runs, skipped = read_runs(place)
    wanted = _wanted(metric, slice, by)
    begun = _date(since)
    if last is not None and last < 1:
        raise BenchwrightError(f"last={last}", expected="1 or more, or None for all", hint="last=20")
    paths = _paths(runs, wanted, task, place)
    series = find_series(
        runs, wanted, paths=paths, models=_models(runs, paths, [model] if isinstance(model, str) else model)
    )
    _check_found(series, wanted, task)
    series = tuple(one for one in series if not all(point.point.status == "absent" for point in one.points))
    adjusted, family = find_lines(place, series, wanted, last=last, since=begun, only_last=task is None)
    return History(
        schema=SCHEMA,
        metric=wanted.metric,
        task=task or "",
        by=by,
        runs=len(runs),
        lines=tuple(adjusted),
        slice=slice,
        since=since or "",
        skipped=skipped,
        family=family,
    )


def find_lines(
    store: Store,
    series: Sequence[Series],
    wanted: Wanted,
    *,
    last: int | None = LAST,
    since: datetime | None = None,
    only_last: bool = False,
) -> tuple[list[Line], int]:
    """Lines with their changes, p adjusted over all of them, and how many those are; lines without a point are left out.

    Args:
        store: Where the records are.
        series: What becomes lines.
        wanted: Metric and slice.
        last: Most points of a line; None: all.
        since: Only points of runs that were begun then or later.
        only_last: Only the last measurement is compared with the one before it.
    """
    lines = [_line(store, one, wanted, last=last, since=since, only_last=only_last) for one in series]
    return _adjusted([line for line in lines if line.points])


def _wanted(metric: str, slice: str | None, by: str) -> Wanted:
    if by not in get_args(LineBy):
        raise BenchwrightError(f"by={by!r}", expected="name, source or one", hint='by="name"')
    if slice is not None and "=" not in slice:
        raise BenchwrightError(f"the slice {slice!r}", expected="NAME=VALUE", hint="--slice domain=film")
    name = bare(metric)
    if slice is not None and name in MEASURED:
        raise BenchwrightError(
            f"{name} of the slice {slice}", expected="hardware is measured on all items", hint="leave --slice out"
        )
    return Wanted(metric=name, slice=slice, by=by)  # type: ignore[arg-type]


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise BenchwrightError(
            f"{text!r} is no date", expected="a date as ISO 8601 writes it, in UTC", hint="--since 2026-11-01"
        )
    return found


def _paths(runs: Sequence[StoredRun], wanted: Wanted, task: str | None, store: Store) -> list[str]:
    """Tasks that are meant. Raises where no run has them."""
    known = list(paths_with(runs, wanted))
    if not runs:
        raise BenchwrightError(
            f"no run in {store.root} can be read" if store.run_names() else f"no run in {store.root}",
            expected="a store with runs",
            hint="benchwright run MODEL --suite SUITE makes one; --store DIR names another folder",
        )
    if not known and wanted.is_hardware:
        raise BenchwrightError(
            f"no run holds hardware profiles, so there is no {wanted.metric}",
            expected="runs of `benchwright profile`, or with --suite hardware",
            hint="benchwright profile MODEL --suite SUITE/TASK",
        )
    if task is None:
        return known
    found = [path for path in known if task == path or task in _shorter(path)]
    if not found:
        raise BenchwrightError(
            f"no run has a task {task!r}" + (f" with {wanted.metric}" if wanted.is_hardware else ""),
            expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}",
            hint=registry.suggest(task, known) or "benchwright list runs",
        )
    return found


def _shorter(path: str) -> tuple[str, ...]:
    """What a path may also be called: a task by its name; a hardware view by its task."""
    at = TaskPath.parse(path)
    if at.view.startswith("hardware/"):
        return (f"{at.suite}/{at.task}", at.task)
    return () if at.view else (at.task,)


def _models(runs: Sequence[StoredRun], paths: Sequence[str], patterns: Sequence[str]) -> Collection[str] | None:
    """Names that the patterns mean; None: all. Raises for a pattern that means none."""
    asked = [pattern for pattern in patterns if pattern]
    if not asked:
        return None
    here = set(paths)
    known = list(dict.fromkeys(cell.model for run in runs for cell in run.cells if cell.path in here))
    found = {pattern: [name for name in known if name == pattern or fnmatchcase(name, pattern)] for pattern in asked}
    problems = [
        BenchwrightError(
            f"no run has a model {pattern!r} on {', '.join(paths[:3])}{', ...' if len(paths) > 3 else ''}",
            expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}",
            hint=registry.suggest(pattern, known) or "benchwright list runs",
        )
        for pattern, names in found.items()
        if not names
    ]
    if problems:
        raise ConfigError(problems)
    return {name for names in found.values() for name in names}


def _check_found(series: Sequence[Series], wanted: Wanted, task: str | None) -> None:
    """Raise where no run has the metric or the slice: it is misspelled, or was never measured."""
    if any(point.point.is_measured for one in series for point in one.points):
        return
    if any(point.point.status != "absent" for one in series for point in one.points) and wanted.slice is None:
        cards = [card for one in series if (card := one.card) is not None]
        if wanted.metric == SCORE or any(wanted.metric in card.metrics for card in cards) or wanted.is_hardware:
            return  # there is such a metric, and every cell failed
    metrics = list(dict.fromkeys(name for one in series if (card := one.card) is not None for name in card.metrics))
    what = f"no run has {wanted.metric}" + (f" of the slice {wanted.slice}" if wanted.slice else "")
    slices = sorted({name for one in series for name in _slices(one)}) if wanted.slice else []
    known = slices or ([] if wanted.is_hardware else [SCORE, *metrics])
    meant = ", ".join(meant_by(wanted.metric))
    raise BenchwrightError(
        f"{what} on {task}" if task else what,
        expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        if known
        else "a measured quantity",
        hint=(f"did you mean {meant}?" if meant else "")
        or registry.suggest(wanted.slice or wanted.metric, known)
        or "benchwright show RUN --task SUITE/TASK lists metrics and slices",
    )


def _slices(series: Series) -> set[str]:
    """Slices that the last cell of a line has scores of."""
    scores = series.points[-1].cell.read_scores() if series.points else ()
    return {score.slice for score in scores if score.slice is not None}


def _line(
    store: Store, series: Series, wanted: Wanted, *, last: int | None, since: datetime | None, only_last: bool
) -> Line:
    shown = [
        one
        for one in series.points
        if since is None or (moment(one.run.created) or datetime.max.replace(tzinfo=UTC)) >= since
    ]
    shown = shown if last is None else shown[-last:]
    hidden = len(series.points) - len(shown)
    before = next((one for one in reversed(series.points[:hidden]) if one.point.is_measured), None)
    card = series.card
    quantity = _quantity(wanted.metric, card)
    about = Circumstanced(store)
    points: list[Point] = []
    stretch: list[Measured] = []
    newest = next((one for one in reversed(shown) if one.point.is_measured), None)
    for one in shown:
        points.append(_point(store, before, one, wanted, about, compared=one is newest or not only_last))
        if one.point.is_measured:
            stretch = [one] if points[-1].breaks or not stretch else [*stretch, one]
            before = one
    return Line(
        name=series.name,
        path=series.path,
        metric=wanted.metric,
        title=_title(wanted, card, quantity),
        unit=quantity.unit if quantity else "number",
        direction="neither" if quantity is None or quantity.neutral is not None else quantity.direction,
        points=tuple(points),
        slice=wanted.slice,
        unranked=unranked_why(card),
        earlier=hidden,
        since=find_change(store, stretch[0], stretch[-1], wanted) if len(stretch) > 2 and not only_last else None,
    )


def _title(wanted: Wanted, card: AnyTask | None, quantity: Quantity | None) -> str:
    if wanted.is_hardware or card is None:
        return quantity.title if quantity is not None else wanted.metric
    if wanted.metric == SCORE:
        return " and ".join(metric_title(name, card, wanted.slice) for name in card.score_metrics) or SCORE
    return metric_title(wanted.metric, card, wanted.slice)


def _quantity(metric: str, card: AnyTask | None) -> Quantity | None:
    try:
        return quantity_of(metric, card)
    except BenchwrightError:
        return None


def _point(
    store: Store, before: Measured | None, one: Measured, wanted: Wanted, about: Circumstanced, *, compared: bool
) -> Point:
    """The point with what changed since the measurement before it, and where it is ``compared`` by how much."""
    if not one.point.is_measured:
        return one.point
    key = about.key(one)
    point = msgspec.structs.replace(one.point, digest=_digest(key), older=version_now(one, wanted))
    if before is None:
        return point
    marks = find_marks(about.of(before), about.of(one))
    point = msgspec.structs.replace(point, marks=marks)
    if point.breaks or not compared:
        return point
    return msgspec.structs.replace(point, change=find_change(store, before, one, wanted))


def _digest(key: CellKey | None) -> str:
    """The digest of a model; empty for one that has none, whose key names the run instead."""
    return "" if key is None or key.model.startswith("run:") else key.model


def _adjusted(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """The lines with p of all changes adjusted together; unranked tasks are in no family."""
    flat: list[Change | None] = []
    for line in lines:
        mine = [*(point.change for point in line.points), line.since]
        flat += [None] * len(mine) if line.unranked else mine
    changes, family = adjust(flat)
    found, left = [], iter(changes)
    for line in lines:
        fresh = [next(left) for _ in line.points]
        whole = next(left)
        if not line.unranked:
            points = tuple(
                msgspec.structs.replace(point, change=change) for point, change in zip(line.points, fresh, strict=True)
            )
            line = msgspec.structs.replace(line, points=points, since=whole)  # noqa: PLW2901 - the same line, adjusted
        found.append(line)
    return found, family
