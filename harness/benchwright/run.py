"""From a specification to a stored run: plan, execute, score, store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from benchwright import config, environment, formatting, kinds, registry
from benchwright.alarm import TAKEN, alarm, carrying, in_order, note, notes
from benchwright.answer_text import NOWHERE
from benchwright.data.cluster import REPEATS
from benchwright.errors import BenchwrightError, ConfigError, NotComparable, StoreError
from benchwright.execute import SHARD, Outcome, Progress
from benchwright.jobs import execute
from benchwright.labels import output_names
from benchwright.plan import Plan, Rerun, make_plan, make_token
from benchwright.quantities import mixed_recipe
from benchwright.score import aggregate
from benchwright.score_cache import score_cell
from benchwright.store import Store, locate
from benchwright.tags import types_of
from benchwright.types import (
    DAMAGED,
    RERUN_ALWAYS,
    RESULTS,
    AggregateScore,
    Alarm,
    CellPlace,
    CellResult,
    Dataset,
    LabelMap,
    Ledger,
    ModelRef,
    PlannedCell,
    Run,
    RunSpec,
    Score,
    Suite,
    TaggingTask,
    Task,
)

_TOLD_UNKNOWN, _MOST_UNKNOWN = 0.01, 0.1
"""Shares of unknown tokens: from the first on there is a note, above the second an alarm."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A planned run with its name, before anything is computed."""

    name: str
    plan: Plan
    store: Store
    token: str = ""
    """What stands for the digest of models that have none."""


def evaluate(
    models: str | ModelRef | Sequence[str | ModelRef],
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
        models: Model references as on the command line, or ``ModelRef`` values.
        suite: ``suite`` or ``suite/task`` selectors.
        store: Store folder; default as on the command line.
        name: Run name; default: made from the specification and the data.
        rerun: ``missing`` (default), ``always`` or ``never``.
        progress: Who is told how far the run is.
        settings: Further fields of ``RunSpec``: data, split, limit, seed, device, precision, offline, errors.

    Raises:
        BenchwrightError: What the command line would say; nothing is measured then.
    """
    texts = [models] if isinstance(models, str | ModelRef) else list(models)
    given = [model for model in texts if isinstance(model, ModelRef)]
    parsed = config.parse_models([m for m in texts if isinstance(m, str)], registry.names("adapters"))
    selectors = (suite,) if isinstance(suite, str) else tuple(suite)
    if settings.get("data") is not None:
        settings["data"] = str(settings["data"])
    spec = RunSpec(models=(*parsed, *given), suites=selectors, **settings)
    job = prepare(spec, Store(locate(str(store) if store else None)), name=name, rerun=rerun)
    return perform(job, progress=progress)


def load_run(name: str, store: str | Path | None = None) -> Run:
    """A stored run by name. Raises StoreError when there is none."""
    return Store(locate(str(store) if store else None)).read_run(name)


def prepare(spec: RunSpec, store: Store, *, name: str | None = None, rerun: Rerun = "missing") -> Job:
    """The plan and the name of a run; nothing is computed or written.

    Raises:
        ConfigError: The specification is wrong somewhere.
        StoreError: The name belongs to a run of another specification or other data.
    """
    _check_written(spec)
    token = _token(spec, store, name, rerun)
    plan = make_plan(spec, store, rerun=rerun, token=token)
    job = Job(name=name or _default_name(plan), plan=plan, store=store, token=token)
    store.run_path(job.name)
    _refuse_other_spec(job)
    return job


def _check_written(spec: RunSpec) -> None:
    """Raise ConfigError for what no run file could hold, since nobody could read it again.

    Half of a surrogate pair, as a name that is not UTF-8 has it; a setting of another type, which Python lets through.
    """
    try:
        msgspec.json.decode(msgspec.json.encode(spec), type=RunSpec)
    except (msgspec.ValidationError, TypeError) as error:
        what, _, where = str(error).partition(" - at ")
        name = where.strip("`").removeprefix("$.") or "a setting"
        given = f"{name} {getattr(spec, name)!r}" if hasattr(spec, name) else name
        wanted = what.removeprefix("Expected ").partition(", got ")[0]
        problem = BenchwrightError(given, expected=wanted, hint="write numbers and true or false without quotes")
        raise ConfigError([problem], where="the run") from error
    except UnicodeEncodeError as error:
        problem = BenchwrightError(
            f"{error.object[max(0, error.start - 40) : error.end]} is not UTF-8",
            expected="names, paths and options in UTF-8",
            hint="rename the file, then name it anew",
        )
        raise ConfigError([problem], where="the run") from error


def perform(job: Job, *, progress: Progress | None = None, shard: int = SHARD) -> Run:
    """Compute what is missing, score everything, and store the run.

    Raises:
        NotComparable: Nothing can be measured; the reasons are in the message.
        StoreError: The store cannot be written.
    """
    plan, store = job.plan, job.store
    if not plan.runnable:
        raise _nothing_measured(plan)
    for cell in plan.runnable:
        if cell.reason in (RERUN_ALWAYS, DAMAGED) and cell.id:
            store.clear_cell(cell.id)
    created = _created(job)
    store.write_run(_run(job, {}, created, complete=False))
    found = execute(plan, store, token=job.token, shard=shard, progress=progress)
    outcomes = {outcome.place: outcome for outcome in found}
    run = _run(job, outcomes, created, complete=True)
    store.write_run(run)
    return run


def _run(job: Job, outcomes: Mapping[CellPlace, Outcome], created: str, *, complete: bool) -> Run:
    plan = job.plan
    cells = tuple(_result(cell, outcomes.get(cell.place), job.store) for cell in plan.cells) if complete else ()
    if not complete:
        cells = tuple(_pending(cell) for cell in plan.cells)
    return Run(
        schema=RESULTS,
        name=job.name,
        spec=plan.spec,
        cells=cells,
        aggregates=tuple(_aggregates(plan, cells)) if complete else (),
        environment=environment.describe(),
        created=created,
        complete=complete,
        tasks={cell.task_path: cell.task for cell in plan.cells},
        suites={suite.name: suite.version for suite in plan.suites},
        token=job.token if any(_has_no_digest(cell) for cell in plan.cells) else "",
    )


def _result(cell: PlannedCell, outcome: Outcome | None, store: Store) -> CellResult:
    if outcome is None or cell.id is None:
        return _pending(cell)
    if outcome.reason:
        return msgspec.structs.replace(_pending(cell), status="failed", reason=outcome.reason)
    found = score_cell(store, cell.id, cell.task)
    ledger = store.read_ledger(cell.id)
    alarms = _one_cause((*found.alarms, *_notes(cell, ledger, store.read_settings(cell.id))))
    score, *scores = carrying((found.score, *found.scores), alarms)
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


def _pending(cell: PlannedCell) -> CellResult:
    absent = cell.status in ("missing", "refused")
    return CellResult(
        model=cell.model.name,
        suite=cell.suite.name,
        task=cell.task.name,
        split=cell.split,
        status=cell.status if absent else "unfinished",  # type: ignore[arg-type]
        key=cell.id,
        reason=cell.reason if absent else "run the same command again to go on",
    )


def _one_cause(found: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Alarms in order; answers that are shifted by a row stand nowhere in their context for that reason."""
    told = in_order(found)
    shifted = any(one.code == "shifted" for one in told)
    return tuple(one for one in told if not (shifted and one.code == "nowhere"))


def _notes(cell: PlannedCell, ledger: Ledger, settings: Mapping[str, str]) -> Iterable[Alarm]:
    assert cell.key is not None
    assert cell.dataset is not None
    yield from notes("model", cell.facts.notes if cell.facts else ())
    if settings.get("note"):
        yield note("tokenizer", settings["note"])
    if cell.task.taken:
        yield note(TAKEN, cell.task.taken)
    yield from notes("data", cell.dataset.notes)
    yield from _repeats(cell.dataset, cell.task)
    if cell.key.limit is not None:
        rows = f"first {cell.key.limit:,} of {len(cell.dataset.examples):,} rows only"
        yield note("limited", f"{rows}: not a benchmark score")
    if cell.key.labels.origin == "user":
        yield note("mapped", f"labels mapped by the user: {_mapped(cell.key.labels, cell.task)}")
    lacking = _lacking_types(cell.key.labels, cell.task)
    if lacking:
        yield alarm("lacking-types", f"the model knows no type {', '.join(lacking)}: entities of it cannot be found")
    if ledger.truncated:
        yield note("truncated", f"{ledger.truncated:,} inputs truncated")
    yield from _unknown(ledger)
    yield from _nowhere(ledger)
    told = {what: count for what, count in ledger.notes.items() if count and what != NOWHERE}
    yield from notes("inputs", (f"{count:,} {what}" for what, count in told.items()))


def _unknown(ledger: Ledger) -> Iterable[Alarm]:
    """Tokens that the vocabulary lacks: worth a note from a hundredth of the text on, an alarm above a tenth."""
    share = ledger.unknown / ledger.tokens if ledger.tokens else 0.0
    if share >= _TOLD_UNKNOWN:
        said = f"{formatting.percent(share, 2)} of the text is unknown tokens ({ledger.unknown:,} of {ledger.tokens:,})"
        if share > _MOST_UNKNOWN:
            yield alarm("unknown-tokens", f"{said}: a language, script or tokenizer that the model was not made for")
        else:
            yield note("unknown-tokens", said)


def _lacking_types(labels: LabelMap, task: Task) -> tuple[str, ...]:
    """Entity types of a task to tag that no output of the model means."""
    if not isinstance(task, TaggingTask) or not task.labels:
        return ()
    known = types_of(output_names(task, labels))
    return tuple(kind for kind in types_of(task.label_names) if kind not in known)


_SOME, _MANY_NOWHERE = 0.01, 0.1
"""From these shares of the answers on it is told; from the second on, they are not answers to these questions, or are written in words of their own."""


def _nowhere(ledger: Ledger) -> Iterable[Alarm]:
    count, answers = ledger.notes.get(NOWHERE, 0), max(ledger.total - ledger.errored, 1)
    if count >= _MANY_NOWHERE * answers:
        yield alarm("nowhere", f"{count:,} of {answers:,} {NOWHERE}: were they made for other questions?")
    elif count >= _SOME * answers:
        yield note("nowhere", f"{count:,} of {answers:,} {NOWHERE}")


_MANY = 0.1
"""From this share of the rows on, repeats are an alarm: the score is mostly about the rows that stand often. Headlines
and datelines repeat by nature among tagged sentences."""


def _repeats(dataset: Dataset, task: Task) -> Iterable[Alarm]:
    """Rows of the data that repeat earlier ones, where they matter."""
    rows = len(dataset.examples)
    told = "{:,} of " + f"{rows:,} rows repeat the inputs of an earlier row"
    if dataset.repeats >= REPEATS * max(rows, 1):
        one = f"{told.format(dataset.repeats)}: equal rows are one independent unit"
        many = dataset.repeats >= kinds.of(task).many_repeats * rows
        yield alarm("repeats", one) if many else note("repeats", one)
    if dataset.apart >= _MANY * max(rows, 1):
        yield note("repeats", f"{told.format(dataset.apart)} in another cluster, and count as independent of it")


def _mapped(labels: LabelMap, task: Task) -> str:
    return ", ".join(f"output {i} = {name}" for i, name in enumerate(output_names(task, labels)))


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
    mixed = mixed_recipe((name for member in mean.members for name in member), suite.tasks)
    if mixed:
        return msgspec.structs.replace(result, value=None, low=None, high=None, reason=f"no mean: {mixed}")
    if limited and result.value is not None:
        return msgspec.structs.replace(result, value=None, low=None, high=None, reason="--limit: not the whole splits")
    return result


def _diagnostics(suite: Suite) -> set[str]:
    return {task.name for task in suite.tasks if task.diagnostic}


def _default_name(plan: Plan) -> str:
    """A name that equal runs share and different ones do not: models, suites, and a digest of both and the data."""
    models = "+".join(model.name for model in plan.spec.models)
    asked = (selector.partition("?")[0] for selector in plan.spec.suites)  # options hold paths of this machine
    suites = "+".join(dict.fromkeys(selector.replace("/", "-") for selector in asked))
    keys = [cell.id or f"{cell.model.name} {cell.task_path} {cell.status}" for cell in plan.cells]
    content = msgspec.json.encode([plan.spec, keys], order="deterministic")
    stem = re.sub(r"[^\w.+-]+", "-", f"{models}.{suites}")[:60].strip(".-+")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:8]}"


def _token(spec: RunSpec, store: Store, name: str | None, rerun: Rerun) -> str:
    """A new token, or that of the named run where it goes on: unfinished, or to be computed again as a whole."""
    if name is not None and store.has_run(name):
        old = store.read_run(name)
        if old.spec == spec and (not old.complete or rerun == "always"):
            return old.token or make_token()
    return make_token()


def _has_no_digest(cell: PlannedCell) -> bool:
    return cell.facts is not None and not cell.facts.digest


def _refuse_other_spec(job: Job) -> None:
    if not job.store.has_run(job.name):
        return
    old = job.store.read_run(job.name)
    if old.spec != job.plan.spec:
        changed = [f for f in RunSpec.__struct_fields__ if getattr(old.spec, f) != getattr(job.plan.spec, f)]
        raise StoreError(
            f"the run {job.name!r} exists and was made with other settings ({', '.join(changed)})",
            expected="a name of its own for each specification",
            hint="choose another --name, or leave it out",
        )
    before = {(cell.model, cell.suite, cell.task, cell.split): cell.key for cell in old.cells}
    for cell in job.plan.cells:
        key = before.get((cell.model.name, cell.suite.name, cell.task.name, cell.split))
        if key is not None and cell.id is not None and key != cell.id:
            if _has_no_digest(cell):
                raise _asked_before(job, cell)
            raise StoreError(
                f"the run {job.name!r} exists, but {cell.model.name} on {cell.task_path} is no longer the same"
                f" ({_what_changed(job.store, key, cell)})",
                expected="the same models, data and versions under the same name",
                hint="choose another --name, or leave it out",
            )


def _asked_before(job: Job, cell: PlannedCell) -> StoreError:
    """A model without a digest may be another one today, and its old answers are never taken for new ones."""
    return StoreError(
        f"the run {job.name!r} is finished, and {cell.model.name} has no digest: nothing says that it is still the same model",
        expected="a name of its own for each run of such a model",
        hint="choose another --name, leave it out, or type --rerun always to ask it again under this name",
    )


def _what_changed(store: Store, key: str, cell: PlannedCell) -> str:
    try:
        old = store.read_cell(key).key
    except StoreError:
        return "its earlier cell is gone"
    assert cell.key is not None
    changed = [field for field in old.__struct_fields__ if getattr(old, field) != getattr(cell.key, field)]
    return f"changed: {', '.join(changed)}"


def _created(job: Job) -> str:
    """When the run was first begun; a resumed or repeated run keeps its date."""
    if job.store.has_run(job.name):
        return job.store.read_run(job.name).created
    return datetime.now(UTC).isoformat(timespec="seconds")


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
