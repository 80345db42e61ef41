"""`gate --explain`: the counts, formula, bound, correction and items behind a finding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright import formatting
from benchwright.comparison.flips import Flip, find_flips
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.formatting import clip, plain
from benchwright.gating.case_text import cases_text
from benchwright.gating.context import GateContext
from benchwright.gating.explain_ratio import ratio_lines
from benchwright.gating.improvement import Improvement, improvement
from benchwright.gating.rules import Rules
from benchwright.gating.rules.base import RuleBase, TaskRule
from benchwright.gating.rules.behaviour import BehaviourRule
from benchwright.gating.rules.bias import BiasRule
from benchwright.gating.rules.difference import BoundedRule
from benchwright.gating.rules.ratio import RatioRule
from benchwright.gating.rules.robustness import RobustnessRule
from benchwright.gating.verdict import Finding
from benchwright.hardware.machines import called, importance
from benchwright.items import call, count
from benchwright.limit_texts import limit_text
from benchwright.quantities import MEASURED
from benchwright.registry import suggest
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate
from benchwright.stats.paired import DiscordantCounts

_WIDE = 160
_FACTS = 6


def explain(
    rules: Rules, context: GateContext, findings: Sequence[Finding], rule_id: str, *, examples: int = 5
) -> tuple[str, ...]:
    """Lines with the arithmetic of a rule and the items whose answers changed.

    Raises:
        BenchwrightError: There is no rule of that id.
    """
    known = {rule.id: rule for rule in rules.rules}
    if rule_id not in known:
        raise BenchwrightError(
            f"there is no rule {rule_id!r} in {rules.source}",
            expected=f"one of: {', '.join(known)}",
            hint=suggest(rule_id, known) or "use one of these",
        )
    rule, lines = known[rule_id], list[str]()
    for finding in findings:
        if finding.rule == rule_id:
            lines += [f"{finding.verdict}  {finding.title}", f"  {finding.message}"]
            lines += [
                f"  {line}"
                for line in (*_arithmetic(rule, context, finding), *_items(rule, context, finding, examples))
            ]
            lines += [f"  ! {flag}" for flag in finding.flags]
    return tuple(lines)


def _arithmetic(rule: RuleBase, context: GateContext, finding: Finding) -> list[str]:
    if finding.metric in MEASURED and finding.kind in ("budget", "absolute"):
        return _measured_lines(context, finding)
    if isinstance(rule, BehaviourRule):
        return [*_case_lines(finding), *_limit_lines(rule, finding)]
    if isinstance(rule, BiasRule):
        return [*_people_lines(rule, finding), *_limit_lines(rule, finding)]
    if isinstance(rule, RobustnessRule) and finding.low is not None:
        return [*_loss_lines(rule, context, finding), *_limit_lines(rule, finding)]
    if isinstance(rule, RatioRule) and finding.low is not None:
        return ratio_lines(rule, context, finding)
    if not isinstance(rule, BoundedRule) or finding.low is None:
        return []
    pairing = _pairing(rule, context, finding)
    if pairing is None or pairing.is_identical(0, 1):
        return []
    found = improvement(pairing, rule.metric)
    return [*_estimate_lines(found.difference), *_decision_lines(rule, found, finding)]


def _measured_lines(context: GateContext, finding: Finding) -> list[str]:
    """The value in full, how it was made, and on which machine."""
    side = context.candidate
    measured = next(
        (one for one in side.run.profiles if one.model in side.models and one.task_path == finding.path), None
    )
    if measured is None or finding.candidate is None:
        return []
    ends = (limit_text(end, finding.value_unit) for end in (finding.low, finding.high) if end is not None)
    between = " to ".join(ends)
    decided = (
        f"95 % interval {between}, {formatting.count(finding.n)} {finding.unit}s; passes where all of it keeps the limit, fails where none of it does"
        if between
        else "no interval: the value decides"
    )
    facts = "; ".join(
        f"{name} {text}"
        for name, text in sorted(measured.machine.facts.items(), key=lambda fact: importance(fact[0]))[:_FACTS]
    )
    return [
        f"{finding.metric} = {limit_text(finding.candidate, finding.value_unit)} ({finding.method})",
        decided,
        f"measured on {called(measured.machine)}: {facts}",
        f"raw samples in the cell {measured.key[:12]}, preset {measured.spec.preset}, {'steady' if measured.steady else 'never steady'}",
    ]


def _estimate_lines(found: DifferenceEstimate) -> list[str]:
    difference = formatting.with_sign(found.value, "+.5f")
    if isinstance(found, DiscordantCounts):
        return [
            f"right only in the candidate b = {found.b:,.5g}, only in the baseline c = {found.c:,.5g}, items n = {found.n:,.6g}",
            f"difference (b - c) / n = {difference}",
            "bounds: Tango's score interval",
        ]
    if isinstance(found, BootstrapDifference):
        se = "unknown" if found.se is None else f"{found.se:.5f}"
        return [
            f"difference {difference}, standard error {se}",
            f"bounds: the widest of percentiles of {found.draws.size:,} paired resamples of {found.units:,} units and Student's t",
        ]
    se = "unknown" if found.se is None else f"{found.se:.5f}"
    return [f"difference {difference}, standard error {se}", f"bounds: {found.method}"]


def _decision_lines(rule: BoundedRule, won: Improvement, finding: Finding) -> list[str]:
    low, high = won.low(rule.alpha), won.high(rule.alpha)
    ends = " and ".join("none" if end is None else formatting.with_sign(end, "+.5f") for end in (low, high))
    lines = [f"one-sided {formatting.confidence(1 - rule.alpha)} bounds of the gain: {ends}; {rule.passes_if()}"]
    if finding.p is not None and finding.p_adjusted is not None:
        lines.append(
            f"p of harm {finding.p:.4g}, {finding.p_adjusted:.4g} after Holm over all rules; fails at or below {rule.alpha:g}"
        )
    return lines


def _case_lines(finding: Finding) -> list[str]:
    """How many cases, and for how many independent ones they count."""
    if finding.n is None:
        return []
    units = finding.clusters or finding.n
    apart = f" from {units:,} independent units (templates, or cases that stand alone)" if units != finding.n else ""
    lines = [f"{finding.failing or 0:,} failing of {count(finding.n, 'case')}{apart}"]
    if finding.method.startswith("wilson"):
        shared = "; cases of one template count by their design effect, with Student's t" if apart else ""
        lines.append(f"bounds: Wilson's interval{shared}")
    return lines


def _people_lines(rule: BiasRule, finding: Finding) -> list[str]:
    """How many items, with a term that is swapped or of groups of people, and what bounds are made from."""
    if not finding.n:
        return []
    units = finding.clusters or finding.n
    apart = f" in {units:,} independent units" if units != finding.n else ""
    what = "with a term" if rule.of_swaps else f"in groups of {(finding.slice or '').removesuffix('=*')}"
    lines = [f"{count(finding.n, finding.unit or 'item')} {what}{apart}"]
    if finding.failing is not None:
        lines = [f"{finding.failing:,} of {lines[0]} flip under some swap"]
    return [*lines, f"bounds: {finding.method}"] if finding.low is not None else lines


def _limit_lines(rule: TaskRule, finding: Finding) -> list[str]:
    """The bound against the limit, where a bound decides."""
    if finding.p is None or finding.high is None or finding.limit is None:
        return []
    bound = f"upper bound {finding.high:.5f}; passes if it is at most"
    if isinstance(rule, BiasRule) and finding.metric.startswith("ratio_of_"):
        bound = f"lower bound {finding.low or 0.0:.5f}; passes if it is at least"
    return [
        f"one-sided {formatting.confidence(1 - rule.alpha)} {bound} {finding.limit:g}",
        f"p of harm {finding.p:.4g}, {finding.p_adjusted or finding.p:.4g} after Holm over all rules; fails at or below {rule.alpha:g}",
    ]


def _loss_lines(rule: RobustnessRule, context: GateContext, finding: Finding) -> list[str]:
    joined = rule.joined(finding.path, finding.against, context)
    found = rule.loss(joined, finding.against).difference
    if isinstance(found, DiscordantCounts):
        return [
            f"right only as it is c = {found.c:,.5g}, only when perturbed b = {found.b:,.5g}, items n = {found.n:,.6g}",
            f"loss (c - b) / n = {formatting.with_sign(-found.value, '+.5f')}",
            "bounds: Tango's score interval",
        ]
    return _estimate_lines(found)


def _items(rule: RuleBase, context: GateContext, finding: Finding, examples: int) -> list[str]:
    if isinstance(rule, BehaviourRule | BiasRule):
        return cases_text(finding, examples)
    if isinstance(rule, RobustnessRule | RatioRule):
        return []
    if not isinstance(rule, TaskRule) or not rule.against or not finding.path:
        return []
    pairing = _pairing(rule, context, finding)
    if pairing is None:
        return []
    fixed, broken = find_flips(pairing, 0, 1)
    texts = context.candidate.store.read_inputs(context.candidate.store.read_cell(str(pairing.cells[1].key)).inputs)
    lines = []
    for what, flips in (("broken", broken), ("fixed", fixed)):
        lines.append(
            f"{len(flips):,} {what}" + (f", the first {examples}:" if len(flips) > examples else ":" if flips else "")
        )
        lines += [f"  {_flip(flip, texts)}" for flip in flips[:examples]]
    return lines if fixed or broken else []


def _flip(flip: Flip, texts: dict[str, dict[str, Any]]) -> str:
    text = " | ".join(plain(value) for value in texts.get(flip.id, {}).values())
    answers = (
        f"gold {plain(flip.first.target)}, baseline {plain(flip.first.output)}, candidate {plain(flip.second.output)}"
    )
    return clip(f"{call(flip.first)}: {answers}" + (f": {text}" if text else ""), _WIDE)


def _pairing(rule: TaskRule, context: GateContext, finding: Finding) -> PairedRecords | None:
    try:
        if finding.slice is not None:
            return context.slice(rule.against, finding.path, finding.slice)
        return rule.records_in(context, finding.path)
    except NotComparable:
        return None
