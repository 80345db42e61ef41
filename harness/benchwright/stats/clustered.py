"""Means and paired shares of items that come in clusters: documents, passages, premises, templates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import cluster_codes, finite, one_of, within
from benchwright.stats.intervals import t_quantile
from benchwright.stats.paired import Side

Floats = NDArray[np.float64]

FEW = 30
"""Fewer clusters than this are told to the reader."""


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean with its interval.

    Attributes:
        value: The mean over items.
        se: Standard error; None where nothing estimates it.
        low: Lower end; None where there is none.
        high: Upper end; None where there is none.
        df: Degrees of freedom of Student's t: clusters - 1.
        clusters: Independent units: clusters, or items.
        flags: What a reader must know.
    """

    value: float
    se: float | None
    low: float | None
    high: float | None
    df: int
    clusters: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Discordant items of clustered data, shrunk to what independent items would be worth, for ``tango`` and ``tango_p``."""

    b: float
    c: float
    n: float
    df: int
    effect: float


def clustered_mean(
    values: ArrayLike,
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
    *,
    limits: tuple[float, float] | None = None,
) -> Mean:
    """Mean of item values (n), its clustered standard error and t interval.

    SE^2 = C/(C-1) sum_c (sum of residuals in c)^2 / n^2 (CR1; Miller, arXiv 2411.00640, appendix A), Student's t with C-1
    degrees of freedom; items themselves are the clusters where none are given, and SE is sd / sqrt(n).

    Values without any spread have a standard error of 0, which is no certainty. With ``limits``, what one value can be,
    the interval then mixes in the share z^2 / (C + z^2) of unseen units at the worst and at the best (for differences of
    right and wrong this is Tango's interval without discordant pairs). Without limits there is no interval.

    Raises:
        BenchwrightError: No value, NaN among them, not one cluster per value, confidence not between 0 and 1.
    """
    numbers = finite("values", values, 1)
    within("confidence", confidence, 0, 1)
    if not numbers.size:
        raise BenchwrightError("values is empty", expected="one number per item")
    codes = np.arange(numbers.size) if clusters is None else cluster_codes(clusters, numbers.size)
    count, value = int(codes.max()) + 1, float(numbers.mean())
    few = (f"{count} clusters: fewer than {FEW}",) if clusters is not None and 1 < count < FEW else ()
    if count < 2:
        only = "one cluster: no interval" if numbers.size > 1 else "one item: no interval"
        return Mean(value=value, se=None, low=None, high=None, df=0, clusters=count, flags=(only,))
    quantile = t_quantile(confidence, count - 1)
    if np.ptp(numbers) == 0:
        low, high = _unseen(value, count, quantile, limits)
        flags = (*few, "all values are equal: no spread was seen")
        return Mean(value=value, se=0.0, low=low, high=high, df=count - 1, clusters=count, flags=flags)
    sums = np.bincount(codes, weights=numbers - value, minlength=count)
    se = float((count / (count - 1) * (sums @ sums)) ** 0.5 / numbers.size)
    return Mean(
        value=value,
        se=se,
        low=value - quantile * se,
        high=value + quantile * se,
        df=count - 1,
        clusters=count,
        flags=few,
    )


def mean_p(mean: Mean, delta0: float, side: Side) -> float:
    """One-sided p of the t test at H0: mean = ``delta0``; 1 where there is no standard error above 0.

    ``greater`` asks for evidence that the mean is above delta0, ``less`` that it is below.
    """
    sign = 1 if one_of("side", side, ("greater", "less")) == "greater" else -1
    if not mean.se:
        return 1.0
    return float(stdtr(mean.df, -sign * (mean.value - float(finite("delta0", delta0))) / mean.se))


def effective_pairs(b: ArrayLike, c: ArrayLike, sizes: ArrayLike) -> Pairs:
    """Counts of clustered pairs as independent ones: b, c and n over the design effect (at least 1), and C - 1 degrees.

    Given are, per cluster (C), the discordant items of both kinds and all items. Where no discordant pair shows a design
    effect the effective size is the number of clusters, as for shares at 0 % and 100 %.

    Raises:
        BenchwrightError: NaN or other than one count per cluster, fewer than two clusters, no item.
    """
    up, down, size = finite("b", b, 1), finite("c", c, 1), finite("sizes", sizes, 1)
    if not up.shape == down.shape == size.shape or len(size) < 2 or size.sum() <= 0:
        raise BenchwrightError(
            f"{len(up)}, {len(down)} and {len(size)} counts", expected="one per cluster, of two clusters or more"
        )
    total, count = float(size.sum()), len(size)
    value = float((up - down).sum()) / total
    single = (float((up + down).sum()) / total - value**2) / total
    together = count / (count - 1) * float(((up - down - value * size) ** 2).sum()) / total**2
    effect = max(1.0, together / single) if single > 0 else max(1.0, total / count)
    return Pairs(
        b=float(up.sum()) / effect, c=float(down.sum()) / effect, n=total / effect, df=count - 1, effect=effect
    )


def _unseen(
    value: float, units: int, quantile: float, limits: tuple[float, float] | None
) -> tuple[float | None, float | None]:
    if limits is None:
        return None, None
    share = quantile**2 / (units + quantile**2)
    return (1 - share) * value + share * limits[0], (1 - share) * value + share * limits[1]
