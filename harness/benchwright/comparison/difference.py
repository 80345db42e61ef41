"""The difference between two systems on one metric, with its interval, p-value and verdict."""

from __future__ import annotations

import msgspec

from benchwright.types import Frozen

CONFIDENCE = 0.95

CHECKPOINT = "this checkpoint, other items"
CHECKPOINTS = "these checkpoints, other items"
REPLICATES = "this recipe, other seeds and items"
"""What an interval is about: models as they are, their mean, or what several seeds stand for."""

REAL = frozenset({"better", "worse", "higher", "lower"})
"""Verdicts that say that there is a difference."""


def way_of(low: float | None, high: float | None, p: float | None, *, level: float) -> int:
    """Which of two systems has the larger value for certain: 1 the second, -1 the first, 0 where nothing tells them apart.

    The one rule of verdicts, ranks and decisions: the interval of second minus first excludes 0 **and** p is at most ``level``. p is the
    adjusted one where it was adjusted; None where no test decides beside the interval.
    """
    if low is None or high is None or not (p is None or p <= level):
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0


class Difference(Frozen, frozen=True, kw_only=True):
    """Second minus first on one metric over the items that both answered.

    Attributes:
        path: ``suite/task``.
        metric: ``name@version``, or ``score``.
        positive: The positive label of the metric; None for a metric over all labels.
        direction: Whether ``higher`` or ``lower`` is better; ``neither``, where a value in the middle is neutral.
        first: Name of the first system, the reference.
        second: Name of the second.
        a: Value of the first; None where undefined.
        b: Value of the second; None where undefined.
        delta: b - a.
        low: Lower end of the two-sided interval of delta.
        high: Upper end.
        p: Two-sided p at no difference: below 1 - confidence exactly where the interval excludes 0.
        method: Method of the interval.
        test: Method of p: the level at which an end of the interval touches 0 (test by inversion of the interval).
        about: The estimand: `CHECKPOINT`, `CHECKPOINTS` or `REPLICATES`.
        confidence: Of the interval.
        p_adjusted: p after Holm over the family, for slices after Benjamini-Hochberg; None if not adjusted.
        exploratory: Whether it is outside the family that p is adjusted over: a metric besides the task's score.
        same_as: Name of an equivalent metric, which is tested in its place; empty without one.
        level: Significance level for p_adjusted.
        se: Standard error of delta; None if it cannot be estimated.
        floor: Minimum effect: smallest absolute delta that is reported (slices).
        shrunken: Shrinkage estimate of delta, towards the mean of all slices.
        is_score: Whether this metric is the task's score.
        n: Sample size, counted in ``unit``, over the items that both answered.
        unit: What is counted: questions, entities, examples.
        clusters: Independent units.
        left_out: Items that one of them did not answer.
        applicable: Of a behavioural task: how many cases are applicable to each model, those of the first system first; ``n`` of
            them are applicable to all. Empty for other tasks, and for slices.
        fixed: Items that only the second answers correctly; None if answers are not right or wrong.
        broken: Items that only the first answers correctly.
        identical: Whether all answers are the same.
        slice: Slice ``name=value``; None: all.
        mcnemar: Two-sided p of the exact McNemar test, for shares of independent items; for information only.
        randomisation: Two-sided p of a paired permutation test, for other metrics made of sums; for information only, and not
            made for reports.
        flags: Notes for the reader.
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
    applicable: tuple[int, ...] = ()
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
        """``better``, ``worse``, ``identical``, ``not distinguishable`` or ``undefined``; ``higher`` or ``lower`` where neither is better.

        Better, worse, higher or lower needs an interval that excludes 0 and, if p was adjusted, an adjusted p of at most ``level``.
        """
        if self.delta is None:
            return "undefined"
        if self.identical:
            return "identical"
        way = way_of(self.low, self.high, self.p_adjusted, level=self.level)
        if not way or abs(self.delta) < self.floor:
            return "not distinguishable"
        if self.direction == "neither":
            return "higher" if way > 0 else "lower"
        return "better" if (way > 0) == (self.direction == "higher") else "worse"

    @property
    def is_real(self) -> bool:
        """Whether the verdict says that there is a difference."""
        return self.verdict in REAL

    @property
    def is_taken_back(self) -> bool:
        """Whether interval and p of this difference alone say that there is one, and p adjusted over all of them does not."""
        alone = way_of(self.low, self.high, self.p, level=self.level)
        return bool(alone) and not way_of(self.low, self.high, self.p_adjusted, level=self.level)


def as_json(difference: Difference) -> dict[str, object]:
    """The difference with its verdict, as JSON values."""
    return {**msgspec.to_builtins(difference), "verdict": difference.verdict}
