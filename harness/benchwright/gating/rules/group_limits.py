"""Findings about groups of people on a task: the gap or the ratio of a metric between the groups of a slice, against its bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchwright import formatting
from benchwright.bias.areas import AREAS
from benchwright.bias.gaps import ModelOnTask, compare_groups, measure_gap
from benchwright.bias.groups import group_items, slices_of_people
from benchwright.bias.rates import EQUALIZED_ODDS, RATES
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import MOST_ITEMS, Improvement
from benchwright.gating.rules.base import TaskRule
from benchwright.gating.rules.identity_limits import WORDS
from benchwright.gating.verdict import PendingFinding, RequiredItems, Verdict
from benchwright.metrics.gathering import GatheredColumns, gather
from benchwright.quantities import Unit, find_mean
from benchwright.stats.difference import IntervalEstimate
from benchwright.stats.gaps import GroupEstimates, gap_between, ratio_between
from benchwright.task_path import TaskPath
from benchwright.types import GroupGap, Task

OF_GROUPS = (*RATES, EQUALIZED_ODDS, *AREAS)
"""What is compared between groups besides the metrics of a task: rates and areas of one label."""


@dataclass(frozen=True, kw_only=True)
class GroupLimits:
    """What a rule asks of groups; None: nothing.

    Attributes:
        slice: Whose values are the groups; None: each slice of people that the card names.
        metric: What is compared; ``score``: the task's own.
        label: Of a rate or an area.
        gap: Largest minus smallest value, at most.
        ratio: Smallest divided by largest value, at least.
    """

    slice: str | None = None
    metric: str = "score"
    label: str | None = None
    gap: float | None = None
    ratio: float | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class _Judged:
    """A metric between groups, with what bounds are made from.

    Attributes:
        seen: Values of the groups, the gap, notes.
        parts: The groups; of equalised odds those of both rates.
        unit: Of the values.
    """

    seen: GroupGap
    parts: tuple[GroupEstimates, ...]
    unit: Unit


def judge_groups(rule: TaskRule, limits: GroupLimits, path: str, context: GateContext) -> Iterable[PendingFinding]:
    """The findings of a rule on one task, one for each slice and limit. Raises NotComparable."""
    whole = context.alone(path)
    found = gather(whole.task, whole.records[0])
    slices = (limits.slice,) if limits.slice else slices_of_people(whole.task)
    if not slices:
        raise NotComparable(f'the card of {path} names no slice of people: slice = "NAME" says whose values are groups')
    metric = metric_of(limits.metric, whole.task)
    for slice_ in slices:
        try:
            judged = _compare(found, path, slice_, metric, limits.label or "")
        except BenchwrightError as error:
            reason = "; ".join(part for part in (error.problem, error.hint) if part)
            yield rule.invalid(reason, path=path, slice=f"{slice_}=*", against="")
            continue
        if limits.gap is not None:
            yield _gap(rule, judged, limits.gap, whole.flags)
        if limits.ratio is not None:
            yield _ratio(rule, judged, limits.ratio, whole.flags)


def metric_of(metric: str, task: Task) -> str:
    """The metric that a rule means on a task. Raises NotComparable for a score that is a mean of several."""
    if metric != "score":
        return metric
    if len(task.score_metrics) != 1:
        raise NotComparable(
            f"the score of {task.name} is a mean of {', '.join(task.score_metrics)}: name one as metric"
        )
    return task.score_metrics[0]


def _compare(found: GatheredColumns, path: str, slice_: str, metric: str, label: str) -> _Judged:
    at = TaskPath.parse(path)
    place = ModelOnTask(model="", suite=at.suite, task=at.task, split=found.columns.task.default_split)
    seen = measure_gap(found, place, slice_, metric, label=label, limit=None)
    groups = group_items(found.columns, slice_)
    asked = RATES[1:] if metric == EQUALIZED_ODDS else (metric,)
    parts = tuple(compare_groups(found.columns, groups, one, label=seen.label).estimates for one in asked)
    quantity = None if metric in OF_GROUPS else find_mean((metric,))
    return _Judged(seen=seen, parts=parts, unit=quantity.unit if quantity else "fraction")


def gap_ends(parts: Sequence[GroupEstimates], confidence: float) -> tuple[float, float] | None:
    """Bounds of the largest of some gaps, each one-sided at half of what the confidence leaves; None where one has none."""
    found = [gap_between(one, alpha=(1 - confidence) / 2, parts=len(parts)) for one in parts]
    lows = [one.low for one in found if one.low is not None]
    highs = [one.high for one in found if one.high is not None]
    return (max(lows), max(highs)) if len(lows) == len(highs) == len(parts) else None


def _gap(rule: TaskRule, judged: _Judged, limit: float, flags: Sequence[str]) -> PendingFinding:
    value = judged.seen.gap.value
    if value is None or (len(judged.parts) > 1 and any(len(one.names) < 2 for one in judged.parts)):
        return _untold(rule, judged, "gap", limit, flags)
    parts = judged.parts
    found = IntervalEstimate(value=value, ends=partial(gap_ends, parts), method=judged.seen.gap.method)
    won = Improvement(difference=found, sign=1, n=_items(judged))
    high, p = won.high(rule.alpha), won.p_above(limit)
    fields = _fields(judged, "gap", limit, flags) | {
        "candidate": value,
        "low": won.low(rule.alpha),
        "high": high,
        "alpha": rule.alpha,
    }
    return PendingFinding(
        finding=rule.finding(Verdict.INCONCLUSIVE, "", **fields),
        alpha=rule.alpha,
        passes=high is not None and high <= limit,
        violation_p=1.0 if p is None else p,
        describe=partial(_sentence, rule, judged, won, ("gap", "at most", limit)),
        required_items=partial(
            _required,
            _items(judged),
            lambda: max(
                (
                    gap_between(one, limit=limit, alpha=rule.alpha, parts=len(parts), items=_items(judged)).needed or 0
                    for one in parts
                ),
                default=0,
            ),
        ),
    )


def _ratio(rule: TaskRule, judged: _Judged, limit: float, flags: Sequence[str]) -> PendingFinding:
    (groups,) = judged.parts
    try:
        seen = ratio_between(groups, limit=limit, alpha=rule.alpha, items=_items(judged))
    except BenchwrightError as error:
        return rule.invalid(error.problem, **_fields(judged, "ratio", limit, flags))
    if seen.value is None:
        return _untold(rule, judged, "ratio", limit, flags)

    def ends(confidence: float) -> tuple[float, float] | None:
        found = ratio_between(groups, alpha=(1 - confidence) / 2)
        return None if found.low is None or found.high is None else (found.low, found.high)

    won = Improvement(
        difference=IntervalEstimate(value=seen.value, ends=ends, method=seen.method), sign=1, n=_items(judged)
    )
    low, p = won.low(rule.alpha), won.p_below(limit)
    fields = _fields(judged, "ratio", limit, flags) | {
        "candidate": seen.value,
        "low": low,
        "high": won.high(rule.alpha),
        "alpha": rule.alpha,
        "direction": "higher",
        "value_unit": "share",
    }
    return PendingFinding(
        finding=rule.finding(Verdict.INCONCLUSIVE, "", **fields),
        alpha=rule.alpha,
        passes=low is not None and low >= limit,
        violation_p=1.0 if p is None else p,
        describe=partial(_sentence, rule, judged, won, ("ratio", "at least", limit)),
        required_items=partial(_required, _items(judged), lambda: seen.needed or 0),
    )


def _items(judged: _Judged) -> int:
    return judged.seen.n


def _fields(judged: _Judged, what: str, limit: float, flags: Sequence[str]) -> dict[str, Any]:
    seen = judged.seen
    of = f"({seen.label})" if seen.label else ""
    return {
        "path": f"{seen.suite}/{seen.task}",
        "slice": f"{seen.slice}=*",
        "metric": f"{what}_of_{seen.metric}{of}",
        "against": "",
        "limit": limit,
        "direction": "lower",
        "value_unit": judged.unit,
        "n": _items(judged),
        "unit": "item",
        "method": seen.gap.method,
        "flags": (*(one.sentence for one in seen.alarms), *flags),
    }


def _untold(rule: TaskRule, judged: _Judged, what: str, limit: float, flags: Sequence[str]) -> PendingFinding:
    """INCONCLUSIVE: nothing to compare."""
    message = f"cannot tell: there is no {what} of {judged.seen.metric}: {judged.seen.gap.method or 'every value is 0'}"
    return rule.settled(Verdict.INCONCLUSIVE, message, **_fields(judged, what, limit, flags))


def _sentence(  # noqa: PLR0917 - bound but for the last two
    rule: TaskRule,
    judged: _Judged,
    won: Improvement,
    asked: tuple[str, str, float],
    verdict: Verdict,
    p: float | None,
) -> str:
    """The verdict in words, the groups that are furthest apart, both bounds, what is allowed; ``p``: after the Holm correction."""
    (what, sense, limit), seen = asked, judged.seen
    unit: Unit = "share" if what == "ratio" else judged.unit
    by_name = {one.group: one for one in seen.groups}
    ends = dict.fromkeys(name for name in (seen.gap.highest, seen.gap.lowest) if name in by_name)
    apart = ", ".join(
        f"{formatting.value(by_name[name].score.value, judged.unit)} of {name} ({by_name[name].n:,})" for name in ends
    )
    if len(ends) == 1:
        apart = f"{formatting.value(by_name[seen.gap.highest].score.value, judged.unit)} of each"
    low, high = (formatting.value(end, unit) for end in (won.low(rule.alpha), won.high(rule.alpha)))
    of = f" for {seen.label}" if seen.label else ""
    message = (
        f"{WORDS[verdict]}: {seen.metric}{of} between {len(seen.groups)} groups of {seen.slice}, {apart}:"
        f" {what} {formatting.value(won.value, unit)}, bounds {low} and {high} ({formatting.confidence(1 - rule.alpha)} each);"
        f" {sense} {formatting.value(limit, unit)} {'allowed' if what == 'gap' else 'asked for'}"
    )
    return f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm" if verdict is Verdict.FAIL else message


def _required(have: int, needed: Callable[[], int]) -> RequiredItems | None:
    items = needed()
    if not items:
        return None
    if items > MOST_ITEMS:
        return RequiredItems(
            items=None, sentence=f"if it is as seen, more than {MOST_ITEMS:,} items, no realistic number, tell"
        )
    return RequiredItems(
        items=items, sentence=f"if it is as seen, {formatting.about(items, above=have)} items like these tell"
    )
