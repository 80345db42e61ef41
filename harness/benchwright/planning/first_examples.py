"""The first examples of a split, as ``--limit`` asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np

from benchwright.coded import Coded
from benchwright.example_table import ExampleTable
from benchwright.types import Example


def first_examples(examples: Sequence[Example], limit: int | None) -> Sequence[Example]:
    """The first examples; a unit (a question with its options) that goes on beyond them is none any more."""
    if limit is None:
        return examples
    if isinstance(examples, ExampleTable):
        return _first_rows(examples, limit)
    cut = {example.group for example in examples[limit:]} - {None}
    return tuple(
        msgspec.structs.replace(example, group=None) if example.group in cut else example
        for example in examples[:limit]
    )


def _first_rows(examples: ExampleTable, limit: int) -> ExampleTable:
    first, groups = examples[:limit], examples.groups
    if groups is None or first.groups is None:
        return first
    cut = np.isin(first.groups.codes, groups.codes[limit:])
    return replace(first, groups=Coded(np.where(cut, -1, first.groups.codes).astype(np.int32), groups.values))
