"""Histogram of predicted numbers beside the gold ones."""

from __future__ import annotations

from markupsafe import Markup

from benchwright.render.distribution import Distribution
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg

WIDTH, HEIGHT = 360.0, 140.0


def draw_histogram(spread: Distribution, *, name: str, title: str, description: str) -> Markup:
    """An inline SVG, 360 px wide: bars for answers, a stepped line for gold values."""
    edges = [item.low for item in spread.bins] + [spread.bins[-1].high]
    with figure(WIDTH, HEIGHT) as drawing:
        axes = drawing.add_axes((38 / WIDTH, 24 / HEIGHT, (WIDTH - 50) / WIDTH, (HEIGHT - 32) / HEIGHT))
        axes.patch.set_visible(False)
        axes.stairs([item.predicted for item in spread.bins], edges, fill=True, color=ACCENT, alpha=0.45, linewidth=0)
        axes.stairs([item.gold for item in spread.bins], edges, color=INK, linewidth=1.4)
        axes.set_xlim(edges[0], edges[-1])
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)
        axes.tick_params(colors=MUTED, labelsize=10, length=3, width=0.8, pad=3)
        axes.tick_params(axis="y", length=0)
        axes.locator_params(axis="y", nbins=4)
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        axes.set_axisbelow(True)
        return to_svg(drawing, name=name, title=title, description=description, texts={})
