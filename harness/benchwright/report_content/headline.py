"""The line below a report's title: when, which runs, how much was answered, and on what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchwright.formatting import count, name_some
from benchwright.render.grid import Grid
from benchwright.types import Run

_NAMED = 6


def headline(runs: Sequence[Run], grid: Grid) -> str:
    """``2026-11-27 · runs a and b · 3,488 answers of 4 models on 1 task · 8 hardware profiles · cpu, exact, seed 0``."""
    if not runs:
        return "no run"
    names = list(dict.fromkeys(run.name for run in runs))
    shown = name_some(names, _NAMED)
    parts = [
        _days(run.created for run in runs),
        f"{'run' if len(names) == 1 else 'runs'} {shown}",
        _measured(grid),
        f"{count(len(grid.profiles))} hardware profiles" if grid.profiles else "",
        *dict.fromkeys(f"{run.spec.device}, {run.spec.precision}, seed {run.spec.seed}" for run in runs),
    ]
    return " · ".join(part for part in parts if part)


def _days(created: Iterable[str]) -> str:
    days = sorted({moment[:10] for moment in created if moment})
    return f"{days[0]} to {days[-1]}" if len(days) > 1 else "".join(days)


def _measured(grid: Grid) -> str:
    judged = [column for column in grid.columns if not column.is_hardware]
    answers = sum(cell.ledger.total for column in judged for cell in column.cells.values() if cell.ledger)
    if not judged:
        return _several(len(grid.systems), "model")
    tasks, views = sum(not column.is_view for column in judged), sum(column.is_view for column in judged)
    told = f"{count(answers)} answers of {_several(len(grid.systems), 'model')} on {_several(tasks, 'task')}"
    return f"{told} and {_several(views, 'view')}" if views else told


def _several(number: int, noun: str) -> str:
    return f"{count(number)} {noun}" if number == 1 else f"{count(number)} {noun}s"
