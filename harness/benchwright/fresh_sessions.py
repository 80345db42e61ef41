"""Measures what rules about ratios of times judge: baseline and candidate in turn, now, on this machine, as a stored run of its own.

A gate reads the store only. This stands above it: it measures and stores, and tells the gate which session is that of which rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.execution.outcome import Progress
from benchwright.gating.context import FreshSession, GateContext, MissingBaseline
from benchwright.gating.rules import Rules
from benchwright.gating.rules.base import is_within
from benchwright.gating.rules.ratio import SCENARIO, RatioRule
from benchwright.hardware.machines import called, is_named
from benchwright.profile_options import takes
from benchwright.run import PlannedRun, perform, prepare
from benchwright.store import Store
from benchwright.store.removal import remove_runs
from benchwright.task_path import HARDWARE, TaskPath, is_hardware_view
from benchwright.types import ModelRef, PlannedCell, RunSpec

_VIEW = f"{HARDWARE}/{SCENARIO}"
_WITHOUT_DIGEST = "run:"


class _Asked(NamedTuple):
    """What one session is about; rules that agree in it share the session."""

    against: str
    split: str | None


@dataclass(kw_only=True, eq=False)
class _Session:
    """A session before it is measured.

    Attributes:
        sides: Baseline and candidate as they are stored.
        rules: Rules that judge it.
        tasks: Tasks, ``suite/task``, whose texts are the inputs.
        job: The run that measures it.
    """

    sides: tuple[System, System]
    rules: tuple[RatioRule, ...]
    tasks: tuple[str, ...]
    job: PlannedRun


def measure_sessions(
    rules: Rules, context: GateContext, store: Store, *, progress: Progress | None = None
) -> GateContext:
    """The context with a session for each rule of kind ``ratio``, measured now and stored as a run of its own.

    Everything is looked up before anything is measured. Who interrupts leaves no run behind.

    Args:
        rules: The rules.
        context: Candidate and references, as they are stored.
        store: Where the session is written.
        progress: Callbacks for the progress of measuring.

    Raises:
        NotComparable: A model cannot be opened here, or is no longer the one whose answers are judged; or nothing could be measured.
        ConfigError: The specification of the session is wrong somewhere.
    """
    asked = [rule for rule in rules.rules if isinstance(rule, RatioRule)]
    if not asked:
        return replace(context, notes=(*context.notes, "nothing was measured: there is no rule of kind ratio"))
    notes: list[str] = []
    sessions = [
        _planned(group, context, store) for group in _groups([rule for rule in asked if _can(rule, context, notes)])
    ]
    for session in sessions:
        notes += _check_models(session)
    found: dict[str, FreshSession] = {}
    for session in sessions:
        measured = _measured(session, progress)
        found |= {rule.id: measured for rule in session.rules}
        names = ", ".join(rule.id for rule in session.rules)
        notes.append(
            f"measured for this gate, baseline and candidate in turn: run {measured.candidate.run.name} ({names})"
        )
    return replace(context, sessions={**context.sessions, **found}, notes=(*context.notes, *notes))


def _can(rule: RatioRule, context: GateContext, notes: list[str]) -> bool:
    """Whether a session can be measured for a rule; where it cannot, a note says why and the rule judges what is stored."""
    other = context.references.get(rule.against, MissingBaseline(reason=f"there is no {rule.against}"))
    if isinstance(other, MissingBaseline):
        notes.append(f"nothing was measured for {rule.id}: {other.reason}")
        return False
    here = context.machine(context.candidate.run.spec.device)
    if rule.machine is not None and not is_named(here, rule.machine):
        notes.append(
            f"nothing was measured for {rule.id}: it is about machine {rule.machine}, and this is {called(here)}"
        )
        return False
    return True


def _groups(rules: Iterable[RatioRule]) -> list[tuple[RatioRule, ...]]:
    """Rules that can share a session: the same two models on the same split."""
    found: dict[_Asked, list[RatioRule]] = {}
    for rule in rules:
        found.setdefault(_Asked(rule.against, rule.split), []).append(rule)
    return [tuple(group) for group in found.values()]


def _planned(rules: tuple[RatioRule, ...], context: GateContext, store: Store) -> _Session:
    baseline, candidate = context.reference(rules[0].against), context.candidate
    tasks = tuple(dict.fromkeys(task for rule in rules for task in _tasks(rule, baseline, candidate)))
    if not tasks:
        raise NotComparable(
            f"nothing can be measured for {', '.join(rule.id for rule in rules)}: {baseline.name} and {candidate.name} have no task in common",
            expected="a task that both were run on",
            hint='name it in the rule: task = "SUITE/TASK"',
        )
    stated = [rule.blocks for rule in rules if rule.blocks is not None]
    spec = _spec(baseline, candidate, tasks, blocks=max(stated, default=None), split=rules[0].split)
    try:
        job = prepare(spec, store)
    except BenchwrightError as error:
        raise _not_opened(error.problems if isinstance(error, ConfigError) else (error,), spec, tasks) from error
    return _Session(sides=(baseline, candidate), rules=rules, tasks=tasks, job=job)


def _tasks(rule: RatioRule, baseline: System, candidate: System) -> list[str]:
    """Tasks, ``suite/task``, that a rule names; without any, those that both models were run on."""
    mine, others = _bases(candidate), _bases(baseline)
    if not rule.tasks:
        return [path for path in mine if path in others]
    found: list[str] = []
    for task in rule.tasks:
        named = task.rpartition("@")[2]
        within = [path for path in dict.fromkeys((*mine, *others)) if is_within(path, named)]
        found += within or [named]
    return found


def _bases(side: System) -> list[str]:
    """Tasks as they are that a model was run or measured on; other views than those of hardware aside."""
    paths = [cell.task_path for cell in side.run.cells if cell.model in side.models and cell.key]
    return list(dict.fromkeys(path.rpartition("@")[2] for path in paths if "@" not in path or is_hardware_view(path)))


def _spec(
    baseline: System, candidate: System, tasks: Sequence[str], *, blocks: int | None, split: str | None
) -> RunSpec:
    """What both runs were asked to do, as one session. Raises NotComparable where they cannot be in one."""
    old, new = baseline.run.spec, candidate.run.spec
    for what in ("device", "precision"):
        if getattr(old, what) != getattr(new, what):
            raise NotComparable(
                f"{baseline.name} was run with --{what} {getattr(old, what)}, {candidate.name} with --{what} {getattr(new, what)}",
                expected=f"one {what} for both, as a session has one",
                hint=f"run one of them again with the {what} of the other, or leave --measure out",
            )
    first, second = _reference(baseline), _reference(candidate)
    if first.name == second.name:
        first = msgspec.structs.replace(first, name=f"{first.name}-baseline")
    options = {**_options(new, _options(old, {})), **({"blocks": str(blocks)} if blocks else {}), "alone": "yes"}
    return RunSpec(
        models=(first, second),
        suites=(f"{_VIEW}?{'&'.join(f'{name}={value}' for name, value in options.items())}",),
        on=tuple(_selector(task, new, old) for task in tasks),
        split=split or new.split,
        data=new.data or old.data,
        limit=new.limit,
        seed=new.seed,
        device=new.device,
        precision=new.precision,
        offline=new.offline or old.offline,
    )


def _reference(side: System) -> ModelRef:
    return next(model for model in side.run.spec.models if model.name == side.models[0])


def _options(spec: RunSpec, default: Mapping[str, str]) -> Mapping[str, str]:
    """Options of the interleaved session that a run was asked for (``preset=quick``); the default where it was asked for none."""
    for text in spec.suites:
        head, _, tail = text.partition("?")
        if head.partition("@")[0] == _VIEW:
            pairs = (pair.partition("=") for pair in tail.split("&") if pair)
            return {
                name: value for name, _, value in pairs if takes(name, SCENARIO) and name not in ("alone", "blocks")
            }
    return default


def _selector(task: str, *specs: RunSpec) -> str:
    """A task as it was typed: with its options, where it is of a user's own data."""
    for spec in specs:
        for text in (*spec.suites, *spec.on):
            if "?" in text and text.partition("?")[0] == task:
                return text
    return task


def _not_opened(problems: Sequence[BenchwrightError], spec: RunSpec, tasks: Sequence[str]) -> NotComparable:
    models = " ".join(_written(model) for model in spec.models)
    return NotComparable(
        "the models of the stored runs cannot be measured here:",
        shown=tuple(problem.line for problem in problems),
        expected=f"{models}, and the data of {', '.join(tasks)}, where their runs found them",
        hint="type this in the folder in which they were run, run them again here, or leave --measure out",
    )


def _written(model: ModelRef) -> str:
    """A model as it is typed."""
    head = f"{model.adapter}:{model.path}" if model.path else model.adapter
    at = f"@{model.revision}" if model.revision else ""
    tail = "&".join(f"{name}={value}" for name, value in model.options.items())
    return f"{head}{at}{f'?{tail}' if tail else ''}"


def _check_models(session: _Session) -> list[str]:
    """Notes on models without a digest. Raises NotComparable for a model that cannot be measured or is another one by now."""
    notes = []
    for side, model in zip(session.sides, session.job.plan.spec.models, strict=True):
        for cell in session.job.plan.cells:
            if cell.model.name == model.name:
                notes += _check_model(side, cell, session)
    return list(dict.fromkeys(notes))


def _check_model(side: System, cell: PlannedCell, session: _Session) -> list[str]:
    base = TaskPath.parse(cell.task_path)
    task = f"{base.suite}/{base.task}"
    if cell.facts is None:
        raise _not_opened(
            [BenchwrightError(f"{side.name} on {task}: {cell.reason}")], session.job.plan.spec, session.tasks
        )
    before = _digests(side, task)
    again = f"benchwright run {_written(cell.model)} --suite {task}"
    if not before:
        raise NotComparable(
            f"{side.name} was not run on {task}: nothing says that {_written(cell.model)} is still the model that is judged",
            expected="a task that it was run on",
            hint=f"{again}, then judge that run",
        )
    now = cell.facts.digest
    if now is None or all(one.startswith(_WITHOUT_DIGEST) for one in before):
        return [
            f"{side.name} has no digest: nothing says that what was measured is still the model whose answers are judged"
        ]
    if now not in before:
        raise NotComparable(
            f"{side.name} is another model by now: the digest of {_written(cell.model)} on {task} was {before[-1][:12]} and is {now[:12]}",
            expected="the model whose stored answers are judged",
            hint=f"{again}, then judge that run; or leave --measure out",
        )
    return []


def _digests(side: System, task: str) -> list[str]:
    """Digests that a model had when it was run or measured on a task, those of its answers last."""
    cells = [
        cell
        for cell in side.run.cells
        if cell.model in side.models and cell.key and cell.status in ("scored", "measured")
        if cell.task_path == task or (is_hardware_view(cell.task_path) and cell.task_path.rpartition("@")[2] == task)
    ]
    answered = [cell for cell in cells if cell.status == "scored"]
    return [side.store.read_cell(str(cell.key)).key.model for cell in answered or cells]


def _measured(session: _Session, progress: Progress | None) -> FreshSession:
    job = session.job
    try:
        run = perform(job, progress=progress)
    except KeyboardInterrupt:
        if job.store.has_run(job.name):
            remove_runs(job.store, [job.name])
        raise KeyboardInterrupt(
            "nothing of the session is kept, which is one or none; run the same command again"
        ) from None
    baseline, candidate = (
        System(label=model.name, run=run, models=(model.name,), store=job.store) for model in run.spec.models
    )
    return FreshSession(baseline=baseline, candidate=candidate)
