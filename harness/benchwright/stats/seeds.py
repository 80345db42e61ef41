"""Differences of two trainings: several seeds of each, all scored on the same items.

A score varies with the seed and with the items: Var = sigma_seed^2 / S + sigma_item^2 / n. The spread between seeds alone
says nothing about other items, item noise alone nothing about another seed.

Each level enters the interval with its own Student quantile (after Howe 1974): half the width is the root of
t_{S-1}^2 V_seed + t_{n-1}^2 V_item. Measured coverage of nominal 95 % intervals and median width over that with known
variances, normal scores, 40,000 samples each; "ratio" is seed over item variance of one seed's score:

=====  =====  ================  ================  ================
seeds  ratio  this              Satterthwaite     t_{S-1} for all
=====  =====  ================  ================  ================
2      0      98.8 %, 2.2 x     96.2 %, 1.0 x     100 %, 6.5 x
2      2.7    97.7 %, 3.7 x     91.7 %, 1.1 x     100 %, 5.1 x
2      10.7   96.6 %, 4.1 x     88.0 %, 2.0 x     100 %, 4.6 x
3      0      97.2 %, 1.2 x     95.7 %, 1.0 x     100 %, 2.2 x
3      10.7   96.4 %, 1.7 x     92.4 %, 1.3 x     99.2 %, 1.9 x
5      0      95.7 %, 1.0 x     95.3 %, 1.0 x     99.5 %, 1.4 x
5      10.7   96.1 %, 1.2 x     94.2 %, 1.1 x     97.7 %, 1.3 x
10     10.7   95.8 %, 1.1 x     94.9 %, 1.0 x     96.8 %, 1.1 x
=====  =====  ================  ================  ================

The percentile bootstrap over seeds, then items, covers 76 % with two seeds at ratio 11, 84 % with three, 89 % with five.
Repeat with ``python benchmarks/coverage.py seeds methods``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite, within
from benchwright.stats.difference import Bound, Tail
from benchwright.stats.intervals import upper_quantile

Floats = NDArray[np.float64]

_HALVINGS = 60


@dataclass(frozen=True, kw_only=True)
class SeedDifference:
    """Second minus first, over seeds and items.

    Attributes:
        value: Mean over the second's seeds minus mean over the first's.
        se: Standard error over seeds and items; None with one seed or one unit.
        low: Lower end; None likewise.
        high: Upper end; None likewise.
        parts: Variance of the value from each source and its degrees of freedom: seeds of each, items.
        item_se: Standard error over items with these seeds held fixed.
        flags: Notes for the reader.
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    parts: tuple[tuple[float, int], ...]
    item_se: float | None
    flags: tuple[str, ...] = ()
    method: str = "seeds and items"

    def bound(self, alpha: float, side: Bound) -> float | None:
        """One-sided (1 - alpha) bound, for alpha up to 0.5; None where there is no interval."""
        if not self.se:
            return None
        return self.value + (-1 if side == "lower" else 1) * _reach(self.parts, min(alpha, 0.5))

    def p(self, delta0: float, tail: Tail) -> float | None:
        """One-sided p at H0: value = delta0, the tail whose bound reaches delta0; None where there is no interval."""
        if not self.se:
            return None
        distance = (self.value - float(finite("delta0", delta0))) * (1 if tail == "greater" else -1)
        low, high = 0.0, 0.5  # the tail shrinks as the distance grows
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if _reach(self.parts, middle) <= abs(distance) else (middle, high)
        return high if distance > 0 else 1 - high


def two_level_difference(
    values_a: ArrayLike,
    draws_a: ArrayLike,
    values_b: ArrayLike,
    draws_b: ArrayLike,
    units: int,
    *,
    confidence: float = 0.95,
) -> SeedDifference:
    """Second minus first: seeds of the two are independent, items and draws (S, R) are shared.

    Raises BenchwrightError for NaN or shapes that do not fit.
    """
    first, drawn_a = _checked("values_a", values_a, "draws_a", draws_a)
    second, drawn_b = _checked("values_b", values_b, "draws_b", draws_b)
    if drawn_a.shape[1] != drawn_b.shape[1]:
        raise BenchwrightError("draws_a and draws_b differ in length", expected="the same draws for both recipes")
    return _combine(
        [(-1, first), (1, second)], np.cov(np.concatenate([drawn_a, drawn_b])) * _few(units), units, confidence
    )


def _combine(sides: Sequence[tuple[int, Floats]], covariance: Floats, units: int, confidence: float) -> SeedDifference:
    """Both levels together, from seed scores of each side and their covariance over items (all seeds, all seeds).

    The spread between seed scores holds what seeds do to single items, and so does the item part: there it is taken off.
    """
    within("confidence", confidence, 0, 1)
    value = float(sum(sign * scores.mean() for sign, scores in sides))
    weights = np.concatenate([np.full(scores.size, sign / scores.size) for sign, scores in sides])
    item = float(weights @ covariance @ weights) if units > 1 else 0.0
    flags = tuple(
        text
        for text, holds in (
            ("one seed: no interval about the recipe", min(scores.size for _, scores in sides) < 2),
            ("one unit: no interval", units < 2),
        )
        if holds
    )
    if flags:
        return SeedDifference(
            value=value,
            se=None,
            low=None,
            high=None,
            parts=(),
            item_se=item**0.5 or None,
            flags=flags,
        )
    alone = max(item - _counted_twice(sides, covariance), 0.0)
    parts = (*((float(scores.var(ddof=1)) / scores.size, scores.size - 1) for _, scores in sides), (alone, units - 1))
    variance = sum(part for part, _ in parts)
    if variance == 0:
        flags = ("neither seeds nor items vary: no interval",)
    reach = _reach(parts, (1 - confidence) / 2)
    return SeedDifference(
        value=value,
        se=variance**0.5,
        low=value - reach if variance else None,
        high=value + reach if variance else None,
        parts=parts,
        item_se=item**0.5,
        flags=flags,
    )


def _few(units: int) -> float:
    """What a bootstrap of that many units lacks: it divides by their number, not by one less."""
    return units / max(units - 1, 1)


def _reach(parts: Sequence[tuple[float, int]], tail: float) -> float:
    """How far a bound with this tail lies from the value."""
    return float(sum(upper_quantile(tail, df) ** 2 * part for part, df in parts) ** 0.5)


def _counted_twice(sides: Sequence[tuple[int, Floats]], covariance: Floats) -> float:
    """Variance of means over seeds that comes from seeds answering single items differently."""
    total, start = 0.0, 0
    for _, scores in sides:
        block = covariance[start : start + scores.size, start : start + scores.size]
        start += scores.size
        total += (float(np.trace(block)) / scores.size - float(block.mean())) / (scores.size - 1)
    return max(total, 0.0)


def _checked(name: str, values: ArrayLike, drawn_name: str, draws: ArrayLike) -> tuple[Floats, Floats]:
    scores, drawn = finite(name, values, 1), finite(drawn_name, draws, 2)
    if not scores.size or len(drawn) != scores.size or drawn.shape[1] < 2:
        raise BenchwrightError(
            f"{scores.size} {name} and {drawn_name} of the shape {drawn.shape}",
            expected="a row of two or more draws per seed",
        )
    return scores, drawn
