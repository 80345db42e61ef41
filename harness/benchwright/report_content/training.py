"""The checkpoints that were made here: a line for each, with its loss as a small curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benchwright.render.grid import Grid
from benchwright.render.sparkline import Sparkline, trace_losses
from benchwright.render.training import TrainingRow, training_rows
from benchwright.types import CellResult


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingLine:
    """A checkpoint, the task it was trained on, and its curve; None where no loss was kept."""

    task: str
    row: TrainingRow
    spark: Sparkline | None


def find_training(grid: Grid) -> tuple[TrainingLine, ...]:
    """A line for each checkpoint; one that answers several tasks or views is told once."""
    found: dict[str, TrainingLine] = {}
    for at, cell in _trained(grid):
        (row,) = training_rows([(grid.systems[at].label, cell)])
        line = TrainingLine(task=row.training.task, row=row, spark=trace_losses(row.training))
        found.setdefault(repr((at, row.training)), line)
    return tuple(found.values())


def _trained(grid: Grid) -> Iterator[tuple[int, CellResult]]:
    for at in range(len(grid.systems)):
        for column in grid.columns:
            cell = column.cells.get(at)
            if cell is not None and cell.training is not None:
                yield at, cell
