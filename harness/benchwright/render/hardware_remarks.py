"""What the top of a report says of hardware profiles: what was measured where, and that machines differ."""

from __future__ import annotations

from benchwright.formatting import count, name_some
from benchwright.render.grid import Grid
from benchwright.render.hardware import HardwareTable, latency_shown, tables_of
from benchwright.render.hardware_words import figure_of, machine_line, machine_name
from benchwright.types import Machine

MOST_FACTS = 6


def hardware_findings(grid: Grid) -> tuple[str, ...]:
    """A sentence for each task and machine: how many models were measured there, and between which latencies they lie."""
    return tuple(_finding(table) for table in tables_of(grid))


def _finding(table: HardwareTable) -> str:
    models = f"{count(len(table.rows))} model{'' if len(table.rows) == 1 else 's'}"
    told = f"Hardware, {table.base}: {models} measured on {machine_line(table.machine)}, {' and '.join(table.presets)}"
    quantity = latency_shown(table)
    known = [
        (found.value, row, found) for row in table.rows if (found := row.measured(quantity)) and found.value is not None
    ]
    if not known:
        return f"{told}."
    lowest, highest = min(known, key=lambda one: one[0]), max(known, key=lambda one: one[0])
    what = "p90 of the latency" if quantity == "latency_p90" else "median latency"
    ends = [f"{figure_of(found, quantity).text} ({row.system})" for _, row, found in (lowest, highest)]
    return f"{told}; {what} {f'{ends[0]} to {ends[1]}' if len(known) > 1 else ends[0]}."


def machine_warnings(grid: Grid) -> tuple[str, ...]:
    """That profiles of differing machines are not comparable, and in which facts these differ."""
    machines = {profile.machine.fingerprint: profile.machine for _, profile in grid.profiles}
    if len(machines) < 2:
        return ()
    several = list(machines.values())
    names = ", ".join(machine_name(one) for one in several)
    told = f"Hardware was measured on {len(several)} machines ({names}), which differ in {_differing(several)}"
    return (f"{told}; no number of one compares with a number of another, so each has tables of its own.",)


def _differing(machines: list[Machine]) -> str:
    facts = dict.fromkeys(name for machine in machines for name in machine.facts)
    differ = [name.replace("_", " ") for name in facts if len({one.facts.get(name) for one in machines}) > 1]
    return name_some(differ, MOST_FACTS) or "their fingerprints"
