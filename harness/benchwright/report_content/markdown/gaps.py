"""Gaps between groups of people as Markdown."""

from __future__ import annotations

from benchwright.alarm import sentences
from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.render.gaps import GapTable
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import VERDICTS, MarkdownBlock, folded, number_cell, summary_title
from benchwright.tables import markdown_table

_GAPS = (
    "Gap: largest minus smallest value between groups, with one-sided 95 % bounds. ✓ within: the upper bound is at or below the limit. ✗ exceeds: "
    "the lower bound is above it. ? cannot tell: neither; this is no pass. “Within” says that this metric differs by no more than the limit "
    "between these groups, not that the model is fair."
)


def gaps(content: ReportContent) -> list[MarkdownBlock]:
    """Gaps and verdicts of each task and slice, then values by group, folded."""
    blocks = []
    for table in (section.table for section in content.gaps):
        about = f"gaps between groups of {table.slice} in {table.base}"
        blocks += [
            MarkdownBlock(about, _gaps(table)),
            MarkdownBlock(f"groups of {table.slice} in {table.base}", _in_full(table)),
        ]
    return blocks


def _gaps(table: GapTable) -> str:
    """Gaps and verdicts by metric and model."""
    heads = ["Metric", "Model", "Gap", "Verdict", "Highest and lowest", "Smallest / largest", "Alarms and notes"]
    rows = [
        [
            "<br>".join(
                [markdown_text(row.metric), *([f"<sub>{markdown_text(row.known_as)}</sub>"] if row.known_as else [])]
            ),
            f"**{markdown_text(row.system)}**",
            number_cell(row.gap),
            "<br>".join(
                [
                    f"{VERDICTS[row.state]} **{row.state}**",
                    *(f"<sub>{markdown_text(one)}</sub>" for one in (row.limit, *row.reasons)),
                ]
            )
            if row.state
            else "– <sub>no limit</sub>",
            markdown_text(row.between or "–"),
            number_cell(row.ratio),
            markdown_text(clip("; ".join(sentences(row.alarms)), 200)) or "–",
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    head = f"### Gaps between groups of {markdown_text(table.slice)} in {markdown_text(table.base + split)}"
    sizes = f"Items: {markdown_text(table.sizes)}. Values × 100 where they are fractions."
    return "\n".join([head, "", sizes, "", *markdown_table(heads, rows, right=(2, 5)), "", _GAPS])


def _in_full(table: GapTable) -> str:
    """Values by group, in a block that may be left out where there is no room."""
    rows = [
        [
            markdown_text(row.metric),
            f"**{markdown_text(row.system)}**",
            markdown_text(one.group) + (" <sub>few</sub>" if one.few else ""),
            markdown_text(one.size),
            number_cell(one.figure),
        ]
        for row in table.rows
        for one in row.groups
    ]
    base = summary_title(f"{table.base}: values by group of {table.slice}")
    heads = ["Metric", "Model", "Group", "Items", "Value"]
    body = markdown_table(heads, rows, right=(4,))
    return folded(base, body)
