"""Checks of what a user typed behind the `?`, each returning what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from benchwright import registry
from benchwright.data.rows import is_text_encoding, not_an_encoding
from benchwright.errors import BenchwrightError

_NAME = re.compile(r"[\w-]{1,60}")


def common_problems(
    given: Mapping[str, str], known: Mapping[str, str], *, task: str, selector: str
) -> Iterator[BenchwrightError]:
    """Options that are unknown, a missing `path`, a `name` that cannot name a task, an `encoding` that nobody knows.

    Args:
        given: Options as typed.
        known: Option -> one line of help.
        task: `suite/custom`, for messages.
        selector: An example of the whole selector.
    """
    for key in given:
        if key not in known:
            yield BenchwrightError(
                f"{task} has no option {key!r}",
                expected=f"one of: {', '.join(known)}",
                hint=registry.suggest(key, known) or "docs/custom-data.md describes them",
            )
    if not given.get("path"):
        yield BenchwrightError(f"{task} needs a file", expected="path=FILE", hint=f"--suite '{selector}'")
    name, encoding = given.get("name", ""), given.get("encoding", "")
    if name and not _NAME.fullmatch(name):
        yield BenchwrightError(f"{name!r} cannot name a task", expected="letters, digits, `_` or `-`; at most 60")
    if encoding and not is_text_encoding(encoding):
        yield not_an_encoding(encoding)


def listed(given: Mapping[str, str], key: str) -> tuple[str, ...]:
    """The parts of an option that is a list by comma."""
    return tuple(part.strip() for part in given.get(key, "").split(",") if part.strip())
