"""What a gate says: one result per rule, task and slice, one verdict for all, and the exit code that follows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import msgspec

from benchwright.alarm import about, lines
from benchwright.inert import inert
from benchwright.quantities import Unit, with_label
from benchwright.types import Frozen, Placed

SCHEMA = 1
"""Version of ``verdict.json``."""


class Verdict(StrEnum):
    """How a rule ended."""

    PASS = "PASS"  # noqa: S105 - no password
    """What the rule asks for is shown."""
    FAIL = "FAIL"
    """The opposite is shown, corrected for the number of rules."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """Neither; the message says how many items would tell."""
    INVALID = "INVALID"
    """Not comparable, or not measured."""
    WAIVED = "WAIVED"
    """Not passed, and somebody answers for it until a date."""
    ERROR = "ERROR"
    """The rule could not be evaluated."""


class Finding(Frozen, frozen=True, kw_only=True):
    """The verdict on one rule for one task, metric and slice.

    Attributes:
        rule: Id of the rule.
        kind: Its kind: ``noninferiority``, ...
        verdict: How it ended.
        message: One sentence with the numbers that decided.
        path: ``suite/task``; empty for rules about the model itself (budget).
        metric: ``name@version``, ``score``, ``size_bytes``, ...
        positive: The label that the metric is about; None for metrics about all of them.
        slice: Slice ``name=value``.
        severity: ``fail``: a failure fails the gate; ``warn``: it is told.
        required: Whether the gate needs this rule evaluated.
        against: Name of the baseline it was compared with; empty for absolute rules.
        baseline: Value of the baseline.
        candidate: Value of the candidate.
        delta: candidate - baseline.
        low: One-sided lower bound that decided (or the two-sided one, see ``method``).
        high: The same, upper.
        limit: Margin or limit of the rule, in the metric's unit.
        direction: Whether ``higher`` or ``lower`` values of the metric are better.
        value_unit: What its values are measured in: ``fraction``, ``number``, ``bytes``, ...
        alpha: Level of the bound.
        p: p-value of harm before Holm.
        p_adjusted: After Holm.
        n: How many of ``unit`` the metric counts.
        unit: What it counts: questions, gold entities, examples.
        clusters: Independent units.
        method: How bounds were made.
        mde: Smallest margin that this comparison could show with 80 % power.
        needed: Items needed to decide, where inconclusive.
        fixed: Items right only in the candidate.
        broken: Items right only in the baseline.
        flipped: Ids of the first broken items.
        flags: ``identical`` and everything else a reader must know.
        waiver: Owner, issue, reason and date of the waiver that applies.
        attempt: How often it was tried (timing rules).
        seconds: Spent on it.
    """

    rule: str
    kind: str
    verdict: Verdict
    message: str
    path: str = ""
    metric: str = ""
    positive: str | None = None
    slice: str | None = None
    severity: str = "fail"
    required: bool = True
    against: str = ""
    baseline: float | None = None
    candidate: float | None = None
    delta: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    direction: str = "higher"
    value_unit: Unit = "number"
    alpha: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n: int | None = None
    unit: str = ""
    clusters: int | None = None
    method: str = ""
    mde: float | None = None
    needed: int | None = None
    fixed: int | None = None
    broken: int | None = None
    flipped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    waiver: dict[str, str] | None = None
    attempt: int = 1
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """Rule, task, metric and slice: unique within a gate."""
        parts = [self.rule, self.path, self.metric.partition("@")[0], self.slice or ""]
        return " ".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """The same for people: with the label that the metric is about, ``rule suite/task f1(hateful)``."""
        parts = [self.rule, self.path, self.metric_title, self.slice or ""]
        return " ".join(part for part in parts if part)

    @property
    def metric_title(self) -> str:
        """The metric without its version, with the label that it is about."""
        return with_label(self.metric, self.positive)


class GateResult(Frozen, frozen=True, kw_only=True):
    """Everything a gate found; ``verdict.json`` is this.

    Attributes:
        schema: Version of the file.
        verdict: The worst that counts.
        exit_code: 0 pass or warn, 1 fail, 3 invalid or nothing evaluated, 4 inconclusive where that was asked for.
        reason: One sentence.
        rules: Name of the file of rules.
        rules_digest: SHA-256 of its bytes.
        run: Name of the candidate's run.
        model: Its model.
        baseline: Run and model of the baseline: ``RUN:MODEL``; empty without.
        anchor: The same of the anchor.
        profile: ``pr``, ``release`` or what the file says.
        alpha: Level.
        strict: Whether inconclusive counts as failed.
        findings: One per rule, task and slice.
        attempts: Different models in the store that were scored on the same tasks and data, candidate and baseline included.
        alarms: What goes with the numbers of candidate, baseline and anchor, alarms first; ``system`` begins with the part
            that it plays.
        flags: What a reader must know of the gate as a whole.
        environment: Versions and machine.
        created: When.
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
    alarms: tuple[Placed, ...] = ()
    flags: tuple[str, ...] = ()
    environment: dict[str, Any] = msgspec.field(default_factory=dict)
    created: str = ""

    @property
    def passed(self) -> bool:
        """Whether the verdict is PASS; what cannot be told or was not measured is not passed."""
        return self.verdict is Verdict.PASS

    def __bool__(self) -> bool:
        """Raises TypeError: a result with five ways to end is neither true nor false."""
        raise TypeError("a gate's result is neither true nor false: ask for .passed, .verdict or .exit_code")

    @property
    def tried(self) -> str:
        """What to say of others that were tried; empty where there are none beside candidate, baseline and anchor."""
        if self.attempts <= 1 + bool(self.baseline) + bool(self.anchor):
            return ""
        return f"{self.attempts:,} models here, these included, answered the same tasks: the best of many looks better"

    def count(self, verdict: Verdict) -> int:
        """Findings with that verdict."""
        return sum(finding.verdict is verdict for finding in self.findings)

    def of(self, *verdicts: Verdict) -> Sequence[Finding]:
        """Findings with one of the verdicts, in order."""
        return [finding for finding in self.findings if finding.verdict in verdicts]

    def to_pandas(self) -> Any:
        """A DataFrame with one row per finding."""
        from benchwright.frames import to_frame

        rows = [msgspec.to_builtins(one) | {"alarms": about(self.alarms, one.path)} for one in self.findings]
        return to_frame(rows)

    def __str__(self) -> str:
        from benchwright.gating.told import result_lines

        return "\n".join(map(inert, result_lines(self)))

    def _repr_html_(self) -> str:
        from benchwright.tables import html_table

        rows = [
            (str(one.verdict), one.name, one.severity, "; ".join((one.message, *one.flags))) for one in self.findings
        ]
        anchor = f", anchor {self.anchor}" if self.anchor else ""
        who = f"{self.run}:{self.model} against {self.baseline or 'no baseline'}{anchor}"
        caption = ". ".join((f"{self.verdict}: {self.reason}", who, *self.flags))
        return html_table(("verdict", "rule", "severity", ""), rows, caption=caption, notes=lines(self.alarms))
