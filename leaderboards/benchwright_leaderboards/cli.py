"""`benchwright board`: leaderboards of stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results

_BOARD = click.option(
    "--board", "board", metavar="DIR", default="board", show_default=True, help="Folder of the board."
)


@click.group("board", short_help="Leaderboards: add entries, build the site, serve it, release it.")
def command() -> None:
    """Leaderboards whose ranks can be argued with: entries are predictions, ranks are ranges, every number can be recomputed."""


@command.command("new")
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


@command.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="RUN[:MODEL]|BUNDLE...")
@_BOARD
@click.option("--team", metavar="NAME", default="", help="Who enters it; attempts are counted by team.")
@click.option("--note", metavar="TEXT", default="", help="What is to be known of it.")
@results
def add(sources: tuple[str, ...], board: str, team: str, note: str, **options: Any) -> int:
    """Take runs or bundles in as one submission: verified, scored anew from their predictions, whole or not at all."""
    from benchwright import console
    from benchwright.store import Store, locate
    from benchwright_leaderboards import add as adding

    made = adding.add(Path(board), sources, store=Store(locate(options["store"])), team=team, note=note)
    console.say(f"{made.id}: {', '.join(entry.id for entry in made.entries)}")
    return 0


@command.command("build")
@_BOARD
@click.option("-o", "--output", metavar="DIR", default="site", show_default=True, help="Folder to write to.")
@results
def build(board: str, output: str, **options: Any) -> int:
    """Write the board as a static site, which opens from the file system and can be hosted anywhere."""
    from benchwright import console
    from benchwright_leaderboards import site

    pages = site.build(Path(board), Path(output))
    console.say(f"{len(pages)} pages: {Path(output) / 'index.html'}")
    return 0
