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
    """Write the board as a static site, which opens from the file system and can be hosted anywhere.

    A site that is there is brought up to date: only pages that have changed are made, and files that are not of it stay as they are.
    """
    from benchwright import console
    from benchwright.items import count
    from benchwright.progress import counting
    from benchwright_leaderboards import site

    first = Path(output) / "index.html"
    try:
        with counting("pages", quiet=options["quiet"]) as tell:
            made = site.build(Path(board), Path(output), inputs=not no_inputs, tell=tell)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("what is written is kept; run the same command to continue") from None
    if options["form"] == "json":
        console.say_json({"site": str(first), **made._asdict()})
    else:
        told = (
            f"{count(len(made.written), 'page')} written, {made.unchanged:,} unchanged, {len(made.removed):,} removed"
        )
        console.say(f"{told}: {first}")
    return 0


VERBS = (build,)
