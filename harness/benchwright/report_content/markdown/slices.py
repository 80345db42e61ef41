"""Slices as Markdown: where a model is worse than on the rest, and where it differs from the reference."""

from __future__ import annotations

from benchwright.comparison.slices import FDR, FLOOR
from benchwright.formatting import change, clip, interval_of_change, p_value, points, value
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock
from benchwright.report_content.slices import SliceRow
from benchwright.tables import markdown_table

_ABOUT = (
    "p is adjusted (Benjamini and Hochberg) over all slices that were tested; a slice is listed where the adjusted p is at most "
    f"{FDR:g}, the interval excludes 0, and the difference is at least {points(FLOOR)} where values are fractions."
)


def slices(content: ReportContent) -> list[MarkdownBlock]:
    """The largest real gaps first."""
    section = content.slices
    if section is None:
        return []
    blocks = []
    for name, rows, more, other in (
        ("slices worse than the rest", [one.row for one in section.hard], section.more_hard, "Rest"),
        (
            f"slices that differ from {section.reference}",
            [one.row for one in section.apart],
            section.more_apart,
            "Reference",
        ),
    ):
        if rows:
            blocks.append(MarkdownBlock(name, _table(name, rows, more, other)))
    if not blocks and section.family_within + section.family_between:
        tests = section.family_within + section.family_between
        blocks.append(MarkdownBlock("slices", f"### Slices\n\nNo slice stands out among {tests:,} tests. {_ABOUT}"))
    return blocks


def _table(name: str, rows: list[SliceRow], more: int, other: str) -> str:
    heads = ["Task", "Slice", "Model", "Metric", "n", "Slice", other, "Difference", "95 % interval", "p adjusted"]
    cells = [
        [
            *(markdown_text(clip(text, 80)) for text in (row.task, row.slice)),
            f"**{markdown_text(clip(row.system, 80))}**",
            *map(
                markdown_text,
                (
                    row.metric,
                    f"{row.n:,}",
                    value(row.value, row.value_unit),
                    value(row.other, row.value_unit),
                    change(row.delta, row.value_unit),
                    interval_of_change(row.low, row.high, row.value_unit) or "–",
                    p_value(row.p_adjusted),
                ),
            ),
        ]
        for row in rows
    ]
    rest = ["", f"And {more:,} more, in the JSON and CSV reports."] if more else []
    head = f"### {markdown_text(name[0].upper() + name[1:])}"
    return "\n".join([head, "", *markdown_table(heads, cells, right=(4, 5, 6, 7, 9)), "", _ABOUT, *rest])
