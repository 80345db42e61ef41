"""The cards of a board's tasks, as an entry that answered their present data was given them."""

from __future__ import annotations

import msgspec

from benchwright.types import Task
from benchwright_leaderboards.board import Board


def task_cards(board: Board) -> dict[str, Task]:
    """``suite/task`` -> its card, whose default split is the one that the board asks, in the order of the board.

    A task that no entry answered on its present data has none.

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
            run = runs[place]
            splits = [cell.split for cell in run.cells if cell.key == result.key]
            if task.path in run.tasks and splits:
                found[task.path] = msgspec.structs.replace(run.tasks[task.path], default_split=splits[0])
                break
    return found
