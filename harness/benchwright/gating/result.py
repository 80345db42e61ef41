"""The result of a gate: one verdict for all findings, the exit code that follows, and how Python prints it."""

from __future__ import annotations

from typing import Any

import msgspec

from benchwright.alarm import alarms_about, lines
from benchwright.gating.text import finding_lines
from benchwright.gating.verdict import Finding, Verdict
from benchwright.inert import inert
from benchwright.types import Frozen, PlacedAlarm

SCHEMA = 2
"""Version of ``verdict.json``."""


class GateResult(Frozen, frozen=True, kw_only=True):
    """The result of a gate; ``verdict.json`` is its JSON.

    Attributes:
        schema: Version of the file.
        verdict: The worst verdict among rules that can fail the gate.
        exit_code: 0 pass or warn, 1 fail, 3 invalid or nothing evaluated, 4 inconclusive where that was asked for.
        reason: One sentence.
        rules: Name of the file of rules.
        rules_digest: SHA-256 of its bytes.
        run: Name of the candidate's run.
        model: Its model.
        baseline: Run and model of the baseline: ``RUN:MODEL``; empty without.
        anchor: Run and model of the anchor.
        profile: Profile of the rules file: ``pr``, ``release``, ...
        alpha: Significance level.
        strict: Whether inconclusive counts as failed.
        findings: One per rule, task and slice.
        attempts: Different models in the store that were scored on the same tasks and data, candidate and baseline included.
        alarms: Alarms and notes about candidate, baseline and anchor, alarms first; ``system`` begins with the role
            of the model.
        flags: Notes about the gate as a whole.
        environment: Package versions and machine facts.
        created: Time of creation.
    """

    schema: int
    verdict: Verdict
    exit_code: int
    reason: str
    rules: str
    rules_digest: str
    run: str
    model: str
    baseline: str
    findings: tuple[Finding, ...]
    anchor: str = ""
    profile: str = "pr"
    alpha: float = 0.05
    strict: bool = False
    attempts: int = 1
    alarms: tuple[PlacedAlarm, ...] = ()
    flags: tuple[str, ...] = ()
    environment: dict[str, Any] = msgspec.field(default_factory=dict)
    created: str = ""

    @property
    def passed(self) -> bool:
        """Whether the verdict is PASS; INCONCLUSIVE and INVALID are not."""
        return self.verdict is Verdict.PASS

    def __bool__(self) -> bool:
        """Raises TypeError, since there are more than two verdicts; use `passed`."""
        raise TypeError("a gate's result is neither true nor false: ask for .passed, .verdict or .exit_code")

    @property
    def tried(self) -> str:
        """A sentence on how many other models were tried; empty if none besides candidate, baseline and anchor."""
        if self.attempts <= 1 + bool(self.baseline) + bool(self.anchor):
            return ""
        return f"{self.attempts:,} models here, these included, answered the same tasks: the best of many looks better"

    def count(self, verdict: Verdict) -> int:
        """Findings with that verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def to_pandas(self) -> Any:
        """A DataFrame with one row per finding."""
        from benchwright.results import to_frame

        rows = [msgspec.to_builtins(one) | {"alarms": alarms_about(self.alarms, one.path)} for one in self.findings]
        return to_frame(rows)

    def lines(self, *, quiet: bool = False) -> tuple[str, ...]:
        """The result as text: the verdict, the candidate, then the findings; ``quiet`` leaves out passed ones."""
        rows = [
            ("candidate", f"{self.run}:{self.model}"),
            ("baseline", self.baseline or "none"),
            ("anchor", self.anchor),
            ("rules", f"{self.rules}, profile {self.profile}, alpha {self.alpha:g}"),
            ("attempts", self.tried),
        ]
        return (
            f"{self.verdict}: {self.reason}",
            *(f"  {name:<10} {text}" for name, text in rows if text),
            *(f"  ! {flag}" for flag in self.flags),
            *(f"  {line}" for line in lines(self.alarms)),
            *finding_lines(self.findings, quiet=quiet),
        )

    def __str__(self) -> str:
        return "\n".join(map(inert, self.lines()))

    def _repr_html_(self) -> str:
        from benchwright.tables import html_table

        rows = [
            (str(one.verdict), one.name, one.severity, "; ".join((one.message, *one.flags))) for one in self.findings
        ]
        anchor = f", anchor {self.anchor}" if self.anchor else ""
        who = f"{self.run}:{self.model} against {self.baseline or 'no baseline'}{anchor}"
        caption = ". ".join((f"{self.verdict}: {self.reason}", who, *self.flags))
        return html_table(("verdict", "rule", "severity", ""), rows, caption=caption, notes=lines(self.alarms))
