"""How checkpoints were trained: a row of facts for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.formatting import count, seconds, value
from benchwright.quantities import unit_of
from benchwright.types import CellResult, Training

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
