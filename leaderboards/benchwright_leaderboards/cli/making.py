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
@click.option(
    "--baseline", "baselines", metavar="ENTRY", multiple=True, help="Entry that always stands on it; may be repeated."
)
@click.option("--machine", metavar="NAME|FINGERPRINT", help="Machine whose hardware profiles are shown.")
@click.option(
    "--weight",
    "weighting",
    metavar="RULE",
    default="equal",
    show_default=True,
    help="How tasks are weighed: equal, or an official mean of the suite.",
)
@results
def new(folder: str, run: str, **options: Any) -> int:
    """Make a board in DIR with the tasks of a run, by digest; its board.toml says what each key means, to be edited."""
    from benchwright import console
    from benchwright.items import count
    from benchwright.store import Store, locate
    from benchwright_leaderboards.new import new_board
    from benchwright_leaderboards.spec import read_spec

    store = Store(locate(options["store"]))
    path = new_board(
        Path(folder),
        store.read_run(run),
        store,
        title=options["title"],
        baselines=options["baselines"],
        machine=options["machine"],
        weighting=options["weighting"],
    )
    spec = read_spec(path.parent)
    if options["form"] == "json":
        console.say_json({"board": str(path.parent), "file": str(path), "tasks": spec.weights})
    else:
        console.say(f"{path}: {count(len(spec.task), 'task')}; edit it as you like")
        console.say(f"next: benchwright board add {run} --team NAME --board {folder}")
    return 0


VERBS = (new,)
