"""A report of one line for each result: what was scored, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchwright.render.api import finite, inert, sentences
from benchwright.types import CellResult, Record, ReportOptions, Run


class OutlineReport:
    """Lines ``run model suite/task value``; a result without a number gives its status and the reason, an alarm stands behind it."""

    name = "outline"
    suffix = ".txt"

    def render(
        self,
        runs: Sequence[Run],
        records: Callable[[str], Sequence[Record]],
        options: ReportOptions = ReportOptions(),  # noqa: B008 - a frozen value
    ) -> str:
        """The title, if there is one, and the lines."""
        lines = [f"{inert(run.name)} {_line(cell)}" for run in runs for cell in run.cells]
        return "\n".join([*([inert(options.title)] if options.title else []), *lines]) + "\n"


def _line(cell: CellResult) -> str:
    value = finite(cell.score.value) if cell.score else None
    told = f"{cell.status} {inert(cell.reason)}".rstrip() if value is None else f"{value:.4f}"
    alarms = sentences((*cell.alarms, *(cell.score.alarms if cell.score else ())))
    marks = "".join(f" ! {inert(sentence)}" for sentence in dict.fromkeys(alarms))
    return f"{inert(cell.model)} {cell.task_path} {told}{marks}"


report = OutlineReport()
