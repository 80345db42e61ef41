"""On which slice of a task a model falls behind by most, after shrinkage: the worst of many small slices looks worse than it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from benchwright.comparison.slice_gaps import (
    SliceEstimate,
    gaps_of_labels,
    gaps_within,
    is_constant,
    score_metrics,
    slice_masks,
)
from benchwright.comparison.slices import MINIMUM
from benchwright.metrics.columns import Columns
from benchwright.stats.multiplicity import shrink
from benchwright_leaderboards.entries import WorstSlice

FEWEST = 3
"""Slices of one kind that a spread between slices can be estimated from."""


def worst_slice(columns: Columns) -> WorstSlice | None:
    """The slice of at least `MINIMUM` items whose value is lowest against the rest of the task, gaps shrunken to their mean (empirical Bayes).

    Slices of columns of the data are one kind, labels or entity types another. None where there are fewer than `FEWEST` of a kind, where their
    gaps differ no more than their errors explain, where a model always says the same, and where the score is not better high.
    """
    card = columns.task
    if not columns.n or card.behaviour or not (card.slices or card.by_label) or is_constant(columns):
        return None
    if any(metric.neutral is not None or metric.direction != "higher" for metric in score_metrics(card)):
        return None
    kinds = (
        list(gaps_within(columns, slice_masks(columns), minimum=MINIMUM)),
        list(gaps_of_labels(columns, minimum=MINIMUM)),
    )
    found = [one for kind in kinds for one in _shrunken(kind) if one.gap < 0]
    return min(found, key=lambda one: (one.gap, one.slice), default=None)


def _shrunken(found: Sequence[SliceEstimate]) -> Iterator[WorstSlice]:
    known = [(one, one.value - one.other, None if one.estimate is None else one.estimate.se) for one in found]
    usable = [(one, gap, se) for one, gap, se in known if math.isfinite(gap) and se is not None and se > 0]
    if len(usable) < FEWEST:
        return
    shrunken = shrink([gap for _, gap, _ in usable], [se for _, _, se in usable])
    if not shrunken.tau:
        return
    for (one, _, _), gap in zip(usable, shrunken.values.tolist(), strict=True):
        yield WorstSlice(slice=one.slice, n=one.n, gap=gap)
