"""The estimator of the difference of two systems on one metric: chosen from `benchwright.stats` and filled from paired records.

Shares of independent items that both systems tried, accuracy above all: Tango's score method. Areas under curves: what each
item adds. Several seeds on both sides: spread between seeds and items. Everything else, shares of items in clusters too:
bootstrap draws over units, the same resamples for both systems and for all metrics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import registry
from benchwright.comparison.cases import case_outcomes, case_rows
from benchwright.comparison.pairing import PairedRecords, Replicates
from benchwright.items import Changes
from benchwright.metrics.closed_form import closed_form_interval
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.degenerate import degenerate_interval, rarest
from benchwright.metrics.equivalent import equivalent_metrics, equivalent_of
from benchwright.metrics.metric import Metric, unit_influence
from benchwright.quantities import members_of
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate, NoDifference, UnsampledDifference
from benchwright.stats.intervals import Interval
from benchwright.stats.jackknife import JackknifeDifference
from benchwright.stats.paired import DiscordantCounts
from benchwright.stats.retention import RetainedFraction, RetentionData, retained_fraction
from benchwright.stats.seeds import SeedDifference, two_level_difference

_NONE = 1e-12


def estimate_difference(pairing: PairedRecords, metric: str, first: int = 0, second: int = 1) -> DifferenceEstimate:
    """The difference of two models of paired records on a metric, or on ``score``.

    Raises:
        NotComparable: The task has no such metric.
    """
    members = pairing.quantity(metric).members
    if len(members) == 1:
        unsampled = _unsampled(pairing, members, (first,), (second,))
        if unsampled is not None:
            return unsampled
        found = _standing_for(pairing, pairing.metric(members[0]), first, second)
        if pairing.n and found.proportion:
            pairs = _discordant(pairing, found, first, second)
            if pairs is not None:
                return pairs
        if pairing.n and found.influence is not None:
            linear = _from_influence(pairing, found, first, second)
            if linear is not None:
                return linear
    return draws_of_mean(pairing, metric, (first,), (second,))


def estimate_system_difference(
    pairing: PairedRecords, metric: str, first: Replicates, second: Replicates
) -> DifferenceEstimate | None:
    """The difference of two systems, second minus first; None where it is undefined.

    A stored cell has no difference from itself. With several seeds on both sides, the estimate covers other seeds too.
    """
    one, other = first.models, second.models
    if not pairing.n or not all(math.isfinite(pairing.value(at, metric)) for at in (*one, *other)):
        return None
    if sorted(str(pairing.cells[at].key) for at in one) == sorted(str(pairing.cells[at].key) for at in other):
        return NoDifference()
    unsampled = _unsampled(pairing, pairing.quantity(metric).members, one, other)
    if unsampled is not None:
        return unsampled
    if len(one) == len(other) == 1:
        return estimate_difference(pairing, metric, one[0], other[0])
    if min(len(one), len(other)) > 1:
        return _of_replicates(pairing, metric, one, other)
    return draws_of_mean(pairing, metric, one, other)


def _unsampled(
    pairing: PairedRecords, members: Sequence[str], first: tuple[int, ...], second: tuple[int, ...]
) -> UnsampledDifference | None:
    """The difference of a metric whose items are no sample; None of any other."""
    if len(members) != 1 or pairing.metric(members[0]).interval != "none":
        return None
    one, other = (np.mean([pairing.value(at, members[0]) for at in side]) for side in (first, second))
    return UnsampledDifference(value=float(other - one))


def _standing_for(pairing: PairedRecords, metric: Metric, first: int, second: int) -> Metric:
    """The metric itself, or an equivalent share of items."""
    if metric.proportion or metric.basis is None or not pairing.n or pairing.own:
        return metric
    found = [equivalent_of(pairing.columns[at], _with_shares(pairing), metric) for at in (first, second)]
    twin = found[0]
    return twin if twin is not None and twin.proportion and found[1] is twin else metric


def _with_shares(pairing: PairedRecords) -> list[Metric]:
    """The task's metrics, and accuracy, which may be equivalent to one of them."""
    accuracy: Metric = registry.get("metrics", "accuracy")
    known = list(pairing.metrics)
    return known if accuracy in known or pairing.task.kind not in accuracy.kinds else [accuracy, *known]


def _discordant(pairing: PairedRecords, metric: Metric, first: int, second: int) -> DiscordantCounts | None:
    """Discordant counts of a metric that is a share of independent items; None for any other metric."""
    assert metric.share is not None
    assert metric.basis is not None
    shares = []
    for model in (first, second):
        rows = pairing.columns[model].rows(metric.basis)
        hits, trials = metric.share(rows.values, pairing.task)
        shares.append((np.asarray(hits)[rows.codes], np.asarray(trials)[rows.codes]))
    (one, tried), (other, tried_too) = shares
    if not np.array_equal(tried, tried_too) or not np.isin(tried, (0.0, 1.0)).all() or not tried.any():
        return None
    codes = pairing.columns[first].cluster_codes
    if codes is not None and np.bincount(codes, weights=tried).max() > 1:
        return None
    up, down = np.maximum(other - one, 0.0), np.maximum(one - other, 0.0)
    return DiscordantCounts(b=float(up.sum()), c=float(down.sum()), n=float(tried.sum()))


@dataclass(frozen=True, kw_only=True, eq=False)
class ItemOutcomes:
    """A score that is a share of independent items, item by item.

    Attributes:
        metric: Name of the metric whose share it is.
        tried: Whether each item counts (n).
        right: Whether it is answered rightly (n).
    """

    metric: str
    tried: NDArray[np.bool_]
    right: NDArray[np.bool_]


def item_outcomes(pairing: PairedRecords, metric: str, model: int = 0) -> ItemOutcomes | None:
    """The outcomes of a model's items, where the difference of two models with the same metric and the same tried items is estimated
    from `DiscordantCounts`; None where it is not.
    """
    members = pairing.quantity(metric).members
    if len(members) != 1 or not pairing.n or pairing.metric(members[0]).interval == "none":
        return None
    found = _standing_for(pairing, pairing.metric(members[0]), model, model)
    if not found.proportion or found.share is None or found.basis is None:
        return None
    rows = pairing.columns[model].rows(found.basis)
    hits, trials = (np.asarray(part)[rows.codes] for part in found.share(rows.values, pairing.task))
    codes = pairing.columns[model].cluster_codes
    if not (np.isin(trials, (0.0, 1.0)).all() and np.isin(hits, (0.0, 1.0)).all() and trials.any()):
        return None
    if codes is not None and np.bincount(codes, weights=trials).max() > 1:
        return None
    return ItemOutcomes(metric=found.name, tried=trials > 0, right=hits > 0)


def _from_influence(pairing: PairedRecords, metric: Metric, first: int, second: int) -> JackknifeDifference | None:
    """The estimate from the influence of each item on the values; None if one is undefined."""
    assert metric.influence is not None
    values = [pairing.value(at, metric.name) for at in (first, second)]
    if not all(math.isfinite(value) for value in values):
        return None
    one, other = (
        columns.remember(("influence", metric), partial(unit_influence, metric, columns))
        for columns in (pairing.columns[first], pairing.columns[second])
    )
    few = (f"only {pairing.n_clusters} independent units",) if pairing.n_clusters < 30 else ()
    return JackknifeDifference(
        value=values[1] - values[0],
        influence=other - one,
        width=metric.high - metric.low,
        df=max(rarest(pairing.columns[first]) - 1, 1),
        changed=_moved(pairing, first, second),
        extra=few,
    )


def _moved(pairing: PairedRecords, first: int, second: int) -> int:
    """Number of items whose scores differ."""
    one, other = pairing.columns[first].scores, pairing.columns[second].scores
    assert one is not None
    assert other is not None
    return int((one != other).any(axis=1).sum()) if one.shape == other.shape else pairing.n


def draws_of_mean(
    pairing: PairedRecords, metric: str, first: tuple[int, ...], second: tuple[int, ...]
) -> BootstrapDifference:
    """Bootstrap draws of the difference of mean values of several models on each side."""
    width = pairing.quantity(metric).width
    if not pairing.n:
        return BootstrapDifference(value=math.nan, draws=np.empty(0), units=0, width=width, resamples=pairing.resamples)
    value, draws = (
        _mean_of(table, second) - _mean_of(table, first)
        for table in ([pairing.value(at, metric) for at in range(len(pairing.columns))], pairing.draws(metric))
    )
    few = (f"only {pairing.n_clusters} independent units",) if pairing.n_clusters < 30 else ()
    return BootstrapDifference(
        value=float(value),
        draws=draws[np.isfinite(draws)],
        units=pairing.n_clusters,
        width=width,
        resamples=pairing.resamples,
        changed=count_changed(pairing, first[0], second[0], metric),
        counted=changes_of(pairing, first[0], second[0], metric),
        without_one=_without_one(pairing, metric, first, second),
        sizes=unit_sizes(pairing),
        extra=few,
    )


def _mean_of(table: Any, models: tuple[int, ...]) -> Any:
    return table[models[0]] if len(models) == 1 else np.mean([table[at] for at in models], axis=0)


def _without_one(pairing: PairedRecords, metric: str, first: tuple[int, ...], second: tuple[int, ...]) -> Floats | None:
    table = pairing.without_one(metric)
    if table is None:
        return None
    found: Floats = table[list(second)].mean(axis=0) - table[list(first)].mean(axis=0)
    return found if np.isfinite(found).all() else None


def _of_replicates(
    pairing: PairedRecords, metric: str, first: tuple[int, ...], second: tuple[int, ...]
) -> SeedDifference | None:
    """The difference of two systems of several seeds each; None where most resamples leave it undefined."""
    values = [np.array([pairing.value(at, metric) for at in side]) for side in (first, second)]
    draws = pairing.draws(metric)[[*first, *second]]
    kept = np.isfinite(draws).all(axis=0)
    if 2 * int(kept.sum()) < kept.size:
        return None
    drawn = (draws[: len(first), kept], draws[len(first) :, kept])
    found = two_level_difference(values[0], drawn[0], values[1], drawn[1], pairing.n_clusters)
    lost = int(kept.size - kept.sum())
    undefined = (f"{lost} of {kept.size} resamples are undefined and left out",) if lost else ()
    return replace(found, flags=(*found.flags, *undefined))


def count_changed(pairing: PairedRecords, first: int, second: int, metric: str) -> int:
    """Number of items that two models answer differently; of clusters with such items if these are at most half of all.

    Of a behavioural task: of cases with another outcome by the metric, since a case may be passed by several answers.
    """
    return _changes(pairing, first, second, metric)[0]


def changes_of(pairing: PairedRecords, first: int, second: int, metric: str) -> Changes:
    """The unit that `count_changed` counts."""
    return _changes(pairing, first, second, metric)[1]


def _changes(pairing: PairedRecords, first: int, second: int, metric: str) -> tuple[int, Changes]:
    def count() -> tuple[int, Changes]:
        codes, total = pairing.columns[first].cluster_codes, pairing.n_clusters
        changed, rows = _changed_items(pairing, first, second, metric)
        units = len(np.unique(codes[rows[changed]])) if codes is not None else len(rows)
        return (units, "clusters") if codes is not None and 2 * units <= total else (int(changed.sum()), "answers")

    by = metric if pairing.task.behaviour else ""
    found: tuple[int, Changes] = pairing.remember(("changed", first, second, by), count)
    return found


def _changed_items(
    pairing: PairedRecords, first: int, second: int, metric: str
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Whether each item that is judged has changed, and its row."""
    one, other = pairing.columns[first], pairing.columns[second]
    if pairing.task.behaviour:
        return case_outcomes(one, metric) != case_outcomes(other, metric), case_rows(one)
    return np.asarray(one.outputs_as_array != other.outputs_as_array, dtype=np.bool_), np.arange(one.n)


def is_same(pairing: PairedRecords, metric: str, other: str, models: Sequence[int]) -> bool:
    """Whether two metrics are equivalent by definition and equal on the answers of some models."""
    if "score" in (metric, other) or not pairing.n:
        return False
    found = equivalent_metrics(pairing.task, _with_shares(pairing))
    if found.get(metric, metric) != found.get(other, other):
        return False
    return all(abs(pairing.value(at, metric) - pairing.value(at, other)) <= _NONE for at in models)


def unit_sizes(pairing: PairedRecords) -> Floats | None:
    """Number of items (of a behavioural task: of cases) of each cluster, if there are few clusters; else None."""
    codes = pairing.columns[0].cluster_codes if pairing.n else None
    if codes is None or pairing.n_clusters >= MANY_UNITS:
        return None
    if pairing.task.behaviour:
        codes = codes[case_rows(pairing.columns[0])]
    return np.bincount(codes).astype(np.float64)


def estimate_retained_fraction(
    pairing: PairedRecords, metric: str, first: int = 0, second: int = 1, alpha: float = 0.05
) -> RetainedFraction:
    """The fraction of ``first``'s value of a metric, or of ``score``, that ``second`` retains, with a 1 - alpha interval.

    Defined where higher is better and first's value is clearly above zero: in all but alpha of the resamples.

    Raises:
        NotComparable: The task has no such metric.
    """
    quantity = pairing.quantity(metric)
    if quantity.direction == "lower" or quantity.neutral is not None:
        ends = "lower values" if quantity.neutral is None else "neither high nor low values"
        return RetainedFraction(value=None, flags=(f"{ends} of {metric} are better: a kept share means nothing",))
    if not pairing.n:
        return RetainedFraction(value=None, flags=("no common items",))
    draws = pairing.draws(metric)
    left = pairing.without_one(metric)
    data = RetentionData(
        parent=pairing.value(first, metric),
        candidate=pairing.value(second, metric),
        parent_draws=draws[first],
        candidate_draws=draws[second],
        units=pairing.n_clusters,
        width=pairing.quantity(metric).width,
        changed=count_changed(pairing, first, second, metric),
        counted=changes_of(pairing, first, second, metric),
        parent_without_one=None if left is None else left[first],
        candidate_without_one=None if left is None else left[second],
        sizes=unit_sizes(pairing),
        parent_ends=value_bounds(pairing, range(first, first + 1), metric),
        candidate_ends=value_bounds(pairing, range(second, second + 1), metric),
    )
    found = retained_fraction(data, alpha)
    if found.value is None or not pairing.is_identical(first, second):
        return found
    return replace(found, flags=("identical answers", *found.flags))


def value_bounds(pairing: PairedRecords, models: range, metric: str) -> Callable[[float], tuple[float, float] | None]:
    """Interval bounds of a value that is equal in every resample, as for a score; averaged over seeds."""
    members = members_of(metric, pairing.task)

    def bounds(alpha: float) -> tuple[float, float] | None:
        found = [
            _interval(pairing.columns[model], pairing.metric(name), 1 - 2 * alpha)
            for model in models
            for name in members
        ]
        lows, highs = (
            [one.low for one in found if one.low is not None],
            [one.high for one in found if one.high is not None],
        )
        if len(lows) < len(found) or len(highs) < len(found):
            return None
        return float(np.mean(lows)), float(np.mean(highs))

    return bounds


def _interval(columns: Columns, metric: Metric, confidence: float) -> Interval:
    """The interval that a score has without spread (``score.score_columns``)."""
    return closed_form_interval(columns, metric, confidence) or degenerate_interval(columns, metric, confidence)
