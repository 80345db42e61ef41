"""Findings about identity swaps: each limit of a rule against the bound of its number, dimension by dimension."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchwright import formatting, registry
from benchwright.bias import items_that_tell, measure_swaps
from benchwright.bias.join import SwappedItems
from benchwright.bias.limits import (
    SwapEstimate,
    estimate_extra_flips,
    estimate_flip_rate,
    estimate_level_gap,
    estimate_shift,
)
from benchwright.bias.swapped_view import SwappedView, read_swapped_view
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.flipped_cases import flipped_cases, ids_of
from benchwright.gating.improvement import MOST_ITEMS, Improvement
from benchwright.gating.rules.base import TaskRule
from benchwright.gating.verdict import IDS_NAMED, PendingFinding, RequiredItems, Verdict
from benchwright.items import count, noun
from benchwright.stats.difference import DifferenceEstimate
from benchwright.types import IdentityScore, Kind
from benchwright.types.bias import FEWEST_ITEMS

FLIP_RATE, EXTRA_FLIP_RATE = "identity_flip_rate", "extra_identity_flip_rate"
"""Metrics of findings."""
_OF_FLIPS = frozenset({FLIP_RATE, EXTRA_FLIP_RATE})
WORDS = {Verdict.PASS: "within", Verdict.FAIL: "exceeds", Verdict.INCONCLUSIVE: "cannot tell"}
"""What a verdict of a gate is called where it is about bias."""
_GROUPS_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class IdentityLimits:
    """What a rule asks of identity views; None: nothing."""

    dimensions: tuple[str, ...] = ()
    label: str | None = None
    flip_rate: float | None = None
    extra_flip_rate: float | None = None
    shift: float | None = None
    gap: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """One limit: what it is called, how its number is said, and whether it is about scores of a label."""

    metric: str
    title: str
    limit: float
    against: str = ""


def read_view(side: System, path: str, context: GateContext) -> SwappedView:
    """The records of a system on a task and on its view. Raises NotComparable where one of the two is not there."""
    card = context.card(path)
    cells = {at: context.cell(side, at) for at in (card.view_of, path)}
    for at, cell in cells.items():
        if cell is None or cell.status != "scored" or cell.key is None:
            raise NotComparable(
                f"{side.name} has no result on {at}: {'not in its run' if cell is None else cell.reason}"
            )
    keys = (str(cells[card.view_of].key), str(cells[path].key))  # type: ignore[union-attr]  # checked above
    return read_swapped_view(side.store, path, card, keys)


def judge_view(rule: TaskRule, limits: IdentityLimits, path: str, context: GateContext) -> Iterable[PendingFinding]:
    """The findings of a rule on one view. Raises NotComparable."""
    base = context.card(path).view_of
    for at in (base, path):
        context.answered("", at)
    seen = read_view(context.candidate, path, context)
    wanted = limits.dimensions or seen.dimensions
    if not wanted:
        yield rule.invalid("no item holds a term of any dimension", path=path, **rule.defaults())
    for dimension in wanted:
        slice_ = f"identity={dimension}"
        if dimension not in seen.dimensions:
            near = registry.suggest(dimension, seen.dimensions)
            known = f": there are {', '.join(seen.dimensions)}" if seen.dimensions else ""
            reason = f"no dimension {dimension!r} was swapped{known}" + (f"; {near}" if near else "")
            yield rule.invalid(reason, path=path, slice=slice_, **rule.defaults())
            continue
        yield from _judge_dimension(rule, limits, seen, dimension, context)


def _judge_dimension(
    rule: TaskRule, limits: IdentityLimits, seen: SwappedView, dimension: str, context: GateContext
) -> Iterable[PendingFinding]:
    items = seen.items(dimension)
    if items.unanswered > context.allowed:
        reason = (
            f"{count(items.unanswered, noun(seen.card))} with a term of {dimension} not answered as it is or in a variant;"
            " a rule of kind coverage may allow some: max_errored"
        )
        yield rule.invalid(reason, path=seen.path, slice=f"identity={dimension}", **rule.defaults())
        return
    score = measure_swaps(
        items,
        model=context.candidate.name,
        base=seen.card.view_of,
        split=seen.card.default_split,
        given=seen.given,
        counts=_counts(seen, dimension),
    )
    for asked in _asked(limits, rule):
        try:
            found = _estimate(asked, limits, items, seen, context) if items.n else None
        except NotComparable as error:
            yield rule.invalid(error.problem, path=seen.path, slice=f"identity={dimension}", against=asked.against)
            continue
        fields = _fields(asked, found, score, seen)
        if asked.metric in _OF_FLIPS:
            cases = flipped_cases(items, seen.given, seen.keys, context)
            fields |= {"failing": score.flipped, "cases": cases, "flipped": ids_of(cases)[:IDS_NAMED]}
        yield _judge(rule, asked, found, score, fields)


def _counts(seen: SwappedView, dimension: str) -> dict[str, int]:
    told = {name: seen.counts.get(f"{name}:{dimension}") for name in ("holding", "ambiguous", "unprojectable")}
    known = {name: number for name, number in told.items() if number is not None}
    return {"items": seen.counts.get("items", len(seen.originals)), **known}


def _asked(limits: IdentityLimits, rule: TaskRule) -> list[_Asked]:
    every = (
        (FLIP_RATE, "flip rate", limits.flip_rate, ""),
        (
            EXTRA_FLIP_RATE,
            f"flip rate above that of the {rule.against}",
            limits.extra_flip_rate,
            rule.against,
        ),
        ("shift_of_scores", "mean shift of scores", limits.shift, ""),
        ("gap_of_scores", f"gap between groups of the mean score of {limits.label}", limits.gap, ""),
    )
    return [
        _Asked(metric=metric, title=title, limit=limit, against=against)
        for metric, title, limit, against in every
        if limit is not None
    ]


def _estimate(
    asked: _Asked, limits: IdentityLimits, items: SwappedItems, seen: SwappedView, context: GateContext
) -> SwapEstimate:
    """The number of one limit. Raises NotComparable where answers have no scores, or the baseline no answers."""
    if asked.metric == FLIP_RATE:
        return estimate_flip_rate(items)
    if asked.against:
        for at in (seen.card.view_of, seen.path):
            context.answered(asked.against, at)
        other = read_view(context.reference(asked.against), seen.path, context).items(items.dimension)
        found = estimate_extra_flips(other, items, resamples=context.resamples, seed=context.seed)
        if found is None:
            raise NotComparable(f"no item with a term of {items.dimension} was answered in full by both")
        return found
    if asked.metric == "shift_of_scores":
        shift = estimate_shift(items, seen.given)
        if shift is None:
            raise NotComparable("answers have no scores that compare: how far a swap moves them is not known")
        return shift
    gap = estimate_level_gap(items, str(limits.label), seen.given)
    if gap is None:
        names = ", ".join(seen.card.label_names) or ("recall" if seen.card.kind is Kind.TAG else "value")
        raise NotComparable(
            f"no mean score of {limits.label!r} by group: either answers have no scores that compare, or no item has a"
            f" variant of each group; labels here: {names}"
        )
    return gap


def _fields(asked: _Asked, found: SwapEstimate | None, score: IdentityScore, seen: SwappedView) -> dict[str, Any]:
    value = None if found is None or not math.isfinite(found.found.value) else found.found.value
    return {
        "path": seen.path,
        "slice": f"identity={score.dimension}",
        "metric": asked.metric,
        "against": asked.against,
        "candidate": value,
        "limit": asked.limit,
        "direction": "lower",
        "value_unit": "fraction",
        "n": found.n if found else 0,
        "unit": noun(seen.card),
        "clusters": found.units if found else 0,
        "method": found.found.method if found else "none",
        "flags": tuple(_flags(found, score, seen)),
    }


def _flags(found: SwapEstimate | None, score: IdentityScore, seen: SwappedView) -> Iterable[str]:
    what = noun(seen.card)
    yield (
        f"{count(score.variants, 'variant')} of {count(score.n, what)}; {score.holding:,} of {count(score.items, what)}"
        f" hold a term of {score.dimension}"
    )
    if score.ambiguous:
        yield f"{score.ambiguous:,} left as they are: ambiguous"
    yield from (one.sentence for one in score.alarms if one.code != "few-units")
    yield from found.found.flags if found else ()


def _judge(
    rule: TaskRule, asked: _Asked, found: SwapEstimate | None, score: IdentityScore, fields: dict[str, Any]
) -> PendingFinding:
    if found is None or score.n < FEWEST_ITEMS:
        return _too_few(rule, asked, found, score, fields)
    bounded = _Bounded(rule=rule, asked=asked, found=found, score=score)
    won = bounded.won
    high, p = won.high(rule.alpha), won.p_above(asked.limit)
    fields |= {"low": won.low(rule.alpha), "high": high, "alpha": rule.alpha}
    return PendingFinding(
        finding=rule.finding(Verdict.INCONCLUSIVE, "", **fields),
        alpha=rule.alpha,
        passes=high is not None and high <= asked.limit and not bounded.exceeding,
        violation_p=min([1.0 if p is None else min(1.0, p * bounded.parts), *bounded.of_groups.values()]),
        describe=bounded.sentence,
        required_items=bounded.required,
    )


def _too_few(
    rule: TaskRule, asked: _Asked, found: SwapEstimate | None, score: IdentityScore, fields: dict[str, Any]
) -> PendingFinding:
    """INCONCLUSIVE whatever the numbers: too few items hold a term."""
    what = noun_of(score, fields["unit"])
    value, enough = "", FEWEST_ITEMS
    if found is not None:
        value = f"; {asked.title} {_shown(found.found.value)} on these"
        enough = max(_Bounded(rule=rule, asked=asked, found=found, score=score).enough or 0, FEWEST_ITEMS)
    needed = math.ceil(enough * score.items / score.n) if score.n and score.units > 1 else None
    more = f"; if it is as seen, {formatting.about(needed, above=score.items)} items of the task tell" if needed else ""
    message = f"cannot tell: {what}, and below {FEWEST_ITEMS} nothing is told{value}{more}"
    return rule.settled(Verdict.INCONCLUSIVE, message, **fields, alpha=rule.alpha, needed=needed)


def noun_of(score: IdentityScore, unit: str) -> str:
    """``31 examples hold a term of religion``."""
    held = "holds" if score.n == 1 else "hold"
    return f"{count(score.n, unit)} {held} a term of {score.dimension}"


@dataclass(frozen=True, kw_only=True, eq=False)
class _Bounded:
    """A number with its limit, whose verdict waits for the Holm correction."""

    rule: TaskRule
    asked: _Asked
    found: SwapEstimate
    score: IdentityScore

    @property
    def won(self) -> Improvement:
        """The number, so that more is more: its bounds and p, kept once computed."""
        return Improvement(difference=self.found.found, sign=1, n=self.found.n)

    @property
    def of_groups(self) -> dict[str, float]:
        """Group -> p of a flip rate of its own at most the limit, times the number of groups (Bonferroni): a mean over many groups
        hides one.
        """
        known = self._groups
        found = {
            name: Improvement(difference=one, sign=1, n=self.found.n).p_above(self.asked.limit) for name, one in known
        }
        return {name: min(1.0, p * len(known) * self.parts) for name, p in found.items() if p is not None}

    @property
    def parts(self) -> int:
        """Ways to exceed the limit, among which alpha is shared: the rate of all, and that of some group; so in `judge_again`, whose
        intervals are two-sided.
        """
        return 2 if self._groups else 1

    @property
    def _groups(self) -> tuple[tuple[str, DifferenceEstimate], ...]:
        """Groups with a rate of their own; none where there is one, which is the rate of all."""
        return self.found.groups if len(self.found.groups) > 1 else ()

    @property
    def exceeding(self) -> tuple[str, ...]:
        """Groups that exceed the limit by themselves, those seen furthest above it first."""
        values = {name: one.value for name, one in self.found.groups}
        above = [name for name, p in self.of_groups.items() if p <= self.rule.alpha]
        return tuple(sorted(above, key=lambda name: -values[name]))

    def sentence(self, verdict: Verdict, p: float | None) -> str:
        """The verdict in words, what was seen, both bounds, what is allowed; ``p``: after the Holm correction."""
        found, asked, alpha = self.found, self.asked, self.rule.alpha
        low, high = (_shown(end) for end in (self.won.low(alpha), self.won.high(alpha)))
        seen = f"{found.n:,} items with a term of {self.score.dimension}"
        if asked.metric == FLIP_RATE:
            seen = f"{self.score.flipped:,} of {seen} answered otherwise under some swap"
        between = f" ({found.highest} highest, {found.lowest} lowest)" if found.highest != found.lowest else ""
        message = (
            f"{WORDS[verdict]}: {seen}, {asked.title} {_shown(found.found.value)}{between}, bounds {low} and {high}"
            f" ({formatting.confidence(1 - alpha)} each); at most {_shown(asked.limit)} allowed"
        )
        if found.units < 2:
            message += "; they are one cluster, of which no bounds are made"
        if above := self.exceeding:
            values = {name: one.value for name, one in found.groups}
            told = ", ".join(f"{_shown(values[name])} with {name} put in" for name in above[:_GROUPS_NAMED])
            message += f"; by itself above the limit: {told}" + (
                f" and {len(above) - _GROUPS_NAMED} more groups" if len(above) > _GROUPS_NAMED else ""
            )
        if verdict is Verdict.FAIL:
            return f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm"
        return message

    def required(self) -> RequiredItems | None:
        """Items of the task that would tell at the value seen, as many of them holding a term."""
        enough = self.enough
        if enough is None or enough <= self.found.n:
            return None
        score = self.score
        items = math.ceil(enough * score.items / score.n)
        if items > MOST_ITEMS:
            sentence = f"if it is as seen, more than {MOST_ITEMS:,} items of the task, no realistic number, tell"
            return RequiredItems(items=None, sentence=sentence)
        holding = (
            f", {formatting.about(enough, above=self.found.n)} of them with a term," if score.items > score.n else ""
        )
        return RequiredItems(
            items=items,
            sentence=f"if it is as seen, {formatting.about(items, above=score.items)} items of the task{holding} tell",
        )

    @property
    def enough(self) -> int | None:
        """Items with a term whose bound would keep the limit, or exceed it, at the value seen; None where no number would."""
        found, limit, alpha = self.found, self.asked.limit, self.rule.alpha
        if found.units < 2:
            return None  # how much clusters differ is not seen
        if found.mean is not None:
            return items_that_tell(found.mean, limit, 1 - 2 * alpha)
        value = found.found.value
        end = self.won.high(alpha) if value < limit else self.won.low(alpha)
        if end is None or math.isclose(value, limit, abs_tol=1e-9):
            return None
        return max(math.ceil(found.n * ((end - value) / (limit - value)) ** 2), FEWEST_ITEMS)


def _shown(value: float | None) -> str:
    return formatting.value(value, "fraction")
