"""Random draws that depend on names alone: on the suite's seed, an example, a perturbation, a draw and an input."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


class EditDraws:
    """A sequence of draws, the same in every process, order and Python version.

    Severity is no part of the seed: a higher one goes further in the same sequence, and so changes what a lower one changes, and more.
    Only ``Random.random`` is asked, the one method whose sequence Python promises to keep.
    """

    __slots__ = ("_next",)

    def __init__(self, *names: object) -> None:
        spelled = "\0".join(map(str, names)).encode("utf-8", "surrogatepass")
        self._next = Random(int.from_bytes(blake2b(spelled, digest_size=8).digest(), "big")).random  # noqa: S311

    def below(self, bound: int) -> int:
        """A whole number from 0 to ``bound - 1``."""
        return int(self._next() * bound)

    def pick(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[int(self._next() * len(among))]

    def order(self, length: int) -> list[int]:
        """The numbers below ``length`` in an order drawn at random (Fisher and Yates, from the front)."""
        found = list(range(length))
        for at in range(length - 1):
            other = at + int(self._next() * (length - at))
            found[at], found[other] = found[other], found[at]
        return found
