"""Pareto fronts of values with intervals: who is dominated for certain, who may be, and who fits into a budget.

A model dominates another where it costs no more and is no worse, and is better in one of the two. Intervals decide only what they can:
a front of bare values would tell a reader to drop a model that another sample might put ahead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """A value and where it may lie; both ends are the value where it is exact, and infinite where nothing is known of it."""

    value: float
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether it is read and not estimated, as a size is."""
        return self.low == self.value == self.high


def spread_of(value: float, low: float | None, high: float | None, *, is_exact: bool = False) -> Spread:
    """A spread from a value and the ends of its interval; without ends the value is exact, or may be anything."""
    if low is not None and high is not None:
        return Spread(value=value, low=low, high=high)
    return Spread(value=value, low=value if is_exact else -math.inf, high=value if is_exact else math.inf)


def told_apart(one: Spread, other: Spread) -> int | None:
    """1 where the first is larger for certain, -1 where it is smaller, 0 where both are exact and equal, None where nobody can tell."""
    if one.is_exact and other.is_exact and one.value == other.value:
        return 0
    if one.low > other.high:
        return 1
    return -1 if one.high < other.low else None


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontPlace:
    """Where a model stands in a picture of quality against a cost.

    Attributes:
        on_front: Whether no other dominates it by the values alone.
        by: Models that dominate it for certain.
        maybe_by: Models that dominate it or do not, which the intervals do not tell; those that do by the values stand first.
    """

    on_front: bool
    by: tuple[int, ...]
    maybe_by: tuple[int, ...]


Better = Callable[[int, int], int | None]
"""Two models -> 1 where the first has the better quality for certain, -1 where the second has, 0 where both are the same, else None."""


def front_places(quality: Mapping[int, float], costs: Mapping[int, Spread], better: Better) -> dict[int, FrontPlace]:
    """The place of each model that has a quality and a cost.

    Args:
        quality: Model -> value, higher is better.
        costs: Model -> what it costs, lower is better.
        better: What is certain of the qualities of two models.
    """
    both = [at for at in quality if at in costs]
    found = {}
    for at in both:
        others = [one for one in both if one != at]
        by_value = [one for one in others if _dominates_by_value(quality, costs, one, at)]
        verdicts = {one: _dominates(costs, better, one, at) for one in others}
        maybe = [one for one in others if verdicts[one] is None]
        maybe.sort(key=lambda one: (one not in by_value, costs[one].value, one))
        found[at] = FrontPlace(
            on_front=not by_value,
            by=tuple(sorted((one for one in others if verdicts[one]), key=lambda one: (costs[one].value, one))),
            maybe_by=tuple(maybe),
        )
    return found


def _dominates_by_value(quality: Mapping[int, float], costs: Mapping[int, Spread], one: int, other: int) -> bool:
    no_worse = quality[one] >= quality[other] and costs[one].value <= costs[other].value
    return no_worse and (quality[one], costs[one].value) != (quality[other], costs[other].value)


def _dominates(costs: Mapping[int, Spread], better: Better, one: int, other: int) -> bool | None:
    """Whether one dominates the other; None where the intervals do not tell."""
    cost, quality = told_apart(costs[one], costs[other]), better(one, other)
    if cost == 1 or quality == -1 or (cost == 0 and quality == 0):
        return False
    if cost is None or quality is None:
        return None
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetStep:
    """What a budget allows.

    Attributes:
        budget: The budget itself: nothing is said of budgets up to the next, as an interval may end anywhere between two.
        fits: Models that keep the budget with their whole interval.
        may_fit: Models whose interval holds the budget.
    """

    budget: float
    fits: tuple[int, ...]
    may_fit: tuple[int, ...]


def budget_steps(costs: Mapping[int, Spread]) -> tuple[BudgetStep, ...]:
    """What round budgets (1, 2, 5, 10 ...) allow, from the last that allows nothing to the first that allows every model."""
    ends = [end for one in costs.values() for end in (one.low, one.value, one.high) if 0 < end < math.inf]
    steps = []
    for budget in _round_numbers(min(ends), max(ends)) if ends else ():
        fits = tuple(at for at, one in costs.items() if one.high <= budget)
        may_fit = tuple(at for at, one in costs.items() if at not in fits and _may_fit(one, budget))
        steps.append(BudgetStep(budget=budget, fits=fits, may_fit=may_fit))
    return tuple(steps)


def _may_fit(one: Spread, budget: float) -> bool:
    return (one.value if one.low == -math.inf else one.low) <= budget


def _round_numbers(low: float, high: float) -> Sequence[float]:
    """1, 2, 5 times powers of ten: the largest that is at most ``low``, and on to the first that is at least ``high``."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    every = [float(f"{digit}e{power}") for power in range(first - 1, last + 2) for digit in (1, 2, 5)]
    start = max(one for one in every if one <= low)
    return [one for one in every if start <= one <= min(other for other in every if other >= high)]


def best_within_budget(
    among: Iterable[int], quality: Mapping[int, float], costs: Mapping[int, Spread], better: Better
) -> tuple[int | None, tuple[int, ...]]:
    """The model with the best value (of equal ones the cheapest), and the others that nobody can tell apart from it; None of none."""
    mine = sorted((at for at in among if at in quality), key=lambda at: (-quality[at], costs[at].value, at))
    if not mine:
        return None, ()
    return mine[0], tuple(at for at in mine[1:] if better(mine[0], at) != 1)
