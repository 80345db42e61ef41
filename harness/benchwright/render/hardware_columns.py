"""Latency, throughput and memory as columns of the summary of a report: one group of them for each task and machine."""

from __future__ import annotations

from collections.abc import Iterator

from benchwright.alarm import has_alarm
from benchwright.formatting import finite
from benchwright.profile_choice import choose_profile
from benchwright.render.grid import Grid
from benchwright.render.hardware import HardwareRow, HardwareTable, latency_shown, memory_shown, tables_of
from benchwright.render.hardware_words import figure_of, machine_name
from benchwright.render.summary_cells import CellView, Head
from benchwright.task_path import suite_of

ANCHOR = "hardware"
"""Id of the section that tells more."""

_TITLES = {
    "latency_p50": ("latency", "median of one query"),
    "latency_p90": ("latency", "p90 of one query"),
    "throughput": ("throughput", "inputs, all at once"),
    "host_memory_peak": ("memory", "peak of its process"),
    "gpu_memory_peak": ("GPU memory", "peak"),
}


_OF_TIMES = frozenset({"not-steady", "busy", "throttled", "governor"})
"""Alarms that say nothing of a peak of memory."""


def hardware_columns(grid: Grid, suite: str) -> Iterator[tuple[Head, list[CellView]]]:
    """Head and cells of each column, in the order of the systems; none for a suite whose texts no model was measured on.

    Values of differing machines stand in differing columns, and no value has a rank.
    """
    tables = tables_of(grid)
    machines = {table.machine.fingerprint for table in tables}
    mine = [table for table in tables if suite_of(table.base) == suite]
    several = len({table.base for table in mine}) > 1
    for table in mine:
        where = [table.base.partition("/")[2]] if several else []
        where += [f"machine {machine_name(table.machine)}"] if len(machines) > 1 else []
        rows = {row.system: row for row in table.rows}
        for quantity in (latency_shown(table), "throughput", memory_shown(table)):
            if table.has_value(quantity):
                cells = [_cell(rows.get(system.label), quantity) for system in grid.systems]
                yield _head(quantity, where, table), cells


def _head(quantity: str, where: list[str], table: HardwareTable) -> Head:
    title, what = _TITLES[quantity]
    short = (
        ["short form"] if any(profile.spec.preset == "quick" for row in table.rows for profile in row.profiles) else []
    )
    return Head(title=title, lines=(what, *where, *short), anchor=ANCHOR)


def _cell(row: HardwareRow | None, quantity: str) -> CellView:
    found = None if row is None else row.measured(quantity)
    if row is None or found is None or finite(found.value) is None:
        return CellView(state="unmeasured", reason=found.reason if found else "")
    figure = figure_of(found, quantity)
    profile = choose_profile(row.profiles, quantity)
    loud = tuple(one for one in (profile.alarms if profile else ()) if has_alarm((one,)))
    if quantity.endswith("memory_peak"):
        loud = tuple(one for one in loud if one.code not in _OF_TIMES)
    return CellView(state="score", value=figure.text, between=figure.between, sort=figure.sort, alarms=loud)
