"""What differs between models and between slices, in one pass over the records of each task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchwright.comparison.report_answers import Records, answers_on, compared_with, run_of_cells
from benchwright.comparison.report_section import DifferenceFinder, DifferenceSection
from benchwright.render.grid import Grid
from benchwright.report_content.cost_words import latency_beside
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
        first = compared_with(column, roles.reference) if len(grid.systems) > 1 else None
        if first == roles.reference:
            answers, refused = answers_on(grid, column, first, records, owners)
            differences.add(answers, refused)
        elif first is not None and differences.every_pair:
            differences.add(answers_on(grid, column, first, records, owners)[0])
        slices.add(column, answers, records)
    return _with_latencies(differences.section(), grid, roles.reference), slices.section()


def _with_latencies(section: DifferenceSection | None, grid: Grid, reference: int) -> DifferenceSection | None:
    """The section with what each model's latency is beside that of the reference."""
    if section is None:
        return None
    at = {system.label: position for position, system in enumerate(grid.systems)}
    told = tuple(replace(one, latency=latency_beside(grid, at[one.system], reference)) for one in section.tallies)
    return replace(section, tallies=told)
