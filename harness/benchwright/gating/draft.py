"""A finding before the correction for many rules: what decides it, and how it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright import formatting
from benchwright.gating.gain import Needed
from benchwright.gating.rules import Rule
from benchwright.gating.verdict import Finding, Verdict

Sentence = Callable[[Verdict, float | None], str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Draft:
    """A finding whose failing waits for Holm.

    Attributes:
        rule: The rule.
        finding: Its finding: final where ``harm`` is None, else without verdict and message.
        passes: Whether what the rule asks for is shown; needs no correction (intersection-union).
        harm: p of the evidence that the opposite is true.
        told: (verdict, adjusted p) -> sentence.
        needed: How many items would tell; asked only where it stays open.
    """

    rule: Rule
    finding: Finding
    passes: bool = False
    harm: float | None = None
    told: Sentence | None = None
    needed: Callable[[], Needed | None] = lambda: None

    def decide(self, adjusted: float | None) -> Finding:
        """The finding, with the p that was adjusted for all rules that could fail the gate."""
        if self.told is None:
            return self.finding
        failed = adjusted is not None and adjusted <= self.rule.alpha
        verdict = Verdict.PASS if self.passes else Verdict.FAIL if failed else Verdict.INCONCLUSIVE
        needed = self.needed() if verdict is Verdict.INCONCLUSIVE else None
        return msgspec.structs.replace(
            self.finding,
            verdict=verdict,
            message=self.told(verdict, adjusted)
            + self._almost(verdict, adjusted)
            + (f"; {needed.told}" if needed else ""),
            needed=needed.items if needed else None,
            p=self.harm,
            p_adjusted=adjusted,
        )

    def _almost(self, verdict: Verdict, adjusted: float | None) -> str:
        """What to say of harm that is seen by this rule alone and not among all."""
        if verdict is not Verdict.INCONCLUSIVE or self.harm is None or adjusted is None or self.harm > self.rule.alpha:
            return ""
        before, after = (formatting.p_equals(p) for p in (self.harm, adjusted))
        return f"; harm by this rule alone (p {before}) is not enough among all rules (p {after} after Holm)"


def finding(rule: Rule, verdict: Verdict, message: str, **fields: Any) -> Finding:
    """A finding of a rule."""
    return Finding(
        **{
            "rule": rule.id,
            "kind": str(rule.kind),
            "verdict": verdict,
            "message": message,
            "severity": rule.severity,
            "required": rule.required and rule.severity == "fail",
            "metric": rule.metric,
            "slice": rule.slice,
            **fields,
        }
    )


def final(rule: Rule, verdict: Verdict, message: str, **fields: Any) -> Draft:
    """A draft that nothing can change any more."""
    return Draft(rule=rule, finding=finding(rule, verdict, message, **fields))


def invalid(rule: Rule, reason: str, **fields: Any) -> Draft:
    """What is not comparable or not measured."""
    return final(rule, Verdict.INVALID, reason, **fields)
