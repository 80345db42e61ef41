"""One self-contained HTML page of a gate's result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from benchwright.gating.case_text import cases_text
from benchwright.gating.outputs.forest import draw_gains, says
from benchwright.gating.outputs.view import (
    HARDWARE_BOUNDS,
    MEANING,
    WHOLE,
    FindingRow,
    change_of,
    finding_rows,
    flips_text,
    is_about_hardware,
    result_facts,
    rows_by_verdict,
)
from benchwright.gating.result import GateResult
from benchwright.gating.text import waiver_text
from benchwright.gating.verdict import Verdict
from benchwright.render.page import render_page

MOST_PANELS = 10
MOST_LINES = 30
"""Lines of one panel."""
MOST_ROWS = 200
"""Rows of the page; what counts comes first, and the rest is counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ForestPanel:
    """The forest plot of one rule."""

    rule: str
    said: str
    left_out: int
    drawing: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictSection:
    """Findings with the same verdict.

    Attributes:
        key: Anchor on the page.
        rows: Findings that are shown.
        total: Number of findings, those not shown included.
        folded: Whether the section is collapsed at first.
    """

    key: str
    title: str
    meaning: str
    rows: Sequence[FindingRow]
    total: int
    folded: bool


def write_html(result: GateResult) -> str:
    """A whole HTML document that loads nothing and needs no script; same result, same bytes."""
    panels, more = _panels(result)
    return render_page(
        "gate.html.j2",
        result=result,
        tone=_TONES[result.verdict],
        meaning=WHOLE[result.verdict],
        facts=result_facts(result),
        hardware=HARDWARE_BOUNDS if is_about_hardware(result) else "",
        sections=_sections(result),
        panels=panels,
        panels_left_out=more,
        versions=result.environment,
        flips=flips_text,
        cases=cases_text,
        waiver=waiver_text,
    )


_TONES = {
    Verdict.PASS: "good",
    Verdict.FAIL: "bad",
    Verdict.INCONCLUSIVE: "open",
    Verdict.INVALID: "bad",
    Verdict.WAIVED: "good",
    Verdict.ERROR: "bad",
}


def _sections(result: GateResult) -> list[VerdictSection]:
    found, room = [], MOST_ROWS
    for title, verdict, rows in rows_by_verdict(result):
        shown = rows[: max(room, 0)]
        room -= len(shown)
        found.append(
            VerdictSection(
                key=str(verdict).lower(),
                title=title,
                meaning=MEANING[verdict],
                rows=shown,
                total=len(rows),
                folded=verdict is Verdict.PASS and len(rows) > 12,
            )
        )
    return found


def _panels(result: GateResult) -> tuple[list[ForestPanel], int]:
    """One panel for each rule and unit with differences, and the number of panels left out."""

    def key(row: FindingRow) -> tuple[str, str]:
        return row.finding.rule, row.finding.value_unit

    known = [row for row in finding_rows(result) if change_of(row.finding) is not None]
    groups = [(rule, list(rows)) for (rule, _), rows in groupby(known, key=key)]
    found = []
    for number, (rule, rows) in enumerate(groups[:MOST_PANELS], start=1):
        drawing = draw_gains(
            rows[:MOST_LINES],
            name=f"gains-{number}",
            title=f"{rule}: gains with bounds",
            description="One line per task or slice; the tables of this page hold the same numbers.",
        )
        if drawing is not None:
            said = f"{rows[0].finding.kind}: {says(rows[0].finding)}"
            found.append(ForestPanel(rule=rule, said=said, left_out=max(len(rows) - MOST_LINES, 0), drawing=drawing))
    return found, max(len(groups) - MOST_PANELS, 0)
