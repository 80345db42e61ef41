"""Curves over severity: a task's metric on clean and perturbed inputs of the same items, as one figure of panels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from benchwright.formatting import clip_middle, finite, shorten, value
from benchwright.quantities import Unit
from benchwright.render.figure_budget import Chart, Sketch
from benchwright.render.robustness import RobustnessTable
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, Panel, figure, to_panels
from benchwright.types import RobustnessScore, Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 360.0, 200.0
MOST_LINES = 4
"""Models in one panel: more could not be told apart."""
MOST_PANELS = 9
"""Panels of the figure; the tables hold all."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 96.0, 26.0, 30.0
_MARKERS, _SIGNS = ("o", "s", "^", "D"), ("●", "■", "▲", "◆")
_COLOURS = (INK, ACCENT, MUTED, INK)
_LONGEST, _HEAD = 15, 52
_LINE = 12.0
"""Height of a line of text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeverityPanel:
    """One perturbation of one task at several severities.

    Attributes:
        table: The task.
        perturbation: What was done to the inputs.
        systems: Models that are drawn, with their scores.
        limits: Lowest and highest value of all panels of the task, so that they have one scale.
        drop: Largest fall from clean to perturbed, in the metric's own units; what is drawn first goes by it.
    """

    table: RobustnessTable
    perturbation: str
    systems: Mapping[str, Sequence[RobustnessScore]]
    limits: tuple[float, float]
    drop: float


def severity_chart(tables: Sequence[RobustnessTable], *, name: str) -> Chart | None:
    """One figure of a panel for each task and perturbation that was run at two severities or more; None where none was.

    At most `MOST_PANELS`, those where a model loses most; ``name`` begins their ids.
    """
    panels = [panel for table in tables for panel in severity_panels(table)]
    if not panels:
        return None
    kept = sorted(range(len(panels)), key=lambda at: (-panels[at].drop, at))[:MOST_PANELS]
    shown = [panels[at] for at in sorted(kept)]
    rest = len(panels) - len(shown)
    hidden = max(len({row.system for row in panel.table.rows}) - len(panel.systems) for panel in shown)
    about = ["solid: perturbed, with 95 % intervals; dashed: the same items clean"]
    about += [f"the first {MOST_LINES} models; the tables hold all"] if hidden > 0 else []
    about += (
        [f"{rest} perturbation{'s' if rest > 1 else ''} that cost{'' if rest > 1 else 's'} less in the tables"]
        if rest
        else []
    )
    return Chart(
        title="By severity",
        about="; ".join(about),
        sketch=Sketch(subject="robustness", name=name, draw=partial(draw_severities, shown, name=name)),
    )


def severity_panels(table: RobustnessTable) -> tuple[SeverityPanel, ...]:
    """A panel for each perturbation of a task that was run at two severities or more."""
    found: dict[str, dict[str, list[RobustnessScore]]] = {}
    for row in table.rows:
        if finite(row.score.perturbed.value) is not None:
            found.setdefault(row.perturbation, {}).setdefault(row.system, []).append(row.score)
    limits = _limits(score for systems in found.values() for scores in systems.values() for score in scores)
    panels = []
    for perturbation, systems in found.items():
        several = [(system, scores) for system, scores in systems.items() if len(scores) > 1]
        if several:
            shown = dict(several[:MOST_LINES])
            drop = max(_drop(score) for scores in shown.values() for score in scores)
            panels.append(
                SeverityPanel(table=table, perturbation=perturbation, systems=shown, limits=limits, drop=drop)
            )
    return tuple(panels)


def _drop(score: RobustnessScore) -> float:
    gap = finite(score.difference.value) or 0.0
    return -gap if score.direction == "higher" else gap


def _limits(scores: Iterable[RobustnessScore]) -> tuple[float, float]:
    """Lowest and highest value of all figures of a task, so that they have one scale."""
    ends = [end for score in scores for one in (score.clean, score.perturbed) for end in (one.value, one.low, one.high)]
    known = [end for end in map(finite, ends) if end is not None] or [0.0]
    room = (max(known) - min(known)) * 0.06 or 0.01
    return min(known) - room, max(known) + room


def draw_severities(panels: Sequence[SeverityPanel], *, name: str) -> Markup:
    """The panels as one figure, a scale for each task."""
    texts: dict[str, str] = {"@severity": "severity"}
    height = HEIGHT * len(panels)
    told = []
    with figure(WIDTH, height) as drawing:
        for at, panel in enumerate(panels):
            bottom = height - HEIGHT * (at + 1) + _BOTTOM
            axes = drawing.add_axes(
                (
                    _LEFT / WIDTH,
                    bottom / height,
                    (WIDTH - _LEFT - _RIGHT) / WIDTH,
                    (HEIGHT - _TOP - _BOTTOM) / height,
                )
            )
            _draw(axes, at, panel, texts)
            told.append(
                Panel(
                    title=f"{panel.table.base}, {panel.perturbation}: {panel.table.metric} by severity",
                    description=_described(panel.systems, panel.table.unit),
                    top=HEIGHT * at,
                    height=HEIGHT,
                )
            )
        return to_panels(drawing, told, name=name, texts=texts)


def _draw(axes: Axes, at: int, panel: SeverityPanel, texts: dict[str, str]) -> None:
    factor = 100.0 if panel.table.unit == "fraction" else 1.0
    _frame(axes, panel.systems)
    texts[f"@head{at}"] = clip_middle(f"{panel.perturbation}, {panel.table.base}", _HEAD)
    axes.text(0, 1.09, f"@head{at}", transform=axes.transAxes, fontsize=11, color=INK)
    axes.set_ylim(panel.limits[0] * factor, panel.limits[1] * factor)
    ends = [_line(axes, place, scores, factor) for place, scores in enumerate(panel.systems.values())]
    _label(axes, at, ends, shorten(list(panel.systems), _LONGEST), texts)


def _frame(axes: Axes, systems: Mapping[str, Sequence[RobustnessScore]]) -> None:
    severities = sorted({score.severity for scores in systems.values() for score in scores})
    axes.patch.set_visible(False)
    axes.set_xticks(severities)
    axes.set_xlim(severities[0] - 0.25, severities[-1] + 0.25)
    axes.set_xlabel("@severity", color=MUTED, fontsize=11, labelpad=1)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=11, length=0, pad=5)
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


def _label(axes: Axes, panel: int, ends: Sequence[float], names: Sequence[str], texts: dict[str, str]) -> None:
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
        key = f"@system{panel}-{at}"
        texts[key] = f"{_SIGNS[at]} {names[at]}"
        axes.text(1.03, place - over, key, transform=axes.get_yaxis_transform(), va="center", fontsize=11, color=INK)


def _described(systems: Mapping[str, Sequence[RobustnessScore]], unit: Unit) -> str:
    parts = []
    for system, scores in systems.items():
        told = ", ".join(
            f"{value(score.perturbed.value, unit)} at severity {score.severity} (clean {value(score.clean.value, unit)})"
            for score in sorted(scores, key=lambda score: score.severity)
        )
        parts.append(f"{system}: {told}")
    return "; ".join(parts)
