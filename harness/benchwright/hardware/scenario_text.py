"""Stages, sweeps, numbers of processes, servers and interleaved sessions as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.formatting import UNDEFINED, finite, fixed, percent, seconds, value
from benchwright.inert import inert
from benchwright.render.hardware import HardwareTable, grid_quantities, point_head, point_place, point_quantity
from benchwright.render.hardware_words import HEADS, STAGES, figure_of, ratio_text, title_of
from benchwright.tables import text_table
from benchwright.types import GridPoint, LatencyRatio, Profile, Scenario

SATURATED = "^"
"""Mark of the point from which on the throughput grows no further."""

NOT_STEADY = "!"


_OF_LENGTHS: tuple[Scenario, ...] = ("single_stream", "offline", "interleaved")
"""Scenarios that have a grid where several lengths were asked for."""


def scenario_lines(table: HardwareTable, width: int) -> list[str]:
    """What stands below the two tables of a task and machine; empty where nothing of it was measured."""
    blocks = [
        _stages(table, width),
        *(_sweep(system, profile, width) for system, profile in _of(table, "sweep")),
        *(_points(system, profile, width) for one in _OF_LENGTHS for system, profile in _of(table, one)),
        *(_points(system, profile, width) for system, profile in _of(table, "concurrency")),
        *(_server(system, profile, width) for system, profile in _of(table, "server")),
        _interleaved(table, width),
    ]
    return [line for block in blocks if block for line in ("", *block)]


def _of(table: HardwareTable, scenario: Scenario) -> Iterator[tuple[str, Profile]]:
    for row in table.rows:
        for profile in row.profiles:
            if profile.scenario == scenario:
                yield row.system, profile


def _stages(table: HardwareTable, width: int) -> list[str]:
    """Stages of a query by model: median seconds, and below them the share."""
    found = [(row.system, profile) for row in table.rows for profile in row.profiles if profile.stages]
    if not found:
        return []
    names = list(dict.fromkeys(stage.stage for _, profile in found for stage in profile.stages))
    rows: list[tuple[str, ...]] = []
    for system, profile in found:
        by_name = {stage.stage: stage for stage in profile.stages}
        told = [by_name.get(name) for name in names]
        rows.append(
            (system, profile.scenario.replace("_", " "), *(seconds(one.seconds) if one else "" for one in told))
        )
        rows.append(("", "", *(percent(one.share, 0) if one else "" for one in told)))
    heads = ("model", "scenario", *(STAGES.get(name, name) for name in names))
    return [
        "stages of a query, from a pass of their own: median, and share of all time",
        *text_table(heads, rows, right=range(2, len(heads)), width=width),
    ]


def _sweep(system: str, profile: Profile, width: int) -> list[str]:
    """Throughput and latency by batch size and length of one model."""
    lines: list[str] = []
    lengths = list(dict.fromkeys(point.length for point in profile.grid))
    batches = sorted({point.batch for point in profile.grid})
    by_place = {(point.batch, point.length): point for point in profile.grid}
    for quantity, what in (("throughput", "throughput"), ("latency_p50", "median latency of a query")):
        if not any(point_quantity(point, quantity) for point in profile.grid):
            continue
        rows = [
            (str(batch), *(_cell(by_place.get((batch, length)), quantity) for length in lengths)) for batch in batches
        ]
        heads = ("batch", *(f"{length} tokens" if length else "texts as they are" for length in lengths))
        lines += [f"sweep of {inert(system)}: {what} by batch size and length"]
        lines += text_table(heads, rows, right=range(len(heads)), width=width)
    if any(point.saturated for point in profile.grid):
        lines.append(f"{SATURATED} saturated: from here on a larger batch brings no more throughput (less than 5 %)")
    if any(not point.steady for point in profile.grid):
        lines.append(f"{NOT_STEADY} not steady before it was measured")
    return lines + _failed(profile.grid, ("throughput", "latency_p50"))


def _cell(point: GridPoint | None, quantity: str) -> str:
    if point is None:
        return ""
    found = point_quantity(point, quantity)
    if found is None or finite(found.value) is None:
        return UNDEFINED
    marks = (SATURATED if point.saturated and quantity == "throughput" else "") + ("" if point.steady else NOT_STEADY)
    return f"{figure_of(found, quantity).text}{f' {marks}' if marks else ''}"


def _failed(grid: Sequence[GridPoint], names: Sequence[str]) -> list[str]:
    """What was not measured or cannot be told, once for each reason."""
    reasons: dict[str, list[str]] = {}
    for point in grid:
        if point.reason:
            reasons.setdefault(point.reason, []).append(_condition(point))
            continue
        for name in names:
            found = point_quantity(point, name)
            if found is not None and finite(found.value) is None and found.reason:
                told = f"{HEADS.get(name, title_of(name))}: {found.reason}"
                reasons.setdefault(told, []).append(_condition(point))
    return [inert(f"– {', '.join(where)}: {reason}") for reason, where in reasons.items()]


def _condition(point: GridPoint) -> str:
    parts = [
        f"batch {point.batch}" if point.batch > 1 or point.length else "",
        f"{point.length} tokens" if point.length else "",
        f"{point.concurrency} processes" if point.concurrency > 1 else "",
        value(point.rate, "per_second") if point.rate else "",
    ]
    return " of ".join(part for part in parts if part) or "one query"


def _points(system: str, profile: Profile, width: int) -> list[str]:
    """A row of values for each number of processes, or each rate, and below it their intervals."""
    if not profile.grid:
        return []
    names = grid_quantities(profile.grid)
    head = point_head(profile)
    rows: list[tuple[str, ...]] = []
    for point in profile.grid:
        figures = [figure_of(point_quantity(point, name), name) for name in names]
        first = point_place(point, profile)
        marks = (SATURATED if point.saturated else "") + ("" if point.steady else NOT_STEADY)
        rows.append((f"{first} {marks}".rstrip(), *(figure.text for figure in figures)))
        if any(figure.between for figure in figures):
            rows.append(("", *(figure.between for figure in figures)))
    heads = (head, *(HEADS.get(name, title_of(name)) for name in names))
    whats = {
        "rate": "rates that queries arrived at",
        "processes": "processes at once, each with a copy of the model",
        "inputs of": f"inputs of given lengths, {profile.scenario.replace('_', ' ')}",
    }
    lines = [f"{whats[head]}, {inert(system)}"]
    lines += text_table(heads, rows, right=range(1, len(heads)), width=width)
    if any(point.saturated for point in profile.grid):
        lines.append(f"{SATURATED} saturated: from here on more processes bring no more throughput (less than 5 %)")
    return lines + _failed(profile.grid, names)


_OF_SERVERS = ("rate", "latency_", "lag")
"""How quantities begin that are told of a server; starts, memory and sizes stand above."""


def _server(system: str, profile: Profile, width: int) -> list[str]:
    """The rate, the 99th percentile and the bound that it was held against."""
    bound = f", 99th percentile within {seconds(profile.spec.bound)}" if profile.spec.bound is not None else ""
    asked = f" at {value(profile.spec.rate, 'per_second')}" if profile.spec.rate is not None else ""
    rows = []
    for found in profile.quantities:
        if found.quantity.startswith(_OF_SERVERS):
            figure = figure_of(found, found.quantity)
            if figure.sort is not None or found.quantity == "rate":
                rows.append((title_of(found.quantity), figure.text, figure.between, found.reason))
    lines = [f"server, queries arriving at random{asked}{bound}: {inert(system)}"]
    lines += text_table(("quantity", "value", "95 % interval", "remark"), rows, right=(1,), width=width) if rows else []
    return lines + (_points(system, profile, width) if profile.grid else [])


def _interleaved(table: HardwareTable, width: int) -> list[str]:
    """The A/A check of the machine first, then ratios of latency."""
    found = [(row.system, ratio) for row in table.rows for profile in row.profiles for ratio in profile.ratios]
    if not found:
        return []
    lines = ["interleaved session: latency of a model divided by that of another, blocks in turn"]
    lines += [inert(check) for check in dict.fromkeys(_check(ratio) for _, ratio in found)]
    rows = [(system, ratio.against, *ratio_text(ratio), str(ratio.blocks), _verdict(ratio)) for system, ratio in found]
    heads = ("model", "against", "ratio", "95 % interval", "blocks", "verdict of the check")
    return lines + text_table(heads, rows, right=(2, 4), width=width)


def _verdict(ratio: LatencyRatio) -> str:
    if ratio.noise is None:
        return "too few rounds to tell"
    return "too noisy to tell" if ratio.noisy else ""


def _check(ratio: LatencyRatio) -> str:
    if ratio.noise is None:
        return f"A/A: {ratio.against} beside a second copy of itself tells nothing: {ratio.reason}"
    told = "too noisy, no ratio here tells anything" if ratio.noisy else "quiet enough"
    limit = fixed(ratio.noise_limit * 100, 0)
    return (
        f"A/A: {ratio.against} beside a second copy of itself differs by at most {percent(ratio.noise)} "
        f"(limit {limit} %): {told}"
    )
