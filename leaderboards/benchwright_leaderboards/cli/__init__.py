"""`benchwright board`: leaderboards of stored runs. A file for each group of verbs; each offers ``VERBS``."""

from __future__ import annotations

import click

from benchwright_leaderboards.cli import entries, export, index, making, release, serve, site, upkeep


@click.group("board", short_help="Leaderboards: add entries, build the site, serve it, release it.")
def command() -> None:
    """Leaderboards whose ranks can be argued with: entries are predictions, ranks are ranges, every number can be recomputed."""


for _verbs in (
    making.VERBS,
    entries.VERBS,
    upkeep.VERBS,
    site.VERBS,
    export.VERBS,
    serve.VERBS,
    index.VERBS,
    release.VERBS,
):
    for _verb in _verbs:
        command.add_command(_verb)
