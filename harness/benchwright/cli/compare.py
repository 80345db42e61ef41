"""`benchwright compare`: is one model better than another on the same items?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import results, split_commas

if TYPE_CHECKING:
    from benchwright.comparison.compare import Comparison
    from benchwright.render.variants import PrecisionSection


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
    rows, section = _variants(sides, options["store"], found)
    if options["form"] == "json":
        console.say_json(found.to_json() | ({"variants": rows} if rows else {}))
    else:
        console.say_lines(to_text(found, quiet=options["quiet"]))
        if section is not None and not options["quiet"]:
            console.show_precision_section(section)
    if options["markdown"]:
        from benchwright.report_content.markdown.variants import section_blocks
        from benchwright.store.atomic import write_output

        more = [block.text for block in (() if section is None else section_blocks(section))]
        write_output(options["markdown"], "\n".join([to_markdown(found), *more]), what="--markdown")
    return 0


def _variants(
    sides: tuple[str, ...], store: str | None, found: Comparison
) -> tuple[list[dict[str, Any]], PrecisionSection | None]:
    """Ways of computing one checkpoint among what was compared, as JSON values and as a section; none where there are none."""
    import msgspec

    from benchwright.agreement.of_run import variants_between
    from benchwright.comparison.systems import read_systems
    from benchwright.render.variants import section_of
    from benchwright.store import Store, locate

    systems = read_systems(Store(locate(store)), sides)
    cards = {one.path: system.run.tasks[one.path] for one in found.tasks for system in systems[:1]}
    rows = [(label, row) for label, row in variants_between(systems) if row.task_path in cards]
    as_json = [{"system": label, **msgspec.to_builtins(row), "per_second": row.per_second} for label, row in rows]
    return as_json, section_of(rows, [], cards)
