"""Lines of points from the runs of a store: which cell belongs to which line, what its value is, and what stands where there is none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import msgspec

from benchwright.alarm import in_order
from benchwright.documents import Unreadable
from benchwright.errors import BenchwrightError
from benchwright.quantities import MEASURED, SCORE, bare
from benchwright.score_history.marks import Circumstances
from benchwright.score_history.result import HistoryPoint, LineBy
from benchwright.score_history.stored import StoredCell, StoredRun, read_card
from benchwright.store import Store
from benchwright.task_path import has_answers, is_hardware_view, suite_of
from benchwright.types import AnyTask, CellKey, Machine, ModelRef, Score


@dataclass(frozen=True, kw_only=True)
class LineQuery:
    """What a history is about.

    Attributes:
        metric: A bare name, or ``score``.
        slice: ``name=value``; None: all items.
        by: What makes points one line.
    """

    metric: str
    slice: str | None = None
    by: LineBy = "name"

    @property
    def is_hardware(self) -> bool:
        """Whether it is a quantity of hardware profiles."""
        return self.metric in MEASURED


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredPoint:
    """A point with where it is from, before it is compared with others."""

    point: HistoryPoint
    run: StoredRun
    cell: StoredCell
    machine: Machine | None = None


@dataclass(frozen=True, eq=False)
class Series:
    """All points of a line, oldest first."""

    name: str
    path: str
    points: list[StoredPoint] = field(default_factory=list)
    firsts: dict[str, str] = field(default_factory=dict)
    """Cell -> the run in which the line has it first."""

    @property
    def card(self) -> AnyTask | None:
        """The card of the task in the last run that has one."""
        for one in reversed(self.points):
            content = one.run.card_bytes(self.path)
            if content:
                return card_of(content)
        return None


def find_series(
    runs: Sequence[StoredRun], wanted: LineQuery, *, paths: Sequence[str], models: Collection[str] | None = None
) -> tuple[Series, ...]:
    """The lines of some tasks and models (None: of all models), in the order of tasks, then as they first appear."""
    found: dict[tuple[str, str], Series] = {}
    chosen = set(paths)
    for run in runs:
        for cell in run.cells:
            if cell.path not in chosen or (models is not None and cell.model not in models):
                continue
            name = line_name(run.models.get(cell.model), cell.model, wanted.by)
            series = found.setdefault((cell.path, name), Series(name, cell.path))
            _add(series, run, cell, wanted)
    order = {path: at for at, path in enumerate(paths)}
    return tuple(sorted(found.values(), key=lambda one: order[one.path]))


def line_name(ref: ModelRef | None, model: str, by: LineBy) -> str:
    """What a line is called: the model's name, where it comes from, or ``all``."""
    if by == "one":
        return "all"
    return model if by == "name" else source_of(ref) or model


def source_of(ref: ModelRef | None) -> str:
    """``adapter:path@revision`` without options; empty where the run does not say."""
    if ref is None:
        return ""
    return f"{ref.adapter}{f':{ref.path}' if ref.path else ''}{f'@{ref.revision}' if ref.revision else ''}"


@lru_cache(maxsize=256)
def card_of(content: bytes) -> AnyTask | None:
    """The card, made once for equal bytes; None where it cannot be read."""
    try:
        return read_card(content)
    except Unreadable:
        return None


@lru_cache(maxsize=256)
def _card_values(content: bytes) -> Mapping[str, Any]:
    found: Mapping[str, Any] = msgspec.json.decode(content) if content else {}
    return found


def _add(series: Series, run: StoredRun, cell: StoredCell, wanted: LineQuery) -> None:
    """Put a cell at the end of a line; the same stored answers again are no further measurement."""
    told = _find(run, cell, wanted)
    last = series.points[-1] if series.points else None
    if last is not None and told.value is not None and _is_again(last, run, cell, told):
        again = msgspec.structs.replace(last.point, also=(*last.point.also, run.name))
        series.points[-1] = replace(last, point=again)
        return
    first = series.firsts.setdefault(cell.key, run.name) if cell.key and told.value is not None else run.name
    point = HistoryPoint(
        run=run.name,
        date=run.created,
        model=cell.model,
        source=source_of(run.models.get(cell.model)),
        status=told.status,
        reason=told.reason,
        key=cell.key,
        metric=told.metric,
        value=told.value,
        low=told.low,
        high=told.high,
        n=told.n,
        unit=told.unit,
        machine="" if told.machine is None else told.machine.name or told.machine.fingerprint,
        first_in="" if first == run.name else first,
        alarms=told.alarms,
    )
    series.points.append(StoredPoint(point=point, run=run, cell=cell, machine=told.machine))


def _is_again(last: StoredPoint, run: StoredRun, cell: StoredCell, told: _Reading) -> bool:
    """Whether a cell is the stored measurement that the line ends with, told by the same rules."""
    point, suite = last.point, suite_of(cell.path)
    return (
        cell.key is not None
        and (point.key, point.metric, point.value) == (cell.key, told.metric, told.value)
        and last.run.suites.get(suite) == run.suites.get(suite)
        and last.run.card_bytes(cell.path) == run.card_bytes(cell.path)
    )


class Circumstanced:
    """What measurements were made under; the file of a cell is read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._keys: dict[str, CellKey | None] = {}

    def of(self, one: StoredPoint) -> Circumstances:
        """The circumstances of a measurement."""
        key = self.key(one)
        return Circumstances(
            key=key,
            card=_card_values(one.run.card_bytes(one.cell.path)),
            metric=one.point.metric,
            suite=one.run.suites.get(suite_of(one.cell.path)),
            benchwright=one.run.benchwright,
            model=one.cell.model,
            machine=one.machine,
            profile=key.profile if key is not None else None,
        )

    def key(self, one: StoredPoint) -> CellKey | None:
        """The key of a cell; None where it is not in the store, or cannot be read."""
        name = one.cell.key
        if name is None:
            return None
        if name not in self._keys:
            try:
                self._keys[name] = self.store.read_cell(name).key
            except BenchwrightError:
                self._keys[name] = None
        return self._keys[name]


def _find(run: StoredRun, cell: StoredCell, wanted: LineQuery) -> _Reading:
    if cell.status not in ("scored", "measured"):
        return _Reading(status=cell.status, reason=cell.reason)
    try:
        if is_hardware_view(cell.path):
            return _of_profile(run, cell, wanted)
        return _of_scores(run, cell, wanted)
    except Unreadable as error:
        return _Reading(status="absent", reason=f"its numbers cannot be read: {error.why}")


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """The value of a cell, or why there is none."""

    status: str
    reason: str = ""
    metric: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    unit: str = ""
    machine: Machine | None = None
    alarms: tuple[Any, ...] = ()


def _of_scores(run: StoredRun, cell: StoredCell, wanted: LineQuery) -> _Reading:
    scores = cell.read_scores()
    score = next((one for one in scores if bare(one.metric) == wanted.metric and one.slice == wanted.slice), None)
    if score is None and wanted.metric == SCORE and wanted.slice is not None:
        score = _score_of_slice(run, cell, scores, wanted.slice)
    if score is None:
        what = f"no {wanted.metric}" + (f" of the slice {wanted.slice}" if wanted.slice else "")
        return _Reading(status="absent", reason=f"{what} in this run")
    if score.value is None:
        said = "; ".join(alarm.sentence for alarm in score.alarms if "undefined" in (alarm.code, alarm.sentence[:9]))
        return _Reading(status="absent", reason=said or "undefined")
    return _Reading(
        status=cell.status,
        metric=_version(run, cell, scores, score),
        value=score.value,
        low=score.low,
        high=score.high,
        n=score.n,
        unit=score.unit,
        alarms=tuple(one for one in in_order((*cell.read_alarms(), *score.alarms)) if one.severity == "alarm"),
    )


def _score_of_slice(run: StoredRun, cell: StoredCell, scores: Sequence[Score], slice: str) -> Score | None:
    """Of a slice runs keep metrics alone: where the task's score is one metric, that one is the score."""
    card = card_of(run.card_bytes(cell.path))
    if card is None or len(card.score_metrics) != 1:
        return None
    return next((one for one in scores if bare(one.metric) == card.score_metrics[0] and one.slice == slice), None)


def _version(run: StoredRun, cell: StoredCell, scores: Sequence[Score], score: Score) -> str:
    """``accuracy@1``; of a task's score the metrics that it is made of."""
    if score.metric != SCORE:
        return score.metric
    card = card_of(run.card_bytes(cell.path))
    names = card.score_metrics if card is not None else ()
    versions = {bare(one.metric): one.metric for one in scores if one.slice is None and one.metric != SCORE}
    return "+".join(versions.get(name, name) for name in names) or SCORE


def _of_profile(run: StoredRun, cell: StoredCell, wanted: LineQuery) -> _Reading:
    profile = run.profiles.get(cell.key or "")
    quantity = profile.quantity(wanted.metric) if profile is not None else None
    if profile is None or quantity is None:
        return _Reading(status="absent", reason=f"no {wanted.metric} in this profile")
    if quantity.value is None:
        return _Reading(status="absent", reason=quantity.reason or "not measured")
    return _Reading(
        status=cell.status,
        metric=wanted.metric,
        value=quantity.value,
        low=quantity.low,
        high=quantity.high,
        n=quantity.n,
        unit="sample",
        machine=profile.machine,
        alarms=tuple(alarm for alarm in profile.alarms if alarm.severity == "alarm"),
    )


def paths_with(runs: Sequence[StoredRun], wanted: LineQuery) -> Iterator[str]:
    """Tasks of which some run has a cell that could hold the metric, in order of appearance."""
    found = dict.fromkeys(cell.path for run in runs for cell in run.cells)
    yield from (path for path in found if (is_hardware_view(path) if wanted.is_hardware else has_answers(path)))
