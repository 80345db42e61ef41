"""`benchwright board check` and `rescore`: verbs that hold scores against answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.index import follow_index
from benchwright_leaderboards.cli.options import on_board


@click.command("check")
@on_board
@click.option("--prune", "prunes", is_flag=True, help="Remove what killed processes left, and texts that nobody uses.")
@results
def check(board: str, prunes: bool, **options: Any) -> int:  # noqa: FBT001 - a flag of the command line
    """Hold every file against its digest and every score against the answers; exit 1 for damage."""
    from benchwright import console
    from benchwright_leaderboards import check as checking

    removed = checking.prune(Path(board)) if prunes else []
    found = checking.check(Path(board))
    if options["form"] == "json":
        console.say_json({"findings": found, "removed": [path.name for path in removed]})
    else:
        for path in removed:
            console.say(f"removed {path.name}")
        if found:
            console.say_table(("what", "where", "problem"), [(one.what, one.where, one.problem) for one in found])
        console.say(f"{len(found)} finding{'s' if len(found) != 1 else ''}" if found else "the board is sound")
    return 1 if any(one.damaged for one in found) else 0


@click.command("rescore")
@on_board
@click.option("--dry-run", is_flag=True, help="Say what would change, change nothing.")
@results
def rescore(board: str, dry_run: bool, **options: Any) -> int:  # noqa: FBT001 - a flag of the command line
    """Compute all scores anew from the answers, with the metrics and cards that are installed; no model is needed."""
    from benchwright import console
    from benchwright_leaderboards.rescore import rescore as score_anew

    made = score_anew(Path(board), dry_run=dry_run)
    follow_index(Path(board))
    if options["form"] == "json":
        console.say_json(
            {
                "changed": made.changed,
                "results": made.results,
                "looked": made.looked,
                "stale": made.stale,
                "problems": made.problems,
                "dry_run": dry_run,
            }
        )
        return 0
    for one in made.changed:
        console.say(f"{one.entry} on {one.path}: {one.why}")
    for name, tasks in made.stale.items():
        console.say(f"{name} is stale on {', '.join(tasks)}: it answered other data, and no score makes up for that")
    for problem in made.problems:
        console.say(f"not computed: {problem}")
    verb = "would change" if dry_run else "changed"
    console.say(f"{len(made.changed)} of {made.results} results {verb}")
    if made.looked:
        console.say(f"alarms {'would be' if dry_run else 'were'} looked for in {made.looked} results that lacked them")
    return 0


VERBS = (check, rescore)
