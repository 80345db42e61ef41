"""Columns of values, one for each item: texts as Arrow keeps them, in one piece of memory, or a plain list of anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import number_array, numbers_of, text_array
from benchwright.coded import Coded, Codes

if TYPE_CHECKING:
    import pyarrow as pa

_CHUNK = 4096
"""Texts that are made together when a column is walked."""


class Texts(Sequence[Any]):
    """A text for each item (n); a `str` is made when it is asked for, None where there is none.

    Attributes:
        array: Arrow's array of type ``large_string``.
    """

    __slots__ = ("array",)

    def __init__(self, array: pa.Array) -> None:
        self.array = array

    @staticmethod
    def of(texts: Iterable[str | None]) -> Texts:
        """From texts that are there already."""
        return Texts(text_array(list(texts)))

    @staticmethod
    def of_chunks(column: pa.ChunkedArray) -> Texts:
        """From a column of Arrow's, of any type of text."""
        import pyarrow as pa

        whole = column.cast(pa.large_string())
        return Texts(
            whole.chunk(0) if whole.num_chunks == 1 else pa.concat_arrays(whole.chunks or [Texts.of([]).array])
        )

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> Texts: ...
    def __getitem__(self, at: int | slice) -> str | Texts | None:
        if not isinstance(at, slice):
            text: str | None = self.array[range(len(self))[at]].as_py()
            return text
        start, stop, step = at.indices(len(self))
        if step == 1:
            return Texts(self.array.slice(start, max(stop - start, 0)))
        return self.take(np.arange(start, stop, step))

    def __iter__(self) -> Iterator[str | None]:
        for start in range(0, len(self), _CHUNK):
            yield from self.array.slice(start, _CHUNK).to_pylist()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Texts):
            return bool(self.array.equals(other.array))
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    @property
    def lacks_some(self) -> bool:
        """Whether an item has no text."""
        return bool(self.array.null_count)

    def take(self, rows: NDArray[np.intp]) -> Texts:
        """The texts of some items."""
        return Texts(self.array.take(number_array(rows)))

    def distinct(self) -> tuple[Codes, Texts]:
        """For each item the number of its text (-1: none), numbered by first appearance; and the texts by these numbers."""
        found = self.array.dictionary_encode()
        codes = numbers_of(found.indices.fill_null(-1) if found.indices.null_count else found.indices)
        return codes.astype(np.int32, copy=False), Texts(found.dictionary)

    def bytes(self) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Where each text begins among the bytes (UTF-8), and behind them the end of the last one; and the bytes."""
        if not len(self):
            return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
        _, offsets, data = self.array.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[self.array.offset : self.array.offset + len(self) + 1]
        return ends, np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)


Values: TypeAlias = Texts | list[Any]
"""A column: texts, or anything else."""


def joined(parts: Sequence[Values]) -> Values:
    """Parts of a column, one behind the other: texts where all of them are."""
    texts = [part for part in parts if isinstance(part, Texts)]
    if len(texts) < len(parts):
        return [value for part in parts for value in to_list(part)]
    import pyarrow as pa

    return Texts(pa.concat_arrays([part.array for part in texts]))


def to_list(column: Values) -> list[Any]:
    """The values of a column as a list."""
    return column.array.to_pylist() if isinstance(column, Texts) else column


def taken(column: Values, rows: NDArray[np.intp]) -> Values:
    """The values of some rows."""
    return column.take(rows) if isinstance(column, Texts) else [column[row] for row in rows.tolist()]


def characters(value: Any) -> int:
    """Characters of a text, or of all texts of a column or a list."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Texts):
        from pyarrow import compute

        return int(compute.sum(compute.utf8_length(value.array)).as_py() or 0)
    return sum(map(characters, value)) if isinstance(value, list | tuple) else 0


def coded(column: Values, read: Callable[[Any], Any] | None = None) -> Coded:
    """The values by code, each read once; None is none. Values of one code are equal before they are read.

    Args:
        column: The values.
        read: What a value becomes; None: itself. What it raises is not caught.
    """
    if not isinstance(column, Texts):
        return Coded.of(column if read is None else map(read, column))
    codes, texts = column.distinct()
    if read is None:
        return Coded(codes, tuple(texts))
    found = Coded.of(map(read, texts))
    return found if len(codes) == 0 else _composed(codes, found, read if column.lacks_some else None)


def _composed(codes: Codes, found: Coded, read: Callable[[Any], Any] | None) -> Coded:
    """The values of codes of codes; ``read`` says what the absence of a value becomes."""
    if read is None:
        return Coded(found.codes[codes], found.values)
    absent = read(None)
    values = found.values if absent is None else (*found.values, absent)
    return Coded(np.append(found.codes, np.int32(-1 if absent is None else len(values) - 1))[codes], values)


def first_rows(codes: NDArray[Any]) -> NDArray[np.intp]:
    """The first row of each code from 0 to the highest (k)."""
    found = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.intp)
    there = np.flatnonzero(codes >= 0)[::-1]
    found[codes[there]] = there
    return found
