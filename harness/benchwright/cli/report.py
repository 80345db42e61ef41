"""`benchwright report`: a file over stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results


@click.command("report", short_help="Write a report over stored runs.")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File to write [standard output].")
@click.option("--as", "as_", metavar="FORMAT", help="html, markdown, csv, ... [told from the file name, else html].")
@results
def command(runs: tuple[str, ...], output: str | None, as_: str | None, **options: Any) -> int:
    """Write one report over RUNs, read from the store alone."""
    from benchwright import console, registry
    from benchwright.store import Store, atomic, locate

    store = Store(locate(options["store"]))
    name = as_ or _format_of(output)
    report = registry.get("reports", name)
    text = report.render([store.read_run(run) for run in runs], store.read_records_with_inputs)
    if output is None:
        console.say(text.rstrip("\n"))
        return 0
    atomic.write(Path(output), text.encode())
    if options["form"] == "json":
        console.say_json({"report": output, "format": name, "bytes": len(text.encode())})
    elif not options["quiet"]:
        console.say(f"{name} report in {output} ({len(text.encode()) / 1000:,.0f} kB)")
    return 0


def _format_of(output: str | None) -> str:
    suffix = Path(output).suffix.lower() if output else ".html"
    known = {".html": "html", ".htm": "html", ".md": "markdown", ".markdown": "markdown", ".csv": "csv"}
    if suffix not in known:
        raise click.UsageError(f"what is {output}? say --as html, markdown or csv, or use one of {', '.join(known)}")
    return known[suffix]
