"""What a page says of runs that are not finished: how much is there, what is still to come, whether anybody is at work on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.formatting import count
from benchwright.items import count as counted
from benchwright.types import ReportOptions, Run

MOST = 8
"""Most results that are named as still to come."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressSection:
    """The box above everything else.

    Attributes:
        sentences: One for each unfinished run.
        meanwhile: What goes on, as whoever writes the page anew saw it; empty where nobody does.
        seconds: How often the page is written anew at most; 0: it is not.
    """

    sentences: tuple[str, ...]
    meanwhile: tuple[str, ...] = ()
    seconds: int = 0


def find_progress(runs: Sequence[Run], options: ReportOptions) -> ProgressSection | None:
    """The box of unfinished runs; None where all are finished."""
    found = tuple(_sentence(run) for run in runs if not run.complete)
    if not found:
        return None
    return ProgressSection(sentences=found, meanwhile=options.meanwhile, seconds=options.reload)


def _sentence(run: Run) -> str:
    open_cells = [cell for cell in run.cells if cell.status == "unfinished"]
    there = len(run.cells) - len(open_cells)
    named = ", ".join(f"{cell.model} on {cell.task_path}" for cell in open_cells[:MOST])
    more = f" and {count(len(open_cells) - MOST)} more" if len(open_cells) > MOST else ""
    come = f"still to come: {named}{more}" if open_cells else "only what is made of all results is still to come"
    return f"{run.name}: {count(there)} of {counted(len(run.cells), 'result')}; {come}."
