"""How a cell is getting on, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchwright.types import CellPlace, PlannedCell


class Progress(Protocol):
    """Callbacks for the progress of a run."""

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """A cell begins, with ``done`` of ``total`` examples finished earlier."""

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """More examples are finished."""

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Progress of a long step other than prediction, such as training."""

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """A step of a hardware profile begins, and so many seconds are left to measure, as far as presets say (None: nothing is
        measured yet); nothing may be drawn until the next step, since drawing takes the processor from the model.
        """

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """A cell ends."""


class NoProgress:
    """Progress callbacks that do nothing."""

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """Nothing."""

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """Nothing."""

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Nothing."""

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """Nothing."""

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """Nothing."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Outcome of a cell: ``reason`` is empty unless it failed; ``fresh`` counts examples predicted by this process."""

    place: CellPlace
    reason: str = ""
    fresh: int = 0
    seconds: float = 0.0


class CellFailed(Exception):
    """More examples failed than the error budget allows."""
