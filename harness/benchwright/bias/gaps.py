"""Gaps between groups of people on one task: a metric, a rate or an area in each group of a slice, largest minus smallest.

What can be compared: any metric of the task; `rates` (demographic parity, equal opportunity, equalised odds) and `areas` (Subgroup,
BPSN and BNSP AUC, equality gaps) of one label against the rest. Bounds and verdicts: `benchwright.stats.gaps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from benchwright import registry
from benchwright.alarm import note
from benchwright.bias.areas import AREAS, EQUALITY_GAPS
from benchwright.bias.compared import Compared
from benchwright.bias.group_areas import compare_areas
from benchwright.bias.group_metrics import compare_metric
from benchwright.bias.group_shares import compare_shares
from benchwright.bias.groups import Groups, group_items
from benchwright.bias.rates import (
    EQUALIZED_ODDS,
    RATES,
    TRIALS,
    terms_of_metric,
    terms_of_rate,
)
from benchwright.errors import BenchwrightError
from benchwright.items import count, noun
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.gathering import GatheredColumns
from benchwright.metrics.metric import Metric
from benchwright.stats.gaps import Ratio, gap_between, ratio_between
from benchwright.types import LIMIT, Alarm, Gap, GroupGap, Score


@dataclass(frozen=True, kw_only=True)
class ModelOnTask:
    """Which model on which task: what a `GroupGap` is called by."""

    model: str
    suite: str
    task: str
    split: str


def measure_gap(
    found: GatheredColumns,
    place: ModelOnTask,
    slice: str,
    metric: str,
    *,
    label: str = "",
    limit: float | None = LIMIT,
) -> GroupGap:
    """One metric between the groups of a slice, with the gap judged against a limit.

    Args:
        found: Answered items of a model.
        place: Model and task.
        slice: Name of a slice; its values are the groups.
        metric: A metric of the task's kind, one of `RATES`, ``equalized_odds`` or one of `AREAS`.
        label: Label against the rest, for rates and areas; default: the positive label.
        limit: Gap that is allowed, in the metric's own units; None: nothing is asked.

    Raises:
        BenchwrightError: The slice, the metric or the label is none of the task's, or the model gives no scores for an area.
    """
    groups = group_items(found.columns, slice)
    label = _label(found.columns, metric, label)
    told = _left_out(found, groups)
    if metric == EQUALIZED_ODDS:
        return _equalized_odds(found.columns, place, groups, label=label, limit=limit, told=told)
    compared = compare_groups(found.columns, groups, metric, label=label)
    items = _items(groups, compared)
    gap = _without_bounds(gap_between(compared.estimates, limit=limit, items=items), compared)
    return GroupGap(
        model=place.model,
        suite=place.suite,
        task=place.task,
        split=place.split,
        slice=slice,
        metric=metric,
        label=label,
        groups=compared.values,
        n=items,
        gap=gap,
        ratio=_ratio_score(metric, compared, items),
        alarms=(*told, *compared.notes),
    )


def _without_bounds(gap: Gap, compared: Compared) -> Gap:
    """A gap that is none though groups have values says why: each of them is one cluster."""
    if gap.value is not None or sum(one.score.value is not None for one in compared.values) < 2:
        return gap
    return msgspec.structs.replace(gap, method="fewer than two groups have more than one cluster")


def measure_ratio(
    found: GatheredColumns, slice: str, metric: str, *, label: str = "", limit: float | None = None
) -> Ratio:
    """Smallest value of the groups divided by the largest, judged against the smallest ratio that is allowed.

    Raises:
        BenchwrightError: As `measure_gap`; for equalised odds, and for values below 0.
    """
    if metric == EQUALIZED_ODDS:
        raise BenchwrightError(
            "equalized_odds has no value of a group that could be divided",
            expected=f"one of: {', '.join(RATES)}, or a metric of the task",
            hint="ask for the ratio of true_positive_rate and of false_positive_rate",
        )
    groups = group_items(found.columns, slice)
    compared = compare_groups(found.columns, groups, metric, label=_label(found.columns, metric, label))
    return ratio_between(compared.estimates, limit=limit, items=_items(groups, compared))


def compare_groups(columns: Columns, groups: Groups, metric: str, *, label: str = "") -> Compared:
    """A metric in every group of a slice. Raises BenchwrightError for what the task or the model does not have."""
    if metric in RATES:
        return compare_shares(
            columns, groups, metric, terms_of_rate(columns, metric, label), TRIALS[metric].format(label=label)
        )
    if metric in AREAS:
        return compare_areas(columns, groups, metric, label)
    known: Metric = registry.get("metrics", metric)
    if not known.is_for(columns.task):
        raise BenchwrightError(
            f"{metric} is no metric for {columns.task.name}",
            expected=f"one of: {', '.join((*columns.task.metrics, *RATES, EQUALIZED_ODDS, *AREAS))}",
            hint=f"metric={columns.task.metrics[0]}" if columns.task.metrics else "",
        )
    if known.proportion and not known.by_group and known.counts is None:
        unit = known.unit or noun(columns.task)
        return compare_shares(columns, groups, metric, terms_of_metric(columns, known), unit)
    return compare_metric(columns, groups, known)


# --- equalised odds ---------------------------------------------------------------------------------------------------


def _equalized_odds(
    columns: Columns, place: ModelOnTask, groups: Groups, *, label: str, limit: float | None, told: tuple[Alarm, ...]
) -> GroupGap:
    """The larger of the gaps of true and false positive rates: within if both are; the lower bound is corrected for the two."""
    both = {rate: compare_groups(columns, groups, rate, label=label) for rate in RATES[1:]}
    gaps = {
        rate: gap_between(compared.estimates, limit=limit, items=_items(groups, compared), parts=2)
        for rate, compared in both.items()
    }
    valued = {rate: gap for rate, gap in gaps.items() if gap.value is not None}
    notes = tuple(one for compared in both.values() for one in compared.notes)
    larger = max(valued, key=lambda rate: valued[rate].value or 0.0) if valued else RATES[1]
    apart = len({gap.value for gap in valued.values()}) == 2
    why = ", whose gap is the larger one" if apart else ""
    if len(valued) < 2:
        gap = Gap(
            value=gaps[larger].value,
            limit=limit,
            verdict=None if limit is None else "cannot tell",
            method="one of the two rates has no gap",
        )
    else:
        gap = _larger(valued, larger, limit)
    return GroupGap(
        model=place.model,
        suite=place.suite,
        task=place.task,
        split=place.split,
        slice=groups.slice,
        metric=EQUALIZED_ODDS,
        label=label,
        groups=both[larger].values,
        n=_items(groups, both[larger]),
        gap=gap,
        alarms=(*told, note("odds", f"equalised odds of {groups.slice}: values are those of {larger}{why}"), *notes),
    )


def _larger(gaps: Mapping[str, Gap], larger: str, limit: float | None) -> Gap:
    highs = [gap.high for gap in gaps.values()]
    lows = [gap.low for gap in gaps.values() if gap.low is not None]
    verdicts = {gap.verdict for gap in gaps.values()}
    verdict = "exceeds" if "exceeds" in verdicts else "cannot tell" if "cannot tell" in verdicts else "within"
    needed = [gap.needed for gap in gaps.values() if gap.verdict == "cannot tell"]
    return msgspec.structs.replace(
        gaps[larger],
        low=max(lows, default=None),
        high=None if None in highs else max(high for high in highs if high is not None),
        limit=limit,
        verdict=None if limit is None else verdict,
        needed=max((some for some in needed if some is not None), default=None)
        if verdict == "cannot tell" and None not in needed
        else None,
    )


# --- beside the numbers -----------------------------------------------------------------------------------------------


def _label(columns: Columns, metric: str, label: str) -> str:
    """The label that is meant: the positive one where nobody says; none for a metric of the task."""
    if metric not in (*RATES, EQUALIZED_ODDS, *AREAS):
        if label:
            raise BenchwrightError(
                f"label={label} with {metric}, a metric of all labels, or of the positive one",
                expected=f"one of: {', '.join((*RATES, EQUALIZED_ODDS, *AREAS))}",
                hint="leave the label out",
            )
        return ""
    if not columns.task.single_label and not columns.task.multilabel:
        raise BenchwrightError(
            f"{metric} is a rate of a label, and {columns.task.name} has none",
            expected=f"one of: {', '.join(columns.task.metrics)}",
            hint=f"metric={columns.task.metrics[0]}" if columns.task.metrics else "",
        )
    return label or columns.task.positive or ""


def _left_out(found: GatheredColumns, groups: Groups) -> tuple[Alarm, ...]:
    told = []
    unit = noun(found.columns.task)
    if found.errored:
        told.append(note("errored", f"{count(found.errored, unit)} without an answer left out of the groups"))
    if groups.outside:
        told.append(note("group", f"{count(groups.outside, unit)} in no group of {groups.slice}"))
    if not groups.are_apart:
        told.append(note("group", f"groups of {groups.slice} have items or clusters in common: bounds account for it"))
    return tuple(told)


def _items(groups: Groups, compared: Compared) -> int:
    """Items of all groups that have a value; one that is in several counts once."""
    valued = [groups.members[one.group] for one in compared.values if one.score.value is not None]
    return int(np.any(valued, axis=0).sum()) if valued else 0


def _ratio_score(metric: str, compared: Compared, items: int) -> Score | None:
    """The ratio with its one-sided bounds; None where it has no meaning, or none is defined."""
    values: Floats = compared.estimates.values
    if metric in EQUALITY_GAPS or values.size < 2 or values.min() < 0 or values.max() <= 0:
        return None
    found = ratio_between(compared.estimates)
    return Score(
        metric=f"{metric}_ratio",
        value=found.value,
        low=found.low,
        high=found.high,
        n=items,
        method=f"{found.method}; one-sided bounds",
    )
