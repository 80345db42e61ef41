"""Scores from columns: a value, an interval that says how it was made, and everything that makes a number suspect."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.alarm import note, notes
from benchwright.answers import HasColumns
from benchwright.errors import BenchwrightError
from benchwright.items import count, noun
from benchwright.metrics.alarms import alarms
from benchwright.metrics.behaviour import share_verdicts
from benchwright.metrics.by_label import by_label
from benchwright.metrics.closed_form import closed_form_interval
from benchwright.metrics.columns import CodedRows, Columns, Floats
from benchwright.metrics.degenerate import degenerate_interval
from benchwright.metrics.equivalent import equivalent_of
from benchwright.metrics.gathering import GatheredColumns, gather, gather_answers, group_sizes
from benchwright.metrics.metric import Metric
from benchwright.metrics.resample import LeftOut, leave_out, resample
from benchwright.quantities import mixed_score
from benchwright.slicing import rows_by_slice
from benchwright.stats.intervals import Interval, bca, expanded, z_quantile
from benchwright.types import Aggregate, AggregateScore, Alarm, Record, Score, Task

__all__ = ["GatheredColumns", "aggregate", "alarms", "gather", "score_columns", "score_labels", "score_slices"]

_FEW = 30
_DIGITS = 12
"""Decimals kept of interval ends: what is beyond them depends on the machine's order of summation."""
_EMPTY = note("undefined", "no scored examples")


def score_columns(
    columns: Columns,
    metrics: Sequence[Metric],
    *,
    errored: int = 0,
    skipped: int = 0,
    resamples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
    slice: str | None = None,
) -> tuple[Score, ...]:
    """One score per metric, then the task's score: the unweighted mean of ``task.score_metrics``.

    Shares (accuracy, precision, recall) and F1, a function of one, get Wilson's interval, clustered where items share a
    cluster; everything else a bootstrap interval over units, all metrics from the same draws (BCa, for Spearman and means
    with it the expanded percentile). Values are None where
    undefined, and notes say why; no NaN leaves. Same columns, same seed: same scores, byte for byte.

    Raises:
        BenchwrightError: A metric is not for this kind of task.
        LabelError: A target or an output is not a label of the task.
    """
    _check_kinds(columns.task, metrics)
    shared = Score(
        metric="",
        value=None,
        n=columns.n,
        unit=noun(columns.task),
        errored=errored,
        skipped=skipped,
        slice=slice,
        clusters=columns.n_clusters,
    )
    if not columns.n:
        empty = msgspec.structs.replace(shared, alarms=(_EMPTY,))
        return tuple(msgspec.structs.replace(empty, metric=name) for name in [*(m.id for m in metrics), "score"])
    sample = _draw(columns, metrics, resamples=resamples, seed=seed)
    scores = {
        metric.name: _counted(_one(columns, metric, sample, shared, confidence), columns, metric) for metric in metrics
    }
    scores = _one_interval(columns, metrics, scores)
    return (*scores.values(), _mean(columns.task, scores, sample, shared, confidence))


def score_slices(
    task: Task,
    records: Sequence[Record],
    metrics: Sequence[Metric],
    *,
    minimum: int = 1,
    resamples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[Score, ...]:
    """Scores of every slice ``name=value`` that has at least ``minimum`` records, sorted by slice."""
    members = rows_by_slice(records, task)
    gather_some = _gatherer(task, records)
    sharing = [metric.with_whole for metric in metrics if metric.with_whole is not None]
    whole = gather(task, records).columns if task.behaviour or sharing else None
    scores: list[Score] = []
    for slice in sorted(members, key=lambda slice: slice.partition("=")[::2]):
        if len(members[slice]) < minimum:
            continue
        found = gather_some(members[slice])
        if whole is not None and task.behaviour:
            share_verdicts(whole, found.columns)
        if whole is not None:
            for share in sharing:
                share(whole, found.columns)
        scores += score_columns(
            found.columns,
            metrics,
            errored=found.errored,
            skipped=found.skipped,
            resamples=resamples,
            seed=seed,
            confidence=confidence,
            slice=slice,
        )
    return tuple(scores)


def _gatherer(task: Task, records: Sequence[Record]) -> Callable[[Sequence[int]], GatheredColumns]:
    """A function that gathers the records of some rows, and dissolves groups that lie partly outside of them."""
    if isinstance(records, HasColumns) and not task.behaviour:
        answers = records.answers(task)
        among = np.bincount(answers.groups.codes + 1, minlength=len(answers.groups.values) + 1)[1:]
        return lambda rows: gather_answers(answers, np.asarray(rows, dtype=np.intp), among=among)
    sizes = group_sizes(records)
    return lambda rows: gather(task, [records[row] for row in rows], among=sizes)


def score_labels(
    columns: Columns,
    metrics: Sequence[Metric],
    *,
    errored: int = 0,
    skipped: int = 0,
    resamples: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[Score, ...]:
    """Scores of every label against the rest, as slices ``label=NAME`` over all examples, in the task's label order.

    ``metrics`` are those of one label: precision, recall, f1. Of a ``tag`` task, scores of every entity type by entity
    metrics, as slices ``type=NAME``. Intervals are Wilson's, as in `score_columns`.

    Raises:
        BenchwrightError: A metric is not one of a single label or entity type.
    """
    shared = Score(metric="", value=None, n=columns.n, errored=errored, skipped=skipped, clusters=columns.n_clusters)
    scores: list[Score] = []
    for slice, mine in by_label(columns, metrics).items():
        about = msgspec.structs.replace(shared, slice=slice)
        if not columns.n:
            empty = msgspec.structs.replace(about, alarms=(_EMPTY,))
            scores += [msgspec.structs.replace(empty, metric=metric.id) for metric in mine]
            continue
        sample = _draw(columns, mine, resamples=resamples, seed=seed)
        scores += [_counted(_one(columns, metric, sample, about, confidence), columns, metric) for metric in mine]
    return tuple(scores)


def aggregate(
    model: str, suite: str, mean: Aggregate, scores: Mapping[str, Score], *, confidence: float = 0.95
) -> AggregateScore:
    """The official mean over tasks: each member's tasks are averaged first, members count alike.

    ``scores`` maps task names to task scores. A task that is missing or undefined leaves no value, and is named. The
    interval is normal, from the tasks' standard errors (tasks fixed, items drawn); None when one of them has none.
    """
    needed = [name for member in mean.members for name in member]
    missing = tuple(name for name in needed if name not in scores or scores[name].value is None)
    result = AggregateScore(model=model, suite=suite, name=mean.name, title=mean.title, value=None)
    if missing or not needed:
        undefined = [name for name in missing if name in scores]
        reason = f"undefined: {', '.join(undefined)}" if undefined else "" if missing else "the recipe has no tasks"
        return msgspec.structs.replace(result, missing=missing, reason=reason)
    value, variance, unknown = 0.0, 0.0, False
    for name, weight in mean.weights.items():
        found = scores[name]
        value += weight * (found.value or 0.0)
        variance += (weight * (found.se or 0.0)) ** 2
        unknown = unknown or found.se is None
    if unknown:
        return msgspec.structs.replace(result, value=value, reason="no interval: a task has no standard error")
    half = z_quantile(confidence) * variance**0.5
    return msgspec.structs.replace(
        result, value=value, low=round(value - half, _DIGITS), high=round(value + half, _DIGITS)
    )


@dataclass(frozen=True)
class _Sample:
    """Point values by metric; draws and, where a BCa interval needs them, leave-one-out values."""

    values: dict[str, float]
    draws: dict[str, Floats]
    left_out: dict[str, Floats]
    counts: NDArray[np.int64]

    def without_one(self, names: Sequence[str]) -> LeftOut | None:
        """Mean leave-one-out values of some metrics; None when one of them takes no BCa interval."""
        if not all(name in self.left_out for name in names):
            return None
        return LeftOut(np.mean([self.left_out[name] for name in names], axis=0), self.counts)


def _draw(columns: Columns, metrics: Sequence[Metric], *, resamples: int, seed: int) -> _Sample:
    """All draws that are needed: a lone share needs none."""
    values = {metric.name: metric.value(columns) for metric in metrics}
    members = columns.task.score_metrics
    wanted = [
        metric
        for metric in metrics
        if math.isfinite(values[metric.name])
        and metric.interval != "none"
        and ((not metric.proportion and metric.influence is None) or (len(members) > 1 and metric.name in members))
    ]
    start = (seed, zlib.crc32(columns.task.name.encode()))
    draws = resample([columns], wanted, resamples=resamples, seed=start)[0] if wanted else []
    corrected = [metric for metric in wanted if metric.interval == "bca"]
    left_out = leave_out(columns, corrected) if corrected else LeftOut(np.empty((0, 0)), np.empty(0, dtype=np.int64))
    return _Sample(
        values,
        {metric.name: row for metric, row in zip(wanted, draws, strict=True)},
        {metric.name: row for metric, row in zip(corrected, left_out.values, strict=True)},
        left_out.counts,
    )


def _one_interval(columns: Columns, metrics: Sequence[Metric], scores: dict[str, Score]) -> dict[str, Score]:
    """The scores, with one interval for what is one number under two names."""
    for metric in metrics:
        twin = equivalent_of(columns, metrics, metric)
        if twin is not None:
            one = scores[twin.name]
            scores[metric.name] = msgspec.structs.replace(
                scores[metric.name], low=one.low, high=one.high, se=one.se, method=one.method
            )
    return scores


def _one(columns: Columns, metric: Metric, sample: _Sample, shared: Score, confidence: float) -> Score:
    value, told = sample.values[metric.name], tuple(_note(text) for text in metric.flags(columns))
    if not math.isfinite(value):
        known = any(one.code == "undefined" for one in told)
        said = told if known else (*told, _note("undefined on these examples"))
        return msgspec.structs.replace(shared, metric=metric.id, alarms=said)
    if metric.interval == "none":
        interval = Interval(low=None, high=None, se=None, method="none")
    elif metric.share is not None or metric.influence is not None:
        interval = _closed_form_interval(columns, metric, sample, confidence) or degenerate_interval(
            columns, metric, confidence
        )
    else:
        left_out = sample.without_one([metric.name])
        drawn = _bootstrap_interval(value, sample.draws[metric.name], left_out, columns.n_clusters, confidence)
        interval = drawn or degenerate_interval(columns, metric, confidence)
    if metric.of_cases:
        shared = msgspec.structs.replace(shared, clusters=_units_of_cases(columns, metric))
    return _with_interval(shared, metric.id, value, interval, told)


def _units_of_cases(columns: Columns, metric: Metric) -> int:
    """Independent units among the cases that count: not applicable ones, and those of which no flip can be asked, tell nothing."""
    rows = metric.basis(columns) if metric.basis is not None else None
    if not isinstance(rows, CodedRows):
        return columns.n_clusters
    counted, codes = rows.codes > 0, columns.cluster_codes
    return int(counted.sum()) if codes is None else int(np.unique(codes[counted]).size)


def _counted(score: Score, columns: Columns, metric: Metric) -> Score:
    """The score with what its metric counts in place of the examples."""
    unit = metric.unit or noun(columns.task)
    if metric.counts is None:
        return msgspec.structs.replace(score, unit=unit)
    counts = metric.counts(columns)
    n = next(iter(counts.values()))
    return msgspec.structs.replace(score, n=n, unit=unit, counts=counts if len(counts) > 1 else {})


def _note(text: str) -> Alarm:
    """What a metric says of its value."""
    return note("undefined" if "undefined" in text else "metric", text)


def _closed_form_interval(columns: Columns, metric: Metric, sample: _Sample, confidence: float) -> Interval | None:
    """The interval of a metric that needs no resamples; the error of a function of a share is that of its draws."""
    interval = closed_form_interval(columns, metric, confidence)
    if interval is None or metric.link is None or interval.low is None:
        return interval
    spread = float(np.nanstd(sample.draws[metric.name], ddof=1))
    return replace(interval, se=spread or interval.se)


def _bootstrap_interval(
    value: float, draws: Floats, left_out: LeftOut | None, units: int, confidence: float
) -> Interval | None:
    """The BCa interval, without leave-one-out values the expanded percentile one; None when draws show no spread.

    A perfect macro-F1 may have draws below it only where a rare label is missing altogether; an interval of no width is
    no spread either.
    """
    defined = draws[np.isfinite(draws)]
    if 2 * defined.size < draws.size:
        return Interval(low=None, high=None, se=None, method="none", flags=("most resamples are undefined",))
    none = 1e-12 * max(1.0, abs(value))
    if float(np.ptp(defined)) <= none:
        return None
    if left_out is None:
        method, (low, high) = "expanded", expanded(defined, units, confidence)
    else:
        method, (low, high) = "bca", bca(defined, value, left_out.values, left_out.counts, confidence)
    low, high = min(low, value), max(high, value)
    if high - low <= none:
        return None
    lost = draws.size - defined.size
    return Interval(
        low=low,
        high=high,
        se=float(defined.std(ddof=1)),
        method=f"bootstrap-{method} {draws.size}",
        flags=(f"{lost} of {draws.size} resamples are undefined and left out",) if lost else (),
    )


def _mean(task: Task, found: dict[str, Score], sample: _Sample, shared: Score, confidence: float) -> Score:
    """The task's score: the one member as it is, or the mean of several with an interval from the same draws."""
    members = task.score_metrics
    lacking = [name for name in members if name not in found or found[name].value is None]
    if lacking or not members:
        said = f"undefined: {', '.join(lacking) or 'the task names no metric'}"
        return msgspec.structs.replace(shared, metric="score", alarms=(_note(said),))
    if len(members) == 1:
        return msgspec.structs.replace(found[members[0]], metric="score")
    mixed = mixed_score(task)
    if mixed:
        return msgspec.structs.replace(shared, metric="score", alarms=(note("mixed-score", f"undefined: {mixed}"),))
    value = math.fsum(sample.values[name] for name in members) / len(members)
    draws = np.mean([sample.draws[name] for name in members], axis=0)
    units = shared.clusters or 0
    interval = _bootstrap_interval(value, draws, sample.without_one(members), units, confidence)
    interval = interval or _mean_of_members([found[name] for name in members], confidence)
    told = tuple(
        note(one.code, f"{name}: {one.sentence}")
        for name in members
        for one in found[name].alarms
        if one.code != "few-units"
    )
    return _with_interval(shared, "score", value, interval, told)


def _mean_of_members(scores: Sequence[Score], confidence: float) -> Interval:
    """Mean of the members' ends: right if they move together, too wide otherwise."""
    lows, highs = [score.low for score in scores], [score.high for score in scores]
    if None in lows or None in highs:
        return Interval(low=None, high=None, se=None, method="none")
    low, high = (math.fsum(end or 0.0 for end in ends) / len(scores) for ends in (lows, highs))
    return Interval(low=low, high=high, se=(high - low) / (2 * z_quantile(confidence)), method="mean-of-members")


def _with_interval(shared: Score, name: str, value: float, interval: Interval, told: tuple[Alarm, ...]) -> Score:
    units = shared.clusters or 0
    what = (shared.unit or "example") if units == shared.n else "cluster"
    few = (note("few-units", f"only {count(units, f'independent {what}')}"),) if units < _FEW else ()
    low, high, se = (None if end is None else round(end, _DIGITS) for end in (interval.low, interval.high, interval.se))
    return msgspec.structs.replace(
        shared,
        metric=name,
        value=value,
        low=low,
        high=high,
        se=se,
        method=interval.method,
        alarms=(*told, *notes("interval", interval.flags), *few),
    )


def _check_kinds(task: Task, metrics: Sequence[Metric]) -> None:
    for metric in metrics:
        if task.kind not in metric.kinds:
            raise BenchwrightError(
                f"the metric {metric.name} cannot score {task.name}, a task of kind {task.kind}",
                expected=f"a task of kind {' or '.join(metric.kinds)}",
                hint="type `benchwright list metrics` to see which metric is for which kind",
            )
