"""How a finding came about: the counts, the formula, the bound, the correction, and the items behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright import formatting
from benchwright.comparison.flips import Flip, find_flips
from benchwright.comparison.pairing import Pairing
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.formatting import clip, plain
from benchwright.gating.gain import Gain
from benchwright.gating.ground import Ground
from benchwright.gating.paired import gain_of, pairing_of
from benchwright.gating.rules import PAIRED, Rule, RuleKind, Rules
from benchwright.gating.verdict import Finding
from benchwright.items import call
from benchwright.registry import suggest
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate
from benchwright.stats.paired import DiscordantCounts

_WIDE = 160


def explain(
    rules: Rules, ground: Ground, findings: Sequence[Finding], rule_id: str, *, examples: int = 5
) -> tuple[str, ...]:
    """Lines that show the arithmetic of a rule and items that changed.

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
                f"  {line}" for line in (*_arithmetic(rule, ground, finding), *_items(rule, ground, finding, examples))
            ]
            lines += [f"  ! {flag}" for flag in finding.flags]
    return tuple(lines)


def _arithmetic(rule: Rule, ground: Ground, finding: Finding) -> list[str]:
    if rule.kind not in PAIRED or rule.kind is RuleKind.DELTA or finding.low is None:
        return []
    pairing = _pairing(rule, ground, finding)
    if pairing is None or pairing.is_identical(0, 1):
        return []
    gain = gain_of(pairing, rule.metric)
    return [*_contrast_lines(gain.found), *_decision_lines(rule, gain, finding)]


def _contrast_lines(found: DifferenceEstimate) -> list[str]:
    if isinstance(found, DiscordantCounts):
        return [
            f"right only in the candidate b = {found.b:,.5g}, only in the baseline c = {found.c:,.5g}, items n = {found.n:,.6g}",
            f"difference (b - c) / n = {found.value:+.5f}",
            "bounds: Tango's score interval",
        ]
    if isinstance(found, BootstrapDifference):
        se = "unknown" if found.se is None else f"{found.se:.5f}"
        return [
            f"difference {found.value:+.5f}, standard error {se}",
            f"bounds: the widest of percentiles of {found.draws.size:,} paired resamples of {found.units:,} units and Student's t",
        ]
    se = "unknown" if found.se is None else f"{found.se:.5f}"
    return [f"difference {found.value:+.5f}, standard error {se}", f"bounds: {found.method}"]


def _decision_lines(rule: Rule, gain: Gain, finding: Finding) -> list[str]:
    low, high = gain.low(rule.alpha), gain.high(rule.alpha)
    ends = " and ".join("none" if end is None else f"{end:+.5f}" for end in (low, high))
    asked = {
        RuleKind.NONINFERIORITY: f"passes if the lower bound is above {-rule.margin:+g}",
        RuleKind.SUPERIORITY: f"passes if the lower bound is above {rule.margin:+g}",
        RuleKind.EQUIVALENCE: f"passes if both bounds lie between {-rule.margin:+g} and {rule.margin:+g}",
    }[rule.kind]
    lines = [f"one-sided {formatting.confidence(1 - rule.alpha)} bounds of the gain: {ends}; {asked}"]
    if finding.p is not None and finding.p_adjusted is not None:
        lines.append(
            f"p of harm {finding.p:.4g}, {finding.p_adjusted:.4g} after Holm over all rules; fails at or below {rule.alpha:g}"
        )
    return lines


def _items(rule: Rule, ground: Ground, finding: Finding, examples: int) -> list[str]:
    if not rule.is_paired or not finding.path:
        return []
    pairing = _pairing(rule, ground, finding)
    if pairing is None:
        return []
    fixed, broken = find_flips(pairing, 0, 1)
    texts = ground.candidate.store.read_inputs(ground.candidate.store.read_cell(str(pairing.cells[1].key)).inputs)
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


def _pairing(rule: Rule, ground: Ground, finding: Finding) -> Pairing | None:
    try:
        if finding.slice is not None:
            return ground.slice(rule.against, finding.path, finding.slice)
        return pairing_of(rule, ground, finding.path)
    except NotComparable:
        return None
