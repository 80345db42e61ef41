"""The answers of a whole cell as arrays: who is right, how far off, how sure, in which slices; without a `Record` for each item.

`answers_of(task, records)` takes records of any origin. Those of a store (`StoredRecords`) are read as columns; of others the columns
are made first. Both give the same.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from benchwright import kinds
from benchwright.coded import Coded, Flags, Floats, ScoreRows
from benchwright.types import Record, Task

Verdicts = NDArray[np.int8]

_PROBABILITY_SLACK = 1e-3
_OTHER_FORM = (TypeError, AttributeError, ValueError)
"""What judging raises where a gold answer or an answer is of another form than the kind's: it is not judged then."""


class ColumnSource(Protocol):
    """Where the columns of a cell come from; each is read when it is first asked for."""

    def __len__(self) -> int:
        """Items."""

    def texts(self, name: str) -> list[Any]:
        """The column ``id`` or ``official_id``."""

    def coded(self, name: str) -> Coded:
        """The column ``target``, ``output``, ``cluster``, ``group``, ``error`` or ``extra``."""

    def flags(self, name: str) -> Flags:
        """The column ``truncated``."""

    def scores(self) -> ScoreRows:
        """The column ``scores``."""

    def slices(self) -> dict[str, Coded]:
        """Slice name -> its value of each item."""


class HasColumns(ABC):
    """Records that know their columns, and give some of themselves without the others.

    A base class, since it is asked for many thousand times in a report: `isinstance` of a protocol looks through all of its members.
    """

    @abstractmethod
    def answers(self, task: Task) -> AnswerArrays:
        """The answers of the whole cell, from its columns."""

    @abstractmethod
    def pick(self, rows: Sequence[int]) -> list[Record]:
        """The records of some rows, in that order."""

    @abstractmethod
    def same_texts(self, other: object) -> bool | None:
        """Whether others carry the same texts; None: they have to be looked at."""


class AnswerArrays:
    """The answers of one model on one task, in dataset order; everything is computed when it is first asked for.

    Attributes:
        task: The card.
        n: Items.
        source: Where the columns come from.
    """

    def __init__(self, task: Task, source: ColumnSource) -> None:
        self.task, self.n, self.source = task, len(source), source

    @cached_property
    def ids(self) -> list[str]:
        """Id of each item."""
        return self.source.texts("id")

    @cached_property
    def names(self) -> list[str]:
        """Id of each item in outputs: its official one where the data have one, as `items.call` says."""
        official = self.source.texts("official_id")
        return [own if own is not None else id_ for own, id_ in zip(official, self.ids, strict=True)]

    @cached_property
    def targets(self) -> Coded:
        """Gold answers."""
        return self.source.coded("target")

    @cached_property
    def outputs(self) -> Coded:
        """Answers of the model."""
        return self.source.coded("output")

    @cached_property
    def clusters(self) -> Coded:
        """What items are resampled with."""
        return self.source.coded("cluster")

    @cached_property
    def groups(self) -> Coded:
        """What items are judged together in."""
        return self.source.coded("group")

    @cached_property
    def errors(self) -> Coded:
        """Why there is no answer."""
        return self.source.coded("error")

    @cached_property
    def extras(self) -> Coded:
        """Facts beside the answers, a mapping each; none where it is empty."""
        return self.source.coded("extra")

    @cached_property
    def slices(self) -> dict[str, Coded]:
        """Slice name -> the value of each item."""
        return self.source.slices()

    @cached_property
    def truncated(self) -> Flags:
        """Whether the model saw less than the whole."""
        return self.source.flags("truncated")

    @cached_property
    def errored(self) -> Flags:
        """Whether the model gave no answer, with a reason."""
        return self.errors.codes >= 0

    @cached_property
    def unanswered(self) -> Flags:
        """Whether there is no answer, for whatever reason."""
        return self.errored | (self.outputs.codes < 0)

    @cached_property
    def has_gold(self) -> Flags:
        """Whether there is a gold answer."""
        return self.targets.codes >= 0

    @cached_property
    def rows_with_gold(self) -> list[int]:
        """Positions of the items with a gold answer, ascending."""
        rows: list[int] = np.flatnonzero(self.has_gold).tolist()
        return rows

    @cached_property
    def unanswered_rows(self) -> frozenset[int]:
        """Positions of the items without an answer."""
        return frozenset(np.flatnonzero(self.unanswered).tolist())

    @cached_property
    def score_rows(self) -> ScoreRows:
        """Scores, as many as each item has."""
        return self.source.scores()

    @cached_property
    def scores(self) -> Floats | None:
        """Scores (n, k); None unless all items have the same number, at least one."""
        return self.score_rows.matrix()

    @cached_property
    def correct(self) -> Verdicts:
        """1: right, 0: wrong, -1: not judged, since there is no gold answer, no answer, or no right and wrong in this kind."""
        judge = kinds.of(self.task).is_correct
        judged = self.has_gold & ~self.unanswered
        found = np.full(self.n, -1, dtype=np.int8)
        if judge is None or not judged.any():
            return found

        def verdict(target: Any, output: Any) -> int:
            try:
                right = judge(target, output, self.task)
            except _OTHER_FORM:
                return -1
            return -1 if right is None else int(right)

        found[judged] = self._by_pair(verdict, judged)
        return found

    @cached_property
    def error_size(self) -> Floats:
        """How far each answer is from its target, 0 when right; NaN if undefined: errored, no gold answer, or no such distance."""
        judged = self.has_gold & ~self.errored
        found = np.full(self.n, np.nan)
        size = kinds.of(self.task).error_size

        def distance(target: Any, output: Any) -> float:
            try:
                far = size(target, output, self.task)
            except _OTHER_FORM:
                return math.nan
            return math.nan if far is None else far

        if judged.any():
            found[judged] = self._by_pair(distance, judged)
        return found

    @cached_property
    def confidence(self) -> Floats:
        """Probability that the model gives its own answer, in [0, 1]; NaN where its scores do not tell.

        Scores are taken for probabilities if they are in all items that have finite ones: none below 0, a sum of 1 up to 0.001; others
        go through softmax.
        """
        found = np.full(self.n, np.nan)
        for at, shares, places in self._shares:
            found[at] = shares[np.arange(len(at)), places]
        return found

    @cached_property
    def margin(self) -> Floats:
        """Probability of the model's own answer minus that of the next one, in [-1, 1]; NaN where its scores do not tell."""
        found = np.full(self.n, np.nan)
        for at, shares, places in self._shares:
            if shares.shape[1] > 1:
                others = shares.copy()
                others[np.arange(len(at)), places] = -np.inf
                found[at] = self.confidence[at] - others.max(axis=1)
        return found

    @cached_property
    def _shares(self) -> list[tuple[NDArray[np.intp], Floats, NDArray[np.intp]]]:
        """Items with equally many scores (m), the probabilities of these (m, k), and the place of each own answer among them (m)."""
        rows = self.score_rows
        ends = np.cumsum(rows.widths)
        parts = []
        for width in np.unique(rows.widths[rows.widths > 0]).tolist():
            at = np.flatnonzero(rows.widths == width)
            scores = rows.values[(ends[at] - width)[:, None] + np.arange(width)]
            finite = np.isfinite(scores).all(axis=1)
            parts.append((at[finite], scores[finite]))
        are_shares = all(_are_shares(scores) for _, scores in parts)
        own = self._own_places()
        found = []
        for at, scores in parts:
            places = own[at]
            known = (places >= 0) & (places < scores.shape[1])
            shares = scores if are_shares else _softmax(scores)
            found.append((at[known], shares[known], places[known]))
        return found

    def _own_places(self) -> NDArray[np.intp]:
        """Place of each answer among what is scored (n); -1: none."""
        place = kinds.of(self.task).position
        found = [place(output, self.task, None) for output in (*self.outputs.values, None)]
        return np.array([-1 if one is None else one for one in found], dtype=np.intp)[self.outputs.codes]

    def _by_pair(self, judge: Callable[[Any, Any], float], rows: Flags) -> Floats:
        """What ``judge`` says of the target and output of some items; a pair that occurs again is judged once."""
        targets, outputs = self.targets.codes[rows].astype(np.int64), self.outputs.codes[rows].astype(np.int64)
        width = len(self.outputs.values) + 1
        pairs, back = np.unique(targets * width + outputs + 1, return_inverse=True)
        answers = (None, *self.outputs.values)
        judged = [judge(self.targets.values[pair // width], answers[pair % width]) for pair in pairs.tolist()]
        found: Floats = np.array(judged, dtype=np.float64)[back]
        return found


def answers_of(task: Task, records: Sequence[Record]) -> AnswerArrays:
    """The answers of records as arrays; those of a store are read as columns, and no record is made."""
    return records.answers(task) if isinstance(records, HasColumns) else AnswerArrays(task, RecordColumns(records))


def pick(records: Sequence[Record], rows: Sequence[int]) -> list[Record]:
    """The records of some rows, in that order."""
    return records.pick(rows) if isinstance(records, HasColumns) else [records[row] for row in rows]


def some_of(records: Sequence[Record], rows: Sequence[int]) -> Sequence[Record]:
    """The records of some rows; those of a store are made when they are asked for."""
    if isinstance(records, _Chosen):
        return records.some(rows)
    if not isinstance(records, HasColumns):
        return [records[row] for row in rows]
    return records if len(rows) == len(records) and list(rows) == list(range(len(rows))) else _Chosen(records, rows)


class _Chosen(Sequence[Record]):
    """Some records of many, none of them made before it is asked for."""

    def __init__(self, records: HasColumns, rows: Sequence[int]) -> None:
        self._records, self._rows = records, rows

    def some(self, rows: Sequence[int]) -> _Chosen:
        """Some of these."""
        return _Chosen(self._records, [self._rows[row] for row in rows])

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Record: ...
    @overload
    def __getitem__(self, at: slice) -> list[Record]: ...
    def __getitem__(self, at: int | slice) -> Record | list[Record]:
        return self._records.pick(self._rows[at]) if isinstance(at, slice) else self._records.pick([self._rows[at]])[0]

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.pick(self._rows))


def same_items(first: AnswerArrays, second: AnswerArrays) -> bool:
    """Whether two models answered the same items: equal ids, gold answers and clusters, in the same order."""
    return (
        first.n == second.n
        and (first.ids is second.ids or first.ids == second.ids)
        and _are_equal(first.targets, second.targets)
        and _are_equal(first.clusters, second.clusters)
    )


def have_same_texts(first: Sequence[Record], second: Sequence[Record]) -> bool:
    """Whether two models read the same texts, as far as they were kept."""
    known = first.same_texts(second) if isinstance(first, HasColumns) else None
    if known is not None:
        return known
    return [one.extra.get("inputs") for one in first] == [one.extra.get("inputs") for one in second]


def _are_equal(first: Coded, second: Coded) -> bool:
    return first is second or first == second


class RecordColumns:
    """Columns made of records."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records

    def __len__(self) -> int:
        """Items."""
        return len(self.records)

    def texts(self, name: str) -> list[Any]:
        """A column of texts."""
        return [getattr(record, name) for record in self.records]

    def coded(self, name: str) -> Coded:
        """A column by code; ``extra`` has no texts, and none where it is empty."""
        if name != "extra":
            return Coded.of(getattr(record, name) for record in self.records)
        facts = ({key: fact for key, fact in record.extra.items() if key != "inputs"} for record in self.records)
        return _each([one or None for one in facts])

    def flags(self, name: str) -> Flags:
        """A column of truth values."""
        return np.array([getattr(record, name) for record in self.records], dtype=np.bool_)

    def scores(self) -> ScoreRows:
        """The scores."""
        return ScoreRows.of([record.scores for record in self.records])

    def slices(self) -> dict[str, Coded]:
        """The slices by name, in the order in which names first occur."""
        return slices_by_name([record.slices for record in self.records])


def _each(values: Sequence[Any]) -> Coded:
    """Codes of values that are not compared: each has a code of its own."""
    there = np.array([value is not None for value in values], dtype=np.bool_)
    codes = np.where(there, np.cumsum(there) - 1, -1).astype(np.int32)
    return Coded(codes, tuple(value for value in values if value is not None))


def slices_by_name(rows: Sequence[dict[str, str]]) -> dict[str, Coded]:
    """Slices of each item -> by name, in the order in which names first occur."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: Coded.of(row.get(name) for row in rows) for name in names}


def _are_shares(scores: Floats) -> bool:
    sums = np.abs(scores.sum(axis=1) - 1) < _PROBABILITY_SLACK
    return bool((scores.min(axis=1, initial=np.inf) >= 0).all() and sums.all())


def _softmax(scores: Floats) -> Floats:
    weights = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares
