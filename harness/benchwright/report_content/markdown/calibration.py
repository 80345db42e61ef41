"""Calibration as Markdown."""

from __future__ import annotations

from benchwright.formatting import value
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, number_cell
from benchwright.tables import markdown_table


def calibration(content: ReportContent) -> list[MarkdownBlock]:
    """How sure models are beside how often they are right, the largest errors."""
    section = content.calibration
    if section is None or not section.rows:
        return []
    rows = [
        [
            markdown_text(row.task),
            f"**{markdown_text(row.label)}**",
            f"{row.n:,}",
            *map(value, (row.accuracy, row.confidence)),
            number_cell(row.excess_figure),
            f"{value(row.error.corrected)}<br><sub>plain {value(row.error.plain)}, chance {value(row.error.by_chance)}</sub>",
            markdown_text(row.verdict),
            number_cell(row.score_figure) if row.score_figure else "–",
        ]
        for row in section.shown
    ]
    heads = [
        "Task",
        "Model",
        "n",
        "Accuracy",
        "Mean confidence",
        "Excess",
        "Calibration error",
        "Verdict",
        "Brier score",
    ]
    more = ["", f"And {section.hidden:,} with smaller errors."] if section.hidden else []
    table = markdown_table(heads, rows, right=(2, 3, 4, 5, 6, 8))
    return [MarkdownBlock("calibration", "\n".join(["### Calibration", "", *table, *more]))]
