"""A sample of inputs that holds short and long ones as the whole does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from benchwright.example_table import ExampleTable
from benchwright.text_columns import characters
from benchwright.types import Example

FEWEST = 64
"""A cell of fewer inputs is computed exactly: it is done before variants are tried."""

MOST = {"cpu": 256, "cuda": 4096}
"""Inputs of a sample, at most, and never more than a quarter of the cell."""

_LOOKED_AT = 20_000
"""Of a larger split so many inputs, drawn at random, are looked at for their length."""


def draw(examples: Sequence[Example], *, device: str, seed: int) -> list[int]:
    """Rows of a stratified sample, ascending: inputs in order of length, cut into as many strata as are drawn, one of each.

    Args:
        examples: Inputs of a cell.
        device: ``cpu`` or ``cuda``, which needs more to be busy.
        seed: Of the draw.

    Returns:
        Rows; none where the cell is too small.
    """
    n = len(examples)
    if n < FEWEST:
        return []
    rng = np.random.default_rng((seed, n))
    rows = np.arange(n) if n <= _LOOKED_AT else np.sort(rng.choice(n, _LOOKED_AT, replace=False))
    wanted = min(MOST.get(device, MOST["cpu"]), n // 4)
    lengths = np.array([size_of(example) for example in some(examples, rows.tolist())])
    order = rows[np.argsort(lengths, kind="stable")]
    edges = np.linspace(0, len(order), wanted + 1).astype(int)
    return sorted(int(order[rng.integers(low, high)]) for low, high in pairwise(edges.tolist()))


def some(examples: Sequence[Example], rows: Sequence[int]) -> Iterator[Example]:
    """The examples of some rows; of a large split they are made in chunks."""
    if isinstance(examples, ExampleTable):
        yield from examples.take(rows)
    else:
        yield from (examples[row] for row in rows)


def size_of(example: Example) -> int:
    """Characters of an example's inputs."""
    return sum(map(characters, example.inputs.values()))
