"""What will happen to each cell of a run, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.task_path import task_path
from benchwright.types.base import Frozen
from benchwright.types.examples import Example
from benchwright.types.models import CellKey, Facts, ModelRef
from benchwright.types.plugins import Adapter, Context
from benchwright.types.results import RunSpec
from benchwright.types.sources import Dataset
from benchwright.types.tasks import AnyTask, Suite
from benchwright.types.views import View

RERUN_ALWAYS = "--rerun always"


DAMAGED = "its stored records are damaged or of another format"
TOGETHER = "measured again with the other models of its session"
"""Reasons for which a cell is computed although its folder is there."""


Status = Literal["run", "resume", "stored", "missing", "refused"]
"""What will happen to a cell: computed, continued, taken from the store, or not possible here."""


CellPlace = tuple[str, str, str]
"""Model, ``suite/task`` and split of a cell; no two cells of a run share one, though two may have the same key."""


class CellJob(Frozen, frozen=True, kw_only=True):
    """A planned cell as a value: with the store it is all that any process needs to compute the cell.

    Attributes:
        spec: Of the run that the cell belongs to.
        place: Which of its cells.
        key: Name of the cell in the store; a process that plans another one from the same specification refuses.
        store: The store's folder.
        folder: Where the run was typed: paths of models and data are relative to it.
        shard: Examples per shard.
        token: What stands for the digest of models that have none.
    """

    spec: RunSpec
    place: CellPlace
    key: str
    store: str
    folder: str
    shard: int
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class PlannedCell:
    """One model on one task: what will happen, and why; ``view`` is what the task is seen through."""

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
    examples: Sequence[Example] = ()
    key: CellKey | None = None
    id: str | None = None
    view: View | None = None

    @property
    def is_hardware(self) -> bool:
        """Whether the model is measured on this machine, and no answer of it is kept."""
        return self.view is not None and self.view.profile is not None

    @property
    def is_explanation(self) -> bool:
        """Whether answers of another cell are explained; its key is that of the other cell."""
        return self.view is not None and self.view.explain is not None

    @property
    def place(self) -> CellPlace:
        """Model, ``suite/task`` and split: which cell of a run it is."""
        return self.model.name, self.task_path, self.split

    @property
    def task_path(self) -> str:
        """``suite/task``."""
        return task_path(self.suite.name, self.task.name)
