"""The same items answered by several models, or the reason why they are not the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

from benchwright import registry
from benchwright.comparison.sides import Side
from benchwright.errors import NotComparable, StoreError
from benchwright.items import noun
from benchwright.metrics.by_label import by_label
from benchwright.metrics.columns import Columns, Floats, Metric, gather
from benchwright.metrics.resample import leave_each_out, resample
from benchwright.quantities import Quantity, members_of, quantity_of
from benchwright.silence import wrong_where_silent
from benchwright.slicing import is_about, label_word, slices_in
from benchwright.stats.bootstrap_difference import MANY_UNITS
from benchwright.store import Store
from benchwright.types import CellKey, CellResult, Record, Run, Task

RESAMPLES = 10_000

_SAME = ("data", "split", "limit", "task", "kind", "inputs", "card")
"""Parts of two cell keys that must be equal for their records to be compared."""

_MEANING = {
    "data": "other data (content hash)",
    "split": "another split",
    "limit": "another --limit",
    "task": "another task",
    "kind": "another kind of task",
    "inputs": "other inputs",
    "card": "another card of the user's own data",
}


@dataclass(frozen=True, eq=False)
class Pairing:
    """One task and the items that all systems answered, in dataset order.

    Attributes:
        path: ``suite/task``.
        task: The card; metrics and their versions are those of today.
        names: What each system is called.
        cells: The stored cell of each system.
        records: Records of each system over the same items.
        columns: The same as columns, one for each system.
        left_out: Items that some system did not answer.
        flags: What a reader must know.
        own: Metrics in place of the card's: those about one label, on a slice ``label=NAME`` or ``type=NAME``.
        about: Items whose gold answer holds that label; None: the pairing is about all of its items.
    """

    path: str
    task: Task
    names: tuple[str, ...]
    cells: tuple[CellResult, ...]
    records: tuple[tuple[Record, ...], ...]
    columns: tuple[Columns, ...]
    left_out: int = 0
    seed: int = 0
    resamples: int = RESAMPLES
    flags: tuple[str, ...] = ()
    own: tuple[Metric, ...] = ()
    about: int | None = None
    _memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the card names."""
        return self.own or tuple(registry.get("metrics", name) for name in self.task.metrics)

    @property
    def n(self) -> int:
        """Items."""
        return self.columns[0].n

    def counted(self, metric: str) -> tuple[int, str]:
        """How many a metric counts, or the score, and of what: questions, gold entities, examples."""
        members = self.task.score_metrics if metric == "score" else (metric,)
        found = self.metric(members[0]) if len(members) == 1 else None
        if found is None or found.counts is None or not self.n:
            return self.n, noun(self.task)
        return next(iter(found.counts(self.columns[0]).values())), found.unit

    @property
    def n_clusters(self) -> int:
        """Independent units: clusters, or items."""
        return self.columns[0].n_clusters

    def value(self, system: int, metric: str) -> float:
        """A system's value of a metric over the common items, or of ``score``; NaN where undefined.

        Raises:
            NotComparable: The task has no such metric, or its score is a mean of what has none.
        """
        if metric == "score":
            return float(np.mean([self.value(system, name) for name in self.quantity(metric).members]))
        return float(self.remember(("value", system, metric), lambda: self.metric(metric).value(self.columns[system])))

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
        """What a metric's numbers are, or the score's. Raises NotComparable, as `value`."""
        for name in members_of(metric, self.task):
            self.metric(name)
        found: Quantity = self.remember(("quantity", metric), lambda: quantity_of(metric, self.task))
        return found

    def draws(self, metric: str) -> Floats:
        """Values (systems, resamples) over the same bootstrap resamples of units, shared by all metrics."""
        if metric == "score":
            members = self.quantity(metric).members
            mean: Floats = self.remember("score", lambda: np.mean([self.draws(name) for name in members], axis=0))
            return mean
        drawn = self._together(self.metric(metric))
        table: Floats = self.remember(("draws", drawn[0].name), lambda: self._draws_of(drawn))
        return table[:, [m.name for m in drawn].index(metric)]

    def _together(self, metric: Metric) -> list[Metric]:
        """Metrics that are drawn at once: all, but those that need no resamples are drawn alone where they are asked for."""
        if metric.influence is not None:
            return [metric]
        return [one for one in self.metrics if one.influence is None]

    def without_one(self, metric: str) -> Floats | None:
        """Values (systems, units) of a metric, or of ``score``, without each unit; None from `MANY_UNITS` units on."""
        if self.n_clusters >= MANY_UNITS or self.n_clusters < 2:
            return None
        members = self.quantity(metric).members
        found: Floats = np.mean([self._without_one(self.metric(name)) for name in members], axis=0)
        return found

    def _without_one(self, metric: Metric) -> Floats:
        drawn = self._together(metric)
        key = ("without one", drawn[0].name)
        table: Floats = self.remember(key, lambda: leave_each_out(list(self.columns), drawn))
        return table[:, [m.name for m in drawn].index(metric.name)]

    def is_identical(self, first: int, second: int) -> bool:
        """Whether two systems gave the same answer to every item."""
        one, other = self.columns[first], self.columns[second]
        return bool(one.outputs == other.outputs)

    def _draws_of(self, metrics: list[Metric]) -> Floats:
        import zlib

        start = (self.seed, zlib.crc32(self.path.encode()))
        with np.errstate(all="ignore"):
            return resample(list(self.columns), metrics, resamples=self.resamples, seed=start)

    def remember(self, key: Any, build: Any) -> Any:
        """What ``build`` returned the first time it was asked for under ``key``."""
        if key not in self._memory:
            self._memory[key] = build()
        return self._memory[key]


@dataclass(frozen=True, kw_only=True)
class Replicates:
    """Which of a pairing's systems are one model, trained with one seed or several."""

    label: str
    systems: tuple[int, ...]


def pair(
    sides: Sequence[Side], path: str, *, seed: int = 0, resamples: int = RESAMPLES, slice: str | None = None
) -> Pairing:
    """The pairing of several sides on a task; a side of several seeds is several systems, one after the other.

    Args:
        sides: Who is compared.
        path: ``suite/task``.
        seed: Of the resamples.
        resamples: How many.
        slice: Only items of the slice ``name=value``.

    Raises:
        NotComparable: A side has no scores of the task, or the items, gold answers, labels or settings differ.
    """
    return read_answers(sides, path).pairing(seed=seed, resamples=resamples, slice=slice)


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What several sides answered on one task, known to be comparable; any of them can be paired.

    Two sides are paired on the items that both answered. Who else is there changes nothing about them.
    """

    path: str
    task: Task
    names: tuple[tuple[str, ...], ...]
    """By side, and so are all that follow."""
    cells: tuple[tuple[CellResult, ...], ...]
    keys: tuple[tuple[CellKey, ...], ...]
    records: tuple[tuple[Sequence[Record], ...], ...]
    _whole: dict[int, Columns] = field(default_factory=dict, init=False, repr=False)
    """Columns of records that nothing is left out of, by the records' identity: every pair shares them."""

    def pairing(
        self,
        members: Sequence[int] | None = None,
        *,
        seed: int = 0,
        resamples: int = RESAMPLES,
        slice: str | None = None,
    ) -> Pairing:
        """The pairing of some sides, or of all. Raises NotComparable where their items differ."""
        chosen = range(len(self.names)) if members is None else members
        names = [name for at in chosen for name in self.names[at]]
        cells = [cell for at in chosen for cell in self.cells[at]]
        keys = [key for at in chosen for key in self.keys[at]]
        records = [some for at in chosen for some in self.records[at]]
        found = pair_records(
            self.path,
            self.task,
            names,
            cells,
            records,
            seed=seed,
            resamples=resamples,
            slice=slice,
            whole=self._whole if slice is None else None,
        )
        return replace(found, flags=tuple(_remarks(keys, names)))

    def silent(self, side: int) -> int:
        """Items with a gold label to which a side, or one of its seeds, gave no answer."""
        labelled = set(_labelled(self.records[0][0], self.task, None))
        return len(labelled & _unanswered(self.records[side]))

    def counted_wrong(self, sides: Sequence[int] | None = None) -> Answers:
        """The same with a wrong answer wherever one of these sides (default: any) has none.

        Raises NotComparable where nothing can be called wrong.
        """
        chosen = range(len(self.records)) if sides is None else sides
        records = tuple(
            tuple([wrong_where_silent(self.task, one) for one in some] for some in side) if at in chosen else side
            for at, side in enumerate(self.records)
        )
        return replace(self, records=records)


def read_answers(sides: Sequence[Side], path: str) -> Answers:
    """What several sides answered on a task.

    Raises:
        NotComparable: A side has no scores of the task, or the items, gold answers, labels or settings differ.
    """
    chosen: list[tuple[CellResult, ...]] = []
    for side in sides:
        cells = side.cells(path)
        if len(cells) < len(side.models) or any(cell.status != "scored" for cell in cells):
            why = next((cell.reason or cell.status for cell in cells if cell.status != "scored"), "not in the run")
            raise NotComparable(f"{side.label} has no result on {path}: {why}", expected="a scored cell of each model")
        chosen.append(cells)
    keys = tuple(
        tuple(side.store.read_cell(str(cell.key)).key for cell in cells)
        for side, cells in zip(sides, chosen, strict=True)
    )
    names = [name for side in sides for name in side.models]
    cards = [
        side.store.read_cell(str(cell.key)).task for side, cells in zip(sides, chosen, strict=True) for cell in cells
    ]
    _check_keys(path, names, [key for some in keys for key in some], cards)
    check_versions(path.partition("/")[0], {side.label: side.run for side in sides})
    _check_labels(path, sides)
    records = tuple(
        tuple(
            _records(side.store, str(cell.key), f"{name} on {path}")
            for name, cell in zip(side.models, cells, strict=True)
        )
        for side, cells in zip(sides, chosen, strict=True)
    )
    _check_items(path, names, [one for some in records for one in some])
    return Answers(
        path=path,
        task=sides[0].run.tasks[path],
        names=tuple(side.models for side in sides),
        cells=tuple(chosen),
        keys=keys,
        records=records,
    )


def _records(store: Store, key: str, what: str) -> list[Record]:
    """The records; what is damaged or was tampered with cannot be compared."""
    try:
        return store.read_records(key)
    except StoreError as error:
        raise NotComparable(f"{what}: {error.given}", expected=error.expected, hint=error.hint) from error


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
) -> Pairing:
    """The pairing of records (systems, items) whose cells are known to go together. Raises NotComparable for other items."""
    _check_items(path, names, every)
    labelled, silent = _labelled(every[0], task, slice), _unanswered(every)
    kept = [at for at in labelled if at not in silent] if silent else labelled
    return Pairing(
        path=path,
        task=task,
        names=tuple(names),
        cells=tuple(cells),
        records=tuple(tuple(records[at] for at in kept) for records in every),
        columns=tuple(_remembered(task, records, kept, None if silent else whole) for records in every),
        left_out=len(labelled) - len(kept),
        seed=seed,
        resamples=resamples,
    )


_OPTIONS = {
    "labels": "labels",
    "positive": "positive",
    "multilabel": "multilabel",
    "separator": "separator",
    "slices": "slice",
    "cluster": "cluster",
    "inputs": "text",
}
"""Field of the card of a user's own data -> the option that decides it."""


def _other_card(card: Task, first: Task) -> str:
    """What the options of a user's own data say otherwise, by the names of the options."""
    options = [option for field, option in _OPTIONS.items() if getattr(card, field) != getattr(first, field)]
    named = ", ".join(f"{option}=" for option in options)
    return f"{_MEANING['card']} (the option {named} differs)" if options else _MEANING["card"]


def _check_keys(path: str, names: Sequence[str], keys: Sequence[CellKey], cards: Sequence[Task]) -> None:
    for name, key, card in zip(names[1:], keys[1:], cards[1:], strict=True):
        meaning = {**_MEANING, "card": _other_card(card, cards[0])}
        differing = [meaning[part] for part in _SAME if getattr(key, part) != getattr(keys[0], part)]
        if differing:
            raise NotComparable(
                f"{names[0]} and {name} cannot be compared on {path}: {', '.join(differing)}",
                expected="the same items of the same split under both",
                hint="run both on the same data and settings",
            )


def check_versions(suite: str, runs: Mapping[str, Run]) -> None:
    """Raise NotComparable where runs (by what their system is called) are of different versions of a suite."""
    versions = {name: run.suites.get(suite) for name, run in runs.items()}
    if len(set(versions.values())) > 1:
        told = ", ".join(f"{name} {suite}@{version}" for name, version in versions.items())
        raise NotComparable(f"versions of a suite differ: {told}", expected="one version", hint="run them again")


def _check_labels(path: str, sides: Sequence[Side]) -> None:
    first = sides[0].run.tasks[path]
    for side in sides[1:]:
        other = side.run.tasks[path]
        if other.label_names != first.label_names:
            raise NotComparable(
                f"{sides[0].label} and {side.label} cannot be compared on {path}: other labels "
                f"({', '.join(first.label_names)} and {', '.join(other.label_names)})",
                expected="one label set",
                hint="run both with the same suite version",
            )


def _check_items(path: str, names: Sequence[str], every: Sequence[Sequence[Record]]) -> None:
    first = every[0]
    if len(every) < 2:
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


def _labelled(records: Sequence[Record], task: Task, slice: str | None) -> list[int]:
    """Items with a gold label, in the slice."""
    return [
        at
        for at, record in enumerate(records)
        if record.target is not None and (slice is None or slice in slices_in(record.slices, task))
    ]


def _unanswered(every: Sequence[Sequence[Record]]) -> set[int]:
    """Items to which some system gave no answer."""
    return {
        at
        for records in every
        for at, record in enumerate(records)
        if record.error is not None or record.output is None
    }


def _remembered(
    task: Task, records: Sequence[Record], kept: Sequence[int], whole: dict[int, Columns] | None
) -> Columns:
    if whole is None:
        return _columns(task, records, kept)
    if id(records) not in whole:
        whole[id(records)] = _columns(task, records, kept)
    return whole[id(records)]


def _columns(task: Task, records: Sequence[Record], kept: Sequence[int]) -> Columns:
    """Columns of the items that are kept; a group that lost one is taken apart: what is left would be easier to get right."""
    found = gather(task, [records[at] for at in kept]).columns
    if not found.group or len(kept) == len(records):
        return found
    left = set(range(len(records))).difference(kept)
    broken = {records[at].group for at in left}
    return replace(found, group=[None if group in broken else group for group in found.group])


def _remarks(keys: Sequence[CellKey], names: Sequence[str]) -> list[str]:
    found = []
    for part, what in (("precision", "precision"), ("device", "device"), ("seed", "seed")):
        values = [getattr(key, part) for key in keys]
        if len(set(values)) > 1:
            found.append(f"{what}: {', '.join(f'{n} {v}' for n, v in zip(names, values, strict=True))}")
    return found


def slices_of(pairing: Pairing, *, minimum: int = 1) -> dict[str, Pairing]:
    """``name=value`` -> the pairing of that slice's items, for slices of at least ``minimum`` items, sorted."""
    members: dict[str, list[int]] = {}
    for at, record in enumerate(pairing.records[0]):
        for slice in slices_in(record.slices, pairing.task):
            members.setdefault(slice, []).append(at)
    return {
        slice: Pairing(
            path=pairing.path,
            task=pairing.task,
            names=pairing.names,
            cells=pairing.cells,
            records=tuple(tuple(records[at] for at in members[slice]) for records in pairing.records),
            columns=tuple(columns.select(members[slice]) for columns in pairing.columns),
            seed=pairing.seed,
            resamples=pairing.resamples,
        )
        for slice in sorted(members)
        if len(members[slice]) >= minimum
    }


def label_slices(pairing: Pairing) -> dict[str, Pairing]:
    """``label=NAME`` (tags: ``type=NAME``) -> all items, seen as that label against the rest; by the metrics of one label.

    The slices that `score_labels` gives scores of; none where the card asks for none.
    """
    task = pairing.task
    if not task.by_label or not pairing.n or pairing.own:
        return {}
    metrics = [registry.get("metrics", name) for name in task.by_label]
    found: dict[str, tuple[Metric, ...]] = {}
    for columns in pairing.columns:  # types that only one system has stand behind those of the card
        found = {**found, **{name: own for name, own in by_label(columns, metrics).items() if name not in found}}
    card = msgspec.structs.replace(task, metrics=task.by_label, score=task.score_metrics)
    return {
        slice: replace(
            pairing,
            task=card,
            own=own,
            about=sum(is_about(target, task, slice.partition("=")[2]) for target in pairing.columns[0].targets),
        )
        for slice, own in found.items()
    }


def slice_of(pairing: Pairing, slice: str) -> Pairing:
    """The pairing of a slice ``name=value``: of a group's items, or of a label. Raises NotComparable, and names those there are."""
    items = slices_of(pairing)
    if slice in items:
        return items[slice]
    labels = label_slices(pairing)
    if slice in labels:
        return labels[slice]
    known = [*items, *labels]
    raise NotComparable(
        f"no item of {pairing.path} is in the slice {slice}",
        expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        if known
        else "a task with slices",
        hint=registry.suggest(slice, known) or "use one of these",
    )
