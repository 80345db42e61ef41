"""Distributions of latency, one model below the other on one scale: which part of the queries was answered within a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import finite, seconds, shorten
from benchwright.render.hardware_words import figure_of
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg
from benchwright.types import MeasuredQuantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, TOP, BOTTOM = 360.0, 44.0, 6.0, 36.0
MOST_STEPS = 100
"""Steps of a curve: more could not be told apart at its size."""

_LEFT, _RIGHT = 128.0, 14.0
_LONGEST = 19
_SHARES = {"latency_p50": 0.5, "latency_p90": 0.9, "latency_p95": 0.95, "latency_p99": 0.99}
_HIGH = 0.8
"""Part of its row that a curve rises through."""
_WIDE = 30.0
"""Times that span a larger factor are drawn on a logarithmic scale: one slow query would leave the others in one line."""
_MOST_TICKS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class LatencyRow:
    """A model: the seconds of every query, at least one, and percentiles, of which those with a value are marked."""

    label: str
    latencies: Sequence[float]
    quantities: Sequence[MeasuredQuantity]


def draw_latencies(rows: Sequence[LatencyRow], *, name: str, title: str) -> Markup | None:
    """An inline SVG, 360 px wide: a curve for each model, which rises through its row from no query to all (ECDF).

    Args:
        rows: Models in the order of the page.
        name: Begins the ids.
        title: For those who hear the page.
    """
    if not rows:
        return None
    every = [sorted(row.latencies) for row in rows]
    least, most = min(one[0] for one in every), max(one[-1] for one in every)
    height = TOP + ROW * len(rows) + BOTTOM
    texts: dict[str, str] = {}
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes(
            (_LEFT / WIDTH, BOTTOM / height, (WIDTH - _LEFT - _RIGHT) / WIDTH, ROW * len(rows) / height)
        )
        factor = _frame(axes, least, most, len(rows), texts)
        for at, (row, ordered) in enumerate(zip(rows, every, strict=True)):
            _curve(axes, at, ordered, factor)
            _marks(axes, at, row, factor)
            key = f"@name{at}"
            axes.text(
                -0.05,
                at + 0.1,
                key,
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="bottom",
                fontsize=11,
                color=INK,
            )
            axes.text(
                -0.05,
                at + 0.1,
                f"{key}n",
                transform=axes.get_yaxis_transform(),
                ha="right",
                va="top",
                fontsize=11,
                color=MUTED,
            )
            texts[f"{key}n"] = f"{len(ordered):,} queries"
        for at, short in enumerate(shorten([row.label for row in rows], _LONGEST)):
            texts[f"@name{at}"] = short
        described = "; ".join(_told(row, ordered) for row, ordered in zip(rows, every, strict=True))
        return to_svg(drawing, name=name, title=title, description=described, texts=texts)


def _frame(axes: Axes, least: float, most: float, rows: int, texts: dict[str, str]) -> float:
    """The scale; returns what seconds are multiplied by on it."""
    is_wide = least > 0 and most / least > _WIDE
    factor, unit = (1.0, "logarithmic") if is_wide else _unit(most)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.spines["bottom"].set_linewidth(0.8)
    if is_wide:
        _decades(axes, least, most, texts)
    else:
        axes.set_xlim(0, most * factor * 1.02)
        axes.locator_params(axis="x", nbins=4)
    axes.tick_params(axis="x", colors=MUTED, labelsize=11, length=0, pad=5)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    texts["@unit"] = f"time of a query, {unit}"
    axes.set_xlabel("@unit", color=MUTED, fontsize=11, labelpad=1)
    return factor


def _decades(axes: Axes, low: float, high: float, texts: dict[str, str]) -> None:
    """A logarithmic scale with a tick at powers of ten, each written with its unit."""
    from matplotlib.ticker import NullLocator

    axes.set_xscale("log")
    axes.set_xlim(low * 0.9, high * 1.1)
    powers = list(range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1))
    powers = powers[:: max(1, math.ceil(len(powers) / _MOST_TICKS))]
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks([10.0**power for power in powers])
    axes.set_xticklabels([f"@tick{power}" for power in powers])
    texts.update({f"@tick{power}": seconds(10.0**power) for power in powers})


def _unit(largest: float) -> tuple[float, str]:
    for least, factor, unit in ((1.0, 1.0, "s"), (1e-3, 1e3, "ms")):
        if largest >= least:
            return factor, unit
    return 1e6, "us"


def _curve(axes: Axes, at: int, ordered: Sequence[float], factor: float) -> None:
    count = len(ordered)
    steps = min(count, MOST_STEPS)
    places = [round(step * (count - 1) / max(1, steps - 1)) for step in range(steps)]
    heights = [_place(at, (place + 1) / count) for place in places]
    axes.plot([ordered[place] * factor for place in places], heights, drawstyle="steps-post", color=INK, linewidth=1.2)
    axes.axhline(_place(at, 0), color=RULE, linewidth=0.6)


def _place(at: int, share: float) -> float:
    """Height of a share in a row; rows count downwards."""
    return at + _HIGH / 2 - _HIGH * share


def _marks(axes: Axes, at: int, row: LatencyRow, factor: float) -> None:
    """Percentiles: a point on the curve each, and its interval."""
    for one in row.quantities:
        share, middle = _SHARES.get(one.quantity), finite(one.value)
        if share is None or middle is None:
            continue
        low, high = finite(one.low), finite(one.high)
        if low is not None and high is not None:
            ends = [low * factor, high * factor]
            axes.plot(ends, [_place(at, share)] * 2, color=ACCENT, linewidth=2.2, solid_capstyle="butt")
        axes.plot([middle * factor], [_place(at, share)], linestyle="none", marker="o", markersize=4.5, color=ACCENT)


def _told(row: LatencyRow, ordered: Sequence[float]) -> str:
    marks = [one for one in row.quantities if one.quantity in _SHARES and finite(one.value) is not None]
    found = ", ".join(f"{one.quantity.removeprefix('latency_')} {figure_of(one, one.quantity).line}" for one in marks)
    ends = f"{len(ordered):,} queries, {seconds(ordered[0])} to {seconds(ordered[-1])}"
    return f"{row.label}: {ends}; {found or 'too few for a percentile'}"
