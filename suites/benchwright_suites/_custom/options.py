"""Checks of what a user typed behind the `?`, each returning what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from benchwright import registry
from benchwright.data.api import is_text_encoding, not_an_encoding
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.metrics.metric import Metric
from benchwright.types import AnyTask

_NAME = re.compile(r"[\w-]{1,60}")


def common_problems(
    given: Mapping[str, str], known: Mapping[str, str], *, task: str, selector: str
) -> Iterator[BenchwrightError]:
    """Options that are unknown, a missing `path`, a `name` that cannot name a task, an `encoding` that nobody knows.

    Args:
        given: Options as typed.
        known: Option -> one line of help.
        task: `suite/custom`, for messages.
        selector: An example of the whole selector.
    """
    for key in given:
        if key not in known:
            yield BenchwrightError(
                f"{task} has no option {key!r}",
                expected=f"one of: {', '.join(known)}",
                hint=_renamed(key, known) or registry.suggest(key, known) or "docs/custom-data.md describes them",
            )
    if not given.get("path"):
        yield BenchwrightError(f"{task} needs a file", expected="path=FILE", hint=f"--suite '{selector}'")
    yield from _wrong_metrics(given)
    name, encoding = given.get("name", ""), given.get("encoding", "")
    if name and not _NAME.fullmatch(name):
        yield BenchwrightError(
            f"{name!r} cannot name a task", expected="letters, digits, `_` or `-`; at most 60", hint="name=tickets"
        )
    if encoding and not is_text_encoding(encoding):
        yield not_an_encoding(encoding)


def _renamed(key: str, known: Mapping[str, str]) -> str | None:
    """What an option that had another name is called; the old name gets no new meaning."""
    return "it is called `slice` now: slice=COLUMN" if key in ("group", "groups") and "slice" in known else None


METRICS = "further metrics, by comma: any that `benchwright list metrics` shows for this kind of task, plugins' too"


def with_metrics(task: AnyTask, given: Mapping[str, str]) -> AnyTask:
    """The card with the metrics that the option ``metrics`` adds.

    Raises:
        ConfigError: One of them is for other kinds of tasks, or needs a positive label that the task has not.
    """
    names = [name for name in listed(given, "metrics") if name not in task.metrics]
    problems = []
    for name in names:
        metric: Metric = registry.get("metrics", name)
        if task.kind not in metric.kinds:
            kinds = ", ".join(metric.kinds)
            problems.append(
                BenchwrightError(
                    f"metrics={name}: {name} is for {kinds}",
                    expected=f"one for {task.kind}",
                    hint="`benchwright list metrics` shows them all",
                )
            )
        elif metric.of_cases:
            problems.append(
                BenchwrightError(
                    f"metrics={name}: {name} judges cases of behavioural tests",
                    expected="a metric of gold answers",
                    hint="docs/behaviour.md says how to write a suite of tests",
                )
            )
        elif name in _OF_ONE and not task.positive:
            problems.append(
                BenchwrightError(
                    f"metrics={name}: {name} is that of one label",
                    expected="positive=LABEL",
                    hint="add &positive=LABEL",
                )
            )
    if problems:
        raise ConfigError(problems)
    return msgspec.structs.replace(task, metrics=(*task.metrics, *names)) if names else task


_OF_ONE = ("precision", "recall", "f1")


def _wrong_metrics(given: Mapping[str, str]) -> Iterator[BenchwrightError]:
    for name in listed(given, "metrics"):
        try:
            registry.get("metrics", name)
        except BenchwrightError as error:
            yield error


def listed(given: Mapping[str, str], key: str) -> tuple[str, ...]:
    """The parts of an option that is a list by comma."""
    return tuple(part.strip() for part in given.get(key, "").split(",") if part.strip())
