"""Which rows are learned from together, and in which order."""

from __future__ import annotations

import numpy as np

from benchwright.encoders.encoded import Ints

_CHUNK = 50
"""Batches whose rows are sorted by length together: little padding, and batches that still differ from epoch to epoch."""

_ORDER = 3
"""Stream of the seed."""


def order_batches(lengths: Ints, batch: int, *, seed: int, epoch: int) -> list[Ints]:
    """Positions of each batch of an epoch, in order; a pure function of its arguments.

    Rows are shuffled, sorted by length within chunks of 50 batches, cut into batches of ``batch`` rows (the last of the
    epoch may be smaller), and the batches are shuffled.

    Args:
        lengths: Tokens of each row.
        batch: Rows to a batch.
        seed: Of the shuffling.
        epoch: Counted from 0.
    """
    chance = np.random.default_rng([seed, _ORDER, epoch])
    shuffled = chance.permutation(len(lengths))
    found: list[Ints] = []
    for start in range(0, len(shuffled), batch * _CHUNK):
        chunk = shuffled[start : start + batch * _CHUNK]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        found += [chunk[at : at + batch] for at in range(0, len(chunk), batch)]
    return [found[at] for at in chance.permutation(len(found))]


def count_steps(rows: int, *, batch: int, accumulate: int) -> int:
    """Optimiser steps of an epoch."""
    batches = -(-rows // batch)
    return -(-batches // accumulate)
