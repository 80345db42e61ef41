"""Answers of a whole file from its columns: labels with their scores, and numbers, each value that occurs matched once.

The meaning of a cell is that of `answers` and `rows`, whose functions are asked; where a file has what they would refuse, or what is not
told by columns alone, there is no table, and they read it row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchwright.arrow_arrays import codes as codes_of
from benchwright.arrow_arrays import is_there, numbers
from benchwright.coded import Coded, Floats, of_numbers
from benchwright.errors import PredictionsError
from benchwright.example_table import ExampleTable
from benchwright.prediction_table import PredictionTable
from benchwright.types import ClassificationTask, Example, RegressionTask, Task

from .label_matching import SETS, LabelMatcher

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = ("value", "prediction", "score", "label", "answer")
"""Fields in which a number may stand."""
_PLACES = ("id", "index", "idx")
WANTED = frozenset({*_PLACES, *SETS, *NUMBERS, "scores", "error", "passage"})
"""Columns that are looked at."""
_MOST_DIGITS = 18


class _LookAtRows(Exception):
    """Something that columns do not tell."""


class ItemPlaces:
    """The items of a split by what a file may call them; each is made when it is first asked for."""

    def __init__(self, items: Sequence[Example]) -> None:
        self.items = items

    def __len__(self) -> int:
        """Items."""
        return len(self.items)

    @cached_property
    def ids(self) -> list[str]:
        """Of each item."""
        if isinstance(self.items, ExampleTable):
            return self.items.ids()
        return [item.id for item in self.items]

    @cached_property
    def keys(self) -> list[str | None]:
        """The data's own ids, None where an item has none; empty where none has one."""
        if isinstance(self.items, ExampleTable):
            keys = [] if self.items.official_ids is None else list(self.items.official_ids)
        else:
            keys = [item.official_id for item in self.items]
        return keys if any(key is not None for key in keys) else []

    @cached_property
    def are_counted(self) -> bool:
        """Whether the items are called by their places from 0 on."""
        if isinstance(self.items, ExampleTable):
            return bool(np.array_equal(self.items.rows, np.arange(len(self.items))))
        return all(item.index == at for at, item in enumerate(self.items))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.ids)}

    def places_of(self, examples: Sequence[Example]) -> NDArray[np.intp]:
        """The place of each of some items."""
        if (
            isinstance(examples, ExampleTable)
            and isinstance(self.items, ExampleTable)
            and examples.name == self.items.name
        ):
            found = np.searchsorted(self.items.rows, examples.rows)
            if self._ascend and np.array_equal(self.items.rows[np.minimum(found, len(self) - 1)], examples.rows):
                return found
        return np.array([self._places[example.id] for example in examples], dtype=np.intp)

    @cached_property
    def _ascend(self) -> bool:
        """Whether the items of a table stand in the order of their numbers."""
        return isinstance(self.items, ExampleTable) and bool((np.diff(self.items.rows) > 0).all())


def can_be_columns(task: Task) -> bool:
    """Whether answers to a task may be read as columns: one label or one number for each item."""
    is_plain = isinstance(task, ClassificationTask | RegressionTask) and not task.multilabel
    return is_plain and not task.behaviour and not task.view_of


def answer_table(table: pa.Table, items: ItemPlaces, matcher: LabelMatcher) -> PredictionTable | None:
    """The predictions of a file, in the order of the split; None where its rows have to be looked at one by one."""
    import pyarrow as pa

    try:
        columns = _Columns(table)
        if columns.has("passage"):
            return None
        order = np.argsort(_places(columns, items))
        answered = _labels(columns, matcher) if matcher.task.single_label else _numbers(columns)
        return answered.take(order)
    except (_LookAtRows, PredictionsError, pa.ArrowException, ValueError):  # a text that is no UTF-8
        return None


def count_disagreements(answered: PredictionTable, task: Task) -> tuple[int, int]:
    """How many labels differ from the one of the highest score (a tie is no difference), and of how many."""
    if answered.scores is None or not task.single_label:
        return 0, 0
    there = answered.outputs.codes >= 0
    names = task.label_names
    places = np.array([names.index(value) for value in answered.outputs.values], dtype=np.intp)
    scores = answered.scores[there]
    own = scores[np.arange(len(scores)), places[answered.outputs.codes[there]]]
    return int((own < scores.max(axis=1)).sum()), len(scores)


class _Columns:
    """Columns of a file by name; those without any value are not there."""

    def __init__(self, table: pa.Table) -> None:
        self.rows = table.num_rows
        found = {name: table.column(name) for name in table.column_names if name in WANTED}
        self._known = {
            name: column.combine_chunks() for name, column in found.items() if column.null_count < len(column)
        }
        if not self.rows:
            raise _LookAtRows

    def has(self, name: str) -> bool:
        return name in self._known

    def coded(self, name: str) -> Coded:
        """Texts, whole numbers or truth values by code."""
        import pyarrow.types as pt

        array = self._known[name]
        if not (
            pt.is_string(array.type)
            or pt.is_large_string(array.type)
            or pt.is_integer(array.type)
            or pt.is_boolean(array.type)
        ):
            raise _LookAtRows
        found = array.dictionary_encode()
        return Coded(codes_of(found.indices), tuple(found.dictionary.to_pylist()))

    def whole_numbers(self, name: str) -> NDArray[np.int64]:
        """Whole numbers, or texts of ASCII digits, one in every row."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.types as pt

        array = self._known[name]
        if array.null_count:
            raise _LookAtRows
        if (
            pt.is_string(array.type)
            and not pc.all(pc.match_substring_regex(array, f"^[0-9]{{1,{_MOST_DIGITS}}}$")).as_py()
        ):
            raise _LookAtRows
        if not (pt.is_string(array.type) or pt.is_integer(array.type)):
            raise _LookAtRows
        return numbers(array.cast(pa.int64()), np.int64)

    def floats(self, name: str) -> tuple[Floats, NDArray[np.bool_]]:
        """Finite numbers, and in which rows there is one."""
        return _floats(self._known[name])

    def texts(self, name: str) -> pa.Array:
        """Ids as texts, one in every row."""
        import pyarrow as pa
        import pyarrow.types as pt

        array = self._known[name]
        if array.null_count or not (pt.is_string(array.type) or pt.is_integer(array.type)):
            raise _LookAtRows
        return array.cast(pa.string())

    def score_columns(self) -> list[tuple[str, pa.Array]] | None:
        """The scores by name, where every row with an answer has them; None where no row has."""
        import pyarrow.types as pt

        if not self.has("scores"):
            return None
        held = self._known["scores"]
        if not pt.is_struct(held.type):
            raise _LookAtRows
        names = [held.type.field(at).name for at in range(held.type.num_fields)]
        return list(zip(names, held.flatten(), strict=True))


def _floats(array: pa.Array) -> tuple[Floats, NDArray[np.bool_]]:
    import pyarrow as pa
    import pyarrow.types as pt

    if not (pt.is_float64(array.type) or pt.is_int64(array.type) or pt.is_string(array.type)):
        raise _LookAtRows
    try:
        found = array.cast(pa.float64())
    except pa.ArrowInvalid as error:
        raise _LookAtRows from error
    there = is_there(found)
    values = np.where(there, numbers(found, np.float64), 0.0)
    if not np.isfinite(values).all():
        raise _LookAtRows
    return values, there


def _places(columns: _Columns, items: ItemPlaces) -> NDArray[np.intp]:
    """The place among the items that each row answers, all of them once."""
    size = len(items)
    named = [name for name in _PLACES if columns.has(name)]
    if not named or columns.rows != size or (items.keys and named != ["id"]):
        raise _LookAtRows
    found = [_by_id(columns, items) if name == "id" else _by_index(columns, name, items) for name in named]
    if any(not np.array_equal(found[0], other) for other in found[1:]):
        raise _LookAtRows
    if (np.bincount(found[0], minlength=size) != 1).any():
        raise _LookAtRows
    return found[0]


def _by_index(columns: _Columns, name: str, items: ItemPlaces) -> NDArray[np.intp]:
    given = columns.whole_numbers(name)
    if not items.are_counted or given.min() < 0 or given.max() >= len(items):
        raise _LookAtRows
    return given.astype(np.intp)


def _by_id(columns: _Columns, items: ItemPlaces) -> NDArray[np.intp]:
    import pyarrow as pa
    import pyarrow.compute as pc

    given = columns.texts("id")
    found = codes_of(pc.index_in(given, value_set=pa.array(items.ids, pa.string())))
    if (found < 0).any() and items.keys:
        by_key = codes_of(pc.index_in(given, value_set=pa.array(items.keys, pa.string()), skip_nulls=True))
        found = np.where(found < 0, by_key, found)
    if (found < 0).any():
        raise _LookAtRows
    return found.astype(np.intp)


def _errors(columns: _Columns) -> Coded | None:
    """Why rows have no answer; None where all have one."""
    if not columns.has("error"):
        return None
    told = columns.coded("error")
    if not all(isinstance(reason, str) for reason in told.values):
        raise _LookAtRows
    empty = np.array([not reason.strip() for reason in told.values], dtype=np.bool_)
    codes = np.where((told.codes >= 0) & ~empty[told.codes], told.codes, -1).astype(np.int32)
    return Coded(codes, told.values) if (codes >= 0).any() else None


def _labels(columns: _Columns, matcher: LabelMatcher) -> PredictionTable:
    names, errors = matcher.names, _errors(columns)
    asked = np.ones(columns.rows, dtype=np.bool_) if errors is None else errors.codes < 0
    scores = _scores(columns, matcher, asked)
    codes = np.full(columns.rows, -1, dtype=np.int32)
    for field in SETS:
        if columns.has(field):
            codes = _agreed(codes, _label_codes(columns.coded(field), matcher, asked))
    silent = asked & (codes < 0)
    if silent.any():
        if scores is None:
            raise _LookAtRows
        codes[silent] = scores[silent].argmax(axis=1)
    return PredictionTable(Coded(np.where(asked, codes, -1).astype(np.int32), names), scores, errors=errors)


def _agreed(first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.int32]:
    """What two fields say together, where either says something."""
    if ((first >= 0) & (second >= 0) & (first != second)).any():
        raise _LookAtRows
    return np.where(first >= 0, first, second)


def _label_codes(given: Coded, matcher: LabelMatcher, asked: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number of the task's label in each row that is asked, -1 where there is none."""
    used = np.unique(given.codes[asked & (given.codes >= 0)])
    known = np.full(len(given.values) + 1, -1, dtype=np.int32)
    for code in used.tolist():
        known[code] = matcher.names.index(matcher.label(given.values[code], ""))
    found: NDArray[np.int32] = known[given.codes]
    return found


def _scores(columns: _Columns, matcher: LabelMatcher, asked: NDArray[np.bool_]) -> Floats | None:
    """A score of each label for every row that is asked (n, k)."""
    given = columns.score_columns()
    if given is None:
        return None
    order: list[Any] | None = matcher.scores({name: at for at, (name, _) in enumerate(given)}, "")
    assert order is not None
    found = np.zeros((columns.rows, len(order)))
    for label, at in enumerate(order):
        values, there = _floats(given[at][1])
        if not there[asked].all():
            raise _LookAtRows
        found[:, label] = values
    return found


def _numbers(columns: _Columns) -> PredictionTable:
    errors = _errors(columns)
    asked = np.ones(columns.rows, dtype=np.bool_) if errors is None else errors.codes < 0
    values, there = np.zeros(columns.rows), np.zeros(columns.rows, dtype=np.bool_)
    for field in NUMBERS:
        if columns.has(field):
            own, is_own = columns.floats(field)
            if (values != own)[there & is_own & asked].any():
                raise _LookAtRows
            values, there = np.where(there, values, own), there | is_own
    if not there[asked].all():
        raise _LookAtRows
    found = of_numbers(values)
    return PredictionTable(Coded(np.where(asked, found.codes, -1).astype(np.int32), found.values), errors=errors)
