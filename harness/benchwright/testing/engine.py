"""The real planner and engine on a plugin under test, as if it and a fixture suite were installed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec

from benchwright import registry
from benchwright.errors import ConfigError
from benchwright.execute import execute
from benchwright.plan import Plan, make_plan
from benchwright.store import Store
from benchwright.testing.checks import require
from benchwright.testing.fixtures import make_suite
from benchwright.types import Adapter, ModelRef, RunSpec, Suite, Task


def check_runs(adapter: Adapter, model: ModelRef, task: Task, folder: Path) -> None:
    """A run of the engine gives a record for every example, none errored."""
    with _planned(adapter, model, make_suite(), task, folder) as (plan, store):
        outcomes = list(execute(plan.runnable, store))
        require(len(outcomes) == 1, f"{len(outcomes)} cells ran instead of 1")
        require(not outcomes[0].reason, outcomes[0].reason)
        cell = outcomes[0].cell
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
    spec = RunSpec(models=(model,), suites=(f"{suite.name}/{task.name}",), data=str(folder), offline=True)
    with tempfile.TemporaryDirectory(prefix="benchwright-store-") as root, _installed(adapter, suite):
        store = Store(Path(root))
        yield make_plan(spec, store), store


@contextmanager
def _installed(adapter: Adapter, suite: Suite) -> Iterator[None]:
    """The registry, with an adapter and a suite in it that need not be installed."""
    here = {("adapters", adapter.name): adapter, ("suites", suite.name): suite}
    real = registry.get

    def get(group: registry.Group, name: str) -> Any:
        return here[group, name] if (group, name) in here else real(group, name)

    with mock.patch.object(registry, "get", get):
        yield
