"""Behavioural cells of a stored run, judged: what `show` prints and the JSON of `run` and `show` hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from benchwright.behaviour_report.judged import JudgedCell, judge_cell
from benchwright.types import CellResult, Record, Run

Records = Callable[[str], Sequence[Record]]
"""Cell key -> its records."""


def judge_by_task(run: Run, cells: Sequence[CellResult], read: Records) -> Iterator[list[JudgedCell]]:
    """The scored cells of each behavioural task, one task after another so that one task's records are in memory."""
    found: dict[str, list[CellResult]] = {}
    for cell in cells:
        card = run.tasks.get(cell.task_path)
        if card is not None and card.behaviour and cell.status == "scored" and cell.key is not None:
            found.setdefault(cell.task_path, []).append(cell)
    for path, several in found.items():
        yield [judge_cell(cell.model, cell, run.tasks[path], read(str(cell.key))) for cell in several]


def add_behaviour(value: dict[str, Any], run: Run, read: Records) -> None:
    """Put ``behaviour`` into each behavioural result of the JSON of a run: tests, capabilities, types, matrix."""
    for cell, result in zip(run.cells, value["results"], strict=True):
        for (judged,) in judge_by_task(run, [cell], read):
            result["behaviour"] = msgspec.to_builtins(judged.summary)
