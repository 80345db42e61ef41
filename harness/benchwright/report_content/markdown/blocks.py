"""Blocks of Markdown: what they are called where they are left out, and how many fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchwright.formatting import clip
from benchwright.inert import markdown_html_text, markdown_text
from benchwright.render.shown_number import ShownNumber

VERDICTS = {"within": "✓", "exceeds": "✗", "cannot tell": "?"}
"""Marks of verdicts about a limit, beside the words."""


class MarkdownBlock(NamedTuple):
    """A piece of Markdown.

    Attributes:
        name: What is missing where it is left out.
        text: Its lines, which begin and end without an empty one.
    """

    name: str
    text: str


def folded(title: str, lines: Iterable[str]) -> str:
    """Lines behind a title that opens them."""
    return "\n".join([f"<details><summary>{title}</summary>", "", *lines, "", "</details>"])


def number_cell(one: ShownNumber) -> str:
    """A number with its interval below it, for a cell."""
    return "<br>".join(
        [markdown_text(one.text), *([f"<sub>{markdown_text(one.between)}</sub>"] if one.between else [])]
    )


def summary_title(text: str) -> str:
    """A text of others in the title of what is folded."""
    return markdown_html_text(clip(text, 200))


def fit(blocks: Sequence[MarkdownBlock], room: int) -> str:
    """Blocks in order as long as they fit into ``room`` characters; those that do not are counted at the end."""
    room -= 400
    kept: list[str] = []
    dropped: list[str] = []
    for name, text in blocks:
        if text and len(text) + 2 <= room:
            kept.append(text)
            room -= len(text) + 2
        elif text:
            dropped.append(name or "text")
    if dropped:
        names = ", ".join(markdown_text(clip(name, 60)) for name in dropped[:3]) + (
            " and more" if len(dropped) > 3 else ""
        )
        kept.append(
            f"Left out to stay short: {len(dropped)} parts ({names}); the HTML, CSV and JSON reports hold everything."
        )
    return "\n\n".join(kept) + "\n"
