"""Where every example went, and how all of it is run again, as Markdown."""

from __future__ import annotations

from benchwright.formatting import count
from benchwright.inert import inert_lines, markdown_text
from benchwright.render.note_markdown import fence_around
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded
from benchwright.tables import markdown_table

MOST = 20
"""Results that lost an example which are listed."""


def ledger(content: ReportContent) -> list[MarkdownBlock]:
    """Results of which something is missing; the sum over all."""
    section = content.ledger
    if section is None:
        return []
    rows = [
        [
            markdown_text(line.task),
            markdown_text(", ".join(line.systems)),
            *map(count, (line.total, line.scored, line.errored, line.skipped, line.truncated)),
            markdown_text(line.reason or ("" if line.status == "scored" else line.status)) or "–",
        ]
        for line in (*section.lost[:MOST], section.sum)
    ]
    heads = ["Task", "Model", "Examples", "Scored", "Errored", "Skipped", "Truncated", "Why"]
    lines = ["### Where every example went", "", *markdown_table(heads, rows, right=range(2, 7))]
    return [MarkdownBlock("where every example went", "\n".join(lines))]


def how_run(content: ReportContent) -> list[MarkdownBlock]:
    """The commands, folded."""
    found = [text for command in content.how_run.commands for text in (command.text, command.file) if text]
    commands = [inert_lines(text) for text in (*found, content.how_run.report) if text]
    if not commands:
        return []
    fence = fence_around("\n".join(commands), least=3)
    hides = ["", "`PATH/` stands for the folders above a file: put in yours."] if content.how_run.hides else []
    return [
        MarkdownBlock("commands", folded("What was run, and how to run it again", [fence, *commands, fence, *hides]))
    ]
