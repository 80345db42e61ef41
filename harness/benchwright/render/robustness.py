"""The section `Robustness` of a report and the table of `show`: what models lose on perturbed inputs, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.formatting import UNDEFINED, change, count, finite, interval, interval_of_change, p_value, value
from benchwright.quantities import SCORE, Unit, bare, metric_title, score_title, unit_of
from benchwright.render.grid import Grid
from benchwright.render.shown_number import ShownNumber
from benchwright.types import Alarm, RobustnessScore, Score, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class RobustnessRow:
    """A model on a view.

    Attributes:
        system: The model.
        base: ``suite/task`` whose items are seen changed.
        perturbation: What was done to the inputs.
        severity: How much of them was changed: 1, 2 or 3.
        clean: The metric on the originals of the items that were changed.
        perturbed: The metric on their variants.
        difference: Perturbed minus clean, paired by item.
        p: Of no difference.
        consistency: Share of variants answered as their original is.
        worst: Share of items answered correctly as they are and in every variant.
        variants: Variants of an item, on average.
        most: ``at most 3``, where not every item has as many.
        changed: Items that the numbers are over, of all.
        left_out: What is not in the numbers, and why: one part for each reason.
        alarms: Alarms and notes about the row.
    """

    system: str
    base: str
    perturbation: str
    severity: int
    clean: ShownNumber
    perturbed: ShownNumber
    difference: ShownNumber
    p: str
    consistency: ShownNumber
    worst: ShownNumber
    variants: str
    most: str
    changed: str
    left_out: tuple[str, ...]
    score: RobustnessScore
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RobustnessTable:
    """The views of one task.

    Attributes:
        base: ``suite/task``.
        split: Of the base task.
        metric: What ``clean`` and ``perturbed`` are, in words.
        direction: Which end of it is better.
        unit: Its unit.
        rows: By perturbation and severity in the order of the runs, models in the order of the report.
    """

    base: str
    split: str
    metric: str
    direction: str
    unit: Unit
    rows: tuple[RobustnessRow, ...]


def robustness_tables(grid: Grid) -> tuple[RobustnessTable, ...]:
    """The tables of a report, under the names that models have there."""
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    return group_by_task([(grid.systems[at].label, score) for at, score in grid.robustness], cards)


def group_by_task(
    scores: Iterable[tuple[str, RobustnessScore]], cards: Mapping[str, Task]
) -> tuple[RobustnessTable, ...]:
    """A table for each task and metric; scores are (what the model is called, score), ``cards`` by ``suite/task``."""
    found: dict[tuple[str, str, str], list[tuple[str, RobustnessScore]]] = {}
    for system, score in scores:
        found.setdefault((score.base, score.split, score.metric), []).append((system, score))
    return tuple(
        _table(several, cards.get(base), base=base, split=split) for (base, split, _), several in found.items()
    )


def _table(
    scores: Sequence[tuple[str, RobustnessScore]], card: Task | None, *, base: str, split: str
) -> RobustnessTable:
    first = scores[0][1]
    unit = _unit(first.metric, card)
    views = dict.fromkeys(score.perturbation for _, score in scores)
    order = {name: at for at, name in enumerate(views)}
    ordered = sorted(scores, key=lambda one: (order[one[1].perturbation], one[1].severity))
    return RobustnessTable(
        base=base,
        split=split,
        metric=_title(first.metric, card),
        direction=first.direction,
        unit=unit,
        rows=tuple(_row(system, score, unit) for system, score in ordered),
    )


def _unit(metric: str, card: Task | None) -> Unit:
    if bare(metric) != SCORE:
        return unit_of([metric])
    return unit_of(card.score_metrics) if card is not None else "number"


def _title(metric: str, card: Task | None) -> str:
    if card is None:
        return "task score" if bare(metric) == SCORE else bare(metric)
    return score_title(card) if bare(metric) == SCORE else metric_title(metric, card)


def _row(system: str, score: RobustnessScore, unit: Unit) -> RobustnessRow:
    gap = score.difference
    even = score.variants == score.n * score.most  # the worst case falls with the number of variants: it stands beside
    return RobustnessRow(
        system=system,
        base=score.base,
        perturbation=score.perturbation,
        severity=score.severity,
        clean=_figure(score.clean, unit),
        perturbed=_figure(score.perturbed, unit),
        difference=ShownNumber(
            text=change(gap.value, unit),
            between=interval_of_change(gap.low, gap.high, unit),
            sort=finite(gap.value),
        ),
        p=p_value(gap.p),
        consistency=_figure(score.consistency, "fraction"),
        worst=_figure(score.worst, "fraction"),
        variants=UNDEFINED if not score.n else f"{score.most:,}" if even else f"{score.variants / score.n:.1f}",
        most="" if even else f"at most {score.most:,}",
        changed=f"{count(score.n)} of {count(score.items)}",
        left_out=_left_out(score),
        score=score,
        alarms=score.alarms,
    )


def _figure(score: Score | None, unit: Unit) -> ShownNumber:
    if score is None:
        return ShownNumber(text=UNDEFINED)
    return ShownNumber(
        text=value(score.value, unit), between=interval(score.low, score.high, unit), sort=finite(score.value)
    )


def _left_out(score: RobustnessScore) -> tuple[str, ...]:
    parts = [
        f"{count(score.unchanged)} unchanged" if score.unchanged else "",
        f"{count(score.unprojectable)} unprojectable" if score.unprojectable else "",
        f"{count(score.unanswered)} unanswered" if score.unanswered else "",
    ]
    return tuple(part for part in parts if part)
