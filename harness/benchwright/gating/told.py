"""A gate's result as text for people: the verdict first, then what needs somebody, then the rest one line each."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright import alarm, formatting
from benchwright.gating.planning import Outlook
from benchwright.gating.verdict import Finding, GateResult, Verdict
from benchwright.quantities import with_label

_SECTIONS = (
    ("failed", (Verdict.FAIL,)),
    ("error", (Verdict.ERROR,)),
    ("cannot tell", (Verdict.INCONCLUSIVE,)),
    ("not comparable or not measured", (Verdict.INVALID,)),
    ("waived", (Verdict.WAIVED,)),
)


def result_lines(result: GateResult, *, quiet: bool = False) -> tuple[str, ...]:
    """Lines of a result; ``quiet`` leaves out what passed."""
    lines: list[str] = [f"{result.verdict}: {result.reason}", *_who(result)]
    lines += [f"  {line}" for line in alarm.lines(result.alarms)]
    for title, verdicts in _SECTIONS:
        found = sorted(result.of(*verdicts), key=lambda finding: finding.severity != "fail")
        if found:
            lines += ["", f"{title} ({len(found)})"]
            lines += [line for finding in found for line in _full(finding)]
    passed = result.of(Verdict.PASS)
    if passed and not quiet:
        lines += ["", f"passed ({len(passed)})", *_table(passed)]
    return tuple(lines)


def plan_rows(outlooks: Sequence[Outlook]) -> list[tuple[str, ...]]:
    """Rows of the table of `--plan`."""
    return [
        (
            one.rule,
            one.path,
            with_label(one.metric, one.positive),
            f"{one.n:,}" if one.n else "",
            f"{one.clusters:,}" if one.clusters and one.clusters != one.n else "",
            "" if one.discordance is None else formatting.percent(one.discordance),
            "" if one.icc is None else f"{one.icc:.3f}",
            formatting.value(one.margin, one.value_unit),
            "" if one.mde is None else formatting.value(one.mde, one.value_unit),
            "" if one.power is None else formatting.percent(one.power, 0),
            one.reason,
        )
        for one in outlooks
    ]


PLAN_COLUMNS = ("rule", "task", "metric", "n", "clusters", "disagree", "ICC", "margin", "80 % margin", "power", "")


def _who(result: GateResult) -> list[str]:
    rows = [
        ("candidate", f"{result.run}:{result.model}"),
        ("baseline", result.baseline or "none"),
        ("anchor", result.anchor),
        ("rules", f"{result.rules}, profile {result.profile}, alpha {result.alpha:g}"),
    ]
    if result.tried:
        rows.append(("attempts", result.tried))
    return [*(f"  {what:<10} {text}" for what, text in rows if text), *(f"  ! {flag}" for flag in result.flags)]


def _full(finding: Finding) -> list[str]:
    mark = "  " if finding.severity == "fail" else "  (warning) "
    lines = [f"{mark}{finding.title}{_values(finding)}", f"      {finding.message}"]
    if finding.waiver:
        told = finding.waiver
        lines.append(f"      waived by {told['owner']} until {told['expires']} ({told['issue']}): {told['reason']}")
    if finding.flipped:
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
