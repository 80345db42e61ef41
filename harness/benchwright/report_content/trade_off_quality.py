"""The quality that costs are set against, and when one model is certainly better than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchwright.comparison.difference import CONFIDENCE
from benchwright.comparison.pairwise import leader
from benchwright.comparison.result import Pair
from benchwright.formatting import finite
from benchwright.quantities import Unit
from benchwright.render.grid import Column, Grid
from benchwright.render.hardware import HardwareTable
from benchwright.report_content.pareto import Better, spread_of, told_apart
from benchwright.task_path import suite_of
from benchwright.types import Score


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """A score of models that costs are set against.

    Attributes:
        name: ``glue/sst2: accuracy``, or an official average by its name.
        rule: Why it is this one.
        direction: Which end of it is better: ``higher`` or ``lower``.
        scores: By position of the model; all with a value.
        fewer: Models scored on fewer items than the others.
        path: The task; empty: an average.
    """

    name: str
    rule: str
    direction: str
    unit: Unit
    scores: Mapping[int, Score]
    fewer: frozenset[int]
    path: str = ""


def find_quality(grid: Grid, table: HardwareTable, measured: Mapping[int, object]) -> Quality | None:
    """The official average of the suite whose texts were measured, where every model measured there has it; else the task's score.

    None where the task ranks nobody.
    """
    suite = suite_of(table.base)
    averages: dict[str, dict[int, Score]] = {}
    titles: dict[str, str] = {}
    for at, one in grid.aggregates:
        if one.suite == suite and one.value is not None and finite(one.value) is not None and not one.missing:
            averages.setdefault(one.name, {})[at] = Score(metric=one.name, value=one.value, low=one.low, high=one.high)
            titles[one.name] = one.title or one.name
    for name, scores in averages.items():
        if all(at in scores for at in measured):
            rule = "the official average of the suite whose texts were measured"
            return Quality(
                name=titles[name], rule=rule, direction="higher", unit="fraction", scores=scores, fewer=frozenset()
            )
    column = _column(grid, table)
    if column is None or column.quantity is None or column.direction is None or not column.is_ranked:
        return None
    scores = {at: one for at, one in column.scores().items() if finite(one.value) is not None}
    most = max((one.n for one in scores.values()), default=0)
    return Quality(
        name=f"{column.name}: {column.metric}",
        rule="the task whose texts were measured",
        direction=column.direction,
        unit=column.quantity.unit,
        scores=scores,
        fewer=frozenset(at for at, one in scores.items() if one.n < most),
        path=column.name,
    )


def _column(grid: Grid, table: HardwareTable) -> Column | None:
    mine = [column for column in grid.columns if column.name == table.base and not column.is_view]
    return next((column for column in mine if column.split == table.split), mine[0] if mine else None)


def better_by(grid: Grid, quality: Quality, pairs: Sequence[Pair], sign: int) -> Better:
    """What is certain of two scores: by the paired test of the section `Differences` where there is one, else by their intervals."""
    labels = {system.label: at for at, system in enumerate(grid.systems)}
    tested: dict[tuple[int, int], int | None] = {}
    for pair in pairs:
        if pair.p is None or pair.delta is None or pair.first not in labels or pair.second not in labels:
            continue
        first, second = labels[pair.first], labels[pair.second]
        better_one = leader(pair, level=1 - CONFIDENCE, higher=sign > 0)
        tested[second, first] = None if not better_one else 1 if better_one == pair.second else -1
        tested[first, second] = None if not better_one else 1 if better_one == pair.first else -1
    spreads = {at: spread_of(one.value or 0.0, finite(one.low), finite(one.high)) for at, one in quality.scores.items()}

    def better(one: int, other: int) -> int | None:
        if (one, other) in tested:
            return tested[one, other]
        found = told_apart(spreads[one], spreads[other])
        return None if found is None else sign * found

    return better


def decided_by(pairs: Sequence[Pair]) -> str:
    """How two scores are told apart, in words."""
    if pairs:
        return "two scores are told apart by their paired difference (its 95 % interval excludes 0, and p, adjusted for all pairs of models, is at most 0.05)"
    return "two scores are told apart where their 95 % intervals do not overlap"
