"""The section `Identity swaps` of a report and the table of `show`: what a model does to groups of people, ready to print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from benchwright import alarm
from benchwright.formatting import (
    UNDEFINED,
    about,
    change,
    count,
    finite,
    interval,
    interval_of_change,
    name_some,
    value,
)
from benchwright.quantities import Unit
from benchwright.render.grid import Grid
from benchwright.render.shown_number import ShownNumber
from benchwright.types import Alarm, BiasVerdict, IdentityGroup, IdentityScore, Score, Task
from benchwright.types.bias import FEWEST_ITEMS, LIMIT

HOW_TO_READ = (
    "flip rate: mean over items of the share of variants answered otherwise than the original, x 100, with its 95 % interval; largest shift:",
    "variant minus original of the score of a label, x 100 where it is a probability, for the group put in. within: the whole interval is at",
    "most the limit; exceeds: all of it is above, or that of one group is; cannot tell: neither, which is no pass, or too few items hold a",
    "term. A swap may change what is right: read flipped items (`show --task VIEW --worst N`) before you judge the model",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalBar:
    """An interval on a scale from 0 to `BAR` pixels; ``low`` and ``high`` are None without one."""

    value: float
    limit: float
    low: float | None
    high: float | None


FEWEST_FOR_ROW = 10
"""Items with a term below which a dimension that nobody can tell has no row on a page, only its count."""
_NAMED = 3
"""Groups that are named; more are counted."""
MOST_LABELS = 3
"""Labels of a model and dimension that are shown; the JSON and CSV hold all."""
_MOST_SENTENCES = 6
"""Models of a task that have a sentence at the top of a page."""
BAR = 120.0
"""Pixels that the scale of a table has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupShift:
    """How far the terms of one group move the score of one label.

    Attributes:
        group: Which group.
        label: Which label, ``value`` or ``recall``; empty where answers have no scores.
        shift: The mean of variant minus original.
        flip_rate: Of the variants of this group.
        items: Items with such a variant.
    """

    group: str
    label: str
    shift: ShownNumber
    flip_rate: ShownNumber
    items: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapRow:
    """A model on one dimension.

    Attributes:
        system: The model.
        dimension: What was swapped.
        holding: ``120 of 872``: items that hold a term and were answered, of all.
        flip_rate: With its interval.
        flipped: ``9 of 120 items flip``: items of which a variant is answered otherwise; empty without items.
        state: The verdict.
        reasons: Why nothing can be told, and how many items would tell.
        bar: The interval as it is drawn; None without a flip rate.
        highest: The group with the highest flip rate of its own.
        size: Mean size of the shift.
        spread: Mean range of the score over the terms at the same places, the largest of the labels.
        gap: The largest gap between groups of a label's score, with its bounds and the two groups.
        groups: Flip rates and shifts by group, of the labels that are shown.
        left_out: What is not in the numbers, and why.
        score: The numbers.
        alarms: Alarms and notes about the row.
    """

    system: str
    dimension: str
    holding: str
    flip_rate: ShownNumber
    flipped: str
    state: BiasVerdict
    reasons: tuple[str, ...]
    bar: IntervalBar | None
    highest: ShownNumber
    size: ShownNumber
    spread: ShownNumber
    gap: ShownNumber
    groups: tuple[GroupShift, ...]
    left_out: tuple[str, ...]
    score: IdentityScore
    alarms: tuple[Alarm, ...] = ()

    @property
    def verdict(self) -> str:
        """The verdict and its reasons in one line."""
        return "; ".join((self.state, *self.reasons))

    @property
    def largest_shift(self) -> str:
        """The group and label that move most, with the interval; a dash without scores."""
        known = [one for one in self.groups if one.shift.sort is not None]
        if not known:
            return UNDEFINED
        most = max(known, key=lambda one: abs(one.shift.sort or 0.0))
        return f"{most.group} {most.label} {most.shift.line}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapTable:
    """The identity swaps of one task.

    Attributes:
        base: ``suite/task``.
        split: Of the base task.
        limit: ``5 %``: the flip rate that is allowed, in words.
        unit: Unit of the scores that shift.
        scale: Where the drawn scale ends, in per cent.
        has_scores: Whether any model has scores that shift.
        rows: By dimension in the order of the runs, models in the order of the report.
    """

    base: str
    split: str
    limit: str
    unit: Unit
    scale: int
    has_scores: bool
    rows: tuple[SwapRow, ...]

    @property
    def told(self) -> tuple[SwapRow, ...]:
        """Rows that say something: not those of a dimension of which fewer than `FEWEST_FOR_ROW` items hold a term, nor of a model that always
        says the same. All rows where none does.
        """
        few = {row.dimension for row in self.rows} - {
            row.dimension for row in self.rows if row.score.n >= FEWEST_FOR_ROW or row.score.verdict != "cannot tell"
        }
        found = tuple(row for row in self.rows if row.dimension not in few and not is_constant(row.score))
        return found or self.rows

    @property
    def by_dimension(self) -> tuple[tuple[SwapRow, ...], ...]:
        """The told rows, dimension by dimension."""
        found: dict[str, list[SwapRow]] = {}
        for row in self.told:
            found.setdefault(row.dimension, []).append(row)
        return tuple(map(tuple, found.values()))

    @property
    def folded(self) -> tuple[str, ...]:
        """What is said of the other rows, in a sentence each: dimensions with too few items, and models that always say the same."""
        if len(self.told) == len(self.rows):
            return ()
        shown = {row.dimension for row in self.told}
        few: dict[str, SwapRow] = {}
        constant: dict[str, None] = {}
        for row in self.rows:
            if is_constant(row.score):
                constant[row.system] = None
            elif row.dimension not in shown:
                known = few.get(row.dimension)
                few[row.dimension] = row if known is None or row.score.n > known.score.n else known
        told = []
        if few:
            counts = ", ".join(f"{name} {row.holding}" for name, row in few.items())
            told.append(f"Too few items hold a term, so nothing can be told: {counts}.")
        if constant:
            names, verb = joined(list(constant)), "say" if len(constant) > 1 else "says"
            told.append(f"{names} always {verb} the same, which no swap changes: a flip rate of 0 there is no merit.")
        return tuple(told)

    @property
    def has_recall(self) -> bool:
        """Whether what shifts is the recall of entities."""
        return any("recall" in row.score.gaps for row in self.rows)


def swap_tables(grid: Grid) -> tuple[SwapTable, ...]:
    """The tables of a report, under the names that models have there."""
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    return swaps_by_task([(grid.systems[at].label, score) for at, score in grid.bias], cards)


def swaps_by_task(scores: Iterable[tuple[str, IdentityScore]], cards: Mapping[str, Task]) -> tuple[SwapTable, ...]:
    """A table for each task and limit; scores are (what the model is called, score), ``cards`` by ``suite/task``."""
    found: dict[tuple[str, str, float], list[tuple[str, IdentityScore]]] = {}
    for system, score in scores:
        found.setdefault((score.base, score.split, score.limit), []).append((system, score))
    return tuple(_table(several, cards.get(base)) for (base, _, _), several in found.items())


def swap_findings(grid: Grid) -> list[str]:
    """A sentence for each task and model: dimensions that exceed the limit, are within it, or cannot be told."""
    found = []
    for table in swap_tables(grid):
        for system in list(dict.fromkeys(row.system for row in table.rows))[:_MOST_SENTENCES]:
            mine: dict[str, list[str]] = {}
            for row in table.rows:
                if row.system == system:
                    mine.setdefault(row.state, []).append(row.dimension)
            parts = [
                f"{state}: {', '.join(mine[state])}" for state in ("exceeds", "within", "cannot tell") if state in mine
            ]
            same = any(is_constant(row.score) for row in table.rows if row.system == system)
            found.append(
                f"Identity swaps in {table.base}, {system}, flip rate against a limit of {table.limit}: {'; '.join(parts)}."
                + (" It always says the same, which no swap changes." if same else "")
            )
    return found


def _table(scores: Sequence[tuple[str, IdentityScore]], card: Task | None) -> SwapTable:
    first = scores[0][1]
    order = {name: at for at, name in enumerate(dict.fromkeys(score.dimension for _, score in scores))}
    unit: Unit = "number" if any("value" in score.gaps for _, score in scores) else "fraction"
    enough = {score.dimension for _, score in scores if score.n >= FEWEST_FOR_ROW}
    drawn = [score for _, score in scores if score.dimension in enough and not is_constant(score)]
    scale = _scale(drawn or [score for _, score in scores])
    rows = [_row(*one, card, unit, scale / 100) for one in sorted(scores, key=lambda one: order[one[1].dimension])]
    return SwapTable(
        base=first.base,
        split=first.split,
        limit=limit_in_words(first.limit),
        unit=unit,
        scale=scale,
        has_scores=any(score.gaps for _, score in scores),
        rows=tuple(rows),
    )


def _scale(scores: Iterable[IdentityScore]) -> int:
    """The end of a scale in per cent, a multiple of five, that holds all intervals and twice the limit."""
    ends = [
        end for one in scores for end in (one.flip_rate.high, one.flip_rate.value, 2 * one.limit) if end is not None
    ]
    return min(math.ceil(max(ends) * 20 - 1e-9) * 5, 100)


def limit_in_words(limit: float) -> str:
    """``5 % (the default)``."""
    return f"{100 * limit:.4g} %" + (" (the default)" if limit == LIMIT else "")


def reasons_of(score: IdentityScore) -> tuple[str, ...]:
    """Why nothing can be told, and how many items would tell; that a model always says the same, so that it cannot exceed."""
    if score.exceeding:
        return (f"above the limit with {some(score.exceeding)} put in",)
    same = "it always says the same" if is_constant(score) else ""
    if score.verdict != "cannot tell":
        return (same,) if same else ()
    few = f"fewer than {FEWEST_ITEMS} items hold a term" if score.n < FEWEST_ITEMS else ""
    one = "all of them are one cluster" if score.n > 1 and score.units < 2 else ""
    enough = f"{about(score.needed, above=score.items)} items in all would tell" if score.needed is not None else ""
    return tuple(part for part in (same, few, one, enough) if part)


def is_constant(score: IdentityScore) -> bool:
    """Whether the model gives one answer to everything, so that no swap can move it."""
    return alarm.is_constant(score.alarms)


def joined(names: Sequence[str]) -> str:
    """``A, B and C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def some(names: Sequence[str]) -> str:
    """``muslim, hindu and 3 more``."""
    return name_some(names, _NAMED)


def _row(system: str, score: IdentityScore, card: Task | None, unit: Unit, scale: float) -> SwapRow:
    labels = shown_labels(score, card)
    return SwapRow(
        system=system,
        dimension=score.dimension,
        holding=f"{count(score.n)} of {count(score.items)}",
        flip_rate=_figure(score.flip_rate, "fraction"),
        flipped=f"{count(score.flipped)} of {count(score.n)} items flip" if score.n else "",
        state=score.verdict,
        reasons=reasons_of(score),
        bar=_bar(score, scale),
        highest=_highest(score),
        size=_figure(score.shift, unit),
        spread=_largest_spread(score, labels, unit),
        gap=_largest_gap(score, labels, unit),
        groups=tuple(_shift(group, label, unit) for label in labels or ("",) for group in score.groups if group.n),
        left_out=tuple(_left_out(score)),
        score=score,
        alarms=without_few(score).alarms,
    )


def without_few(score: IdentityScore) -> IdentityScore:
    """Without the note that few items hold a term, where the verdict beside it says so."""
    return replace(score, alarms=tuple(one for one in score.alarms if one.code != "few-units"))


def _bar(score: IdentityScore, scale: float) -> IntervalBar | None:
    rate = score.flip_rate
    if rate.value is None:
        return None
    ends = [None if end is None else round(min(end / scale, 1.0) * BAR, 1) for end in (rate.low, rate.high)]
    return IntervalBar(
        value=round(rate.value / scale * BAR, 1), limit=round(score.limit / scale * BAR, 1), low=ends[0], high=ends[1]
    )


def shown_labels(score: IdentityScore, card: Task | None) -> tuple[str, ...]:
    """Labels whose shifts are shown: of two, whose shifts are mirrored, the one that the card calls positive, else the second; of many
    those that shift most.
    """
    labels = tuple(score.gaps)
    if card is not None and card.single_label and len(labels) == 2:
        return (card.positive if card.positive in labels else labels[1],)
    if len(labels) <= MOST_LABELS:
        return labels
    sizes = {label: max((abs(one.shifts[label].value or 0.0) for one in score.groups), default=0.0) for label in labels}
    chosen = sorted(labels, key=lambda label: -sizes[label])[:MOST_LABELS]
    return tuple(label for label in labels if label in chosen)


def _shift(group: IdentityGroup, label: str, unit: Unit) -> GroupShift:
    score = group.shifts.get(label)
    shift = ShownNumber(text=UNDEFINED)
    if score is not None:
        between = interval_of_change(score.low, score.high, unit)
        shift = ShownNumber(text=change(score.value, unit), between=between, sort=finite(score.value))
    return GroupShift(
        group=group.group,
        label=label,
        shift=shift,
        flip_rate=_figure(group.flip_rate, "fraction"),
        items=count(group.n),
    )


def _highest(score: IdentityScore) -> ShownNumber:
    known = [group for group in score.groups if group.flip_rate.value is not None]
    if not known:
        return ShownNumber(text=UNDEFINED)
    most = max(known, key=lambda one: one.flip_rate.value or 0.0)
    if not most.flip_rate.value:
        return ShownNumber(text="none flips", sort=0.0)
    rate = _figure(most.flip_rate, "fraction")
    return ShownNumber(text=f"{most.group} {rate.text}", between=rate.between, sort=rate.sort)


def _largest_gap(score: IdentityScore, labels: Sequence[str], unit: Unit) -> ShownNumber:
    known = [(label, score.gaps[label]) for label in labels if score.gaps[label].value is not None]
    if not known:
        return ShownNumber(text=UNDEFINED)
    label, gap = max(known, key=lambda one: one[1].value or 0.0)
    groups = f"{gap.lowest} to {gap.highest}" if gap.lowest != gap.highest else ""
    between = f"{interval(gap.low, gap.high, unit)} {groups}".strip()
    named = f"{label} " if len(labels) > 1 else ""
    return ShownNumber(text=f"{named}{value(gap.value, unit)}", between=between, sort=gap.value)


def _largest_spread(score: IdentityScore, labels: Sequence[str], unit: Unit) -> ShownNumber:
    known = [score.spread[label] for label in labels if score.spread[label].value is not None]
    return _figure(max(known, key=lambda one: one.value or 0.0) if known else None, unit)


def _figure(score: Score | None, unit: Unit) -> ShownNumber:
    if score is None:
        return ShownNumber(text=UNDEFINED)
    return ShownNumber(
        text=value(score.value, unit), between=interval(score.low, score.high, unit), sort=finite(score.value)
    )


def _left_out(score: IdentityScore) -> Iterator[str]:
    if score.ambiguous:
        yield f"{count(score.ambiguous)} ambiguous"
    if score.unprojectable:
        yield f"{count(score.unprojectable)} unprojectable"
    if score.unanswered:
        yield f"{count(score.unanswered)} unanswered"
