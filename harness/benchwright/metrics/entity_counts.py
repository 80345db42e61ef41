"""Entity counts of each tagged sentence: entities are extracted once, for all metrics and types."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.columns import Basis, CodedRows, Codes, Columns, Floats, Strict
from benchwright.metrics.entity_spans import EntitySpans, TagSequences
from benchwright.tags import OUTSIDE

RIGHT, PREDICTED, GOLD, STRICT_RIGHT, STRICT_PREDICTED, STRICT_GOLD, BOUNDS, HITS, WORDS = range(9)
"""Columns of the basis `entities`."""


@dataclass(frozen=True)
class EntityMatches:
    """Gold and predicted entities of all sentences, and which of them match.

    Attributes:
        kinds: Entity type -> its number.
        sentence: Number of the sentence of each word, in one row (words, with one separator behind each sentence).
        gold, said: Entities of the lenient reading.
        bounds: Number of the gold type where a predicted entity has gold boundaries, else -1 (predicted entities).
        strict_gold, strict_predicted, strict_bounds: The same, read strictly by the scheme that each side is written in.
        hits: Words with the gold tag, by sentence (n).
        words: Words by sentence (n).
        uneven: Sentences whose tags are not as many as their words.
    """

    kinds: dict[str, int]
    sentence: Codes
    gold: EntitySpans
    said: EntitySpans
    bounds: Codes
    strict_gold: EntitySpans
    strict_predicted: EntitySpans
    strict_bounds: Codes
    hits: Floats
    words: Floats
    uneven: int


def entity_matches(columns: Columns) -> EntityMatches:
    """Entities of the columns' targets and outputs. A sentence with too few tags is filled up with O, too many are cut."""
    return columns.remember("entities", lambda: _compare(columns.targets, columns.outputs, columns.strict))


def entities(columns: Columns) -> CodedRows:
    """Basis of all metrics here, by sentence: (right, predicted, gold), the same strictly, bounds, right tags, words."""
    return _rows(entity_matches(columns), None)


def entities_of(kind: str) -> Basis:
    """The same basis with entities of one type only; of bounds, those around gold entities of that type; no words.

    Few rows are then different, which makes the bootstrap of a type cheap.
    """

    def of_type(columns: Columns) -> CodedRows:
        found = entity_matches(columns)
        return _rows(found, found.kinds.get(kind, -2))

    return of_type


def _compare(
    targets: Sequence[Sequence[str]],
    outputs: Sequence[Sequence[str]],
    legal: Sequence[tuple[Strict | None, Strict | None]],
) -> EntityMatches:
    words = np.fromiter(map(len, targets), np.intp, len(targets))
    uneven = int((np.fromiter(map(len, outputs), np.intp, len(outputs)) != words).sum())
    if uneven:
        outputs = [
            (*said[: len(gold)], *[OUTSIDE] * (len(gold) - len(said)))
            for gold, said in zip(targets, outputs, strict=True)
        ]
    kinds = {"": 0}
    gold, said = TagSequences.of(targets, kinds), TagSequences.of(outputs, kinds)
    sentence = np.repeat(np.arange(len(words)), words + 1)
    equal = np.fromiter(map(operator.eq, chain.from_iterable(targets), chain.from_iterable(outputs)), np.bool_)
    hits = np.bincount(np.repeat(np.arange(len(words)), words)[equal], minlength=len(words))
    lenient, strict = (gold.lenient(), said.lenient()), (gold.strict(), said.strict())
    if legal:
        starts = np.cumsum(words + 1) - (words + 1)
        strict = (
            strict[0].replaced([gold for gold, _ in legal], starts, sentence, kinds),
            strict[1].replaced([said for _, said in legal], starts, sentence, kinds),
        )
    return EntityMatches(
        kinds,
        sentence,
        *lenient,
        _bounds(*lenient, sentence.size),
        *strict,
        _bounds(*strict, sentence.size),
        hits.astype(np.float64),
        words.astype(np.float64),
        uneven,
    )


def _bounds(gold: EntitySpans, said: EntitySpans, size: int) -> Codes:
    ends, kinds = np.zeros(size, dtype=np.intp), np.zeros(size, dtype=np.intp)
    ends[gold.start], kinds[gold.start] = gold.end, gold.kind
    return np.where(ends[said.start] == said.end, kinds[said.start], -1)


def _rows(found: EntityMatches, kind: int | None) -> CodedRows:
    size = len(found.words)

    def count(spans: EntitySpans, which: NDArray[Any]) -> Floats:
        return np.bincount(found.sentence[spans.start[which]], minlength=size).astype(np.float64)

    def of(kinds: Codes) -> NDArray[np.bool_]:
        return np.ones(kinds.size, dtype=np.bool_) if kind is None else kinds == kind

    said, gold = found.said, found.gold
    strict_predicted, strict_gold = found.strict_predicted, found.strict_gold
    values = (
        count(said, of(said.kind) & (found.bounds == said.kind)),
        count(said, of(said.kind)),
        count(gold, of(gold.kind)),
        count(strict_predicted, of(strict_predicted.kind) & (found.strict_bounds == strict_predicted.kind)),
        count(strict_predicted, of(strict_predicted.kind)),
        count(strict_gold, of(strict_gold.kind)),
        count(said, of(found.bounds) & (found.bounds >= 0)),
        found.hits if kind is None else np.zeros(size),
        found.words if kind is None else np.zeros(size),
    )
    return CodedRows(np.stack(values, axis=1), np.arange(size))
