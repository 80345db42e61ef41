"""Vectors of tokens pooled into one vector for each text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.codec import CodecOptions, HeadOutputs, Pooling, Row
from benchwright.encoders.encoded import Flags
from benchwright.encoders.flat import Buffer
from benchwright.encoders.texts import TextCodec
from benchwright.encoders.tokenise import Tokenizing
from benchwright.types import EmbeddingTask, Example, Prediction, Task

HIDDEN = "hidden_state"
"""What a forward pass calls the vectors of tokens of one layer, lines x tokens x numbers."""


def pool(vectors: NDArray[np.float32], mask: Flags, how: Pooling) -> NDArray[np.float32]:
    """One vector for each line, lines x numbers.

    Args:
        vectors: Lines x tokens x numbers.
        mask: Lines x tokens; True where there is a token, from the left, at least one in each line.
        how: ``mean`` over tokens, ``max`` of each number over tokens, ``cls``: the first token.
    """
    return _POOLINGS[how](vectors, mask)


def pool_buffer(vectors: NDArray[np.float32], buffer: Buffer, how: Pooling) -> NDArray[np.float32]:
    """One vector for each text of a buffer, texts x numbers, of vectors of all its tokens, tokens x numbers."""
    found = []
    for one in buffer.groups:
        mine = vectors[one.start : one.start + one.count * one.length].reshape(one.count, one.length, -1)
        found.append(pool(mine, np.ones(mine.shape[:2], dtype=bool), how))
    return np.concatenate(found)


def _mean(vectors: NDArray[np.float32], mask: Flags) -> NDArray[np.float32]:
    # A product would carry what is no number from padding into the sum.
    total = np.where(mask[:, :, None], vectors, np.float32(0)).sum(axis=1, dtype=np.float64)
    mean: NDArray[np.float32] = (total / mask.sum(axis=1)[:, None]).astype(np.float32)
    return mean


def _max(vectors: NDArray[np.float32], mask: Flags) -> NDArray[np.float32]:
    highest: NDArray[np.float32] = np.where(mask[:, :, None], vectors, np.float32(-np.inf)).max(axis=1)
    return highest


def _first(vectors: NDArray[np.float32], _mask: Flags) -> NDArray[np.float32]:
    return vectors[:, 0].copy()  # the rest of the batch is let go


_POOLINGS: Mapping[Pooling, Callable[[NDArray[np.float32], Flags], NDArray[np.float32]]] = {
    "mean": _mean,
    "cls": _first,
    "max": _max,
}


class PooledCodec(TextCodec):
    """A vector for each text."""

    def __init__(self, task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions) -> None:
        super().__init__(task, tokenizing, head, options)
        assert isinstance(task, EmbeddingTask)
        self.refuses_nan = True
        self._pooling, self._scaled = options.pooling, options.scaled
        scaled = {"scaled": "to length 1"} if options.scaled else {}
        self.settings = {
            "pooling": options.pooling,
            "layer": str(task.layer),
            **scaled,
        }

    def pick(self, outputs: Mapping[str, NDArray[np.float32]], batch: Batch | Buffer) -> list[Row]:
        """The pooled vector of each row."""
        vectors = outputs[HIDDEN]
        found = (
            pool_buffer(vectors, batch, self._pooling)
            if isinstance(batch, Buffer)
            else pool(vectors[: len(batch)], batch.mask[: len(batch)], self._pooling)
        )
        if self._scaled:
            lengths = np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True)
            found = (found / np.maximum(lengths, 1e-12)).astype(np.float32)  # as torch's `normalize` does
        return list(found)

    def decode(self, rows: object, outputs: Sequence[Row | None], examples: Sequence[Example]) -> list[Prediction]:
        """The vectors as they are."""
        del rows, examples
        return [Prediction(output=None if vector is None else tuple(vector.tolist())) for vector in outputs]

    def _check_head(self, head: HeadOutputs) -> None:
        self._binary = False  # no head is read
