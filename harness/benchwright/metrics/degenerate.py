"""Intervals for values that are equal in every bootstrap resample: the effect of a few unobserved errors.

A share of 0 of n has Wilson's upper bound z^2 / (n + z^2), about 3.84 items. That many items are moved.
"""

from __future__ import annotations

import math

import numpy as np

from benchwright.metrics.classification import confusion
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.stats.intervals import Interval, wilson, z_quantile

_FLAG = "every resample gives the same value: interval from unseen errors"
_NONE = "every resample gives the same value: no interval"


def degenerate_interval(columns: Columns, metric: Metric, confidence: float = 0.95) -> Interval:
    """An interval around a value that has no spread over resamples.

    Metrics of confusion sums: of every label, Wilson's upper share of its gold items is moved between a right and each
    wrong prediction, one pair of labels at a time; the ends are the lowest and highest value met ("wilson-moved").
    Other bounded metrics: Wilson's upper share of the units, or of the rarest gold label, may count as the worst and the
    best possible ("wilson-mixed"). Unbounded metrics have no interval, nor has a value that no unobserved error could change, nor
    several items of one cluster.
    """
    if columns.n > 1 and columns.n_clusters < 2:
        return Interval(low=None, high=None, se=None, method="none", flags=("one cluster: no interval",))
    value = metric.value(columns)
    if metric.basis is confusion and metric.compute is not None:
        values = metric.compute(_moved(columns, confidence), columns.task)
        values = np.append(values[np.isfinite(values)], value)
        low, high, method = float(values.min()), float(values.max()), "wilson-moved"
    elif math.isfinite(metric.high):
        unseen = wilson(0, rarest(columns), confidence)[1]
        low = value - unseen * (value - metric.low)
        high = value + unseen * (metric.high - value)
        method = "wilson-mixed"
    else:
        low = high = value
        method = ""
    if not low < high:
        return Interval(low=None, high=None, se=None, method="none", flags=(_NONE,))
    se = (high - low) / (2 * z_quantile(confidence))
    return Interval(low=low, high=high, se=se, method=method, flags=(_FLAG,))


def rarest(columns: Columns) -> int:
    """Number of units, or of gold items of the rarest label that occurs: the effective sample size of a ranking."""
    if not columns.task.single_label:
        return columns.n_clusters
    counts = np.bincount(columns.gold)
    return min(columns.n_clusters, int(counts[counts > 0].min()))


def _moved(columns: Columns, confidence: float) -> Floats:
    """Confusion sums (moves, 3k) with unobserved errors moved from one label to another."""
    sums = columns.sums(confusion)
    size = len(sums) // 3
    tables = [sums]
    for label in range(size):
        right, gold = sums[label], sums[2 * size + label]
        unseen = gold * wilson(0, min(gold, columns.n_clusters), confidence)[1]
        for other in range(size):
            wrong = sums[size + other] - sums[other]
            leaving, coming = min(unseen, right), min(unseen, gold - right, wrong)
            for moved in (-leaving, coming) if other != label else ():
                table = sums.copy()
                table[[label, size + label]] += moved
                table[size + other] -= moved
                tables.append(table)
    return np.stack(tables)
