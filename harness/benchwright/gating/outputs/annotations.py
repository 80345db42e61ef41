"""GitHub workflow commands: annotations on a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.alarm import causes
from benchwright.formatting import clip
from benchwright.gating.outputs.view import FindingRow, finding_rows, is_red
from benchwright.gating.result import GateResult
from benchwright.gating.verdict import Verdict
from benchwright.inert import inert_lines

MOST = 10
"""Errors, and warnings, that one step may show; the runner drops the rest without a word."""
_LONGEST = 1_000
_ALARMS = 4


def write_annotations(result: GateResult) -> str:
    """Lines ``::error ...`` and ``::warning ...`` for rules that count, at most ten of each; then one for the gate.

    Where there are more, the tenth says how many. A gate that is red without a red finding gives one error, one that
    passes a notice.
    """
    every = [row for row in finding_rows(result) if not row.warning]
    red = [row for row in every if is_red(row.finding)]
    open_ones = [row for row in every if row.finding.verdict is Verdict.INCONCLUSIVE]
    loud = [cause.line[2:] for cause in causes(result.alarms) if cause.severity == "alarm" or cause.is_caveat]
    notes = [_line("warning", "gate: alarm", text) for text in loud[:_ALARMS]]
    if len(loud) > _ALARMS:
        notes[-1] = _line("warning", "gate: alarm", f"{loud[_ALARMS - 1]}; and {len(loud) - _ALARMS} more alarms")
    notes += [_line("warning", "gate", flag) for flag in result.flags[:3]]
    lines = [*_lines("error", red), *notes, *_lines("warning", open_ones, MOST - len(notes))]
    if not red:
        headline = f"{result.verdict}: {result.reason}"
        lines.insert(0, _line("error" if result.exit_code else "notice", "gate", headline))
    return "\n".join(lines) + "\n"


def _lines(level: str, found: Sequence[FindingRow], most: int = MOST) -> list[str]:
    shown = found if len(found) <= most else found[: most - 1]
    lines = [_line(level, f"{row.finding.verdict}: {row.name}", row.finding.message) for row in shown]
    if len(found) > len(shown):
        rest = found[len(shown) :]
        names = ", ".join(dict.fromkeys(row.finding.rule for row in rest))
        lines.append(_line(level, "gate", f"and {len(rest)} more: {names}"))
    return lines


def _line(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(clip(title, 200))}::{_data(clip(message, _LONGEST))}"


def _data(text: str) -> str:
    return inert_lines(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
