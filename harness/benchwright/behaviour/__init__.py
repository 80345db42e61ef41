"""Behavioural tests (MFT, INV, DIR): how suites are written, and how cases are judged.

The public names are resolved when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright.behaviour.filled import Filled as Filled
    from benchwright.behaviour.lexicons import read_lexicons as read_lexicons
    from benchwright.behaviour.tagged_templates import tagged as tagged
    from benchwright.behaviour.templates import Editor as Editor

_HOMES = {
    "Editor": "benchwright.behaviour.templates",
    "Filled": "benchwright.behaviour.filled",
    "read_lexicons": "benchwright.behaviour.lexicons",
    "tagged": "benchwright.behaviour.tagged_templates",
}

__all__ = ["Editor", "Filled", "read_lexicons", "tagged"]


def __getattr__(name: str) -> Any:
    """The public object of that name, imported now."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'benchwright.behaviour' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
