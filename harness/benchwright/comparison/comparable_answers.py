"""The answers of several systems on one task, checked to be comparable; NotComparable with the reason otherwise."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from benchwright import registry
from benchwright.comparison.pairing import (
    RESAMPLES,
    PairedRecords,
    check_items,
    labelled_items,
    pair_records,
    start_of,
    unanswered_items,
    whole_columns,
)
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable, StoreError
from benchwright.metrics.columns import Columns
from benchwright.metrics.resample import DrawnTogether
from benchwright.store import Store
from benchwright.store.stored_records import SharedColumns, StoredRecords
from benchwright.task_path import suite_of
from benchwright.types import EXACT, STATED, CellKey, CellResult, Record, Run, Task
from benchwright.unanswered import count_as_wrong

_SAME = ("data", "split", "limit", "task", "kind", "inputs", "card")
"""Parts of two cell keys that must be equal for their records to be compared."""

_MEANING = {
    "data": "other data (content hash)",
    "split": "another split",
    "limit": "another --limit",
    "task": "another task",
    "kind": "another kind of task",
    "inputs": "other inputs",
    "card": "other slices, clusters or groups of the items",
}


_OTHERWISE = {
    "engine": "another arithmetic, so that answers near a tie may change for that reason alone",
    "precision": "",
    "device": "",
    "seed": "",
}
"""Parts of two cell keys that may differ between records that are compared, and what that means."""


def pair(
    systems: Sequence[System], path: str, *, seed: int = 0, resamples: int = RESAMPLES, slice: str | None = None
) -> PairedRecords:
    """The paired records of several systems on a task; a system with several seeds contributes one model per seed.

    Args:
        systems: The systems to pair.
        path: ``suite/task``.
        seed: Of the resamples.
        resamples: How many.
        slice: Only items of the slice ``name=value``.

    Raises:
        NotComparable: A system has no scores of the task, or the items, gold answers, labels or settings differ.
    """
    return read_answers(systems, path).pairing(seed=seed, resamples=resamples, slice=slice)


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparableAnswers:
    """The answers of several systems on one task, known to be comparable; any subset can be paired.

    Two systems are paired on the items that both answered; other systems do not change the result.
    """

    path: str
    task: Task
    names: tuple[tuple[str, ...], ...]
    """By system, and so are all that follow."""
    cells: tuple[tuple[CellResult, ...], ...]
    keys: tuple[tuple[CellKey, ...], ...]
    records: tuple[tuple[Sequence[Record], ...], ...]
    ways: tuple[tuple[str, ...], ...] = ()
    """What ``--precision fast`` computed each cell with, "" where it took nothing; empty where nobody asked."""
    _whole: dict[int, Columns] = field(default_factory=dict, init=False, repr=False)
    """Columns of records that nothing is left out of, by the records' identity: every pair shares them."""
    _pools: dict[tuple[int, int], DrawnTogether] = field(default_factory=dict, init=False, repr=False)
    """Draws of all models, by seed and number."""

    def pairing(
        self,
        members: Sequence[int] | None = None,
        *,
        seed: int = 0,
        resamples: int = RESAMPLES,
        slice: str | None = None,
    ) -> PairedRecords:
        """The paired records of some systems, or of all. Raises NotComparable if their items differ."""
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
        pool = self._pool(seed, resamples) if slice is None and len(chosen) < len(self.names) else None
        ways = [way for at in chosen for way in self.ways[at]] if self.ways else []
        return replace(found, flags=(*_setting_flags(keys, names), *_way_flags(ways, names)), pool=pool)

    def _pool(self, seed: int, resamples: int) -> DrawnTogether | None:
        """Draws of all models that answered every item, which every pair of them shares; none of behavioural tests, whose cases a pair
        decides.
        """
        if self.task.behaviour:
            return None
        if (seed, resamples) not in self._pools:
            columns = whole_columns(self.task, [some for system in self.records for some in system], self._whole)
            wanted = [registry.get("metrics", name) for name in self.task.score_metrics]
            self._pools[seed, resamples] = DrawnTogether(
                columns,
                [metric for metric in wanted if metric.influence is None],
                resamples=resamples,
                seed=start_of(seed, self.path),
            )
        return self._pools[seed, resamples]

    def count_unanswered(self, system: int) -> int:
        """Number of items with a gold label that a system, or one of its seeds, left unanswered."""
        labelled = set(labelled_items(self.records[0][0], self.task, None))
        return len(labelled & unanswered_items(self.records[system], self.task))

    def counted_wrong(self, systems: Sequence[int] | None = None) -> ComparableAnswers:
        """The same answers with unanswered items of these systems (default: all) counted as wrong.

        Raises NotComparable if the kind of task has no wrong answer.
        """
        chosen = range(len(self.records)) if systems is None else systems
        records = tuple(
            tuple([count_as_wrong(self.task, one) for one in some] for some in system) if at in chosen else system
            for at, system in enumerate(self.records)
        )
        return replace(self, records=records)


def read_answers(systems: Sequence[System], path: str) -> ComparableAnswers:
    """Read and check the answers of several systems on a task.

    Raises:
        NotComparable: A system has no scores of the task, or the items, gold answers, labels or settings differ.
    """
    chosen: list[tuple[CellResult, ...]] = []
    for system in systems:
        cells = system.cells(path)
        if len(cells) < len(system.models) or any(cell.status != "scored" for cell in cells):
            why = next((cell.reason or cell.status for cell in cells if cell.status != "scored"), "not in the run")
            raise NotComparable(
                f"{system.label} has no result on {path}: {why}", expected="a scored cell of each model"
            )
        chosen.append(cells)
    keys = tuple(
        tuple(system.store.read_cell(str(cell.key)).key for cell in cells)
        for system, cells in zip(systems, chosen, strict=True)
    )
    names = [name for system in systems for name in system.models]
    cards = [
        system.store.read_cell(str(cell.key)).task
        for system, cells in zip(systems, chosen, strict=True)
        for cell in cells
    ]
    _check_keys(path, names, [key for some in keys for key in some], cards)
    check_versions(suite_of(path), {system.label: system.run for system in systems})
    _check_labels(path, systems)
    shared = SharedColumns()
    records = tuple(
        tuple(
            _records(system.store, cell, f"{name} on {path}", shared)
            for name, cell in zip(system.models, cells, strict=True)
        )
        for system, cells in zip(systems, chosen, strict=True)
    )
    check_items(path, systems[0].run.tasks[path], names, [one for some in records for one in some])
    return ComparableAnswers(
        path=path,
        task=systems[0].run.tasks[path],
        names=tuple(system.models for system in systems),
        cells=tuple(chosen),
        keys=keys,
        records=records,
        ways=tuple(
            tuple(_way(system.store, cell) for cell in cells) for system, cells in zip(systems, chosen, strict=True)
        ),
    )


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause Python's cyclic garbage collector while many records are read: they have no cycles, and 8,000 take 9 ms instead of 31 ms."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _records(store: Store, cell: CellResult, what: str, shared: SharedColumns) -> Sequence[Record]:
    """The records, as columns until one is asked for; those of behavioural tests, whose cases need the records, all made.

    Raises NotComparable if they are damaged or were changed.
    """
    try:
        found = StoredRecords(store.read_record_table(str(cell.key)), shared=shared)
    except StoreError as error:
        raise NotComparable(f"{what}: {error.problem}", expected=error.expected, hint=error.hint) from error
    return list(found) if store.read_cell(str(cell.key)).task.behaviour else found


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
    """Names of the options of a user's own data in which two cards differ."""
    options = [option for field, option in _OPTIONS.items() if getattr(card, field) != getattr(first, field)]
    named = ", ".join(f"{option}=" for option in options)
    return f"{_MEANING['card']} (the option {named} differs)" if options else _MEANING["card"]


def _check_keys(path: str, names: Sequence[str], keys: Sequence[CellKey], cards: Sequence[Task]) -> None:
    for name, key, card in zip(names[1:], keys[1:], cards[1:], strict=True):
        meaning = {**_MEANING, "card": _other_card(card, cards[0])}
        parts = [part for part in _SAME if getattr(key, part) != getattr(keys[0], part)]
        if card.view_of and "data" in parts:  # other variants have other groups, which is no further difference
            meaning["data"] = (
                "other variants (content hash), as another --seed, draws= or other data of the task make them"
            )
            parts = [part for part in parts if part != "card"]
        differing = [meaning[part] for part in parts]
        if differing:
            raise NotComparable(
                f"{names[0]} and {name} cannot be compared on {path}: {', '.join(differing)}",
                expected="the same items of the same split under both",
                hint="run both on the same data and settings",
            )


def check_versions(suite: str, runs: Mapping[str, Run]) -> None:
    """Raise NotComparable if runs (system name -> run) used different versions of a suite."""
    versions = {name: run.suites.get(suite) for name, run in runs.items()}
    if len(set(versions.values())) > 1:
        named = ", ".join(f"{name} {suite}@{version}" for name, version in versions.items())
        raise NotComparable(f"versions of a suite differ: {named}", expected="one version", hint="run them again")


def _check_labels(path: str, systems: Sequence[System]) -> None:
    first = systems[0].run.tasks[path]
    for system in systems[1:]:
        other = system.run.tasks[path]
        if other.label_names != first.label_names:
            raise NotComparable(
                f"{systems[0].label} and {system.label} cannot be compared on {path}: other labels "
                f"({', '.join(first.label_names)} and {', '.join(other.label_names)})",
                expected="one label set",
                hint="run both with the same suite version",
            )


def _setting_flags(keys: Sequence[CellKey], names: Sequence[str]) -> list[str]:
    """How the answers of systems were made otherwise, where they may be compared all the same."""
    found = []
    for part, meaning in _OTHERWISE.items():
        values = [getattr(key, part) for key in keys]
        if len(set(values)) > 1:
            each = ", ".join(f"{name} {value}" for name, value in zip(names, values, strict=True))
            found.append(f"{part}: {each}{f' ({meaning})' if meaning else ''}")
    return found


def _way(store: Store, cell: CellResult) -> str:
    choice = store.read_choice(str(cell.key))
    return "" if choice is None or choice.chosen in (EXACT, STATED) else choice.chosen


def _way_flags(ways: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """What ``--precision fast`` took, where it did not take the same for all."""
    if len(set(ways)) > 1:
        told = [f"{name} {way or 'exact'}" for name, way in zip(names, ways, strict=True)]
        yield f"computed: {', '.join(told)}"
