"""Whether times taken one after the other stay the same: three windows before measuring, drift and steps while measuring."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

from benchwright.stats.autocorrelation import ranked, worth
from benchwright.stats.checks import finite

Floats = NDArray[np.float64]

WINDOWS = 3
RATIO = 1.05
"""Largest over smallest median of the windows, and the same of their throughput, up to which times are steady."""
MOVE = 0.02
"""What the fitted slope may move the median by over all windows; without it a series that is still falling passes."""

_UNLIKELY = 0.01
"""p below which a drift or a step is no chance."""
_BLOCKS = 20


def windows_differ(windows: Sequence[ArrayLike]) -> str:
    """How consecutive windows of times differ by more than the rule allows; empty: they are steady.

    Medians within 5 % of one another, throughput (calls over seconds) likewise, and a straight line through the medians that moves them
    by less than 2 %, all at once.
    """
    parts = [finite("times", one, 1) for one in windows]
    medians = np.array([np.median(part) for part in parts])
    rates = np.array([part.size / max(float(part.sum()), 1e-300) for part in parts])
    move = _slope(medians) * medians.size / _level(medians)
    if abs(move) >= MOVE:
        return (
            f"the median is still {'rising' if move > 0 else 'falling'}: by {abs(move):.1%} over {len(parts)} windows"
        )
    apart = _apart(medians)
    if apart > RATIO:
        return f"medians of {len(parts)} windows differ by {apart - 1:.1%}, {RATIO - 1:.0%} is allowed"
    faster = _apart(rates)
    if faster > RATIO:
        return f"throughput of {len(parts)} windows differs by {faster - 1:.1%}, {RATIO - 1:.0%} is allowed"
    return ""


def moved(values: ArrayLike) -> str:
    """How times drifted or stepped while they were measured, by more than chance and by more than matters; empty: neither.

    Drift: medians of up to 20 blocks rise or fall (Mann and Kendall's test, p < 0.01), and the line through them moves the median by 2 % or more.
    Step: medians of three thirds lie more than 5 % apart (Kruskal and Wallis's test, p < 0.01, for as many samples as they are
    worth). Noise alone is neither, however wide: the interval tells it.
    """
    series = finite("times", values, 1)
    count = min(_BLOCKS, series.size // 3)
    if count < 5:
        return ""
    medians = np.array([np.median(part) for part in np.array_split(series, count)])
    move = _slope(medians) * count / _level(medians)
    if abs(move) >= MOVE and _trend_p(medians) < _UNLIKELY:
        return f"the median {'rose' if move > 0 else 'fell'} by {abs(move):.1%} while it was measured"
    thirds = np.array_split(series, WINDOWS)
    apart = _apart(np.array([np.median(part) for part in thirds]))
    if apart > RATIO and _step_p(thirds) < _UNLIKELY:
        return f"medians of three thirds of the measuring differ by {apart - 1:.1%}"
    return ""


def processes_differ(series: Sequence[ArrayLike]) -> float | None:
    """Largest over smallest median of processes that measured the same; None where they differ by 5 % at most, or by chance (p >= 0.01).

    Where they differ, an interval of the pooled samples speaks of these processes alone: another one may lie elsewhere.
    """
    parts = [part for part in (finite("times", one, 1) for one in series) if part.size >= 5]
    if len(parts) < 2:
        return None
    apart = _apart(np.array([np.median(part) for part in parts]))
    return apart if apart > RATIO and _step_p(parts) < _UNLIKELY else None


def _apart(levels: Floats) -> float:
    return float(levels.max() / levels.min()) if levels.min() > 0 else (1.0 if levels.max() == 0 else math.inf)


def _level(medians: Floats) -> float:
    return max(float(medians.mean()), 1e-300)


def _slope(medians: Floats) -> float:
    places = np.arange(medians.size) - (medians.size - 1) / 2
    return float(places @ medians / (places @ places))


def _trend_p(medians: Floats) -> float:
    """Two-sided p of Mann and Kendall's test with its correction for ties."""
    n = medians.size
    above, below = np.triu_indices(n, 1)[1], np.triu_indices(n, 1)[0]
    score = float(np.sign(medians[above] - medians[below]).sum())
    _, ties = np.unique(medians, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if variance <= 0 or score == 0:
        return 1.0
    return float(2 * ndtr(-(abs(score) - 1) / variance**0.5))


def _step_p(parts: Sequence[Floats]) -> float:
    """P of Kruskal and Wallis's test, its statistic reduced to as many samples as these are worth within their part."""
    pooled = np.concatenate(parts)
    n = pooled.size
    ranks = ranked(pooled)
    spread = float(((ranks - ranks.mean()) ** 2).sum()) / (n - 1)
    if spread <= 0:
        return 1.0
    ends = np.cumsum([part.size for part in parts])[:-1]
    between = sum(part.size * (float(part.mean()) - (n + 1) / 2) ** 2 for part in np.split(ranks, ends))
    share = worth([part <= np.median(part) for part in parts]) / n
    return float(chdtrc(len(parts) - 1, between / spread * share))
