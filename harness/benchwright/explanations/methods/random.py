"""Random attributions: values that say nothing about the model, which every other method is held against. They ask for no variant."""

from __future__ import annotations

import numpy as np

from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.methods.base import Item
from benchwright.types import ExplainSpec


class Random:
    """Values are drawn from a normal distribution, by item and seed."""

    name, version, draws, evaluations = "random", 1, True, 0
    packages: tuple[str, ...] = ()

    def attribute(self, item: Item, ask: Ask, spec: ExplainSpec, rng: np.random.Generator) -> Floats:
        """Values, targets x words."""
        return rng.standard_normal((len(item.targets), len(item.words)))


method = Random()
