"""`benchwright verify`: published numbers recomputed from published predictions; no model is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_UNEQUAL, _NOTHING = 1, 3


@click.command("verify", short_help="Recompute published numbers from published predictions.")
@click.option("--data", metavar="DIR", type=click.Path(exists=True, file_okay=False), help="Folder of benchmark files.")
@click.option("--write", metavar="FILE", type=click.Path(dir_okay=False), help="Write the page of results (Markdown).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--quiet", is_flag=True, help="Only rows that are unequal, and the count.")
def command(data: str | None, write: str | None, form: str, *, quiet: bool) -> int:
    """Recompute published numbers, and say for each whether it is equal to every printed digit.

    Without --data only averages of published task scores are recomputed. Exit code 1 when a row is unequal, 3 when
    nothing could be recomputed, or nothing that needs files though --data is given.
    """
    from benchwright import console
    from benchwright.store.atomic import write_output
    from benchwright.verify import caveat_lines, check_found, page, verify

    rows = verify(Path(data) if data else None)
    if write:
        write_output(write, page(rows), what="--write")
    if form == "json":
        console.say_json({"rows": rows})
    else:
        _show([row for row in rows if not quiet or row.equal is False])
        equal, unequal = (sum(row.equal is which for row in rows) for which in (True, False))
        absent = len(rows) - equal - unequal
        for text in caveat_lines(rows):
            console.say(f"* {text}")
        told = f", {absent} not here" if absent else ""
        console.say(f"{equal} of {equal + unequal} recomputed numbers are equal to what was published{told}")
    if any(row.equal is False for row in rows):
        return _UNEQUAL
    if data:
        check_found(rows, Path(data))
    return 0 if any(row.equal for row in rows) else _NOTHING


def _show(rows: list[Any]) -> None:
    from benchwright import console

    said = {True: "yes", False: "NO", None: "-"}
    table = [(row.what, row.published, row.recomputed or "", said[row.equal], row.reason) for row in rows]
    console.say_table(("what", "published", "recomputed", "equal", ""), table, numeric=(1, 2))
