"""Which items of a split are not independent: items of one cluster share a key, an item alone has none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded
from benchwright.data.white_space import squeezed
from benchwright.example_table import ExampleTable
from benchwright.text_columns import Texts, Values, first_rows
from benchwright.types import Cluster

REPEATS = 0.01
"""From this share of the rows on, those that repeat are one unit each."""

_Numbers = NDArray[np.int64]
"""A number for each row: equal ones stand for equal values."""
_Places = NDArray[np.intp]
"""A row for each row."""


def with_keys(examples: ExampleTable, rule: Cluster | None, columns: Mapping[str, Values | Coded]) -> ExampleTable:
    """The examples with the keys of their clusters, over the whole split.

    Args:
        examples: The items, none of which has a cluster.
        rule: What items share; None: every item stands alone.
        columns: Values of each column that the rule names, in row order.

    Returns:
        The examples; a key is the id of the first item of the cluster, the same for all its items; None for an item alone, and for
        one whose `column` cells are all None (a sentence of an unknown document). Distinct keys
        plus items alone are the independent units (MNLI matched: 3334 of 9815).
    """
    if rule is None:
        return examples
    values = [columns[name] for name in rule.columns]
    if rule.by == "linked":
        firsts = _linked(_numbers_together(values))
    elif rule.by == "pair":
        one, other = _numbers_together(values)
        firsts = _first_rows(_combined([np.minimum(one, other), np.maximum(one, other)]))
    else:
        numbers = [_numbers(column) for column in values]
        unknown = np.logical_and.reduce([column < 0 for column in numbers])
        firsts = _first_rows(_combined(numbers))
        firsts[unknown] = np.flatnonzero(unknown)
    return replace(examples, clusters=_keys(examples, firsts))


def _keys(examples: ExampleTable, firsts: _Places) -> Coded | None:
    """The id of the first row for each row that shares it with another."""
    shared = np.bincount(firsts, minlength=len(firsts))[firsts] > 1
    if not shared.any():
        return None
    owners, codes = np.unique(firsts[shared], return_inverse=True)
    found = np.full(len(firsts), -1, dtype=np.int32)
    found[shared] = codes
    return Coded(found, tuple(f"{examples.name}/{row}" for row in examples.rows[owners].tolist()))


def with_repeats(examples: ExampleTable) -> tuple[ExampleTable, int, int]:
    """Rows that repeat share a cluster where they stand alone, whatever the task states of others; and how many do.

    A row repeats an earlier one when all its inputs are equal, white space aside. Below `REPEATS` of the rows nothing is
    changed: intervals would be wider by less than half of that. Stated clusters and groups stand as they are.

    Returns:
        The examples, the number of rows that repeat one they are now a unit with, and of rows that repeat one of another
        stated cluster.
    """
    numbers: list[_Numbers] = []
    for column in examples.inputs.values():
        numbers.append(_numbers(squeezed(column)))
        if numbers[-1].max(initial=-1) == len(examples) - 1:  # one input that differs everywhere: nothing repeats
            return examples, 0, 0
    rows = _combined(numbers)
    places = np.arange(len(examples))
    alone = (_codes(examples.clusters, len(examples)) < 0) & (_codes(examples.groups, len(examples)) < 0)
    firsts = places.copy()
    by_itself = np.flatnonzero(alone)
    firsts[by_itself] = by_itself[_first_rows(rows[by_itself])]
    repeats = int((firsts != places).sum())
    apart = 0 if alone.all() else _apart(examples, alone, _first_rows(rows))
    if not repeats or repeats < REPEATS * len(examples):
        return examples, repeats, apart
    return replace(examples, clusters=_joined(examples.clusters, _keys(examples, firsts))), repeats, apart


def _joined(stated: Coded | None, added: Coded | None) -> Coded | None:
    """The stated keys, and for rows without one those that are added."""
    if stated is None or added is None:
        return added if stated is None else stated
    codes = np.where(stated.codes >= 0, stated.codes, np.where(added.codes >= 0, added.codes + len(stated.values), -1))
    return Coded(codes.astype(np.int32), (*stated.values, *added.values))


def _apart(examples: ExampleTable, alone: NDArray[np.bool_], firsts: _Places) -> int:
    """How many rows that do not stand alone share neither a cluster nor a group with the first one of their inputs."""
    clusters, groups = _codes(examples.clusters, len(examples)), _codes(examples.groups, len(examples))
    together = (clusters >= 0) & (clusters == clusters[firsts])
    other = (groups < 0) | (groups != groups[firsts])
    return int((~alone & (firsts != np.arange(len(firsts))) & ~together & other).sum())


def _codes(column: Coded | None, rows: int) -> NDArray[np.int32]:
    return np.full(rows, -1, dtype=np.int32) if column is None else column.codes


def _numbers(column: Values | Coded) -> _Numbers:
    """Numbers of the values by first appearance; -1: None."""
    if isinstance(column, Coded):
        return column.codes.astype(np.int64)
    if isinstance(column, Texts):
        return column.distinct()[0].astype(np.int64)
    known: dict[Hashable, int] = {}
    return np.array(
        [-1 if value is None else known.setdefault(_hashable(value), len(known)) for value in column], dtype=np.int64
    )


def _numbers_together(columns: Sequence[Values | Coded]) -> list[_Numbers]:
    """As `_numbers`, a value having one number in whichever column it stands; None is a value like any other."""
    rows = len(columns[0].codes if isinstance(columns[0], Coded) else columns[0])
    values = chain.from_iterable(column.to_list() if isinstance(column, Coded) else column for column in columns)
    numbers = _numbers(list(values))
    return [(numbers + 1)[start : start + rows] for start in range(0, len(numbers), rows or 1)]


def _combined(columns: Sequence[_Numbers]) -> _Numbers:
    """Numbers of rows: equal where all columns are."""
    found = np.zeros(len(columns[0]) if columns else 0, dtype=np.int64)
    for column in columns:
        found = found * (int(column.max(initial=-1)) + 2) + column + 1
        if len(columns) > 1:
            found = np.unique(found, return_inverse=True)[1].astype(np.int64)  # numbers stay below the number of rows
    return found


def _hashable(value: Any) -> Hashable:
    if isinstance(value, Hashable):
        return value
    return msgspec.json.encode(value, order="sorted")


def _first_rows(numbers: _Numbers) -> _Places:
    """For each row, the first row with the same number."""
    found: _Places = first_rows(numbers)[numbers]
    return found


def _linked(columns: Sequence[_Numbers]) -> _Places:
    """For each row, the first row of its connected component; a number links rows in whichever column it stands."""
    root = list(range(len(columns[0])))
    owner: dict[int, int] = {}
    for column in columns:
        for row, value in enumerate(column.tolist()):
            other = owner.setdefault(value, row)
            first, second = _root(root, row), _root(root, other)
            root[max(first, second)] = min(first, second)
    return np.array([_root(root, row) for row in range(len(root))], dtype=np.intp)


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row
