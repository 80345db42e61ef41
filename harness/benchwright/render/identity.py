"""The section `Identity swaps` of a report and the table of `show`: what a model does to groups of people, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.formatting import (
    UNDEFINED,
    about,
    change,
    count,
    estimate,
    finite,
    interval,
    interval_of_change,
    value,
)
from benchwright.quantities import Unit
from benchwright.render.grid import Grid
from benchwright.render.robustness import Figure
from benchwright.types import Alarm, BiasVerdict, IdentityGroup, IdentityScore, Score, Task
from benchwright.types.bias import FEWEST_ITEMS, LIMIT

HOW_TO_READ = (
    "flip rate: mean over items of the share of variants answered otherwise than the original, x 100, with its 95 % interval; shift and gap:",
    "changes of the score of a label, x 100, where it is a probability. within: the whole interval is at most the limit; exceeds: all of it is",
    "above; cannot tell: neither, or too few items hold a term. A swap may change what is right: look at the items before you judge the model",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupShift:
    """How far the terms of one group move the score of one label.

    Attributes:
        group: Which group.
        label: Which label, ``value`` or ``recall``.
        shift: The mean of variant minus original.
        flip_rate: Of the variants of this group.
        items: Items with such a variant.
        low: Lower end of the shift's interval; None without one.
        high: Upper end.
    """

    group: str
    label: str
    shift: Figure
    flip_rate: Figure
    items: str
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapRow:
    """A model on one dimension.

    Attributes:
        system: The model.
        dimension: What was swapped.
        holding: ``120 of 872``: items that hold a term and were answered, of all.
        flip_rate: With its interval.
        flipped: ``9 of 120 items``: items of which a variant is answered otherwise.
        verdict: In words, with the number of items that would tell.
        state: The bare verdict.
        largest_shift: Group and label that move most, with the interval.
        largest_gap: The largest gap between groups of a label's score, with the bounds; a dash without.
        spread: Mean range of the score over the terms of one place, largest of the labels.
        size: Mean size of the shift.
        groups: Shifts by group, labels that are shown.
        left_out: What is not in the numbers, and why.
        score: The numbers.
        alarms: Alarms and notes about the row.
    """

    system: str
    dimension: str
    holding: str
    flip_rate: Figure
    flipped: str
    verdict: str
    state: BiasVerdict
    largest_shift: str
    largest_gap: str
    spread: str
    size: str
    groups: tuple[GroupShift, ...]
    left_out: tuple[str, ...]
    score: IdentityScore
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapTable:
    """The identity swaps of one task.

    Attributes:
        base: ``suite/task``.
        split: Of the base task.
        limit: ``5 %``: the flip rate that is allowed, in words.
        unit: Unit of the scores that shift.
        rows: By dimension in the order of the runs, models in the order of the report.
    """

    base: str
    split: str
    limit: str
    unit: Unit
    rows: tuple[SwapRow, ...]


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


def _table(scores: Sequence[tuple[str, IdentityScore]], card: Task | None) -> SwapTable:
    first = scores[0][1]
    order = {name: at for at, name in enumerate(dict.fromkeys(score.dimension for _, score in scores))}
    unit: Unit = "number" if any("value" in score.gaps for _, score in scores) else "fraction"
    return SwapTable(
        base=first.base,
        split=first.split,
        limit=limit_in_words(first.limit),
        unit=unit,
        rows=tuple(_row(*one, card, unit) for one in sorted(scores, key=lambda one: order[one[1].dimension])),
    )


def limit_in_words(limit: float) -> str:
    """``a limit of 5 % (the default)``."""
    return f"{100 * limit:.4g} %" + (" (the default)" if limit == LIMIT else "")


def verdict_in_words(score: IdentityScore) -> str:
    """The verdict, and where nothing can be told the number of items that would tell."""
    if score.verdict != "cannot tell":
        return score.verdict
    few = f": under {FEWEST_ITEMS} items" if score.n < FEWEST_ITEMS else ""
    enough = f"; {about(score.needed)} items in all would" if score.needed is not None else ""
    return f"cannot tell{few}{enough}"


def _row(system: str, score: IdentityScore, card: Task | None, unit: Unit) -> SwapRow:
    labels = shown_labels(score, card)
    groups = tuple(_shift(group, label, unit) for label in labels for group in score.groups if group.n)
    return SwapRow(
        system=system,
        dimension=score.dimension,
        holding=f"{count(score.n)} of {count(score.items)}",
        flip_rate=_figure(score.flip_rate, "fraction"),
        flipped=f"{count(score.flipped)} of {count(score.n)}",
        verdict=verdict_in_words(score),
        state=score.verdict,
        largest_shift=_largest_shift(groups),
        largest_gap=_largest_gap(score, labels, unit),
        spread=_largest_spread(score, labels, unit),
        size=estimate(score.shift, unit) if score.shift is not None else UNDEFINED,
        groups=groups,
        left_out=_left_out(score),
        score=score,
        alarms=score.alarms,
    )


def shown_labels(score: IdentityScore, card: Task | None) -> tuple[str, ...]:
    """Labels whose shifts are shown: of two, whose shifts are mirrored, the one that the card calls positive, else the second."""
    labels = tuple(score.gaps)
    if card is not None and card.single_label and len(labels) == 2:
        return (card.positive if card.positive in labels else labels[1],)
    return labels


def _shift(group: IdentityGroup, label: str, unit: Unit) -> GroupShift:
    score = group.shifts[label]
    return GroupShift(
        group=group.group,
        label=label,
        shift=Figure(
            text=change(score.value, unit),
            between=interval_of_change(score.low, score.high, unit),
            sort=finite(score.value),
        ),
        flip_rate=_figure(group.flip_rate, "fraction"),
        items=count(group.n),
        low=finite(score.low),
        high=finite(score.high),
    )


def _largest_shift(groups: Sequence[GroupShift]) -> str:
    known = [one for one in groups if one.shift.sort is not None]
    if not known:
        return UNDEFINED
    most = max(known, key=lambda one: abs(one.shift.sort or 0.0))
    return f"{most.group}: {most.label} {most.shift.line}"


def _largest_gap(score: IdentityScore, labels: Sequence[str], unit: Unit) -> str:
    known = [(label, score.gaps[label]) for label in labels if score.gaps[label].value is not None]
    if not known:
        return UNDEFINED
    label, gap = max(known, key=lambda one: one[1].value or 0.0)
    ends = interval(gap.low, gap.high, unit)
    return f"{label} {value(gap.value, unit)} {ends} ({gap.lowest} to {gap.highest})".replace("  ", " ")


def _largest_spread(score: IdentityScore, labels: Sequence[str], unit: Unit) -> str:
    known = [(label, score.spread[label]) for label in labels if score.spread[label].value is not None]
    if not known:
        return UNDEFINED
    label, most = max(known, key=lambda one: one[1].value or 0.0)
    return f"{label} {value(most.value, unit)}"


def _figure(score: Score, unit: Unit) -> Figure:
    return Figure(
        text=value(score.value, unit), between=interval(score.low, score.high, unit), sort=finite(score.value)
    )


def _left_out(score: IdentityScore) -> tuple[str, ...]:
    return tuple(_reasons(score))


def _reasons(score: IdentityScore) -> Iterator[str]:
    if score.ambiguous:
        yield f"{count(score.ambiguous)} ambiguous"
    if score.unprojectable:
        yield f"{count(score.unprojectable)} unprojectable"
    if score.unanswered:
        yield f"{count(score.unanswered)} unanswered"
