"""What differs between models and between slices, in one pass over the records of each task."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.comparison.report_answers import Records, answers_on, is_compared, run_of_cells
from benchwright.comparison.report_section import DifferenceFinder, DifferenceSection
from benchwright.render.grid import Grid
from benchwright.report_content.roles import Roles
from benchwright.report_content.slices import SliceFinder, SliceSection
from benchwright.types import Run


def find_between(
    runs: Sequence[Run], grid: Grid, records: Records, roles: Roles | None
) -> tuple[DifferenceSection | None, SliceSection | None]:
    """Differences against the reference, and slices; each None where there is nothing to tell."""
    if roles is None:
        return None, None
    differences, slices = DifferenceFinder(grid, roles.reference, roles.baselines), SliceFinder(grid, roles)
    owners = run_of_cells(runs)
    for column in grid.columns:
        answers = None
        if len(grid.systems) > 1 and is_compared(column, roles.reference):
            answers, refused = answers_on(grid, column, roles.reference, records, owners)
            differences.add(answers, refused)
        slices.add(column, answers, records)
    return differences.section(), slices.section()
