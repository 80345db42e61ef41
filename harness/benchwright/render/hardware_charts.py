"""Charts of hardware profiles as inline SVG: stages of a query, rates of a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import finite, percent, seconds, shorten, value
from benchwright.render.hardware import point_quantity
from benchwright.render.hardware_words import STAGES, figure_of
from benchwright.render.svg import ACCENT, INK, MUTED, PAPER, RULE, figure, to_svg
from benchwright.types import GridPoint, MeasuredQuantity, Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 360.0

_LONGEST = 19
_LEFT, _RIGHT = 132.0, 76.0
_ROW = 22.0
_FEWEST_TO_TELL = 0.08
"""A stage with a smaller share has no text in its bar."""


def draw_stages(profiles: Sequence[tuple[str, Profile]], *, name: str, title: str) -> Markup | None:
    """A bar for each model, cut into the shares of the stages of a query; None where no model has stages."""
    lines = [(system, profile) for system, profile in profiles if profile.stages]
    if not lines:
        return None
    every = dict.fromkeys(
        one.stage for _, profile in lines for one in profile.stages if not one.stage.endswith("_device")
    )
    stages = [stage for stage in STAGES if stage in every] + [stage for stage in every if stage not in STAGES]
    height = _ROW * len(lines) + 20.0 * ((len(stages) + 2) // 3) + 12.0
    texts: dict[str, str] = {}
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes(
            (
                _LEFT / WIDTH,
                1 - (6 + _ROW * len(lines)) / height,
                (WIDTH - _LEFT - _RIGHT) / WIDTH,
                _ROW * len(lines) / height,
            )
        )
        _bare(axes, len(lines))
        axes.set_xlim(0, 1)
        for row, ((_, profile), short) in enumerate(
            zip(lines, shorten([one for one, _ in lines], _LONGEST), strict=True)
        ):
            texts[f"@name{row}"] = short
            texts[f"@whole{row}"] = seconds(sum(one.seconds for one in profile.stages if one.stage in every))
            _beside(axes, row)
            _bar(axes, row, profile, stages, texts)
        _legend(axes, stages, len(lines), texts)
        described = "; ".join(
            f"{system}: "
            + ", ".join(f"{STAGES.get(one.stage, one.stage)} {percent(one.share, 0)}" for one in profile.stages)
            for system, profile in lines
        )
        return to_svg(drawing, name=name, title=title, description=described, texts=texts)


def _bar(axes: Axes, row: int, profile: Profile, stages: Sequence[str], texts: dict[str, str]) -> None:
    by_name = {one.stage: one for one in profile.stages}
    left = 0.0
    for at, stage in enumerate(stages):
        found = by_name.get(stage)
        if found is None or found.share <= 0:
            continue
        colour, alpha = _fill(at)
        axes.barh(
            [row], [found.share], left=left, height=0.62, color=colour, alpha=alpha, edgecolor=PAPER, linewidth=0.8
        )
        if found.share >= _FEWEST_TO_TELL:
            key = f"@share{row}-{at}"
            texts[key] = percent(found.share, 0)
            ink = PAPER if alpha > 0.5 else INK
            axes.text(left + found.share / 2, row, key, ha="center", va="center", fontsize=11, color=ink)
        left += found.share


def _fill(at: int) -> tuple[str, float]:
    """Colour and opacity of a stage: ink, then tints of the accent, then of ink, so that neighbours differ in light and dark."""
    order = ((ACCENT, 1.0), (INK, 0.25), (ACCENT, 0.35), (INK, 0.8), (ACCENT, 0.65), (INK, 0.5), (MUTED, 1.0))
    return order[at % len(order)]


def _legend(axes: Axes, stages: Sequence[str], rows: int, texts: dict[str, str]) -> None:
    """Squares with the names of the stages, three to a line below the bars."""
    for at, stage in enumerate(stages):
        line, place = divmod(at, 3)
        x = -0.86 + place * 0.8
        y = rows + 0.05 + line * 20.0 / _ROW
        colour, alpha = _fill(at)
        axes.barh([y], [0.06], left=x, height=0.42, color=colour, alpha=alpha, clip_on=False)
        key = f"@stage{at}"
        texts[key] = STAGES.get(stage, stage)
        axes.text(x + 0.1, y, key, va="center", fontsize=11, color=MUTED)


def draw_server(profile: Profile, *, name: str, title: str) -> Markup | None:
    """The 99th percentile of the latency by the rate that queries arrived at, the bound as a line; None with fewer than two rates."""
    points = [(point, found) for point in profile.grid if point.rate and (found := _p99(point)) is not None]
    if len(points) < 2:
        return None
    points.sort(key=lambda one: one[0].rate)
    bound = profile.spec.bound
    factor, unit = _scale(max(finite(found.value) or 0.0 for _, found in points))
    height = 170.0
    texts = {"@rate": "queries a second", "@unit": f"p99, {unit}"}
    with figure(WIDTH, height) as drawing:
        axes = drawing.add_axes((48 / WIDTH, 36 / height, (WIDTH - 48 - 60) / WIDTH, (height - 36 - 22) / height))
        _frame(axes)
        rates = [point.rate for point, _ in points]
        axes.plot(
            rates, [(finite(found.value) or 0.0) * factor for _, found in points], color=INK, marker="o", markersize=5
        )
        for rate, (_, found) in zip(rates, points, strict=True):
            if found.low is not None and found.high is not None:
                axes.plot([rate, rate], [found.low * factor, found.high * factor], color=INK, linewidth=1)
        axes.set_ylim(bottom=0)
        if bound is not None:
            axes.axhline(bound * factor, color=ACCENT, linewidth=1.2, linestyle=(0, (3, 2)))
            texts["@bound"] = f"bound {seconds(bound)}"
            axes.text(
                1.02,
                bound * factor,
                "@bound",
                transform=axes.get_yaxis_transform(),
                va="center",
                fontsize=11,
                color=ACCENT,
            )
        axes.set_xlabel("@rate", color=MUTED, fontsize=11, labelpad=1)
        axes.text(0, 1.06, "@unit", transform=axes.transAxes, fontsize=11, color=MUTED)
        described = "; ".join(
            f"{value(point.rate, 'per_second')}: {figure_of(found, 'latency_p99').line}" for point, found in points
        )
        return to_svg(drawing, name=name, title=title, description=described, texts=texts)


def _p99(point: GridPoint) -> MeasuredQuantity | None:
    found = point_quantity(point, "latency_p99")
    return found if found is not None and finite(found.value) is not None else None


def _scale(largest: float) -> tuple[float, str]:
    """What seconds are multiplied by for an axis, and the unit there."""
    for least, factor, unit in ((1.0, 1.0, "s"), (1e-3, 1e3, "ms")):
        if largest >= least:
            return factor, unit
    return 1e6, "us"


def _frame(axes: Axes) -> None:
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=11, length=3, width=0.8, pad=3)
    axes.tick_params(axis="y", length=0)
    if axes.get_xscale() == "linear":
        axes.locator_params(axis="x", nbins=5)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _bare(axes: Axes, rows: int) -> None:
    axes.patch.set_visible(False)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    for side in axes.spines.values():
        side.set_visible(False)


def _beside(axes: Axes, row: int) -> None:
    place = axes.get_yaxis_transform()
    axes.text(-0.06, row, f"@name{row}", transform=place, ha="right", va="center", fontsize=11, color=INK)
    axes.text(1.04, row, f"@whole{row}", transform=place, ha="left", va="center", fontsize=11, color=INK)
