"""The board's weighted mean over tasks, with its interval: tasks are fixed, items are drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping

from benchwright.stats.intervals import z_quantile
from benchwright.types import Score

CONFIDENCE = 0.95


def mean_score(weights: Mapping[str, float], scores: Mapping[str, Score]) -> Score | None:
    """The mean of task scores (``suite/task`` -> score) with the given weights, which sum to 1; None where a task has no score.

    The interval is normal, from the standard errors of the tasks, as that of official means (`benchwright.score.aggregate`); there is none where a
    task has no standard error. ``n``, ``errored`` and ``skipped`` are sums over the tasks.
    """
    parts = [(weight, scores[path]) for path, weight in weights.items() if path in scores]
    values = [weight * score.value for weight, score in parts if score.value is not None]
    if len(values) < len(weights):
        return None
    value = math.fsum(values)
    errors = [weight * score.se for weight, score in parts if score.se is not None]
    se = math.hypot(*errors) if len(errors) == len(parts) else None
    half = None if se is None else z_quantile(CONFIDENCE) * se
    return Score(
        metric="mean",
        value=value,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        n=sum(score.n for _, score in parts),
        errored=sum(score.errored for _, score in parts),
        skipped=sum(score.skipped for _, score in parts),
        method="" if half is None else "normal",
        se=se,
    )
