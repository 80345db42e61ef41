"""How predicted numbers are spread against the gold ones, and a histogram of both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from benchwright.answers import answers_of
from benchwright.coded import Coded
from benchwright.formatting import finite
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg
from benchwright.types import Record, RegressionTask, Task

Floats = NDArray[np.float64]

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
        beyond: AnswerArrays outside the task's value range.
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
    found = answers_of(task, records)
    gold, given = _numbers(found.targets), _numbers(found.outputs)
    known = np.isfinite(gold) & np.isfinite(given) & ~found.errored
    gold, given = gold[known], given[known]
    if not gold.size:
        return None
    low, high = task.value_range or _spread(np.concatenate([gold, given]))
    apart = given - gold
    return Distribution(
        bins=_bins(gold, given, low, high),
        n=gold.size,
        bias=math.fsum(apart) / gold.size,
        absolute=math.fsum(np.abs(apart)) / gold.size,
        beyond=int((~((low <= given) & (given <= high))).sum()),
    )


def _numbers(coded: Coded) -> Floats:
    """Each value as a number; NaN for what is none."""
    values = [math.nan if finite(value) is None else float(value) for value in coded.values]
    found: Floats = np.array([*values, math.nan], dtype=np.float64)[coded.codes]
    return found


def _spread(values: Floats) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _bins(gold: Floats, given: Floats, low: float, high: float) -> tuple[Bin, ...]:
    width = (high - low) / BINS
    places, predicted = (np.clip(np.floor((one - low) / width), 0, BINS - 1).astype(int) for one in (gold, given))
    counts = np.bincount(predicted, minlength=BINS).tolist()
    apart = [(given - gold)[places == at] for at in range(BINS)]
    return tuple(
        Bin(
            low=low + width * at,
            high=low + width * (at + 1),
            gold=apart[at].size,
            predicted=counts[at],
            deviation=math.fsum(apart[at]) / apart[at].size if apart[at].size else None,
        )
        for at in range(BINS)
    )


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
