"""Explanations as Parquet: a row for each item, its words and numbers in list columns, equal explanations giving equal bytes.

Columns: ``id``; ``error``; of the words ``input``, ``start``, ``end``; of the targets ``target`` (its name), ``full``, ``base``,
``values`` (targets x words), ``others`` (targets x seeds x words), ``is_judged`` and ``faithfulness.*``; ``queries.*``; and ``rest``, JSON
of whatever an `Explanation` holds besides. All numbers of an answer are float64.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from benchwright.documents import read_json_as
from benchwright.errors import BenchwrightError, StoreError
from benchwright.types import Attribution, Explanation, Faithfulness, QueryCount, Word

if TYPE_CHECKING:
    import pyarrow as pa

_FAITHFULNESS = tuple(name for name, type_ in Faithfulness.__annotations__.items() if "float" in type_)
"""Its numbers; anything else that it may come to hold stands in ``rest``."""
_OF_TARGETS = ("target", "full", "base", "values", "others", "is_judged", *(f"faithfulness.{n}" for n in _FAITHFULNESS))
_MAY_LACK = frozenset({"error", "base", *(f"faithfulness.{name}" for name in _FAITHFULNESS)})
"""Columns whose values, but not whose lists, may be nothing."""
_QUERIES = tuple(name for name, type_ in QueryCount.__annotations__.items() if type_ == "int")


def encode(explanations: Sequence[Explanation]) -> pa.Table:
    """Explanations as an Arrow table, in their order.

    Raises:
        BenchwrightError: A number is not finite, or an attribution has another number of values than the item has words.
    """
    import pyarrow as pa

    for one in explanations:
        if wrong := impossible(one):
            raise BenchwrightError(
                f"an explanation of {one.id} cannot be: {wrong}",
                expected="a finite number for each word, or no attribution and the error",
                hint="this is a mistake of the method: tell its author",
            )
    columns = {name: [read(one) for one in explanations] for name, (_, read) in _columns().items()}
    return pa.table(columns, schema=pa.schema([(name, type_) for name, (type_, _) in _columns().items()]))


def decode(table: pa.Table, ids: Collection[str] | None = None) -> list[Explanation]:
    """The explanations that `encode` was given, or those of some items.

    Raises:
        StoreError: The table holds none, or values that no explanation can have.
    """
    import pyarrow as pa

    for name, (type_, _) in _columns().items():
        if not _is_there(table, name, type_):
            raise _damaged(f"no column {name} of explanations, or several")
        if _lacks_values(table.column(name), may_lack=name in _MAY_LACK):
            raise _damaged(f"nothing in places of the column {name}")
    try:
        if ids is not None:
            wanted = set(ids)
            table = table.filter(pa.array([one in wanted for one in table.column("id").to_pylist()], pa.bool_()))
        found = list(_decoded(table))
        wrong = next((why for one in found if (why := impossible(one))), "")
    except (
        pa.ArrowException,
        ValueError,
        TypeError,
        AttributeError,
    ) as error:  # nulls, texts that are no UTF-8, lists of other lengths
        raise _damaged(f"explanations whose columns do not fit together: {error}") from error
    if wrong:
        raise _damaged(f"an explanation that cannot be: {wrong}")
    return found


def impossible(one: Explanation) -> str:
    """Why an explanation cannot be; empty where it can."""
    if min(getattr(one.queries, name) for name in _QUERIES) < 0:
        return "a number of queries below 0"
    for word in one.words:
        if not 0 <= word.start <= word.end < _LARGEST:
            return f"a word from {word.start} to {word.end}"
    for found in one.attributions:
        if {len(found.values), *map(len, found.others)} != {len(one.words)}:
            return f"{len(found.values)} values of {len(one.words)} words"
        numbers = (found.full, found.base or 0.0, *found.values, *(value for seed in found.others for value in seed))
        judged = (getattr(found.faithfulness, name, None) or 0.0 for name in _FAITHFULNESS)
        for number in (*numbers, *judged):
            if not abs(number) <= _MOST:
                return f"{number} for {found.target.name!r}"
    return ""


_LARGEST = 2**31
_MOST = 1e100
"""Numbers beyond are refused as infinities are: their squares have none, and means over items of them would be infinite."""


def _decoded(table: pa.Table) -> Iterator[Explanation]:
    columns = {name: _unpacked(table.column(name)) for name in _columns()}
    rests = [read_json_as(text, Explanation) for text in columns["rest"]]
    for row, rest in enumerate(rests):
        yield _explanation(rest, {name: column[row] for name, column in columns.items()})


def _explanation(rest: Explanation, cells: Mapping[str, Any]) -> Explanation:
    places = zip(cells["input"], cells["start"], cells["end"], strict=True)
    if not isinstance(cells["id"], str) or None in (*cells["input"], *cells["target"]):
        raise ValueError("an item, an input or a target without a name")
    if {len(rest.attributions)} != {len(cells[name]) for name in _OF_TARGETS}:
        raise ValueError("other targets than values")
    if [found.target.name for found in rest.attributions] != list(cells["target"]):
        raise ValueError("targets of two names")
    return msgspec.structs.replace(
        rest,
        id=cells["id"],
        error=cells["error"],
        words=tuple(Word(input=input_, start=start, end=end) for input_, start, end in places),
        attributions=tuple(_attribution(found, cells, at) for at, found in enumerate(rest.attributions)),
        queries=msgspec.structs.replace(rest.queries, **{name: cells[f"queries.{name}"] for name in _QUERIES}),
    )


def _attribution(rest: Attribution, cells: Mapping[str, Any], at: int) -> Attribution:
    """The one at a place among the targets of an item."""
    faithfulness = rest.faithfulness
    if cells["is_judged"][at] != (faithfulness is not None):
        raise ValueError("a faithfulness that was measured, and was not")
    if faithfulness is not None:
        judged = {name: cells[f"faithfulness.{name}"][at] for name in _FAITHFULNESS}
        faithfulness = msgspec.structs.replace(faithfulness, **judged)
    return msgspec.structs.replace(
        rest, **{name: cells[name][at] for name in ("full", "base", "values", "others")}, faithfulness=faithfulness
    )


def _columns() -> dict[str, tuple[pa.DataType, Callable[[Explanation], Any]]]:
    """Each column: its type, and what stands in it of an explanation."""
    import pyarrow as pa

    several = pa.list_(pa.float64())

    def of_targets(read: Callable[[Attribution], Any]) -> Callable[[Explanation], Any]:
        return lambda one: [read(found) for found in one.attributions]

    def of_words(name: str) -> Callable[[Explanation], Any]:
        return lambda one: [getattr(word, name) for word in one.words]

    def judged(name: str) -> Callable[[Explanation], Any]:
        return of_targets(lambda found: getattr(found.faithfulness, name, None))

    def asked(name: str) -> Callable[[Explanation], Any]:
        return lambda one: getattr(one.queries, name)

    return {
        "id": (pa.string(), lambda one: one.id),
        "error": (pa.string(), lambda one: one.error),
        "input": (pa.list_(pa.string()), of_words("input")),
        "start": (pa.list_(pa.int32()), of_words("start")),
        "end": (pa.list_(pa.int32()), of_words("end")),
        "target": (pa.list_(pa.string()), of_targets(lambda found: found.target.name)),
        "full": (several, of_targets(lambda found: found.full)),
        "base": (several, of_targets(lambda found: found.base)),
        "values": (pa.list_(several), of_targets(lambda found: found.values)),
        "others": (pa.list_(pa.list_(several)), of_targets(lambda found: found.others)),
        "is_judged": (pa.list_(pa.bool_()), of_targets(lambda found: found.faithfulness is not None)),
        **{f"faithfulness.{name}": (several, judged(name)) for name in _FAITHFULNESS},
        **{f"queries.{name}": (pa.int64(), asked(name)) for name in _QUERIES},
        "rest": (pa.string(), _rest),
    }


def _rest(one: Explanation) -> str:
    """Whatever has no column of its own."""
    bare = msgspec.structs.replace(
        one,
        id="",
        error=None,
        words=(),
        attributions=tuple(_bare(found) for found in one.attributions),
        queries=msgspec.structs.replace(one.queries, **dict.fromkeys(_QUERIES, 0)),
    )
    return msgspec.json.encode(bare, order="deterministic").decode()


def _bare(found: Attribution) -> Attribution:
    faithfulness = found.faithfulness
    if faithfulness is not None:
        faithfulness = msgspec.structs.replace(faithfulness, **dict.fromkeys(_FAITHFULNESS))
    return msgspec.structs.replace(found, values=(), others=(), full=0.0, base=None, faithfulness=faithfulness)


def _is_there(table: pa.Table, name: str, type_: pa.DataType) -> bool:
    return table.column_names.count(name) == 1 and bool(table.schema.field(name).type == type_)


def _lacks_values(column: pa.ChunkedArray, *, may_lack: bool) -> bool:
    """Whether a list of a column is nothing, or one of its values."""
    import pyarrow as pa

    arrays = column.chunks
    while arrays and pa.types.is_list(arrays[0].type):
        if any(array.null_count for array in arrays):
            return True
        arrays = [array.flatten() for array in arrays]
    return not may_lack and any(array.null_count for array in arrays)


def _unpacked(column: pa.ChunkedArray | pa.Array) -> Sequence[Any]:
    """A column as Python values, lists as tuples: cut from one array, many times faster than row by row."""
    import pyarrow as pa

    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_list(array.type) and not array.null_count:
        inner, offsets = _unpacked(array.values), array.offsets.to_numpy().tolist()
        return [tuple(inner[start:end]) for start, end in pairwise(offsets)]
    if pa.types.is_floating(array.type) and not array.null_count:
        numbers: list[float] = array.to_numpy(zero_copy_only=False).tolist()
        return numbers
    found: list[Any] = array.to_pylist()
    return found


def _damaged(what: str) -> StoreError:
    return StoreError(
        f"the stored table holds {what}",
        expected="an explanation in each row",
        hint="`benchwright store check` lists what is damaged; type the same `benchwright explain` again",
    )
