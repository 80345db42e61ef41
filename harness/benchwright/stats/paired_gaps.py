"""The largest difference between means of groups over the same items, with one-sided bounds.

That it is at most a limit is claimed where every pair's upper bound is at most the limit: a union of hypotheses is rejected where each
is, at their common level (intersection-union; Berger 1982), so nothing is corrected. That it is above a limit is claimed where some
pair's lower bound is, which is corrected for the number of ordered pairs.
"""

from __future__ import annotations

import numpy as np

from benchwright.stats.intervals import Floats, upper_quantile
from benchwright.stats.jackknife import influence_of_units
from benchwright.types import Gap

METHOD = "student-pairs"


def gap_between_means(
    values: Floats, groups: tuple[str, ...], clusters: np.ndarray | None = None, *, alpha: float = 0.05
) -> Gap:
    """The gap between groups of the mean over items.

    The variance of each difference is that between units (clusters of items, or items), (C-1)/C sum_c (m_c - m)^2 with m_c the mean
    without unit c, m the mean of these (jackknife); quantiles are Student's with Kish's effective number of units, n^2 / sum_c n_c^2,
    less 1 degrees of freedom.

    Args:
        values: A number for each item and group (n, G), each item with all groups.
        groups: Their names (G).
        clusters: Unit of each item, coded 0 .. C-1 (n); None: each item is one.
        alpha: Level of each bound.

    Returns:
        The gap; without a value for fewer than two groups or no item, without bounds for a single unit or where no difference varies.
    """
    if len(groups) < 2 or not len(values):
        return Gap(value=None, method="none")
    means: Floats = values.mean(axis=0)
    highest, lowest = int(means.argmax()), int(means.argmin())
    told = {"value": float(means[highest] - means[lowest]), "highest": groups[highest], "lowest": groups[lowest]}
    codes = np.arange(len(values)) if clusters is None else clusters
    units = len(np.unique(codes))
    if units < 2:
        return Gap(**told, method="none")  # type: ignore[arg-type]  # names and a number
    influence, df = influence_of_units(values - means, codes)
    covariance = units / (units - 1) * (influence.T @ influence)
    variances = np.diag(covariance)
    se = np.sqrt(np.maximum(variances[:, None] + variances[None, :] - 2 * covariance, 0.0))
    if not (se > 1e-12).any():
        return Gap(**told, method="none")  # type: ignore[arg-type]
    apart = means[:, None] - means[None, :]
    ordered = len(groups) * (len(groups) - 1)
    others = ~np.eye(len(groups), dtype=bool)
    high = (apart + upper_quantile(alpha, df) * se)[others].max()
    low = (apart - upper_quantile(alpha / ordered, df) * se)[others].max()
    return Gap(**told, low=max(float(low), 0.0), high=float(high), method=METHOD)  # type: ignore[arg-type]
