"""What was measured of models on a machine, ready to print: tables by task and machine, never one over differing machines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.alarm import NOTE
from benchwright.formatting import UNDEFINED, value
from benchwright.profile_choice import choose_profile
from benchwright.render.grid import Grid
from benchwright.render.hardware_words import (
    HEADS,
    LATENCY,
    PRESETS,
    RESOURCES,
    WORK,
    condition,
    figure_of,
    is_known,
    machine_line,
)
from benchwright.render.shown_number import ShownNumber
from benchwright.types import Alarm, GridPoint, Machine, MeasuredQuantity, Profile


@dataclass(frozen=True, kw_only=True, slots=True)
class HardwareRow:
    """A model on one task and machine.

    Attributes:
        system: The model.
        profiles: What was measured of it there, by scenario in the order of the run.
        precision: ``exact`` or ``fast``, where rows differ in it.
        alarms: Of all its profiles, alarms first.
        own: Those of them that are not told of every row of the table.
    """

    system: str
    profiles: tuple[Profile, ...]
    precision: str
    alarms: tuple[Alarm, ...]
    own: tuple[Alarm, ...]

    @property
    def told(self) -> str:
        """How many alarms and notes are its own: ``2 alarms, 1 note``."""
        counts = Counter(one.severity for one in self.own)
        return ", ".join(
            f"{counts[kind]} {kind}{'s' if counts[kind] > 1 else ''}" for kind in ("alarm", "note") if counts[kind]
        )

    def measured(self, quantity: str) -> MeasuredQuantity | None:
        """The quantity by the profile that answers for it; None where no scenario that has it was measured."""
        profile = choose_profile(self.profiles, quantity)
        return None if profile is None else profile.quantity(quantity)

    def figure(self, quantity: str) -> ShownNumber:
        """The same as text."""
        return figure_of(self.measured(quantity), quantity)


@dataclass(frozen=True, kw_only=True, slots=True)
class HardwareTable:
    """Models on one task and one machine; what stands in it may be compared.

    Attributes:
        base: ``suite/task`` whose texts were the inputs.
        split: Of that task.
        machine: Where all of it was measured.
        device: ``cpu`` or ``cuda``.
        presets: How long was measured, in words.
        rows: One for each model.
        shared: Alarms and notes that are told of every row.
        reasons: Why a value is missing: sentence -> the models that it is about.
        beside: The same of what must be known of a value that is there.
    """

    base: str
    split: str
    machine: Machine
    device: str
    presets: tuple[str, ...]
    rows: tuple[HardwareRow, ...]
    shared: tuple[Alarm, ...]
    reasons: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, tuple[str, ...]]

    def has_value(self, quantity: str) -> bool:
        """Whether at least one row has a value of it."""
        return any(is_known(found) for found in self._measured(quantity))

    def columns(self, quantities: Iterable[str]) -> tuple[str, ...]:
        """Those of the quantities that at least one row has a value of; percentiles of latency also where none has."""
        return tuple(
            name
            for name in quantities
            if self.has_value(name) or (name in LATENCY and any(found is not None for found in self._measured(name)))
        )

    def _measured(self, quantity: str) -> tuple[MeasuredQuantity | None, ...]:
        return tuple(row.measured(quantity) for row in self.rows)


def hardware_tables(profiles: Iterable[tuple[str, Profile]]) -> tuple[HardwareTable, ...]:
    """Profiles with what their models are called, as tables by task, split, machine and device, in the order given."""
    groups: dict[tuple[str, str, str, str], dict[str, list[Profile]]] = {}
    for system, profile in profiles:
        place = (profile.base, profile.split, profile.machine.fingerprint, profile.device)
        groups.setdefault(place, {}).setdefault(system, []).append(profile)
    return tuple(_table(systems) for systems in groups.values())


def tables_of(grid: Grid) -> tuple[HardwareTable, ...]:
    """The same of all runs of a report."""
    return hardware_tables((grid.systems[at].label, profile) for at, profile in grid.profiles)


def _table(systems: Mapping[str, Sequence[Profile]]) -> HardwareTable:
    every = [profile for profiles in systems.values() for profile in profiles]
    first = every[0]
    differ = len({profile.precision for profile in every}) > 1
    by_system = {system: _alarms_of(profiles) for system, profiles in systems.items()}
    shared = set.intersection(*map(set, by_system.values())) if len(by_system) > 1 else set()
    rows = tuple(
        HardwareRow(
            system=system,
            profiles=tuple(profiles),
            precision=" and ".join(dict.fromkeys(profile.precision for profile in profiles)) if differ else "",
            alarms=by_system[system],
            own=tuple(one for one in by_system[system] if one not in shared),
        )
        for system, profiles in systems.items()
    )
    return HardwareTable(
        base=first.base,
        split=first.split,
        machine=first.machine,
        device=first.device,
        presets=tuple(dict.fromkeys(PRESETS[profile.spec.preset] for profile in every)),
        rows=rows,
        shared=tuple(sorted(shared, key=lambda one: (one.severity, one.code, one.sentence))),
        reasons=_reasons(rows, known=False),
        beside=_reasons(rows, known=True),
    )


def _alarms_of(profiles: Iterable[Profile]) -> tuple[Alarm, ...]:
    found = dict.fromkeys(one for profile in profiles for one in profile.alarms)
    return tuple(sorted(found, key=lambda one: one.severity == "note"))


def _reasons(rows: Iterable[HardwareRow], *, known: bool) -> dict[str, tuple[str, ...]]:
    """Sentence -> models, once for each cause: quantities that are missing, or to be read, for one reason share a line."""
    causes: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        for name in (*LATENCY, *RESOURCES, *WORK):
            found = row.measured(name)
            if found is not None and is_known(found) is known and found.reason:
                causes.setdefault((row.system, found.reason), {})[HEADS[name]] = None
    shared: dict[str, dict[str, None]] = {}
    for (system, reason), names in causes.items():
        shared.setdefault(f"{', '.join(names)}: {reason}", {})[system] = None
    return {sentence: tuple(systems) for sentence, systems in shared.items()}


def hardware_caption(table: HardwareTable) -> str:
    """What a table is about, in one line: task, machine, how long was measured."""
    split = f" ({table.split})" if table.split else ""
    return (
        f"Hardware, {table.base}{split}, {machine_line(table.machine)}, {' and '.join(table.presets)}; 95 % intervals"
    )


def hardware_cells(table: HardwareTable) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of a table with everything that has a value: models by quantities."""
    names = table.columns((*LATENCY, *RESOURCES, *WORK))
    return ["model", *(HEADS[name] for name in names)], [
        [row.system, *(row.figure(name).line for name in names)] for row in table.rows
    ]


_FIGURES = re.compile(r" \([^)]*\)")
"""Figures in a sentence that differ between models where the cause is one."""


def missing(table: HardwareTable) -> list[str]:
    """Why values are missing, then how others are to be read: a sentence for each cause with the models that it is about."""
    whole = len(table.rows)
    lines = [
        f"{UNDEFINED} {sentence}" + (f" ({', '.join(systems)})" if len(systems) < whole else "")
        for sentence, systems in table.reasons.items()
    ]
    causes: dict[str, list[tuple[str, str]]] = {}
    for sentence, systems in table.beside.items():
        names, _, cause = sentence.partition(": ")
        causes.setdefault(_FIGURES.sub("", cause.partition(": ")[0]), []).append(
            (f"{', '.join(systems)}: {names}", cause)
        )
    for cause, told in causes.items():
        if len(told) == 1:
            lines.append(f"{NOTE} {told[0][1]} ({told[0][0]})")
        else:
            where: dict[str, list[str]] = {}
            for place, _ in told:
                system, _, names = place.rpartition(": ")
                where.setdefault(system, []).append(names)
            places = "; ".join(f"{who}: {', '.join(names)}" for who, names in where.items())
            lines.append(f"{NOTE} {cause} ({places})")
    return [*lines, *_latencies_of_others(table)]


def _latencies_of_others(table: HardwareTable) -> list[str]:
    """Which latencies of a table are not of one query after another, where rows differ in that: those of a server hold waiting."""
    found: dict[str, list[str]] = {}
    for row in table.rows:
        profile = choose_profile(row.profiles, "latency_p50")
        if profile is not None and is_known(profile.quantity("latency_p50")):
            found.setdefault(profile.scenario, []).append(row.system)
    if len(found) < 2:
        return []
    return [
        f"{NOTE} latency {_NOT_ALONE[scenario]}, which does not compare with that of other scenarios ({', '.join(systems)})"
        for scenario, systems in found.items()
        if scenario in _NOT_ALONE
    ]


_NOT_ALONE = {
    "server": "from the time at which a query arrived, waiting included",
    "interleaved": "of blocks in turn with other models",
}


def latency_shown(table: HardwareTable) -> str:
    """The latency that a first table shows: p90 as MLPerf has it, the median where not every model has samples enough for that."""
    rows = [row for row in table.rows if row.measured("latency_p50") is not None]
    return "latency_p90" if all(is_known(row.measured("latency_p90")) for row in rows) else "latency_p50"


def memory_shown(table: HardwareTable) -> str:
    """The peak memory that a first table shows: the GPU's where the models ran there, else that of a model's own process."""
    return "gpu_memory_peak" if table.device == "cuda" else "host_memory_peak"


_OF_POINTS = ("throughput", "tokens_per_second", "latency_p50", "latency_p90", "latency_p95", "latency_p99")


def point_quantity(point: GridPoint, name: str) -> MeasuredQuantity | None:
    """A quantity at one condition; None where it has none of the kind."""
    return next((one for one in point.quantities if one.quantity == name), None)


def grid_quantities(grid: Iterable[GridPoint]) -> tuple[str, ...]:
    """Quantities that have a value at one condition at least; known ones first."""
    found = dict.fromkeys(one.quantity for point in grid for one in point.quantities if is_known(one))
    return (*(name for name in _OF_POINTS if name in found), *(name for name in found if name not in _OF_POINTS))


def point_head(profile: Profile) -> str:
    """What the points of a grid differ in, which heads their first column: ``rate``, ``processes``, or ``inputs of`` given lengths."""
    if any(point.rate for point in profile.grid):
        return "rate"
    return "processes" if profile.scenario == "concurrency" else "inputs of"


def point_place(point: GridPoint, profile: Profile) -> str:
    """A point of a grid in the first column: ``20/s``, ``2``, ``64 tokens``; the length behind the others where there is one."""
    head = point_head(profile)
    length = f"{point.length} tokens" if point.length else ""
    if head == "inputs of":
        return length or "texts as they are"
    first = value(point.rate, "per_second") if head == "rate" else str(point.concurrency)
    return f"{first}, {length}" if length else first


def profile_quantities(profile: Profile) -> Iterator[tuple[str, MeasuredQuantity]]:
    """Every quantity of a profile with its condition: empty for the profile as a whole, ``batch=8 & length=64`` at a point of its grid.

    A ratio of latencies is the quantity ``latency_ratio`` under ``against=MODEL``; a point that failed has one without value.
    """
    for found in profile.quantities:
        yield "", found
    for stage in profile.stages:
        yield (
            f"stage={stage.stage}",
            MeasuredQuantity(quantity="stage", value=stage.seconds, n=stage.n, method="median"),
        )
    for point in profile.grid:
        for found in point.quantities or (MeasuredQuantity(quantity="throughput", value=None, reason=point.reason),):
            yield condition(point), found
    for ratio in profile.ratios:
        yield (
            f"against={ratio.against}",
            MeasuredQuantity(
                quantity="latency_ratio",
                value=ratio.value,
                low=ratio.low,
                high=ratio.high,
                n=ratio.blocks,
                reason=ratio.reason,
            ),
        )
