"""The contract of a metric: defined or flagged on every input, blind to order, and true to the weights of items."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Columns
from benchwright.metrics.metric import Metric
from benchwright.score import score_columns
from benchwright.testing.case_fixtures import backwards
from benchwright.testing.checks import Check, Skipped, check_registered, require, run_checks
from benchwright.testing.imports import check_imports_light
from benchwright.testing.metric_fixtures import make_columns, make_extremes, make_perfect, make_tasks
from benchwright.types import Kind, Score, Task

_RESAMPLES = 200
_TOLERANCE = 1e-9
"""Most that a value may depend on the order or number of copies of its items."""
_DRAW_TOLERANCE = 1e-6
"""The same for draws, which may be summed in single precision: far below the width of any interval."""


def check_metric(metric: Metric) -> tuple[str, ...]:
    """Names of the checks that a metric passes, on small columns of each kind it is for.

    Raises:
        AssertionError: Lists every check that failed.
    """
    tasks = [task for kind in metric.kinds for task in make_tasks(kind) if metric.is_for(task)]
    checks = [*_own(metric), *(check for task in tasks for check in _of_task(metric, task))]
    checks += [
        (f"{kind}: values", partial(_skip, "no fixture of this kind yet"))
        for kind in metric.kinds
        if not make_tasks(kind)
    ]
    return run_checks(f"the metric {metric.name!r}", checks)


def _own(metric: Metric) -> Iterator[Check]:
    yield "is registered under its own name", partial(check_registered, "metrics", metric)
    yield "imports nothing heavy", partial(check_imports_light, "metrics", metric)
    yield "says what it is", partial(_check_card, metric)


def _of_task(metric: Metric, task: Task) -> Iterator[Check]:
    columns = make_columns(task)
    name = task.name
    yield f"{name}: order does not matter", partial(_check_order, metric, columns)
    yield f"{name}: no examples, no value, and a flag", partial(_check_empty, metric, columns)
    yield f"{name}: extreme inputs give a value or a flag", partial(_check_extremes, metric, columns)
    yield f"{name}: the value lies in the range", partial(_check_range, metric, columns)
    yield f"{name}: perfect predictions give the best value", partial(_check_perfect, metric, columns)
    yield f"{name}: doubling the examples changes nothing", partial(_check_doubled, metric, columns)
    yield f"{name}: an item counted twice is an item there twice", partial(_check_weights, metric, columns)
    yield f"{name}: the share agrees with the value", partial(_check_share, metric, columns)
    yield f"{name}: the same seed gives the same bytes", partial(_check_seed, metric, columns)


def _skip(reason: str) -> None:
    raise Skipped(reason)


def _check_card(metric: Metric) -> None:
    require(isinstance(metric, Metric), f"it is a {type(metric).__name__}, not a benchwright.metrics.metric.Metric")
    require(metric.version >= 1, f"the version is {metric.version}, not 1, 2, ...")
    require(metric.title.strip() and metric.reference.strip(), "title or reference is empty")
    require(metric.direction in ("higher", "lower"), f"the direction is {metric.direction!r}, not higher or lower")
    neutral = metric.neutral
    require(
        neutral is None or metric.low < neutral < metric.high, f"neutral is {neutral}, at no place between the ends"
    )
    require(metric.low < metric.high, f"the range runs from {metric.low:g} to {metric.high:g}")
    require(metric.kinds and all(isinstance(kind, Kind) for kind in metric.kinds), f"kinds are {metric.kinds!r}")


def _check_order(metric: Metric, columns: Columns) -> None:
    in_reverse = backwards(columns) if columns.task.behaviour else columns.select(range(columns.n)[::-1])
    one, other = metric.value(columns), metric.value(in_reverse)
    require(_close(one, other), f"{one!r}, and {other!r} in reverse order")


def _check_empty(metric: Metric, columns: Columns) -> None:
    score = _score(metric, columns.select([]))
    require(score.value is None, f"the value over no examples is {score.value!r}")
    require(score.alarms, "no note says why there is no value")


def _check_extremes(metric: Metric, columns: Columns) -> None:
    for name, extreme in make_extremes(columns).items():
        score = _score(metric, extreme)
        if score.value is None:
            require(score.alarms, f"{name}: no value, and no note says why")
        else:
            require(_within(metric, score.value), f"{name}: {score.value!r} is out of range")
        ends = [end for end in (score.low, score.high, score.se) if end is not None]
        require(all(map(math.isfinite, ends)), f"{name}: the interval is {score.low!r} to {score.high!r}")


def _check_range(metric: Metric, columns: Columns) -> None:
    value = metric.value(columns)
    require(math.isfinite(value), f"the value over ordinary answers is {value!r}")
    require(_within(metric, value), f"{value!r} is outside {metric.low:g} to {metric.high:g}")


def _check_perfect(metric: Metric, columns: Columns) -> None:
    if metric.neutral is not None:
        raise Skipped("neither end is better")
    value, usual = metric.value(make_perfect(columns)), metric.value(columns)
    best = metric.high if metric.direction == "higher" else metric.low
    if math.isfinite(best):
        require(_close(value, best), f"perfect predictions give {value!r}, the best is {best:g}: is `direction` right?")
    better = value > usual if metric.direction == "higher" else value < usual
    require(better, f"perfect predictions give {value!r}, faulty ones {usual!r}: is `direction` right?")


def _check_doubled(metric: Metric, columns: Columns) -> None:
    if metric.interval == "none":
        raise Skipped("its examples are no sample")
    one, other = metric.value(columns), metric.value(columns.select([*range(columns.n)] * 2))
    require(_close(one, other), f"{one!r}, and {other!r} over the same examples twice")


def _check_weights(metric: Metric, columns: Columns) -> None:
    """Intervals draw items, or whole clusters, with weights; two draws at once, because metrics are asked for many."""
    dice, codes = np.random.default_rng(3), columns.cluster_codes
    weights = dice.integers(0, 4, (2, columns.n_clusters)).astype(np.uint8)
    weights = weights if codes is None else weights[:, codes]
    if metric.basis is not None and metric.compute is not None:
        rows = columns.rows(metric.basis)
        values = metric.compute(weights.astype(np.float64) @ rows.values[rows.codes], columns.task)
    else:
        assert metric.compute_weighted is not None
        values = metric.compute_weighted(columns, weights)
    require(np.shape(values) == (2,), f"two sets of weights give values of shape {np.shape(values)}, not (2,)")
    for value, row in zip(values, weights, strict=True):
        there = metric.value(_repeated(columns, row))
        require(
            _close(float(value), there, _DRAW_TOLERANCE),
            f"{float(value)!r} with weights, {there!r} with the items repeated",
        )


def _repeated(columns: Columns, times: NDArray[np.uint8]) -> Columns:
    """Each item as often as said, each copy in units and clusters of its own."""
    items = np.repeat(np.arange(columns.n), times)
    copies = np.concatenate([np.arange(count) for count in times]).tolist()
    found = columns.select(items.tolist())
    return replace(found, group=_renamed(found.group, copies), clusters=_renamed(found.clusters, copies))


def _renamed(names: Sequence[str | None], copies: list[int]) -> list[str | None]:
    return [None if name is None else f"{name} {copy}" for name, copy in zip(names, copies, strict=False)]


def _check_share(metric: Metric, columns: Columns) -> None:
    if metric.share is None or metric.basis is None:
        raise Skipped("it is not a share")
    hits, trials = (float(part) for part in metric.share(columns.sums(metric.basis), columns.task))
    require(0 <= hits <= trials, f"{hits:g} hits in {trials:g} trials")
    implied = (metric.link or float)(hits / trials)
    value = metric.value(columns)
    require(_close(implied, value), f"{hits:g} of {trials:g} make {implied!r}, the value is {value!r}")


def _check_seed(metric: Metric, columns: Columns) -> None:
    first, second = (msgspec.json.encode(_score(metric, make_columns(columns.task))) for _ in range(2))
    require(first == second, f"{first.decode()} and {second.decode()}")


def _score(metric: Metric, columns: Columns) -> Score:
    return score_columns(columns, [metric], resamples=_RESAMPLES)[0]


def _within(metric: Metric, value: float) -> bool:
    return metric.low <= value <= metric.high


def _close(one: float, other: float, tolerance: float = _TOLERANCE) -> bool:
    same = one == other or (math.isnan(one) and math.isnan(other))
    return same or math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance)
