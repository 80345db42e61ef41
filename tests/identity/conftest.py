"""Texts made into items, and what is exchanged in them."""

import pytest

from benchwright.edits import apply, apply_to_words
from benchwright.identity import chosen, swaps_of
from benchwright.perturbations import Item
from benchwright.types import Kind


@pytest.fixture
def swapped():
    """What is exchanged in a text, in one dimension: group -> the new texts; an empty dictionary where nothing is."""

    def of(text, dimension, *, own=(), seed=0, names=1):
        (found,) = swaps_of(
            Item("toy/0", Kind.CLASSIFY, {"text": text}), chosen((dimension,), own), seed=seed, names=names
        )
        new = {}
        for one in found.swaps:
            new.setdefault(one.target, []).append(apply(text, one.changes["text"]))
        return {group: texts[0] if names == 1 else texts for group, texts in new.items()}

    return of


@pytest.fixture
def counted():
    """Terms taken and terms left of a text."""

    def of(text, dimension, *, own=()):
        (found,) = swaps_of(Item("toy/0", Kind.CLASSIFY, {"text": text}), chosen((dimension,), own))
        return found.taken, found.left

    return of


@pytest.fixture
def tagged():
    """Words to tag with their new words, by group."""

    def of(words, gold, persons, dimension, *, names=1):
        item = Item("toy/0", Kind.TAG, {"words": words}, {"words": gold}, persons)
        (found,) = swaps_of(item, chosen((dimension,)), names=names)
        return {one.target: apply_to_words(words, one.changes["words"]) for one in found.swaps}

    return of
