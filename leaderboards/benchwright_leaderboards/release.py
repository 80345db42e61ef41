"""`board release`: the board as it stands becomes a release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.hold import hold
from benchwright_leaderboards.releases import Release, check_name, read_releases, write_release
from benchwright_leaderboards.site import pages_of


def release_board(root: Path, name: str) -> Release:
    """Make a release of the board in ``root``; nothing else of the board changes, and no one can add an entry while it is made.

    Raises:
        BenchwrightError: There is no board, the name is taken or no name, or the folder cannot be written.
        StoreError: The board is damaged.
    """
    open_board(root)
    check_name(name, [one.name for one in read_releases(root)])
    with hold(root):
        content = replace(assemble_board(open_board(root)), release=name)
        return write_release(root, name, content, pages_of(content, inputs=False))
