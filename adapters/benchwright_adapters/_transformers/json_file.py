"""JSON files of a checkpoint, read with limits: nothing in a folder that was fetched may hang or swell the program."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from benchwright.documents import read_json
from benchwright.errors import ModelError

MOST_BYTES = 64 * 2**20
"""Configurations and indexes are far smaller; a file that is larger is none."""

_AGAIN = "save or fetch the checkpoint again"


def read_object(path: Path, shown: str, *, hint: str = _AGAIN) -> dict[str, Any]:
    """The object in a file.

    Args:
        path: A file of a checkpoint; a link is followed, anything but a regular file is refused.
        shown: How messages call the checkpoint.
        hint: What to do when it cannot be used.

    Raises:
        ModelError: It is absent, no regular file, too large, too deeply nested, no JSON, or another value.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode):
            raise ModelError(f"{shown}: {path.name} is not a regular file", expected="a file of JSON", hint=hint)
        if state.st_size > MOST_BYTES:
            raise ModelError(
                f"{shown}: {path.name} has {state.st_size:,} bytes", expected=f"at most {MOST_BYTES:,}", hint=hint
            )
        found = parse(path.read_bytes())
    except OSError as error:
        raise ModelError(f"{shown}: {path.name} cannot be read ({error.strerror or error})", hint=hint) from error
    except ValueError as error:
        raise ModelError(f"{shown}: {path.name} is not JSON ({error})", hint=hint) from error
    if not isinstance(found, dict):
        raise ModelError(
            f"{shown}: {path.name} holds {brief(found)}", expected="an object: names and their values", hint=hint
        )
    return found


def parse(content: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises ValueError, also for nesting that no checkpoint needs."""
    return read_json(content)


def brief(value: object, most: int = 60) -> str:
    """A value as a message shows it, cut where it is long or deep."""
    try:
        text = repr(value)
    except RecursionError:
        return "a deeply nested value"
    return text if len(text) <= most else f"{text[:most]}..."
