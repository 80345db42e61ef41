"""The section `Hardware` of a report: for each task and machine its table, then distributions, stages, sweeps, servers and ratios."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec
from markupsafe import Markup

from benchwright.alarm import mark
from benchwright.errors import BenchwrightError
from benchwright.formatting import finite, seconds
from benchwright.hardware.latencies import measured
from benchwright.render.figure_budget import Chart, Sketch
from benchwright.render.forest import MOST_FOREST_ROWS, ForestRow, draw_forest
from benchwright.render.grid import Grid
from benchwright.render.hardware import (
    HardwareTable,
    grid_quantities,
    missing,
    point_head,
    point_place,
    point_quantity,
    tables_of,
)
from benchwright.render.hardware_charts import draw_server, draw_stages
from benchwright.render.hardware_words import HEADS, LATENCY, RESOURCES, WORK, figure_of, machine_name, title_of
from benchwright.render.latency_chart import LatencyRow, draw_latencies
from benchwright.render.shown_number import ShownNumber
from benchwright.store import Store
from benchwright.types import GridPoint, LatencyRatio, Profile, Run, Score

MOST_ROWS = 12
"""Models in the figure of latencies; the table holds all."""


_ALWAYS = ("latency_p50", "latency_p90")
"""Columns that stand though no model has a value; of others the list below the table says why there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SweepCell:
    """One batch size at one length.

    Attributes:
        figures: Throughput and latency.
        share: Throughput as a share of the largest of the sweep, which is how dark the cell is.
        saturated: From here on the throughput grows no further.
        steady: Whether it was steady before it was measured.
        reason: Why nothing was measured.
    """

    figures: tuple[ShownNumber, ...]
    share: float
    saturated: bool
    steady: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SweepMap:
    """Batch sizes by lengths of one model."""

    system: str
    lengths: tuple[int, ...]
    rows: tuple[tuple[int, tuple[SweepCell | None, ...]], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PointTable:
    """Numbers of processes, or rates, of one model: heads and rows of figures."""

    system: str
    what: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ShownNumber, ...], str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HardwareSection:
    """One task on one machine.

    Attributes:
        table: Models and what was measured.
        heads: Heads of the columns, which are `quantities`.
        quantities: Names of the quantities.
        charts: Distributions of latency, stages of a query, rates of servers against their bound, ratios.
        sweeps: Of each model.
        points: Concurrency and server of each model.
        ratios: Of interleaved sessions, by the names that models have in the table.
        reasons: Why values are missing, and how others are to be read.
    """

    table: HardwareTable
    machine: str
    heads: tuple[str, ...]
    quantities: tuple[str, ...]
    charts: tuple[Chart, ...]
    sweeps: tuple[SweepMap, ...]
    points: tuple[PointTable, ...]
    ratios: tuple[LatencyRatio, ...]
    reasons: tuple[str, ...]

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Heads and names of the quantities of the table of a page: those that a model has a value of."""
        every = zip(self.heads, self.quantities, strict=True)
        return tuple(one for one in every if one[1] not in WORK and (one[1] in _ALWAYS or self.table.has_value(one[1])))

    @property
    def work(self) -> tuple[tuple[str, str], ...]:
        """The same of what models compute, which is a table of its own."""
        return tuple(one for one in zip(self.heads, self.quantities, strict=True) if one[1] in WORK)

    @property
    def is_saturated(self) -> bool:
        """Whether a cell of a sweep is marked as saturated."""
        return any(
            cell is not None and cell.saturated for one in self.sweeps for _, cells in one.rows for cell in cells
        )


def hardware_sections(runs: Sequence[Run], grid: Grid, *, charts: bool = True) -> tuple[HardwareSection, ...]:
    """A section for each task and machine that models were measured on; none for a grid without.

    Args:
        runs: Whose stores hold the raw samples; where one has no store, or the samples are gone, numbers stand without distributions.
        grid: Models by tasks.
        charts: Whether anything is drawn.
    """
    folders = {profile.key: run.store for run in runs for profile in run.profiles if run.store}
    return tuple(_section(at, table, folders, charts=charts) for at, table in enumerate(tables_of(grid), start=1))


def _section(at: int, table: HardwareTable, folders: Mapping[str, str], *, charts: bool) -> HardwareSection:
    every = [(row.system, profile) for row in table.rows for profile in row.profiles]
    quantities = table.columns((*LATENCY, *RESOURCES, *WORK))
    ratios = tuple(_ratios(every))
    return HardwareSection(
        table=table,
        machine=machine_name(table.machine),
        heads=tuple(HEADS[name] for name in quantities),
        quantities=quantities,
        charts=tuple(_charts(at, table, every, ratios, folders)) if charts else (),
        sweeps=tuple(_sweep(system, profile) for system, profile in every if profile.scenario == "sweep"),
        points=tuple(
            _points(system, profile) for system, profile in every if profile.grid and profile.scenario != "sweep"
        ),
        ratios=ratios,
        reasons=(*missing(table), *(f"{mark(one)} all: {one.sentence}" for one in table.shared)),
    )


def _ratios(every: Sequence[tuple[str, Profile]]) -> Iterator[LatencyRatio]:
    """Ratios under the names of rows: a model that a session calls by another name has one row and one name."""
    named = {(profile.session, profile.model): system for system, profile in every}
    for system, profile in every:
        for ratio in profile.ratios:
            against = named.get((profile.session, ratio.against), ratio.against)
            yield msgspec.structs.replace(ratio, model=system, against=against)


def _charts(
    at: int,
    table: HardwareTable,
    every: Sequence[tuple[str, Profile]],
    ratios: Sequence[LatencyRatio],
    folders: Mapping[str, str],
) -> Iterator[Chart]:
    found = (_distribution(at, table, every, folders), _stages(at, table, every), _forest(at, table, ratios))
    yield from (chart for chart in found if chart is not None)
    yield from _servers(at, table, every)


def _distribution(
    at: int, table: HardwareTable, every: Sequence[tuple[str, Profile]], folders: Mapping[str, str]
) -> Chart | None:
    timed = [one for one in every if one[1].scenario in ("single_stream", "interleaved") and folders.get(one[1].key)]
    if not timed:
        return None
    scenarios = {profile.scenario for _, profile in timed}
    shown = timed[:MOST_ROWS]
    labels = [
        f"{system}, {profile.scenario.replace('_', ' ')}" if len(scenarios) > 1 else system for system, profile in shown
    ]
    rest = len(timed) - len(shown)
    name = f"latency-{at}"
    about = (
        "share of queries answered within a time, from every raw sample; marks: p50, p90, p95, p99 with 95 % intervals"
    )
    return Chart(
        title="Latency of a query",
        about=f"{about}; {rest} more in the table" if rest else about,
        sketch=Sketch(
            subject="latency",
            name=name,
            draw=partial(_draw_latencies, table, labels, [one for _, one in shown], folders, name=name),
        ),
    )


def _draw_latencies(
    table: HardwareTable, labels: Sequence[str], profiles: Sequence[Profile], folders: Mapping[str, str], *, name: str
) -> Markup | None:
    rows = [
        LatencyRow(label=label, latencies=latencies, quantities=profile.quantities)
        for label, profile in zip(labels, profiles, strict=True)
        if (latencies := raw_latencies(profile, folders.get(profile.key)))
    ]
    return draw_latencies(rows, name=name, title=f"{table.base}: distribution of the latency of a query")


def raw_latencies(profile: Profile, folder: str | None) -> tuple[float, ...]:
    """Seconds of every query that was measured, of all processes; empty where the store does not hold them."""
    if not folder or not profile.key:
        return ()
    try:
        measurements = Store(folder).read_measurements(profile.key)
    except BenchwrightError:
        return ()  # numbers stand without what they were made of
    return tuple(value for samples in measured(measurements.samples, "latency") for value in samples.values)


def _stages(at: int, table: HardwareTable, every: Sequence[tuple[str, Profile]]) -> Chart | None:
    staged = [(system, profile) for system, profile in every if profile.stages]
    if not staged:
        return None
    if len({profile.scenario for _, profile in staged}) > 1:  # all inputs at once have stages of a batch
        staged = [(f"{system}, {profile.scenario.replace('_', ' ')}", profile) for system, profile in staged]
    shown = staged[: 2 * MOST_ROWS]
    rest = len(staged) - len(shown)
    name = f"stages-{at}"
    draw = partial(draw_stages, shown, name=name, title=f"{table.base}: stages of a query")
    return Chart(
        title="Stages of a query",
        about="where its time goes: shares of a pass of their own, and their sum" + (f"; {rest} more" if rest else ""),
        sketch=Sketch(subject="stages", name=name, draw=draw),
    )


def _sweep(system: str, profile: Profile) -> SweepMap:
    lengths = tuple(dict.fromkeys(point.length for point in profile.grid))
    by_place = {(point.batch, point.length): point for point in profile.grid}
    most = max((_rate(point) for point in profile.grid), default=0.0)
    batches = sorted({point.batch for point in profile.grid})
    return SweepMap(
        system=system,
        lengths=lengths,
        rows=tuple(
            (batch, tuple(_sweep_cell(by_place.get((batch, length)), most) for length in lengths)) for batch in batches
        ),
    )


def _rate(point: GridPoint) -> float:
    found = point_quantity(point, "throughput")
    return (finite(found.value) or 0.0) if found else 0.0


def _sweep_cell(point: GridPoint | None, most: float) -> SweepCell | None:
    if point is None:
        return None
    names = ("throughput", "latency_p50")
    return SweepCell(
        figures=tuple(figure_of(point_quantity(point, name), name) for name in names),
        share=_rate(point) / most if most else 0.0,
        saturated=point.saturated,
        steady=point.steady,
        reason=point.reason,
    )


def _points(system: str, profile: Profile) -> PointTable:
    names = grid_quantities(profile.grid)
    head = point_head(profile)
    whats = {
        "rate": _rates(profile),
        "processes": "processes at once",
        "inputs of": f"inputs of given lengths, {profile.scenario.replace('_', ' ')}",
    }
    rows = []
    for point in profile.grid:
        first = point_place(point, profile)
        told = [point.reason, "saturated" if point.saturated else "", "" if point.steady else "not steady"]
        figures = tuple(figure_of(point_quantity(point, name), name) for name in names)
        rows.append((first, figures, "; ".join(part for part in told if part)))
    return PointTable(
        system=system,
        what=whats[head],
        heads=(head.capitalize(), *(HEADS.get(name, title_of(name)) for name in names)),
        rows=tuple(rows),
    )


def _rates(profile: Profile) -> str:
    """What a server was asked for and what came out: the highest rate that keeps the bound, or why there is none."""
    found = profile.quantity("rate")
    bound = seconds(profile.spec.bound) if profile.spec.bound is not None else "its bound"
    if found is None:
        return "rates that queries arrived at"
    if finite(found.value) is None:
        return f"rates that queries arrived at; {found.reason}"
    return f"rates that queries arrived at; the 99th percentile keeps {bound} up to {figure_of(found, 'rate').line}"


def _servers(at: int, table: HardwareTable, every: Iterable[tuple[str, Profile]]) -> Iterator[Chart]:
    for number, (system, profile) in enumerate(every, start=1):
        if profile.scenario != "server":
            continue
        name = f"server-{at}-{number}"
        title = f"{table.base}, {system}: 99th percentile of the latency by rate"
        yield Chart(
            title=system,
            about="a server: queries arrive at random times, clocked from the time they were due",
            sketch=Sketch(subject="server", name=name, draw=partial(draw_server, profile, name=name, title=title)),
        )


def _forest(at: int, table: HardwareTable, ratios: Sequence[LatencyRatio]) -> Chart | None:
    """Ratios as changes: how much longer a query takes than with the model that it was measured beside."""
    rows = []
    for ratio in ratios:
        ends = [None if finite(end) is None else (end or 0.0) - 1 for end in (ratio.value, ratio.low, ratio.high)]
        score = Score(metric="ratio", value=ends[0], low=ends[1], high=ends[2], n=ratio.blocks)
        rows.append(ForestRow(label=ratio.model, score=None if ratio.noisy else score, note="noisy"))
    if not any(row.score for row in rows):
        return None
    name = f"ratios-{at}"
    draw = partial(
        draw_forest,
        rows[:MOST_FOREST_ROWS],
        name=name,
        title=f"{table.base}: how much longer a query takes, in percent",
        description="One line per model; the table holds the same numbers.",
        changes=True,
    )
    against = ", ".join(dict.fromkeys(ratio.against for ratio in ratios))
    return Chart(
        title=f"Longer than {against}",
        about="in percent, 0: as fast",
        sketch=Sketch(subject="ratios", name=name, draw=draw),
    )
