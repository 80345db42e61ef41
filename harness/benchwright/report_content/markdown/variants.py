"""Ways of computing one checkpoint as Markdown, and what ``--precision fast`` took."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright.formatting import UNDEFINED, clip
from benchwright.inert import markdown_text
from benchwright.render.shown_number import ShownNumber
from benchwright.render.variants import PrecisionSection, VariantTable, WayRow
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock
from benchwright.tables import markdown_table


def variants(content: ReportContent) -> list[MarkdownBlock]:
    """A table for each checkpoint and task, then a line for each cell that was computed fast."""
    return [] if content.precision is None else section_blocks(content.precision)


def section_blocks(section: PrecisionSection) -> list[MarkdownBlock]:
    """The blocks of `variants`, of the section itself."""
    blocks = [
        MarkdownBlock(f"fast and exact on {table.base}", _table(table, section.about_variants))
        for table in section.tables
    ]
    if section.ways:
        blocks.append(MarkdownBlock("what was computed fast", _ways(section.ways, section.about_choices)))
    return blocks


def _table(table: VariantTable, about: str) -> str:
    heads = [
        "Model",
        "Way",
        f"Speed<br><sub>{table.items}</sub>",
        "× exact",
        "Same",
        "Flips",
        "Worse",
        "Sure",
        "Agrees",
        f"{table.metric} changes by",
        "Size",
        "Memory",
    ]
    rows = [
        [
            f"**{markdown_text(row.system)}**",
            markdown_text(row.way),
            *map(_cell, (row.speed, row.times, row.same, row.flips, row.worse, row.sure)),
            row.agrees or UNDEFINED,
            *map(_cell, (row.change, row.size, row.memory)),
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    head = f"### Fast and exact on {markdown_text(table.base + split)}"
    told = [f"{markdown_text(text)}." for text in (*table.below, about)]
    return "\n".join([head, "", *markdown_table(heads, rows, right=range(2, len(heads))), "", "\n\n".join(told)])


def _cell(one: ShownNumber) -> str:
    return f"{one.text}<br><sub>{markdown_text(one.between)}</sub>" if one.between else one.text


def _ways(ways: Iterable[WayRow], about: str) -> str:
    heads = ["Model", "Task", "Way", "× exact", "Same", "Flips", "Sure", "Why"]
    rows = [
        [
            f"**{markdown_text(row.system)}**",
            markdown_text(row.base),
            markdown_text(row.way),
            *(one.text for one in (row.times, row.same, row.flips, row.sure)),
            markdown_text(clip(row.why, 200)),
        ]
        for row in ways
    ]
    head = "### What `--precision fast` computed with"
    return "\n".join([head, "", *markdown_table(heads, rows, right=range(3, 7)), "", f"{about}."])
