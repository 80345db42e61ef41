"""A difference between two systems: what it is, and its verdict."""

from __future__ import annotations

import msgspec

from benchwright.types import Frozen

CONFIDENCE = 0.95

CHECKPOINT = "this checkpoint, other items"
CHECKPOINTS = "these checkpoints, other items"
REPLICATES = "this recipe, other seeds and items"
"""What an interval is about: models as they are, their mean, or what several seeds stand for."""


class Difference(Frozen, frozen=True, kw_only=True):
    """Second minus first on one metric over the items that both answered.

    Attributes:
        path: ``suite/task``.
        metric: ``name@version``, or ``score``.
        positive: The label that the metric is about; None for metrics about all of them.
        direction: Whether ``higher`` or ``lower`` is better.
        first: Name of the first system, the one that is compared with.
        second: Name of the second.
        a: Value of the first; None where undefined.
        b: Value of the second; None where undefined.
        delta: b - a.
        low: Lower end of the two-sided interval of delta.
        high: Upper end.
        p: Two-sided p at no difference: below 1 - confidence exactly where the interval excludes 0.
        method: How the interval was made.
        test: How p was made: it is the level at which the interval's end touches 0, by the interval's own method.
        about: What the interval is about: `CHECKPOINT`, `CHECKPOINTS` or `REPLICATES`.
        confidence: Of the interval.
        p_adjusted: p after Holm over the family, for slices after Benjamini-Hochberg; None where nobody adjusted it.
        exploratory: Whether it is outside of the family that p is adjusted over: a metric beside the task's score.
        same_as: Name of the metric that it is equal to here by definition, tested once under that name; empty elsewhere.
        level: What p_adjusted must not exceed to tell the two apart.
        se: Standard error of delta; None where nothing estimates it.
        floor: Smallest delta, either way, that is worth telling (slices).
        shrunken: delta drawn towards the mean of all slices.
        is_score: Whether this metric is the task's score.
        n: How many of ``unit`` the metric counts on the items that both answered.
        unit: What it counts.
        clusters: Independent units.
        left_out: Items that one of them did not answer.
        fixed: Items whose answer is right only in the second; None where right and wrong mean nothing.
        broken: Items whose answer is right only in the first.
        identical: Whether all answers are the same.
        slice: Slice ``name=value``; None: all.
        mcnemar: Two-sided p of the exact McNemar test, for shares of independent items; beside p, decides nothing.
        randomisation: Two-sided p of swapping answers, for other metrics made of sums; beside p, decides nothing.
        flags: What a reader must know.
    """

    path: str
    metric: str
    direction: str
    first: str
    second: str
    a: float | None
    b: float | None
    delta: float | None
    low: float | None
    high: float | None
    p: float | None
    method: str
    n: int
    clusters: int
    unit: str = ""
    positive: str | None = None
    test: str = ""
    about: str = CHECKPOINT
    confidence: float = CONFIDENCE
    p_adjusted: float | None = None
    exploratory: bool = False
    same_as: str = ""
    level: float = 1 - CONFIDENCE
    se: float | None = None
    floor: float = 0.0
    shrunken: float | None = None
    is_score: bool = False
    left_out: int = 0
    fixed: int | None = None
    broken: int | None = None
    identical: bool = False
    slice: str | None = None
    mcnemar: float | None = None
    randomisation: float | None = None
    flags: tuple[str, ...] = ()

    @property
    def metric_name(self) -> str:
        """The metric without its version."""
        return self.metric.partition("@")[0]

    @property
    def verdict(self) -> str:
        """``better``, ``worse``, ``identical``, ``not distinguishable`` or ``undefined``.

        Better or worse needs an interval without 0 and, where p was adjusted, an adjusted p of at most ``level``.
        """
        if self.delta is None:
            return "undefined"
        if self.identical:
            return "identical"
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return "not distinguishable"
        if (self.p_adjusted is not None and self.p_adjusted > self.level) or abs(self.delta) < self.floor:
            return "not distinguishable"
        return "better" if (self.low > 0) == (self.direction == "higher") else "worse"


def as_json(difference: Difference) -> dict[str, object]:
    """The difference with its verdict, as JSON values."""
    return {**msgspec.to_builtins(difference), "verdict": difference.verdict}
