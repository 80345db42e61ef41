"""What `board add` makes at once, so that builds and the server need only read it: ranks, and of new entries what their pages say of them alone."""

from __future__ import annotations

from pathlib import Path

from benchwright.errors import BenchwrightError
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.entries import Submission
from benchwright_leaderboards.model_pages import own_part
from benchwright_leaderboards.ranking import extend
from benchwright_leaderboards.right_items import right_items


def keep_derived(root: Path, made: Submission) -> str:
    """Keep below ``derived/`` what a new submission decides; returns why that was not possible, empty where it was.

    The submission is on the board whatever happens here, and all of it is made when it is needed.
    """
    try:
        board = open_board(root)
        extend(board)
        new = {entry.id for entry in made.entries}
        paths = [task.path for task in board.spec.task]
        for one in board.entries:
            if one.entry.id in new:
                right_items(one, paths)
                own_part(one, paths)
    except BenchwrightError as error:
        return error.problem
    return ""
