"""LIME: a linear model of the number over random variants of the item, near ones weighing more (Ribeiro et al. 2016).

As `lime.lime_text.LimeTextExplainer` with ``bow=False`` and its defaults (exponential kernel of width 25 on 100 x the cosine distance,
ridge regression), over our words by position: a word that occurs twice is two words, and every word gets a value.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.libraries import library
from benchwright.explanations.methods.base import Item
from benchwright.types import ExplainSpec

KERNEL_WIDTH = 25.0


class Lime:
    """Weights of a local linear model; 1,000 samples, of which equal ones are computed once (the library's default is 5,000)."""

    name, version, draws, evaluations = "lime", 1, True, 1000
    packages: tuple[str, ...] = ("lime",)

    def attribute(self, item: Item, ask: Ask, spec: ExplainSpec, rng: np.random.Generator) -> Floats:
        """Weights, targets x words.

        Raises:
            BenchwrightError: Fewer than two variants are allowed.
        """
        if spec.evaluations < 2:
            raise BenchwrightError("lime asks about 2 variants of an item at least", hint="evaluations=300")
        random = np.random.RandomState(int(rng.integers(2**32)))
        kept = sample(len(item.words), spec.evaluations, random)
        numbers = ask(kept)
        base = library("lime.lime_base").LimeBase(partial(_kernel, width=KERNEL_WIDTH), random_state=random)
        data, away = kept.astype(np.float64), distances(kept)
        found = np.empty((len(item.targets), len(item.words)))
        for target in range(len(item.targets)):
            _, weights, _, _ = base.explain_instance_with_data(
                data, numbers, away, target, len(item.words), feature_selection="none"
            )
            for word, weight in weights:
                found[target, word] = weight
        return found


def sample(words: int, samples: int, random: np.random.RandomState) -> NDArray[np.bool_]:
    """Variants, samples x words, drawn as the library draws them: the item, then so many words taken away, 1 to all of them, any of them."""
    found = np.ones((samples, words), dtype=bool)
    sizes = random.randint(1, words + 1, samples - 1)
    for row, size in enumerate(sizes, start=1):
        found[row, random.choice(words, size, replace=False)] = False
    return found


def distances(kept: NDArray[np.bool_]) -> Floats:
    """100 x the cosine distance of each variant, as a vector of zeros and ones, from the whole item."""
    found: Floats = 100 * (1 - np.sqrt(kept.mean(axis=1)))
    return found


def _kernel(away: Floats, width: float) -> Floats:
    found: Floats = np.sqrt(np.exp(-(away**2) / width**2))
    return found


method = Lime()
