"""OpenMetrics text, as GitLab shows it beside a merge request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.alarm import goes_along
from benchwright.formatting import finite
from benchwright.gating.outputs.view import FindingRow, finding_rows
from benchwright.gating.result import GateResult
from benchwright.gating.verdict import Verdict
from benchwright.inert import inert

_VALUES = (
    ("candidate", "Value of the candidate."),
    ("baseline", "Value of the baseline."),
    ("delta", "Candidate minus baseline."),
    ("low", "Lower bound that was judged."),
    ("high", "Upper bound that was judged."),
    ("limit", "Margin or limit of the rule."),
)


def write_openmetrics(result: GateResult) -> str:
    """Gauges of the gate and of every check, six significant digits; values are fractions, never percentages."""
    known = finding_rows(result)
    lines = [
        *_family(
            "exit_code", "Exit code: 0 passed, 1 failed, 3 not evaluated, 4 cannot be told.", [("", result.exit_code)]
        ),
        *_family("checks", "Checks by verdict.", [(_labels(verdict=one), result.count(one)) for one in Verdict]),
        *_family("attempts", "Models tried on the same data.", [("", result.attempts)]),
        *_family("alarms", "Alarms and caveats about the numbers that were judged, 1 each.", _alarms(result)),
        *_family("notes", "What to know of the gate as a whole; verdict.json says it.", [("", len(result.flags))]),
    ]
    for name, meaning in _VALUES:
        values: dict[str, float] = {}
        for row in known:
            value = finite(getattr(row.finding, name))
            if value is not None:
                values.setdefault(_labels_of(row), value)
        lines += _family(name, meaning, list(values.items()))
    return "\n".join([*lines, "# EOF"]) + "\n"


def _family(name: str, meaning: str, samples: Sequence[tuple[str, float]]) -> Iterator[str]:
    if not samples:
        return
    yield f"# TYPE benchwright_gate_{name} gauge"
    yield f"# HELP benchwright_gate_{name} {meaning}"
    for labels, value in samples:
        yield f"benchwright_gate_{name}{labels} {_number(value)}"


def _alarms(result: GateResult) -> list[tuple[str, float]]:
    loud = [one for one in result.alarms if goes_along(one)]
    return [(_labels(system=one.system, task=one.path, code=one.code, sentence=one.sentence), 1) for one in loud]


def _labels_of(row: FindingRow) -> str:
    finding = row.finding
    return _labels(rule=finding.rule, task=finding.path, metric=row.metric, slice=finding.slice or "")


def _labels(**labels: str) -> str:
    pairs = ",".join(f'{name}="{_escape(value)}"' for name, value in labels.items() if value)
    return f"{{{pairs}}}" if pairs else ""


def _escape(text: str) -> str:
    return inert(text).replace("\\", "\\\\").replace('"', '\\"')


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.6g}"
