"""Which items of a split are not independent: items of one cluster share a key, an item alone has none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec

from benchwright.types import Cluster, Example

REPEATS = 0.01
"""From this share of the rows on, those that repeat are one unit each."""


def keys(rule: Cluster | None, columns: dict[str, Sequence[Any]], ids: Sequence[str]) -> list[str | None]:
    """Cluster key of every item, over the whole split.

    Args:
        rule: What items share; None: every item stands alone.
        columns: Values of each column that the rule names, in row order.
        ids: Example ids in row order.

    Returns:
        The id of the first item of the cluster, the same for all its items; None for an item alone, and for one whose
        `column` cells are all None (a sentence of an unknown document). Distinct keys
        plus items alone are the independent units (MNLI matched: 3334 of 9815).
    """
    if rule is None:
        return [None] * len(ids)
    values = [[_hashable(value) for value in columns[name]] for name in rule.columns]
    if rule.by == "linked":
        firsts = _linked(values, len(ids))
    elif rule.by == "pair":
        firsts = _first_rows([_unordered(pair) for pair in zip(*values, strict=True)])
    else:
        firsts = _first_rows([_known(row, place) for place, row in enumerate(zip(*values, strict=True))])
    sizes: dict[int, int] = {}
    for first in firsts:
        sizes[first] = sizes.get(first, 0) + 1
    return [ids[first] if sizes[first] > 1 else None for first in firsts]


def with_repeats(examples: tuple[Example, ...]) -> tuple[tuple[Example, ...], int, int]:
    """Rows that repeat share a cluster where they stand alone, whatever the task states of others; and how many do.

    A row repeats an earlier one when all its inputs are equal, white space aside. Below `REPEATS` of the rows nothing is
    changed: intervals would be wider by less than half of that. Stated clusters and groups stand as they are.

    Returns:
        The examples, the number of rows that repeat one they are now a unit with, and of rows that repeat one of another
        stated cluster.
    """
    columns: list[list[Hashable]] = []
    for name in examples[0].inputs if examples else ():
        columns.append([_squeezed(example.inputs[name]) for example in examples])
        if len(set(columns[-1])) == len(examples):  # one input that differs everywhere: nothing repeats
            return examples, 0, 0
    rows = list(zip(*columns, strict=True))
    alone = [example.cluster is None and example.group is None for example in examples]
    kept = enumerate(zip(rows, alone, strict=True))
    firsts = _first_rows([row if by_itself else (row, at) for at, (row, by_itself) in kept])
    repeats = sum(first != at for at, first in enumerate(firsts))
    apart = sum(
        not alone[at] and first != at and _apart(examples[at], examples[first])
        for at, first in enumerate(_first_rows(rows))
    )
    if not repeats or repeats < REPEATS * len(examples):
        return examples, repeats, apart
    sizes = Counter(firsts)
    clustered = tuple(
        msgspec.structs.replace(example, cluster=examples[first].id) if sizes[first] > 1 else example
        for example, first in zip(examples, firsts, strict=True)
    )
    return clustered, repeats, apart


def _squeezed(value: Any) -> Hashable:
    """A value with white space normalised: stripped, and single blanks between words."""
    if not isinstance(value, str):
        return _hashable(value)
    plain = value.isprintable() and "  " not in value and value[:1] != " " and value[-1:] != " "
    return value if plain else " ".join(value.split())


def _apart(one: Example, other: Example) -> bool:
    """Whether two rows share neither a cluster nor a group."""
    if one.cluster is not None and one.cluster == other.cluster:
        return False
    return one.group is None or one.group != other.group


def _known(row: tuple[Hashable, ...], place: int) -> Hashable:
    """The values of a row, or its place where none of them is known: it then stands alone."""
    return place if all(value is None for value in row) else row


def _hashable(value: Any) -> Hashable:
    if isinstance(value, Hashable):
        return value
    return msgspec.json.encode(value, order="sorted")


def _unordered(pair: tuple[Hashable, ...]) -> Hashable:
    """A pair whose two orders are equal."""
    first, second = pair
    return frozenset((first, second))


def _first_rows(values: Sequence[Hashable]) -> list[int]:
    """For each row, the first row with the same value."""
    first: dict[Hashable, int] = {}
    return [first.setdefault(value, row) for row, value in enumerate(values)]


def _linked(columns: Sequence[Sequence[Hashable]], rows: int) -> list[int]:
    """For each row, the first row of its connected component; a value links rows in whichever column it stands."""
    root = list(range(rows))
    owner: dict[Hashable, int] = {}
    for column in columns:
        for row, value in enumerate(column):
            other = owner.setdefault(value, row)
            first, second = _root(root, row), _root(root, other)
            root[max(first, second)] = min(first, second)
    return [_root(root, row) for row in range(rows)]


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row
