"""Leave-one-out: how far the number falls when a word alone is taken away. One variant for each word."""

from __future__ import annotations

import numpy as np

from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.methods.base import Item
from benchwright.types import ExplainSpec


class LeaveOneOut:
    """Values are drops: p(x) - p(x without the word)."""

    name, version, draws, evaluations = "leave_one_out", 1, False, 0
    packages: tuple[str, ...] = ()

    def attribute(self, item: Item, ask: Ask, spec: ExplainSpec, rng: np.random.Generator) -> Floats:
        """The drops, targets x words."""
        whole = np.ones(len(item.words), dtype=bool)
        numbers = ask(np.vstack([whole, ~np.eye(len(item.words), dtype=bool)]))
        drops: Floats = (numbers[0] - numbers[1:]).T
        return drops


method = LeaveOneOut()
