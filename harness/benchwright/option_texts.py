"""Options as they are typed behind a ``?``, read to values: what explanations and hardware profiles share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchwright.errors import BenchwrightError

Reader = Callable[[str, str], Any]
"""From the name of an option and its text to its value; raises BenchwrightError for a text that says none."""


def read_options(
    options: Mapping[str, str], readers: Mapping[str, Reader]
) -> tuple[dict[str, Any], list[BenchwrightError]]:
    """Values of the options that have a reader, and everything that is wrong with their texts."""
    values: dict[str, Any] = {}
    problems: list[BenchwrightError] = []
    for name, text in options.items():
        if name not in readers:
            continue
        try:
            values[name] = readers[name](name, text)
        except BenchwrightError as error:
            problems.append(error)
    return values, problems


def read_count(name: str, text: str, *, most: int, such: int) -> int:
    """A whole number from 1 to ``most``; ``such`` stands in the hint. Raises BenchwrightError for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) < 8 and 1 <= int(text) <= most):
        raise BenchwrightError(f"{name}={text}", expected=f"a whole number from 1 to {most:,}", hint=f"{name}={such}")
    return int(text)


def read_yes(name: str, text: str) -> bool:
    """Whether it is ``yes``. Raises BenchwrightError unless it is ``yes`` or ``no``."""
    if text not in ("yes", "no"):
        raise BenchwrightError(f"{name}={text}", expected="yes or no", hint=f"{name}=yes")
    return text == "yes"
