"""`benchwright board build`: verbs that publish a board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.options import on_board


@click.command("build")
@on_board
@click.option("-o", "--output", metavar="DIR", default="site", show_default=True, help="Folder to write to.")
@results
def build(board: str, output: str, **options: Any) -> int:
    """Write the board as a static site, which opens from the file system and can be hosted anywhere."""
    from benchwright import console
    from benchwright_leaderboards import site

    pages = site.build(Path(board), Path(output))
    console.say(f"{len(pages)} pages: {Path(output) / 'index.html'}")
    return 0


VERBS = (build,)
