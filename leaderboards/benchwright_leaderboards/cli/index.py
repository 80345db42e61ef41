"""`benchwright board rebuild`: the index of a board."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.options import on_board

F = TypeVar("F", bound=Callable[..., Any])


def with_index(command: F) -> F:
    """`--index`."""
    return click.option(
        "--index",
        "index",
        metavar="URL",
        help="Database of the index [BENCHWRIGHT_BOARD_INDEX, else index.sqlite in the board's folder].",
    )(command)


def follow_index(board: Path) -> None:
    """Bring the index up to date where the board has one; what fails there is a remark: the board has changed, and is well."""
    from benchwright import console
    from benchwright.errors import BenchwrightError
    from benchwright_leaderboards.index.open import follow_where_kept

    try:
        follow_where_kept(board)
    except BenchwrightError as error:
        console.note(f"the index of the board is behind, which the next who opens it mends: {error.line}")


@click.command("rebuild")
@on_board
@with_index
@results
def rebuild(board: str, index: str | None, **options: Any) -> int:
    """Make the index of the board anew from its submissions; it holds nothing else, so nothing can be lost."""
    from benchwright import console
    from benchwright.items import count
    from benchwright_leaderboards.index import open as opening

    made, change = opening.rebuild(Path(board), index)
    if options["form"] == "json":
        console.say_json({"index": made.place.shown, "submissions": change.added})
    else:
        console.say(f"{made.place.shown}: {count(change.added, 'submission')}")
    return 0


VERBS = (rebuild,)
