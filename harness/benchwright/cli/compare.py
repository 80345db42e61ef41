"""`benchwright compare`: is one model better than another on the same items?"""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results, split_commas


@click.command("compare", short_help="Paired differences of stored models: interval, p, flips.")
@click.argument("sides", metavar="RUN[:MODEL] [RUN[:MODEL]]...", nargs=-1, required=True)
@click.option("--metric", "metrics", metavar="M", multiple=True, help="Only this metric, or `score`; may be repeated.")
@click.option("--task", "tasks", metavar="SUITE/TASK", multiple=True, help="Only this task; may be repeated.")
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True, help="Of intervals.")
@click.option("--slices/--no-slices", default=None, help="Differences by slice [when two models are compared].")
@click.option(
    "--flips", type=click.IntRange(min=0), metavar="N", help="Examples of what was fixed and broken [3 for two models]."
)
@click.option(
    "--missing",
    type=click.Choice(["pairwise", "wrong"]),
    default="pairwise",
    show_default=True,
    help="Items without an answer: left out pair by pair, or counted as wrong.",
)
@click.option("--markdown", type=click.Path(dir_okay=False), metavar="FILE", help="Write a Markdown table too.")
@results
def command(sides: tuple[str, ...], **options: Any) -> int:
    """Compare stored models with the first one named, on the items that they share.

    A bare RUN stands for all of its models, RUN:M+N for one recipe trained with several seeds. Exit code 3: nothing can
    be compared.
    """
    from benchwright import console
    from benchwright.comparison.compare import compare
    from benchwright.comparison.text import to_markdown, to_text

    found = compare(
        *sides,
        store=options["store"],
        metric=split_commas(options["metrics"]),
        task=split_commas(options["tasks"]),
        confidence=options["confidence"],
        slices=options["slices"],
        flips=options["flips"],
        missing=options["missing"],
    )
    if options["form"] == "json":
        console.say_json(found.to_json())
    else:
        console.say_lines(to_text(found, quiet=options["quiet"]))
    if options["markdown"]:
        from benchwright.store.atomic import write_output

        write_output(options["markdown"], to_markdown(found), what="--markdown")
    return 0
