"""Text of others inside Markdown: it stays text, whatever it holds."""

from __future__ import annotations

import re

from benchwright.render.numbers import printable

_PUNCTUATION = re.compile(r"([\\`*_{}\[\]|~])")
_LEADING = re.compile(r"^(\s*)([#+>=-]|\d+[.)](?=\s|$))")
_REFERENCE = re.compile(r"([@#])(?=\w)|(?<=http)(s?:)(?=//)|(?<=www)(\.)")


def escape(text: str) -> str:
    """Text that stays text: no HTML, no Markdown, no table cell border, no mention, issue or link."""
    text = " ".join(printable(text).split())
    text = _PUNCTUATION.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    text = _LEADING.sub(lambda match: match[1] + _guard(match[2]), text)
    return _REFERENCE.sub(lambda match: f"{match[0]}\u200b", text)


def escape_html(text: str) -> str:
    """The same for a line of HTML, where backslashes would be seen."""
    text = " ".join(printable(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _REFERENCE.sub(lambda match: f"{match[0]}\u200b", text)


def _guard(start: str) -> str:
    return f"{start[:-1]}\\{start[-1]}"
