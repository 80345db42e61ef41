"""Gaps between groups of people on one task: a metric, a rate or an area in each group of a slice, largest minus smallest.

What can be compared: any metric of the task; `rates` (demographic parity, equal opportunity, equalised odds) and `areas` (Subgroup,
BPSN and BNSP AUC, equality gaps) of one label against the rest. Bounds and verdicts: `benchwright.stats.gaps`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from benchwright import registry
from benchwright.alarm import note
from benchwright.bias.areas import AREAS, EQUALITY_GAPS, Area, area_of
from benchwright.bias.group_metrics import groups_apart, groups_together
from benchwright.bias.groups import Groups, group_items
from benchwright.bias.rates import (
    EQUALIZED_ODDS,
    RATES,
    TRIALS,
    Terms,
    is_gold,
    scores_of_label,
    terms_of_metric,
    terms_of_rate,
)
from benchwright.errors import BenchwrightError
from benchwright.items import count, noun
from benchwright.metrics.columns import Columns, Floats, Gathered, Metric
from benchwright.score import score_columns
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.gaps import GroupEstimates, Ratio, SharesOfGroups, gap_between, ratio_between, worth_of
from benchwright.stats.group_bounds import InfluencedGroups
from benchwright.stats.intervals import share_interval, share_of, t_quantile, wilson
from benchwright.types import LIMIT, Alarm, Gap, GroupGap, GroupValue, Score

FEW = 100
"""Items of a group below which its value is printed without emphasis."""
_RARE = 10
"""Units with a hit, or with a miss, below which what a few units add says too little."""
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which model on which task: what a `GroupGap` is called by."""

    model: str
    suite: str
    task: str
    split: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """A metric in every group, and what bounds of pairs are made from.

    Attributes:
        values: By name; those without a value are there too.
        estimates: The groups that have a value and bounds.
        notes: What is to be known of them.
    """

    values: tuple[GroupValue, ...]
    estimates: GroupEstimates
    notes: tuple[Alarm, ...] = ()


def measure_gap(
    found: Gathered,
    place: Place,
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


def measure_ratio(found: Gathered, slice: str, metric: str, *, label: str = "", limit: float | None = None) -> Ratio:
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
        return _rates(
            columns, groups, metric, terms_of_rate(columns, metric, label), TRIALS[metric].format(label=label)
        )
    if metric in AREAS:
        return _areas(columns, groups, metric, label)
    known: Metric = registry.get("metrics", metric)
    if not known.is_for(columns.task):
        raise BenchwrightError(
            f"{metric} is no metric for {columns.task.name}",
            expected=f"one of: {', '.join((*columns.task.metrics, *RATES, EQUALIZED_ODDS, *AREAS))}",
            hint=f"metric={columns.task.metrics[0]}" if columns.task.metrics else "",
        )
    if known.proportion and not known.by_group and known.counts is None:
        unit = known.unit or noun(columns.task)
        return _rates(columns, groups, metric, terms_of_metric(columns, known), unit)
    return _metric(columns, groups, known)


# --- shares -----------------------------------------------------------------------------------------------------------


def _rates(columns: Columns, groups: Groups, metric: str, terms: Terms, unit: str) -> Compared:
    units = {name: _of_units(terms, inside, columns) for name, inside in groups.members.items()}
    shares = {name: share_of(*rows) for name, rows in units.items()}
    values, told = [], []
    for name, share in shares.items():
        n = int(groups.members[name].sum())
        interval = share_interval(share)
        if not share.trials:
            told.append(note("group", f"{name} has no {unit}: no value of {metric}"))
        elif interval.low is None:
            told.append(note("group", f"{name} is one cluster: no interval of {metric}, and it is in no gap"))
        score = Score(
            metric=metric,
            value=share.hits / share.trials if share.trials else None,
            low=_rounded(interval.low),
            high=_rounded(interval.high),
            n=round(share.trials),
            unit=unit,
            slice=f"{groups.slice}={name}",
            clusters=share.units,
            method=interval.method,
            se=interval.se,
        )
        values.append(GroupValue(group=name, n=n, used=round(share.trials), score=score))
    together = {name: worth_of(*units[name]) for name, share in shares.items() if share.together}
    apart = SharesOfGroups(shares, together)
    estimates: GroupEstimates = apart if groups.are_apart else _shares_together(columns, groups, terms, apart)
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


def _of_units(terms: Terms, inside: np.ndarray, columns: Columns) -> tuple[Floats, Floats]:
    """Hits and trials of the independent units of a group (U)."""
    codes = columns.cluster_codes
    rows = np.stack([terms.hits[inside], terms.trials[inside]], axis=1)
    if codes is not None:
        rows = sum_by_cluster(rows, np.unique(codes[inside], return_inverse=True)[1].reshape(-1))
    return rows[:, 0], rows[:, 1]


def _shares_together(columns: Columns, groups: Groups, terms: Terms, apart: SharesOfGroups) -> InfluencedGroups:
    """Shares of groups that have items or clusters in common: what each unit adds, hits less the share of its trials."""
    rows, rare, sizes = [], set(), []
    for name, value in zip(apart.names, apart.values.tolist(), strict=True):
        inside = groups.members[name]
        rows.append((terms.hits - value * terms.trials) * inside / float(terms.trials[inside].sum()))
        by_unit = sum_by_cluster(
            np.stack([terms.hits * inside, (terms.trials - terms.hits) * inside], axis=1), columns.cluster_codes
        )
        if (by_unit > 0).sum(axis=0).min() < _RARE:
            rare.add(name)
        sizes.append(float(apart.shares[name].units))
    every = np.array(rows).reshape(len(rows), columns.n)
    return InfluencedGroups(
        known=dict(zip(apart.names, apart.values.tolist(), strict=True)),
        influence=sum_by_cluster(every.T, columns.cluster_codes).T,
        sizes=np.array(sizes),
        total=float(np.any(list(groups.members.values()), axis=0).sum()),
        shares=apart,
        rare=frozenset(rare),
    )


# --- areas under curves -----------------------------------------------------------------------------------------------


def _areas(columns: Columns, groups: Groups, metric: str, label: str) -> Compared:
    scores = scores_of_label(columns, label)
    if scores is None:
        raise BenchwrightError(
            f"{metric} needs a score for each label, and the model gives none",
            expected="a model that gives probabilities",
            hint=f"metric={RATES[0]} needs answers alone",
        )
    gold = is_gold(columns, label)
    found = {name: area_of(metric, scores, gold, inside) for name, inside in groups.members.items()}
    values = [
        GroupValue(
            group=name,
            n=int(groups.members[name].sum()),
            used=one.above + one.below,
            score=_area_score(columns, one, metric, f"{groups.slice}={name}"),
        )
        for name, one in found.items()
    ]
    told = [
        note("group", f"{name} has no value of {metric}: no {one.lacking}")
        for name, one in found.items()
        if one.lacking
    ]
    known = {name: one for name, one in found.items() if one.value is not None}
    every = np.array([one.influence for one in known.values()]).reshape(len(known), columns.n)
    estimates = InfluencedGroups(
        known={name: one.value for name, one in known.items() if one.value is not None},
        influence=sum_by_cluster(every.T, columns.cluster_codes).T,
        sizes=np.array([float(_rarer(columns, one)) for one in known.values()]),
        total=float(np.any(list(groups.members.values()), axis=0).sum()),
    )
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


def _rarer(columns: Columns, one: Area) -> int:
    """What an area rests on: the items of its rarer sort, at most the independent units."""
    return min(one.above, one.below, columns.n_clusters)


def _area_score(columns: Columns, one: Area, metric: str, slice: str) -> Score:
    """Student's t around the logit of the value, as for `roc_auc`; at 0 and 1 Wilson's bound of unseen pairs."""
    blank = Score(metric=metric, value=one.value, n=one.above + one.below, slice=slice, method="none")
    if one.value is None:
        return blank
    shift = 0.5 if metric in EQUALITY_GAPS else 0.0
    at, rarer = one.value + shift, _rarer(columns, one)
    by_unit = sum_by_cluster(one.influence[:, None], columns.cluster_codes)[:, 0]
    units = int((by_unit != 0).sum())
    se = math.sqrt(float(by_unit @ by_unit) * units / (units - 1)) if units > 1 else 0.0
    if se <= 1e-12 or not 0 < at < 1:
        unseen = wilson(0, rarer)[1]
        low, high, method = max(at - unseen, 0.0), min(at + unseen, 1.0), "wilson-mixed"
    else:
        far = t_quantile(0.95, max(rarer - 1, 1)) * se / (at * (1 - at))
        middle = math.log(at / (1 - at))
        low, high = (1 / (1 + math.exp(-(middle + end))) for end in (-far, far))
        method = "infinitesimal-jackknife"
    return msgspec.structs.replace(
        blank, low=_rounded(low - shift), high=_rounded(high - shift), se=se, method=method, clusters=columns.n_clusters
    )


# --- any metric -------------------------------------------------------------------------------------------------------


def _metric(columns: Columns, groups: Groups, metric: Metric) -> Compared:
    parts = {name: columns.select(np.flatnonzero(inside).tolist()) for name, inside in groups.members.items()}
    values, told = [], []
    known: dict[str, float] = {}
    for name, part in parts.items():
        score = score_columns(part, [metric], slice=f"{groups.slice}={name}")[0]
        score = msgspec.structs.replace(score, metric=metric.name)
        values.append(GroupValue(group=name, n=part.n, used=score.n, score=score))
        if score.value is None:
            reason = next((one.sentence for one in score.alarms), "it is undefined there")
            told.append(note("group", f"{name} has no value of {metric.name}: {reason}"))
        else:
            known[name] = score.value
    estimates: GroupEstimates = (
        groups_apart(metric, parts, known)
        if groups.are_apart
        else groups_together(columns, metric, groups, parts, known)
    )
    return Compared(values=tuple(values), estimates=estimates, notes=tuple(told))


# --- equalised odds ---------------------------------------------------------------------------------------------------


def _equalized_odds(
    columns: Columns, place: Place, groups: Groups, *, label: str, limit: float | None, told: tuple[Alarm, ...]
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
        alarms=(*told, note("odds", f"values are those of {larger}, whose gap is the larger one"), *notes),
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


def _left_out(found: Gathered, groups: Groups) -> tuple[Alarm, ...]:
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


def _rounded(end: float | None) -> float | None:
    return None if end is None else round(end, _DIGITS)
