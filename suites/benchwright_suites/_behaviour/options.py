"""The options that tasks of behavioural tests take: how many cases of a test, and which task's head and train split serve them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.task_path import near
from benchwright.types import AnyTask, Label, Source

CASES = "cases of each test that are taken, the first ones: a number, or all"
TRAINED_ON = "SUITE/TASK whose head and train split serve these tests"
COMMON = {"cases": CASES, "trained_on": TRAINED_ON}


def check_options(given: Mapping[str, str], known: Mapping[str, str], *, task: str) -> None:
    """Raise ConfigError with every option that is unknown or has no such value."""
    problems = [*_unknown(given, known, task), *_wrong_cases(given)]
    if problems:
        raise ConfigError(problems, where=task)


def _unknown(given: Mapping[str, str], known: Mapping[str, str], task: str) -> Iterator[BenchwrightError]:
    for key in given:
        if key not in known:
            hint = registry.suggest(key, known) or "docs/behaviour.md describes them"
            yield BenchwrightError(f"{task} has no option {key!r}", expected=f"one of: {', '.join(known)}", hint=hint)


def _wrong_cases(given: Mapping[str, str]) -> Iterator[BenchwrightError]:
    value = given.get("cases", "all")
    if value != "all" and not (value.isascii() and value.isdigit() and 0 < int(value) <= 10**9):
        yield BenchwrightError(f"cases={value}", expected="a whole number of 1 or more, or all", hint="cases=100")


def cases_in(given: Mapping[str, str], default: int | None) -> int | None:
    """How many cases of a test are taken; None: all."""
    value = given.get("cases")
    if value is None:
        return default
    return None if value == "all" else int(value)


def configured(task: AnyTask, given: Mapping[str, str], *, suite: str) -> AnyTask:
    """A card of behavioural tests with the common options.

    Raises:
        BenchwrightError: ``trained_on`` names no task, or one of another kind.
    """
    changes: dict[str, Any] = {}
    if "cases" in given:
        changes["splits"] = {name: _with_cases(source, given) for name, source in task.splits.items()}
        changes["sizes"] = {}  # of the whole suite: the rows of some cases are not a copy with rows missing
    if "trained_on" in given:
        home = served_by(given["trained_on"], suite, task.kind)
        changes["trained_on"] = given["trained_on"]
        if task.labels:
            changes["labels"] = with_aliases(task.labels, home.labels)
    return msgspec.structs.replace(task, **changes)


def _with_cases(source: Source, given: Mapping[str, str]) -> Source:
    return msgspec.structs.replace(source, cases=cases_in(given, source.cases))


def served_by(path: str, suite: str, kind: str) -> AnyTask:
    """The task that ``trained_on`` names. Raises BenchwrightError where it is none, or of another kind."""
    where = near(path, suite)
    home = registry.get("suites", where.suite)
    task: AnyTask | None = home.task(where.task)
    if task is None or "train" not in task.splits:
        what = "is no task of a suite" if task is None else "has no train split"
        raise BenchwrightError(
            f"trained_on={path} {what}",
            expected="SUITE/TASK with a train split",
            hint=registry.suggest(where.task, [one.name for one in home.tasks])
            or "`benchwright list tasks` shows them",
        )
    if task.kind != kind:
        raise BenchwrightError(
            f"trained_on={path} is of the kind {task.kind}, and these tests are of {kind}",
            expected=f"a task of the kind {kind}",
            hint="`benchwright list tasks` shows the kind of each",
        )
    return task


def with_aliases(labels: Collection[Label], others: Collection[Label]) -> tuple[Label, ...]:
    """The labels with the aliases that labels of the same name have elsewhere, so that a model's own names are known."""
    known = {label.name.casefold(): label.aliases for label in others}
    taken = {name.casefold() for label in labels for name in (label.name, *label.aliases)}
    return tuple(
        msgspec.structs.replace(
            label,
            aliases=(*label.aliases, *(a for a in known.get(label.name.casefold(), ()) if a.casefold() not in taken)),
        )
        for label in labels
    )
