"""Token ids of many inputs as flat columns, which example each row belongs to, and which rows are equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What is read of each row: log-probabilities of tokens at positions, instead of all that a head gives.

    Attributes:
        offsets: ``rows + 1`` places; row ``i`` is ``offsets[i]`` to ``offsets[i + 1]`` of the others.
        positions: Position in its row.
        tokens: Id whose log-probability there is read.
    """

    offsets: Ints
    positions: Ints
    tokens: Ints

    def of(self, rows: Ints) -> Reads:
        """What is read of some rows, in their order."""
        offsets, places = _places(self.offsets, rows)
        return Reads(offsets=offsets, positions=self.positions[places], tokens=self.tokens[places])

    @property
    def owners(self) -> Ints:
        """Row of each read."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def _places(offsets: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Where some rows begin when they stand one after the other, and the places of their values among those of all rows."""
    starts = offsets[rows]
    counts = offsets[rows + 1] - starts
    found = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    return found, np.arange(int(found[-1])) + np.repeat(starts - found[:-1], counts)


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """Inputs as a model reads them, in the order in which they were given.

    Attributes:
        columns: Input name (``input_ids``, ``token_type_ids``) -> the values of all rows, one row after the other.
        offsets: ``rows + 1`` positions; row ``i`` is ``offsets[i]`` to ``offsets[i + 1]`` of each column.
        truncated: For each row, whether tokens were cut off.
        errors: Row -> why it has no tokens; such a row is empty and is never shown to a model.
        reads: What is read of each row, where that is less than all that a head gives.
    """

    columns: Mapping[str, NDArray[np.int32]]
    offsets: Ints
    truncated: Flags
    errors: Mapping[int, str] = field(default_factory=dict)
    reads: Reads | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Tokens of each row."""
        return np.diff(self.offsets)

    def row(self, number: int, column: str = "input_ids") -> NDArray[np.int32]:
        """The values of one row in one column."""
        return self.columns[column][self.offsets[number] : self.offsets[number + 1]]


def places_of_rows(encoded: Encoded, rows: Ints) -> Ints:
    """Places of the values of some rows in each column, one row after the other."""
    return _places(encoded.offsets, rows)[1]


def join_rows(
    columns: Mapping[str, Sequence[Sequence[int]]],
    *,
    truncated: Sequence[bool] | None = None,
    errors: Mapping[int, str] | None = None,
) -> Encoded:
    """Rows as flat columns; every column has the same rows with the same lengths.

    Args:
        columns: Input name -> a list of values for each row.
        truncated: For each row, whether tokens were cut off; default: none was.
        errors: Row -> why it has no tokens.

    Raises:
        ValueError: A column has other row lengths than the first one.
    """
    first = next(iter(columns.values()))
    lengths = np.fromiter(map(len, first), dtype=np.int64, count=len(first))
    flat: dict[str, NDArray[np.int32]] = {}
    for name, rows in columns.items():
        if list(map(len, rows)) != lengths.tolist():
            raise ValueError(f"the column {name} has other row lengths than {next(iter(columns))}")
        flat[name] = np.fromiter(chain.from_iterable(rows), dtype=np.int32, count=int(lengths.sum()))
    return Encoded(
        columns=flat,
        offsets=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]),
        truncated=np.array(truncated if truncated is not None else [False] * len(first), dtype=bool),
        errors=dict(errors or {}),
    )


def spread_rows(encoded: Encoded, places: Ints, *, truncated: Flags, errors: Mapping[int, str]) -> Encoded:
    """The rows at their places among others that have no tokens.

    Args:
        encoded: Rows without errors.
        places: Of each of them, rising.
        truncated: For each row of the result, whether tokens were cut off.
        errors: Row of the result -> why it has no tokens.
    """
    lengths = np.zeros(len(truncated), dtype=np.int64)
    lengths[places] = encoded.lengths
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    return Encoded(columns=encoded.columns, offsets=offsets, truncated=truncated, errors=dict(errors))


def equal_rows(rows: Encoded, others: Encoded) -> bool:
    """Whether rows have the same values in the same columns."""
    return (
        rows.columns.keys() == others.columns.keys()
        and np.array_equal(rows.offsets, others.offsets)
        and all(np.array_equal(values, others.columns[name]) for name, values in rows.columns.items())
    )


@dataclass(frozen=True, kw_only=True)
class RowSummary:
    """The rows of one example, summarised.

    Attributes:
        rows: Its rows, which stand together; none where nothing of it has a token.
        problem: The first that is wrong with it or with one of its rows, or None.
        truncated: Whether tokens of one of its rows were cut off.
        budget: The least token budget of its rows, where memory lowered it; else None.
    """

    rows: slice
    problem: str | None
    truncated: bool
    budget: int | None


@dataclass(frozen=True, kw_only=True)
class InputRows:
    """Rows of examples: one text or pair, windows over a long one, options.

    Attributes:
        encoded: Token ids of each row.
        owner: Example of each row (n_rows), rising.
        errors: Example -> why it has no rows.
    """

    encoded: Encoded
    owner: Ints
    errors: Mapping[int, str] = field(default_factory=dict)

    def bounds(self, examples: int) -> list[tuple[int, int]]:
        """For each of so many examples its first row, and the one after its last."""
        ends = np.searchsorted(self.owner, np.arange(examples), side="right").tolist()
        return list(zip([0, *ends[:-1]], ends, strict=True)) if ends else []

    def gather(
        self, examples: int, problems: Sequence[str | None], budgets: Sequence[int | None]
    ) -> tuple[RowSummary, ...]:
        """Summaries of the rows of each example, in the order of the examples.

        Args:
            examples: Number of examples.
            problems: For each row what is wrong with its answer, or None.
            budgets: For each row the token budget it was computed under, where memory lowered it; else None.
        """
        truncated = self.encoded.truncated
        return tuple(
            [
                RowSummary(
                    rows=slice(begin, end),
                    problem=next(filter(None, [self.errors.get(number), *problems[begin:end]]), None),
                    truncated=bool(truncated[begin:end].any()),
                    budget=min(filter(None, budgets[begin:end]), default=None),
                )
                for number, (begin, end) in enumerate(self.bounds(examples))
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Distinct rows of many inputs.

    Attributes:
        rows: First row of each distinct input, in input order; rows with errors are left out.
        source: For each row, the position in ``rows`` of the equal input; -1 for a row with an error.
    """

    rows: Ints
    source: Ints


def find_unique(encoded: Encoded) -> Unique:
    """Rows that differ in at least one column, and for each row the one it equals."""
    readable = np.ones(len(encoded), dtype=bool)
    readable[list(encoded.errors)] = False
    rows = np.flatnonzero(readable)
    values = np.stack(list(encoded.columns.values()), axis=1)
    flat, size = values.tobytes(), values.itemsize * values.shape[1]
    each = zip((encoded.offsets[rows] * size).tolist(), (encoded.offsets[rows + 1] * size).tolist(), strict=True)
    known: dict[bytes, int] = {}
    groups = np.fromiter(
        (known.setdefault(flat[start:end], len(known)) for start, end in each), dtype=np.int64, count=len(rows)
    )
    source = np.full(len(encoded), -1, dtype=np.int64)
    source[rows] = groups
    return Unique(rows=rows[np.unique(groups, return_index=True)[1]], source=source)


def merge_reads(reads: Reads, unique: Unique) -> tuple[Reads, Ints]:
    """What is read of distinct rows when each reads for all its equals, every (position, token) once.

    Returns:
        The reads, with none for rows that equal an earlier one, and for each read of the original its place among those of
        its distinct row.
    """
    rows = len(reads.offsets) - 1
    owners = unique.source[reads.owners]  # -1 for rows with errors, which read nothing
    keys = np.stack([owners, reads.positions, reads.tokens], axis=1)
    _, firsts, inverse = np.unique(_numbers(keys), return_index=True, return_inverse=True)
    distinct = keys[firsts]
    counts = np.zeros(rows, dtype=np.int64)
    counts[unique.rows] = np.bincount(distinct[:, 0], minlength=len(unique.rows)) if len(distinct) else 0
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    places = inverse.reshape(-1) - offsets[unique.rows][owners] if len(distinct) else np.zeros(0, dtype=np.int64)
    return Reads(offsets=offsets, positions=distinct[:, 1], tokens=distinct[:, 2]), places


def _numbers(keys: Ints) -> Ints:
    """A number for each line, ordered as the lines are; small, as there are fewer values than numbers."""
    found = np.zeros(len(keys), dtype=np.int64)
    for values in keys.T:
        _, ranks = np.unique(values, return_inverse=True)
        _, found = np.unique(found * (ranks.max(initial=0) + 1) + ranks.reshape(-1), return_inverse=True)
    return found.reshape(-1)
