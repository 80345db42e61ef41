"""What is true of an adapter's model on a fixture: answers in order and of the example alone, runs and refusals of the real engine."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from benchwright import kinds, registry
from benchwright.errors import ConfigError
from benchwright.execution.records import to_records
from benchwright.jobs import execute
from benchwright.plan import Plan, make_plan
from benchwright.store import Store
from benchwright.task_path import task_path
from benchwright.testing.checks import Check, Skipped, require
from benchwright.testing.fixtures import make_suite
from benchwright.types import (
    FORWARD_DEVICE,
    STAGES,
    Adapter,
    Context,
    Dataset,
    Example,
    HasStages,
    LabelMap,
    ModelRef,
    Prediction,
    RunSpec,
    Suite,
    Task,
)

BATCH_TOLERANCE = 1e-5
"""Most that a score or a number may depend on the other examples of a batch."""


@dataclass(frozen=True, kw_only=True)
class AdapterFixture:
    """A model of an adapter on a fixture task."""

    adapter: Adapter
    task: Task
    model: ModelRef
    context: Context
    labels: LabelMap

    @cached_property
    def blind(self) -> list[Example]:
        """The examples, without targets, as the engine shows them."""
        return list(self.context.items())

    def predict(self, *batches: Sequence[Example]) -> list[Prediction]:
        """Answers of a fresh session to one batch after the other, joined; the session is closed."""
        session = self.adapter.open(self.model, self.task, replace(self.context, labels=self.labels))
        try:
            return [answer for batch in batches for answer in session.predict(list(batch))]
        finally:
            session.close()

    def with_train(self, train: Callable[[Task], Dataset]) -> AdapterFixture:
        """The same with another train split."""
        return replace(self, context=replace(self.context, train=train))


def answer_checks(fixture: AdapterFixture) -> Iterator[Check]:
    """Checks of the answers of a model."""
    name = fixture.task.name
    yield f"{name}: one answer per example, in order", partial(_check_order, fixture)
    yield f"{name}: answers lie in the task's domain", partial(_check_domain, fixture)
    yield f"{name}: a batch of 1 equals a batch of 8", partial(_check_batches, fixture)
    yield f"{name}: the same seed gives the same answers", partial(_check_seed, fixture)
    yield f"{name}: targets change nothing", partial(_check_targets, fixture)
    yield f"{name}: measuring stages changes no answer", partial(_check_stages, fixture)
    yield f"{name}: closing twice is safe", partial(_check_close, fixture)


def _check_order(fixture: AdapterFixture) -> None:
    there = fixture.predict(fixture.blind)
    require(len(there) == len(fixture.blind), f"{len(there)} answers to {len(fixture.blind)} examples")
    back = fixture.predict(fixture.blind[::-1])
    found = difference(fixture, there, back[::-1])
    require(not found, f"the same examples in reverse order are answered differently: {found}")


def _check_domain(fixture: AdapterFixture) -> None:
    examples = fixture.blind
    predictions = fixture.predict(examples)
    for example, prediction in zip(examples, predictions, strict=True):
        require(isinstance(prediction, Prediction), f"{example.id}: a {type(prediction).__name__}, not a Prediction")
    for record in to_records(examples, predictions, fixture.task):
        require(record.error is None, f"{record.id}: {record.error}")


def _check_batches(fixture: AdapterFixture) -> None:
    eights = [fixture.blind[at : at + 8] for at in range(0, len(fixture.blind), 8)]
    found = difference(fixture, fixture.predict(*eights), fixture.predict(*([example] for example in fixture.blind)))
    require(not found, f"an answer depends on its batch: {found} (tolerance {BATCH_TOLERANCE:g})")


def _check_seed(fixture: AdapterFixture) -> None:
    first, second = (msgspec.json.encode(fixture.predict(fixture.blind)) for _ in range(2))
    require(first == second, "two sessions with one seed give different bytes")


def _check_targets(fixture: AdapterFixture) -> None:
    make_target = kinds.of(fixture.task).make_target
    for one in (0, 1):
        shown = [
            msgspec.structs.replace(example, target=make_target(example.inputs, fixture.task, one))
            for example in fixture.blind
        ]
        found = difference(fixture, fixture.predict(fixture.blind), fixture.predict(shown))
        require(not found, f"an answer depends on the target of its example: {found}")


def _check_stages(fixture: AdapterFixture) -> None:
    session = fixture.adapter.open(fixture.model, fixture.task, replace(fixture.context, labels=fixture.labels))
    try:
        if not isinstance(session, HasStages):
            raise Skipped("its session has no stages: a query is measured as a whole")
        whole = session.predict(fixture.blind)
        ticks = count()
        found, stages = session.predict_in_stages(fixture.blind, lambda: float(next(ticks)))
    finally:
        session.close()
    changed = difference(fixture, whole, found)
    require(not changed, f"predict_in_stages answers otherwise than predict: {changed}")
    unknown = sorted({*stages} - {*STAGES, FORWARD_DEVICE})
    require(not unknown, f"stages that there are not: {', '.join(unknown)}; there are {', '.join(STAGES)}")
    wrong = {name: seconds for name, seconds in stages.items() if not (math.isfinite(seconds) and seconds >= 0)}
    require(stages and not wrong, f"stages without seconds: {wrong or 'all'}")


def _check_close(fixture: AdapterFixture) -> None:
    session = fixture.adapter.open(fixture.model, fixture.task, replace(fixture.context, labels=fixture.labels))
    session.close()
    session.close()


def difference(fixture: AdapterFixture, one: Sequence[Prediction], other: Sequence[Prediction]) -> str:
    """The first pair of answers that differ by more than the tolerance, in words; empty when there is none."""
    if len(one) != len(other):
        return f"{len(one)} and {len(other)} answers"
    for example, first, second in zip(fixture.blind, one, other, strict=True):
        if not _alike(first, second, example, fixture.task):
            return f"{example.id}: {first.output!r} {first.scores or ''} and {second.output!r} {second.scores or ''}"
    return ""


def _alike(first: Prediction, second: Prediction, example: Example, task: Task) -> bool:
    if (first.scores is None) != (second.scores is None):
        return False
    if first.scores is not None and second.scores is not None:
        pairs = list(zip(first.scores, second.scores, strict=True))
        if not all(math.isclose(a, b, rel_tol=0, abs_tol=BATCH_TOLERANCE) for a, b in pairs):
            return False
    return kinds.of(task).are_alike(first, second, BATCH_TOLERANCE) or _is_tie(first, second, example, task)


def _is_tie(first: Prediction, second: Prediction, example: Example, task: Task) -> bool:
    """Whether two answers differ only because their scores are equal within the tolerance."""
    if first.scores is None or second.scores is None:
        return False
    options = list(example.inputs.values())[-1]
    places = [kinds.of(task).position(answer.output, task, options) for answer in (first, second)]
    if places[0] is None or places[1] is None:
        return False
    return abs(first.scores[places[0]] - first.scores[places[1]]) <= 2 * BATCH_TOLERANCE


def check_runs(adapter: Adapter, model: ModelRef, task: Task, folder: Path) -> None:
    """A run of the engine gives a record for every example, none errored."""
    with _planned(adapter, model, make_suite(), task, folder) as (plan, store):
        outcomes = list(execute(plan, store))
        require(len(outcomes) == 1, f"{len(outcomes)} cells ran instead of 1")
        require(not outcomes[0].reason, outcomes[0].reason)
        cell = plan.cells[0]
        assert cell.id is not None
        records = store.read_records(cell.id)
    require(len(records) == len(cell.examples), f"{len(records)} records of {len(cell.examples)} examples")
    errored = [record for record in records if record.error is not None]
    require(not errored, f"{len(errored)} errored records, first: {errored[:1]}")


def check_option(adapter: Adapter, model: ModelRef, task: Task, folder: Path) -> None:
    """An option that the adapter does not declare is a planning error that names it."""
    strange = msgspec.structs.replace(model, options={**model.options, "no_such_option": "1"})
    refusal = _refusal(adapter, strange, make_suite(), task, folder)
    require("no_such_option" in refusal, f"the plan takes an unknown option: {refusal or 'no error'}")


def check_refused(adapter: Adapter, model: ModelRef, suite: Suite, folder: Path) -> None:
    """A kind of task that the adapter does not declare is a planning error."""
    task = suite.tasks[0]
    refusal = _refusal(adapter, model, suite, task, folder)
    require("cannot serve" in refusal, f"the plan takes a task of kind {task.kind}: {refusal or 'no error'}")


def _refusal(adapter: Adapter, model: ModelRef, suite: Suite, task: Task, folder: Path) -> str:
    try:
        with _planned(adapter, model, suite, task, folder):
            return ""
    except ConfigError as error:
        return str(error)


@contextmanager
def _planned(adapter: Adapter, model: ModelRef, suite: Suite, task: Task, folder: Path) -> Iterator[tuple[Plan, Store]]:
    """The plan of one model on one task, and a store that is thrown away."""
    spec = RunSpec(models=(model,), suites=(task_path(suite.name, task.name),), data=str(folder), offline=True)
    with tempfile.TemporaryDirectory(prefix="benchwright-store-") as root, installed(suite, adapter):
        store = Store(Path(root))
        yield make_plan(spec, store), store


@contextmanager
def installed(suite: Suite, adapter: Adapter | None = None) -> Iterator[None]:
    """The registry, with a suite and an adapter in it that need not be installed."""
    here: dict[tuple[str, str], Any] = {("suites", suite.name): suite}
    if adapter is not None:
        here["adapters", adapter.name] = adapter
    real = registry.get

    def get(group: registry.Group, name: str) -> Any:
        return here[group, name] if (group, name) in here else real(group, name)

    with mock.patch.object(registry, "get", get):
        yield
