"""All pairwise differences of systems on a task, as one family of tests, and the rank ranges that follow from them.

Ranks, verdicts and ties all come from here: p of every pair by its own estimator, Holm over all pairs of all tasks. Adding a
system changes no p of other pairs, only the size of the family.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
import numpy as np

from benchwright.comparison.comparable_answers import ComparableAnswers
from benchwright.comparison.difference import CONFIDENCE, Difference, way_of
from benchwright.comparison.estimate import estimate_system_difference
from benchwright.comparison.measure_difference import measure_difference
from benchwright.comparison.pairing import RESAMPLES, PairedRecords, Replicates
from benchwright.comparison.result import Pair, RankRange
from benchwright.stats.difference import DifferenceEstimate, two_sided
from benchwright.stats.multiplicity import holm
from benchwright.types import Task


class PairwiseEstimates:
    """All pairs of comparable systems on a task; each pair on the items that both answered, whatever other systems there are."""

    def __init__(
        self,
        answers: ComparableAnswers,
        labels: Sequence[str],
        *,
        seed: int = 0,
        resamples: int = RESAMPLES,
        confidence: float = CONFIDENCE,
    ) -> None:
        self.answers, self.labels = answers, labels
        self.seed, self.resamples, self.confidence = seed, resamples, confidence
        self._pairings: dict[tuple[int, int], PairedRecords] = {}

    def pairing(self, one: int, other: int) -> PairedRecords:
        """Paired records of two systems, by position, over the items that both answered."""
        if (one, other) not in self._pairings:
            found = self.answers.pairing((one, other), seed=self.seed, resamples=self.resamples)
            self._pairings[one, other] = found
        return self._pairings[one, other]

    def forget(self, one: int, other: int) -> None:
        """Drop what is kept of a pair, which holds the records of both and all draws: of thousands of pairs that is more than memory holds."""
        self._pairings.pop((one, other), None)

    def two(self, one: int, other: int) -> tuple[Replicates, Replicates]:
        """Positions of the models of each of the two systems in their pairing."""
        sizes = [len(self.answers.names[at]) for at in (one, other)]
        return (
            Replicates(label=self.labels[one], models=tuple(range(sizes[0]))),
            Replicates(label=self.labels[other], models=tuple(range(sizes[0], sum(sizes)))),
        )

    def estimate(self, metric: str, one: int, other: int) -> DifferenceEstimate | None:
        """The difference of two systems, second minus first."""
        return estimate_system_difference(self.pairing(one, other), metric, *self.two(one, other))

    def difference(self, metric: str, one: int, other: int, *, randomise: bool = True) -> Difference:
        """The difference of two systems, with interval and p-value; without the permutation test, which is for information only, where
        nobody reads it.
        """
        pairing, systems = self.pairing(one, other), self.two(one, other)
        return measure_difference(pairing, metric, *systems, confidence=self.confidence, randomise=randomise)

    def pairs(self, metric: str) -> tuple[Pair, ...]:
        """All pairs on a metric."""
        estimate = partial(self.estimate, metric)
        return every_pair(metric, self.labels, estimate, confidence=self.confidence)

    def value(self, metric: str, position: int) -> float:
        """A system's value over all items that it answered, averaged over its seeds."""
        alone = self.alone(position)
        return float(np.mean([alone.value(at, metric) for at in range(len(alone.names))]))

    def alone(self, position: int) -> PairedRecords:
        """The records of one system, by position, over all items that it answered."""
        if (position, position) not in self._pairings:
            self._pairings[position, position] = self.answers.pairing((position,))
        return self._pairings[position, position]

    @property
    def n(self) -> int:
        """Largest number of items of any pair."""
        return max(self.pairing(0, at).n for at in range(1, len(self.labels)))

    @property
    def units(self) -> int:
        """Largest number of independent units of any pair."""
        return max(
            pairing.n_clusters if pairing.n else 0
            for pairing in (self.pairing(0, at) for at in range(1, len(self.labels)))
        )

    @property
    def task(self) -> Task:
        """The card."""
        return self.answers.task


def pair_of(
    metric: str, first: str, second: str, found: DifferenceEstimate | None, *, confidence: float = CONFIDENCE
) -> Pair:
    """A pair of systems, by labels, with the interval and the p of its estimator."""
    if found is None:
        return Pair(metric=metric, first=first, second=second, delta=None, p=None)
    tail = (1 - confidence) / 2
    return Pair(
        metric=metric,
        first=first,
        second=second,
        delta=found.value,
        p=two_sided(found),
        low=found.bound(tail, "lower"),
        high=found.bound(tail, "upper"),
    )


def adjusted(groups: Sequence[Sequence[Pair]]) -> list[tuple[Pair, ...]]:
    """The pairs with Holm-adjusted p, over all pairs that have a p."""
    every = [pair for group in groups for pair in group]
    tested = [at for at, pair in enumerate(every) if pair.p is not None]
    found = dict(zip(tested, holm([every[at].p or 0.0 for at in tested]).tolist(), strict=True))
    replaced = iter([msgspec.structs.replace(pair, p_adjusted=found.get(at)) for at, pair in enumerate(every)])
    return [tuple(next(replaced) for _ in group) for group in groups]


def find_pair(pairs: Sequence[Pair], metric: str, first: str, second: str) -> Pair | None:
    """The pair of two labels on a metric, in either order; None if there is none."""
    wanted = {first, second}
    return next((pair for pair in pairs if pair.metric == metric and {pair.first, pair.second} == wanted), None)


def with_adjusted(one: Difference, pairs: Sequence[Pair]) -> Difference:
    """The difference with the adjusted p of its pair; without one if it is outside the family and not equivalent to a member."""
    pair = find_pair(pairs, one.same_as or one.metric_name, one.first, one.second)
    return one if pair is None else msgspec.structs.replace(one, p_adjusted=pair.p_adjusted)


def rank_ranges(
    values: Mapping[str, float], pairs: Sequence[Pair], *, level: float, higher: bool
) -> tuple[RankRange, ...]:
    """Simultaneous rank ranges of systems (label -> value) from the adjusted p of all pairs; empty for fewer than three.

    All ranges hold simultaneously with probability 1 - level, since Holm controls the family-wise error of the pairs.
    """
    known = {label: value for label, value in values.items() if math.isfinite(value)}
    if len(known) < 3 or all(pair.p is None for pair in pairs):
        return ()
    above = dict.fromkeys(known, 0)
    below = dict.fromkeys(known, 0)
    for pair in pairs:
        ahead = leader(pair, level=level, higher=higher)
        if ahead and {pair.first, pair.second} <= set(known):
            below[ahead] += 1
            above[pair.first if ahead == pair.second else pair.second] += 1
    return tuple(
        RankRange(system=label, value=value, low=1 + above[label], high=len(known) - below[label])
        for label, value in known.items()
    )


def leader(pair: Pair, *, level: float, higher: bool) -> str:
    """The system of a pair that is shown to be better, as `way_of` has it; empty where nothing tells them apart, or nothing was tested."""
    p = pair.p if pair.p_adjusted is None else pair.p_adjusted
    way = 0 if not pair.delta or p is None else way_of(pair.low, pair.high, p, level=level)
    return "" if not way else pair.second if (way > 0) == higher else pair.first


def every_pair(
    metric: str,
    labels: Sequence[str],
    estimate: Callable[[int, int], DifferenceEstimate | None],
    *,
    confidence: float = CONFIDENCE,
) -> tuple[Pair, ...]:
    """All pairs of systems; ``estimate`` gives the difference of two positions, second minus first."""
    return tuple(
        pair_of(metric, labels[one], labels[other], estimate(one, other), confidence=confidence)
        for one in range(len(labels))
        for other in range(one + 1, len(labels))
    )
