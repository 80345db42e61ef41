"""How predicted numbers are spread against the gold ones, and a histogram of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.formatting import finite
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg
from benchwright.types import Record, RegressionTask, Task

BINS = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Values from ``low`` up to ``high``; the last bin holds its upper end, the outer ones what lies beyond.

    Attributes:
        gold: Examples whose gold value lies here.
        predicted: Examples whose answer lies here.
        deviation: Mean of answer minus gold over the examples whose gold value lies here; None when there are none.
    """

    low: float
    high: float
    gold: int
    predicted: int
    deviation: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Distribution:
    """Spread of one system's answers, in the unit of the task.

    Attributes:
        bias: Mean of answer minus gold.
        absolute: Mean of the absolute difference.
        beyond: Answers outside the task's value range.
    """

    bins: tuple[Bin, ...]
    n: int
    bias: float
    absolute: float
    beyond: int

    @property
    def decimals(self) -> int:
        """Decimals that show a thousandth of the range."""
        width = self.bins[-1].high - self.bins[0].low
        return max(0, math.ceil(3 - math.log10(width)))


def distribute(task: Task, records: Sequence[Record]) -> Distribution | None:
    """Bins over the task's value range (or the range of the data); None for other kinds and without pairs."""
    if not isinstance(task, RegressionTask):
        return None
    pairs = []
    for record in records:
        gold, given = finite(record.target), finite(record.output)
        if record.error is None and gold is not None and given is not None:
            pairs.append((gold, given))
    if not pairs:
        return None
    low, high = task.value_range or _spread(pairs)
    return Distribution(
        bins=_bins(pairs, low, high),
        n=len(pairs),
        bias=math.fsum(given - gold for gold, given in pairs) / len(pairs),
        absolute=math.fsum(abs(given - gold) for gold, given in pairs) / len(pairs),
        beyond=sum(not low <= given <= high for _, given in pairs),
    )


def _spread(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    values = [value for pair in pairs for value in pair]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _bins(pairs: Sequence[tuple[float, float]], low: float, high: float) -> tuple[Bin, ...]:
    width = (high - low) / BINS
    golds: list[list[float]] = [[] for _ in range(BINS)]
    predicted = [0] * BINS
    for gold, given in pairs:
        golds[_place(gold, low, width)].append(given - gold)
        predicted[_place(given, low, width)] += 1
    return tuple(
        Bin(
            low=low + width * at,
            high=low + width * (at + 1),
            gold=len(golds[at]),
            predicted=predicted[at],
            deviation=math.fsum(golds[at]) / len(golds[at]) if golds[at] else None,
        )
        for at in range(BINS)
    )


def _place(value: float, low: float, width: float) -> int:
    return max(0, min(BINS - 1, math.floor((value - low) / width)))


_WIDTH, _HEIGHT = 360.0, 140.0


def draw_histogram(spread: Distribution, *, name: str, title: str, description: str) -> Markup:
    """An inline SVG, 360 px wide: bars for answers, a stepped line for gold values."""
    edges = [item.low for item in spread.bins] + [spread.bins[-1].high]
    with figure(_WIDTH, _HEIGHT) as drawing:
        axes = drawing.add_axes((38 / _WIDTH, 24 / _HEIGHT, (_WIDTH - 50) / _WIDTH, (_HEIGHT - 32) / _HEIGHT))
        axes.patch.set_visible(False)
        axes.stairs([item.predicted for item in spread.bins], edges, fill=True, color=ACCENT, alpha=0.45, linewidth=0)
        axes.stairs([item.gold for item in spread.bins], edges, color=INK, linewidth=1.4)
        axes.set_xlim(edges[0], edges[-1])
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)
        axes.tick_params(colors=MUTED, labelsize=11, length=0, pad=5)
        axes.tick_params(axis="y", length=0)
        axes.locator_params(axis="y", nbins=4)
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        axes.set_axisbelow(True)
        return to_svg(drawing, name=name, title=title, description=description, texts={})
