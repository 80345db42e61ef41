"""How far a model is worse on a slice than on the rest of the items, and two models apart on a slice: estimates of a task's score.

A slice of items (``name=value``) is held against the items outside of it; a slice of a label or an entity type (``label=NAME``,
``type=NAME``) holds all items, and one label is held against the counts of all others together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchwright import registry
from benchwright.items import noun
from benchwright.metrics.by_label import by_label
from benchwright.metrics.columns import Basis, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.slicing import slices_in
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.difference import DifferenceEstimate
from benchwright.stats.intervals import share_of
from benchwright.stats.paired import DiscordantCounts
from benchwright.stats.slice_gap import QuadratureGap, ShareGap, ShareSide, SumsPart, gap_of_sums
from benchwright.types import Task

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class SliceEstimate:
    """A slice with two values and the estimate of their difference.

    Attributes:
        slice: ``name=value``, ``label=NAME`` or ``type=NAME``.
        metric: Name of the metric: the task's score, or of a label the metric of one label.
        n: Items of the slice; of a label or type, gold labels or entities.
        unit: What is counted.
        value: On the slice; of two models that of the second.
        other: On the rest; of two models that of the first on the slice.
        estimate: Of ``value - other``; None where nothing can be tested, for the reason ``why``.
    """

    slice: str
    metric: str
    n: int
    unit: str
    value: float
    other: float
    estimate: DifferenceEstimate | None
    why: str = ""


class _About(NamedTuple):
    """What an estimate is about."""

    slice: str
    metric: str
    n: int
    unit: str


def score_metrics(task: Task) -> tuple[Metric, ...]:
    """The metrics whose mean is the task's score."""
    return tuple(registry.get("metrics", name) for name in task.score_metrics)


def slice_masks(columns: Columns) -> dict[str, Mask]:
    """``name=value`` of each slice of a column of the data -> which items (n) are in it, by name; items with the same slices share one
    mapping, which is looked at once.
    """
    if not columns.task.slices:
        return {}
    known = {id(one): one for one in columns.slices}
    places = {name: at for at, name in enumerate(known)}
    codes = np.fromiter((places[id(one)] for one in columns.slices), np.intp, len(columns.slices))
    members: dict[str, Mask] = {}
    for at, one in enumerate(known.values()):
        for name in slices_in(one, columns.task):
            members.setdefault(name, np.zeros(len(known), dtype=np.bool_))[at] = True
    return {name: members[name][codes] for name in sorted(members)}


def is_constant(columns: Columns) -> bool:
    """Whether a model says the same to every item: where it is bad says nothing that helps to choose."""
    first = columns.outputs[0]
    if isinstance(first, list | tuple):  # tags: the same tag to every word
        return len({tag for tags in columns.outputs for tag in tags}) < 2
    return all(output == first for output in columns.outputs)


def gaps_within(columns: Columns, slices: Mapping[str, Mask], *, minimum: int) -> Iterator[SliceEstimate]:
    """Each slice of items against all items outside of it, both of at least ``minimum`` items, by the task's score.

    Where two slices are the rest of each other, the worse of them stands for both: it is one difference.
    """
    metrics, seen = score_metrics(columns.task), set[bytes]()
    worse = -1 if all(metric.direction == "higher" for metric in metrics) else 1
    for name, inside in slices.items():
        if not minimum <= int(inside.sum()) <= columns.n - minimum or inside.tobytes() in seen:
            continue
        twin = next((other for other, mask in slices.items() if other != name and np.array_equal(mask, ~inside)), None)
        found = _within(columns, metrics, name, inside)
        if twin is not None:
            seen.add((~inside).tobytes())
            if worse * (found.value - found.other) < 0:
                found = _within(columns, metrics, twin, ~inside)
        yield found


def gaps_of_labels(columns: Columns, *, minimum: int) -> Iterator[SliceEstimate]:
    """Each label or entity type with at least ``minimum`` gold examples against all others together, by a metric of one label.

    Of two labels the one with the lower value stands for both: it is one difference.
    """
    found = list(_gaps_of_labels(columns, minimum=minimum))
    if len(_owned(columns)) == 2 and len(found) == 2:
        found.sort(key=lambda one: one.value)
        del found[1]
    yield from found


def _gaps_of_labels(columns: Columns, *, minimum: int) -> Iterator[SliceEstimate]:
    owned = _owned(columns)
    sums = {name: _unit_sums(columns, own) for name, own in owned.items()}
    total: Floats = np.sum(list(sums.values()), axis=0) if sums else np.empty(0)
    for name, own in owned.items():
        counted = next(iter(own.counts(columns).values())) if own.counts is not None else columns.n
        if counted < minimum:
            continue
        sides = [_side(own, columns.task, part) for part in (sums[name], total - sums[name])]
        about = _About(name, own.name, counted, _unit(own, columns.task))
        if sides[0] is None or sides[1] is None:
            yield _told(about, (math.nan, math.nan), None)
        else:
            yield _told(about, (sides[0].value, sides[1].value), QuadratureGap(slice=sides[0], rest=sides[1]))


def label_sizes(columns: Columns) -> dict[str, int]:
    """Label or entity type -> gold examples or entities; empty of a task that is not scored by label."""
    return {
        name: next(iter(own.counts(columns).values()))
        for name, own in _owned(columns).items()
        if own.counts is not None
    }


def _owned(columns: Columns) -> dict[str, Metric]:
    """``label=NAME`` or ``type=NAME`` -> the metric of that one; empty of a task that is not scored by label."""
    metric = label_metric(columns.task)
    if metric is None:
        return {}
    return columns.remember(
        ("metric by label", metric.name), lambda: {name: own[0] for name, own in by_label(columns, [metric]).items()}
    )


def label_metric(task: Task) -> Metric | None:
    """The metric of one label by which labels are held against others: the score's, else F1, else the first; None without any."""
    if not task.by_label:
        return None
    own = task.score_metrics[0] if len(task.score_metrics) == 1 else ""
    wanted = next((name for name in (own, "f1", "entity_f1") if name in task.by_label), task.by_label[0])
    found: Metric = registry.get("metrics", wanted)
    return found if found.compute is not None and found.share is not None else None


def gaps_between(
    columns: tuple[Columns, Columns], slices: Mapping[str, Mask], *, minimum: int
) -> Iterator[SliceEstimate]:
    """The second model minus the first on each slice of at least ``minimum`` of the items that both answered, paired."""
    metrics = score_metrics(columns[0].task)
    for name, inside in slices.items():
        if int(inside.sum()) >= minimum:
            yield _between(columns, metrics, name, inside)


def labels_between(columns: tuple[Columns, Columns], *, minimum: int) -> Iterator[SliceEstimate]:
    """The second model minus the first on each label or entity type with at least ``minimum`` gold examples, paired."""
    task = columns[0].task
    one, other = (_owned(part) for part in columns)
    sizes = label_sizes(columns[0])
    for name, own in one.items():
        if name not in other or sizes.get(name, 0) < minimum:
            continue
        compute = partial(_compute, own, task)
        sums = [_unit_sums(part, metric_) for part, metric_ in zip(columns, (own, other[name]), strict=True)]
        first, second = (float(compute(part.sum(axis=0)[None])[0]) for part in sums)
        about = _About(name, own.name, sizes[name], _unit(own, task))
        yield _told(about, (second, first), _paired(sums, [compute, compute], width=_width([own])))


def _within(columns: Columns, metrics: tuple[Metric, ...], name: str, inside: Mask) -> SliceEstimate:
    value, rest = (_mean(columns, metrics, mask) for mask in (inside, ~inside))
    about = _about(columns, metrics, name, inside)
    if not all(metric.basis is not None and metric.interval != "none" for metric in metrics):
        return _told(about, (value, rest), None, "no test of this metric on a part of the items")
    units = _fewest_units(columns, (inside, ~inside))
    if units < 2:
        return _told(about, (value, rest), None, "all of it is one cluster")
    estimate = _share_gap(columns, metrics, inside) or _quadrature_gap(columns, metrics, inside)
    if estimate is not None:
        return _told(about, (value, rest), estimate)
    sides = [_of_units(columns, metrics, mask) for mask in (inside, ~inside)]
    if any(_has_no_spread(rows) for rows in sides):
        return _told(about, (value, rest), None, "all items of it, or of the rest, count alike: no spread to judge by")
    score = _score_of(columns, metrics)
    parts = [SumsPart(sign=sign, rows=rows, compute=score) for sign, rows in zip((1, -1), sides, strict=True)]
    return _told(about, (value, rest), gap_of_sums(parts, width=_width(metrics), units=units))


def _has_no_spread(rows: Floats) -> bool:
    """Whether all units that are there add the same."""
    there = rows[rows.any(axis=1)]
    return not len(there) or bool((there == there[0]).all())


def _between(columns: tuple[Columns, Columns], metrics: tuple[Metric, ...], name: str, inside: Mask) -> SliceEstimate:
    first, second = (_mean(part, metrics, inside) for part in columns)
    about = _about(columns[0], metrics, name, inside)
    if not all(metric.basis is not None and metric.interval != "none" for metric in metrics):
        return _told(about, (second, first), None, "no test of this metric on a part of the items")
    units = _fewest_units(columns[0], (inside,))
    if units < 2:
        return _told(about, (second, first), None, "all of it is one cluster")
    estimate: DifferenceEstimate | None = _discordant(columns, metrics, inside)
    if estimate is None:
        sums = [_of_units(part, metrics, inside) for part in columns]
        scores = [_score_of(part, metrics) for part in columns]
        estimate = _paired(sums, scores, width=_width(metrics), units=units)
    return _told(about, (second, first), estimate)


def _about(columns: Columns, metrics: tuple[Metric, ...], name: str, inside: Mask) -> _About:
    metric = metrics[0].name if len(metrics) == 1 else "score"
    return _About(name, metric, int(inside.sum()), noun(columns.task))


def _told(
    about: _About, values: tuple[float, float], estimate: DifferenceEstimate | None, why: str = ""
) -> SliceEstimate:
    missing = "" if estimate is not None else why or "undefined on the slice or on what it is compared with"
    return SliceEstimate(
        slice=about.slice,
        metric=about.metric,
        n=about.n,
        unit=about.unit,
        value=values[0],
        other=values[1],
        estimate=estimate,
        why=missing,
    )


def _paired(
    sums: list[Floats], scores: list[Callable[[Floats], Floats]], *, width: float, units: int | None = None
) -> DifferenceEstimate | None:
    """The second of two models minus the first, from what each unit adds to the sums of each."""
    parts = [
        SumsPart(sign=sign, rows=rows, compute=score) for sign, rows, score in zip((-1, 1), sums, scores, strict=True)
    ]
    changed = int((sums[0] != sums[1]).any(axis=1).sum())
    return gap_of_sums(parts, width=width, units=units, changed=changed)


def _side(metric: Metric, task: Task, rows: Floats) -> ShareSide | None:
    """One side of a gap of a metric that is a share, or a function of one, from what each unit adds; None without a trial."""
    assert metric.share is not None
    share = share_of(*metric.share(rows, task))
    if not share.trials or (share.together and share.units < 2):
        return None
    return ShareSide(share=share, link=metric.link)


def _quadrature_gap(columns: Columns, metrics: tuple[Metric, ...], inside: Mask) -> QuadratureGap | None:
    """The gap of one metric that is a share, or a function of one; None of any other."""
    if len(metrics) > 1 or metrics[0].share is None:
        return None
    sides = [_side(metrics[0], columns.task, _of_units(columns, metrics, mask)) for mask in (inside, ~inside)]
    return None if sides[0] is None or sides[1] is None else QuadratureGap(slice=sides[0], rest=sides[1])


def _share_gap(columns: Columns, metrics: tuple[Metric, ...], inside: Mask) -> ShareGap | None:
    """The gap of a metric that is a share of independent items; None of any other."""
    found = _trials(columns, metrics)
    if found is None or columns.cluster_codes is not None:
        return None
    # Zeros and ones: sums are exact in whatever order.
    hits, trials = (float(np.count_nonzero(part[inside])) for part in found)
    other_hits, other_trials = (np.count_nonzero(part) - own for part, own in zip(found, (hits, trials), strict=True))
    if not (trials and other_trials):
        return None
    return ShareGap(hits=hits, trials=trials, other_hits=other_hits, other_trials=other_trials)


def _discordant(columns: tuple[Columns, Columns], metrics: tuple[Metric, ...], inside: Mask) -> DiscordantCounts | None:
    """Discordant counts on a slice, of a metric that is a share of independent items that both models tried; None of any other."""
    one, other = (_trials(part, metrics) for part in columns)
    if one is None or other is None or not np.array_equal(one[1], other[1]) or not one[1][inside].any():
        return None
    codes = columns[0].cluster_codes
    if codes is not None and np.bincount(codes[inside], weights=one[1][inside]).max() > 1:
        return None
    step = (other[0] - one[0])[inside]
    return DiscordantCounts(
        b=float(np.maximum(step, 0).sum()), c=float(np.maximum(-step, 0).sum()), n=float(one[1][inside].sum())
    )


def _trials(columns: Columns, metrics: tuple[Metric, ...]) -> tuple[Floats, Floats] | None:
    """Hits and trials of each item, each 0 or 1; None where the score is no share of items."""
    metric = metrics[0]
    if len(metrics) > 1 or not metric.proportion or metric.basis is None or metric.share is None:
        return None
    return columns.remember(("trials of items", metric), partial(_trials_of, columns, metric))


def _trials_of(columns: Columns, metric: Metric) -> tuple[Floats, Floats] | None:
    assert metric.basis is not None
    assert metric.share is not None
    rows = columns.rows(metric.basis)
    hits, trials = (np.asarray(part, dtype=np.float64) for part in metric.share(rows.values, columns.task))
    if not (np.isin(trials, (0.0, 1.0)).all() and np.isin(hits, (0.0, 1.0)).all()):
        return None
    return hits[rows.codes], trials[rows.codes]


def _mean(columns: Columns, metrics: tuple[Metric, ...], inside: Mask) -> float:
    """The score on some items."""
    if all(metric.basis is not None for metric in metrics):
        return float(_score_of(columns, metrics)(_sums_over(columns, metrics, inside)[None])[0])
    part = columns.select(np.flatnonzero(inside).tolist())
    return float(np.mean([metric.value(part) for metric in metrics]))


def _sums_over(columns: Columns, metrics: tuple[Metric, ...], inside: Mask) -> Floats:
    """Sums of all metrics over some items, side by side (w); of few different rows of whole numbers by how often each is there."""
    bases = [metric.basis for metric in metrics if metric.basis is not None]
    if all(columns.remember(("counted rows", basis), partial(_is_counted, columns, basis)) for basis in bases):
        every = [columns.rows(basis) for basis in bases]
        return np.concatenate(
            [np.bincount(rows.codes[inside], minlength=len(rows.values)) @ rows.values for rows in every]
        )
    found: Floats = _item_rows(columns, metrics)[inside].sum(axis=0)
    return found


def _is_counted(columns: Columns, basis: Basis) -> bool:
    """Whether rows are few and hold whole numbers, so that sums are exact in whatever order."""
    values = columns.rows(basis).values
    return 2 * len(values) < columns.n and bool((values == np.rint(values)).all())


def _item_rows(columns: Columns, metrics: tuple[Metric, ...]) -> Floats:
    """What each item adds to the sums of all metrics, side by side (n, w)."""

    def build() -> Floats:
        rows = [columns.rows(metric.basis) for metric in metrics if metric.basis is not None]
        return np.concatenate([one.values[one.codes] for one in rows], axis=1)

    return columns.remember(("rows of items", tuple(metric.name for metric in metrics)), build)


def _of_units(columns: Columns, metrics: tuple[Metric, ...], inside: Mask) -> Floats:
    """What each unit adds to the sums over some items (U, w)."""
    found: Floats = sum_by_cluster(_item_rows(columns, metrics) * inside[:, None], columns.cluster_codes)
    return found


def _unit_sums(columns: Columns, metric: Metric) -> Floats:
    assert metric.basis is not None
    rows = columns.rows(metric.basis)
    found: Floats = sum_by_cluster(rows.values[rows.codes], columns.cluster_codes)
    return found


def _score_of(columns: Columns, metrics: tuple[Metric, ...]) -> Callable[[Floats], Floats]:
    """The function from sums of all metrics side by side (b, w) to the mean of their values (b)."""
    widths = [columns.rows(metric.basis).values.shape[1] for metric in metrics if metric.basis is not None]
    ends = np.cumsum([0, *widths]).tolist()

    def score(sums: Floats) -> Floats:
        found = [
            _compute(metric, columns.task, sums[..., start:end])
            for metric, start, end in zip(metrics, ends, ends[1:], strict=False)
        ]
        mean: Floats = np.mean(found, axis=0)
        return mean

    return score


def _compute(metric: Metric, task: Task, sums: Floats) -> Floats:
    compute: Callable[[Floats, Task], Floats] | None = metric.compute
    assert compute is not None
    with np.errstate(all="ignore"):
        return np.asarray(compute(sums, task), dtype=np.float64)


def _fewest_units(columns: Columns, masks: tuple[Mask, ...]) -> int:
    """Independent units behind the smaller of some parts."""
    codes = columns.cluster_codes
    return min(int(mask.sum()) if codes is None else len(np.unique(codes[mask])) for mask in masks)


def _width(metrics: tuple[Metric, ...] | list[Metric]) -> float:
    width = float(np.mean([metric.high - metric.low for metric in metrics]))
    return width if math.isfinite(width) else math.inf


def _unit(metric: Metric, task: Task) -> str:
    return metric.unit or noun(task)
