"""Text of others inside Markdown: it stays text, whatever it holds."""

from __future__ import annotations

import re

from benchwright.inert import LEFTWARD
from benchwright.render.numbers import printable

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]|~])")
_LEADING = re.compile(r"^(\s*)([#+>=:-]|\d+[.)](?=\s|$))")
_REFERENCE = re.compile(r"([@#])(?=\w)|(?<=http)(s?:)(?=//)|(?<=www)(\.)")


def escape(text: str) -> str:
    """Text that stays text: no HTML, no Markdown, no table cell border, no mention, issue or link."""
    text = " ".join(printable(text).split())
    text = _PUNCTUATION.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    text = _LEADING.sub(lambda match: match[1] + _guard(match[2]), text)
    return _apart(text)


def escape_html(text: str) -> str:
    """The same for a line of HTML, where backslashes would be seen."""
    text = " ".join(printable(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _apart(text)


def _apart(text: str) -> str:
    """Mentions, numbers and addresses with a break of no width in them; right-to-left writing isolated. Both are entities, so
    that no character of the file is unseen.
    """
    text = _REFERENCE.sub(lambda match: f"{match[0]}&ZeroWidthSpace;", text)
    return f"&#8296;{text}&#8297;" if LEFTWARD.search(text) else text


def _guard(start: str) -> str:
    return f"{start[:-1]}\\{start[-1]}"
