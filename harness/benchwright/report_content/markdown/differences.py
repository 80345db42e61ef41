"""Differences between models as Markdown."""

from __future__ import annotations

from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock
from benchwright.tables import markdown_table


def differences(content: ReportContent) -> list[MarkdownBlock]:
    """Every model against the reference: difference, interval, what was fixed and broken, and the verdict."""
    section = content.differences
    if section is None:
        return []
    heads = ["Task", "Model", "Score", "Difference", "95 % interval", "p", "p adjusted", "Items", "Verdict"]
    rows = [
        [
            markdown_text(one.task),
            f"**{markdown_text(one.system)}**",
            _below(one.value, one.items),
            *map(markdown_text, (one.change, one.between, one.p, one.adjusted)),
            _below(one.flips, f"right: {one.right}" if one.right else ""),
            markdown_text(one.verdict),
        ]
        for one in section.lines
    ]
    first = markdown_text(section.first)
    tests = f"{section.family:,} test{'' if section.family == 1 else 's'}"
    about = (
        f"Every model against **{first}**, paired on the same items; p is adjusted (Holm) over {tests}. "
        "Not distinguishable is no proof of equality: the interval says what the difference may be."
    )
    refused = [f"- {section.hidden:,} more, smaller ones, in the JSON and CSV reports"] if section.hidden else []
    refused += [f"- not compared: {markdown_text(clip(text, 300))}" for text in section.refused]
    table = ["", *markdown_table(heads, rows, right=(2, 3, 5, 6))] if rows else []
    head = f"### Differences: score minus that of {first}"
    return [MarkdownBlock("differences", "\n".join([head, "", about, *table, *([""] if refused else []), *refused]))]


def _below(text: str, more: str) -> str:
    """A cell with a small line below it."""
    return f"{markdown_text(text)}<br><sub>{markdown_text(more)}</sub>" if more else markdown_text(text)
