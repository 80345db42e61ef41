"""Records of a finished cell as they lie in its table: arrays for the whole cell, records of chosen rows only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchwright.answers import AnswerArrays, HasColumns, slices_by_name
from benchwright.arrow_arrays import codes as codes_of
from benchwright.arrow_arrays import from_numbers, is_there, numbers, truths
from benchwright.coded import Coded, Flags, ScoreRows
from benchwright.store import record_table
from benchwright.types import Record, Task

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")

_PLAIN = ("cluster", "group", "error")
_OWN = ("output", "scores", "error", "extra", "truncated")
"""Columns in which models differ, unless they are empty."""
_KEPT = 4
"""Columns of a name that are held against those of the next cells."""


class SharedColumns:
    """Columns that are the same for all models of a task (ids, gold answers, slices): held once, and what is made of them made once."""

    def __init__(self) -> None:
        self._columns: dict[str, list[pa.ChunkedArray]] = {}
        self._known: dict[str, list[tuple[pa.ChunkedArray, Any]]] = {}

    def table(self, table: pa.Table) -> pa.Table:
        """The same table, made of the columns of earlier ones where they are equal."""
        for place, name in enumerate(table.column_names):
            column = table.column(name)
            if name not in _OWN or column.null_count == len(column):
                table = table.set_column(place, table.schema.field(name), self._held(name, column))
        return table

    def _held(self, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
        known = self._columns.setdefault(name, [])
        found = next((held for held in known if held.type == column.type and held.equals(column)), None)
        if found is None:
            known.insert(0, found := column)
            del known[_KEPT:]
        return found

    def of(self, name: str, column: pa.ChunkedArray, make: Callable[[], T]) -> T:
        """What was made of an equal column of that name before, else what ``make`` makes now."""
        known = self._known.setdefault(name, [])
        for at, (held, made) in enumerate(known):
            if held.type == column.type and held.equals(column):
                known.insert(0, known.pop(at))
                found: T = made
                return found
        fresh = make()
        known.insert(0, (column, fresh))
        del known[_KEPT:]
        return fresh


class StoredInputs:
    """The texts of a split by the ids of its items."""

    def __init__(self, table: pa.Table, order: Sequence[str]) -> None:
        self.table, self.order = table, order
        self._rows: dict[str, int] | None = None

    def of(self, ids: Sequence[str], rows: Sequence[int]) -> list[dict[str, Any] | None]:
        """The texts of items that have these ids and lie in these rows of their cell, in the order in which the model read them.

        Most often items lie in the same rows here, which is looked at first. None where the texts of an item were not kept.
        """
        import pyarrow as pa

        total = self.table.num_rows
        there = [row if row < total else 0 for row in rows]
        found = self.table.take(from_numbers(np.array(there, dtype=np.int64))) if total else self.table
        if found.column("id").to_pylist() != list(ids):
            places = [self._row_of(id_) for id_ in ids]
            found = self.table.take(pa.array(places, pa.int64()))  # a null place gives a null row
        texts = found.column("inputs").to_pylist()
        return [None if text is None else self._in_order(msgspec.json.decode(text)) for text in texts]

    def _row_of(self, id_: str) -> int | None:
        if self._rows is None:
            self._rows = {one: row for row, one in enumerate(self.table.column("id").to_pylist())}
        return self._rows.get(id_)

    def _in_order(self, found: dict[str, Any]) -> dict[str, Any]:
        """Files keep texts by name."""
        return {name: found[name] for name in (*self.order, *found) if name in found}


class StoredRecords(Sequence[Record], HasColumns):
    """The records of a finished cell, in dataset order; a row becomes a `Record` when it is asked for.

    Args:
        table: As `record_table.encode` made it.
        inputs: Texts of the items; None: records carry none.
        shared: What other models' columns were made into.
        message: What is told of a message of an error; None: the message as it is.

    Attributes:
        columns: The columns of the table.
    """

    def __init__(
        self,
        table: pa.Table,
        *,
        inputs: StoredInputs | None = None,
        shared: SharedColumns | None = None,
        message: Callable[[str], str] | None = None,
    ) -> None:
        shared = shared or SharedColumns()
        self.table, self.inputs, self.message = shared.table(table), inputs, message
        self.columns = TableColumns(self.table, shared, message)
        self._answers: AnswerArrays | None = None

    def __len__(self) -> int:
        """Items."""
        return int(self.table.num_rows)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> list[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | list[Record]:
        """One record, or some; only they are made."""
        rows = range(len(self))[at]
        return self.pick(rows) if isinstance(rows, range) else self.pick([rows])[0]

    def __iter__(self) -> Iterator[Record]:
        """Every record; they are made all at once, and not kept."""
        return iter(self._complete(record_table.decode(self.table), range(len(self))))

    def pick(self, rows: Sequence[int]) -> list[Record]:
        """The records of some rows, in that order."""
        if not len(rows):
            return []
        return self._complete(
            record_table.decode(self.table.take(from_numbers(np.asarray(rows, dtype=np.int64)))), rows
        )

    def answers(self, task: Task) -> AnswerArrays:
        """The answers of the whole cell, from its columns; kept for the card that was asked for last."""
        if self._answers is None or self._answers.task is not task:
            self._answers = AnswerArrays(task, self.columns)
        return self._answers

    def same_texts(self, other: object) -> bool | None:
        """True where both carry none, or those of the same file by the same ids; None: they have to be looked at."""
        if not isinstance(other, StoredRecords):
            return None
        if self.inputs is None or other.inputs is None:
            return True if self.inputs is other.inputs else None
        of_one = self.inputs.table is other.inputs.table and self.inputs.order == other.inputs.order
        return True if of_one and self.table.column("id").equals(other.table.column("id")) else None

    def _complete(self, records: list[Record], rows: Sequence[int]) -> list[Record]:
        """With the texts, and messages as they are to be told."""
        if self.message is not None:
            told = self.message
            records = [
                one if one.error is None else msgspec.structs.replace(one, error=told(one.error)) for one in records
            ]
        if self.inputs is None:
            return records
        texts = self.inputs.of([record.id for record in records], rows)
        return [
            record if found is None else msgspec.structs.replace(record, extra={**record.extra, "inputs": found})
            for record, found in zip(records, texts, strict=True)
        ]


class TableColumns:
    """Columns of a table of records (`benchwright.answers.ColumnSource`)."""

    def __init__(self, table: pa.Table, shared: SharedColumns, message: Callable[[str], str] | None) -> None:
        self.table, self.shared, self.message = table, shared, message
        self._made: dict[str, Any] = {}

    def __len__(self) -> int:
        """Items."""
        return int(self.table.num_rows)

    def texts(self, name: str) -> list[Any]:
        """A column of texts; None for each item where there is none."""
        return self._once(name, lambda column: column.to_pylist(), lambda: [None] * len(self))

    def coded(self, name: str) -> Coded:
        """A column by code."""
        found = self._once(
            name, lambda column: self._coded(name, column), lambda: Coded(np.full(len(self), -1, dtype=np.int32), ())
        )
        if name == "error" and self.message is not None:
            return Coded(found.codes, tuple(map(self.message, found.values)))
        return found

    def flags(self, name: str) -> Flags:
        """A column of truth values."""
        return self._once(name, _flags, lambda: np.zeros(len(self), dtype=np.bool_))

    def scores(self) -> ScoreRows:
        """The scores."""
        return self._once("scores", _score_rows, lambda: ScoreRows.of([None] * len(self)))

    def slices(self) -> dict[str, Coded]:
        """The slices by name."""
        return self._once("slices", _slices, dict)

    def _once(self, name: str, make: Callable[[pa.ChunkedArray], T], absent: Callable[[], T]) -> T:
        if name not in self.table.column_names:
            return absent()
        if name not in self._made:
            column = self.table.column(name)
            self._made[name] = make(column) if name in _OWN else self.shared.of(name, column, lambda: make(column))
        found: T = self._made[name]
        return found

    def _coded(self, name: str, column: pa.ChunkedArray) -> Coded:
        import pyarrow as pa

        if name in _PLAIN:
            return _by_dictionary(column, None)
        if name == "extra":
            return _by_dictionary(column, record_table.from_json)
        form = record_table.form_of(self.table)
        if pa.types.is_list(column.type) and not pa.types.is_nested(column.type.value_type):
            return _lists(column)
        if pa.types.is_nested(column.type) or pa.types.is_null(column.type):
            return Coded.of(record_table.answers(column, form, name))
        return _by_dictionary(column, record_table.unpacker(form))


def has_values(column: pa.ChunkedArray) -> Flags:
    """Whether there is a value in each row."""
    return is_there(column.combine_chunks())


def _by_dictionary(column: pa.ChunkedArray, unpack: Callable[[Any], Any] | None) -> Coded:
    coded = column.combine_chunks().dictionary_encode()
    known = coded.dictionary.to_pylist()
    return Coded(codes_of(coded.indices), tuple(known if unpack is None else map(unpack, known)))


def _lists(column: pa.ChunkedArray) -> Coded:
    """Lists of texts, as tuples; equal ones are one."""
    lists = column.combine_chunks()
    parts = lists.flatten().dictionary_encode()
    names, codes = parts.dictionary.to_pylist(), codes_of(parts.indices)
    names.append(None)  # a null in a list has the place -1
    there = lists.is_valid().to_pylist()
    ends = np.cumsum(_widths(lists)).tolist()
    texts = [names[code] for code in codes.tolist()]
    known: dict[tuple[Any, ...], int] = {}
    found: list[int] = []
    start = 0
    for is_list, end in zip(there, ends, strict=True):
        found.append(known.setdefault(tuple(texts[start:end]), len(known)) if is_list else -1)
        start = end
    return Coded(np.array(found, dtype=np.int32), tuple(known))


def _score_rows(column: pa.ChunkedArray) -> ScoreRows:
    lists = column.combine_chunks()
    values = lists.flatten()
    held = numbers(values, np.float64)
    return ScoreRows(_widths(lists), np.where(is_there(values), held, np.nan) if values.null_count else held)


def _widths(lists: pa.Array) -> NDArray[np.int64]:
    """Length of each list; 0 where there is none."""
    lengths = lists.value_lengths()
    held = numbers(lengths, np.int32)
    if not lengths.null_count and len(held) and (held == held[0]).all():
        return np.broadcast_to(np.int64(held[0]), len(held))  # most often: in no memory
    return np.where(is_there(lengths), held, 0).astype(np.int64)


def _flags(column: pa.ChunkedArray) -> Flags:
    return truths(column.combine_chunks())


def _slices(column: pa.ChunkedArray) -> dict[str, Coded]:
    """Most often each item has the same slices in the same order, which are then cut from one array."""
    maps = column.combine_chunks()
    rows = len(maps)
    if not rows or not len(maps.items):
        return {}
    many = len(maps.keys) // rows
    regular = not maps.offset and not maps.null_count and many * rows == len(maps.keys)
    if regular and (np.diff(numbers(maps.offsets, np.int32)) == many).all():
        keys = maps.keys.dictionary_encode()
        order = codes_of(keys.indices).reshape(rows, many)
        if (order == order[0]).all():
            items = maps.items.dictionary_encode()
            known, values = items.dictionary.to_pylist(), codes_of(items.indices).reshape(rows, many)
            names = keys.dictionary.to_pylist()
            return {names[name]: _compact(values[:, at], known) for at, name in enumerate(order[0].tolist())}
    return slices_by_name(record_table.slices(column))


def _compact(codes: NDArray[np.int32], known: Sequence[Any]) -> Coded:
    """Codes among the values that occur."""
    used, back = np.unique(codes, return_inverse=True)
    return Coded(back.astype(np.int32), tuple(known[code] for code in used.tolist()))
