"""`benchwright board serve`: a board over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results
from benchwright_leaderboards.cli.index import with_index
from benchwright_leaderboards.cli.options import on_board


@click.command("serve")
@on_board
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="Port; 0: any free one.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0),
    default=100.0,
    show_default=True,
    help="Requests a second of one address; 0: any number.",
)
@click.option(
    "--trust-proxy", is_flag=True, help="The client is the last address of X-Forwarded-For: only behind your own proxy."
)
@with_index
@results
def serve(
    board: str, host: str, port: int, rate: float, index: str | None, *, trust_proxy: bool, **options: Any
) -> int:
    """Serve the board's pages and a JSON API, read-only, until interrupted; what is added meanwhile is seen."""
    from benchwright_leaderboards.server import serve as serving
    from benchwright_leaderboards.server.limits import Limits

    serving.serve(Path(board), host=host, port=port, limits=Limits(rate=rate, trust_proxy=trust_proxy), index=index)
    return 0


VERBS = (serve,)
