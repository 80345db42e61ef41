"""From a specification to a stored run: plan, execute, score, store."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benchwright import callables, config, environment, registry
from benchwright.agreement.of_run import choices_of, compare_variants
from benchwright.alarm import with_cell_alarms
from benchwright.bias import score_gaps, score_identity
from benchwright.cell_notes import beside_notes, cell_notes, one_cause
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.execution.outcome import Outcome, Progress
from benchwright.explain_summaries import agreements, summarise_cell
from benchwright.hardware.of_run import score_profiles
from benchwright.jobs import execute
from benchwright.plan import Plan, make_plan
from benchwright.planning.desk import Rerun
from benchwright.quantities import mixed_aggregate
from benchwright.robustness import score_views
from benchwright.run_names import check_written, default_name, first_begun, is_of_one_run, refuse_other_spec, token_of
from benchwright.score import aggregate
from benchwright.score_cache import score_cell
from benchwright.store import Store, locate
from benchwright.types import (
    DAMAGED,
    RERUN_ALWAYS,
    RESULTS,
    TOGETHER,
    AggregateScore,
    CellPlace,
    CellResult,
    ExplanationSummary,
    ModelRef,
    PlannedCell,
    Run,
    RunSpec,
    Score,
    Suite,
)

Model = str | ModelRef | Callable[..., Any]
"""What `evaluate` takes for a model."""


@dataclass(frozen=True, kw_only=True)
class PlannedRun:
    """A planned run with its name, before anything is computed."""

    name: str
    plan: Plan
    store: Store
    token: str = ""
    """What stands for the digest of models that have none, and for this measuring in the keys of hardware profiles."""


def evaluate(
    models: Model | Sequence[Model],
    suite: str | Sequence[str],
    *,
    store: str | Path | None = None,
    name: str | None = None,
    rerun: Rerun = "missing",
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Run models on suites and return the stored run.

    Args:
        models: Model references as on the command line, ``ModelRef`` values, or functions: texts in, label names or scores
            out (the adapter ``python``). A function is called by its name, or by its attribute ``model_name``.
        suite: ``suite`` or ``suite/task`` selectors.
        store: Store folder; default as on the command line.
        name: Run name; default: made from the specification and the data.
        rerun: ``missing`` (default), ``always`` or ``never``.
        progress: Callbacks for the progress of the run.
        settings: Further fields of ``RunSpec``: on, data, split, limit, seed, device, precision, offline, errors.

    Raises:
        BenchwrightError: What the command line would say; nothing is measured then.
    """
    several = list(models) if isinstance(models, Sequence) and not isinstance(models, str) else [models]
    selectors = _selectors(suite, "suite")
    settings["on"] = _selectors(settings.get("on") or (), "on")
    if settings.get("data") is not None:
        settings["data"] = str(settings["data"])
    spec = RunSpec(models=references(several), suites=selectors, **settings)
    job = prepare(spec, Store(locate(str(store) if store else None)), name=name, rerun=rerun)
    return perform(job, progress=progress)


def _selectors(given: Any, name: str) -> tuple[str, ...]:
    """Selectors of tasks as they are given, one or several. Raises ConfigError for what is neither."""
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable):
        problem = BenchwrightError(
            f"{name}={given!r}", expected="SUITE, SUITE/TASK, or a list of them", hint=f'{name}="starter/sentiment"'
        )
        raise ConfigError([problem], where="evaluate")
    return tuple(given)


def references(models: Sequence[Model]) -> tuple[ModelRef, ...]:
    """Model references in the order given; functions of one name are numbered."""
    parsed = iter(config.parse_models([one for one in models if isinstance(one, str)], registry.names("adapters")))
    found: list[ModelRef] = []
    for model in models:
        if isinstance(model, str):
            found.append(next(parsed))
        elif isinstance(model, ModelRef):
            found.append(model)
        else:
            found.append(_function(model, {one.name for one in found}))
    return tuple(found)


def _function(model: Callable[..., Any], taken: Collection[str]) -> ModelRef:
    if not callable(model):
        raise BenchwrightError(
            f"{model!r} is no model",
            expected="a reference such as tfidf or ./checkpoint, a ModelRef, or a function",
            hint='evaluate("tfidf", "starter/sentiment")',
        )
    stem = re.sub(r"[^\w.-]+", "-", str(getattr(model, "model_name", None) or callables.name_of(model)))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 2))
    name = stem if stem not in taken else next(name for name in numbered if name not in taken)
    return ModelRef(name=name, adapter="python", path=callables.path_of(model))


def load_run(name: str, store: str | Path | None = None) -> Run:
    """A stored run by name. Raises StoreError when there is none."""
    return Store(locate(str(store) if store else None)).read_run(name)


def prepare(spec: RunSpec, store: Store, *, name: str | None = None, rerun: Rerun = "missing") -> PlannedRun:
    """The plan and the name of a run; nothing is computed or written.

    Raises:
        ConfigError: The specification is wrong somewhere.
        StoreError: The name belongs to a run of another specification or other data.
    """
    check_written(spec)
    token = token_of(spec, store, name, rerun)
    plan = make_plan(spec, store, rerun=rerun, token=token)
    job = PlannedRun(name=name or default_name(plan), plan=plan, store=store, token=token)
    store.run_path(job.name)
    refuse_other_spec(job.name, plan, store)
    return job


def perform(job: PlannedRun, *, progress: Progress | None = None, shard: int | None = None) -> Run:
    """Compute what is missing, score everything, and store the run.

    Raises:
        NotComparable: Nothing can be measured; the reasons are in the message.
        StoreError: The store cannot be written.
    """
    plan, store = job.plan, job.store
    if not plan.runnable:
        raise _nothing_measured(plan)
    for cell in plan.runnable:
        if cell.reason in (RERUN_ALWAYS, DAMAGED, TOGETHER) and cell.id:
            store.clear_cell(cell.id)
    created = first_begun(job.name, store)
    with store.at_work(job.name):
        store.write_run(_run(job, {}, created, complete=False))
        outcomes: dict[CellPlace, Outcome] = {}
        pace = _Pace()
        for outcome in execute(plan, store, token=job.token, shard=shard, progress=progress):
            outcomes[outcome.place] = outcome
            if pace.is_due():
                with pace.measured():
                    store.write_run(_run(job, outcomes, created, complete=False))
        run = _run(job, outcomes, created, complete=True)
        store.write_run(run)
    return run


class _Pace:
    """When the results so far are written down: for whoever looks at the run meanwhile, and should it be broken off.

    Never within `_OFTEN` seconds, nor so often that it takes more than a `_SHARE` of the time.
    """

    def __init__(self) -> None:
        self._next = time.monotonic() + _OFTEN

    def is_due(self) -> bool:
        """Whether enough time has passed."""
        return time.monotonic() >= self._next

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Write in this block: its time decides when the next one comes."""
        began = time.monotonic()
        yield
        ended = time.monotonic()
        self._next = ended + max(_OFTEN, (ended - began) / _SHARE)


_OFTEN = 2.0
_SHARE = 0.02


def _run(job: PlannedRun, outcomes: Mapping[CellPlace, Outcome], created: str, *, complete: bool) -> Run:
    plan = job.plan
    cells = tuple(_result(cell, outcomes.get(cell.place), job) for cell in plan.cells)
    explained = summaries(job, outcomes) if complete else ()
    tasks = {cell.task_path: cell.task for cell in plan.cells}
    profiles = score_profiles(job.store, cells, tasks)
    return Run(
        schema=RESULTS,
        name=job.name,
        spec=plan.spec,
        cells=cells,
        aggregates=tuple(_aggregates(plan, cells)) if complete else (),
        environment=environment.describe(),
        created=created,
        complete=complete,
        tasks=tasks,
        suites={suite.name: suite.version for suite in plan.suites},
        robustness=score_views(job.store, cells, tasks),
        bias=score_identity(job.store, cells, tasks),
        gaps=score_gaps(job.store, cells, tasks),
        profiles=profiles,
        precisions=choices_of(job.store, cells),
        variants=compare_variants(job.store, cells, tasks, profiles) if complete else (),
        explanations=explained,
        explanation_agreement=agreements(explained, plan.runnable, job.store),
        token=job.token if any(map(is_of_one_run, plan.cells)) else "",
    )


def summaries(job: PlannedRun, outcomes: Mapping[CellPlace, Outcome]) -> tuple[ExplanationSummary, ...]:
    """Each explanation of the run that there is."""
    plan = job.plan
    done = [cell for cell in plan.runnable if cell.is_explanation and not outcomes[cell.place].reason]
    return tuple(summarise_cell(cell, plan.runnable, job.store, seed=plan.spec.seed) for cell in done)


def _result(cell: PlannedCell, outcome: Outcome | None, job: PlannedRun) -> CellResult:
    store = job.store
    if outcome is None or cell.id is None:
        return _pending(cell, job.name)
    if outcome.reason:
        return msgspec.structs.replace(_pending(cell, job.name), status="failed", reason=outcome.reason)
    if cell.is_hardware:
        return _measured(cell, cell.id, store)
    if cell.is_explanation:
        return _explained(cell, cell.id, outcome)
    found = score_cell(store, cell.id, cell.task)
    ledger = store.read_ledger(cell.id)
    told = cell_notes(cell, ledger, store.read_settings(cell.id), store.read_choice(cell.id))
    alarms = one_cause((*found.alarms, *beside_notes(cell.task, found.scores), *told))
    score, *scores = with_cell_alarms((found.score, *found.scores), alarms)
    return CellResult(
        model=cell.model.name,
        suite=cell.suite.name,
        task=cell.task.name,
        split=cell.split,
        status="scored",
        key=cell.id,
        score=score,
        scores=tuple(scores),
        ledger=ledger,
        seconds=None if cell.facts and cell.facts.replayed else store.read_seconds(cell.id),
        reused=cell.status == "stored",
        alarms=alarms,
        training=store.read_training(cell.facts.digest if cell.facts else None),
    )


def _measured(cell: PlannedCell, key: str, store: Store) -> CellResult:
    """A hardware profile: it has no score, `Run.profiles` tells what was measured."""
    return CellResult(
        model=cell.model.name,
        suite=cell.suite.name,
        task=cell.task.name,
        split=cell.split,
        status="measured",
        key=key,
        ledger=store.read_ledger(key),
        seconds=store.read_seconds(key),
        reused=cell.status == "stored",
        training=store.read_training(cell.facts.digest if cell.facts else None),
    )


def _explained(cell: PlannedCell, key: str, outcome: Outcome) -> CellResult:
    """Explanations of the answers of another cell: `Run.explanations` tells what there is of them."""
    return CellResult(
        model=cell.model.name,
        suite=cell.suite.name,
        task=cell.task.name,
        split=cell.split,
        status="explained",
        key=key,
        reused=not outcome.fresh,
    )


def _pending(cell: PlannedCell, run: str) -> CellResult:
    named = f" with --name {run}" if is_of_one_run(cell) else ""
    absent = cell.status in ("missing", "refused")
    return CellResult(
        model=cell.model.name,
        suite=cell.suite.name,
        task=cell.task.name,
        split=cell.split,
        status=cell.status if absent else "unfinished",  # type: ignore[arg-type]
        key=cell.id,
        reason=cell.reason if absent else f"run the same command again{named} to go on",
    )


def _aggregates(plan: Plan, cells: Sequence[CellResult]) -> Iterable[AggregateScore]:
    """One number per model and aggregate, for suites that were asked for whole."""
    whole = [suite for suite in plan.suites if suite.name in plan.spec.suites]
    for model in plan.spec.models:
        for suite in whole:
            mine = [cell for cell in cells if cell.model == model.name and cell.suite == suite.name]
            for mean in suite.aggregates:
                yield _one_aggregate(model.name, suite, mean, mine, limited=plan.spec.limit is not None)


def _one_aggregate(
    model: str, suite: Suite, mean: Any, cells: Sequence[CellResult], *, limited: bool
) -> AggregateScore:
    scores: dict[str, Score] = {cell.task: cell.score for cell in cells if cell.score is not None}
    result = aggregate(model, suite.name, mean, scores)
    splits = {cell.split for cell in cells if cell.task not in _diagnostics(suite)}
    if splits == {"test"}:
        result = msgspec.structs.replace(result, title=result.title.replace("dev ", "test ", 1))
    mixed = mixed_aggregate((name for member in mean.members for name in member), suite.tasks)
    if mixed:
        return msgspec.structs.replace(result, value=None, low=None, high=None, reason=f"no mean: {mixed}")
    if limited and result.value is not None:
        return msgspec.structs.replace(result, value=None, low=None, high=None, reason="--limit: not the whole splits")
    return result


def _diagnostics(suite: Suite) -> set[str]:
    return {task.name for task in suite.tasks if task.diagnostic}


def _nothing_measured(plan: Plan) -> NotComparable:
    reasons = dict.fromkeys(f"{cell.model.name} on {cell.task_path}: {cell.reason}" for cell in plan.cells)
    return NotComparable(
        "nothing can be measured:",
        shown=tuple(reasons),
        expected="data and a fitting model for at least one task",
        hint=_next_step(plan),
    )


def _next_step(plan: Plan) -> str:
    if all("--rerun never" in cell.reason for cell in plan.cells):
        return "leave --rerun out to compute what is missing"
    return "give the folder of the benchmark files with --data DIR; `benchwright list tasks` shows the file names"
