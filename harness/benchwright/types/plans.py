"""What will happen to each cell of a run, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchwright.task_path import task_path
from benchwright.types.examples import Example
from benchwright.types.models import CellKey, Facts, ModelRef
from benchwright.types.plugins import Adapter, Context
from benchwright.types.sources import Dataset
from benchwright.types.tasks import AnyTask, Suite

RERUN_ALWAYS = "--rerun always"


DAMAGED = "its stored records are damaged"
"""Reasons for which a cell is computed although its folder is there."""


Status = Literal["run", "resume", "stored", "missing", "refused"]
"""What will happen to a cell: computed, continued, taken from the store, or not possible here."""


@dataclass(frozen=True, kw_only=True)
class PlannedCell:
    """One model on one task: what will happen, and why."""

    model: ModelRef
    suite: Suite
    task: AnyTask
    split: str
    status: Status
    reason: str = ""
    adapter: Adapter | None = None
    context: Context | None = None
    facts: Facts | None = None
    dataset: Dataset | None = None
    examples: tuple[Example, ...] = ()
    key: CellKey | None = None
    id: str | None = None

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return task_path(self.suite.name, self.task.name)
