"""Entities of many tagged sentences at once: what `benchwright.tags` defines tag by tag, in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Codes, Strict
from benchwright.tags import OUTSIDE, parts

_OTHER, _BEGIN, _INSIDE, _END, _SINGLE, _OUT = range(6)
_PREFIXES = {"B": _BEGIN, "I": _INSIDE, "E": _END, "S": _SINGLE, OUTSIDE: _OUT}


@dataclass(frozen=True)
class EntitySpans:
    """Entities in reading order: first word, end (not part of it) and type number, all (entities)."""

    start: Codes
    end: Codes
    kind: Codes

    def replaced(
        self, others: Sequence[Strict | None], first: Codes, sentence: Codes, kinds: dict[str, int]
    ) -> EntitySpans:
        """The entities with those of some sentences replaced.

        Args:
            others: Entities of each sentence in their place, or None where it keeps its own.
            first: Place of the first word of each sentence.
            sentence: Sentence of each place.
            kinds: Numbers of types; new ones are added.
        """
        changed = np.array([other is not None for other in others], dtype=np.bool_)
        kept = ~changed[sentence[self.start]]
        new = [
            (at + start, at + end, kinds.setdefault(kind, len(kinds)))
            for at, other in zip(first.tolist(), others, strict=True)
            for kind, start, end in other or ()
        ]
        rows = np.array(new, dtype=np.intp).reshape(-1, 3)
        starts = np.concatenate([self.start[kept], rows[:, 0]])
        order = np.argsort(starts, kind="stable")
        return EntitySpans(
            starts[order],
            np.concatenate([self.end[kept], rows[:, 1]])[order],
            np.concatenate([self.kind[kept], rows[:, 2]])[order],
        )


@dataclass(frozen=True)
class TagSequences:
    """Tags of all sentences one after the other, an ``O`` behind each so that no entity crosses two.

    Attributes:
        prefix: What each tag begins with, coded.
        kind: Number of its type; 0 for none.
    """

    prefix: Codes
    kind: Codes

    @staticmethod
    def of(sentences: Iterable[Sequence[str]], kinds: dict[str, int]) -> TagSequences:
        """Coded tags; types that ``kinds`` does not know are added to it."""
        flat = list(chain.from_iterable((*tags, OUTSIDE) for tags in sentences))
        known = {tag: place for place, tag in enumerate(dict.fromkeys(flat))}
        split = [parts(tag) for tag in known]
        prefix = np.array([_PREFIXES.get(first, _OTHER) for first, _ in split], dtype=np.intp)
        kind = np.array([kinds.setdefault(name, len(kinds)) for _, name in split], dtype=np.intp)
        codes = np.fromiter(map(known.__getitem__, flat), np.intp, len(flat))
        return TagSequences(prefix[codes], kind[codes])

    def lenient(self) -> EntitySpans:
        """As `benchwright.tags.entities`: conlleval, seqeval's default mode."""
        before = np.concatenate([[_OUT], self.prefix[:-1]])
        inside, was_inside = self.prefix != _OUT, before != _OUT
        opens = (self.prefix == _BEGIN) | (self.prefix == _SINGLE)
        closed = (before == _END) | (before == _SINGLE)
        starts = inside & (opens | ~was_inside | closed | ~self._same)
        first = np.flatnonzero(starts)
        return EntitySpans(first, np.flatnonzero(was_inside & (~inside | starts)), self.kind[first])

    def strict(self) -> EntitySpans:
        """As `benchwright.tags.strict_entities`: of IOB2: a ``B-X`` and the ``I-X`` right after it, nothing else."""
        starts = np.flatnonzero(self.prefix == _BEGIN)
        stops = np.flatnonzero(~((self.prefix == _INSIDE) & self._same))
        ends = stops[np.searchsorted(stops, starts, side="right")]
        return EntitySpans(starts, ends, self.kind[starts])

    @property
    def _same(self) -> NDArray[np.bool_]:
        """Whether the tag before has the same type."""
        return np.concatenate([[False], self.kind[1:] == self.kind[:-1]])
