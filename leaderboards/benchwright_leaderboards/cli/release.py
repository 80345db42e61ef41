"""`benchwright board release`: immutable snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.options import on_board


@click.command("release")
@click.argument("name", metavar="NAME")
@on_board
@results
def release(name: str, board: str, **options: Any) -> int:
    """Keep the board as it stands, with its pages, under NAME for good: it never changes, and its digest tells if it did."""
    from benchwright import console
    from benchwright_leaderboards.release import release_board

    made = release_board(Path(board), name)
    if options["form"] == "json":
        console.say_json({"release": made.name, "digest": made.digest, "made": made.made})
        return 0
    console.say(f"release {made.name}, digest {made.digest}; next: benchwright board build --board {board}")
    return 0


VERBS = (release,)
