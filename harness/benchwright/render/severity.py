"""Curves over severity: a task's metric on clean and perturbed inputs of the same items, as inline SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import finite, shorten, value
from benchwright.quantities import Unit
from benchwright.render.robustness import RobustnessTable
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg
from benchwright.types import RobustnessScore, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 360.0, 190.0
MOST_LINES = 4
"""Models in one figure: more could not be told apart."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 96.0, 10.0, 30.0
_MARKERS, _SIGNS = ("o", "s", "^", "D"), ("●", "■", "▲", "◆")
_COLOURS = (INK, ACCENT, MUTED, INK)
_LONGEST = 15
_LINE = 12.0
"""Height of a line of text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeverityCurve:
    """One perturbation of one task at several severities.

    Attributes:
        title: The perturbation.
        systems: Models drawn, in order.
        hidden: Models that are not drawn; the table holds them.
        drawing: The figure.
    """

    title: str
    systems: tuple[str, ...]
    hidden: int
    drawing: Markup


def severity_curves(table: RobustnessTable, *, name: str) -> tuple[SeverityCurve, ...]:
    """A figure for each perturbation that was run at two severities or more; ``name`` begins their ids."""
    found: dict[str, dict[str, list[RobustnessScore]]] = {}
    for row in table.rows:
        if finite(row.score.perturbed.value) is not None:
            found.setdefault(row.perturbation, {}).setdefault(row.system, []).append(row.score)
    limits = _limits(score for systems in found.values() for scores in systems.values() for score in scores)
    curves = []
    for number, (perturbation, systems) in enumerate(found.items(), start=1):
        several = {system: scores for system, scores in systems.items() if len(scores) > 1}
        if several:
            shown = dict(list(several.items())[:MOST_LINES])
            curves.append(
                SeverityCurve(
                    title=perturbation,
                    systems=tuple(shown),
                    hidden=len(several) - len(shown),
                    drawing=_draw(shown, table, perturbation, limits, name=f"{name}-{number}"),
                )
            )
    return tuple(curves)


def _limits(scores: Iterable[RobustnessScore]) -> tuple[float, float]:
    """Lowest and highest value of all figures of a task, so that they have one scale."""
    ends = [end for score in scores for one in (score.clean, score.perturbed) for end in (one.value, one.low, one.high)]
    known = [end for end in map(finite, ends) if end is not None]
    room = (max(known) - min(known)) * 0.06 or 0.01
    return min(known) - room, max(known) + room


def _draw(
    systems: dict[str, list[RobustnessScore]],
    table: RobustnessTable,
    perturbation: str,
    limits: tuple[float, float],
    *,
    name: str,
) -> Markup:
    factor = 100.0 if table.unit == "fraction" else 1.0
    texts: dict[str, str] = {}
    with figure(WIDTH, HEIGHT) as drawing:
        axes = drawing.add_axes(
            (
                _LEFT / WIDTH,
                _BOTTOM / HEIGHT,
                (WIDTH - _LEFT - _RIGHT) / WIDTH,
                (HEIGHT - _TOP - _BOTTOM) / HEIGHT,
            )
        )
        _frame(axes, systems, texts)
        axes.set_ylim(limits[0] * factor, limits[1] * factor)
        ends = [_line(axes, at, scores, factor) for at, scores in enumerate(systems.values())]
        _label(axes, ends, shorten(list(systems), _LONGEST), texts)
        return to_svg(
            drawing,
            name=name,
            title=f"{table.base}, {perturbation}: {table.metric} by severity",
            description=_described(systems, table.unit),
            texts=texts,
        )


def _frame(axes: Axes, systems: dict[str, list[RobustnessScore]], texts: dict[str, str]) -> None:
    severities = sorted({score.severity for scores in systems.values() for score in scores})
    axes.patch.set_visible(False)
    axes.set_xticks(severities)
    axes.set_xlim(severities[0] - 0.25, severities[-1] + 0.25)
    texts["@severity"] = "severity"
    axes.set_xlabel("@severity", color=MUTED, fontsize=10, labelpad=1)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=10, length=3, width=0.8, pad=3)
    axes.tick_params(axis="y", length=0)
    axes.locator_params(axis="y", nbins=5)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _line(axes: Axes, at: int, scores: Sequence[RobustnessScore], factor: float) -> float:
    """Draw a model's two lines; its last perturbed value, in the units of the axis."""
    scores = sorted(scores, key=lambda score: score.severity)
    x = [float(score.severity) for score in scores]
    colour, marker = _COLOURS[at], _MARKERS[at]
    clean = [_of(score.clean) * factor for score in scores]
    perturbed = [_of(score.perturbed) * factor for score in scores]
    axes.plot(x, clean, color=colour, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.plot(x, perturbed, color=colour, linewidth=1.5, marker=marker, markersize=5)
    for place, score in zip(x, scores, strict=True):
        low, high = finite(score.perturbed.low), finite(score.perturbed.high)
        if low is not None and high is not None:
            axes.plot([place, place], [low * factor, high * factor], color=colour, linewidth=0.9)
    return perturbed[-1]


def _of(score: Score) -> float:
    found = finite(score.value)
    return float("nan") if found is None else found


def _label(axes: Axes, ends: Sequence[float], names: Sequence[str], texts: dict[str, str]) -> None:
    """Names beside the last points, moved apart where they would cover one another."""
    low, high = axes.get_ylim()
    step = _LINE * (high - low) / (HEIGHT - _TOP - _BOTTOM)
    placed: float | None = None
    places = {}
    for at in sorted(range(len(ends)), key=lambda at: ends[at]):
        placed = ends[at] if placed is None else max(ends[at], placed + step)
        places[at] = placed
    over = max(0.0, max(places.values(), default=low) - high)
    for at, place in places.items():
        key = f"@system{at}"
        texts[key] = f"{_SIGNS[at]} {names[at]}"
        axes.text(1.03, place - over, key, transform=axes.get_yaxis_transform(), va="center", fontsize=11, color=INK)


def _described(systems: dict[str, list[RobustnessScore]], unit: Unit) -> str:
    parts = []
    for system, scores in systems.items():
        told = ", ".join(
            f"{value(score.perturbed.value, unit)} at severity {score.severity} (clean {value(score.clean.value, unit)})"
            for score in sorted(scores, key=lambda score: score.severity)
        )
        parts.append(f"{system}: {told}")
    return "; ".join(parts)
