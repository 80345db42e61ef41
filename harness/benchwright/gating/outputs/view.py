"""Findings as rows of text, shared by all outputs: order, names, formatted numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright import formatting
from benchwright.alarm import causes
from benchwright.formatting import clip, finite
from benchwright.gating.result import GateResult
from benchwright.gating.rules import KINDS
from benchwright.gating.rules.base import MarginRule
from benchwright.gating.verdict import Finding, Verdict
from benchwright.inert import inert
from benchwright.items import count
from benchwright.quantities import MEASURED, SIZES

SECTIONS: tuple[tuple[str, Verdict], ...] = (
    ("Failed", Verdict.FAIL),
    ("Errors", Verdict.ERROR),
    ("Cannot be told", Verdict.INCONCLUSIVE),
    ("Not comparable or not measured", Verdict.INVALID),
    ("Waived", Verdict.WAIVED),
    ("Passed", Verdict.PASS),
)
"""Title and verdict, what needs somebody first."""

MEANING = {
    Verdict.PASS: "what the rules ask for is shown",
    Verdict.FAIL: "the opposite of what the rules ask for is shown, corrected for the number of rules; of a slice: a loss is shown, and the loss seen is not within the margin",
    Verdict.INCONCLUSIVE: "neither is shown on these items",
    Verdict.INVALID: "not comparable, or not measured",
    Verdict.WAIVED: "not passed, and somebody answers for it until a date",
    Verdict.ERROR: "could not be evaluated",
}
WHOLE = {
    Verdict.PASS: "every check that counts passed",
    Verdict.FAIL: "harm is shown by at least one check",
    Verdict.INCONCLUSIVE: "nothing failed, and not everything could be told on these items",
    Verdict.INVALID: "something that is required could not be compared or was not measured",
    Verdict.WAIVED: "somebody answers for what is not passed",
    Verdict.ERROR: "something that is required could not be evaluated",
}
"""What a verdict says of the gate as a whole."""


_LIMITS = ("absolute", "budget")
"""Kinds of rules that may be about a quantity of a hardware profile; a ratio of times is judged by one-sided bounds."""

HARDWARE_BOUNDS = "A limit on what was measured of a machine passes where the whole 95 % interval keeps it, and fails where the whole of it breaks it."


@dataclass(frozen=True, kw_only=True, slots=True)
class OrientedChange:
    """A difference oriented so that positive is better, in the metric's unit."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingRow:
    """A finding as formatted text.

    Attributes:
        finding: The finding.
        name: Unique within the result.
        metric: Its name without the version.
        values: ``84.20 → 83.90``, ``84.20`` or nothing.
        gain: ``+0.30``, positive is better; empty without a difference.
        between: ``[-0.10, +0.70]``, one-sided bounds.
        warning: Whether it is only a warning and never fails the gate.
    """

    finding: Finding
    name: str
    metric: str
    values: str
    gain: str
    between: str
    warning: bool

    @property
    def place(self) -> str:
        """Task, metric and slice."""
        parts = (self.finding.path, self.metric, self.finding.slice or "")
        return " ".join(part for part in parts if part)


def finding_rows(result: GateResult) -> tuple[FindingRow, ...]:
    """All findings of a result, in its order."""
    names = _unique([clip(inert(finding.name), 1_000) or "check" for finding in result.findings])
    return tuple(_row(finding, name) for finding, name in zip(result.findings, names, strict=True))


def rows_by_verdict(result: GateResult) -> list[tuple[str, Verdict, list[FindingRow]]]:
    """Title, verdict and rows of each non-empty verdict; findings that can fail the gate come before warnings."""
    every = finding_rows(result)
    found = []
    for title, verdict in SECTIONS:
        mine = sorted((row for row in every if row.finding.verdict is verdict), key=lambda row: row.warning)
        if mine:
            found.append((title, verdict, mine))
    return found


def result_facts(result: GateResult) -> list[tuple[str, str]]:
    """Name and text of what was judged and what it was compared with."""
    found = [
        ("Candidate", f"{result.run}:{result.model}"),
        ("Baseline", result.baseline or "none"),
        ("Anchor", result.anchor),
        ("Rules", f"{result.rules} ({result.rules_digest[:12]})" if result.rules_digest else result.rules),
        ("Profile", f"{result.profile}, alpha {result.alpha:g}" + (", strict" if result.strict else "")),
        ("Attempts", result.tried),
        *(("Alarm" if one.severity == "alarm" else "Note", one.line[2:]) for one in causes(result.alarms)),
        *(("Note", flag) for flag in result.flags),
        ("Exit code", str(result.exit_code)),
        ("Judged", result.created),
    ]
    return [(name, text) for name, text in found if text]


def bounds_text(result: GateResult) -> str:
    """What bounds decided, in a sentence or two: of limits on hardware the whole interval, of all others one end of it."""
    if not is_about_hardware(result):
        return "Bounds are one-sided."
    others = not all(map(_is_of_hardware, result.findings))
    return f"Bounds are one-sided. {HARDWARE_BOUNDS}" if others else HARDWARE_BOUNDS


def is_about_hardware(result: GateResult) -> bool:
    """Whether a limit on a quantity of a hardware profile was judged."""
    return any(map(_is_of_hardware, result.findings))


def _is_of_hardware(finding: Finding) -> bool:
    return finding.kind in _LIMITS and finding.metric in MEASURED


def change_of(finding: Finding) -> OrientedChange | None:
    """The difference with its bounds; None if the finding is not about a difference."""
    delta, low, high = finite(finding.delta), finite(finding.low), finite(finding.high)
    if margin_rule(finding) is None or delta is None:
        return None
    if finding.direction == "lower":
        low, high = (None if end is None else -end for end in (high, low))
        return OrientedChange(value=-delta, low=low, high=high)
    return OrientedChange(value=delta, low=low, high=high)


def margin_rule(finding: Finding) -> type[MarginRule] | None:
    """The kind of rule, if it judges a difference against a margin; else None."""
    found = KINDS.get(finding.kind)
    return found if found is not None and issubclass(found, MarginRule) else None


def is_red(finding: Finding) -> bool:
    """Whether a finding by itself makes the exit code non-zero."""
    if finding.severity != "fail":
        return False
    unknown = finding.verdict in (Verdict.INVALID, Verdict.ERROR) and finding.required
    return finding.verdict is Verdict.FAIL or unknown


def flips_text(finding: Finding, most: int = 10) -> str:
    """``3 fixed, 5 broken: id, id``; empty without flips, or if answers are not right or wrong."""
    if finding.failing is not None:
        ids = ", ".join(finding.flipped[:most])
        more = " ..." if finding.failing > min(len(finding.flipped), most) else ""
        return f"{count(finding.failing, 'failing case')}: {ids}{more}" if finding.failing else ""
    if not finding.broken and not finding.fixed:
        return ""
    ids = ", ".join(finding.flipped[:most])
    more = " ..." if (finding.broken or 0) > min(len(finding.flipped), most) else ""
    return f"{finding.fixed or 0:,} fixed, {finding.broken or 0:,} broken" + (f": {ids}{more}" if ids else "")


def _row(finding: Finding, name: str) -> FindingRow:
    gain = change_of(finding)
    return FindingRow(
        finding=finding,
        name=name,
        metric=finding.metric_title,
        values=_values(finding),
        gain="" if gain is None else formatting.change(gain.value, finding.value_unit),
        between=formatting.interval_of_change(gain.low, gain.high, finding.value_unit) if gain else "",
        warning=finding.severity != "fail",
    )


def _values(finding: Finding) -> str:
    if finding.candidate is None:
        return ""
    if finding.path == "" and finding.metric not in SIZES:
        return ""
    now = formatting.value(finding.candidate, finding.value_unit)
    if finding.baseline is None:
        return now
    return f"{formatting.value(finding.baseline, finding.value_unit)} → {now}"


def _unique(names: Sequence[str]) -> list[str]:
    """Names made unique by appended numbers."""
    taken: set[str] = set()
    found = []
    for name in names:
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name} ({number})"
        taken.add(unique)
        found.append(unique)
    return found
