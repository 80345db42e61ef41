"""The section `Hardware` of a report: for each task and machine its table, then distributions, stages, sweeps, servers and ratios."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.alarm import mark
from benchwright.errors import BenchwrightError
from benchwright.formatting import finite, seconds
from benchwright.hardware.latencies import measured
from benchwright.render.forest import ForestRow, draw_forest
from benchwright.render.grid import Grid
from benchwright.render.hardware import (
    HardwareTable,
    grid_quantities,
    memory_shown,
    missing,
    point_head,
    point_place,
    point_quantity,
    tables_of,
)
from benchwright.render.hardware_charts import draw_bars, draw_distribution, draw_server, draw_stages
from benchwright.render.hardware_words import HEADS, LATENCY, RESOURCES, WORK, figure_of, machine_name, title_of
from benchwright.render.robustness import Figure
from benchwright.store import Store
from benchwright.types import GridPoint, LatencyRatio, Profile, Run, Score

MOST_CHARTS = 24
"""Distributions on a page; the tables hold all models."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A drawing with its caption."""

    title: str
    about: str
    drawing: Markup


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

    figures: tuple[Figure, ...]
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
    rows: tuple[tuple[str, tuple[Figure, ...], str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HardwareSection:
    """One task on one machine.

    Attributes:
        table: Models and what was measured.
        heads: Heads of the columns, which are `quantities`.
        quantities: Names of the quantities.
        distributions: Latencies of each model whose raw samples are in the store.
        hidden: Distributions that are not drawn.
        bars: Stages of a query and peak memory.
        sweeps: Of each model.
        points: Concurrency and server of each model.
        servers: Rates against the bound.
        reasons: Why values are missing, and how others are to be read.
        forest: Ratios of latency.
    """

    table: HardwareTable
    machine: str
    heads: tuple[str, ...]
    quantities: tuple[str, ...]
    distributions: tuple[Chart, ...]
    hidden: int
    bars: tuple[Chart, ...]
    sweeps: tuple[SweepMap, ...]
    points: tuple[PointTable, ...]
    servers: tuple[Chart, ...]
    ratios: tuple[LatencyRatio, ...]
    forest: Markup | None
    reasons: tuple[str, ...]


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
    drawn = list(_distributions(at, table, folders)) if charts else []
    return HardwareSection(
        table=table,
        machine=machine_name(table.machine),
        heads=tuple(HEADS[name] for name in quantities),
        quantities=quantities,
        distributions=tuple(drawn[:MOST_CHARTS]),
        hidden=max(0, len(drawn) - MOST_CHARTS),
        bars=tuple(_bars(at, table, every)) if charts else (),
        sweeps=tuple(_sweep(system, profile) for system, profile in every if profile.scenario == "sweep"),
        points=tuple(
            _points(system, profile) for system, profile in every if profile.grid and profile.scenario != "sweep"
        ),
        servers=tuple(_servers(at, table, every)) if charts else (),
        ratios=tuple(ratio for _, profile in every for ratio in profile.ratios),
        forest=_forest(at, table, every) if charts else None,
        reasons=(*missing(table), *(f"{mark(one)} all: {one.sentence}" for one in table.shared)),
    )


def _distributions(at: int, table: HardwareTable, folders: Mapping[str, str]) -> Iterator[Chart]:
    number = 0
    for row in table.rows:
        for profile in row.profiles:
            if profile.scenario not in ("single_stream", "interleaved"):
                continue
            latencies = raw_latencies(profile, folders.get(profile.key))
            if latencies:
                number += 1
                words = profile.scenario.replace("_", " ")
                drawing = draw_distribution(
                    latencies,
                    profile.quantities,
                    name=f"latency-{at}-{number}",
                    title=f"{table.base}, {row.system}: latency of a query, {words}",
                )
                yield Chart(title=row.system, about=f"{words}, {len(latencies):,} queries", drawing=drawing)


def raw_latencies(profile: Profile, folder: str | None) -> tuple[float, ...]:
    """Seconds of every query that was measured, of all processes; empty where the store does not hold them."""
    if not folder or not profile.key:
        return ()
    try:
        measurements = Store(folder).read_measurements(profile.key)
    except BenchwrightError:
        return ()  # numbers stand without what they were made of
    return tuple(value for samples in measured(measurements.samples, "latency") for value in samples.values)


def _bars(at: int, table: HardwareTable, every: Iterable[tuple[str, Profile]]) -> Iterator[Chart]:
    staged = [(system, profile) for system, profile in every if profile.stages]
    if len({profile.scenario for _, profile in staged}) > 1:  # all inputs at once have stages of a batch
        staged = [(f"{system}, {profile.scenario.replace('_', ' ')}", profile) for system, profile in staged]
    drawing = draw_stages(staged, name=f"stages-{at}", title=f"{table.base}: stages of a query")
    if drawing is not None:
        yield Chart(title="Stages of a query", about="shares of a pass of their own, and their sum", drawing=drawing)
    quantity = memory_shown(table)
    found = [(row.system, one) for row in table.rows if (one := row.measured(quantity)) is not None]
    drawing = draw_bars(found, name=f"memory-{at}", title=f"{table.base}: {title_of(quantity)}")
    if drawing is not None:
        yield Chart(title="Memory", about=title_of(quantity), drawing=drawing)


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
        title = f"{table.base}, {system}: 99th percentile of the latency by rate"
        drawing = draw_server(profile, name=f"server-{at}-{number}", title=title)
        if drawing is not None:
            yield Chart(title=system, about="server: queries at random times", drawing=drawing)


def _forest(at: int, table: HardwareTable, every: Iterable[tuple[str, Profile]]) -> Markup | None:
    """Ratios as changes: how much longer a query takes than with the model that it was measured beside."""
    rows = []
    for system, profile in every:
        for ratio in profile.ratios:
            ends = [None if finite(end) is None else (end or 0.0) - 1 for end in (ratio.value, ratio.low, ratio.high)]
            score = Score(metric="ratio", value=ends[0], low=ends[1], high=ends[2], n=ratio.blocks)
            rows.append(ForestRow(label=system, score=None if ratio.noisy else score, note=ratio.reason))
    return draw_forest(
        rows,
        name=f"ratios-{at}",
        title=f"{table.base}: how much longer a query takes, in percent",
        description="One line per model; the table holds the same numbers.",
        changes=True,
    )
