"""The section `Slices` of a report: where a model is worse than on the rest of a task, and where it differs from the reference.

Slices are found in the data, many at once, so p is adjusted by Benjamini and Hochberg's rule at 10 %: of those that are shown as real at
most one in ten is expected to be chance. (Holm, as for whole tasks, would hide all but the largest in families of hundreds.) A slice of
fewer than `MINIMUM` items is not tested, and none smaller than `FLOOR` is called real.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchwright import unranked
from benchwright.answers import answers_of
from benchwright.comparison.report_answers import ComparedTask, Records, read_records
from benchwright.comparison.slice_gaps import (
    SliceEstimate,
    gaps_between,
    gaps_of_labels,
    gaps_within,
    is_constant,
    label_sizes,
    labels_between,
    score_metrics,
    slice_masks,
)
from benchwright.comparison.slices import FDR, FLOOR, MINIMUM
from benchwright.errors import BenchwrightError
from benchwright.formatting import change, finite, interval_of_change, p_value, value
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather_rows
from benchwright.quantities import Unit, metric_title, unit_of
from benchwright.render.grid import Column, Grid
from benchwright.report_content.roles import Roles
from benchwright.stats.difference import two_sided
from benchwright.stats.multiplicity import benjamini_hochberg
from benchwright.types import Record, Task

MOST_ROWS = 15
"""Most rows of each of the two tables, the largest real ones first."""
MOST_SMALL = 30
"""Most small slices that are listed."""
_TAIL = 0.025
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceRow:
    """A slice of a task under one model.

    Attributes:
        task: ``suite/task``.
        slice: ``name=value``, ``label=NAME``, ``type=NAME``.
        system: Label of the model.
        metric: Title of the metric.
        n: Items, gold labels or entities of the slice.
        unit: What is counted.
        value: Score of the model on the slice.
        other: On the rest of the task; in the comparison of models that of the reference on the slice.
        delta: ``value - other``.
        low: Lower end of its 95 % interval; None where there is none, or where it is not shown.
        high: Upper end.
        p: Two-sided, at no difference; None where it was not tested, for the reason ``why``.
        p_adjusted: After Benjamini and Hochberg over the family.
        is_worse: Whether a difference this way is a loss; None where neither end is better.
        is_real: Whether the interval excludes 0, the adjusted p is at most `FDR` and the difference at least `FLOOR`.
        method: Method of interval and p.
        value_unit: How the values are written.
    """

    task: str
    slice: str
    system: str
    metric: str
    n: int
    unit: str
    value: float | None
    other: float | None
    delta: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    is_worse: bool | None = None
    is_real: bool = False
    method: str = ""
    why: str = ""
    value_unit: Unit = "fraction"

    @property
    def texts(self) -> tuple[str, str, str, str, str]:
        """Value, value of the other side, difference, interval, adjusted p."""
        unit = self.value_unit
        return (
            value(self.value, unit),
            value(self.other, unit),
            change(self.delta, unit),
            interval_of_change(self.low, self.high, unit),
            p_value(self.p_adjusted),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ToldSlice:
    """A slice on which at least one model is shown to be worse than on the rest, or worse (or better) than the reference.

    Attributes:
        row: That of the model whose difference is largest.
        also: Labels of the other models for which one of the same direction is real too, larger ones first.
        tested: For how many models it was tested.
    """

    row: SliceRow
    also: tuple[str, ...]
    tested: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallSlice:
    """A slice that was too small to be tested."""

    task: str
    slice: str
    n: int
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EverySlice:
    """All slices of a report, those that are not told too: rows of the formats that machines read.

    Attributes:
        within: All slices of all models against the rest, tested or not.
        between: All slices of all other models against the reference.
    """

    within: tuple[SliceRow, ...]
    between: tuple[SliceRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceSection:
    """The section.

    Attributes:
        hard: Slices on which a model is really worse than on the rest, largest gap first; at most `MOST_ROWS`.
        more_hard: How many more there are.
        apart: Slices on which a model really differs from the reference: losses, then gains, largest first; at most `MOST_ROWS`.
        more_apart: How many more there are.
        every: All slices, told and not told.
        family_within: Tests over which p of a slice against the rest is adjusted.
        family_between: Those of a slice against the reference.
        small: Slices of fewer than `MINIMUM` items, largest first; at most `MOST_SMALL`.
        more_small: How many more there are.
        reference: Label of the reference; empty where there is nothing to compare.
        baselines: Whether baselines were left out.
        untested: Reasons for which slices of enough items were not tested, each with how many.
        exploratory: Tasks that are in no rank, whose slices are not tested.
    """

    hard: tuple[ToldSlice, ...]
    more_hard: int
    apart: tuple[ToldSlice, ...]
    more_apart: int
    every: EverySlice
    family_within: int
    family_between: int
    small: tuple[SmallSlice, ...]
    more_small: int
    reference: str
    baselines: bool = False
    untested: tuple[tuple[str, int], ...] = ()
    exploratory: str = ""

    @property
    def within(self) -> tuple[SliceRow, ...]:
        """All slices against the rest."""
        return self.every.within

    @property
    def between(self) -> tuple[SliceRow, ...]:
        """All slices against the reference."""
        return self.every.between


class SliceFinder:
    """Collects slices task after task: answers of a task need not be kept until the next one is read.

    Baselines are not looked at, unless there is nothing else, and models that always say the same never: where they are bad says
    nothing that helps to choose.
    """

    def __init__(self, grid: Grid, roles: Roles) -> None:
        everybody = frozenset(range(len(grid.systems)))
        self.grid, self.reference = grid, roles.reference
        self.looked_at = everybody - roles.baselines or everybody
        self._within: list[tuple[SliceRow, SliceEstimate]] = []
        self._between: list[tuple[SliceRow, SliceEstimate]] = []
        self._small: dict[tuple[str, str], SmallSlice] = {}
        self._left_out: dict[str, Task] = {}

    def add(self, column: Column, answers: ComparedTask | None, records: Records) -> None:
        """Take in the answers of a task: every scored model against its own rest, and those in ``answers`` against the reference."""
        card = column.card
        if card is None or column.is_view or column.is_hardware or card.behaviour or not (card.slices or card.by_label):
            return
        if card.unranked:
            self._left_out[column.name] = card
            return
        known = _Masks(card)
        together = {at: place for place, at in enumerate(answers.kept)} if answers is not None else {}
        for at, cell in sorted(column.cells.items()):
            if cell.status != "scored" or at not in self.looked_at:
                continue
            if answers is not None and at in together:
                alone = answers.estimates.alone(together[at])
                columns = alone.columns[0]
            else:
                columns = _gathered(column.card_of(at) or card, read_records(cell, records))
            if columns.n and not is_constant(columns):
                self._add_within(column, columns.task, at, columns, known.of(columns))
        if answers is not None:
            self._add_between(answers, known)

    def _add_between(self, answers: ComparedTask, known: _Masks) -> None:
        for place, at in enumerate(answers.kept[1:], start=1):
            pairing = answers.estimates.pairing(0, place)
            if pairing.n and at in self.looked_at:
                two = (pairing.columns[0], pairing.columns[1])
                if is_constant(two[1]):
                    continue
                masks = known.of(two[0])
                found = [*gaps_between(two, masks, minimum=MINIMUM), *labels_between(two, minimum=MINIMUM)]
                self._between += [(self._row(answers.column, answers.card, at, one), one) for one in found]

    def _add_within(self, column: Column, card: Task, at: int, columns: Columns, masks: Mapping[str, Mask]) -> None:
        found = [*gaps_within(columns, masks, minimum=MINIMUM), *gaps_of_labels(columns, minimum=MINIMUM)]
        self._within += [(self._row(column, card, at, one), one) for one in found]
        sizes = {name: int(mask.sum()) for name, mask in masks.items()} | label_sizes(columns)
        for name, n in sizes.items():
            if 0 < n < MINIMUM:
                self._small.setdefault(
                    (column.name, name), SmallSlice(task=column.name, slice=name, n=n, unit=columns_unit(card, name))
                )

    def _row(self, column: Column, card: Task, at: int, one: SliceEstimate) -> SliceRow:
        delta = finite(one.value - one.other)
        names = card.score_metrics if one.metric == "score" else (one.metric,)
        return SliceRow(
            task=column.name,
            slice=one.slice,
            system=self.grid.systems[at].label,
            metric=metric_title(one.metric, card) if one.metric != "score" else column.metric,
            n=one.n,
            unit=one.unit,
            value=finite(one.value),
            other=finite(one.other),
            delta=delta,
            p=None if one.estimate is None else two_sided(one.estimate),
            is_worse=None if delta is None or not delta else _is_loss(card, delta),
            method="" if one.estimate is None else one.estimate.method,
            why=one.why,
            value_unit=unit_of(names),
        )

    def section(self) -> SliceSection | None:
        """The section; None where no task has slices."""
        if not (self._within or self._between or self._small):
            return None
        within, between = _judged(self._within), _judged(self._between)
        hard = [one for one in _by_slice(within) if one.row.is_worse]
        apart = _by_slice(between)
        small = sorted(self._small.values(), key=lambda one: (-one.n, one.task, one.slice))
        reasons = [one.why for one in (*within, *between) if one.p is None]
        return SliceSection(
            hard=tuple(_with_interval(one, self._within) for one in hard[:MOST_ROWS]),
            more_hard=max(0, len(hard) - MOST_ROWS),
            apart=tuple(_with_interval(one, self._between) for one in apart[:MOST_ROWS]),
            more_apart=max(0, len(apart) - MOST_ROWS),
            every=EverySlice(within=within, between=between),
            family_within=sum(one.p is not None for one in within),
            family_between=sum(one.p is not None for one in between),
            small=tuple(small[:MOST_SMALL]),
            more_small=max(0, len(small) - MOST_SMALL),
            reference=self.grid.systems[self.reference].label if between else "",
            baselines=len(self.looked_at) < len(self.grid.systems),
            untested=tuple((why, reasons.count(why)) for why in dict.fromkeys(reasons)),
            exploratory=unranked.listed(self._left_out),
        )


def columns_unit(card: Task, slice: str) -> str:
    """What a slice's size counts: items, or gold labels and entities of one label."""
    if card.by_label and slice.startswith(("label=", "type=")):
        return "entity" if slice.startswith("type=") else "gold label"
    return "example"


class _Masks:
    """Which items are in which slice; the same for all models that answered the same items."""

    def __init__(self, card: Task) -> None:
        self.card = card

    def of(self, columns: Columns) -> dict[str, Mask]:
        """``name=value`` -> whether each item is in it; made once for columns that several pairs share."""
        return columns.remember(("masks of slices", self.card.name), lambda: self._masks(columns))

    def _masks(self, columns: Columns) -> dict[str, Mask]:
        return slice_masks(columns)


def _gathered(card: Task, records: Sequence[Record]) -> Columns:
    """Columns of the answered examples; nothing where they cannot be read as the card says."""
    found = answers_of(card, records)
    try:
        return gather_rows(found, np.flatnonzero(found.has_gold & ~found.unanswered))
    except BenchwrightError:
        return Columns(card, [], [])


def _is_loss(card: Task, delta: float) -> bool | None:
    metrics = score_metrics(card)
    if any(metric.neutral is not None for metric in metrics):
        return None
    return (delta < 0) == all(metric.direction == "higher" for metric in metrics)


def _judged(found: Sequence[tuple[SliceRow, SliceEstimate]]) -> tuple[SliceRow, ...]:
    """The rows with adjusted p, one family, and what is real."""
    rows = [row for row, _ in found]
    tested = [at for at, row in enumerate(rows) if row.p is not None]
    adjusted = benjamini_hochberg([rows[at].p or 0.0 for at in tested]).tolist() if tested else []
    for at, p in zip(tested, adjusted, strict=True):
        is_large = abs(rows[at].delta or 0.0) >= FLOOR and rows[at].is_worse is not None
        is_real = is_large and p <= FDR and (rows[at].p or 0.0) <= 2 * _TAIL
        rows[at] = replace(rows[at], p_adjusted=p, is_real=is_real)
    return tuple(rows)


def _by_slice(rows: Iterable[SliceRow]) -> list[ToldSlice]:
    """Slices with a real difference of some model, one for each direction, losses first, large ones first."""
    places: dict[tuple[str, str, bool | None], list[SliceRow]] = {}
    tested: dict[tuple[str, str], int] = {}
    for one in rows:
        place = (one.task, one.slice)
        tested[place] = tested.get(place, 0) + (one.p is not None)
        if one.is_real:
            places.setdefault((*place, one.is_worse), []).append(one)
    found = []
    for (task, name, _), several in places.items():
        largest, *others = sorted(several, key=_order)
        found.append(ToldSlice(row=largest, also=tuple(one.system for one in others), tested=tested[task, name]))
    return sorted(found, key=lambda one: _order(one.row))


def _order(row: SliceRow) -> tuple[bool, float, str, str, str]:
    """Losses first, large ones first."""
    return not row.is_worse, -abs(row.delta or 0.0), row.task, row.slice, row.system


def _with_interval(told: ToldSlice, found: Iterable[tuple[SliceRow, SliceEstimate]]) -> ToldSlice:
    """The slice with the interval of its row, which takes longer than its p and is made for rows that are shown."""
    row = told.row
    place = (row.task, row.slice, row.system)
    estimate = next(one.estimate for mine, one in found if (mine.task, mine.slice, mine.system) == place)
    if estimate is None:
        return told
    low, high = estimate.bound(_TAIL, "lower"), estimate.bound(_TAIL, "upper")
    return replace(told, row=replace(row, low=_known(low), high=_known(high)))


def _known(end: float | None) -> float | None:
    return end if end is not None and math.isfinite(end) else None
