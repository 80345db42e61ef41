"""From rules and models to findings: every rule on every task, Holm correction over the rules that can fail the gate, then waivers."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from benchwright import formatting, limit_checks
from benchwright.comparison.comparable_answers import gc_paused
from benchwright.errors import BenchwrightError
from benchwright.gating.context import GateContext
from benchwright.gating.rules import Rules, Waiver
from benchwright.gating.rules.base import RuleBase, TaskRule
from benchwright.gating.verdict import Finding, PendingFinding, Verdict
from benchwright.quantities import positive_of
from benchwright.stats.multiplicity import holm


def evaluate(rules: Rules, context: GateContext, *, today: dt.date | None = None) -> tuple[Finding, ...]:
    """The findings of all rules, in the order of the file and of the tasks."""
    pending: list[PendingFinding] = []
    with gc_paused():
        for rule in rules.rules:
            pending += evaluate_rule(rule, context)
    day = today or dt.datetime.now(dt.UTC).date()
    return tuple(_waived(finding, rules.waivers, day) for finding in settle(pending))


def evaluate_rule(rule: RuleBase, context: GateContext) -> list[PendingFinding]:
    """Findings of one rule; an error in it becomes a finding with verdict ERROR, so that the other rules are still evaluated."""
    start = time.perf_counter()
    try:
        pending = list(rule.evaluate(context))
    except BenchwrightError as error:
        pending = [rule.settled(Verdict.ERROR, error.problem)]
    except Exception as error:
        if os.environ.get("BENCHWRIGHT_DEBUG"):
            raise
        pending = [rule.settled(Verdict.ERROR, f"a bug in benchwright: {type(error).__name__}: {error}")]
    if not pending:
        pending = [rule.invalid("nothing of it could be evaluated: no task has what it is about")]
    if isinstance(rule, TaskRule):
        pending = [_noted(one, rule, context) for one in pending]
    seconds = round((time.perf_counter() - start) / len(pending), 4)
    return [_with(one, seconds=seconds) for one in pending]


def settle(pending: Sequence[PendingFinding]) -> list[Finding]:
    """Findings after the Holm correction: one family for rules that can fail the gate, one for those that only warn."""
    adjusted: dict[int, float] = {}
    for severity in ("fail", "warn"):
        family = [
            at for at, one in enumerate(pending) if one.violation_p is not None and one.finding.severity == severity
        ]
        values = holm([pending[at].violation_p or 0.0 for at in family]).tolist() if family else []
        adjusted |= dict(zip(family, values, strict=True))
    return [_settle(one, adjusted.get(at)) for at, one in enumerate(pending)]


def _settle(pending: PendingFinding, p: float | None) -> Finding:
    """The finding, with its p-value (evidence that the rule is violated) adjusted over its family."""
    if pending.describe is None:
        return pending.finding
    failed = p is not None and p <= pending.alpha
    verdict = Verdict.PASS if pending.passes else Verdict.FAIL if failed else Verdict.INCONCLUSIVE
    is_open = verdict is Verdict.INCONCLUSIVE
    required = pending.required_items() if is_open and pending.required_items else None
    message = pending.describe(verdict, p) + (_only_alone(pending, p) if is_open else "")
    return msgspec.structs.replace(
        pending.finding,
        verdict=verdict,
        message=f"{message}; {required.sentence}" if required else message,
        needed=required.items if required else None,
        p=pending.violation_p,
        p_adjusted=p,
    )


def _only_alone(pending: PendingFinding, p: float | None) -> str:
    """A note for a violation that is significant for this rule alone, but not after the correction."""
    if pending.violation_p is None or p is None or pending.violation_p > pending.alpha:
        return ""
    before, after = formatting.p_equals(pending.violation_p), formatting.p_equals(p)
    return f"; harm by this rule alone (p {before}) is not enough among all rules (p {after} after Holm)"


def _noted(pending: PendingFinding, rule: TaskRule, context: GateContext) -> PendingFinding:
    """The finding with its positive label, and a note on a margin or limit that nearly every value passes.

    A margin beyond the range of the metric is invalid. A rule whose baseline is still to be recorded only warns.
    """
    finding = pending.finding
    card = context.card(finding.path) if finding.path in context.paths() else None
    within = limit_checks.range_of(rule.metric, card)
    beyond = rule.range_problems(within) if within and finding.verdict is not Verdict.INVALID else ()
    if beyond:
        reason = beyond[0].problem.removeprefix(f"rule {rule.id!r}: ")
        pending = rule.invalid(reason, path=finding.path, slice=finding.slice, limit=finding.limit)
    else:
        higher = finding.direction == "higher" if finding.path and finding.candidate is not None else None
        notes = rule.range_notes(within, higher=higher) if within else ()
        pending = _with(pending, flags=(*finding.flags, *notes, *rule.level_notes()))
    if context.warns_only(rule.compared_in(finding)):
        pending = _with(pending, required=False, severity="warn")
    return _with(pending, positive=positive_of(finding.metric, card, finding.slice) if card else None)


def _with(pending: PendingFinding, **fields: Any) -> PendingFinding:
    return replace(pending, finding=msgspec.structs.replace(pending.finding, **fields))


def _waived(finding: Finding, waivers: Sequence[Waiver], today: dt.date) -> Finding:
    """The finding under the first waiver that applies to it; an expired waiver only adds a note."""
    if finding.verdict not in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        return finding
    for waiver in waivers:
        if not waiver.is_about(finding):
            continue
        until = waiver.expires.isoformat()
        if waiver.expires < today:
            flag = f"the waiver of {waiver.owner} ({waiver.issue}) expired on {until}"
            finding = msgspec.structs.replace(finding, flags=(*finding.flags, flag))
            continue
        by = {"owner": waiver.owner, "issue": waiver.issue, "reason": waiver.reason, "expires": until}
        flags = (*finding.flags, f"would be {finding.verdict}")
        return msgspec.structs.replace(finding, verdict=Verdict.WAIVED, waiver=by, flags=flags)
    return finding
