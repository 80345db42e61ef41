"""`benchwright board add`, `list`, `withdraw`: verbs about what stands on a board."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.index import follow_index
from benchwright_leaderboards.cli.options import on_board

if TYPE_CHECKING:
    from benchwright_leaderboards.board import Board


@click.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="RUN[:MODEL]|BUNDLE[:MODEL]...")
@on_board
@click.option("--team", metavar="NAME", default="", help="Who enters it (needed): attempts are counted by team.")
@click.option("--note", metavar="TEXT", default="", help="What is to be known of it.")
@click.option("--trained-on", metavar="TEXT", default="", help="What its training data were.")
@click.option("--same-as", metavar="ENTRY", default="", help="Take a model whose answers are all those of ENTRY.")
@results
def add(sources: tuple[str, ...], board: str, **options: Any) -> int:
    """Take runs or bundles in as one submission: verified, scored anew from their predictions, whole or not at all."""
    from benchwright import console
    from benchwright.store import Store, locate
    from benchwright_leaderboards import add as adding
    from benchwright_leaderboards.board import open_board
    from benchwright_leaderboards.kept_at_add import keep_derived
    from benchwright_leaderboards.listing import added_document, added_lines, alarm_lines

    said = {name: options[name] for name in ("team", "note", "trained_on", "same_as")}
    made = adding.add(Path(board), sources, store=Store(locate(options["store"])), tell=console.note, **said)
    follow_index(Path(board))
    if unkept := keep_derived(Path(board), made):
        console.note(f"added, but ranks and pages could not be made: {unkept}")
    now = open_board(Path(board))
    _keep_ranks(now)
    for line in alarm_lines(now, made):
        console.note(f"warning: {line}")
    if options["form"] == "json":
        console.say_json(added_document(now, made))
    else:
        for line in added_lines(now, made):
            console.say(line)
    return 0


def _keep_ranks(board: Board) -> None:
    """Compute the ranks that the next build reads; what fails there is a remark: the entry stands."""
    from benchwright import console
    from benchwright.errors import BenchwrightError
    from benchwright_leaderboards.ranking import extend

    try:
        extend(board)
    except BenchwrightError as error:
        console.note(f"ranks are not computed yet: {error.line}")


@click.command("list")
@on_board
@results
def list_(board: str, **options: Any) -> int:
    """List the entries of a board: who added them when, how much of the board they answered, what is stale or withdrawn."""
    from benchwright import console
    from benchwright_leaderboards.board import open_board
    from benchwright_leaderboards.listing import COLUMNS, board_document, rows_of, warnings_of

    now = open_board(Path(board))
    if options["form"] == "json":
        console.say_json(board_document(now))
        return 0
    console.say_table(COLUMNS, rows_of(now), numeric=(3,))
    for line in warnings_of(now):
        console.say(line)
    return 0


@click.command("withdraw")
@click.argument("entry", metavar="ENTRY")
@on_board
@click.option("--reason", metavar="TEXT", required=True, help="What is told beside it from now on.")
@results
def withdraw(entry: str, board: str, reason: str, **options: Any) -> int:
    """Take ENTRY back: it stays listed, unranked, and keeps its id; attempts count it."""
    from benchwright import console
    from benchwright_leaderboards.withdraw import withdraw as take_back

    made = take_back(Path(board), entry, reason=reason)
    follow_index(Path(board))
    if options["form"] == "json":
        console.say_json({"entry": entry, "at": made.at, "reason": made.reason})
    else:
        console.say(f"{entry} is withdrawn: it stays listed, unranked")
    return 0


VERBS = (add, list_, withdraw)
