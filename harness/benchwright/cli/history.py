"""`benchwright history`: values of models over the runs of a store."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results, split_commas


@click.command("history", short_help="Values of a model over the runs of a store.")
@click.option("--task", metavar="SUITE/TASK", help="Every point of one task [the last change of every task].")
@click.option("--metric", default="score", show_default=True, metavar="M", help="A metric, or latency_p50, ...")
@click.option("--model", multiple=True, metavar="NAME", help="Only these models; `*` stands for any letters.")
@click.option(
    "--line",
    "by",
    type=click.Choice(["name", "source", "one"]),
    default="name",
    show_default=True,
    help="What is one line: a model's name, its adapter and path, or all that was chosen.",
)
@click.option("--slice", "slice_", metavar="NAME=VALUE", help="Scores of one slice.")
@click.option(
    "--last", type=click.IntRange(min=1), default=20, show_default=True, metavar="N", help="Most points of a line."
)
@click.option("--since", metavar="DATE", help="Only runs that were begun on that date or later (ISO 8601, UTC).")
@results
def command(**options: Any) -> int:
    """Show how the values of a model went from run to run, and which changes are real.

    Each measurement is held against the one before it, item by item. Where the data, the metric's version, the rules of the task or
    the machine changed, a line says so, and values on its two sides are not compared.
    """
    from benchwright import console
    from benchwright.score_history.ask import history
    from benchwright.score_history.text import to_text

    found = history(
        options["task"],
        options["metric"],
        model=split_commas(options["model"]),
        by=options["by"],
        slice=options["slice_"],
        last=options["last"],
        since=options["since"],
        store=options["store"],
    )
    if options["form"] == "json":
        console.say_json(found.to_json())
    else:
        console.say_lines(to_text(found, ascii_only=not _shows_lines()))
    return 0


def _shows_lines() -> bool:
    """Whether standard output takes characters that draw lines."""
    from benchwright import console

    try:
        "▁●├┤─".encode(getattr(console.stream("stdout"), "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
