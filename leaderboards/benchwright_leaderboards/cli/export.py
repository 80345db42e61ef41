"""`benchwright board export`: a board for programs and other places."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.options import on_board
from benchwright_leaderboards.exports.formats import FORMATS


@click.command("export")
@on_board
@click.option(
    "--as", "wanted", metavar="FORMAT", required=True, type=click.Choice(tuple(FORMATS)), help="What to write."
)
@click.option("--entry", metavar="ID", help="One entry, for formats that are about one.  [default: all]")
@click.option(
    "-o", "--output", metavar="FILE|DIR", required=True, help="Where to write: a file, or a new folder for several."
)
@results
def export(board: str, wanted: str, entry: str | None, output: str, **options: Any) -> int:
    """Write a board for programs and other places.

    FORMAT, of the whole board: json, csv, feed (Atom), badge (SVG). Of an entry: model-json, entry-badge, model-index and eval-results (for the
    Hugging Face hub), every-eval-ever.
    """
    from benchwright import console
    from benchwright_leaderboards.board import open_board
    from benchwright_leaderboards.content import assemble_board
    from benchwright_leaderboards.exports.formats import export_board, write_export

    content = assemble_board(open_board(Path(board)))
    written = write_export(export_board(content, wanted, entry), Path(output))
    if options["form"] == "json":
        console.say_json({"written": [str(path) for path in written]})
    else:
        console.say(f"{len(written)} files in {output}" if len(written) > 1 else str(written[0]))
    if wanted == "feed" and not content.board.spec.url:
        console.note("links of the feed are relative: board.toml has no url")
    return 0


VERBS = (export,)
