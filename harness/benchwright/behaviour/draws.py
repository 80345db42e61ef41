"""Draws that depend on what is drawn for and nothing else: the same on every machine, in every order and every process."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b


class Draws:
    """A stream of whole numbers that its key decides.

    Hashes of the key and a counter: the streams of `random` and numpy are promised for one version only, and the global ones
    depend on who else drew.
    """

    def __init__(self, *key: object) -> None:
        self._key = blake2b("\x1f".join(map(str, key)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._drawn = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit - 1``, all alike."""
        if limit < 1:
            raise ValueError(f"there is no whole number from 0 to {limit - 1}")
        self._drawn += 1
        number = blake2b(self._key + self._drawn.to_bytes(8, "little"), digest_size=16).digest()
        return int.from_bytes(number, "little") % limit

    def distinct(self, limit: int) -> Iterator[int]:
        """The whole numbers below ``limit`` in random order, each once; the first k of them cost k, however many there are."""
        moved: dict[int, int] = {}
        for place in range(limit):
            other = place + self.below(limit - place)
            yield moved.get(other, other)
            moved[other] = moved.pop(place, place) if place != other else other
