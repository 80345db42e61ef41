"""A difference as it is shown: both values, interval, p, flips, and everything that makes it suspect."""

from __future__ import annotations

import math

import msgspec

from benchwright.comparison.estimate import estimate_difference
from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.swaps import randomised
from benchwright.items import count, noun
from benchwright.quantities import positive_of
from benchwright.stats.difference import DifferenceEstimate, two_sided
from benchwright.stats.paired import DiscordantCounts, mcnemar
from benchwright.types import Frozen

CONFIDENCE = 0.95

CHECKPOINT = "this checkpoint, other items"
CHECKPOINTS = "these checkpoints, other items"
RECIPE = "this recipe, other seeds and items"
"""What an interval is about: models as they are, their mean, or the recipe that several seeds stand for."""


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
        about: What the interval is about: `CHECKPOINT`, `CHECKPOINTS` or `RECIPE`.
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


def differ(
    pairing: PairedRecords,
    metric: str,
    first: int = 0,
    second: int = 1,
    *,
    confidence: float = CONFIDENCE,
    slice: str | None = None,
) -> Difference:
    """The difference of two systems of a pairing on a metric, or on ``score``.

    Raises:
        NotComparable: The task has no such metric.
    """
    found = estimate_difference(pairing, metric, first, second)
    a, b = (pairing.value(system, metric) if pairing.n else math.nan for system in (first, second))
    identical = pairing.is_identical(first, second)
    delta = b - a
    same_cell = identical and math.isfinite(delta) and pairing.cells[first].key == pairing.cells[second].key
    low, high, p = (0.0, 0.0, 1.0) if same_cell else _ends(found, delta, confidence, identical=identical)
    fixed, broken = count_flips(pairing, first, second)
    return Difference(
        path=pairing.path,
        metric=id_of(pairing, metric),
        positive=positive_of(metric, pairing.task, slice),
        direction=direction_of(pairing, metric),
        first=pairing.names[first],
        second=pairing.names[second],
        a=_known(a),
        b=_known(b),
        delta=_known(delta),
        low=low,
        high=high,
        p=p,
        method="the same stored answers" if same_cell else found.method,
        test="" if identical or p is None else found.method,
        confidence=confidence,
        level=1 - confidence,
        se=None if not math.isfinite(delta) else 0.0 if same_cell else found.se,
        is_score=is_score(pairing, metric),
        n=pairing.counted(metric)[0],
        unit=pairing.counted(metric)[1],
        clusters=pairing.n_clusters if pairing.n else 0,
        left_out=pairing.left_out,
        fixed=fixed,
        broken=broken,
        identical=identical,
        slice=slice,
        mcnemar=mcnemar(round(found.b), round(found.c)) if isinstance(found, DiscordantCounts) else None,
        randomisation=None if isinstance(found, DiscordantCounts) else _swapped(pairing, metric, first, second, delta),
        flags=_flags(pairing, found, a, b, settled=same_cell),
    )


def id_of(pairing: PairedRecords, metric: str) -> str:
    """``name@version`` of a metric, or ``score``. Raises NotComparable."""
    return "score" if metric == "score" else pairing.metric(metric).id


def is_score(pairing: PairedRecords, metric: str) -> bool:
    """Whether a metric is the task's score, alone."""
    return metric == "score" or pairing.task.score_metrics == (metric,)


def direction_of(pairing: PairedRecords, metric: str) -> str:
    """Whether ``higher`` or ``lower`` values of a metric, or of ``score``, are better."""
    return pairing.quantity(metric).direction


def count_flips(pairing: PairedRecords, first: int, second: int) -> tuple[int | None, int | None]:
    """Items that only the second, and that only the first, has right; None where right and wrong mean nothing."""
    from benchwright.comparison.pairing import rightness

    one, other = rightness(pairing, first), rightness(pairing, second)
    if one is None or other is None:
        return None, None
    return int((other & ~one).sum()), int((one & ~other).sum())


def _ends(
    found: DifferenceEstimate, delta: float, confidence: float, *, identical: bool
) -> tuple[float | None, float | None, float | None]:
    if not math.isfinite(delta):
        return None, None, None
    tail = (1 - confidence) / 2
    return found.bound(tail, "lower"), found.bound(tail, "upper"), 1.0 if identical else two_sided(found)


def _swapped(pairing: PairedRecords, metric: str, first: int, second: int, delta: float) -> float | None:
    """P of approximate randomisation; None where the metric is not made of sums, or is undefined."""
    found = randomised(pairing, metric, first, second) if pairing.n and math.isfinite(delta) else None
    return None if found is None else found()


def _flags(pairing: PairedRecords, found: DifferenceEstimate, a: float, b: float, *, settled: bool) -> tuple[str, ...]:
    told = list(pairing.flags)
    if not pairing.n:
        told.append("no common items")
    elif not math.isfinite(b - a):
        told.append("undefined on one side" if math.isfinite(a) or math.isfinite(b) else "undefined on both sides")
    elif not settled:
        told += found.flags
    if pairing.left_out:
        told.append(f"{count(pairing.left_out, noun(pairing.task))} left out: not answered by both")
    return tuple(dict.fromkeys(told))


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_json(difference: Difference) -> dict[str, object]:
    """The difference with its verdict, as JSON values."""
    return {**msgspec.to_builtins(difference), "verdict": difference.verdict}
