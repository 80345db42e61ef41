"""Percentiles of raw samples with a 95 % interval by order statistics, and the refusal where there are too few of them.

The interval of a percentile is a pair of order statistics (David and Nagaraja, Order Statistics, 3rd edition, section 7.1): no
assumption about the distribution, and never a formula with a standard deviation, which latencies do not follow. Of n independent
samples as many lie at or below the p-quantile as Binomial(n, p) says; the pair of ranks leaves at most 2.5 % on either side. The upper
rank exists from p^n <= 0.025 on: 6 samples for the median, 36 for p90, 72 for p95, 368 for p99, 3,688 for p99.9. Below that a
percentile is refused.

Samples that resemble their neighbours are worth fewer than they are: see `benchwright.stats.autocorrelation`. Ranks are then those of as
many independent samples as they are worth, spread over all of them, and the percentile is refused where even these are too few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrc

from benchwright.stats.autocorrelation import is_alike, lag_one, worth
from benchwright.stats.checks import finite, whole, within

Floats = NDArray[np.float64]

_EQUAL = 1e-9


@dataclass(frozen=True, kw_only=True)
class Percentile:
    """A percentile of raw samples, or why there is none.

    Attributes:
        share: Of the samples at or below it: 0.9 for p90.
        value: The smallest sample that at least this share of them does not exceed (nearest rank); None where it is refused.
        low: Lower end of the interval, a sample; None where it is refused.
        high: Upper end.
        n: Samples.
        worth: How many independent samples they are worth for this percentile; n unless neighbours resemble one another.
        lag1: Rank correlation of each sample with the next; None below three samples or where all are equal.
        reason: Why it is refused; beside a value that it rests on fewer independent samples than there are.
        method: How it was made.
    """

    share: float
    value: float | None
    low: float | None
    high: float | None
    n: int
    worth: int
    lag1: float | None
    reason: str = ""
    method: str = "nearest rank, interval by order statistics"

    @property
    def half_width(self) -> float | None:
        """Half the interval divided by the value; None without either."""
        if self.value is None or self.low is None or self.high is None or not self.value:
            return None
        return (self.high - self.low) / 2 / self.value


def percentile_of(series: Sequence[ArrayLike], share: float, confidence: float = 0.95) -> Percentile:
    """The percentile of all samples pooled; one series for each process, each in the order of time.

    Percentiles of processes are never averaged. The interval speaks of the processes that ran, not of others.

    Raises BenchwrightError for NaN, or a share or confidence outside of 0 to 1.
    """
    within("share", share, 0, 1)
    parts = [finite("samples", one, 1) for one in series]
    pooled = np.sort(np.concatenate(parts)) if parts else np.empty(0)
    n = int(pooled.size)
    least = smallest_count(share, confidence)
    if n < least:
        return _refused(share, n, n, None, f"{_counted(n)}: a 95 % interval of {named(share)} takes {least} or more")
    value = float(pooled[nearest_rank(share, n) - 1])
    lag = lag_one([_coarse(part, value) for part in parts])
    count = min(worth([part <= value * (1 + _EQUAL) for part in parts], alike=is_alike(lag, n)), n)
    if count < least:
        reason = (
            f"{_counted(n)} that resemble their neighbours (lag-1 correlation {lag or 0.0:.2f}) are worth {count} independent ones: "
            f"a 95 % interval of {named(share)} takes {least} or more"
        )
        return _refused(share, n, count, lag, reason)
    low, high = _spread(ranks(share, count, confidence), count, n)
    return Percentile(
        share=share,
        value=value,
        low=float(min(pooled[low - 1], value)),
        high=float(max(pooled[high - 1], value)),
        n=n,
        worth=count,
        lag1=lag,
        reason=""
        if count == n
        else f"neighbouring samples resemble one another (lag-1 correlation {lag or 0.0:.2f}): {n} are worth {count}",
    )


def ranks(share: float, n: int, confidence: float = 0.95) -> tuple[int, int]:
    """Ranks (from 1) of the two order statistics between which the quantile lies with that confidence, tails of equal size at most.

    Raises BenchwrightError where n is too small for an upper rank.
    """
    tail = (1 - within("confidence", confidence, 0, 1)) / 2
    whole("n", n, smallest_count(share, confidence))
    return _ranks(share, n, tail)


@lru_cache(maxsize=4096)
def _ranks(share: float, n: int, tail: float) -> tuple[int, int]:
    # Binomial counts lie within 8 standard deviations (and 40) for every tail that is asked for.
    reach = int(8 * math.sqrt(n * share * (1 - share))) + 40
    counts = np.arange(max(0, int(n * share) - reach), min(n, int(n * share) + reach) + 1)
    low = counts[bdtr(np.maximum(counts - 1, 0), n, share) * (counts > 0) <= tail][-1]
    high = counts[np.where(counts > 0, bdtrc(np.maximum(counts - 1, 0), n, share), 1.0) <= tail][0]
    return max(int(low), 1), int(high)


def smallest_count(share: float, confidence: float = 0.95) -> int:
    """Samples from which on both ends of the interval exist: 6 for the median, 36 for p90, 72 for p95, 368 for p99."""
    tail = (1 - within("confidence", confidence, 0, 1)) / 2
    return _smallest_count(within("share", share, 0, 1), tail)


@lru_cache(maxsize=256)
def _smallest_count(share: float, tail: float) -> int:
    rarer = max(share, 1 - share)
    count = max(int(math.log(tail) / math.log(rarer)) - 1, 1)
    while rarer**count > tail * (1 + 1e-12):
        count += 1
    return count


def nearest_rank(share: float, n: int) -> int:
    """Rank (from 1) of the smallest sample that at least ``share`` of n samples does not exceed."""
    return min(max(math.ceil(share * n - 1e-9), 1), n)  # 0.07 * 100 is above 7 by an ulp


def named(share: float) -> str:
    """``p90`` for 0.9, ``p99.9`` for 0.999."""
    return f"p{share * 100:.6g}"


def _spread(pair: tuple[int, int], count: int, n: int) -> tuple[int, int]:
    """Ranks of ``count`` samples as ranks of n: outwards, never inwards."""
    if count == n:
        return pair
    low, high = pair
    return max(math.floor(low * n / count), 1), min(math.ceil(high * n / count), n)


def _coarse(values: Floats, unit: float) -> Floats:
    """The samples without what is below a billionth of the percentile: rounding of a clock's readings is no likeness."""
    return np.round(values / unit / _EQUAL) if unit else values


def _counted(n: int) -> str:
    return f"{n:,} sample" if n == 1 else f"{n:,} samples"


def _refused(share: float, n: int, count: int, lag: float | None, reason: str) -> Percentile:
    return Percentile(share=share, value=None, low=None, high=None, n=n, worth=count, lag1=lag, reason=reason)
