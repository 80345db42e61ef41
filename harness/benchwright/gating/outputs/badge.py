"""A badge with the verdict of the gate."""

from __future__ import annotations

from benchwright.alarm import causes
from benchwright.gating.result import GateResult
from benchwright.gating.verdict import Verdict
from benchwright.items import count
from benchwright.render.badge import draw_badge

_COLOURS = {
    Verdict.PASS: "#1a7f37",
    Verdict.FAIL: "#b3261e",
    Verdict.INCONCLUSIVE: "#7a4f00",
    Verdict.INVALID: "#6e40a8",
    Verdict.WAIVED: "#14599d",
    Verdict.ERROR: "#6e40a8",
}


def write_badge(result: GateResult, *, label: str = "gate") -> str:
    """The badge, 20 pixels high; it loads nothing, says the verdict in words and needs no colour."""
    loud = [cause.line[2:] for cause in causes(result.alarms) if cause.severity == "alarm"]
    said = str(result.verdict).lower() + (f", {count(len(loud), 'alarm')}" if loud else "")
    return draw_badge(label, said, _COLOURS[result.verdict], more="; ".join(loud))
