"""SHAP: Owen values along a tree of neighbouring words, by the search of `shap.PartitionExplainer`.

A word's value is what it adds to the number, averaged over coalitions of the groups that it stands in (Owen 1977; Lundberg and Lee 2017).
The model is given a coalition of words, never text that a tokenizer has to cut again. Where the variants run out, what a group of words
adds is shared out evenly among its words. Values of a target add up to the number on the item less the number with every word taken away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.libraries import library
from benchwright.explanations.methods.base import Item
from benchwright.explanations.own_draws import own_draws
from benchwright.explanations.variants import Kept
from benchwright.explanations.word_tree import Tree, tree_of
from benchwright.types import ExplainSpec

BATCH = 10
"""Variants that a text asks about at once: the library's default. Where variants run out before the tree is searched through, values
depend on it, for the search goes where the number changed most so far: the same for every text, and small. Of 10 sentences at 100
variants each, Spearman's correlation with the full search was .94 for 5, .93 for 10, .92 for 16, .85 for 64; at 300 .995 and more.
"""


class Shap:
    """Shapley values along a tree (Owen values); the library's default of 500 variants."""

    name, version, draws, evaluations = "shap", 1, False, 500
    packages: tuple[str, ...] = ("shap",)

    def attribute(self, item: Item, ask: Ask, spec: ExplainSpec, rng: np.random.Generator) -> Floats:
        """Owen values, targets x words.

        Raises:
            BenchwrightError: Fewer than two variants are allowed.
        """
        del rng  # nothing is drawn: ties are broken alike for every item
        if spec.evaluations < 2:
            raise BenchwrightError("shap asks about 2 variants of an item at least", hint="evaluations=100")
        words = len(item.words)
        ends = ask(np.array([[False] * words, [True] * words]))
        if words == 1:
            values: Floats = (ends[1] - ends[0])[:, None]
            return values
        tree = tree_of(item.example, item.words)
        return _search(ask, tree, ends[0], ends[1], spec.evaluations - 2)


def _search(ask: Ask, tree: Tree, base: Floats, full: Floats, evaluations: int) -> Floats:
    """Run the library's search; only what it compiles when it is first called (6 s a process) is done here in NumPy."""
    words = len(tree) + 1
    even = evaluations - evaluations % 2  # it asks about two at a time
    with own_draws() as outside:
        explainer = library("shap").PartitionExplainer(None, _Masker(words))
        explainer._clustering = tree  # noqa: SLF001 - what `explain_row` sets, which would have it compiled
        explainer._mask_matrix = members_of(tree)  # noqa: SLF001
        explainer.dvalues = np.zeros((2 * words - 1, len(full)))
        explainer.owen(_Coalitions(words, outside(ask)), base, full, even, None, None, BATCH, silent=True)
    return lowered(explainer.dvalues, tree).T


class _Masker:
    """What the library wants to know of a masker, when words are coalitions."""

    def __init__(self, words: int) -> None:
        self.shape = (1, words)

    def clustering(self, *_: object) -> None:
        """Given by hand."""


class _Coalitions:
    """The model as a function of which words stay: what the library's own `MaskedModel` is to it."""

    def __init__(self, words: int, ask: Ask) -> None:
        self._words, self._ask = words, ask

    def __len__(self) -> int:
        return self._words

    def __call__(self, kept: Kept) -> Floats:
        return self._ask(kept)


def members_of(tree: Tree) -> NDArray[np.bool_]:
    """Words below each group, groups x words: single words first, then joins."""
    words = len(tree) + 1
    found = np.zeros((2 * words - 1, words), dtype=bool)
    found[:words] = np.eye(words, dtype=bool)
    for at, (left, right) in enumerate(tree[:, :2].astype(int)):
        found[words + at] = found[left] | found[right]
    return found


def lowered(values: Floats, tree: Tree) -> Floats:
    """Values of words, words x targets: what stands at groups is handed down, in proportion to their sizes."""
    words = len(tree) + 1
    found = values.copy()
    sizes = np.concatenate([np.ones(words), tree[:, 3]])
    for at in range(len(tree) - 1, -1, -1):
        for child in tree[at, :2].astype(int):
            found[child] += found[words + at] * sizes[child] / tree[at, 3]
    lowest: Floats = found[:words]
    return lowest


method = Shap()
