"""Plan a run: resolve names, hash data, align labels, make cell keys; no heavy library is imported."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from benchwright import labels, missing_labels, registry
from benchwright.coded import Coded
from benchwright.data.load import load
from benchwright.data.views import see
from benchwright.errors import BenchwrightError, ConfigError, DataMissing, LabelError, ModelError, NoGold, PluginError
from benchwright.example_table import ExampleTable, blinded
from benchwright.explain_choice import spec_of
from benchwright.explained_cells import choice_problems, refuse_unexplained, with_status
from benchwright.measured_cells import key_fields, measured_together, refuse_untimed, status_of
from benchwright.measuring.machine import describe_machine
from benchwright.precision.token_budget import refuse_auto, without_auto
from benchwright.quantities import mixed_score
from benchwright.spec_checks import ENGINE_OPTIONS, option_problems, setting_problems
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.task_path import task_path
from benchwright.task_refs import ResolvedTask, checkpoint_for, named_task, relabel, trained_on
from benchwright.types import (
    DAMAGED,
    ENGINE,
    KEY,
    RERUN_ALWAYS,
    Adapter,
    CellKey,
    CellPlace,
    Context,
    Dataset,
    EmbeddingTask,
    Example,
    Facts,
    FillTask,
    Identifies,
    LabelMap,
    Machine,
    ModelRef,
    PlannedCell,
    ReadsFiles,
    RunSpec,
    Status,
    Suite,
    Task,
)
from benchwright.view_refs import resolve_targets

Rerun = Literal["missing", "always", "never"]

UNLABELLED = "no gold labels: nothing is scored"
"""What is said about a split that was predicted without gold labels."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a run will do, in the order it was asked for."""

    spec: RunSpec
    cells: tuple[PlannedCell, ...]
    suites: tuple[Suite, ...]

    @property
    def runnable(self) -> tuple[PlannedCell, ...]:
        """Cells that are stored or can be computed."""
        return tuple(cell for cell in self.cells if cell.status in ("run", "resume", "stored"))


@dataclass(kw_only=True)
class _Planning:
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
            self.cards[place] = _card_digest(task, dataset.examples)
        return self.cards[place]

    def _evaluated_once(self, suite_name: str, task_name: str, split: str) -> Dataset:
        """A split under evaluation: without gold labels only where there are none and the specification says so."""
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


def make_token() -> str:
    """A random token in place of the digest of models without one; unique per run."""
    return secrets.token_hex(16)


def make_plan(
    spec: RunSpec, store: Store, *, rerun: Rerun = "missing", token: str | None = None, only: CellPlace | None = None
) -> Plan:
    """The plan of a specification.

    A task of a whole suite that has no data here, or that a model cannot serve, is listed with the reason; one that was
    named is an error. All errors are raised together.

    Args:
        spec: What was asked for.
        store: Where finished cells are looked up.
        rerun: What becomes of those.
        token: Of an unfinished run that goes on; default: a new one, under which nothing is stored yet.
        only: The one cell that is planned; default: all of them.

    Raises:
        ConfigError: Unknown names, options or splits; named tasks without data; labels that do not match; a malformed
            file of data or predictions.
    """
    desk = _Planning(
        spec=spec, store=store, rerun=rerun, token=token or make_token(), folder=Path(spec.data) if spec.data else None
    )
    desk.problems += setting_problems(spec)
    adapters = {model.adapter: _adapter(desk, model) for model in spec.models}
    targets = _targets(desk)
    desk.problems += option_problems(spec, adapters)
    if desk.problems:
        raise ConfigError(desk.problems, where="the run")
    wanted = [(model, target) for model in spec.models for target in targets if only in (None, _place(model, target))]
    cells = []
    for model, target in wanted:
        cell = _plan_cell(desk, adapters[model.adapter], model, target)
        cells.append(cell)
        if cell is not None:
            desk.planned[cell.place] = cell
    found = [cell for cell in cells if cell]
    if only is None:
        desk.problems += choice_problems(found, spec.models)
    if desk.problems:
        raise ConfigError(_distinct(desk.problems), where="the run")
    suites = {target.suite.name: target.suite for target in targets}
    planned = with_status(measured_together(found), store, rerun=rerun, seed=spec.seed)
    return Plan(spec=spec, cells=tuple(planned), suites=tuple(suites.values()))


def plan_given(spec: RunSpec, suite: Suite, task: Task, examples: Sequence[Example], store: Store) -> PlannedCell:
    """The cell of one model over items that are given instead of read; nothing of it is looked up in the store.

    Args:
        spec: Of one model.
        suite: Of the task, whose train split serves a model that needs one.
        task: What the items are items of.
        examples: The items.
        store: Where a checkpoint that is made for the model lies.

    Raises:
        ConfigError: The model cannot answer the task, or its labels do not match.
    """
    folder = Path(spec.data) if spec.data else None
    desk = _Planning(spec=spec, store=store, rerun="always", token=make_token(), folder=folder)
    given = Dataset(examples=tuple(examples), digest="", origin="given")
    desk.evaluated = lambda *_: given
    desk.problems += setting_problems(spec)
    (model,) = spec.models
    adapter = _adapter(desk, model)
    desk.problems += option_problems(spec, {model.adapter: adapter})
    target = ResolvedTask(suite=suite, task=task, split="given", explicit=True)  # type: ignore[arg-type]
    cell = None if desk.problems or adapter is None else _plan_cell(desk, adapter, model, target)
    if desk.problems or cell is None:
        raise ConfigError(_distinct(desk.problems), where="explain")
    return cell


def _place(model: ModelRef, target: ResolvedTask) -> CellPlace:
    return model.name, target.path, target.split


def _adapter(desk: _Planning, model: ModelRef) -> Adapter | None:
    try:
        adapter: Adapter = registry.get("adapters", model.adapter)
    except PluginError as error:
        desk.problems.append(error)
        return None
    return adapter


def _targets(desk: _Planning) -> list[ResolvedTask]:
    try:
        targets = resolve_targets(desk.spec.suites, desk.spec.on, desk.spec.split, data=desk.folder)
    except ConfigError as error:
        desk.problems.extend(error.problems)
        return []
    desk.problems += [
        BenchwrightError(
            f"{target.path}: {mixed}",
            expected="a card whose score is one metric, or fractions of which all are better high or all low",
            hint="tell the author of the suite",
        )
        for target in targets
        if (mixed := mixed_score(target.task))
    ]
    # A hardware profile alone stands there without its task.
    every = [one for target in targets for one in (target, target.base) if one is not None]
    desk.own = {(one.suite.name, one.task.name): one for one in every if one.is_made}
    return list(targets)


def _plan_cell(desk: _Planning, adapter: Adapter | None, model: ModelRef, target: ResolvedTask) -> PlannedCell | None:
    """The cell of a model and a task; None when a problem was noted instead."""
    assert adapter is not None
    blank = PlannedCell(
        model=model, suite=target.suite, task=target.task, split=target.split, status="refused", view=target.view
    )
    if target.refused:
        return replace(blank, reason=target.refused)
    if blank.is_explanation and target.base is not None:
        return _explained(desk, adapter, blank, target, target.base)
    try:
        dataset = desk.dataset(target)
    except DataMissing as error:
        return _absent(desk, blank, target, error, "missing")
    except PluginError as error:  # of a view: the library that makes it is not installed
        return _absent(desk, blank, target, error, "refused")
    except BenchwrightError as error:
        desk.problems.append(error)
        return None
    if target.task.kind not in adapter.kinds:
        kinds = ", ".join(adapter.kinds)
        given = f"the adapter {adapter.name} cannot serve {target.suite.name}/{target.task.name} ({target.task.kind})"
        return _absent(
            desk,
            blank,
            target,
            PluginError(
                given,
                expected=f"a task of kind: {kinds}",
                hint="`benchwright list adapters` says which kinds of task each can serve",
            ),
            "refused",
        )
    used: list[str] = []
    context = _context(desk, target, dataset, used)
    blank = replace(blank, model=checkpoint_for(model, target))
    about: dict[str, Any] = {"adapter": adapter, "context": context, "dataset": dataset}
    return _stored(desk, blank, target, **about) or _inspected(desk, blank, target, used, **about)


def _inspected(
    desk: _Planning,
    blank: PlannedCell,
    target: ResolvedTask,
    used: Sequence[str],
    *,
    adapter: Adapter,
    context: Context,
    dataset: Dataset,
) -> PlannedCell | None:
    """The cell with what its adapter finds out of the model; None when a problem was noted instead."""
    try:
        facts = _inspect(desk, adapter, blank, target, context)
        mapping = _label_map(blank.model, _asked_card(blank, target), facts)
    except DataMissing as error:
        return _absent(desk, blank, target, error, "missing")
    except (LabelError, ModelError) as error:
        return _absent(desk, blank, target, error, "refused")
    except BenchwrightError as error:
        desk.problems.append(error)
        return None
    facts = msgspec.structs.replace(facts, notes=(*facts.notes, *dict.fromkeys(used)))
    return _keyed(desk, blank, target, adapter=adapter, context=context, facts=facts, mapping=mapping, dataset=dataset)


def _stored(
    desk: _Planning, blank: PlannedCell, target: ResolvedTask, *, adapter: Adapter, context: Context, dataset: Dataset
) -> PlannedCell | None:
    """The cell with the facts that it was made with, where its adapter can name it without a look at its answers and it is in the store."""
    if not isinstance(adapter, Identifies) or blank.is_hardware:
        return None
    try:
        facts = adapter.identify(blank.model, target.task, context)
        mapping = _label_map(blank.model, _asked_card(blank, target), facts)
    except BenchwrightError:  # whatever it is, `inspect` tells it
        return None
    cell = _keyed(desk, blank, target, adapter=adapter, context=context, facts=facts, mapping=mapping, dataset=dataset)
    if cell.status != "stored" or cell.id is None:
        return None
    return replace(cell, facts=desk.store.read_cell(cell.id).facts)


def _explained(
    desk: _Planning, adapter: Adapter, blank: PlannedCell, target: ResolvedTask, base: ResolvedTask
) -> PlannedCell | None:
    """The explanation of the answers of a cell, planned as that cell is; None when a problem was noted instead."""
    answered = desk.planned.get(_place(blank.model, base)) or _plan_cell(desk, adapter, blank.model, base)
    if answered is None:
        return None
    if answered.status in ("missing", "refused"):
        return replace(blank, status=answered.status, reason=answered.reason)
    cell = replace(answered, suite=blank.suite, task=blank.task, view=blank.view)
    try:
        refuse_unexplained(answered, spec_of(cell))
    except BenchwrightError as error:
        return _absent(desk, blank, target, error, "refused")
    return cell


def _keyed(
    desk: _Planning,
    blank: PlannedCell,
    target: ResolvedTask,
    *,
    adapter: Adapter,
    context: Context,
    facts: Facts,
    mapping: LabelMap,
    dataset: Dataset,
) -> PlannedCell:
    spec, model, task = desk.spec, blank.model, blank.task
    limit = target.least(spec.limit)
    measured = key_fields(blank.view, desk.machine(), desk.token, model.name) if blank.is_hardware else {}
    whole = len(dataset.examples) if target.base is None else len(desk.dataset(target.base).examples)
    # options that name files: the digest holds their content, and no machine path enters a key
    aside = {*ENGINE_OPTIONS, *(adapter.files if isinstance(adapter, ReadsFiles) else ())}
    key = CellKey(
        schema=KEY,
        engine=ENGINE,
        model=facts.digest or f"run:{desk.token}:{model.name}",
        adapter=adapter.name,
        adapter_version=adapter.version,
        options={name: value for name, value in sorted(model.options.items()) if name not in aside},
        versions=facts.versions,
        task=blank.task_path,
        kind=task.kind,
        inputs=tuple(task.inputs),
        split=blank.split,
        limit=limit if limit is not None and limit < whole else None,
        seed=spec.seed,
        data=dataset.digest,
        labels=mapping,
        precision=spec.precision,
        device=spec.device,
        card=desk.card(target, task, dataset) if _is_told_by_card(desk, blank) else "",
        **measured,
    )
    name = key_id(key)
    status, reason = status_of(desk.store, name, desk.rerun) if measured else _status(desk, name)
    return replace(
        blank,
        status=status,
        reason=reason,
        adapter=adapter,
        context=context,
        facts=facts,
        dataset=dataset,
        examples=first_examples(dataset.examples, key.limit if target.base is None or measured else None),
        key=key,
        id=name,
    )


def first_examples(examples: Sequence[Example], limit: int | None) -> Sequence[Example]:
    """The first examples; a unit (a question with its options) that goes on beyond them is none any more."""
    if limit is None:
        return examples
    if isinstance(examples, ExampleTable):
        return _first_rows(examples, limit)
    cut = {example.group for example in examples[limit:]} - {None}
    return tuple(
        msgspec.structs.replace(example, group=None) if example.group in cut else example
        for example in examples[:limit]
    )


def _first_rows(examples: ExampleTable, limit: int) -> ExampleTable:
    first, groups = examples[:limit], examples.groups
    if groups is None or first.groups is None:
        return first
    cut = np.isin(first.groups.codes, groups.codes[limit:])
    return replace(first, groups=Coded(np.where(cut, -1, first.groups.codes).astype(np.int32), groups.values))


def _status(desk: _Planning, name: str) -> tuple[Status, str]:
    if desk.store.is_complete(name) and desk.rerun != "always":
        if desk.store.is_intact(name):
            return "stored", "same model, data and settings"
        return ("missing", f"{DAMAGED}, and --rerun never") if desk.rerun == "never" else ("run", DAMAGED)
    if desk.rerun == "never":
        return "missing", "not in the store, and --rerun never"
    if desk.rerun == "always":
        return "run", RERUN_ALWAYS
    if desk.store.is_begun_otherwise(name):
        return "run", DAMAGED
    started = any((desk.store.cell_folder(name) / "shards").glob("*.parquet"))
    return ("resume", "continues after its last finished shard") if started else ("run", "not in the store")


def _asked_card(cell: PlannedCell, target: ResolvedTask) -> Task:
    """The card by whose name a model is asked: under a hardware view that of the task itself, so that a mistake is told once."""
    return target.base.task if cell.is_hardware and target.base is not None else target.task


def _inspect(desk: _Planning, adapter: Adapter, cell: PlannedCell, target: ResolvedTask, context: Context) -> Facts:
    """What the adapter knows of the model; for a hardware profile of the task itself, whose inputs are asked as they are.

    Raises what makes the model unusable for the task.
    """
    refuse_auto(cell.model, context.precision)
    model = without_auto(cell.model)
    if not cell.is_hardware or target.base is None:
        return adapter.inspect(model, target.task, context)
    base = _context(desk, target.base, desk.dataset(target.base), [])
    facts = adapter.inspect(model, target.base.task, base)
    refuse_untimed(cell.model, facts)
    return facts


def _context(desk: _Planning, target: ResolvedTask, dataset: Dataset, used: list[str]) -> Context:
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


def _is_told_by_card(desk: _Planning, cell: PlannedCell) -> bool:
    """Whether what stands beside inputs and targets may change while they stay: in a user's own data, in tests, in views."""
    return (cell.suite.name, cell.task.name) in desk.own or cell.task.behaviour or bool(cell.task.view_of)


def _card_digest(task: Task, examples: Sequence[Example]) -> str:
    """What decides records and scores beside inputs and targets: options of a user's own data, and the slices, clusters and
    groups that its rows say. File names count for nothing.
    """
    decided: list[Any] = [
        *(task.labels, task.positive, task.multilabel, task.separator, task.vectors),
        *(task.slices, task.cluster, sorted(task.inputs), task.unanswerable, task.normalisation),
    ]
    if isinstance(task, FillTask):
        decided += [task.rule, task.top, task.digits, None if task.lexicon is None else task.lexicon.words]
    if isinstance(task, EmbeddingTask):
        decided += [task.pooling, task.layer]
    hasher = hashlib.sha256(msgspec.json.encode(decided, order="deterministic"))
    for part in _beside(examples):
        hasher.update(part)
    return hasher.hexdigest()[:16]


def _beside(examples: Sequence[Example]) -> Iterator[bytes]:
    """What rows say beside inputs and targets, as bytes; nothing where none of them says anything."""
    if isinstance(examples, ExampleTable) and examples.official_ids is None:
        columns = [*examples.slices.values(), *filter(None, (examples.clusters, examples.groups))]
        if all((column.codes < 0).all() for column in columns):
            return
        # Rows with equal values are written once, and joined by their codes.
        codes, kinds_of_row = np.unique(np.stack([column.codes for column in columns]), axis=1, return_inverse=True)
        first = np.zeros(codes.shape[1], dtype=np.intp)
        first[kinds_of_row[::-1]] = np.arange(len(examples))[::-1]
        written = [_said_beside(example) for example in examples.take(first)]
        for start in range(0, len(examples), _MANY):
            yield b"".join([written[kind] for kind in kinds_of_row[start : start + _MANY].tolist()])
    elif any(example.slices or example.cluster or example.group or example.official_id for example in examples):
        yield from map(_said_beside, examples)


_MANY = 4096


def _said_beside(example: Example) -> bytes:
    return msgspec.json.encode(
        (example.slices, example.cluster, example.group, example.official_id), order="deterministic"
    )


def _label_map(model: ModelRef, task: Task, facts: Facts) -> LabelMap:
    if not task.labels:
        if "labels" in model.options:
            raise LabelError(
                f"{task.name} has no labels, but {model.name} was given a label map", hint="leave ?labels= out"
            )
        return LabelMap(to_task=(), origin="task")
    given = [part.strip() for part in model.options.get("labels", "").split(",") if part.strip()]
    found = labels.align(task, facts.labels, mapping=given, model=model.name)
    if labels.may_lack(task) and facts.labels is None and facts.lacks:
        found = msgspec.structs.replace(found, lacks=facts.lacks)
    if "neutral" not in model.options or not labels.may_lack(task) or len(task.labels) != 3:
        return found
    neutral = missing_labels.read_neutral(model.options["neutral"], task, found, facts, model=model.name)
    return msgspec.structs.replace(found, lacks=(), neutral=neutral)


def _absent(
    desk: _Planning,
    blank: PlannedCell,
    target: ResolvedTask,
    error: BenchwrightError,
    status: Literal["missing", "refused"],
) -> PlannedCell | None:
    if target.explicit:
        desk.problems.append(error)
        return None
    # What is not installed says what to type, as nothing else that is left out can be helped so.
    return replace(blank, status=status, reason=error.line if isinstance(error, PluginError) else error.problem)


def _distinct(problems: Sequence[BenchwrightError]) -> list[BenchwrightError]:
    return list({str(problem): problem for problem in problems}.values())
