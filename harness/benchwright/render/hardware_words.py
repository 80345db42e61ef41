"""What is measured of models, in words: heads of columns, units, values with their intervals, machines, stages, conditions."""

from __future__ import annotations

from collections.abc import Mapping

from benchwright.formatting import UNDEFINED, finite, fixed, interval_beside, value
from benchwright.quantities import BUILT_IN, Unit
from benchwright.render.shown_number import ShownNumber
from benchwright.types import GridPoint, LatencyRatio, Machine, MeasuredQuantity, Preset

LATENCY = ("latency_p50", "latency_p90", "latency_p95", "latency_p99")
"""Quantities of the first table of a task: of one query after another."""

RESOURCES = (
    "throughput",
    "tokens_per_second",
    "cold_start",
    "first_call",
    "host_memory_peak",
    "gpu_memory_peak",
    "size_bytes",
    "energy",
    "cost",
)
"""Those of the second: what many inputs at once, starts, memory and energy cost."""

WORK = ("flops", "padding_efficiency", "achieved_share")
"""Those of the third: what a model has to compute, and how near it comes to what the machine can."""

HEADS: Mapping[str, str] = {
    "latency_p50": "p50",
    "latency_p90": "p90",
    "latency_p95": "p95",
    "latency_p99": "p99",
    "throughput": "throughput",
    "tokens_per_second": "tokens",
    "cold_start": "cold start",
    "warm_start": "warm start",
    "first_call": "first call",
    "load": "load",
    "host_memory_peak": "memory",
    "host_memory_model": "memory of model",
    "gpu_memory_peak": "GPU memory",
    "size_bytes": "size",
    "parameters": "parameters",
    "energy": "energy",
    "cost": "cost",
    "flops": "operations",
    "padding_efficiency": "padding efficiency",
    "achieved_share": "share of matrix rate",
}
"""Quantities as columns of a table are headed, where the table says the rest."""

SHORT = 8
"""Digits of a machine's fingerprint that are shown, and as many as mean it where one is named."""

PRESETS: Mapping[Preset, str] = {"quick": "short form (quick)", "standard": "standard", "official": "official"}

_UNITS: Mapping[str, Unit] = {
    **dict.fromkeys(("lag", "stage"), "seconds"),
    "rate": "per_second",
    **dict.fromkeys(("host_memory", "gpu_memory"), "bytes"),
    **dict.fromkeys(("padding_efficiency", "achieved_share"), "share"),
    "flops": "count",
}
"""Units of what is told and never asked for, which `quantities` does not hold, by how its name begins."""

_FACTS: Mapping[str, str] = {
    "processor": "{}",
    "processors": "{} processor{}",
    "threads": "{} thread{}",
    "memory": "{} memory",
    "gpu": "{}",
    "gpu driver": "driver {}",
    "library torch": "torch {}",
}
"""Facts of a machine that a line of it tells, where it has them, and in which words."""


def is_known(found: MeasuredQuantity | None) -> bool:
    """Whether there is a quantity, and it has a value."""
    return found is not None and finite(found.value) is not None


def figure_of(found: MeasuredQuantity | None, quantity: str) -> ShownNumber:
    """A quantity as text with its interval; a dash where it has no value."""
    known = None if found is None else finite(found.value)
    if found is None or known is None:
        return ShownNumber(text=UNDEFINED)
    unit = unit_of(quantity)
    return ShownNumber(text=value(known, unit), between=interval_beside(known, found.low, found.high, unit), sort=known)


def unit_of(quantity: str) -> Unit:
    """The unit of a measured quantity; a plain ``number`` where it is unknown here."""
    if quantity in BUILT_IN:
        return BUILT_IN[quantity].unit
    return next((unit for stem, unit in _UNITS.items() if quantity.startswith(stem)), "number")


def machine_name(machine: Machine) -> str:
    """A machine in one word: what its owner calls it, else the start of its fingerprint."""
    return machine.name or machine.fingerprint[:SHORT]


def machine_line(machine: Machine) -> str:
    """A machine in one line: its name, processor, processors that may be used, memory, GPU; then the start of its fingerprint."""
    told = [machine.name] if machine.name else []
    told += [
        words.format(fact, "" if fact == "1" else "s")
        for name, words in _FACTS.items()
        if (fact := machine.facts.get(name))
    ]
    return f"{', '.join(told) or 'unknown'} (machine {machine.fingerprint[:SHORT]})"


STAGES: Mapping[str, str] = {
    "tokenise": "tokenise",
    "collate": "collate",
    "host_to_device": "to device",
    "forward": "forward",
    "forward_device": "of it on GPU",
    "device_to_host": "to host",
    "post_process": "post-process",
}
"""Stages of a query as columns are headed, in the order in which they follow one another."""


def condition(point: GridPoint) -> str:
    """``batch=8 & length=64``: what is particular to a point of a grid."""
    parts = {"concurrency": point.concurrency if point.concurrency > 1 else 0, "rate": point.rate}
    if not point.rate:
        parts = {"batch": point.batch, "length": point.length, **parts}
    return " & ".join(f"{name}={number:g}" for name, number in parts.items() if number)


_IN_WORDS: Mapping[Unit, str] = {
    "seconds": "seconds",
    "bytes": "bytes",
    "joules": "joules",
    "per_million": "of money, per million inputs",
}


def unit_in_words(quantity: str) -> str:
    """The unit of a measured value, spelled out: ``seconds``, ``tokens per second``; empty for counts and ratios."""
    unit = unit_of(quantity)
    if unit == "per_second":
        return f"{_COUNTED.get(quantity, 'inputs')} per second"
    return _IN_WORDS.get(unit, "")


_COUNTED = {"tokens_per_second": "tokens", "rate": "queries"}


def title_of(quantity: str) -> str:
    """What a quantity is called in a sentence or a row."""
    return BUILT_IN[quantity].title if quantity in BUILT_IN else quantity.replace("_", " ")


def ratio_text(ratio: LatencyRatio) -> tuple[str, str]:
    """A ratio of latencies and its interval: ``x 1.05`` and ``[1.02, 1.08]``."""
    ends = finite(ratio.low), finite(ratio.high)
    between = "" if None in ends else f"[{fixed(ends[0], 3)}, {fixed(ends[1], 3)}]"
    return UNDEFINED if finite(ratio.value) is None else f"x {fixed(ratio.value, 3)}", between
