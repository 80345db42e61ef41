"""The same items answered by several models, or the reason why they are not the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from benchwright import registry
from benchwright.comparison.sides import Side
from benchwright.errors import NotComparable, StoreError
from benchwright.metrics.columns import Columns, Floats, Metric, gather
from benchwright.metrics.resample import resample
from benchwright.quantities import Quantity, quantity_of
from benchwright.store import Store
from benchwright.types import CellKey, CellResult, Record, Task

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
    _memory: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that the card names."""
        return tuple(registry.get("metrics", name) for name in self.task.metrics)

    @property
    def n(self) -> int:
        """Items."""
        return self.columns[0].n

    @property
    def units(self) -> int:
        """Independent units: clusters, or items."""
        return self.columns[0].units

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
        raise NotComparable(
            f"{self.path} has no metric {name!r}",
            expected=f"one of: score, {', '.join(self.task.metrics)}",
            hint=registry.suggest(name, self.task.metrics),
        )

    def quantity(self, metric: str) -> Quantity:
        """What a metric's numbers are, or the score's. Raises NotComparable, as `value`."""
        if metric != "score":
            self.metric(metric)
        found: Quantity = self.remember(("quantity", metric), lambda: quantity_of(metric, self.task))
        return found

    def draws(self, metric: str) -> Floats:
        """Values (systems, resamples) over the same bootstrap resamples of units, shared by all metrics."""
        if metric == "score":
            members = self.quantity(metric).members
            mean: Floats = self.remember("score", lambda: np.mean([self.draws(name) for name in members], axis=0))
            return mean
        names = [m.name for m in self.metrics]
        self.metric(metric)
        table: Floats = self.remember("draws", self._all_draws)
        return table[:, names.index(metric)]

    def is_identical(self, first: int, second: int) -> bool:
        """Whether two systems gave the same answer to every item."""
        one, other = self.columns[first], self.columns[second]
        return bool(one.outputs == other.outputs)

    def _all_draws(self) -> Floats:
        import zlib

        start = (self.seed, zlib.crc32(self.path.encode()))
        with np.errstate(all="ignore"):
            return resample(list(self.columns), list(self.metrics), resamples=self.resamples, seed=start)

    def remember(self, key: Any, build: Any) -> Any:
        """What ``build`` returned the first time it was asked for under ``key``."""
        if key not in self._memory:
            self._memory[key] = build()
        return self._memory[key]


def pair(
    sides: Sequence[Side], path: str, *, seed: int = 0, resamples: int = RESAMPLES, group: str | None = None
) -> Pairing:
    """The pairing of several sides on a task; a side of several seeds is several systems, one after the other.

    Args:
        sides: Who is compared.
        path: ``suite/task``.
        seed: Of the resamples.
        resamples: How many.
        group: Only items of the slice ``name=value``.

    Raises:
        NotComparable: A side has no scores of the task, or the items, gold answers, labels or settings differ.
    """
    chosen: list[tuple[str, CellResult, Store]] = []
    for side in sides:
        cells = side.cells(path)
        if len(cells) < len(side.models) or any(cell.status != "scored" for cell in cells):
            why = next((cell.reason or cell.status for cell in cells if cell.status != "scored"), "not in the run")
            raise NotComparable(f"{side.label} has no result on {path}: {why}", expected="a scored cell of each model")
        chosen += [(model, cell, side.store) for model, cell in zip(side.models, cells, strict=True)]
    task = sides[0].run.tasks[path]
    keys = [store.read_cell(str(cell.key)).key for _, cell, store in chosen]
    names = [name for name, _, _ in chosen]
    _check_keys(path, names, keys, [store.read_cell(str(cell.key)).task for _, cell, store in chosen])
    _check_labels(path, sides)
    every = [_records(store, str(cell.key), f"{name} on {path}") for name, cell, store in chosen]
    stored = [cell for _, cell, _ in chosen]
    found = pair_records(path, task, names, stored, every, seed=seed, resamples=resamples, group=group)
    return replace(found, flags=tuple(_remarks(keys, names)))


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
    group: str | None = None,
) -> Pairing:
    """The pairing of records (systems, items) whose cells are known to go together. Raises NotComparable for other items."""
    _check_items(path, names, every)
    labelled, silent = _labelled(every[0], task, group), _unanswered(every)
    kept = [at for at in labelled if at not in silent] if silent else labelled
    return Pairing(
        path=path,
        task=task,
        names=tuple(names),
        cells=tuple(cells),
        records=tuple(tuple(records[at] for at in kept) for records in every),
        columns=tuple(_columns(task, records, kept) for records in every),
        left_out=len(labelled) - len(kept),
        seed=seed,
        resamples=resamples,
    )


_OPTIONS = {
    "labels": "labels",
    "positive": "positive",
    "multilabel": "multilabel",
    "separator": "separator",
    "groups": "group",
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


def _in_group(record: Record, task: Task, group: str | None) -> bool:
    if group is None:
        return True
    name, _, value = group.partition("=")
    found = record.groups.get(name)
    if found is None:
        return False
    parts = found.split(task.groups_separator) if task.groups_separator else [found]
    return value in [part.strip() for part in parts]


def _labelled(records: Sequence[Record], task: Task, group: str | None) -> list[int]:
    """Items with a gold label, in the slice."""
    return [at for at, record in enumerate(records) if record.target is not None and _in_group(record, task, group)]


def _unanswered(every: Sequence[Sequence[Record]]) -> set[int]:
    """Items to which some system gave no answer."""
    return {
        at
        for records in every
        for at, record in enumerate(records)
        if record.error is not None or record.output is None
    }


def _columns(task: Task, records: Sequence[Record], kept: Sequence[int]) -> Columns:
    """Columns of the items that are kept; a unit that lost one is taken apart: what is left would be easier to get right."""
    found = gather(task, [records[at] for at in kept]).columns
    if not found.unit or len(kept) == len(records):
        return found
    left = set(range(len(records))).difference(kept)
    broken = {records[at].unit for at in left}
    return replace(found, unit=[None if unit in broken else unit for unit in found.unit])


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
    separator = pairing.task.groups_separator
    for at, record in enumerate(pairing.records[0]):
        for name, value in record.groups.items():
            parts = value.split(separator) if separator else [value]
            for part in dict.fromkeys(part.strip() for part in parts):
                members.setdefault(f"{name}={part}", []).append(at)
    return {
        group: Pairing(
            path=pairing.path,
            task=pairing.task,
            names=pairing.names,
            cells=pairing.cells,
            records=tuple(tuple(records[at] for at in members[group]) for records in pairing.records),
            columns=tuple(columns.select(members[group]) for columns in pairing.columns),
            seed=pairing.seed,
            resamples=pairing.resamples,
        )
        for group in sorted(members)
        if len(members[group]) >= minimum
    }
