"""Paired records: the same items answered by several models; metric values, bootstrap draws, rightness of answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from benchwright import registry
from benchwright.answers import HasColumns, answers_of, same_items, some_of
from benchwright.comparison.cases import CaseCounts, applicable_to_all, case_rows, whole_cases
from benchwright.errors import NotComparable
from benchwright.items import noun
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.gathering import gather, gather_rows
from benchwright.metrics.metric import Metric
from benchwright.metrics.resample import DrawnTogether, Resamples, leave_each_out
from benchwright.quantities import Quantity, members_of, quantity_of
from benchwright.slicing import label_word, slices_in
from benchwright.stats.bootstrap_difference import MANY_UNITS
from benchwright.types import CellResult, Record, Task

RESAMPLES = 10_000


@dataclass(frozen=True, eq=False)
class PairedRecords:
    """One task and the items that all models answered, in dataset order.

    Attributes:
        path: ``suite/task``.
        task: The card; metrics and their versions are those of today.
        names: Name of each model.
        cells: The stored cell of each model.
        records: Records of each model over the same items.
        columns: The same as columns, one for each model.
        left_out: Number of items that some model did not answer.
        flags: Notes for the reader.
        own: Metrics in place of the card's: those of one label, on a slice ``label=NAME`` or ``type=NAME``.
        about: Number of items whose gold answer has that label; None: the pairing covers all of its items.
        cases: Of a behavioural task under several models: how many cases are applicable to each and compared; else None.
        pool: Draws of these and other models together, where every pair of them is asked for; None: these are drawn alone.
    """

    path: str
    task: Task
    names: tuple[str, ...]
    cells: tuple[CellResult, ...]
    records: tuple[Sequence[Record], ...]
    columns: tuple[Columns, ...]
    left_out: int = 0
    seed: int = 0
    resamples: int = RESAMPLES
    flags: tuple[str, ...] = ()
    own: tuple[Metric, ...] = ()
    about: int | None = None
    cases: CaseCounts | None = None
    pool: DrawnTogether | None = None
    _memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the card names."""
        return self.own or self.columns[0].remember(
            "metrics of the card", lambda: tuple(registry.get("metrics", name) for name in self.task.metrics)
        )

    @property
    def n(self) -> int:
        """Items."""
        return self.columns[0].n

    @property
    def size(self) -> int:
        """Items; of a behavioural task, cases."""
        return len(case_rows(self.columns[0])) if self.task.behaviour else self.n

    def counted(self, metric: str) -> tuple[int, str]:
        """Sample size of a metric or of ``score``, and its unit: questions, gold entities, examples."""
        members = members_of(metric, self.task)
        found = self.metric(members[0]) if len(members) == 1 else None
        if found is None or found.counts is None or not self.n:
            return self.n, noun(self.task)
        return next(iter(found.counts(self.columns[0]).values())), found.unit

    @property
    def n_clusters(self) -> int:
        """Independent units: clusters, or items."""
        return self.columns[0].n_clusters

    def value(self, model: int, metric: str) -> float:
        """A model's value of a metric over the common items, or of ``score``; NaN where undefined.

        Raises:
            NotComparable: The task has no such metric, or its score is a mean of what has none.
        """
        if metric == "score":
            return float(np.mean([self.value(model, name) for name in self.quantity(metric).members]))
        found, columns = self.metric(metric), self.columns[model]
        return columns.remember(("value", found), lambda: float(found.value(columns)))

    def metric(self, name: str) -> Metric:
        """The metric of that name. Raises NotComparable where the task does not have it."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        where = f"{self.path} by {label_word(self.task)}" if self.own else self.path
        raise NotComparable(
            f"{where} has no metric {name!r}",
            expected=f"one of: score, {', '.join(self.task.metrics)}",
            hint=registry.suggest(name, self.task.metrics) or "use one of these",
        )

    def quantity(self, metric: str) -> Quantity:
        """The quantity (title, unit, direction, range) of a metric or of ``score``. Raises NotComparable, as `value`."""
        members = members_of(metric, self.task)
        for name in members:
            self.metric(name)
        return self.columns[0].remember(("quantity", metric, members), lambda: quantity_of(metric, self.task))

    def draws(self, metric: str) -> Floats:
        """Values (models, resamples) over the same bootstrap resamples of units, shared by all metrics."""
        if metric == "score":
            members = self.quantity(metric).members
            if len(members) == 1:
                return self.draws(members[0])
            mean: Floats = self.remember("score", lambda: np.mean([self.draws(name) for name in members], axis=0))
            return mean
        found, drawn = self.metric(metric), self._together(self.metric(metric))
        made: Resamples = self.remember(("draws", drawn[0].name), lambda: self._resamples(drawn))
        with np.errstate(all="ignore"):
            return made.values(found)

    def _together(self, metric: Metric) -> list[Metric]:
        """Metrics that share one bootstrap: all that need resamples; others are resampled alone on request."""
        if metric.influence is not None:
            return [metric]
        return [one for one in self.metrics if one.influence is None]

    def without_one(self, metric: str) -> Floats | None:
        """Values (models, units) of a metric, or of ``score``, without each unit; None from `MANY_UNITS` units on."""
        if self.n_clusters >= MANY_UNITS or self.n_clusters < 2:
            return None
        members = self.quantity(metric).members
        found: Floats = np.mean([self._without_one(self.metric(name)) for name in members], axis=0)
        return found

    def _without_one(self, metric: Metric) -> Floats:
        if self.pool is not None and self.pool.holds(self.columns, self.resamples, self._start):
            return self.pool.without_one(self.columns, metric)
        drawn = self._together(metric)
        key = ("without one", drawn[0].name)
        table: Floats = self.remember(key, lambda: leave_each_out(list(self.columns), drawn))
        return table[:, [m.name for m in drawn].index(metric.name)]

    def is_identical(self, first: int, second: int) -> bool:
        """Whether two models gave identical answers to all items."""
        one, other = self.columns[first], self.columns[second]
        return bool(one.outputs == other.outputs)

    def _resamples(self, metrics: list[Metric]) -> Resamples:
        return Resamples(self.columns, metrics, resamples=self.resamples, seed=self._start, pool=self.pool)

    @property
    def _start(self) -> tuple[int, ...]:
        return start_of(self.seed, self.path)

    def remember(self, key: Any, build: Any) -> Any:
        """The cached result of ``build`` under ``key``."""
        if key not in self._memory:
            self._memory[key] = build()
        return self._memory[key]


def start_of(seed: int, path: str) -> tuple[int, ...]:
    """Seed of the draws of a task."""
    import zlib

    return (seed, zlib.crc32(path.encode()))


@dataclass(frozen=True, kw_only=True)
class Replicates:
    """Positions, in paired records, of the models of one system: one model, or its seeds."""

    label: str
    models: tuple[int, ...]


def pair_records(
    path: str,
    task: Task,
    names: Sequence[str],
    cells: Sequence[CellResult],
    every: Sequence[Sequence[Record]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    slice: str | None = None,
    whole: dict[int, Columns] | None = None,
) -> PairedRecords:
    """Pair records (models, items) whose cells are known to be comparable. Raises NotComparable if items differ.

    Of a behavioural task: the cases that all models answered and that are applicable to all of them.
    """
    check_items(path, task, names, every)
    labelled, silent = labelled_items(every[0], task, slice), unanswered_items(every, task)
    if task.behaviour:
        found = _pair_cases(path, task, names, cells, every, labelled=labelled, silent=silent)
        return replace(found, seed=seed, resamples=resamples)
    kept = [at for at in labelled if at not in silent] if silent else labelled
    is_all = len(kept) == len(every[0])
    return PairedRecords(
        path=path,
        task=task,
        names=tuple(names),
        cells=tuple(cells),
        records=tuple(records if is_all else some_of(records, kept) for records in every),
        columns=tuple(_remembered(task, records, kept, None if silent else whole) for records in every),
        left_out=len(labelled) - len(kept),
        seed=seed,
        resamples=resamples,
    )


def _pair_cases(
    path: str,
    task: Task,
    names: Sequence[str],
    cells: Sequence[CellResult],
    every: Sequence[Sequence[Record]],
    *,
    labelled: Sequence[int],
    silent: frozenset[int],
) -> PairedRecords:
    """Paired records of whole cases; several models are paired on the cases that are applicable to all of them."""
    every = [list(records) for records in every]  # stored ones are made all at once, and slowly one by one
    kept = whole_cases(every[0], labelled, silent & set(labelled))
    columns = [gather(task, [records[at] for at in kept]).columns for records in every]
    lost = len({every[0][at].group for at in labelled}) - len({every[0][at].group for at in kept})
    counts = None
    if len(every) > 1:
        rows, counts = applicable_to_all(columns)
        if len(rows) < len(kept):
            kept, columns = [kept[at] for at in rows], [one.select(rows) for one in columns]
    return PairedRecords(
        path=path,
        task=task,
        names=tuple(names),
        cells=tuple(cells),
        records=tuple(tuple(records[at] for at in kept) for records in every),
        columns=tuple(columns),
        left_out=lost,
        cases=None if counts is None else replace(counts, unanswered=lost),
    )


def _are_same_items(task: Task, every: Sequence[Sequence[Record]]) -> bool:
    """Whether columns say that all models answered the same items; False where there are none to ask."""
    if not all(isinstance(records, HasColumns) for records in every):
        return False
    first, *others = (answers_of(task, records) for records in every)
    return all(same_items(first, other) for other in others)


def check_items(path: str, task: Task, names: Sequence[str], every: Sequence[Sequence[Record]]) -> None:
    """Raise NotComparable if ids, gold answers or clusters of the task differ between models."""
    first = every[0]
    if len(every) < 2 or _are_same_items(task, every):
        return
    known = [[getattr(record, part) for record in first] for part in ("id", "target", "cluster")]
    for name, records in zip(names[1:], every[1:], strict=True):
        same = (
            [record.id for record in records] == known[0]
            and [record.target for record in records] == known[1]
            and [record.cluster for record in records] == known[2]
        )
        if not same:
            raise NotComparable(
                f"{names[0]} and {name} cannot be compared on {path}: other items ({len(first):,} and {len(records):,})",
                expected="the same items with the same gold answers",
                hint="run both again on the same data",
            )


def labelled_items(records: Sequence[Record], task: Task, slice: str | None) -> Sequence[int]:
    """Positions of items with a gold label, in the slice."""
    if slice is None and isinstance(records, HasColumns):
        return answers_of(task, records).rows_with_gold
    return [
        at
        for at, record in enumerate(records)
        if record.target is not None and (slice is None or slice in slices_in(record.slices, task))
    ]


def unanswered_items(every: Sequence[Sequence[Record]], task: Task) -> frozenset[int]:
    """Positions of items that some model left unanswered."""
    if all(isinstance(records, HasColumns) for records in every):
        return frozenset().union(*(answers_of(task, some).unanswered_rows for some in every))
    return frozenset(
        at
        for records in every
        for at, record in enumerate(records)
        if record.error is not None or record.output is None
    )


def whole_columns(task: Task, every: Sequence[Sequence[Record]], whole: dict[int, Columns]) -> list[Columns]:
    """Columns of those models that answered every item with a gold answer; made once and held in ``whole``."""
    labelled = labelled_items(every[0], task, None)
    gold = set(labelled)
    return [
        _remembered(task, records, labelled, whole)
        for records in every
        if gold.isdisjoint(unanswered_items([records], task))
    ]


def _remembered(
    task: Task, records: Sequence[Record], kept: Sequence[int], whole: dict[int, Columns] | None
) -> Columns:
    if whole is None:
        return _columns(task, records, kept)
    if id(records) not in whole:
        whole[id(records)] = _columns(task, records, kept)
    return whole[id(records)]


def _columns(task: Task, records: Sequence[Record], kept: Sequence[int]) -> Columns:
    """Columns of the kept items; an incomplete group is dissolved, since its rest would be easier to get right."""
    in_columns = isinstance(records, HasColumns) and not task.behaviour
    if in_columns:
        found = gather_rows(answers_of(task, records), np.asarray(kept, dtype=np.intp))
    else:
        found = gather(task, [records[at] for at in kept]).columns
    if not found.group or len(kept) == len(records):
        return found
    left = sorted(set(range(len(records))).difference(kept))
    groups = answers_of(task, records).groups.to_list() if in_columns else [record.group for record in records]
    broken = {groups[at] for at in left}
    return replace(found, group=[None if group in broken else group for group in found.group])
