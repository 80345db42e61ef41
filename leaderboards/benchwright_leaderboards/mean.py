"""The board's weighted mean over tasks, with its interval: tasks are fixed, items are drawn."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

from benchwright.items import count
from benchwright.types import Score

CONFIDENCE = 0.95
Z = 1.959963984540054
"""`benchwright.stats.intervals.z_quantile` of `CONFIDENCE`, written down: it is all of scipy that a build of a board would load."""


def mean_score(weights: Mapping[str, float], scores: Mapping[str, Score]) -> Score | None:
    """The mean of task scores (``suite/task`` -> score) with the given weights, which sum to 1; None where a task has no score.

    The interval is normal, from the standard errors of the tasks, as that of official means (`benchwright.score.aggregate`); there is none where a
    task has no standard error. ``n``, ``errored`` and ``skipped`` are sums over the tasks; ``counts`` says how many of each unit ``n`` adds up,
    and ``unit`` names all of them (``entity or example``).
    """
    parts = [(weight, scores[path]) for path, weight in weights.items() if path in scores]
    values = [weight * score.value for weight, score in parts if score.value is not None]
    if len(values) < len(weights):
        return None
    value = math.fsum(values)
    errors = [weight * score.se for weight, score in parts if score.se is not None]
    se = math.hypot(*errors) if len(errors) == len(parts) else None
    half = None if se is None else Z * se
    counts = Counter[str]()
    for _, score in parts:
        counts[score.unit or "example"] += score.n
    return Score(
        metric="mean",
        value=value,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        n=counts.total(),
        unit=" or ".join(sorted(counts)),
        counts=dict(sorted(counts.items())),
        errored=sum(score.errored for _, score in parts),
        skipped=sum(score.skipped for _, score in parts),
        method="" if half is None else "normal",
        se=se,
    )


def sample_size(score: Score) -> str:
    """What a score counts, in words: ``1,079 entities``; of a mean over tasks that count several things ``10,888 entities, 3,974 examples``."""
    if score.metric == "mean" and score.counts:
        return ", ".join(count(n, unit) for unit, n in score.counts.items())
    return count(score.n, score.unit or "example")
