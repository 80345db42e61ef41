"""Working state of planning: splits that are read once for all models, and the problems found so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Literal

import msgspec

from benchwright import registry
from benchwright.data.load import load
from benchwright.data.views import see
from benchwright.errors import BenchwrightError, DataMissing, NoGold
from benchwright.example_table import blinded
from benchwright.measuring.machine import describe_machine
from benchwright.planning.card_digest import card_digest
from benchwright.planning.first_examples import first_examples
from benchwright.store import Store
from benchwright.task_path import task_path
from benchwright.task_refs import ResolvedTask, named_task, relabel, trained_on
from benchwright.types import CellPlace, Context, Dataset, Machine, PlannedCell, RunSpec, Suite, Task

Rerun = Literal["missing", "always", "never"]

UNLABELLED = "no gold labels: nothing is scored"
"""What is said about a split that was predicted without gold labels."""


@dataclass(kw_only=True)
class PlanningDesk:
    """Working state of planning: the specification, loaded splits, and the problems found so far."""

    spec: RunSpec
    store: Store
    rerun: Rerun
    token: str
    folder: Path | None
    problems: list[BenchwrightError] = field(default_factory=list)
    own: dict[tuple[str, str], ResolvedTask] = field(default_factory=dict)
    """Tasks that options or a user's own data made, by suite and name."""
    planned: dict[CellPlace, PlannedCell] = field(default_factory=dict)
    """Cells so far, by place."""
    given: Dataset | None = None
    """Items that are evaluated instead of those of any split; None: splits are read."""

    def __post_init__(self) -> None:
        self.load: Callable[..., Dataset] = cache(self._load_once)
        self.evaluated: Callable[[str, str, str], Dataset] = cache(self._evaluated_once)
        self.seen: dict[str, Dataset] = {}
        self.cards: dict[tuple[str, str], str] = {}
        self.machine: Callable[[], Machine] = cache(partial(describe_machine, self.spec.device))

    def dataset(self, target: ResolvedTask) -> Dataset:
        """The split under evaluation; of a view the variants of its items, made once for all models, and of a hardware profile the items."""
        base = target.base
        if base is None or target.view is None:
            return self.evaluated(target.suite.name, target.task.name, target.split)
        if target.view.profile is not None or target.view.explain is not None:
            return self.dataset(base)
        if target.path not in self.seen:
            dataset = self.dataset(base)
            examples = first_examples(dataset.examples, target.least(self.spec.limit))
            dataset = msgspec.structs.replace(dataset, examples=examples)
            self.seen[target.path] = see(dataset, target.task, target.view, seed=self.spec.seed)
        return self.seen[target.path]

    def card(self, target: ResolvedTask, task: Task, dataset: Dataset) -> str:
        """Digest of the card of a task and of what its rows say beside inputs and targets, made once for all models."""
        place = target.path, target.split
        if place not in self.cards:
            self.cards[place] = card_digest(task, dataset.examples)
        return self.cards[place]

    def _evaluated_once(self, suite_name: str, task_name: str, split: str) -> Dataset:
        """A split under evaluation: without gold labels only where there are none and the specification says so."""
        if self.given is not None:
            return self.given
        try:
            return self.load(suite_name, task_name, split)
        except (NoGold, DataMissing):
            if not self.spec.unlabelled:
                raise
        dataset = self.load(suite_name, task_name, split, need_targets=False)
        return msgspec.structs.replace(dataset, notes=(*dataset.notes, UNLABELLED))

    def _load_once(self, suite_name: str, task_name: str, split: str, *, need_targets: bool = True) -> Dataset:
        suite: Suite = registry.get("suites", suite_name)
        own = self.own.get((suite_name, task_name))
        if own is not None and own.folders is None:
            return load(
                own.task,
                split,
                suite=suite,
                folder=self.folder,
                offline=self.spec.offline,
                need_targets=need_targets,
            )
        if own is not None and own.folders is not None:
            bare = msgspec.structs.replace(suite, folders=())
            folder = own.folders.get(split)
            return load(own.task, split, suite=bare, folder=folder, offline=True, need_targets=need_targets)
        task = named_task(suite, task_name)
        offline = self.spec.offline
        return load(task, split, suite=suite, folder=self.folder, offline=offline, need_targets=need_targets)

    __hash__ = object.__hash__


def context_of(desk: PlanningDesk, target: ResolvedTask, dataset: Dataset, used: list[str]) -> Context:
    """The context for the adapter; ``used`` collects notes about training rows that it requests."""
    spec = desk.spec

    def train(task: Task) -> Dataset:
        suite, trained = trained_on(target.suite, task) if target.base is None else target.home
        if "train" not in trained.splits:
            is_own = (suite.name, trained.name) in desk.own
            hint = "add &train=FILE to its options" if is_own else "choose a model that needs no training"
            if trained.behaviour:
                hint = "say whose train split serves it: ?trained_on=SUITE/TASK"
            raise DataMissing(f"{task_path(suite.name, trained.name)} has no train split", hint=hint)
        rows = desk.load(suite.name, trained.name, "train")
        used.extend(f"trained on {suite.name}/{trained.name}: {note}" for note in rows.notes)
        evaluated = dataset if target.base is None else desk.dataset(target.base)
        if rows.digest == evaluated.digest:
            used.append("scored on the very rows it was trained on: no measure of quality")
        return relabel(task, trained, rows)

    return Context(
        suite=target.suite.name,
        train=train,
        items=partial(blinded, dataset.examples),
        device=spec.device,
        precision=spec.precision,
        seed=spec.seed,
        offline=spec.offline,
        workdir=desk.store.root / "work",
        models=desk.store.root / "models",
        viewed=target.base.task if target.base else None,
    )
