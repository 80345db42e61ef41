"""The contract of an adapter: facts without weights, answers that depend on nothing but the input, refusals at planning."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchwright import labels
from benchwright.data.load import load
from benchwright.errors import DataMissing, LabelError, ModelError, PredictionsError
from benchwright.task_refs import relabel, trained_on
from benchwright.testing.adapter_checks import (
    AdapterFixture,
    answer_checks,
    check_option,
    check_refused,
    check_runs,
    installed,
)
from benchwright.testing.checks import Check, Skipped, check_registered, require, run_checks
from benchwright.testing.fixtures import make_other_suite, make_suite, tasks_of, write_files
from benchwright.testing.imports import check_imports_light, watched
from benchwright.types import (
    Adapter,
    ClassificationTask,
    Context,
    Dataset,
    Facts,
    GenerationTask,
    Kind,
    LabelMap,
    MayBeBaseline,
    MayHaveGradients,
    ModelRef,
    ReadsFiles,
    RegressionTask,
    Suite,
    Task,
)

MakeModel = Callable[[Task, Context], ModelRef]
"""Builds a model that the adapter can open for a task; the context has a work folder and the train split."""

_FRAMEWORKS = frozenset({"torch", "tensorflow", "jax"})


def check_adapter(adapter: Adapter, *, make_model: MakeModel | None = None) -> tuple[str, ...]:
    """Names of the checks that an adapter passes, on tiny tasks of each kind it supports.

    Args:
        adapter: The value that the package registers.
        make_model: Builds a model for a task, for adapters that open files; by default a reference with no path.

    Raises:
        AssertionError: Lists every check that failed.
    """
    make = make_model or (lambda *_: ModelRef(name=adapter.name, adapter=adapter.name))
    with tempfile.TemporaryDirectory(prefix="benchwright-contract-") as folder, installed(make_suite()):
        write_files(Path(folder))
        return run_checks(f"the adapter {adapter.name!r}", [*_own(adapter), *_by_task(adapter, make, Path(folder))])


def _own(adapter: Adapter) -> Iterator[Check]:
    yield "is registered under its own name", partial(check_registered, "adapters", adapter)
    yield "imports nothing heavy", partial(check_imports_light, "adapters", adapter)
    yield "says what it is", partial(_check_card, adapter)


def _check_card(adapter: Adapter) -> None:
    require(isinstance(adapter, Adapter), "name, version, kinds, options, inspect or open is missing")
    require(
        isinstance(adapter.version, int) and adapter.version >= 1, f"the version is {adapter.version!r}, not 1, 2, ..."
    )
    require(adapter.kinds, "it serves no kind of task")
    require(all(isinstance(kind, Kind) for kind in adapter.kinds), f"kinds are {adapter.kinds!r}, not Kind values")
    bad = [name for name, text in adapter.options.items() if not text or "\n" in text]
    require(not bad, f"options without one line of help: {', '.join(bad)}")
    files = adapter.files if isinstance(adapter, ReadsFiles) else ()
    unknown = sorted({*files} - {*adapter.options})
    require(not unknown, f"`files` names options that it does not have: {', '.join(unknown)}")
    baseline = adapter.baseline if isinstance(adapter, MayBeBaseline) else False
    require(isinstance(baseline, bool), f"`baseline` is {baseline!r}, not True or False")
    gradients = adapter.gradients if isinstance(adapter, MayHaveGradients) else False
    require(isinstance(gradients, bool), f"`gradients` is {gradients!r}, not True or False")


def _by_task(adapter: Adapter, make: MakeModel, folder: Path) -> Iterator[Check]:
    served: list[str] = []
    for kind in adapter.kinds:
        tasks = tasks_of(kind)
        if not tasks:
            yield f"{kind}: answers", partial(_skip, "no fixture of this kind yet")
        for task in tasks:
            yield from _of_task(adapter, make, folder, task, served)
    if any(tasks_of(kind) for kind in adapter.kinds):
        yield "serves a fixture", partial(_check_served, served)
    yield "planning refuses a kind it does not serve", partial(_check_refused_kind, adapter, folder)


def _of_task(adapter: Adapter, make: MakeModel, folder: Path, task: Task, served: list[str]) -> Iterator[Check]:
    workdir = folder / f"work-{task.name}"
    workdir.mkdir()
    asked: list[str] = []
    try:
        context = _context(folder, workdir, task, asked)
        model = make(task, context)
        facts = adapter.inspect(model, task, context)
        tied = _labels(task, model, facts)
    except (ModelError, LabelError, PredictionsError) as error:
        yield f"{task.name}: answers", partial(_skip, f"refused: {error.problem}")
        return
    except Exception as error:
        yield f"{task.name}: inspect gives facts", partial(_fail, error)
        return
    served.append(task.name)
    fixture = AdapterFixture(adapter=adapter, task=task, model=model, context=context, labels=tied)
    yield f"{task.name}: facts need no framework and stay the same", partial(_check_facts, fixture, facts)
    yield from answer_checks(fixture)
    yield f"{task.name}: says when the train split is missing", partial(_check_without_train, fixture, asked)
    yield f"{task.name}: runs through the engine", partial(check_runs, adapter, model, task, folder)
    yield f"{task.name}: planning refuses an unknown option", partial(check_option, adapter, model, task, folder)


def _context(folder: Path, workdir: Path, task: Task, asked: list[str]) -> Context:
    """A context as the engine makes it; ``asked`` notes each time the train split is wanted."""
    suite = make_suite()
    examples = load(task, task.default_split, suite=suite, folder=folder, offline=True, need_targets=False).examples

    def train(other: Task) -> Dataset:
        asked.append(other.name)
        trained = trained_on(suite, other)[1]
        return relabel(other, trained, load(trained, "train", suite=suite, folder=folder, offline=True))

    return Context(suite=suite.name, train=train, items=lambda: examples, offline=True, workdir=workdir)


def _labels(task: Task, model: ModelRef, facts: Facts) -> LabelMap:
    if not task.labels:
        return LabelMap(to_task=(), origin="task")
    given = [part for part in model.options.get("labels", "").split(",") if part]
    return labels.align(task, facts.labels, mapping=given, model=model.name)


def _skip(reason: str) -> None:
    raise Skipped(reason)


def _fail(error: Exception) -> None:
    raise error


def _check_served(served: list[str]) -> None:
    require(served, "it refused every fixture; pass make_model=, a function that builds a model for a fixture task")


def _check_facts(fixture: AdapterFixture, facts: Facts) -> None:
    with watched(_FRAMEWORKS) as seen:
        again = fixture.adapter.inspect(fixture.model, fixture.task, fixture.context)
    require(not seen, f"inspect imports {', '.join(sorted(seen))}; a plan must not load a framework")
    require(isinstance(again, Facts), f"inspect gives {type(again).__name__}, not Facts")
    require(again == facts, f"inspect gives other facts the second time: {facts} and {again}")
    require(facts.digest is None or facts.digest.strip(), "the digest is an empty text; None means there is none")
    require(fixture.task.kind in facts.kinds, f"facts leave out {fixture.task.kind}, which the adapter serves")


def _check_without_train(fixture: AdapterFixture, asked: list[str]) -> None:
    if not asked:
        raise Skipped("it needs no train split")

    def missing(task: Task) -> Dataset:
        raise DataMissing(f"{task.name} has no train split")

    bare = fixture.with_train(missing)
    try:
        facts = bare.adapter.inspect(bare.model, bare.task, bare.context)
    except DataMissing:
        return
    bare.predict(bare.blind[:2])
    require(facts.notes, "without a train split it answers, but its facts carry no note that says so")


def _check_refused_kind(adapter: Adapter, folder: Path) -> None:
    candidates = (RegressionTask.kind, GenerationTask.kind, ClassificationTask.kind)
    foreign = next((kind for kind in candidates if kind not in adapter.kinds), None)
    if foreign is None:
        raise Skipped("it serves every kind that this asks for")
    suite: Suite = make_other_suite(foreign)
    check_refused(adapter, ModelRef(name=adapter.name, adapter=adapter.name), suite, folder)
