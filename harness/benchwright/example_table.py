"""The items of a split in columns; an `Example` is made when one is asked for.

A split of a million rows is then a few arrays: what counts, hashes, groups or writes items reads the columns, what asks a model
reads a shard of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded
from benchwright.text_columns import Values, taken, to_list
from benchwright.types import Example

_CHUNK = 1024
"""Examples that are made together when a large table is walked."""
_FEW = 8192
"""Up to so many examples are kept once they are made."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ExampleTable(Sequence[Example]):
    """Items (n) in the order of their file; every column has n values, and None stands for a column that is not there.

    Attributes:
        name: Of the task; ids are ``name/row``.
        rows: 0-based row of the split of each item, ``Example.index``.
        inputs: Input name -> its values, in the order of ``Task.inputs``.
        targets: Gold answers.
        strict: Of tags, as `Example.strict`.
        slices: Slice name -> the value of each item, in the order in which an example has them.
        clusters: Cluster keys.
        official_ids: The items' own ids.
        groups: What items are judged together in.
        metadata: Name -> what a metric must know of each item.
        rationales: Marked parts, as `Example.rationale`.
    """

    name: str
    rows: NDArray[np.int64]
    inputs: Mapping[str, Values]
    targets: Coded | None = None
    strict: list[Any] | None = None
    slices: Mapping[str, Coded] = field(default_factory=dict)
    clusters: Coded | None = None
    official_ids: Values | None = None
    groups: Coded | None = None
    metadata: Mapping[str, Coded] = field(default_factory=dict)
    rationales: list[Any] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, at: int) -> Example: ...
    @overload
    def __getitem__(self, at: slice) -> ExampleTable: ...
    def __getitem__(self, at: int | slice) -> Example | ExampleTable:
        if isinstance(at, slice):
            return self._of(at) if at.step in (None, 1) else self.take(np.arange(len(self))[at])
        row = range(len(self))[at]
        return self._few[row] if len(self) <= _FEW else next(_made(self._of(slice(row, row + 1))))

    def __iter__(self) -> Iterator[Example]:
        if len(self) <= _FEW:
            yield from self._few
            return
        for start in range(0, len(self), _CHUNK):
            yield from _made(self._of(slice(start, start + _CHUNK)))

    @cached_property
    def _few(self) -> list[Example]:
        """Every example, where there are no more than a shard of them: what asks a model looks at each several times."""
        return list(_made(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(_are_equal, self, other))

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def ids(self) -> list[str]:
        """The id of each item."""
        return [f"{self.name}/{row}" for row in self.rows.tolist()]

    def take(self, places: NDArray[np.intp] | Sequence[int]) -> ExampleTable:
        """Some items, in that order, called as they are here."""
        at = np.asarray(places, dtype=np.intp)
        return replace(
            self,
            rows=self.rows[at],
            inputs={name: taken(values, at) for name, values in self.inputs.items()},
            targets=_rows_of(self.targets, at),
            strict=_list_of(self.strict, at),
            slices={name: values.take(at) for name, values in self.slices.items()},
            clusters=_rows_of(self.clusters, at),
            official_ids=None if self.official_ids is None else taken(self.official_ids, at),
            groups=_rows_of(self.groups, at),
            metadata={name: values.take(at) for name, values in self.metadata.items()},
            rationales=_list_of(self.rationales, at),
        )

    def blind(self) -> ExampleTable:
        """The items as a model sees them: without gold answers, and without what tells of them."""
        return replace(self, targets=None, strict=None, rationales=None)

    def _of(self, part: slice) -> ExampleTable:
        """Items that stand together; columns are not copied."""
        return replace(
            self,
            rows=self.rows[part],
            inputs={name: values[part] for name, values in self.inputs.items()},
            targets=_part_of(self.targets, part),
            strict=None if self.strict is None else self.strict[part],
            slices={name: Coded(values.codes[part], values.values) for name, values in self.slices.items()},
            clusters=_part_of(self.clusters, part),
            official_ids=None if self.official_ids is None else self.official_ids[part],
            groups=_part_of(self.groups, part),
            metadata={name: Coded(values.codes[part], values.values) for name, values in self.metadata.items()},
            rationales=None if self.rationales is None else self.rationales[part],
        )


def blinded(examples: Sequence[Example]) -> Sequence[Example]:
    """Items as a model sees them: without gold answers, and without what tells of them."""
    import msgspec

    if isinstance(examples, ExampleTable):
        return examples.blind()
    hidden = {"target": None, "strict": None, "rationale": None, "edits": None}
    return tuple(msgspec.structs.replace(example, **hidden) for example in examples)


def _are_equal(one: object, other: object) -> bool:
    return one == other


def _mappings(columns: Mapping[str, Coded], size: int) -> list[dict[str, Any]]:
    """Of each item what the columns hold of it, by their names; what a column lacks is not in it, and equal items share theirs."""
    if not columns:
        return [{} for _ in range(size)]
    known: dict[tuple[int, ...], dict[str, Any]] = {}
    found = []
    for codes in zip(*(column.codes.tolist() for column in columns.values()), strict=True):
        if codes not in known:
            row = zip(columns.items(), codes, strict=True)
            known[codes] = {name: column.values[code] for (name, column), code in row if code >= 0}
        found.append(known[codes])
    return found


def _values_of(column: Coded | None) -> list[Any] | None:
    """The value of each item; of a few items of many values, in the time of the few."""
    if column is None:
        return None
    values = column.values
    return [None if code < 0 else values[code] for code in column.codes.tolist()]


def _part_of(column: Coded | None, part: slice) -> Coded | None:
    return None if column is None else Coded(column.codes[part], column.values)


def _rows_of(column: Coded | None, rows: NDArray[np.intp]) -> Coded | None:
    return None if column is None else column.take(rows)


def _list_of(column: list[Any] | None, rows: NDArray[np.intp]) -> list[Any] | None:
    return None if column is None else [column[row] for row in rows.tolist()]


def _made(table: ExampleTable) -> Iterator[Example]:
    """Every item as an example."""
    nothing = [None] * len(table)
    names = tuple(table.inputs)
    columns = zip(
        table.rows.tolist(),
        zip(*map(to_list, table.inputs.values()), strict=True) if names else [()] * len(table),
        _values_of(table.targets) or nothing,
        table.strict or nothing,
        _mappings(table.slices, len(table)),
        _values_of(table.clusters) or nothing,
        nothing if table.official_ids is None else to_list(table.official_ids),
        _values_of(table.groups) or nothing,
        _mappings(table.metadata, len(table)),
        table.rationales or nothing,
        strict=True,
    )
    for index, inputs, target, strict, slices, cluster, official_id, group, metadata, rationale in columns:
        yield Example(
            id=f"{table.name}/{index}",
            index=index,
            inputs=dict(zip(names, inputs, strict=True)),
            target=target,
            strict=strict,
            slices=slices,
            cluster=cluster,
            official_id=official_id,
            group=group,
            metadata=metadata,
            rationale=rationale,
        )
