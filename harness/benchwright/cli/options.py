"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

KEPT = "every finished profile, shard, explanation and step of a training is kept"
"""What is said of a run that Ctrl-C ends."""
READING = frozenset({"compare", "history", "list", "report", "show"})
"""Verbs that compute nothing that is kept: one that Ctrl-C ends has written nothing."""


def results(command: F) -> F:
    """`--store`, `--format` and `--quiet`, as on every verb that reads or prints results."""
    for option in (
        click.option("--quiet", is_flag=True, help="No progress and no plan; remarks about the numbers stay."),
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True),
        click.option("--store", metavar="DIR", help="Store folder [BENCHWRIGHT_STORE, else ./benchwright-results]."),
    ):
        command = option(command)
    return command


def split_commas(values: tuple[str, ...]) -> tuple[str, ...]:
    """Values given several times, or once with commas."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
