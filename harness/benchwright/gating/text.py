"""Findings as text: those that need attention first and in full, then the rest in one line each."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright import formatting
from benchwright.gating.case_text import cases_text
from benchwright.gating.verdict import Finding, Verdict

_SECTIONS = (
    ("failed", Verdict.FAIL),
    ("error", Verdict.ERROR),
    ("cannot tell", Verdict.INCONCLUSIVE),
    ("not comparable or not measured", Verdict.INVALID),
    ("waived", Verdict.WAIVED),
)


def finding_lines(findings: Sequence[Finding], *, quiet: bool = False) -> list[str]:
    """Lines of findings, by verdict; ``quiet`` leaves out passed ones."""
    lines: list[str] = []
    for title, verdict in _SECTIONS:
        found = sorted(_of(findings, verdict), key=lambda finding: finding.severity != "fail")
        if found:
            lines += ["", f"{title} ({len(found)})"]
            lines += [line for finding in found for line in _full(finding)]
    passed = _of(findings, Verdict.PASS)
    if passed and not quiet:
        lines += ["", f"passed ({len(passed)})", *_table(passed)]
    return lines


def waiver_text(finding: Finding) -> str:
    """Owner, end date and reason of the waiver; empty without one."""
    by = finding.waiver
    if not by:
        return ""
    owner, until, issue, why = (by.get(key, "?") for key in ("owner", "expires", "issue", "reason"))
    return f"waived by {owner} until {until} ({issue}): {why}"


def _of(findings: Sequence[Finding], verdict: Verdict) -> list[Finding]:
    return [finding for finding in findings if finding.verdict is verdict]


def _full(finding: Finding) -> list[str]:
    mark = "  " if finding.severity == "fail" else "  (warning) "
    lines = [f"{mark}{finding.title}{_values(finding)}", f"      {finding.message}"]
    if finding.waiver:
        lines.append(f"      {waiver_text(finding)}")
    if finding.cases:
        lines += [f"      {line}" for line in cases_text(finding)]
    elif finding.flipped:
        more = " ..." if finding.broken and finding.broken > len(finding.flipped) else ""
        lines.append(f"      {_flips(finding)}: {', '.join(finding.flipped)}{more}")
    return [*lines, *(f"      ! {flag}" for flag in finding.flags)]


def _flips(finding: Finding) -> str:
    if finding.broken is None:
        return "items"
    return f"{finding.fixed or 0:,} fixed, {finding.broken:,} broken"


def _values(finding: Finding) -> str:
    if finding.path == "" or finding.candidate is None or finding.metric in ("size_bytes", "parameters"):
        return ""
    unit = finding.value_unit
    now = formatting.value(finding.candidate, unit)
    if finding.baseline is None:
        return f": {now}"
    return f": {formatting.value(finding.baseline, unit)} -> {now}"


def _table(findings: Sequence[Finding]) -> list[str]:
    names = [finding.title for finding in findings]
    wide = min(max(len(name) for name in names), 60)
    lines = []
    for name, finding in zip(names, findings, strict=True):
        flags = "".join(f"  ! {flag}" for flag in finding.flags if flag != "identical")
        lines.append(f"  {name:<{wide}}  {finding.message}{flags}")
    return lines
