"""Scores as Markdown: a table for each suite, and all metrics of a task."""

from __future__ import annotations

from benchwright.alarm import sentences
from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.render.details import TaskDetail
from benchwright.render.grid import RankTier
from benchwright.render.summary import SuiteTable
from benchwright.render.summary_cells import CellView
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded, summary_title
from benchwright.tables import markdown_table

_SIGNS = {"alarm": "⚠ ", "note": ""}
_MARKS = {RankTier.BEST: "● ", RankTier.LEADING: "○ ", RankTier.NEAR: "○ "}
READING = (
    "● best, no other interval reaches it · ○ not separable from best (intervals overlap) · **bold** best value. "
    "Fractions, correlations and MCC are × 100. Intervals (95 %) are about this checkpoint on other "
    "items from the same source; overlap is only indicative: `benchwright compare` tests the difference."
)


def suite_tables(content: ReportContent) -> list[MarkdownBlock]:
    """A table of models by tasks for each suite, then how to read them."""
    tables = [
        MarkdownBlock(f"table of {table.suite}", _suite_table(table, content.versions[table.suite]))
        for table in content.tables
    ]
    return [*tables, MarkdownBlock("", READING)]


def all_metrics(content: ReportContent) -> list[MarkdownBlock]:
    """All metrics of each task, folded."""
    return [MarkdownBlock(f"metrics of {item.column.name}", _metrics(item)) for item in content.details if item.metrics]


def _suite_table(table: SuiteTable, version: str) -> str:
    heads = ["Model"]
    for head in table.heads:
        lines = "".join(f"<br><sub>{markdown_text(line)}</sub>" for line in head.lines)
        heads.append(f"{markdown_text(head.title)}{lines}")
    rows = [[f"**{markdown_text(row.label)}**", *(_cell(cell) for cell in row.cells)] for row in table.rows]
    about = [markdown_text(table.suite) + (f" version {markdown_text(version)}" if version else "")]
    about += [f"{markdown_text(table.split)} split"] if table.split else []
    about.append(f"rows {markdown_text(table.order)}")
    partial = [f"**Partial table**: {markdown_text(table.partial)}.", ""] if table.partial else []
    return "\n".join(
        [f"### {', '.join(about)}", "", *partial, *markdown_table(heads, rows, right=range(1, len(heads)))]
    )


def _cell(cell: CellView) -> str:
    if cell.state == "absent":
        return "–"
    if cell.state == "unmeasured":
        return "<br>".join(part for part in ("not measured", markdown_text(clip(cell.reason, 110))) if part)
    if cell.state == "problem":
        parts = [f"**{markdown_text(cell.headline)}**", markdown_text(clip(cell.reason, 110))]
    else:
        top = cell.tier in {RankTier.BEST, RankTier.LEADING}
        value = f"**{cell.value}**" if top else cell.value
        mark = _MARKS.get(cell.tier, "") if cell.tier else ""
        parts = [f"{mark}{value}", f"<sub>{markdown_text(cell.between)}</sub>" if cell.between else ""]
    parts += [cell.n, f"**{cell.errored:,} errored**" if cell.errored else ""]
    parts += [f"{cell.truncated:,} truncated" if cell.truncated else ""]
    parts += [f"{_SIGNS[one.severity]}{markdown_text(clip(one.sentence, 90))}" for one in cell.alarms]
    return "<br>".join(part for part in parts if part)


def _metrics(item: TaskDetail) -> str:
    heads = [
        "Metric",
        "Model",
        "Value",
        "95 % interval",
        "n",
        "Errored",
        "Skipped",
        "Truncated",
        "Interval by",
        "Alarms and notes",
    ]
    rows = [
        [
            *map(
                markdown_text, (row.metric, row.system, row.value, row.between or "–", row.n, row.errored, row.skipped)
            ),
            *map(markdown_text, (row.truncated, row.method or "–", "; ".join(sentences(row.alarms)) or "–")),
        ]
        for row in item.metrics
    ]
    name = ", ".join(part for part in (item.column.name, item.column.split) if part)
    return folded(f"{summary_title(name)}: all metrics", markdown_table(heads, rows, right=range(2, 8)))
