"""Detect shifted rows: answers that fit the gold of another row, since a line was lost or added in the predictions file.

Answers are compared with gold one and two rows before and after. A shift is reported if answers agree significantly with
that gold (see `association`), and better than with their own. Rows without an answer keep their position.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.answer_text import gold_texts, normaliser
from benchwright.metrics import association as a
from benchwright.metrics.columns import Codes, Columns, Floats
from benchwright.metrics.entity_counts import GOLD, PREDICTED, RIGHT, entities
from benchwright.metrics.spans import answers

_SHIFTS = (1, -1, 2, -2)
_LEVEL = a.LEVEL / len(_SHIFTS)
_WEAK = 0.2
"""Answers are not expected to agree with the gold of other rows at all, so less needs to be shown than for a naming."""
_ENOUGH = 0.5
"""Texts and entities that fit their own gold this well are not looked at again: it takes long."""
_MOST = 5_000
"""Texts and sentences that are held against other rows: ample evidence."""
_ELSEWHERE = 7
"""A row this far away says what fits by chance."""
_BEYOND = 0.2
"""How much better than elsewhere texts and entities must fit."""


@dataclass(frozen=True)
class RowShift:
    """Answers that fit the gold ``by`` rows further on.

    Attributes:
        by: 1: each answer fits the next row.
        what: The measure of ``own`` and ``there``: accuracy, correlation, exact match, entity F1.
        own: Agreement with their own rows, in [0, 1] or [-1, 1].
        there: Agreement with the shifted rows.
        strength: Agreement beyond chance with the shifted rows.
    """

    by: int
    what: str
    own: float
    there: float
    strength: float


def shift_of_codes(columns: Columns, said: Codes, gold: Codes, size: int) -> RowShift | None:
    """The shift of label or option numbers."""

    def test(by: int, ours: Codes, theirs: Codes) -> RowShift | None:
        here, there = said[ours], gold[theirs]
        own = gold[ours]
        fits, fit = here == there, here == own
        strength = a.agreement(here, there, size)
        if strength <= _WEAK or strength - a.agreement(here, own, size) < a.CLEARLY:
            return None
        units = _units(columns, ours)
        if not a.is_clear(here, there, size, units, above=_WEAK, log_tries=math.log(len(_SHIFTS))):
            return None
        if not a.sign_test(fits.astype(np.float64) - fit, units, _LEVEL):
            return None
        return RowShift(by, "accuracy", float(fit.mean()), float(fits.mean()), strength)

    return _strongest(columns, test)


def shift_of_sets(columns: Columns, said: Floats, gold: Floats) -> RowShift | None:
    """The shift of numbers (n, 1) or label sets (n, labels)."""

    def test(by: int, ours: Codes, theirs: Codes) -> RowShift | None:
        here, there, own = said[ours], gold[theirs], gold[ours]
        units = _units(columns, ours)
        strength, before = a.correlation(here, there), a.correlation(here, own)
        if strength - before < a.CLEARLY or not a.is_correlated(
            here, there, units, above=_WEAK, log_tries=math.log(len(_SHIFTS))
        ):
            return None
        gain = a.products(here, there) - a.products(here, own)
        if not a.sum_test(gain, units, _LEVEL):
            return None
        return RowShift(by, "correlation", before, strength, strength)

    return _strongest(columns, test)


def shift_of_texts(columns: Columns) -> RowShift | None:
    """The shift of answer texts; empty answers are ignored."""
    if not columns.n or columns.sums(answers)[0] >= _ENOUGH * columns.n:
        return None
    normal = normaliser(columns.task.normalisation)
    said = [normal(str(text)) for text in columns.outputs[:_MOST]]
    gold = [{normal(text) for text in gold_texts(target)} - {""} for target in columns.targets[:_MOST]]
    filled = np.array([bool(text) for text in said])

    def fits(ours: Codes, theirs: Codes) -> Floats:
        return np.array([said[o] in gold[t] for o, t in zip(ours, theirs, strict=True)], dtype=np.float64)

    elsewhere = _mean_elsewhere(columns, filled, fits)

    def test(by: int, ours: Codes, theirs: Codes) -> RowShift | None:
        ours, theirs = ours[filled[ours]], theirs[filled[ours]]
        if not ours.size:
            return None
        there, own = fits(ours, theirs), fits(ours, ours)
        if there.mean() < max(elsewhere, own.mean()) + _BEYOND or not a.sign_test(there - own, None, _LEVEL):
            return None
        return RowShift(by, "exact match", float(own.mean()), float(there.mean()), float(there.mean()))

    return _strongest(columns, test, most=_MOST)


def shift_of_tags(columns: Columns) -> RowShift | None:
    """The shift of tagged sentences, by their entities."""
    if not columns.n or _f1(columns.sums(entities)) >= _ENOUGH:
        return None

    def f1(ours: Codes, theirs: Codes) -> tuple[float, Floats]:
        moved = Columns(columns.task, [columns.targets[at] for at in theirs], [columns.outputs[at] for at in ours])
        rows = moved.rows(entities)
        return _f1(moved.sums(entities)), rows.values[rows.codes][:, RIGHT]

    far = _pairs(columns, _ELSEWHERE, _MOST)
    elsewhere = f1(*far)[0] if far[0].size else 0.0

    def test(by: int, ours: Codes, theirs: Codes) -> RowShift | None:
        (there, right), (own, before) = f1(ours, theirs), f1(ours, ours)
        if there < max(elsewhere, own) + _BEYOND or not a.sum_test(right - before, None, _LEVEL):
            return None
        return RowShift(by, "entity F1", own, there, there)

    return _strongest(columns, test, most=_MOST)


def _strongest(
    columns: Columns, test: Callable[[int, Codes, Codes], RowShift | None], *, most: int | None = None
) -> RowShift | None:
    found = []
    for by in _SHIFTS:
        ours, theirs = _pairs(columns, by, most)
        if ours.size > 1 and (one := test(by, ours, theirs)) is not None:
            found.append(one)
    return max(found, key=lambda one: one.strength, default=None)


def _pairs(columns: Columns, by: int, most: int | None = None) -> tuple[Codes, Codes]:
    """Items, and the item ``by`` rows further on of each; items that have none there are left out."""
    places = columns.places[:most] if most else columns.places
    at = np.searchsorted(places, places + by)
    there = at < len(places)
    there[there] = places[at[there]] == (places + by)[there]
    return np.flatnonzero(there), at[there]


def _units(columns: Columns, items: Codes) -> Codes | None:
    codes = columns.cluster_codes
    if codes is None:
        return None
    _, units = np.unique(codes[items], return_inverse=True)
    found: NDArray[np.intp] = units.astype(np.intp)
    return found


def _mean_elsewhere(columns: Columns, filled: NDArray[np.bool_], fits: Callable[[Codes, Codes], Floats]) -> float:
    ours, theirs = _pairs(columns, _ELSEWHERE, _MOST)
    kept = filled[ours]
    return float(fits(ours[kept], theirs[kept]).mean()) if kept.any() else 0.0


def _f1(sums: Floats) -> float:
    size = float(sums[PREDICTED] + sums[GOLD])
    return 2 * float(sums[RIGHT]) / size if size else 0.0
