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
@click.option("--no-inputs", is_flag=True, help="Leave the texts of items out of all pages.")
@results
def build(board: str, output: str, *, no_inputs: bool, **options: Any) -> int:
    """Write the board as a static site, which opens from the file system and can be hosted anywhere."""
    from benchwright import console
    from benchwright_leaderboards import site

    pages = site.build(Path(board), Path(output), inputs=not no_inputs)
    console.say(f"{len(pages)} pages: {Path(output) / 'index.html'}")
    return 0


VERBS = (build,)
