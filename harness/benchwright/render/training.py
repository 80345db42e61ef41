"""How checkpoints were trained: a row of facts and the curves of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.formatting import count, fixed, seconds, value
from benchwright.quantities import unit_of
from benchwright.render.svg import ACCENT, INK, MUTED, RULE, figure, to_svg
from benchwright.types import CellResult, Training

WIDTH, HEIGHT = 360.0, 150.0

_TOLD = (
    "kind",
    "freeze",
    "epochs",
    "lr",
    "batch",
    "accumulate",
    "max_length",
    "schedule",
    "warmup",
    "layer_decay",
    "weight_decay",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRow:
    """One trained checkpoint, ready to print."""

    system: str
    base: str
    recipe: str
    rows: str
    parameters: str
    epoch: str
    held: str
    seconds: str
    training: Training


def training_rows(systems: Sequence[tuple[str, CellResult | None]]) -> tuple[TrainingRow, ...]:
    """A row for each system whose checkpoint was made here; systems are (label, cell)."""
    return tuple(
        _row(label, cell.training) for label, cell in systems if cell is not None and cell.training is not None
    )


def draw_curves(training: Training, *, name: str, title: str) -> Markup:
    """An inline SVG, 360 px wide: training loss by step, loss on held-back rows after each epoch, the kept epoch marked."""
    with figure(WIDTH, HEIGHT) as drawing:
        axes = drawing.add_axes((38 / WIDTH, 26 / HEIGHT, (WIDTH - 50) / WIDTH, (HEIGHT - 34) / HEIGHT))
        axes.patch.set_visible(False)
        axes.plot(
            [step for step, _ in training.losses], [loss for _, loss in training.losses], color=MUTED, linewidth=0.8
        )
        axes.plot(
            [held.step for held in training.held], [held.loss for held in training.held], color=INK, linewidth=1.4
        )
        kept = [held for held in training.held if held.epoch == training.chosen_epoch]
        axes.plot([held.step for held in kept], [held.loss for held in kept], "o", color=ACCENT, markersize=6)
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(MUTED)
        axes.tick_params(colors=MUTED, labelsize=10, length=3, width=0.8, pad=3)
        axes.tick_params(axis="y", length=0)
        axes.locator_params(axis="y", nbins=4)
        axes.grid(axis="y", color=RULE, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.set_ylim(bottom=0)
        described = f"Lowest loss on held-back rows {fixed(min((h.loss for h in training.held), default=None), 3)}."
        return to_svg(drawing, name=name, title=title, description=described, texts={})


def _row(label: str, training: Training) -> TrainingRow:
    recipe = training.recipe
    told = [f"{key} {recipe[key]}" for key in _TOLD if recipe.get(key) not in (None, "")]
    best = next((held for held in training.held if held.epoch == training.chosen_epoch), None)
    rows = training.rows
    stopped = ", stopped early" if training.stopped_early else ""
    return TrainingRow(
        system=label,
        base=training.base,
        recipe=", ".join(told),
        rows=f"{count(rows.get('train'))} of {count(rows.get('available'))}, {count(rows.get('held'))} held back",
        parameters=f"{count(training.parameters.get('trained'))} of {count(training.parameters.get('all'))}",
        epoch=f"{training.chosen_epoch} of {len(training.held)}{stopped}" if training.held else "the last",
        held=f"{training.metric} {value(best.metric, unit_of([training.metric]))}" if best else "no rows held back",
        seconds=seconds(training.seconds),
        training=training,
    )
