"""Reliability diagrams: the share of right answers by confidence, a panel for each model and task."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import clip_middle, value
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, Panel, add_panel_axes, figure, to_panels
from benchwright.stats.intervals import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 360.0, 216.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 16.0, 28.0, 38.0
_HEAD = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ReliabilityPanel:
    """A model on a task: bins as (items, mean confidence, accuracy), lowest confidence first, and the error in words."""

    head: str
    error: str
    bins: Sequence[tuple[int, float, float]]


def draw_reliability(panels: Sequence[ReliabilityPanel], *, name: str) -> Markup | None:
    """One ``<svg>`` for each panel, 360 px wide: accuracy by confidence in percent, with 95 % intervals (Wilson) of each bin."""
    if not panels:
        return None
    height = HEIGHT * len(panels)
    texts = {"@sure": "confidence in the answer, %"}
    told = []
    with figure(WIDTH, height) as drawing:
        for at, panel in enumerate(panels):
            axes = add_panel_axes(
                drawing, at, panels=len(panels), size=(WIDTH, HEIGHT), margins=(_LEFT, _TOP, _RIGHT, _BOTTOM)
            )
            texts[f"@head{at}"] = clip_middle(panel.head, _HEAD)
            _panel(axes, at, panel)
            described = ", ".join(f"{value(right)} at {value(sure)} ({n:,})" for n, sure, right in panel.bins)
            told.append(
                Panel(
                    title=f"{panel.head}: accuracy by confidence",
                    description=f"{panel.error}; accuracy at mean confidence (items): {described}",
                    top=HEIGHT * at,
                    height=HEIGHT,
                )
            )
        return to_panels(drawing, told, name=name, texts=texts)


def _panel(axes: Axes, at: int, panel: ReliabilityPanel) -> None:
    ends = [wilson(right * n, n) for n, _, right in panel.bins]
    least = min(low for one, (end, _) in zip(panel.bins, ends, strict=True) for low in (one[1], end))
    start = 10.0 * math.floor(least * 10)
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.spines["bottom"].set_linewidth(0.8)
    axes.set_xlim(start, 101)
    axes.set_ylim(start, 101)
    axes.locator_params(nbins=5)
    axes.tick_params(colors=MUTED, labelsize=11, length=0, pad=5)
    axes.tick_params(axis="y", length=0)
    axes.grid(color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.plot([start, 100], [start, 100], color=MUTED, linewidth=1, linestyle=(0, (3, 2)))
    sure = [100 * one[1] for one in panel.bins]
    axes.vlines(sure, [100 * low for low, _ in ends], [100 * high for _, high in ends], colors=INK, linewidth=1.1)
    axes.plot(
        sure,
        [100 * one[2] for one in panel.bins],
        color=ACCENT,
        linewidth=1,
        marker="o",
        markersize=5,
        markeredgewidth=0,
    )
    axes.text(-0.12, 1.07, f"@head{at}", transform=axes.transAxes, fontsize=12, color=INK)
    axes.set_xlabel("@sure", color=MUTED, fontsize=11, labelpad=2)
