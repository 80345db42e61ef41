"""What a behavioural test is before it is filled: its question, its templates, its lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from behaviour_texts.drawing import Lists, Template

Vary = Callable[[str], Sequence[str]]
"""From an original text to its variants; none: no case is made of it."""


@dataclass(frozen=True)
class TestTexts:
    """One test: what it asks, and what its cases are made of.

    Attributes:
        name: ``group/test``, unique in the suite.
        type: MFT, INV or DIR.
        capability: What of the language it is about.
        description: What a model that passes can do, in one sentence.
        expect: The expectation as it stands in the file.
        templates: At least five.
        lists: Fillers by tag, beside those of the suite.
        vary: Makes the variants from the original's last input, where the templates do not hold them.
    """

    name: str
    type: Literal["MFT", "INV", "DIR"]
    capability: str
    description: str
    expect: Mapping[str, Any]
    templates: Sequence[Template]
    lists: Lists = field(default_factory=dict)
    vary: Vary | None = None


def says(target: str | None, *patterns: str) -> list[Template]:
    """One template of one text for each pattern, all with the same answer."""
    return [Template(texts=({"text": pattern},), target=target) for pattern in patterns]


def differs(*cases: tuple[str, ...]) -> list[Template]:
    """One template for each row of patterns: the original, then its variants."""
    return [Template(texts=tuple({"text": pattern} for pattern in case)) for case in cases]


def plain(*patterns: str) -> list[Template]:
    """One template of one text without an answer for each pattern; ``vary`` makes the variants."""
    return differs(*((pattern,) for pattern in patterns))
