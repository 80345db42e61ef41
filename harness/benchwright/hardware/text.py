"""Hardware profiles as lines of a terminal: per task and machine a table of latency, one of throughput, starts and memory, then the
other scenarios.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchwright import alarm
from benchwright.hardware.scenario_text import scenario_lines
from benchwright.inert import inert
from benchwright.render.hardware import HardwareRow, HardwareTable, hardware_tables, missing
from benchwright.render.hardware_words import HEADS, LATENCY, RESOURCES, WORK, machine_line
from benchwright.tables import fold_line, room, text_table
from benchwright.types import PlacedAlarm, Profile

WIDTH = 100
"""Columns that the tables fit where nobody says how wide a line may be."""


def hardware_lines(profiles: Iterable[tuple[str, Profile]], *, width: int | None = None) -> list[str]:
    """All that is told of profiles with what their models are called; lines are inert.

    Args:
        profiles: What the model is called, and one of its profiles.
        width: Longest line; default: the terminal's, else 100.
    """
    most = min(width or room() or WIDTH, WIDTH)
    lines: list[str] = []
    for table in hardware_tables(profiles):
        lines += ["", *_table_lines(table, most)] if lines else _table_lines(table, most)
    return lines


def _table_lines(table: HardwareTable, width: int) -> list[str]:
    split = f" ({table.split})" if table.split else ""
    lines = [
        f"hardware: {inert(table.base)}{inert(split)}, {' and '.join(table.presets)}",
        f"machine: {inert(machine_line(table.machine))}",
    ]
    in_bulk = table.has_value("throughput")
    for title, quantities in (
        ("latency of one query, with 95 % intervals", LATENCY),
        ("throughput of all at once; start, memory and size" if in_bulk else "start, memory and size", RESOURCES),
        ("work of an input, and what is achieved of the best matrix product of this machine", WORK),
    ):
        block = _quantities(table, quantities, width)
        lines += ["", title, *block] if block else []
    lines += scenario_lines(table, width)
    reasons = missing(table)
    lines += [""] if reasons or any(row.alarms for row in table.rows) else []
    lines += [inert(line) for line in reasons]
    lines += [inert(line) for line in alarm.lines(_placed(table))]
    return [part for line in lines for part in fold_line(line, width)]


def _quantities(table: HardwareTable, quantities: Sequence[str], width: int) -> list[str]:
    """A line of values for each model, and below it their intervals."""
    columns = table.columns(quantities)
    if not columns:
        return []
    rows: list[tuple[str, ...]] = []
    for row in table.rows:
        figures = [row.figure(name) for name in columns]
        rows.append((_called(row), row.precision, *(figure.text for figure in figures)))
        if any(figure.between for figure in figures):
            rows.append(("", "", *(figure.between for figure in figures)))
    heads = ("model", "precision", *(HEADS[name] for name in columns))
    return text_table(heads, rows, right=range(2, len(heads)), width=width)


def _called(row: HardwareRow) -> str:
    return f"{row.system} {alarm.ALARM}" if alarm.has_alarm(row.alarms) else row.system


def _placed(table: HardwareTable) -> Iterator[PlacedAlarm]:
    """Alarms and notes with the scenarios that they are about; those of all scenarios of a model are about the model."""
    for row in table.rows:
        for one in row.alarms:
            scenarios = [profile.scenario.replace("_", " ") for profile in row.profiles if one in profile.alarms]
            place = "" if len(scenarios) == len(row.profiles) > 1 else ", ".join(scenarios)
            yield from alarm.place_alarms(row.system, place, (one,))
