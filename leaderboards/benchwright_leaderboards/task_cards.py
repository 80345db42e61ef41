"""The cards of a board's tasks, as an entry that answered their present data was given them."""

from __future__ import annotations

from benchwright.types import Task
from benchwright_leaderboards.board import Board


def task_cards(board: Board) -> dict[str, Task]:
    """``suite/task`` -> its card, in the order of the board; a task that no entry answered on its present data has none.

    A run is read for each submission that is the first to answer a task: one, for most boards.

    Raises:
        StoreError: A run cannot be read.
    """
    runs = {}
    found = dict[str, Task]()
    for task in board.spec.task:
        for one in board.entries:
            result = one.entry.result(task.path)
            if result is None or result.digest != task.digest:
                continue
            place = (one.submission.id, one.entry.run)
            if place not in runs:
                runs[place] = one.store().read_run(one.entry.run)
            card = runs[place].tasks.get(task.path)
            if card is not None:
                found[task.path] = card
                break
    return found
