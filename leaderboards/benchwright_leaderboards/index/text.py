"""Texts as every database keeps them: PostgreSQL takes no NUL and neither takes half of a surrogate pair."""

from __future__ import annotations

import re

_FIRST = 0x10F000
"""Of characters for private use, which nothing else means anything by."""
_NUL = chr(_FIRST + 0x800)
_AS_IS = chr(_FIRST + 0x8FF)
"""Stands before a character that was one of these already."""
_TO_KEEP = re.compile(f"[\x00\ud800-\udfff{chr(_FIRST)}-{_AS_IS}]")
_KEPT = re.compile(f"{_AS_IS}(.)|[{chr(_FIRST)}-{_NUL}]", re.DOTALL)


def kept(text: str) -> str:
    """A text that any database takes; `given` returns what it was made of. A part of a text is kept as a part of what is kept."""
    return _TO_KEEP.sub(_keep, text)


def given(text: str) -> str:
    """The text that was kept."""
    return _KEPT.sub(_give, text)


def _keep(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0:
        return _NUL
    return chr(_FIRST + code - 0xD800) if code < _FIRST else _AS_IS + found[0]


def _give(found: re.Match[str]) -> str:
    if found[1]:
        return found[1]
    return "\x00" if found[0] == _NUL else chr(ord(found[0]) - _FIRST + 0xD800)
