"""From rules and models to findings: every rule on every task, Holm over all that could fail the gate, then waivers."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import msgspec

from benchwright import limits
from benchwright.comparison.collection import without_collection
from benchwright.errors import BenchwrightError
from benchwright.gating import absolute, budget, coverage, paired, retained, slices
from benchwright.gating.draft import Draft, final, invalid
from benchwright.gating.ground import Ground
from benchwright.gating.ranges import level_remarks, range_problems, range_remarks
from benchwright.gating.rules import PAIRED, Rule, RuleKind, Rules, Waiver
from benchwright.gating.verdict import Finding, Verdict
from benchwright.quantities import positive_of
from benchwright.stats.multiplicity import holm

Family = Callable[[Rule, Ground], Iterable[Draft]]

_FAMILIES: dict[RuleKind, Family] = {
    **dict.fromkeys(PAIRED, paired.evaluate),
    RuleKind.ABSOLUTE: absolute.evaluate,
    RuleKind.BUDGET: budget.evaluate,
    RuleKind.RETAINED: retained.evaluate,
    RuleKind.SLICES: slices.evaluate,
    RuleKind.COVERAGE: coverage.evaluate,
}


def evaluate(rules: Rules, ground: Ground, *, today: dt.date | None = None) -> tuple[Finding, ...]:
    """The findings of all rules, in the order of the file and of the tasks."""
    drafts: list[Draft] = []
    with without_collection():
        for rule in rules.rules:
            drafts += _evaluate(rule, ground)
    day = today or dt.datetime.now(dt.UTC).date()
    return tuple(_waived(found, rules.waivers, day) for found in _decide(drafts))


def _evaluate(rule: Rule, ground: Ground) -> list[Draft]:
    """Drafts of one rule; what goes wrong inside is a finding, so that the other rules are still told."""
    start = time.perf_counter()
    try:
        drafts = list(_FAMILIES[rule.kind](rule, ground))
    except BenchwrightError as error:
        drafts = [final(rule, Verdict.ERROR, error.given)]
    except Exception as error:
        if os.environ.get("BENCHWRIGHT_DEBUG"):
            raise
        drafts = [final(rule, Verdict.ERROR, f"a bug in benchwright: {type(error).__name__}: {error}")]
    if not drafts:
        drafts = [invalid(rule, "nothing of it could be evaluated: no task has what it is about")]
    if rule.is_paired and ground.tolerates(rule.against):
        drafts = [_tolerated(draft) for draft in drafts]
    drafts = [_named(_remarked(draft, ground), ground) for draft in drafts]
    seconds = (time.perf_counter() - start) / max(len(drafts), 1)
    return [replace(d, finding=msgspec.structs.replace(d.finding, seconds=round(seconds, 4))) for d in drafts]


def _named(draft: Draft, ground: Ground) -> Draft:
    """The draft with the label that its metric is about."""
    path = draft.finding.path
    card = ground.card(path) if path in ground.paths() else None
    label = positive_of(draft.finding.metric, card, draft.finding.slice) if card else None
    return replace(draft, finding=msgspec.structs.replace(draft.finding, positive=label))


def _remarked(draft: Draft, ground: Ground) -> Draft:
    """A draft whose margin or limit lets nearly everything pass says so; beyond the metric's range it is invalid."""
    path, rule = draft.finding.path, draft.rule
    card = ground.card(path) if path in ground.paths() else None
    within = limits.range_of(rule.metric, card)
    beyond = range_problems(rule, within) if within and draft.finding.verdict is not Verdict.INVALID else ()
    if beyond:
        told = beyond[0].given.removeprefix(f"rule {rule.id!r}: ")
        return invalid(rule, told, path=path, slice=draft.finding.slice, limit=draft.finding.limit)
    flags = level_remarks(rule)
    if within:
        higher = draft.finding.direction == "higher" if path and draft.finding.candidate is not None else None
        flags = (*range_remarks(rule, within, higher=higher), *flags)
    if not flags:
        return draft
    return replace(draft, finding=msgspec.structs.replace(draft.finding, flags=(*draft.finding.flags, *flags)))


def _tolerated(draft: Draft) -> Draft:
    """A rule whose baseline is still to be recorded."""
    finding = msgspec.structs.replace(draft.finding, required=False, severity="warn")
    return replace(draft, finding=finding)


def _decide(drafts: Sequence[Draft]) -> list[Finding]:
    """Findings after Holm: one family for rules that can fail the gate, one for those that are only told."""
    adjusted: dict[int, float] = {}
    for severity in ("fail", "warn"):
        family = [at for at, d in enumerate(drafts) if d.harm is not None and d.rule.severity == severity]
        values = holm([drafts[at].harm or 0.0 for at in family]).tolist() if family else []
        adjusted |= dict(zip(family, values, strict=True))
    return [draft.decide(adjusted.get(at)) for at, draft in enumerate(drafts)]


def _waived(finding: Finding, waivers: Sequence[Waiver], today: dt.date) -> Finding:
    """The finding under the first waiver that is about it; one that expired only says so."""
    if finding.verdict not in (Verdict.FAIL, Verdict.INCONCLUSIVE):
        return finding
    for waiver in waivers:
        if not is_about(waiver, finding):
            continue
        told = {
            "owner": waiver.owner,
            "issue": waiver.issue,
            "reason": waiver.reason,
            "expires": waiver.expires.isoformat(),
        }
        if waiver.expires < today:
            flag = f"the waiver of {waiver.owner} ({waiver.issue}) expired on {waiver.expires.isoformat()}"
            finding = msgspec.structs.replace(finding, flags=(*finding.flags, flag))
            continue
        flags = (*finding.flags, f"would be {finding.verdict}")
        return msgspec.structs.replace(finding, verdict=Verdict.WAIVED, waiver=told, flags=flags)
    return finding


def is_about(waiver: Waiver, finding: Finding) -> bool:
    """Whether a waiver names the rule of a finding, and its task and slice where it says so."""
    return (
        waiver.rule == finding.rule
        and (waiver.slice is None or waiver.slice == finding.slice)
        and (waiver.task is None or waiver.task == finding.path or finding.path.startswith(f"{waiver.task}/"))
    )
