"""One hardware profile whole, as lines of a terminal: distribution of times, counts of raw samples, settings, the machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.formatting import count, finite, seconds
from benchwright.hardware.latencies import measured
from benchwright.hardware.scenario_text import scenario_lines
from benchwright.hardware.text import WIDTH
from benchwright.inert import inert
from benchwright.render.hardware import hardware_tables
from benchwright.render.hardware_words import figure_of, machine_line, title_of
from benchwright.store import Store
from benchwright.tables import fold_line, room, text_table
from benchwright.types import Measurements, Profile, Samples

BINS = 12
"""Bars of a distribution."""
_WIDEST = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def whole_lines(profile: Profile, store: Store, *, width: int | None = None) -> list[str]:
    """Everything that is known of a profile; lines are inert.

    Args:
        profile: Of a stored run.
        store: Where its raw samples are; without them the rest is told, and that they are gone.
        width: Longest line; default: the terminal's, else 100.
    """
    most = min(width or room() or WIDTH, WIDTH)
    lines = [
        inert(f"{profile.model} on {profile.task_path} ({profile.split}), {profile.device}, {profile.precision}"),
        inert(f"machine: {machine_line(profile.machine)}"),
        "",
        *_quantities(profile, most),
    ]
    (table,) = hardware_tables([(profile.model, profile)])
    lines += scenario_lines(table, most)
    lines += _raw(profile, store, most)
    lines += _facts("asked for", _asked(profile), most)
    lines += _facts("settings that the model chose", profile.settings, most)
    lines += _facts("facts of the machine", profile.machine.facts, most)
    lines += _facts("the machine when it was measured", profile.machine.state, most)
    lines += ["", *(inert(f"{'!' if one.severity == 'alarm' else '*'} {one.sentence}") for one in profile.alarms)]
    return [part for line in lines for part in fold_line(line, most)]


def _quantities(profile: Profile, width: int) -> list[str]:
    rows = []
    for found in profile.quantities:
        figure = figure_of(found, found.quantity)
        told = found.method if figure.sort is not None else ""
        remark = "; ".join(part for part in (told, found.reason) if part)
        rows.append((title_of(found.quantity), figure.text, figure.between, count(found.n) if found.n else "", remark))
    heads = ("quantity", "value", "95 % interval", "n", "how, or why not")
    return text_table(heads, rows, right=(1, 3), width=width) if rows else []


def _raw(profile: Profile, store: Store, width: int) -> list[str]:
    if not profile.key:
        return []
    try:
        measurements = store.read_measurements(profile.key)
    except BenchwrightError as error:
        return ["", inert(f"raw samples: {error.problem}")]
    lines: list[str] = []
    latencies = _values(measurements, "latency")
    passes = _values(measurements, "pass")
    if latencies:
        lines += ["", f"distribution of {count(len(latencies))} latencies", *_bars(latencies, width)]
    elif passes:
        lines += ["", f"distribution of {count(len(passes))} passes over the inputs", *_bars(passes, width)]
    return [*lines, "", *_counts(measurements.samples, width)]


def _values(measurements: Measurements, quantity: str) -> list[float]:
    return [
        value
        for samples in measured(measurements.samples, quantity)
        for value in samples.values
        if finite(value) is not None
    ]


def _bars(values: Sequence[float], width: int) -> list[str]:
    """A histogram: bins of equal width on a logarithmic scale where the values span more than a factor of ten."""
    low, high = min(values), max(values)
    if not high > low:
        return [f"all {seconds(low)}"]
    curve = math.log if low > 0 and high / low > 10 else float
    back = math.exp if curve is math.log else float
    step = (curve(high) - curve(low)) / BINS
    tally = Counter(min(BINS - 1, int((curve(value) - curve(low)) / step)) for value in values)
    most = max(tally.values())
    widest = max(10, min(_WIDEST, width - 34))
    rows = []
    for at in range(BINS):
        start, end = back(curve(low) + at * step), back(curve(low) + (at + 1) * step)
        rows.append((seconds(start), f"to {seconds(end)}", count(tally[at]), _bar(tally[at] / most, widest)))
    return text_table(("from", "", "queries", ""), rows, right=(0, 2), width=width)


def _bar(share: float, widest: int) -> str:
    whole, rest = divmod(round(share * widest * 8), 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def _counts(samples: Iterable[Samples], width: int) -> list[str]:
    """How many raw values there are of each quantity and phase."""
    tally: dict[tuple[str, str], tuple[int, set[int]]] = {}
    for one in samples:
        number, processes = tally.setdefault((one.quantity, one.phase), (0, set()))
        tally[one.quantity, one.phase] = number + len(one.values), {*processes, one.process}
    rows = [
        (quantity, phase.replace("_", " "), count(number), count(len(processes)))
        for (quantity, phase), (number, processes) in tally.items()
    ]
    return [
        "raw samples in the store",
        *text_table(("quantity", "phase", "values", "processes"), rows, right=(2, 3), width=width),
    ]


def _asked(profile: Profile) -> dict[str, str]:
    found = msgspec.to_builtins(profile.spec)
    told = {name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in found.items()}
    for name in ("bound", "duration"):
        if name in told:
            told[name] = seconds(found[name])
    return {name.replace("_", " "): text for name, text in told.items()}


def _facts(title: str, facts: dict[str, str], width: int) -> list[str]:
    if not facts:
        return []
    rows = list(facts.items())
    return ["", title, *text_table(("", ""), rows, width=width, indent=2)[1:]]
