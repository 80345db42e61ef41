"""Approximate randomisation: how often chance alone, swapping the two models' answers, moves a metric this much.

Under the null hypothesis the answers of two models to a unit (an item or a cluster) may be swapped without changing
anything. Units with the same two rows need no coin each: of m equal pairs Binomial(m, 1/2) are swapped, and pairs that
mirror one another are one kind. A mean over right and wrong then is exactly McNemar's test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from benchwright.errors import BenchwrightError
from benchwright.stats.bootstrap import merge_rows, weigh
from benchwright.stats.checks import finite, one_of, whole
from benchwright.stats.weights import Counts, visit_weights

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
Alternative = Literal["two-sided", "greater", "less"]

_SINGLE = 16
"""Kinds with at most this many pairs get a coin per pair: a binomial draw costs more than that many random bits."""

_TINY = 1e-11
"""Differences closer than this share of the largest one are ties: sums in another order differ in their last digits."""


@dataclass(frozen=True, kw_only=True)
class Randomisation:
    """Outcome of a test.

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
class _Kinds:
    """Different pairs: sums of the first model are ``base`` + swaps @ ``steps``; both models' sums add up to ``total``."""

    base: Floats
    steps: Floats
    counts: NDArray[np.int64]
    observed: Floats
    total: Floats


def randomisation_p(
    rows_a: ArrayLike,
    rows_b: ArrayLike,
    statistic: Statistic,
    *,
    alternative: Alternative = "two-sided",
    resamples: int = 10_000,
    seed: tuple[int, ...] = (0,),
) -> float:
    """The p-value of equal models for any metric in sums form: rows (U, w) of both, statistic from sums (R, w) to (R).

    p = (1 + #{|T*| >= |T|}) / (R + 1); where all different assignments are at most ``resamples`` they are enumerated and p
    is their exact share. ``greater`` asks whether the second model is better. 1 where no unit tells the models apart.

    Raises:
        BenchwrightError: NaN in rows, shapes that differ, no unit, or a statistic undefined on the data.
    """
    return randomisations(rows_a, rows_b, [statistic], alternative=alternative, resamples=resamples, seed=seed)[0].p


def randomisation_mean_p(
    differences: ArrayLike,
    *,
    alternative: Alternative = "two-sided",
    resamples: int = 10_000,
    seed: tuple[int, ...] = (0,),
) -> float:
    """The p-value of a mean difference of 0 by flipping signs; differences by unit (U), summed over a cluster's items."""
    second = finite("differences", differences, 1)[:, None]
    return randomisation_p(
        np.zeros_like(second), second, lambda sums: sums[:, 0], alternative=alternative, resamples=resamples, seed=seed
    )


def randomisations(
    rows_a: ArrayLike,
    rows_b: ArrayLike,
    statistics: Sequence[Statistic],
    *,
    alternative: Alternative = "two-sided",
    resamples: int = 10_000,
    seed: tuple[int, ...] = (0,),
) -> list[Randomisation]:
    """One test per statistic, all on the same swaps; see ``randomisation_p``."""
    one_of("alternative", alternative, ("two-sided", "greater", "less"))
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
    return [_judge(statistic, kinds, sums, chances, alternative) for statistic in statistics]


def _judge(
    statistic: Statistic, kinds: _Kinds, sums: Floats, chances: Floats | None, alternative: Alternative
) -> Randomisation:
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = float((statistic(kinds.total - kinds.observed) - statistic(kinds.observed))[0])
        drawn = statistic(kinds.total - sums) - statistic(sums)
    if not np.isfinite(difference):
        raise BenchwrightError("the statistic is undefined on the data themselves", hint="leave this metric out")
    undefined = ~np.isfinite(drawn)
    value, seen = _oriented(difference, drawn, alternative)
    tie = _TINY * max(abs(value), float(np.abs(drawn[~undefined]).max(initial=0.0)))
    extreme = undefined | (seen >= value - tie)
    p = (1 + int(extreme.sum())) / (len(sums) + 1) if chances is None else min(float(chances @ extreme), 1.0)
    return Randomisation(
        p=p, difference=difference, swaps=len(sums), exact=chances is not None, undefined=int(undefined.sum())
    )


def _oriented(value: float, drawn: Floats, alternative: Alternative) -> tuple[float, Floats]:
    if alternative == "two-sided":
        return abs(value), np.abs(drawn)
    return (value, drawn) if alternative == "greater" else (-value, -drawn)


def _kinds(first: Floats, second: Floats) -> _Kinds:
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
    return _Kinds(
        base=first[~some].sum(axis=0) + lower.sum(axis=0),
        steps=np.empty((0, width)) if merged is None else merged.values,
        counts=np.empty(0, dtype=np.int64) if merged is None else merged.counts,
        observed=observed[None],
        total=total[None],
    )


def _every_swap(kinds: _Kinds) -> tuple[Floats, Floats]:
    """How many pairs of each kind are as in ``upper`` (K, m), in every way, and the chance of each (K)."""
    sizes = tuple(int(count) + 1 for count in kinds.counts)
    grid = np.stack(np.unravel_index(np.arange(int(np.prod(sizes, dtype=np.int64))), sizes or (1,)), axis=1)
    swaps: Floats = grid[:, : len(sizes)].astype(np.float64)
    counts = kinds.counts.astype(np.float64)
    ways = gammaln(counts + 1) - gammaln(swaps + 1) - gammaln(counts - swaps + 1)
    chances: Floats = np.exp(ways.sum(axis=1) - counts.sum() * np.log(2.0))
    return swaps, chances


def _draw(kinds: _Kinds, resamples: int, seed: tuple[int, ...]) -> Floats:
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
