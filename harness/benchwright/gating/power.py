"""Power analysis of a gate (`--plan`): minimum detectable margins and power, from the stored disagreement of the models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import formatting
from benchwright.comparison.flips import rightness
from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.view_loss import estimate_extra_loss
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement, improvement
from benchwright.gating.rules import Rules
from benchwright.gating.rules.behaviour import FAILURE_RATE, BehaviourRule
from benchwright.gating.rules.bias import BiasRule
from benchwright.gating.rules.difference import BoundedRule, EquivalenceRule, SuperiorityRule
from benchwright.gating.rules.groups_of_tests import cases_of, rate_estimate, tests_of
from benchwright.gating.rules.identity_limits import FLIP_RATE, read_view
from benchwright.gating.rules.ratio import RatioRule
from benchwright.gating.rules.robustness import RobustnessRule
from benchwright.hardware.ratios import NoisyLimit
from benchwright.quantities import Unit, positive_of, with_label
from benchwright.stats.mean_shares import mean_share
from benchwright.stats.power import design_effect
from benchwright.task_path import TaskPath
from benchwright.types import Frozen
from benchwright.types.bias import FEWEST_ITEMS

Differences = NDArray[np.float64]


class PowerEstimate(Frozen, frozen=True, kw_only=True):
    """Power of one rule on one task.

    Attributes:
        rule: Id of the rule.
        path: ``suite/task``.
        metric: As written in the rule.
        slice: What of the task it is about: ``test=NAME``; None: all of it.
        positive: The label that the metric is about; None for metrics about all of them.
        n: Items.
        clusters: Independent units.
        discordance: Share of items that exactly one of the two answers correctly; None if answers are not simply right or wrong.
        icc: Intra-cluster correlation of those differences; None without clusters or if it cannot be estimated.
        margin: The rule's.
        mde: Smallest margin that equal models pass with 80 % power.
        least: Margin that models agreeing on every item (and variant) just fail; None without a closed formula. Of a failure rate (flip
            rate): the limit that a model without any failure (flip) just meets.
        power: Probability that equal models, disagreeing as often as these, pass.
        value_unit: Unit of the margins.
        reason: Why there is no estimate.
    """

    rule: str
    path: str
    metric: str
    slice: str | None = None
    positive: str | None = None
    n: int = 0
    clusters: int = 0
    discordance: float | None = None
    icc: float | None = None
    margin: float = 0.0
    mde: float | None = None
    least: float | None = None
    power: float | None = None
    value_unit: Unit = "fraction"
    reason: str = ""


def plan(rules: Rules, context: GateContext) -> tuple[PowerEstimate, ...]:
    """One estimate for each rule with a margin or a limit on a rate or loss, and each of its tasks (tests, views)."""
    found: list[PowerEstimate] = []
    for rule in rules.rules:
        if isinstance(rule, BoundedRule) and not isinstance(rule, SuperiorityRule):
            found += _estimates(rule, context)
        elif isinstance(rule, BehaviourRule):
            found += _rates(rule, context)
        elif isinstance(rule, RobustnessRule):
            found += _losses(rule, context)
        elif isinstance(rule, BiasRule):
            found += _flips(rule, context)
        elif isinstance(rule, RatioRule):
            found += _ratios(rule, context)
    return tuple(found)


PLAN_COLUMNS = ("rule", "task", "metric", "n", "clusters", "disagree", "ICC", "margin", "80 % margin", "power", "")


def plan_rows(estimates: Sequence[PowerEstimate]) -> list[tuple[str, ...]]:
    """Rows of the table of `--plan`."""
    return [
        (
            one.rule,
            f"{one.path} {one.slice}" if one.slice else one.path,
            with_label(one.metric, one.positive),
            f"{one.n:,}" if one.n else "",
            f"{one.clusters:,}" if one.clusters and one.clusters != one.n else "",
            "" if one.discordance is None else formatting.percent(one.discordance),
            "" if one.icc is None else formatting.fixed(one.icc, 3),
            formatting.value(one.margin, one.value_unit),
            "" if one.mde is None else formatting.value(one.mde, one.value_unit),
            "" if one.power is None else formatting.percent(one.power, 0),
            one.reason,
        )
        for one in estimates
    ]


def refuse_impossible(estimates: Sequence[PowerEstimate], *, where: str) -> None:
    """Raise ConfigError for margins that even models agreeing on every item could not pass."""
    problems = [
        (_too_few_cases if one.metric == FAILURE_RATE else _too_few_items)(one)
        if one.metric in _OF_RATES
        else BenchwrightError(
            f"rule {one.rule!r} on {one.path}: {one.n:,} items cannot show a margin of "
            f"{formatting.points(one.margin, one.value_unit)}, even for models that agree on every one",
            expected=f"a margin above {formatting.points(one.least, one.value_unit)}",
            hint=f"{'max_extra_loss' if TaskPath.parse(one.path).view else 'margin'} = {one.mde:.4f} has 80 % power"
            if one.mde
            else "",
        )
        for one in estimates
        if one.least is not None and (one.least > one.margin if one.metric in _OF_RATES else one.least >= one.margin)
    ]
    if problems:
        raise ConfigError(problems, where=where)


_OF_RATES = (FAILURE_RATE, FLIP_RATE)


def _too_few_items(one: PowerEstimate) -> BenchwrightError:
    return BenchwrightError(
        f"rule {one.rule!r} on {one.path} {one.slice}: {one.n:,} items with a term cannot show a flip rate of at most"
        f" {formatting.value(one.margin, 'fraction')}, even for a model that never flips",
        expected=f"max_flip_rate of at least {one.least or 0.0:.4f}",
        hint="more items, or a task of which more items hold a term",
    )


def _too_few_cases(one: PowerEstimate) -> BenchwrightError:
    of = f" of {one.clusters:,} templates" if one.clusters not in (0, one.n) else ""
    return BenchwrightError(
        f"rule {one.rule!r} on {one.path}{f' {one.slice}' if one.slice else ''}: {one.n:,} cases{of} cannot show a failure"
        f" rate of at most {formatting.value(one.margin, 'fraction')}, even for a model that fails none",
        expected=f"max_failure_rate of at least {one.least or 0.0:.4f}",
        hint='by = "capability" or by = "task" judges more cases together; min_pass goes by what is seen',
    )


def _rates(rule: BehaviourRule, context: GateContext) -> Iterable[PowerEstimate]:
    """What limits on failure rates can be met at all: by the number of cases and templates."""
    if rule.max_failure_rate is None:
        return
    about: dict[str, Any] = {"rule": rule.id, "metric": FAILURE_RATE, "margin": rule.max_failure_rate}
    for path in rule.paths_in(context):
        try:
            groups = rule.groups([test for test in tests_of(path, context) if rule.selection.holds(test)])
            whole = context.alone(path)
        except NotComparable as error:
            yield PowerEstimate(**about, path=path, reason=error.problem)
            continue
        for group in groups:
            cases = cases_of(whole, group)
            if not cases.n:
                yield PowerEstimate(**about, path=path, slice=group.slice, reason="no case is applicable")
                continue
            faultless = rate_estimate(cases, np.zeros(cases.n, dtype=np.bool_))
            least = faultless.high(rule.alpha)
            said = "" if least is None else f"without a failure the bound is {formatting.value(least, 'fraction')}"
            yield PowerEstimate(
                **about,
                path=path,
                slice=group.slice,
                n=cases.n,
                clusters=cases.n_units,
                least=least,
                reason=said or "one template: no bound",
            )


def _flips(rule: BiasRule, context: GateContext) -> Iterable[PowerEstimate]:
    """What limits on flip rates can be met at all: by the number of items that hold a term of a dimension."""
    if rule.max_flip_rate is None:
        return
    about: dict[str, Any] = {"rule": rule.id, "metric": FLIP_RATE, "margin": rule.max_flip_rate}
    for path in rule.paths_in(context):
        try:
            seen = read_view(context.candidate, path, context)
        except NotComparable as error:
            yield PowerEstimate(**about, path=path, reason=error.problem)
            continue
        for dimension in rule.dimension or seen.dimensions:
            items = seen.items(dimension)
            faultless = mean_share(np.zeros(items.n), items.clusters).interval(1 - 2 * rule.alpha) if items.n else None
            least = None if faultless is None else faultless.high
            said = "" if least is None else f"without a flip the bound is {formatting.value(least, 'fraction')}"
            few = f"fewer than {FEWEST_ITEMS} items with a term: nothing will be told" if items.n < FEWEST_ITEMS else ""
            yield PowerEstimate(
                **about,
                path=path,
                slice=f"identity={dimension}",
                n=items.n,
                clusters=items.units if items.n else 0,
                least=None if few else least,
                reason=few or said,
            )


def _losses(rule: RobustnessRule, context: GateContext) -> Iterable[PowerEstimate]:
    """Power of a limit on the extra loss under a view: equal models lose alike."""
    if rule.max_extra_loss is None:
        return
    about: dict[str, Any] = {"rule": rule.id, "metric": rule.metric, "margin": rule.max_extra_loss}
    for path in rule.paths_in(context):
        try:
            joined = rule.joined(path, rule.against, context)
        except NotComparable as error:
            yield PowerEstimate(**about, path=path, reason=error.problem)
            continue
        seen = estimate_extra_loss(joined, rule.metric)
        found = Improvement(difference=seen, sign=-1, n=joined.n)
        alike = replace(seen, value=0.0, draws=np.zeros(seen.resamples), without_one=None, changed=0)
        least = alike.bound(rule.alpha, "upper")
        mde, power = found.mde(rule.alpha), found.power(rule.max_extra_loss, rule.alpha)
        if seen.has_no_spread and least is not None:
            mde, power = least, float(rule.max_extra_loss > least)
        yield PowerEstimate(
            **about,
            path=path,
            n=joined.n,
            clusters=joined.n_units,
            mde=mde,
            least=least,
            power=power,
            value_unit=joined.clean.quantity(rule.metric).unit,
        )


def _ratios(rule: RatioRule, context: GateContext) -> Iterable[PowerEstimate]:
    """Power of a limit on a ratio of times: a second copy of the baseline, whose rounds differ as they did, stands for an equal model."""
    for path in rule.paths_in(context):
        about: dict[str, Any] = {"rule": rule.id, "path": path, "metric": rule.metric, "margin": rule.limit}
        try:
            judged = rule.session(path, context)
        except NotComparable as error:
            yield PowerEstimate(**about, value_unit="number", reason=error.problem)
            continue
        found, limit = judged.noise.beside(judged.noise), NoisyLimit(limit=rule.limit, noise=judged.noise.reach or 0.0)
        smallest = found.smallest_limit(rule.alpha)
        turned = None if smallest is None else 1 / smallest if rule.of_rate else smallest
        allowed = 1 / limit.above() if rule.of_rate else limit.below()
        yield PowerEstimate(
            **about,
            n=found.blocks,
            mde=turned,
            power=found.power(allowed, rule.alpha),
            value_unit="number",
            reason=f"noisy machine: a model beside itself differs by up to {formatting.percent(limit.noise)}"
            if limit.is_noisy
            else "",
        )


def _estimates(rule: BoundedRule, context: GateContext) -> Iterable[PowerEstimate]:
    for path in rule.paths_in(context):
        try:
            pairing = rule.records_in(context, path)
            yield _estimate(rule, pairing, _same_answers(rule, pairing, context))
        except NotComparable as error:
            yield PowerEstimate(rule=rule.id, path=path, metric=rule.metric, margin=rule.margin, reason=error.problem)


def _estimate(rule: BoundedRule, pairing: PairedRecords, reason: str) -> PowerEstimate:
    found = improvement(pairing, rule.metric)
    sides = 2 if isinstance(rule, EquivalenceRule) else 1
    differences = _differences(pairing)
    return PowerEstimate(
        rule=rule.id,
        path=pairing.path,
        metric=rule.metric,
        positive=positive_of(rule.metric, pairing.task, rule.slice),
        n=pairing.n,
        clusters=pairing.n_clusters if pairing.n else 0,
        discordance=None if differences is None else float(np.abs(differences).mean()),
        icc=_icc(differences, pairing),
        margin=rule.margin,
        mde=found.mde(rule.alpha, 1 - (1 - 0.8) / sides),
        least=found.least(rule.alpha),
        power=_power(found, rule, sides),
        value_unit=rule.quantity_on(pairing).unit,
        reason=reason,
    )


def _same_answers(rule: BoundedRule, pairing: PairedRecords, context: GateContext) -> str:
    """A note for identical answers of two different models: the next models may differ."""
    if not pairing.is_identical(0, 1):
        return ""
    same = context.is_same_model(pairing, rule.against)
    return "the same model: any margin passes" if same else "identical answers of two models"


def _differences(pairing: PairedRecords) -> Differences | None:
    """1 where only the candidate is right, -1 where only the reference is."""
    one, other = (rightness(pairing, system) for system in (0, 1)) if pairing.n else (None, None)
    return None if one is None or other is None else other.astype(np.float64) - one.astype(np.float64)


def _icc(differences: Differences | None, pairing: PairedRecords) -> float | None:
    """Intra-cluster correlation of the differences; None without clusters, or if nearly all have a single item."""
    codes = pairing.columns[0].cluster_codes if pairing.n else None
    if differences is None or codes is None:
        return None
    try:
        found = design_effect(differences, codes).icc
    except BenchwrightError:
        return None
    return found if found is not None and abs(found) <= 1 else None


def _power(found: Improvement, rule: BoundedRule, sides: int) -> float | None:
    """Probability that equal models pass; for equivalence both one-sided tests must (a bound: 1 - 2 (1 - power))."""
    power = found.power(rule.margin, rule.alpha)
    return None if power is None else max(0.0, 1 - sides * (1 - power))
