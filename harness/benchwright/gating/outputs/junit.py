"""JUnit XML, as Jenkins, GitLab and most CI servers read it.

Valid under the schema of Jenkins' xunit plugin (junit-10) and, suite by suite, under Maven Surefire's 3.0. Both know no
``<properties>`` inside a test case, so a case's numbers stand in its ``<system-out>``, one ``[[PROPERTY|name=value]]``
each, which readers of properties know too.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from benchwright.alarm import lines
from benchwright.formatting import clip
from benchwright.gating.case_text import cases_text
from benchwright.gating.outputs.view import FindingRow, finding_rows, flips_text, is_red
from benchwright.gating.result import GateResult
from benchwright.gating.text import waiver_text
from benchwright.gating.verdict import Verdict
from benchwright.inert import inert_lines

LIMIT = 30_000_000
"""Bytes a file may have; GitLab reads no larger one."""
_LONGEST = 4_000
_SHORT = 300
_CASES = 10
"""Failing cases of a behavioural test that are written out."""


def write_junit(result: GateResult) -> str:
    """One suite per kind of rule, one case per finding; red if and only if the exit code is not 0.

    A warning never makes a case red: it is skipped and says what it found. Where only the gate as a whole is red
    (nothing evaluated, an open question that was to be answered), the suite ``gate`` has one case for it.
    """
    known = finding_rows(result)
    for longest in (_LONGEST, _SHORT):
        text = _text(_document(result, known, longest))
        if len(text.encode()) < LIMIT:
            return text
    left = max(1, int(len(known) * 0.9 * LIMIT / len(text.encode())))
    first = sorted(known, key=lambda row: not is_red(row.finding))[:left]
    return _text(_document(result, first, _SHORT, left_out=len(known) - left))


def _document(result: GateResult, known: Sequence[FindingRow], longest: int, *, left_out: int = 0) -> ET.Element:
    root = ET.Element("testsuites", {"name": "benchwright gate"})
    kinds = dict.fromkeys(row.finding.kind for row in known)
    suites = [_suite(kind, [_case(row, longest) for row in known if row.finding.kind == kind]) for kind in kinds]
    if left_out or (result.exit_code != 0 and not any(is_red(row.finding) for row in known)):
        suites.append(_suite("gate", [_whole(result, left_out)]))
    for suite in suites:
        suite.insert(0, _properties(result))
    root.extend(suites)
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    return root


def _suite(kind: str, cases: Sequence[ET.Element]) -> ET.Element:
    counts = {name: sum(case.find(tag) is not None for case in cases) for name, tag in _COUNTED.items()}
    attributes = {name: str(number) for name, number in counts.items()}
    time = f"{sum(float(case.get('time', '0')) for case in cases):.3f}"
    suite = ET.Element("testsuite", {"name": _clean(kind), "tests": str(len(cases)), **attributes, "time": time})
    suite.extend(cases)
    return suite


_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _properties(result: GateResult) -> ET.Element:
    """Properties: what was judged and what it was compared with."""
    found = {
        "verdict": str(result.verdict),
        "exit_code": str(result.exit_code),
        "reason": result.reason,
        "run": result.run,
        "model": result.model,
        "baseline": result.baseline,
        "anchor": result.anchor,
        "rules": result.rules,
        "rules_digest": result.rules_digest,
        "profile": result.profile,
        "alpha": f"{result.alpha:g}",
        "attempts": str(result.attempts),
        "alarms": "; ".join(lines(result.alarms)),
        "flags": "; ".join(result.flags),
        "created": result.created,
    }
    element = ET.Element("properties")
    for name, value in found.items():
        if value:
            ET.SubElement(element, "property", {"name": name, "value": _clean(clip(value, 2_000))})
    return element


def _case(row: FindingRow, longest: int) -> ET.Element:
    finding = row.finding
    suite, _, task = finding.path.partition("/")
    named = ".".join(part.replace(".", "_") for part in (suite, task, row.metric) if part)
    case = ET.Element(
        "testcase",
        {
            "name": row.name,
            "classname": _clean(named or "model"),
            "time": f"{max(finding.seconds, 0.0):.3f}",
        },
    )
    message = _clean(clip(finding.message, longest))
    if is_red(finding):
        tag = "failure" if finding.verdict is Verdict.FAIL else "error"
        outcome = ET.SubElement(case, tag, {"message": message, "type": str(finding.verdict)})
        outcome.text = _clean(clip("\n".join(_lines(row)), longest))
    elif finding.verdict is not Verdict.PASS:
        state = f"warning, {finding.verdict}" if row.warning else str(finding.verdict)
        text = "; ".join(part for part in (finding.message, waiver_text(finding)) if part)
        ET.SubElement(case, "skipped", {"message": _clean(clip(f"{state}: {text}", longest))})
    ET.SubElement(case, "system-out").text = _numbers(row)
    return case


def _lines(row: FindingRow) -> list[str]:
    finding = row.finding
    cases = cases_text(finding, _CASES) or [flips_text(finding)]
    found = [row.name, row.values, finding.message, *cases, *(f"note: {flag}" for flag in finding.flags)]
    return [line for line in found if line]


def _numbers(row: FindingRow) -> str:
    finding = row.finding
    found = {
        "verdict": finding.verdict,
        "severity": finding.severity,
        "baseline": finding.baseline,
        "candidate": finding.candidate,
        "delta": finding.delta,
        "lower": finding.low,
        "upper": finding.high,
        "margin": finding.limit,
        "alpha": finding.alpha,
        "p": finding.p,
        "p_adjusted": finding.p_adjusted,
        "n": finding.n,
        "clusters": finding.clusters,
        "method": finding.method,
        "mde": finding.mde,
        "needed": finding.needed,
        "against": finding.against,
        "attempt": finding.attempt,
        "flags": "; ".join(finding.flags),
    }
    lines = [f"[[PROPERTY|{name}={_number(value)}]]" for name, value in found.items() if value not in (None, "")]
    return _clean("\n".join(lines))


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(str(value).replace("]]", "] ]").split())


def _whole(result: GateResult, left_out: int) -> ET.Element:
    """The whole gate as a test case."""
    case = ET.Element("testcase", {"name": "verdict", "classname": "gate", "time": "0.000"})
    more = f"; {left_out:,} cases left out, the file would be too large: see verdict.json" if left_out else ""
    message = _clean(clip(result.reason, 1_000) + more)
    if result.exit_code:
        tag = "error" if result.verdict in (Verdict.INVALID, Verdict.ERROR) else "failure"
        ET.SubElement(case, tag, {"message": message, "type": str(result.verdict)}).text = message
    ET.SubElement(case, "system-out").text = message
    return case


def _clean(text: str) -> str:
    """Without characters that XML 1.0 cannot hold, or that hide; a console that shows the file obeys no line of it."""
    return inert_lines(text)


def _text(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
