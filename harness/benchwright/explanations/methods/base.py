"""What a method of attribution is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from benchwright.explanations.ask import Ask, Floats
from benchwright.types import Example, ExplainSpec, Removal, Session, Target, Task, Word, WordGradients


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is explained: an example, its words, the targets of its answer."""

    task: Task
    example: Example
    words: tuple[Word, ...]
    targets: tuple[Target, ...]


class Method(Protocol):
    """A way of attributing numbers of an answer to words.

    Attributes:
        name: As in `types.METHODS`.
        version: Raised when the same options give other values.
        draws: Whether it depends on a seed.
        evaluations: Variants of an item asked for by default; 0: as many as it has words, or none.
        packages: Libraries that it calls, whose versions are kept beside its values.
    """

    name: str
    version: int
    draws: bool
    evaluations: int
    packages: tuple[str, ...]

    def attribute(self, item: Item, ask: Ask, spec: ExplainSpec, rng: np.random.Generator) -> Floats:
        """Values, targets x words: above 0 where a word raises the number.

        Args:
            item: What is explained; it has a word and a target.
            ask: Gives the numbers of variants; may be called often, best with many variants at once.
            spec: Options, of which ``evaluations`` is set.
            rng: Of the item and the seed alone.
        """
        ...


@runtime_checkable
class GradientMethod(Protocol):
    """A method that needs the gradients of a session (`types.GivesGradients`) instead of variants; ``gradients`` is true."""

    name: str
    version: int
    gradients: bool
    evaluations: int
    packages: tuple[str, ...]

    def options(self, spec: ExplainSpec) -> dict[str, str]:
        """Settings of its own that change values, all of them written out, as text."""
        ...

    def attribute_all(
        self, session: Session, items: Sequence[Item], spec: ExplainSpec, removal: Removal
    ) -> Sequence[Sequence[WordGradients] | str]:
        """Of each item what each of its targets has, or why there is nothing. Raises BenchwrightError where the session has no gradients."""
        ...
