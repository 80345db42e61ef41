"""The contract of a suite: a card that is complete, agrees with itself and with the registry, and whose data read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec

from benchwright import kinds, perturbations, registry, spelling
from benchwright.data.load import available, load
from benchwright.metrics.metric import Metric
from benchwright.quantities import mixed_aggregate, mixed_score
from benchwright.task_path import EXPLAIN, HARDWARE, IDENTITY, TaskPath, near
from benchwright.testing.checks import Check, Skipped, check_registered, require, run_checks
from benchwright.testing.imports import ARRAYS, HEAVY, check_imports_light
from benchwright.types import METHODS, SCENARIOS, Example, Prediction, Source, Suite, Task

_PLACEHOLDER = re.compile(
    r"\b(?:to-?do|fix-?me|tbd|tba|lorem ipsum|placeholder|your (?:name|citation|paper|licen[cs]e|data)|who wrote|fill (?:this|me) in)\b"
    r"|^\W*$|^(?:x{2,}|n/?a|none|null|unknown|citation|licen[cs]e|author|paper|reference|change ?me)\W*$|<[^>]*>|example\.(?:com|org)",
    re.IGNORECASE,
)
"""What somebody leaves who means to say it later."""
_EXAMPLE = "that `benchwright new` wrote"
_EXAMPLE_SIZES = {"train": 8, "validation": 12}
_NAME = re.compile(r"[\w.-]+")
_REVISION = re.compile(r"[0-9a-f]{40}")
_ROWS = 20


def check_suite(suite: Suite, *, folder: Path | str | None = None) -> tuple[str, ...]:
    """Names of the checks that a suite passes.

    Args:
        suite: The value that the package registers.
        folder: Data folder, as with ``--data``; without it only data that ship with a package are read.

    Raises:
        AssertionError: Lists every check that failed.
    """
    where = Path(folder) if folder is not None else None
    checks = [*_own(suite), *(check for task in suite.tasks for check in _of_task(suite, task, where))]
    return run_checks(f"the suite {suite.name!r}", checks)


def _own(suite: Suite) -> Iterator[Check]:
    yield "is registered under its own name", partial(check_registered, "suites", suite)
    yield "imports nothing heavy", partial(check_imports_light, "suites", suite, HEAVY | ARRAYS)
    yield "names can be typed and are unique", partial(_check_names, suite)
    yield "aggregates name tasks of the suite", partial(_check_aggregates, suite)
    yield "survives JSON", partial(_check_json, suite)
    yield "custom tasks name functions", partial(_check_custom, suite)
    yield "views are known", partial(_check_views, suite)
    yield "included tasks are there", partial(_check_included, suite)


def _of_task(suite: Suite, task: Task, folder: Path | None) -> Iterator[Check]:
    name = task.name
    yield f"{name}: hub revisions are pinned", partial(_check_pinned, task)
    yield f"{name}: metrics are known and fit", partial(_check_metrics, task)
    yield f"{name}: labels are told apart", partial(_check_labels, task)
    yield f"{name}: splits and inputs agree", partial(_check_card, task)
    yield f"{name}: inputs and labels have the form of its kind", partial(_check_form, task)
    yield f"{name}: trained_on leads to a train split", partial(_check_trained_on, suite, task)
    yield f"{name}: licence and citation are given", partial(_check_origin, task)
    for split, source in task.splits.items():
        yield f"{name}/{split}: rows become examples", partial(_check_rows, suite, task, split, source, folder)


def _check_names(suite: Suite) -> None:
    names = [task.name for task in suite.tasks]
    strange = [name for name in (suite.name, *names) if not _NAME.fullmatch(name)]
    require(not strange, f"not letters, digits, `.`, `_` and `-` alone: {strange}")
    require(len(set(names)) == len(names), f"two tasks share a name: {sorted(names)}")
    require(names or suite.includes or suite.configured or suite.views, "it has no task")
    strangers = [name for name in suite.by_name if name not in names]
    require(not strangers, f"by_name names tasks that are not here: {', '.join(strangers)}")
    require(suite.version >= 1, f"the version is {suite.version}, not 1, 2, ...")


def _check_aggregates(suite: Suite) -> None:
    names = {task.name for task in suite.tasks}
    means = [aggregate.name for aggregate in suite.aggregates]
    require(len(set(means)) == len(means), f"two aggregates share a name: {means}")
    for aggregate in suite.aggregates:
        members = [name for vote in aggregate.members for name in vote]
        unknown = [name for name in members if name not in names]
        require(not unknown, f"{aggregate.name} names tasks that are not here: {', '.join(unknown)}")
        require(all(aggregate.members), f"{aggregate.name} has no member, or an empty one: {aggregate.members}")
        require(len(set(members)) == len(members), f"{aggregate.name} counts a task twice: {members}")
        mixed = mixed_aggregate(members, suite.tasks)
        require(not mixed, f"{aggregate.name} is no mean: {mixed}")


def _check_json(suite: Suite) -> None:
    again = msgspec.json.decode(msgspec.json.encode(suite), type=Suite)
    require(again == suite, "written as JSON and read again it is another suite")


def _check_custom(suite: Suite) -> None:
    for name, spec in suite.custom.items():
        require(suite.task(name) is None, f"{name} is both a task of the suite and one of the user's own")
        registry.function(spec, owner=f"the suite {suite.name}")
    if suite.configured:
        registry.function(suite.configured, owner=f"the suite {suite.name}")


def _check_included(suite: Suite) -> None:
    for name in suite.includes:
        path = TaskPath.parse(name)
        home: Suite = registry.get("suites", path.suite)
        require(home.task(path.task) is not None, f"{name} is no task of {path.suite}")


def _check_views(suite: Suite) -> None:
    for name in suite.views:
        if suite.name == HARDWARE:
            require(name in SCENARIOS, f"{name} is no scenario of a hardware profile")
        elif suite.name == EXPLAIN:
            require(name in METHODS, f"{name} is no method of explanation")
        elif name != IDENTITY:
            require(not suite.tasks, "a suite of perturbations has no tasks of its own")
            perturbations.named(name)


def _check_pinned(task: Task) -> None:
    for split, source in task.splits.items():
        if source.hub is not None:
            revision = source.hub.revision
            require(_REVISION.fullmatch(revision), f"the {split} split is at {revision!r}, not at 40 hex digits")


def _check_metrics(task: Task) -> None:
    require(task.metrics, "it names no metric")
    unknown = [name for name in (*task.metrics, *task.score) if name not in registry.names("metrics")]
    require(not unknown, f"nobody registers the metrics {', '.join(unknown)}")
    outside = [name for name in task.score if name not in task.metrics]
    require(not outside, f"score names metrics that are not among the task's: {', '.join(outside)}")
    for name in task.metrics:
        metric: Metric = registry.get("metrics", name)
        kinds = ", ".join(metric.kinds)
        require(task.kind in metric.kinds, f"{name} is for {kinds}, and the task is {task.kind}")
        asks = "cases of behavioural tests" if metric.of_cases else "gold answers"
        require(metric.of_cases == task.behaviour, f"{name} judges {asks}, and the task has none")
        if name in ("f1", "precision", "recall"):
            require(task.positive, f"{name} is that of one label, and `positive` names none")
    require(not mixed_score(task), mixed_score(task))


def _check_labels(task: Task) -> None:
    ids = [label.id for label in task.labels]
    require(len(set(ids)) == len(ids), f"two labels share an id: {ids}")
    owners: dict[str, str] = {}
    for label in task.labels:
        for written in (label.name, *label.aliases):
            other = owners.setdefault(spelling.fold(written), label.name)
            require(other == label.name, f"{written!r} means both {other!r} and {label.name!r}")
            shadowed = written.strip().isdigit() and int(written) != label.id
            require(not shadowed, f"{written!r} names {label.name!r}, whose id is {label.id}")
    known = task.label_names
    require(task.positive is None or task.positive in known, f"positive is {task.positive!r}, no label of the task")


def _check_card(task: Task) -> None:
    splits = ", ".join(task.splits)
    require(task.default_split in task.splits, f"the default split {task.default_split!r} is not among {splits}")
    default = task.splits[task.default_split]
    # The hub's copy of a diagnostic set may lack the gold labels that its official file has.
    require(default.labelled or default.files, f"the default split {task.default_split!r} has no gold labels")
    strange = [split for split in task.sizes if split not in task.splits]
    require(not strange, f"sizes are given of splits that are not there: {', '.join(strange)}")
    bare = [name for name, columns in task.inputs.items() if not columns]
    require(task.inputs and not bare, f"inputs without a column name: {', '.join(bare) or 'there is no input'}")
    empty = [split for split, s in task.splits.items() if s.hub is None and not s.files and s.package is None]
    require(not empty, f"splits that come from nowhere: {', '.join(empty)}")


def _check_form(task: Task) -> None:
    wrong = list(kinds.of(task).check_card(task))
    require(not wrong, "; ".join(wrong))
    if task.prepare is not None:
        registry.function(task.prepare, owner=f"the task {task.name}")


def _check_trained_on(suite: Suite, task: Task) -> None:
    if task.trained_on is None:
        return
    path = near(task.trained_on, suite.name)
    home: Suite = suite if path.suite == suite.name else registry.get("suites", path.suite)
    trained = home.task(path.task)
    require(trained is not None, f"{task.trained_on!r} is no task of {home.name}")
    assert trained is not None
    require("train" in trained.splits, f"{home.name}/{trained.name} has no train split")
    same = trained.kind is task.kind
    require(same, f"{home.name}/{trained.name} is of kind {trained.kind}, and its head cannot serve {task.kind}")


def _check_origin(task: Task) -> None:
    require(task.licence.strip(), "no licence; write `unspecified` where the authors name none")
    require(task.citation.strip(), "no citation; name the paper or the people, with an address")
    for what, text in (("licence", task.licence), ("citation", task.citation)):
        found = _PLACEHOLDER.search(text)
        require(not found, f"the {what} is a placeholder: {text!r}; name the paper or the people, with an address")
    require(
        _EXAMPLE not in task.citation or task.sizes == _EXAMPLE_SIZES,
        "the citation is that of the example that `benchwright new` wrote, and the data are others",
    )


def _check_rows(suite: Suite, task: Task, split: str, source: Source, folder: Path | None) -> None:
    if not source.package and (
        folder is None or available(task, split, suite=suite, folder=folder, offline=True) is None
    ):
        raise Skipped("not here" if folder is not None else "no data folder given")
    labelled = source.labelled or split == task.default_split
    data = load(task, split, suite=suite, folder=folder, offline=True, need_targets=labelled)
    require(data.examples, "there is no row")
    ids = [example.id for example in data.examples]
    require(len(set(ids)) == len(ids), "two rows share an id")
    for example in data.examples[:_ROWS]:
        json.dumps([example.inputs, example.target])
        require(tuple(example.inputs) == tuple(task.inputs), f"{example.id} has the inputs {list(example.inputs)}")
        problem = _outside(example, task) if labelled else ""
        require(not problem, f"{example.id}: {problem}")


def _outside(example: Example, task: Task) -> str:
    """What is wrong with a target, or nothing."""
    answer = kinds.of(task).right_answer(example.target, task)
    if answer is None and (task.behaviour or not task.target or example.target is not None):
        return ""  # an invariance names no answer, and where words are asked for none are right
    options = example.inputs.get("options") if kinds.of(task).scored == "options" and not task.by_text else None
    scores = None if options is None else tuple(float(place == answer) for place in range(len(options)))
    return kinds.of(task).check_output(task)(Prediction(output=answer, scores=scores), example) or ""
