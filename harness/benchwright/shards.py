"""How the examples of a cell are cut into shards; in behavioural tests, and of texts that become vectors, each distinct input
is predicted once.

Suites of tests repeat inputs: an original stands in several tests, a template gives one sentence twice; tests of association share
their attributes. A shard then holds so many
*distinct* inputs with all the examples that have them, wherever these stand in the data. Which shard an example is in depends
on the data alone, so a resumed or shared cell gives the same bytes as one that ran through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec
import numpy as np

from benchwright.types import EmbeddingTask, Example, PlannedCell

Rows = Sequence[int]

SHARD = 1024
"""Examples per shard: large enough to batch well, small enough that a crash costs seconds."""

_ON_CUDA = 16_384
"""Examples per shard of a model that reads them on a GPU: so many short texts fill its buffers of 32,768 tokens ten times and more."""

_AT_HAND = 65_536
"""Examples per shard of answers that are there already: a crash costs little, and files by the thousand cost more."""


def size(cell: PlannedCell, wanted: int | None) -> int:
    """Examples per shard of a cell that is begun; ``wanted``: as the user says, None as suits the cell."""
    if wanted:
        return wanted
    if cell.facts is not None and (cell.facts.replayed or cell.facts.constant):
        return _AT_HAND
    return _ON_CUDA if _computes_on_cuda(cell) else SHARD


def _computes_on_cuda(cell: PlannedCell) -> bool:
    """Whether weights of the cell's model are on a GPU; of a function or an endpoint none are known."""
    has_weights = cell.facts is not None and cell.facts.parameters is not None
    return has_weights and cell.key is not None and cell.key.device == "cuda"


def has_distinct_inputs_predicted_once(cell: PlannedCell) -> bool:
    """Whether equal inputs of the cell are one question: of behavioural tests and vectors, unless the answers were made elsewhere."""
    return (cell.task.behaviour or isinstance(cell.task, EmbeddingTask)) and not (
        cell.facts is not None and cell.facts.replayed
    )


def cut(cell: PlannedCell, size: int) -> tuple[Rows, ...]:
    """Rows of each shard, ascending; an empty cell has one empty shard."""
    count = len(cell.examples)
    if not has_distinct_inputs_predicted_once(cell):
        return tuple(range(start, min(start + size, count)) for start in range(0, count, size)) or (range(0),)
    shard = np.fromiter(distinct(cell.examples), np.intp, count) // size
    by_shard = np.argsort(shard, kind="stable")
    ends = np.cumsum(np.bincount(shard, minlength=1))
    return tuple(part.tolist() for part in np.split(by_shard, ends[:-1]))


def distinct(examples: Sequence[Example]) -> Iterator[int]:
    """For each example the number of its inputs, equal ones sharing one, numbered by first appearance."""
    known: dict[bytes, int] = {}
    for example in examples:
        inputs = hashlib.blake2b(msgspec.json.encode(example.inputs), digest_size=16).digest()
        yield known.setdefault(inputs, len(known))


def restore(shards: Sequence[Rows]) -> list[int] | None:
    """Places, among the joined records of the shards, of each row of the data; None where they are in order already."""
    joined = np.fromiter(chain.from_iterable(shards), np.intp)
    if (np.diff(joined) > 0).all():
        return None
    return [int(place) for place in np.argsort(joined)]
