"""`board build`: the static site of a board."""

from __future__ import annotations

from pathlib import Path

from benchwright.render.api import render_page
from benchwright.store import atomic
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board

PACKAGE = "benchwright_leaderboards"
"""Where templates and style of boards are; those of reports can be included too."""


def build(root: Path, output: Path) -> list[Path]:
    """Write the site of the board in ``root`` into a folder; returns the pages that were written.

    Raises:
        BenchwrightError: There is no board, or the folder cannot be written.
    """
    content = assemble_board(open_board(root))
    path = output / "index.html"
    atomic.write_output(path, render_page("overview.html.j2", package=PACKAGE, content=content), what="-o")
    return [path]
