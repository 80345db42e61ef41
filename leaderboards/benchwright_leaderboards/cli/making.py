"""`benchwright board new`: a board folder with its ``board.toml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results


@click.command("new")
@click.argument("folder", metavar="DIR")
@click.option("--from", "run", metavar="RUN", required=True, help="Run whose scored tasks are those of the board.")
@click.option("--title", metavar="TEXT", default="Leaderboard", show_default=True, help="Heading.")
@results
def new(folder: str, run: str, title: str, **options: Any) -> int:
    """Make a board in DIR with the tasks of a run; then edit its board.toml."""
    from benchwright import console
    from benchwright.store import Store, locate
    from benchwright_leaderboards.new import new_board

    store = Store(locate(options["store"]))
    path = new_board(Path(folder), store.read_run(run), store, title=title)
    console.say(f"{path}; next: benchwright board add {run} --board {folder}")
    return 0


VERBS = (new,)
