"""Costs as lines of the table of candidates: size, latency, throughput, memory, energy and money; what nobody measured is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchwright.alarm import is_constant
from benchwright.comparison.cost import size_of
from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError
from benchwright.formatting import value
from benchwright.profile_choice import choose_profile
from benchwright.render.grid import Grid
from benchwright.render.hardware import HardwareRow, HardwareTable, memory_shown, tables_of
from benchwright.render.hardware_columns import ANCHOR
from benchwright.render.hardware_words import figure_of, is_known, machine_name
from benchwright.report_content.alarm_causes import OF_TIMES, AlarmList
from benchwright.report_content.candidate_line import UNMEASURED, CandidateCell, CandidateLine, LineGroup
from benchwright.store import Store
from benchwright.types import Run

_WORDS: Mapping[str, tuple[str, str]] = {
    "latency_p50": ("latency", "median of one query"),
    "throughput": ("throughput", "inputs, all at once"),
    "host_memory_peak": ("memory", "peak of its process"),
    "gpu_memory_peak": ("memory", "peak of the GPU"),
    "energy": ("energy", "per input"),
    "cost": ("cost", "of a million inputs"),
}


_OF_TIME = ("latency_p50", "throughput")
_OF_POWER = ("energy", "cost")
MOST_TABLES = 3
"""Tasks and machines whose costs stand in the table, those with most models; the section `Hardware` holds all."""


def cost_groups(runs: Sequence[Run], grid: Grid, alarms: AlarmList) -> tuple[tuple[LineGroup, ...], tuple[str, ...]]:
    """The lines of costs, a group for each task and machine, and the titles of those that no model has.

    Values of differing machines stand in differing lines. Where no cost of any model is known there is no line.
    """
    tables = sorted(tables_of(grid), key=lambda table: -len(table.rows))
    sizes = _sizes(runs, grid)
    first = [_size_line(sizes)] if sizes else []
    groups = []
    for table in tables[:MOST_TABLES]:
        known = [name for name in (*_OF_TIME, memory_shown(table), *_OF_POWER) if table.has_value(name)]
        lines = [_line(grid, table, quantity, alarms) for quantity in known]
        groups.append(LineGroup(title="Cost", about=_about(table), lines=(*first, *lines)))
        first = []
    if len(tables) > MOST_TABLES:
        hidden = f"{groups[-1].about}; {len(tables) - MOST_TABLES} more in the section Hardware"
        groups[-1] = LineGroup(title="Cost", about=hidden, lines=groups[-1].lines)
    if not tables and first:
        groups.append(LineGroup(title="Cost", about="", lines=tuple(first)))
    told = {line.title for group in groups for line in group.lines}
    absent = [title for title in ("size", "latency", "throughput", "memory", "energy", "cost") if title not in told]
    trivial = {line.title for group in groups for line in group.lines if _says_nothing(grid, line)}
    if not trivial:
        return tuple(groups), tuple(absent)
    kept = [replace(one, lines=tuple(line for line in one.lines if line.title not in trivial)) for one in groups]
    named = [f"{title} (but for a model that always says the same)" for title in sorted(trivial)]
    return tuple(group for group in kept if group.lines), (*named, *absent)


def _says_nothing(grid: Grid, line: CandidateLine) -> bool:
    """Whether only models that give one answer to everything have a value, though others are there."""
    constant = {
        at
        for at in range(len(grid.systems))
        if any(is_constant(one.cells[at].alarms) for one in grid.columns if at in one.cells)
    }
    measured = {at for at, cell in enumerate(line.cells) if cell.state != "unmeasured"}
    return len(constant) < len(line.cells) and measured <= constant


def _about(table: HardwareTable) -> str:
    return f"measured on {table.base}, machine {machine_name(table.machine)}, {' and '.join(table.presets)}"


def _line(grid: Grid, table: HardwareTable, quantity: str, alarms: AlarmList) -> CandidateLine:
    rows = {row.system: row for row in table.rows}
    title, note = _WORDS[quantity]
    return CandidateLine(
        title=title,
        notes=(note,),
        anchor=ANCHOR,
        kind="cost",
        cells=tuple(_cell(rows.get(system.label), quantity, alarms) for system in grid.systems),
    )


def _cell(row: HardwareRow | None, quantity: str, alarms: AlarmList) -> CandidateCell:
    found = row.measured(quantity) if row is not None else None
    if row is None or found is None or not is_known(found):
        return UNMEASURED
    figure = figure_of(found, quantity)
    profile = choose_profile(row.profiles, quantity)
    without = OF_TIMES if quantity.endswith("memory_peak") else frozenset[str]()
    slow = row.measured("latency_p90") if quantity == "latency_p50" else None
    return CandidateCell(
        state="score",
        text=figure.text,
        between=figure.between,
        lines=(f"p90 {figure_of(slow, 'latency_p90').text}",) if slow is not None and is_known(slow) else (),
        sort=figure.sort,
        signs=alarms.numbers(row.system, [profile.task_path] if profile is not None else [], without=without),
    )


def _size_line(sizes: Mapping[int, float | None]) -> CandidateLine:
    cells = tuple(
        UNMEASURED if size is None else CandidateCell(state="score", text=value(size, "bytes"), sort=size)
        for _, size in sorted(sizes.items())
    )
    return CandidateLine(title="size", notes=("of the model's own files",), anchor="", kind="cost", cells=cells)


def _sizes(runs: Sequence[Run], grid: Grid) -> dict[int, float | None]:
    """Bytes of each model's files, by position; empty where no model's are known."""
    found = {at: _size(runs, grid, at) for at in range(len(grid.systems))}
    return found if any(size is not None for size in found.values()) else {}


def _size(runs: Sequence[Run], grid: Grid, at: int) -> float | None:
    profiled = (profile.quantity("size_bytes") for one, profile in grid.profiles if one == at)
    measured = next((one.value for one in profiled if one is not None and is_known(one)), None)
    return measured if measured is not None else _stored_size(runs, grid, at)


def _stored_size(runs: Sequence[Run], grid: Grid, at: int) -> float | None:
    row = grid.systems[at]
    run = next((run for run in runs if run.name == row.run and run.store), None)
    if run is None or run.store is None:
        return None
    try:
        return size_of(
            System(label=row.label, run=run, models=(row.model,), store=Store(run.store)), "size_bytes"
        ).value
    except BenchwrightError:
        return None  # the facts are gone: not known is a value
