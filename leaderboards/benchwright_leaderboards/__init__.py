"""Leaderboards: submissions, ranks, site, server and exports, built on stored runs.

The public names are resolved when they are first used, so that nothing is loaded that is not needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchwright_leaderboards.add import add as add_entries
    from benchwright_leaderboards.board import Board as Board
    from benchwright_leaderboards.board import open_board as open_board
    from benchwright_leaderboards.check import check as check_board
    from benchwright_leaderboards.content import BoardContent as BoardContent
    from benchwright_leaderboards.content import assemble_board as assemble_board
    from benchwright_leaderboards.exports.document import board_document as board_document
    from benchwright_leaderboards.exports.formats import export_board as export_board
    from benchwright_leaderboards.new import new_board as new_board
    from benchwright_leaderboards.release import release_board as release_board
    from benchwright_leaderboards.rescore import rescore as rescore_board
    from benchwright_leaderboards.site import build as build_site
    from benchwright_leaderboards.withdraw import withdraw as withdraw_entry

_HOMES = {
    "Board": ("board", "Board"),
    "BoardContent": ("content", "BoardContent"),
    "add_entries": ("add", "add"),
    "assemble_board": ("content", "assemble_board"),
    "board_document": ("exports.document", "board_document"),
    "build_site": ("site", "build"),
    "check_board": ("check", "check"),
    "export_board": ("exports.formats", "export_board"),
    "new_board": ("new", "new_board"),
    "open_board": ("board", "open_board"),
    "release_board": ("release", "release_board"),
    "rescore_board": ("rescore", "rescore"),
    "withdraw_entry": ("withdraw", "withdraw"),
}
"""Public name -> the module that has it, and its name there."""

__all__ = [
    "Board",
    "BoardContent",
    "add_entries",
    "assemble_board",
    "board_document",
    "build_site",
    "check_board",
    "export_board",
    "new_board",
    "open_board",
    "release_board",
    "rescore_board",
    "withdraw_entry",
]


def __getattr__(name: str) -> Any:
    """The public object of that name, imported now."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _HOMES[name]
    return getattr(import_module(f"{__name__}.{module}"), there)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
