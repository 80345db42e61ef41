"""`benchwright report`: a file over stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results, split_commas


@click.command("report", short_help="Write a report over stored runs.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN[:MODEL]...")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write [standard output].")
@click.option(
    "--as",
    "as_",
    metavar="FORMAT",
    help="html, markdown, csv, json, model-card, ... [told from the file name, else html].",
)
@click.option("--title", metavar="TEXT", help="Heading [the names of the runs].")
@click.option("--author", metavar="TEXT", default="", help="Who made it, below the heading.")
@click.option(
    "--note", "notes", multiple=True, metavar="FILE.md", help="Your own words on top, in Markdown; repeat it."
)
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
@click.option("--history", is_flag=True, help="Scores of these models in earlier runs of the store too.")
@click.option("--watch", is_flag=True, help="Write FILE anew while the runs go on, until they are finished.")
@click.option(
    "--patience", metavar="TIME", help='How long --watch waits for a run that nobody is at work on ["10 min"].'
)
@click.option(
    "--max-examples",
    type=int,
    metavar="N",
    help="Most examples of a task on a page; 0: none [30, fewer with many tasks].",
)
@results
def command(runs: tuple[str, ...], output: str | None, as_: str | None, **options: Any) -> int:
    """Write one report over RUNs, read from the store alone."""
    from benchwright import console, formatting, reporting
    from benchwright.errors import BenchwrightError
    from benchwright.report_request import ReportRequest
    from benchwright.store import Store, locate

    request = ReportRequest(
        models=split_commas(options["models"]),
        tasks=split_commas(options["tasks"]),
        title=options["title"],
        author=options["author"],
        notes=tuple(map(Path, options["notes"])),
        inputs=not options["no_inputs"],
        max_examples=options["max_examples"],
        baselines=split_commas(options["baselines"]),
        against=options["against"],
        history=options["history"],
    )
    if output == "":
        raise BenchwrightError(
            "-o '' names no file", expected="the name of a file", hint="give it a name, as in -o report.html"
        )
    store = Store(locate(options["store"]))
    more: list[str] = []
    if options["patience"] is not None and not options["watch"]:
        raise BenchwrightError("--patience without --watch", expected="both, or neither", hint="add --watch")
    if options["watch"]:
        name, size = _watch(store, runs, request, {**options, "output": output, "as_": as_})
    else:
        rendered, name = reporting.compose(store, runs, request, path=output, name=as_)
        if output is None:
            console.say_lines(rendered.text.rstrip("\n"))
            if rendered.beside:
                console.note(f"not written without -o: {', '.join(rendered.beside)}")
            return 0
        more = [str(path) for path in reporting.write(output, rendered)]
        size = len(rendered.text.encode())
    if options["form"] == "json":
        console.say_json({"report": output, "format": name, "bytes": size, **({"beside": more} if more else {})})
    elif not options["quiet"]:
        console.say(f"{name} report in {output} ({formatting.value(size, 'bytes')})")
        for path in more:
            console.say(f"beside it: {path}")
    return 0


def _watch(store: Any, runs: tuple[str, ...], request: Any, options: dict[str, Any]) -> tuple[str, int]:
    """Follow runs that go on; the format and the bytes of the last page."""
    from benchwright import console
    from benchwright.errors import BenchwrightError
    from benchwright.limit_texts import read_limit
    from benchwright.quantities import BUILT_IN
    from benchwright.report_watch import PATIENCE, WatchRequest, watch

    output = options["output"]
    if output is None:
        raise BenchwrightError("--watch without -o", expected="a file to write anew", hint="add -o report.html")
    given = options["patience"]
    patience = PATIENCE if given is None else read_limit(given, BUILT_IN["load"], title="--patience")

    def say(text: str) -> None:
        if not options["quiet"]:
            console.note(text)

    return watch(
        WatchRequest(
            store=store,
            runs=runs,
            request=request,
            output=Path(output),
            say=say,
            format=options["as_"],
            patience=patience,
        )
    )
