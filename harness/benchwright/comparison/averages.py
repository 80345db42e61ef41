"""Differences of two systems on a suite's official mean over tasks. Tasks are fixed and independent; items are sampled within them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from benchwright import registry
from benchwright.comparison.difference import CHECKPOINT, CHECKPOINTS, REPLICATES, Difference
from benchwright.comparison.pairwise import pair_of
from benchwright.comparison.result import Average, Pair, Refusal
from benchwright.comparison.systems import System
from benchwright.comparison.task import TaskOutcome
from benchwright.errors import PluginError
from benchwright.stats.difference import DifferenceEstimate, WeightedDifference, two_sided
from benchwright.task_path import task_path
from benchwright.types import Aggregate, Suite


@dataclass(frozen=True, kw_only=True)
class Averages:
    """Differences of official means to the first system, all pairs by ``suite name``, and refusals."""

    found: tuple[Average, ...]
    pairs: dict[str, tuple[Pair, ...]]
    refused: tuple[Refusal, ...]


def averages_of(systems: Sequence[System], outcomes: Mapping[str, TaskOutcome], *, confidence: float) -> Averages:
    """Official means for which every task was compared: tasks are fixed, each keeps the bounds of its own estimator."""
    found: list[Average] = []
    pairs: dict[str, tuple[Pair, ...]] = {}
    refused: list[Refusal] = []
    for suite, aggregate in _aggregates(systems[0]):
        weights = {task_path(suite.name, name): weight for name, weight in aggregate.weights.items()}
        there = [system.label for system in systems if all(system.label in _labels(outcomes, path) for path in weights)]
        for system in systems[1:]:
            lacking = [path for path in weights if system.label not in _labels(outcomes, path)]
            if not lacking:
                parts = {path: outcomes[path].scores[system.label] for path in weights}
                mean = _average(
                    parts, weights, mean_difference(weights, outcomes, systems[0].label, system.label), confidence
                )
                mean = msgspec.structs.replace(mean, path=suite.name, metric=aggregate.name)
                found.append(Average(suite=suite.name, title=aggregate.title or suite.name, difference=mean))
            elif _has_value(system, suite.name, aggregate):
                why = f"not comparable on {', '.join(lacking)}"
                refused.append(Refusal(path=f"{suite.name} {aggregate.name}", system=system.label, reason=why))
        if len(there) > 1 and there[0] == systems[0].label:
            pairs[f"{suite.name} {aggregate.name}"] = tuple(
                pair_of(
                    aggregate.name, one, other, mean_difference(weights, outcomes, one, other), confidence=confidence
                )
                for at, one in enumerate(there)
                for other in there[at + 1 :]
            )
    return Averages(found=tuple(found), pairs=pairs, refused=tuple(refused))


def _labels(outcomes: Mapping[str, TaskOutcome], path: str) -> Sequence[str]:
    """Labels of the systems compared on the score of a task; none if the score is not meaningful."""
    found = outcomes.get(path)
    return found.estimates.labels if found is not None and found.scores and found.estimates is not None else ()


def mean_difference(
    weights: Mapping[str, float], outcomes: Mapping[str, TaskOutcome], first: str, second: str
) -> DifferenceEstimate | None:
    """The difference of two systems, by label, on the weighted mean of the tasks' scores; None if it is undefined on a task."""
    parts: list[tuple[float, DifferenceEstimate]] = []
    for path, weight in weights.items():
        estimates = outcomes[path].estimates
        assert estimates is not None
        part = estimates.estimate("score", estimates.labels.index(first), estimates.labels.index(second))
        if part is None:
            return None
        parts.append((weight, part))
    return WeightedDifference(parts=tuple(parts))


def _aggregates(system: System) -> list[tuple[Suite, Aggregate]]:
    """Official means that the first system has, as its installed suite states them."""
    found = []
    for name in dict.fromkeys(score.suite for score in system.run.aggregates):
        try:
            suite: Suite = registry.get("suites", name)
        except PluginError:
            continue
        if suite.version == system.run.suites.get(name, suite.version):
            found += [(suite, aggregate) for aggregate in suite.aggregates if _has_value(system, name, aggregate)]
    return found


def _has_value(system: System, suite: str, aggregate: Aggregate) -> bool:
    known = {
        score.model
        for score in system.run.aggregates
        if (score.suite, score.name) == (suite, aggregate.name) and score.value is not None
    }
    return set(system.models) <= known


def _average(
    parts: Mapping[str, Difference], weights: Mapping[str, float], mean: DifferenceEstimate | None, confidence: float
) -> Difference:
    """The weighted mean of the tasks' differences; ``path`` and ``metric`` are set by the caller."""
    some = next(iter(parts.values()))
    undefined = [path for path, part in parts.items() if part.delta is None]
    unknown = [path for path, part in parts.items() if part.low is None and path not in undefined]
    identical = all(part.identical for part in parts.values())
    low = high = p = None
    if mean is not None and not unknown:
        low, high = (mean.bound((1 - confidence) / 2, side) for side in ("lower", "upper"))
        p = 1.0 if identical else two_sided(mean)
    return Difference(
        path="",
        metric="",
        direction="higher",
        first=some.first,
        second=some.second,
        a=_sum(weights, {path: part.a for path, part in parts.items()}),
        b=_sum(weights, {path: part.b for path, part in parts.items()}),
        delta=_sum(weights, {path: part.delta for path, part in parts.items()}),
        low=low,
        high=high,
        p=p,
        method=mean.method if mean is not None and p is not None else "none",
        test=mean.method if mean is not None and p is not None else "",
        about=_about([part.about for part in parts.values()]),
        confidence=confidence,
        level=1 - confidence,
        se=None if mean is None or unknown else mean.se,
        is_score=True,
        n=sum(part.n for part in parts.values()),
        clusters=sum(part.clusters for part in parts.values()),
        identical=identical,
        flags=(
            *((f"undefined: {', '.join(undefined)}",) if undefined else ()),
            *((f"no interval: {', '.join(unknown)} has none",) if unknown else ()),
        ),
    )


def _sum(weights: Mapping[str, float], values: Mapping[str, float | None]) -> float | None:
    if any(value is None for value in values.values()):
        return None
    return math.fsum(weight * (values[path] or 0.0) for path, weight in weights.items())


def _about(abouts: Sequence[str]) -> str:
    """The estimand that holds for all tasks: the narrowest."""
    for about in (CHECKPOINTS, CHECKPOINT):
        if about in abouts:
            return about
    return REPLICATES
