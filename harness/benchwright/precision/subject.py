"""What is computed fast: a model on the inputs of a cell, and how its answers become records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from benchwright import registry
from benchwright.types import (
    Adapter,
    Context,
    Example,
    HasVariants,
    ModelRef,
    ModelVariant,
    Prediction,
    Record,
    Session,
    Task,
)


class ToRecords(Protocol):
    """Makes records of examples and their predictions, as those of the cell are made."""

    def __call__(self, examples: Sequence[Example], predictions: Sequence[Prediction], /) -> Sequence[Record]:
        """A record for each, in their order."""
        ...


@dataclass(frozen=True, kw_only=True)
class FastSubject:
    """A model to compute fast.

    Attributes:
        adapter: Opens it.
        model: Under this reference; of a derivation its checkpoint.
        task: What is asked.
        context: As the run has it.
        examples: Inputs of the cell, with gold answers, which are not shown to any model and decide no choice.
        to_records: Makes records of predictions.
        cache: Folder where measured rates of this machine are kept.
        auto_budget: Whether the tokens of a forward pass are to be found too.
    """

    adapter: Adapter
    model: ModelRef
    task: Task
    context: Context
    examples: Sequence[Example]
    to_records: ToRecords
    cache: Path
    auto_budget: bool = False

    @property
    def seed(self) -> int:
        """Of the sample."""
        return self.context.seed

    def open_exact(self) -> Session:
        """The model as it is computed exactly."""
        return self.adapter.open(self.model, self.task, self._exactly())

    def open(self, variant: ModelVariant) -> Session:
        """The model as a variant computes it."""
        adapter: Adapter = registry.get("adapters", variant.model.adapter)
        return adapter.open(variant.model, self.task, self._exactly())

    def variants(self) -> tuple[ModelVariant, ...]:
        """What may be tried; of an adapter that knows none, nothing."""
        if not isinstance(self.adapter, HasVariants):
            return ()
        return tuple(self.adapter.variants(self.model, self.task, self.context))

    def _exactly(self) -> Context:
        return replace(self.context, precision="exact")
