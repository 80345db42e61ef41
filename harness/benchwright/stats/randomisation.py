"""Approximate randomisation: how often chance alone, swapping the two models' answers, moves a metric this much.

Under the null hypothesis the answers of two models to a unit (an item or a cluster) may be swapped without changing
anything. Units with the same two rows need no coin each: of m equal pairs Binomial(m, 1/2) are swapped, and pairs that
mirror one another are one kind. A mean over right and wrong then is exactly McNemar's test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from benchwright.errors import BenchwrightError
from benchwright.stats.bootstrap import merge_rows, weigh
from benchwright.stats.checks import finite, whole
from benchwright.stats.resample_weights import Counts, visit_weights

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

_SINGLE = 16
"""Kinds with at most this many pairs get a coin per pair: a binomial draw costs more than that many random bits."""

_TINY = 1e-11
"""Differences closer than this share of the largest one are ties: sums in another order differ in their last digits."""


@dataclass(frozen=True, kw_only=True)
class PermutationTest:
    """Outcome of a two-sided test.

    Attributes:
        p: The p-value, in (0, 1].
        difference: Observed statistic of the second model minus that of the first.
        swaps: Assignments looked at.
        exact: Whether these were all there are.
        undefined: Assignments that left the statistic undefined; they count as at least as extreme.
    """

    p: float
    difference: float
    swaps: int
    exact: bool
    undefined: int = 0


@dataclass(frozen=True)
class _DifferingPairs:
    """Different pairs: sums of the first model are ``base`` + swaps @ ``steps``; both models' sums add up to ``total``."""

    base: Floats
    steps: Floats
    counts: NDArray[np.int64]
    observed: Floats
    total: Floats


def permutation_tests(
    rows_a: ArrayLike,
    rows_b: ArrayLike,
    statistics: Sequence[Statistic],
    *,
    resamples: int = 10_000,
    seed: tuple[int, ...] = (0,),
) -> list[PermutationTest]:
    """Two-sided tests of equal models for metrics in sums form, all on the same swaps.

    p = (1 + #{|T*| >= |T|}) / (R + 1); where all different assignments are at most ``resamples`` they are enumerated and p
    is their exact share. 1 where no unit tells the models apart.

    Args:
        rows_a: Sums of the first model (U, w), a row per unit.
        rows_b: Sums of the second model.
        statistics: Each from sums (R, w) to values (R).
        resamples: Random assignments.
        seed: Of the swaps.

    Raises:
        BenchwrightError: NaN in rows, shapes that differ, no unit, or a statistic undefined on the data.
    """
    whole("resamples", resamples, 1)
    first, second = finite("rows_a", rows_a, 2), finite("rows_b", rows_b, 2)
    if first.shape != second.shape or not len(first):
        raise BenchwrightError(
            f"rows_a has the shape {first.shape}, rows_b {second.shape}", expected="one row per unit, at least one unit"
        )
    kinds = _kinds(first, second)
    exact = float(np.log(kinds.counts + 1.0).sum()) <= np.log(resamples) + 1e-9
    swaps, chances = _every_swap(kinds) if exact else (None, None)
    sums = kinds.base + swaps @ kinds.steps if swaps is not None else _draw(kinds, resamples, seed)
    return [_judge(statistic, kinds, sums, chances) for statistic in statistics]


def _judge(statistic: Statistic, kinds: _DifferingPairs, sums: Floats, chances: Floats | None) -> PermutationTest:
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = float((statistic(kinds.total - kinds.observed) - statistic(kinds.observed))[0])
        drawn = statistic(kinds.total - sums) - statistic(sums)
    if not np.isfinite(difference):
        raise BenchwrightError("the statistic is undefined on the data themselves", hint="leave this metric out")
    undefined = ~np.isfinite(drawn)
    tie = _TINY * max(abs(difference), float(np.abs(drawn[~undefined]).max(initial=0.0)))
    extreme = undefined | (np.abs(drawn) >= abs(difference) - tie)
    p = (1 + int(extreme.sum())) / (len(sums) + 1) if chances is None else min(float(chances @ extreme), 1.0)
    return PermutationTest(
        p=p, difference=difference, swaps=len(sums), exact=chances is not None, undefined=int(undefined.sum())
    )


def _kinds(first: Floats, second: Floats) -> _DifferingPairs:
    """Pairs that differ, put the same way round and merged; all others only add to the base."""
    apart = first - second
    differs = apart != 0
    some = differs.any(axis=1)
    leading = apart[np.arange(len(apart)), differs.argmax(axis=1)]
    mirrored = (leading < 0)[:, None]
    upper, lower = np.where(mirrored, second, first)[some], np.where(mirrored, first, second)[some]
    observed, total = first.sum(axis=0), (first + second).sum(axis=0)
    merged = merge_rows(upper - lower) if len(upper) else None
    width = first.shape[1]
    return _DifferingPairs(
        base=first[~some].sum(axis=0) + lower.sum(axis=0),
        steps=np.empty((0, width)) if merged is None else merged.values,
        counts=np.empty(0, dtype=np.int64) if merged is None else merged.counts,
        observed=observed[None],
        total=total[None],
    )


def _every_swap(kinds: _DifferingPairs) -> tuple[Floats, Floats]:
    """How many pairs of each kind are as in ``upper`` (K, m), in every way, and the chance of each (K)."""
    sizes = tuple(int(count) + 1 for count in kinds.counts)
    grid = np.stack(np.unravel_index(np.arange(int(np.prod(sizes, dtype=np.int64))), sizes or (1,)), axis=1)
    swaps: Floats = grid[:, : len(sizes)].astype(np.float64)
    counts = kinds.counts.astype(np.float64)
    ways = gammaln(counts + 1) - gammaln(swaps + 1) - gammaln(counts - swaps + 1)
    chances: Floats = np.exp(ways.sum(axis=1) - counts.sum() * np.log(2.0))
    return swaps, chances


def _draw(kinds: _DifferingPairs, resamples: int, seed: tuple[int, ...]) -> Floats:
    """Sums of the first model (R, w) under random swaps."""
    many = kinds.counts > _SINGLE
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence((*seed, 1))))
    taken = rng.binomial(kinds.counts[many], 0.5, size=(resamples, int(many.sum())))
    sums: Floats = kinds.base + taken @ kinds.steps[many]
    singles = np.repeat(kinds.steps[~many], kinds.counts[~many], axis=0)
    if len(singles):
        blocks = visit_weights(
            lambda coins: weigh(singles, coins), units=len(singles), resamples=resamples, seed=seed, draw=_coins
        )
        sums += np.concatenate(blocks)
    return sums


def _coins(rng: np.random.Generator, units: int, resamples: int) -> Counts:
    """Fair coins (units, resamples), C-contiguous."""
    bits = np.frombuffer(rng.bytes(units * resamples // 8 + 1), dtype=np.uint8)
    return np.unpackbits(bits, count=units * resamples).reshape(units, resamples)
