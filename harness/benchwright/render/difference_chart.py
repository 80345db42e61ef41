"""One forest of differences: a row for each task and model, the reference as a line at nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.formatting import change, shorten
from benchwright.quantities import Unit
from benchwright.render.forest import frame_axes
from benchwright.render.svg import ACCENT, INK, MUTED, PAPER, figure, to_svg

WIDTH, ROW, TOP, BOTTOM = 360.0, 19.0, 6.0, 24.0
_LEFT, _RIGHT = 164.0, 56.0
_TASK, _SYSTEM = 11, 14


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceLine:
    """A row: a task, a model, its difference from the reference with the interval, and whether the two are told apart."""

    task: str
    system: str
    delta: float
    low: float | None
    high: float | None
    is_told_apart: bool


def draw_differences(
    lines: Sequence[DifferenceLine], *, name: str, title: str, description: str, unit: Unit = "fraction"
) -> Markup:
    """An inline SVG, 360 px wide, rows in the order given: filled marks where the two are told apart, hollow ones elsewhere."""
    factor = 100.0 if unit == "fraction" else 1.0
    height = TOP + ROW * len(lines) + BOTTOM
    texts: dict[str, str] = {}
    tasks = shorten([line.task for line in lines], _TASK)
    systems = shorten([line.system for line in lines], _SYSTEM)
    ends = [end * factor for line in lines for end in (line.delta, line.low, line.high, 0.0) if end is not None]
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes(
            (_LEFT / WIDTH, BOTTOM / height, (WIDTH - _LEFT - _RIGHT) / WIDTH, ROW * len(lines) / height)
        )
        frame_axes(axes, ends, len(lines))
        axes.axvline(0, color=MUTED, linewidth=1, linestyle=(0, (3, 2)))
        place = axes.get_yaxis_transform()
        for row, line in enumerate(lines):
            texts[f"@name{row}"] = f"{systems[row]} · {tasks[row]}"
            texts[f"@value{row}"] = change(line.delta, unit)
            axes.text(-0.05, row, f"@name{row}", transform=place, ha="right", va="center", fontsize=11, color=INK)
            axes.text(1.05, row, f"@value{row}", transform=place, ha="left", va="center", fontsize=11, color=INK)
        known = [(row, line) for row, line in enumerate(lines) if line.low is not None and line.high is not None]
        for told, colour in ((True, ACCENT), (False, INK)):
            mine = [(row, line) for row, line in known if line.is_told_apart is told]
            axes.hlines(
                [row for row, _ in mine],
                [(line.low or 0.0) * factor for _, line in mine],
                [(line.high or 0.0) * factor for _, line in mine],
                colors=colour,
                linewidth=1.6,
            )
            marked = [(row, line.delta * factor) for row, line in enumerate(lines) if line.is_told_apart is told]
            axes.plot(
                [value for _, value in marked],
                [row for row, _ in marked],
                linestyle="none",
                marker="o",
                markersize=6 if told else 5,
                color=colour,
                markerfacecolor=colour if told else PAPER,
                markeredgewidth=1.4,
            )
        return to_svg(drawing, name=name, title=title, description=description, texts=texts)
