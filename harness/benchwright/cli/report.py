"""`benchwright report`: a file over stored runs."""

from __future__ import annotations

from typing import Any

import click

from benchwright.cli.options import results, split_commas


@click.command("report", short_help="Write a report over stored runs.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN[:MODEL]...")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write [standard output].")
@click.option("--as", "as_", metavar="FORMAT", help="html, markdown, csv, ... [told from the file name, else html].")
@click.option("--title", metavar="TEXT", help="Heading [the names of the runs].")
@click.option("--models", multiple=True, metavar="[RUN:]MODEL", help="Only these models; repeat it or use commas.")
@click.option("--tasks", multiple=True, metavar="[SUITE/]TASK", help="Only these tasks; repeat it or use commas.")
@click.option(
    "--baseline",
    "baselines",
    multiple=True,
    metavar="[RUN:]MODEL",
    help="A baseline, set apart from candidates; repeat it or use commas.",
)
@click.option(
    "--against", metavar="[RUN:]MODEL", help="Model that others are compared with [the baseline, else the best]."
)
@click.option(
    "--no-inputs", is_flag=True, help="Leave out the texts of examples, and messages and answers that may quote them."
)
@results
def command(runs: tuple[str, ...], output: str | None, as_: str | None, **options: Any) -> int:
    """Write one report over RUNs, read from the store alone."""
    from benchwright import console, formatting, reporting
    from benchwright.store import Store, atomic, locate
    from benchwright.types import ReportOptions

    store = Store(locate(options["store"]))
    name = as_ or (reporting.format_of(output) if output else "html")
    text = reporting.render(
        [reporting.read_part(store, run) for run in runs],
        store,
        name,
        models=split_commas(options["models"]),
        tasks=split_commas(options["tasks"]),
        options=ReportOptions(
            title=options["title"],
            inputs=not options["no_inputs"],
            baselines=split_commas(options["baselines"]),
            against=options["against"],
        ),
    )
    if output is None:
        console.say_lines(text.rstrip("\n"))
        return 0
    atomic.write_output(output, text, what="-o")
    if options["form"] == "json":
        console.say_json({"report": output, "format": name, "bytes": len(text.encode())})
    elif not options["quiet"]:
        console.say(f"{name} report in {output} ({formatting.value(len(text.encode()), 'bytes')})")
    return 0
