"""Which inputs a model is asked while it is measured: distinct texts of the task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from benchwright import shards
from benchwright.types import Example


def distinct_inputs(examples: Sequence[Example]) -> tuple[Example, ...]:
    """The first example of each distinct input, in order; neither gold answers nor what is expected of them is kept.

    Distinct, since equal inputs of a query are computed once, and an input that was just answered may come from a cache (MLPerf
    audits for that).
    """
    first: dict[int, Example] = {}
    for number, example in zip(shards.distinct(examples), examples, strict=True):
        first.setdefault(number, example)
    return tuple(
        msgspec.structs.replace(one, target=None, strict=None, rationale=None, edits=None) for one in first.values()
    )


def shuffled(count: int, seed: int) -> list[int]:
    """Real texts in a random order, since files are sorted by source or length."""
    return [int(at) for at in np.random.default_rng(seed).permutation(count)]


def spread_over_lengths(inputs: Sequence[Example], count: int, seed: int) -> list[Example]:
    """So many of the inputs, of evenly spaced ranks by length, in a random order: a few stand for the lengths of all.

    A random handful does not: five of a task's texts may be a third longer than its texts are, and be as much slower.
    """
    order = shuffled(len(inputs), seed)
    ranked = sorted(order, key=lambda at: _characters(inputs[at].inputs))
    chosen = {ranked[(2 * rank + 1) * len(inputs) // (2 * count)] for rank in range(count)}
    return [inputs[at] for at in order if at in chosen]


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, Sequence) else 0
