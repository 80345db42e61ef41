"""`benchwright board add`: verbs that change what stands on a board."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.options import on_board


@click.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="RUN[:MODEL]|BUNDLE...")
@on_board
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


VERBS = (add,)
