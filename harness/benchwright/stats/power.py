"""Power analysis: power, sample size, minimum detectable margin, design effect of clusters.

``discordance`` is the share of items on which exactly one of two models is right, ``delta`` the true difference, second
minus first, ``margin`` the loss still accepted: all shares (0.01 is one point). Clusters of ``cluster_size`` items whose
*differences* have the intra-cluster correlation ``icc`` are worth n / (1 + (cluster_size - 1) icc) independent items.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaln, ndtri

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import cluster_codes, finite, whole, within
from benchwright.stats.intervals import upper_quantile
from benchwright.stats.paired import score_statistic

Floats = NDArray[np.float64]

_REACH = 12
"""Standard deviations of the number of discordant items that are summed over."""


@dataclass(frozen=True, kw_only=True)
class DesignEffect:
    """Design effect of clusters.

    Attributes:
        effect: Variance of the mean against independent items, 1 + (cluster_size - 1) icc, at least 1.
        icc: Intra-cluster correlation by analysis of variance; below 0 by chance; None if it cannot be estimated.
        cluster_size: Mean cluster size as an item sees it, sum of squares over sum.
        clusters: Number of clusters.
        flags: Notes for the reader.
    """

    effect: float
    icc: float | None
    cluster_size: float
    clusters: int
    flags: tuple[str, ...] = ()


def smallest_margin(
    n: int, discordance: float, alpha: float = 0.05, power: float = 0.8, *, icc: float = 0.0, cluster_size: float = 1.0
) -> float:
    """The smallest margin that equal models pass with this power: (z_{1-alpha} + z_{power}) sqrt(discordance / n).

    Never below z^2 / (n + z^2), Tango's bound without any discordant item: a smaller margin cannot be passed by models
    that answer alike. Raises BenchwrightError for arguments out of range.
    """
    size = _effective(n, icc, cluster_size)
    reach = _quantiles(alpha, power)
    least = least_margin(n, alpha, icc=icc, cluster_size=cluster_size)
    return max(reach * sqrt(_share(discordance) / size), least)


def least_margin(n: int, alpha: float = 0.05, *, icc: float = 0.0, cluster_size: float = 1.0) -> float:
    """The margin that models agreeing on every item just fail: z^2 / (n + z^2)."""
    z = upper_quantile(within("alpha", alpha, 0, 0.5))
    return z * z / (_effective(n, icc, cluster_size) + z * z)


def items_needed(
    discordance: float,
    margin: float,
    delta: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
    *,
    icc: float = 0.0,
    cluster_size: float = 1.0,
) -> int | None:
    """Items for a non-inferiority test that truly has this power, by the exact power of Tango's bound.

    The search starts from (z_{1-alpha} + z_{power})^2 (discordance - delta^2) / (margin + delta)^2, or what
    ``least_margin`` asks for, and goes up: with few discordant items that formula falls up to nine points of power short.
    None where the truth is at or beyond -margin: no number of items passes that.

    Raises:
        BenchwrightError: An argument is out of range.
    """
    _check_delta(discordance, delta)
    within("margin", margin, 0, 1, ends=True)
    if margin + delta <= 0:
        return None
    z, wanted = upper_quantile(within("alpha", alpha, 0, 0.5)), within("power", power, 0, 1)
    rough = _quantiles(alpha, power) ** 2 * (discordance - delta**2) / (margin + delta) ** 2
    least = z * z * (1 - margin) / margin if margin > 0 else 0.0

    def enough(items: int) -> bool:
        return power_noninferiority(items, discordance, margin, delta, alpha) >= wanted

    low, high = 0, max(ceil(max(rough, least) - 1e-9), 1)
    while not enough(high):
        low, high = high, high + high // 20 + 1
    while low and high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return ceil(high * inflation(icc, cluster_size) - 1e-9)


def power_noninferiority(
    n: int,
    discordance: float,
    margin: float,
    delta: float = 0.0,
    alpha: float = 0.05,
    *,
    icc: float = 0.0,
    cluster_size: float = 1.0,
) -> float:
    """Chance that Tango's lower (1 - alpha) bound exceeds -margin, exact: summed over all discordant counts.

    With delta = -margin it is the size of the test. Clusters enter through the effective number of items, rounded down.
    Raises BenchwrightError for arguments out of range.
    """
    _check_delta(discordance, delta)
    within("margin", margin, 0, 1 - 1e-12, ends=True)
    z = upper_quantile(within("alpha", alpha, 0, 0.5))
    size = max(floor(_effective(n, icc, cluster_size)), 1)
    total, chance = _discordant(size, discordance)
    low, high = np.zeros_like(total), total + 1  # fewest wins that pass lie in [low, high]
    while (low < high).any():
        middle = (low + high) // 2
        passes = score_statistic(middle, total - middle, size, -margin) > z
        open_ = low < high
        low, high = np.where(open_ & ~passes, middle + 1, low), np.where(open_ & passes, middle, high)
    return min(float(chance @ _at_least(low, total, _wins(discordance, delta))), 1.0)


def inflation(icc: float, cluster_size: float) -> float:
    """Design effect 1 + (cluster_size - 1) icc, at least 1."""
    within("icc", icc, -1, 1, ends=True)
    return max(1.0, 1 + (within("cluster_size", cluster_size, 1, float("inf"), ends=True) - 1) * icc)


def design_effect(values: ArrayLike, clusters: ArrayLike) -> DesignEffect:
    """Design effect of item values (n), for two models their differences, by one-way analysis of variance.

    One cluster, clusters of one item each, and values without spread have no correlation to see: the effect is then the
    largest possible, the cluster size (1 for single items), and a flag says so.

    Raises:
        BenchwrightError: No value, NaN, or not one cluster per value.
    """
    numbers = finite("values", values, 1)
    if not numbers.size:
        raise BenchwrightError("values is empty", expected="one number per item")
    codes = cluster_codes(clusters, numbers.size)
    sizes = np.bincount(codes).astype(np.float64)
    count, seen = len(sizes), float(sizes @ sizes) / numbers.size
    if count == numbers.size:
        return DesignEffect(effect=1.0, icc=None, cluster_size=1.0, clusters=count)
    if count == 1 or np.ptp(numbers) == 0:
        reason = "one cluster" if count == 1 else "all values are equal"
        flag = f"{reason}: the design effect cannot be seen, its largest value is taken"
        return DesignEffect(effect=seen, icc=None, cluster_size=seen, clusters=count, flags=(flag,))
    means = np.bincount(codes, weights=numbers) / sizes
    between = float(sizes @ (means - numbers.mean()) ** 2) / (count - 1)
    inside = float(((numbers - means[codes]) ** 2).sum()) / (numbers.size - count)
    typical = (numbers.size - seen) / (count - 1)
    icc = (between - inside) / (between + (typical - 1) * inside)
    return DesignEffect(effect=inflation(icc, seen), icc=icc, cluster_size=seen, clusters=count)


def _discordant(n: int, discordance: float) -> tuple[Floats, Floats]:
    """Numbers of discordant items that matter, and their binomial chances."""
    middle, reach = n * discordance, _REACH * (n * discordance * (1 - discordance)) ** 0.5 + _REACH
    total = np.arange(max(0, floor(middle - reach)), min(n, ceil(middle + reach)) + 1, dtype=np.float64)
    if discordance in (0.0, 1.0):
        return np.array([middle]), np.ones(1)
    ways = gammaln(n + 1) - gammaln(total + 1) - gammaln(n - total + 1)
    return total, np.exp(ways + total * np.log(discordance) + (n - total) * np.log1p(-discordance))


def _at_least(wins: Floats, total: Floats, share: float) -> Floats:
    """P(X >= wins) for X ~ Binomial(total, share)."""
    inner = betainc(np.maximum(wins, 1), np.maximum(total - wins + 1, 1), share)
    tail: Floats = np.where(wins <= 0, 1.0, np.where(wins > total, 0.0, inner))
    return tail


def _wins(discordance: float, delta: float) -> float:
    return (1 + delta / discordance) / 2 if discordance > 0 else 0.5


def _effective(n: int, icc: float, cluster_size: float) -> float:
    return whole("n", n, 1) / inflation(icc, cluster_size)


def _quantiles(alpha: float, power: float) -> float:
    return upper_quantile(within("alpha", alpha, 0, 0.5)) + float(ndtri(within("power", power, 0, 1)))


def _share(discordance: float) -> float:
    return within("discordance", discordance, 0, 1, ends=True)


def _check_delta(discordance: float, delta: float) -> None:
    within("delta", delta, -_share(discordance), discordance, ends=True)
