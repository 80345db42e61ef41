"""Two systems on a suite's official mean over tasks: tasks are fixed and independent, items are drawn within them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from scipy.special import ndtr

from benchwright import registry
from benchwright.comparison.difference import CHECKPOINT, CHECKPOINTS, RECIPE, Difference
from benchwright.comparison.many import rank
from benchwright.comparison.result import Average, Place, Refusal
from benchwright.comparison.sides import Side
from benchwright.errors import PluginError
from benchwright.metrics.columns import Floats
from benchwright.stats.intervals import z_quantile
from benchwright.types import Aggregate, Suite


@dataclass
class Scores:
    """Task scores as they are found: differences by path and label, values and draws by path (labels of the sides)."""

    differences: dict[tuple[str, str], Difference] = field(default_factory=dict)
    draws: dict[str, tuple[tuple[str, ...], Floats, Floats]] = field(default_factory=dict)


def averages_of(
    sides: Sequence[Side], scores: Scores, *, confidence: float
) -> tuple[tuple[Average, ...], dict[str, tuple[Place, ...]], tuple[Refusal, ...]]:
    """Differences of the official means for which every task was compared, places by them, and what was refused.

    The interval is normal, from the standard errors of the tasks' differences, as for the mean of one system.
    """
    found: list[Average] = []
    places: dict[str, tuple[Place, ...]] = {}
    refused: list[Refusal] = []
    for suite, recipe in _recipes(sides[0]):
        weights = _weights(suite.name, recipe)
        for side in sides[1:]:
            lacking = [path for path in weights if (path, side.label) not in scores.differences]
            if not lacking:
                parts = {path: scores.differences[path, side.label] for path in weights}
                mean = msgspec.structs.replace(
                    _average(parts, weights, confidence), path=suite.name, metric=recipe.recipe
                )
                found.append(Average(suite=suite.name, title=recipe.title or suite.name, difference=mean))
            elif _has_value(side, suite.name, recipe):
                why = f"not comparable on {', '.join(lacking)}"
                refused.append(Refusal(path=f"{suite.name} {recipe.recipe}", system=side.label, reason=why))
        placed = _places(weights, [side.label for side in sides], scores, confidence)
        if placed:
            places[f"{suite.name} {recipe.recipe}"] = placed
    return tuple(found), places, tuple(refused)


def _recipes(side: Side) -> list[tuple[Suite, Aggregate]]:
    """Recipes for which the first system has a mean, as its installed suite states them."""
    found = []
    for name in dict.fromkeys(score.suite for score in side.run.aggregates):
        try:
            suite: Suite = registry.get("suites", name)
        except PluginError:
            continue
        if suite.version == side.run.suites.get(name, suite.version):
            found += [(suite, recipe) for recipe in suite.aggregates if _has_value(side, name, recipe)]
    return found


def _has_value(side: Side, suite: str, recipe: Aggregate) -> bool:
    known = {
        score.model
        for score in side.run.aggregates
        if (score.suite, score.recipe) == (suite, recipe.recipe) and score.value is not None
    }
    return set(side.models) <= known


def _weights(suite: str, recipe: Aggregate) -> dict[str, float]:
    """Weight of each task: members count alike, and tasks within a member."""
    weights: dict[str, float] = {}
    for member in recipe.members:
        for name in member:
            path = f"{suite}/{name}"
            weights[path] = weights.get(path, 0.0) + 1 / (len(recipe.members) * len(member))
    return weights


def _average(parts: Mapping[str, Difference], weights: Mapping[str, float], confidence: float) -> Difference:
    """The weighted mean of the tasks' differences; ``path`` and ``metric`` are left to the caller."""
    some = next(iter(parts.values()))
    undefined = [path for path, part in parts.items() if part.delta is None]
    errors = {path: _error(part) for path, part in parts.items()}
    unknown = [path for path, error in errors.items() if error is None and path not in undefined]
    delta = _sum(weights, {path: part.delta for path, part in parts.items()})
    low = high = p = se = None
    if delta is not None and not unknown:
        se = math.fsum((weight * (errors[path] or 0.0)) ** 2 for path, weight in weights.items()) ** 0.5
        reach = z_quantile(confidence) * se
        low, high, p = delta - reach, delta + reach, _p(delta, se)
    return Difference(
        path="",
        metric="",
        direction="higher",
        first=some.first,
        second=some.second,
        a=_sum(weights, {path: part.a for path, part in parts.items()}),
        b=_sum(weights, {path: part.b for path, part in parts.items()}),
        delta=delta,
        low=low,
        high=high,
        p=p,
        method="normal, tasks fixed" if p is not None else "none",
        test="normal" if p is not None else "",
        about=_about([part.about for part in parts.values()]),
        confidence=confidence,
        level=1 - confidence,
        se=se,
        is_score=True,
        n=sum(part.n for part in parts.values()),
        clusters=sum(part.clusters for part in parts.values()),
        identical=all(part.identical for part in parts.values()),
        flags=(
            *((f"undefined: {', '.join(undefined)}",) if undefined else ()),
            *((f"no interval: {', '.join(unknown)} has no standard error",) if unknown else ()),
        ),
    )


def _sum(weights: Mapping[str, float], values: Mapping[str, float | None]) -> float | None:
    if any(value is None for value in values.values()):
        return None
    return math.fsum(weight * (values[path] or 0.0) for path, weight in weights.items())


def _error(part: Difference) -> float | None:
    """Standard error; where no resample showed any spread, what the interval of unseen differences tells."""
    if part.se or (part.low == part.high == 0.0):
        return part.se
    if part.low is None or part.high is None:
        return None
    return (part.high - part.low) / (2 * z_quantile(part.confidence))


def _p(delta: float, se: float) -> float:
    if se == 0:
        return 1.0
    return float(min(1.0, 2 * ndtr(-abs(delta) / se)))


def _about(told: Sequence[str]) -> str:
    """The estimand that holds for all tasks: the narrowest."""
    for about in (CHECKPOINTS, CHECKPOINT):
        if about in told:
            return about
    return RECIPE


def _places(
    weights: Mapping[str, float], labels: Sequence[str], scores: Scores, confidence: float
) -> tuple[Place, ...]:
    drawn = [scores.draws.get(path) for path in weights]
    if len(labels) < 3 or any(one is None or one[0] != tuple(labels) for one in drawn):
        return ()
    known = [one for one in drawn if one is not None]
    values: Floats = np.sum([w * one[1] for w, one in zip(weights.values(), known, strict=True)], axis=0)
    draws: Floats = np.sum([w * one[2] for w, one in zip(weights.values(), known, strict=True)], axis=0)
    return rank(labels, values, draws, confidence=confidence)
