"""Options that verbs of a board share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def on_board(command: F) -> F:
    """`--board`."""
    return click.option(
        "--board", "board", metavar="DIR", default="board", show_default=True, help="Folder of the board."
    )(command)
