"""Items that are answered otherwise under an identity swap: which variants, and how far their scores moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchwright.bias.identity_scores import Given, moved_scores
from benchwright.bias.join import SwappedItems
from benchwright.robustness.consistency import same_answer
from benchwright.types import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class FlippedItem:
    """An item with the variants that are answered otherwise.

    Attributes:
        original: Its record.
        flipped: Records of these variants, those whose scores moved furthest first.
        variants: Variants of the item in all.
        size: How far the scores of the first of them moved; 0 without scores.
    """

    original: Record
    flipped: tuple[Record, ...]
    variants: int
    size: float


def flipped_items(items: SwappedItems, given: Given | None = None) -> tuple[FlippedItem, ...]:
    """The items that flip, those whose scores moved furthest first, ties in dataset order.

    Args:
        items: The joined records of a model, with their texts where these shall be shown.
        given: What the model says its scores are; None: they count where they are probabilities.
    """
    return tuple(sorted(_flipped(items, given), key=lambda one: -one.size))


def _flipped(items: SwappedItems, given: Given | None) -> Iterator[FlippedItem]:
    same = same_answer(items.task)
    moved = moved_scores(items, given) if items.n else None
    sizes = [0.0] * len(items.variants) if moved is None else np.nan_to_num(moved.sizes).tolist()
    at = 0
    for original, number in zip(items.originals, items.sizes.tolist(), strict=True):
        mine = range(at, at + number)
        at += number
        flips = [one for one in mine if not same(original, items.variants[one])]
        flips.sort(key=lambda one: -sizes[one])
        if flips:
            yield FlippedItem(
                original=original,
                flipped=tuple(items.variants[one] for one in flips),
                variants=number,
                size=sizes[flips[0]],
            )
