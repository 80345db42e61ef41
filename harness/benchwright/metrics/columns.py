"""Columns: the answered examples of one model on one task, and the rows of them that metrics sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded
from benchwright.errors import LabelError
from benchwright.stats.bootstrap import ClusterRows, merge_rows, sum_by_cluster
from benchwright.types import Task

T = TypeVar("T")
Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
"""Numbers of labels, clusters or rows, in the form in which NumPy indexes."""
Strict = Sequence[tuple[str, int, int]]
"""Entities of one sentence: type, first word, end (not part of it)."""


@dataclass(frozen=True)
class CodedRows:
    """Terms that a metric sums: distinct rows (m, w), and for each item the number of its row (n)."""

    values: Floats
    codes: Codes


@dataclass(frozen=True, eq=False)
class Columns:
    """Answered examples with a gold label; everything derived is computed once. A column is a list, or `Coded`.

    Attributes:
        task: The task, for its labels.
        targets: Gold answers (n).
        outputs: Answers (n).
        scores: A number per label or option (n, k); None when the model gives none.
        clusters: Cluster of each item; None: it is independent of all others.
        slices: Slice name -> value of each item.
        group: Group that an item is judged with (n); None: no complete group. Empty if no item has one.
        strict: Of tags: the entities (type, start, end) of gold and prediction (n, 2) that are legal in the scheme they were
            written in, where the IOB2 tags say otherwise; None: as the tags say. Empty when no item has any.
        metadata: What a metric must know of each item besides (n); empty when no item has any.
        lacks: Of behavioural tests: whether the model lacks a label that is needed to judge an example (n); empty: it lacks none.
        rows_of_split: 0-based row of each item in the split (n), ascending; None: every row is here.
    """

    task: Task
    targets: Sequence[Any]
    outputs: Sequence[Any]
    scores: Floats | None = None
    clusters: Sequence[str | None] = field(default_factory=list)
    slices: Sequence[dict[str, str]] = field(default_factory=list)
    group: Sequence[str | None] = field(default_factory=list)
    strict: list[tuple[Strict | None, Strict | None]] = field(default_factory=list)
    rows_of_split: Codes | None = None
    lacks: list[bool] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    _memory: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.targets)

    @cached_property
    def cluster_codes(self) -> Codes | None:
        """Cluster of each item (n), numbered by first appearance; None if all items are independent."""
        clusters = self.clusters if isinstance(self.clusters, Coded) else Coded.of(self.clusters)
        if (clusters.codes < 0).all():
            return None
        if len(set(clusters.values)) < len(clusters.values):
            clusters = Coded.of(clusters)
        alone = len(clusters.values) + np.arange(self.n)
        _, firsts, codes = np.unique(
            np.where(clusters.codes < 0, alone, clusters.codes), return_index=True, return_inverse=True
        )
        by_appearance = np.empty(len(firsts), dtype=np.intp)
        by_appearance[np.argsort(firsts)] = np.arange(len(firsts))
        return None if len(firsts) == self.n else by_appearance[codes]

    @property
    def n_clusters(self) -> int:
        """Number of independent units: clusters, or items."""
        codes = self.cluster_codes
        return self.n if codes is None else int(codes.max()) + 1

    @property
    def places(self) -> Codes:
        """0-based row of each item in the split (n); rows without an answer or a gold label leave gaps."""
        return np.arange(self.n) if self.rows_of_split is None else self.rows_of_split

    @cached_property
    def gold(self) -> Codes:
        """Label number of each target (n). Raises LabelError for a name the task does not have."""
        return self._numbered(self.targets, "target")

    @cached_property
    def predicted(self) -> Codes:
        """Label number of each output (n). Raises LabelError for a name the task does not have."""
        return self._numbered(self.outputs, "output")

    def _numbered(self, names: Sequence[Any], what: str) -> Codes:
        if not isinstance(names, Coded) or len(names.values) >= self.n or (names.codes < 0).any():
            return _codes(list(names), self.task, what)
        used = np.unique(names.codes)  # a value that only others gave may be no label
        numbers = np.zeros(len(names.values), dtype=np.intp)
        numbers[used] = _codes([names.values[code] for code in used.tolist()], self.task, what)
        found: Codes = numbers[names.codes]
        return found

    @cached_property
    def outputs_as_array(self) -> NDArray[np.object_]:
        """The outputs, as an array of objects (n)."""
        if isinstance(self.outputs, Coded):
            known = (*self.outputs.values, None)
            return np.fromiter(known, dtype=object, count=len(known))[self.outputs.codes]
        return np.fromiter(self.outputs, dtype=object, count=self.n)

    @cached_property
    def gold_numbers(self) -> Floats:
        """Targets as numbers (n)."""
        return np.asarray(self.targets, dtype=np.float64)

    @cached_property
    def predicted_numbers(self) -> Floats:
        """Outputs as numbers (n)."""
        return np.asarray(self.outputs, dtype=np.float64)

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """The cached result of ``build`` under ``key``."""
        if key not in self._memory:
            self._memory[key] = build()
        found: T = self._memory[key]
        return found

    def rows(self, basis: Basis) -> CodedRows:
        """Rows of a basis."""
        return self.remember(("rows", basis), lambda: basis(self))

    def cluster_rows(self, basis: Basis) -> ClusterRows:
        """Rows of the independent units, equal ones merged."""
        return self.remember(("units", basis), lambda: self._merged(self.rows(basis)))

    def _merged(self, rows: CodedRows) -> ClusterRows:
        """Independent items with one code are one row already."""
        if self.cluster_codes is not None:
            return merge_rows(sum_by_cluster(rows.values[rows.codes], self.cluster_codes))
        counts = np.bincount(rows.codes, minlength=len(rows.values))
        return merge_rows(rows.values[counts > 0], counts[counts > 0])

    def sums(self, basis: Basis) -> Floats:
        """Column sums of a basis over all items (w)."""
        rows = self.rows(basis)
        return self.remember(("sums", basis), lambda: np.bincount(rows.codes, minlength=len(rows.values)) @ rows.values)

    def select(self, items: Sequence[int]) -> Columns:
        """The columns of some items, in the order given; incomplete groups are dissolved, as in `gather`."""
        sizes, kept = Counter(self.group), Counter(self.group[item] for item in set(items)) if self.group else Counter()
        whole = {name for name, size in kept.items() if size == sizes[name]}
        rows = np.asarray(items, dtype=np.intp)
        return Columns(
            self.task,
            _some(self.targets, rows),
            _some(self.outputs, rows),
            None if self.scores is None else self.scores[rows],
            _some(self.clusters, rows),
            _some(self.slices, rows),
            [name if name in whole else None for name in _some(self.group, rows)],
            list(_some(self.strict, rows)),
            lacks=list(_some(self.lacks, rows)),
            metadata=list(_some(self.metadata, rows)),
        )


Basis = Callable[[Columns], CodedRows]
"""A module-level function that says what each item adds to the sums; metrics with one basis share its rows."""


def _some(column: Sequence[T], rows: Codes) -> Sequence[T]:
    """The values of some rows of a column; of none of an empty one."""
    if isinstance(column, Coded):
        return column.take(rows)
    return [column[row] for row in rows.tolist()] if column else []


def _codes(names: list[Any], task: Task, what: str) -> Codes:
    numbers = {name: number for number, name in enumerate(task.label_names)}
    try:
        return np.fromiter((numbers[name] for name in names), np.intp, len(names))
    except (KeyError, TypeError):
        strange = next(name for name in names if not isinstance(name, str) or name not in numbers)
        raise LabelError(
            f"the {what} {strange!r} is not a label of {task.name}",
            expected=f"one of: {', '.join(task.label_names)}",
            hint="map the model's label names to the task's",
        ) from None
