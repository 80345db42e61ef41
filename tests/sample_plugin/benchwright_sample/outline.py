"""A report of one line for each result: what was scored, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchwright.render.api import finite, inert
from benchwright.types import CellResult, Record, ReportOptions, Run


class OutlineReport:
    """Lines ``run model suite/task metric value``; a result without a number gives its status and the reason."""

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
    return f"{inert(cell.model)} {cell.suite}/{cell.task} {told}"


report = OutlineReport()
