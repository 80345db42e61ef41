"""Which tasks are meant: suites, tasks and a user's own data, resolved from what was typed after `--suite`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchwright import registry
from benchwright.config import Selector, parse_selector
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.types import Custom, Suite, Task


@dataclass(frozen=True, kw_only=True)
class Target:
    """A task that was asked for: its split, whether it was named, and for a user's own data where each split lies."""

    suite: Suite
    task: Task
    split: str
    explicit: bool
    folders: Mapping[str, Path] | None = None


def select(selectors: Sequence[str], split: str | None = None) -> tuple[Target, ...]:
    """The tasks meant by ``suite``, ``suite/task`` and ``suite/task?key=value`` selectors, each once.

    Raises:
        ConfigError: With every unknown suite, task, option or split, and everything wrong with a user's own data.
    """
    found: dict[tuple[str, str], Target] = {}
    problems: list[BenchwrightError] = []
    for text in dict.fromkeys(selectors):
        try:
            targets = _targets_of(parse_selector(text), split)
        except BenchwrightError as error:
            problems.extend(error.problems if isinstance(error, ConfigError) else [error])
            continue
        for target in targets:
            key = (target.suite.name, target.task.name)
            before = found.get(key)
            if before is not None and (before.folders is not None or target.folders is not None):
                problems.append(_same_name(target))
            found[key] = replace(target, explicit=target.explicit or (before is not None and before.explicit))
    if not found and not problems:
        problems.append(
            BenchwrightError(
                f"no task of {', '.join(selectors)} has a split {split!r}",
                hint="`benchwright list tasks SUITE/TASK` shows the splits of a task",
            )
        )
    if problems:
        raise ConfigError(problems, where="--suite")
    return tuple(found.values())


def _targets_of(asked: Selector, split: str | None) -> list[Target]:
    """The tasks of one selector; tasks of a whole suite that lack the split are left out."""
    suite: Suite = registry.get("suites", asked.suite)
    if asked.task in suite.custom:
        return [_own_target(suite, asked, split)]
    if asked.options:
        raise _no_options(suite, asked)
    tasks = [named_task(suite, asked.task)] if asked.task else suite.tasks
    if asked.task and split is not None and split not in tasks[0].splits:
        raise _unknown_split(suite, tasks[0], split)
    return [
        Target(suite=suite, task=task, split=split or task.default_split, explicit=bool(asked.task))
        for task in tasks
        if split is None or split in task.splits
    ]


def _own_target(suite: Suite, asked: Selector, split: str | None) -> Target:
    """A task made from the user's own data, as the options say."""
    build = registry.function(suite.custom[asked.task], owner=f"the suite {suite.name}")
    made: Custom = build(asked.options)
    if suite.task(made.task.name) is not None:
        raise BenchwrightError(
            f"{suite.name}/{made.task.name} is a task of the suite",
            expected="a name of its own for your data",
            hint=f"choose another: &name=my-{made.task.name}",
        )
    if split is not None and split not in made.task.splits:
        raise _unknown_split(suite, made.task, split)
    return Target(
        suite=suite, task=made.task, split=split or made.task.default_split, explicit=True, folders=made.folders
    )


def named_task(suite: Suite, name: str) -> Task:
    """The task of that name. Raises PluginError naming the tasks there are."""
    task = suite.task(name)
    if task is None:
        known = [*(known.name for known in suite.tasks), *suite.custom]
        raise PluginError(
            f"unknown task {suite.name}/{name}",
            expected=f"one of: {', '.join(f'{suite.name}/{task}' for task in known)}",
            hint=registry.suggest(name, known) or "type `benchwright list tasks`",
        )
    return task


def _no_options(suite: Suite, asked: Selector) -> BenchwrightError:
    own = [f"{suite.name}/{name}" for name in suite.custom]
    return BenchwrightError(
        f"{asked.suite}{'/' if asked.task else ''}{asked.task} takes no options, but {', '.join(asked.options)} given",
        expected=f"options with {' or '.join(own)} alone" if own else "a suite or a task by name",
        hint="leave out what follows the `?`",
    )


def _same_name(target: Target) -> BenchwrightError:
    name = f"{target.suite.name}/{target.task.name}"
    return BenchwrightError(
        f"two tasks are called {name}", expected="a name for each", hint="add &name=... to one of the selectors"
    )


def _unknown_split(suite: Suite, task: Task, split: str) -> BenchwrightError:
    return BenchwrightError(
        f"{suite.name}/{task.name} has no split {split!r}",
        expected=f"one of: {', '.join(task.splits)}",
        hint=f"leave --split out for {task.default_split}",
    )
