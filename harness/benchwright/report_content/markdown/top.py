"""The top of a report as Markdown: title, author, findings, notes, cautions and alarms."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.render.note_markdown import note_markdown
from benchwright.render.remarks import Remark
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock

MOST_ALARMS = 40
"""Alarms of a level that are told one by one."""


def header(content: ReportContent) -> list[MarkdownBlock]:
    """Title, author, and what is said first."""
    author = content.options.author
    by = [f"Report by {markdown_text(clip(author, 200))}", ""] if author else []
    said = (*content.verdict.sentences, *content.verdict.caveats) if content.verdict else ()
    shown = [f"- {markdown_text(clip(text, 1000))}" for text in (*said, *content.findings)]
    return [
        MarkdownBlock("", "\n".join([f"## benchwright: {markdown_text(clip(content.title, 200))}", "", *by, *shown]))
    ]


def notes(content: ReportContent) -> list[MarkdownBlock]:
    """What the author says, apart from what was found."""
    options = content.options
    if not options.notes:
        return []
    head = f"### Note by {markdown_text(clip(options.author, 200))}" if options.author else "### The author's note"
    about = "*Written by whoever made this report. benchwright measured and checked nothing of it.*"
    written = [note_markdown(text, top=3) for text in options.notes]
    return [MarkdownBlock("the author's note", "\n\n".join([head, about, *written, "---"]))]


def remarks(content: ReportContent) -> list[MarkdownBlock]:
    """Cautions before comparing, then alarms, caveats and notes."""
    return [*_cautions(content.warnings), *_alarms(content.alarms)]


def _cautions(warnings: Sequence[str]) -> list[MarkdownBlock]:
    if not warnings:
        return []
    lines = [f"- {markdown_text(clip(text, 400))}" for text in warnings[:MOST_ALARMS]]
    return [MarkdownBlock("cautions", "\n".join(["### Before comparing", "", *lines, *_rest(len(warnings))]))]


def _alarms(alarms: Sequence[Remark]) -> list[MarkdownBlock]:
    blocks = []
    for title, levels in (("alarms", ("problem", "alarm")), ("caveats", ("caveat",)), ("notes", ("note",))):
        told = [one for one in alarms if one.level in levels]
        lines = [alarm_line(one) for one in told[:MOST_ALARMS]]
        if lines:
            blocks.append(MarkdownBlock(title, "\n".join([f"### {title.capitalize()}", "", *lines, *_rest(len(told))])))
    return blocks


def alarm_line(one: Remark) -> str:
    """An alarm as an item of a list."""
    return f"- **{markdown_text(one.system)}** on {markdown_text(one.where)}: {markdown_text(clip(one.text, 600))}"


def _rest(number: int) -> list[str]:
    return [f"- and {number - MOST_ALARMS} more"] if number > MOST_ALARMS else []
