"""Which inputs a model is asked while it is measured: distinct texts of the task."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

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
    return tuple(msgspec.structs.replace(one, target=None, strict=None, edits=None) for one in first.values())
