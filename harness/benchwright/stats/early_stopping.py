"""MLPerf's early-stopping test: how many queries may be slow, and how many there must be (``inference_policies: inference_rules.adoc``).

Of q queries t were over a latency. That at most 1 - p of all are, is shown with confidence c where P[Binomial(q, 1 - p) <= t] <= 1 - c,
which is the regularised incomplete beta I_p(q - t, t + 1). MLPerf has c = 0.99. The test takes queries for independent and is made
again and again: see `docs/measuring-time.md` for how often it accepts too much, in a queue above all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, betainc

from benchwright.stats.checks import finite, whole, within

CONFIDENCE = 0.99


def is_shown(queries: int, over: int, share: float, confidence: float = CONFIDENCE) -> bool:
    """Whether ``over`` slow ones of ``queries`` show that at least ``share`` of all are within the latency."""
    within("share", share, 0, 1)
    whole("over", over)
    return whole("queries", queries) > over and float(betainc(queries - over, over + 1, share)) <= 1 - confidence


@lru_cache(maxsize=4096)
def least_queries(over: int, share: float, confidence: float = CONFIDENCE) -> int:
    """n(t): the smallest number of queries of which ``over`` may be slow; for p99 459, 662, 838 with none, one and two slow."""
    whole("over", over)
    low, high = over, max(2 * (over + 1), 2)  # low: never enough
    while not is_shown(high, over, share, confidence):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_shown(middle, over, share, confidence) else (middle, high)
    return high


@lru_cache(maxsize=4096)
def most_over(queries: int, share: float, confidence: float = CONFIDENCE) -> int:
    """The largest t with which ``queries`` are enough; -1 where they are not enough even with none slow."""
    whole("queries", queries)
    counts = np.arange(int(queries * (1 - share)) + 2)
    enough = bdtr(counts, queries, 1 - within("share", share, 0, 1)) <= 1 - confidence if queries else counts < 0
    return int(np.flatnonzero(enough)[-1]) if enough.any() else -1


def estimate(values: Sequence[ArrayLike], share: float, confidence: float = CONFIDENCE) -> float | None:
    """MLPerf's figure for single stream: the (q - t + 1)-th smallest of q pooled samples, with the largest t that is allowed.

    An upper bound of the percentile, not its middle. None below t = 1: 64 samples for p90, 130 for p95, 662 for p99.
    """
    pooled = np.sort(np.concatenate([finite("samples", one, 1) for one in values])) if values else np.empty(0)
    over = most_over(int(pooled.size), share, confidence)
    return float(pooled[pooled.size - over]) if over >= 1 else None
