"""A system: a model of a stored run, or one model trained with several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from benchwright import registry
from benchwright.alarm import TAKEN, system_alarms
from benchwright.errors import BenchwrightError
from benchwright.quantities import is_of_one_label
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.types import CellKey, CellResult, PlacedAlarm, Run


@dataclass(frozen=True, kw_only=True)
class System:
    """A model of a run, or several that differ only in the training seed.

    Attributes:
        label: The model's name, with the run's name if two would be equal.
        run: The run.
        models: Names of the models; several are seeds of one model, whose scores are averaged.
        store: Store with its records.
        also: Other names, ``RUN:MODEL``, under which the same stored answers were given.
    """

    label: str
    run: Run
    models: tuple[str, ...]
    store: Store
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``RUN:MODEL``, or ``RUN:MODEL+MODEL``."""
        return f"{self.run.name}:{'+'.join(self.models)}"

    def keys(self, path: str) -> tuple[str, ...]:
        """Sorted keys of its scored cells of a task; empty if one of its models has none."""
        cells = [cell for cell in self.cells(path) if cell.status == "scored" and cell.key is not None]
        return tuple(sorted(str(cell.key) for cell in cells)) if len(cells) == len(self.models) else ()

    @property
    def has_replicates(self) -> bool:
        """Whether it has several seeds."""
        return len(self.models) > 1

    def cells(self, path: str) -> tuple[CellResult, ...]:
        """Its cells of a task (``suite/task``) in the order of ``models``; only those that were planned."""
        mine = (cell for cell in self.run.cells if cell.model in self.models)
        found = {cell.model: cell for cell in mine if cell.task_path == path}
        return tuple(found[model] for model in self.models if model in found)

    @property
    def paths(self) -> tuple[str, ...]:
        """Tasks, as ``suite/task``, of which it has a scored cell of every model."""
        wanted = dict.fromkeys(cell.task_path for cell in self.run.cells)
        return tuple(
            path
            for path in wanted
            if len(self.cells(path)) == len(self.models) and all(c.status == "scored" for c in self.cells(path))
        )


def alarms_of(systems: Sequence[System], shown: Mapping[str, Iterable[str]]) -> tuple[PlacedAlarm, ...]:
    """Alarms and notes about the numbers of systems, alarms first; for several seeds, those of each.

    Args:
        systems: The systems.
        shown: ``suite/task`` -> metrics that are shown or judged there; a note on the positive label is given only
            with a metric of it.
    """
    found = [
        alarm
        for system in systems
        for path, metrics in shown.items()
        for cell in system.cells(path)
        for alarm in system_alarms(f"{system.label} ({cell.model})" if system.has_replicates else system.label, cell)
        if alarm.code != TAKEN or any(is_of_one_label(metric, system.run.tasks.get(path)) for metric in metrics)
    ]
    return tuple(sorted(found, key=lambda alarm: alarm.severity == "note"))


def read_system(store: Store, text: str) -> System:
    """The system named by ``RUN``, ``RUN:MODEL`` or ``RUN:MODEL+MODEL`` (seeds of one model).

    Raises:
        BenchwrightError: The run has several models and none is named, or has no model of that name.
        StoreError: There is no such run.
    """
    return system_of(*_read(store, text), store=store)


def read_systems(store: Store, texts: Sequence[str]) -> tuple[System, ...]:
    """The systems named by several texts; a bare ``RUN`` stands for all of its models. Labels are made unique.

    A stored model that is named twice, or is in two runs, is one system.

    Raises:
        BenchwrightError: Fewer than two different models, or a model that its run does not have.
        StoreError: There is no such run.
    """
    found: list[System] = []
    for text in texts:
        run, models = _read(store, text)
        if models:
            found.append(system_of(run, models, store=store))
        else:
            found += [system_of(run, (model,), store=store) for model in _names(run)]
    if len(found) < 2:
        raise BenchwrightError(
            f"{' '.join(texts)} is one model", expected="two or more", hint="benchwright compare RUN:MODEL RUN:MODEL"
        )
    kept = _merged(found)
    if len(kept) < 2:
        raise BenchwrightError(
            f"{' and '.join(dict.fromkeys((kept[0].name, *kept[0].also)))} are one model: the same stored answers"
            if set(kept[0].also) - {kept[0].name}
            else f"{kept[0].name} is named twice",
            expected="two or more",
            hint="name different models: benchwright compare RUN:MODEL RUN:MODEL",
        )
    return _told_apart(kept)


def is_same_model(one: System, other: System) -> bool:
    """Whether two systems are one stored model: equal cells on every task that both have, and one such task at least."""
    if (
        one.run.name == other.run.name
        and one.store.root == other.store.root
        and sorted(one.models) == sorted(other.models)
    ):
        return True
    shared = [path for path in one.paths if path in other.paths]
    return bool(shared) and all(one.keys(path) and one.keys(path) == other.keys(path) for path in shared)


def _merged(systems: Sequence[System]) -> list[System]:
    """Each stored model once, under the name with more tasks, or else the first."""
    kept: list[System] = []
    for system in systems:
        at = next((at for at, other in enumerate(kept) if is_same_model(other, system)), None)
        if at is None:
            kept.append(system)
            continue
        main, other = (system, kept[at]) if len(system.paths) > len(kept[at].paths) else (kept[at], system)
        kept[at] = replace(main, also=tuple(dict.fromkeys((*main.also, *other.also, other.name))))
    return kept


def system_of(run: Run, models: Sequence[str], *, store: Store) -> System:
    """A system of a run; without ``models`` its only one.

    Raises:
        BenchwrightError: The run has several models and none is named, or has no model of that name.
    """
    known = _names(run)
    if not models:
        if len(known) != 1:
            raise BenchwrightError(
                f"{run.name} is a run of {len(known)} models",
                expected=f"one of: {', '.join(known)}",
                hint=f"say which: {run.name}:{known[0]}" if known else "run it again with a model",
            )
        models = known
    for model in models:
        if model not in known:
            hint = registry.suggest(model, known) or f"benchwright show {run.name}"
            raise BenchwrightError(
                f"no model {model!r} in {run.name}", expected=f"one of: {', '.join(known)}", hint=hint
            )
    return System(label="+".join(models), run=run, models=tuple(models), store=store)


def _read(store: Store, text: str) -> tuple[Run, tuple[str, ...]]:
    name, _, models = text.partition(":")  # no name of a run holds a colon
    return store.read_run(name), tuple(part for part in models.split("+") if part)


def _names(run: Run) -> tuple[str, ...]:
    return tuple(model.name for model in run.spec.models)


def _told_apart(systems: Sequence[System]) -> tuple[System, ...]:
    labels = [system.label for system in systems]
    return tuple(
        system if labels.count(system.label) == 1 else replace(system, label=f"{system.run.name}:{system.label}")
        for system in systems
    )


def count_attempts(systems: Sequence[System], paths: Iterable[str]) -> int:
    """Different models in the stores of some systems that were scored on one of these tasks and the same data; at least 1.

    The same data: the same files, split and number of rows as the first system that has the task. A model is known on a task by
    its cell, which holds all that decides its answers, so it counts once however often and under whatever names it was run,
    and with whatever slices and clusters of a user's own data.
    Of several tasks the one counts that most models tried. Who is compared with counts too: it could have been chosen.
    """
    stores = {system.store.root: system.store for system in systems}
    wanted = {path: place for path in paths if (place := _place_of(systems, path))}
    found: dict[str, set[str]] = {path: set() for path in wanted}
    for store in stores.values():
        for cell in _cells(store):
            path = cell.task_path
            if path in wanted and cell.status == "scored" and cell.key:
                found[path].add(cell.key)
    known = {key: _key(stores.values(), key) for keys in found.values() for key in keys}
    counts = [
        len({_model(one) for key in keys if (one := known[key]) is not None and _place(one) == wanted[path]})
        for path, keys in found.items()
    ]
    return max(counts, default=1) or 1


def _cells(store: Store) -> Iterable[CellResult]:
    """The cells of all runs of a store; damaged runs are skipped (see `store check`)."""
    for name in store.run_names():
        try:
            yield from store.read_run(name).cells
        except BenchwrightError:
            continue


def _place_of(systems: Sequence[System], path: str) -> tuple[object, ...]:
    for system in systems:
        for cell in system.cells(path):
            if cell.status == "scored" and cell.key and (found := _key([system.store], cell.key)):
                return _place(found)
    return ()


def _key(stores: Iterable[Store], name: str) -> CellKey | None:
    """The key of a cell; None if no store has it complete."""
    for store in stores:
        try:
            return store.read_cell(name).key
        except BenchwrightError:
            continue
    return None


def _place(key: CellKey) -> tuple[object, ...]:
    """The data that a cell was measured on."""
    return key.data, key.split, key.limit


def _model(key: CellKey) -> str:
    """The part of the key that decides the answers: all but slices, clusters and positive label of a user's own data."""
    return key_id(msgspec.structs.replace(key, card=""))
