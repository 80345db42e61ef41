"""Resolve `--suite` selectors to tasks, and tasks whose train split, labels and checkpoint are used for another task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchwright import labels, registry
from benchwright.config import Selector, parse_selector, split_options
from benchwright.data.content import content_digest
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.explain_options import spelled_explain
from benchwright.paths import exists, is_folder
from benchwright.profile_options import spelled
from benchwright.task_path import TaskPath, near, task_path
from benchwright.types import AnyTask, Custom, Dataset, ModelRef, Suite, Task, View


@dataclass(frozen=True, kw_only=True)
class ResolvedTask:
    """A task that was asked for.

    Attributes:
        suite: Its suite; of a view the suite of views.
        task: Its card; of a view the one made of its task's.
        split: Which split.
        explicit: Whether it was named: what is wrong with it is an error then.
        folders: Of a user's own data: where each split lies.
        limit: Only the first rows of the split, as its own option ``limit`` says; None: the run's limit alone counts.
        view: What it is seen through; None: as it is.
        base: Of a view: the task that is seen.
        refused: Of a view: why it makes no sense for the task; empty: it does.
    """

    suite: Suite
    task: AnyTask
    split: str
    explicit: bool
    folders: Mapping[str, Path] | None = None
    limit: int | None = None
    view: View | None = None
    base: ResolvedTask | None = None
    refused: str = ""

    @property
    def is_made(self) -> bool:
        """Whether options or a user's own data made the card: it is not one that the suite lists, nor a view of one."""
        return self.view is None and self.task is not self.suite.task(self.task.name)

    @property
    def path(self) -> str:
        """``suite/task``; of a view ``view@suite/task``."""
        return task_path(self.suite.name, self.task.name)

    @property
    def home(self) -> tuple[Suite, Task]:
        """The suite and the task whose head and train split serve it: of a view those of its task."""
        return trained_on(self.suite, self.task) if self.base is None else self.base.home

    def least(self, limit: int | None) -> int | None:
        """The smaller of its own limit and that of the run; None: no limit."""
        return min((one for one in (self.limit, limit) if one is not None), default=None)


def resolve_tasks(
    selectors: Sequence[str], split: str | None = None, *, data: Path | None = None, where: str = "--suite"
) -> tuple[ResolvedTask, ...]:
    """The tasks selected by ``suite``, ``suite/task`` and ``suite/task?key=value`` selectors, each once. Some suites find further
    tasks in the ``--data`` folder.

    Raises:
        ConfigError: With every unknown suite, task, option or split, and everything wrong with a user's own data; ``where``
            says what the selectors were given to.
    """
    every: list[ResolvedTask] = []
    problems: list[BenchwrightError] = []
    for text in dict.fromkeys(selectors):
        try:
            every += _resolve(parse_selector(text), split, data)
        except BenchwrightError as error:
            problems.extend(error.problems if isinstance(error, ConfigError) else [error])
    found = merge(every, problems)
    if not found and not problems:
        problems.append(
            BenchwrightError(
                f"no task of {', '.join(selectors)} has a split {split!r}",
                hint="`benchwright list tasks SUITE/TASK` shows the splits of a task",
            )
        )
    if problems:
        raise ConfigError(problems, where=where)
    return found


def merge(every: Sequence[ResolvedTask], problems: list[BenchwrightError]) -> tuple[ResolvedTask, ...]:
    """The tasks, each once in the order asked for; two that have one name and are not the same are a problem."""
    found: dict[str, ResolvedTask] = {}
    for resolved in every:
        before = found.get(resolved.path)
        if before is not None and not _is_same(before, resolved):
            problems.append(_same_name(before, resolved))
        found[resolved.path] = replace(resolved, explicit=resolved.explicit or (before is not None and before.explicit))
    return tuple(found.values())


def _is_same(one: ResolvedTask, other: ResolvedTask) -> bool:
    """Whether two selectors ask for one thing: the same card, files and rows."""
    parts = ("task", "split", "folders", "limit", "view")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def _resolve(asked: Selector, split: str | None, data: Path | None) -> list[ResolvedTask]:
    """The tasks of one selector; tasks of a whole suite that lack the split are left out."""
    suite: Suite = registry.get("suites", asked.suite)
    if suite.views and (not has_tasks(suite) or "@" in asked.task or asked.task in suite.views):
        raise _is_a_view(asked)
    limit = _limit(asked)
    if limit is not None and asked.task:
        rest = {name: value for name, value in asked.options.items() if name != _LIMIT}
        whole = _resolve(msgspec.structs.replace(asked, options=rest), split, data)
        return [replace(one, limit=limit) for one in whole]
    if asked.task in suite.custom:
        build = registry.function(suite.custom[asked.task], owner=f"the suite {suite.name}")
        return [_own_data(suite, build(asked.options), split)]
    if suite.configured and (asked.options or (asked.task and suite.task(asked.task) is None)):
        found = _configured(suite, asked, split, data)
        if found:
            return found
    if asked.options:
        raise _no_options(suite, asked)
    tasks = [named_task(suite, asked.task)] if asked.task else _whole(suite)
    if asked.task and split is not None and split not in tasks[0].splits:
        raise _unknown_split(suite, tasks[0], split)
    found = [
        ResolvedTask(suite=suite, task=task, split=split or task.default_split, explicit=bool(asked.task))
        for task in tasks
        if split is None or split in task.splits
    ]
    return found if asked.task else [*found, *_included(suite, split)]


def _whole(suite: Suite) -> list[AnyTask]:
    """The tasks of a suite that is asked for whole: not those that run by name only."""
    return [task for task in suite.tasks if task.name not in suite.by_name]


def has_tasks(suite: Suite) -> bool:
    """Whether a suite has tasks of its own or of others, beside views."""
    return bool(suite.tasks or suite.includes)


def _configured(suite: Suite, asked: Selector, split: str | None, data: Path | None) -> list[ResolvedTask]:
    """The task of that name, or all tasks of the suite, as the options say; empty where it knows no such task."""
    configure = registry.function(suite.configured, owner=f"the suite {suite.name}")
    names = [asked.task] if asked.task else [task.name for task in _whole(suite)]
    made: list[Custom | None] = [configure(name, suite.task(name), asked.options, data) for name in names]
    found = [_of_options(suite, one, split) for one in made if one is not None]
    return found if asked.task else [replace(one, explicit=False) for one in found]


def _included(suite: Suite, split: str | None) -> list[ResolvedTask]:
    """The tasks of other suites that a suite names together."""
    paths = [TaskPath.parse(name) for name in suite.includes]
    found = [(home, named_task(home, path.task)) for path in paths for home in [registry.get("suites", path.suite)]]
    return [
        ResolvedTask(suite=home, task=task, split=split or task.default_split, explicit=False)
        for home, task in found
        if split is None or split in task.splits
    ]


_LIMIT = "limit"
"""The option that every task by name takes: only its first rows."""


def _limit(asked: Selector) -> int | None:
    """The number of rows that a selector's own option says; None without one."""
    given = asked.options.get(_LIMIT)
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and int(given) > 0):
        raise BenchwrightError(
            f"limit={given}",
            expected="a whole number of rows, at least 1",
            hint="a comma behind `?` belongs to the option: repeat --suite or --on" if "," in given else "limit=500",
        )
    return int(given)


def _is_a_view(asked: Selector) -> BenchwrightError:
    return BenchwrightError(
        f"{asked.suite}{'/' if asked.task else ''}{asked.task} is a suite of views, not a task that can be seen through one",
        expected="SUITE or SUITE/TASK of an ordinary suite",
        hint="type `benchwright list suites`",
    )


def _own_data(suite: Suite, made: Custom, split: str | None) -> ResolvedTask:
    """A task made from the user's own data, as the options say."""
    if suite.task(made.task.name) is not None:
        raise BenchwrightError(
            f"{task_path(suite.name, made.task.name)} is a task of the suite",
            expected="a name of its own for your data",
            hint=f"choose another: &name=my-{made.task.name}",
        )
    return _of_options(suite, made, split)


def _of_options(suite: Suite, made: Custom, split: str | None) -> ResolvedTask:
    if split is not None and split not in made.task.splits:
        raise _unknown_split(suite, made.task, split)
    return ResolvedTask(
        suite=suite, task=made.task, split=split or made.task.default_split, explicit=True, folders=made.folders
    )


def named_task(suite: Suite, name: str) -> AnyTask:
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


def trained_on(suite: Suite, task: Task) -> tuple[Suite, Task]:
    """The suite and the task whose head and train split serve a task: itself, or what its card names."""
    if task.trained_on is None:
        return suite, task
    path = near(task.trained_on, suite.name)
    home: Suite = suite if path.suite == suite.name else registry.get("suites", path.suite)
    return home, named_task(home, path.task)


def checkpoint_for(model: ModelRef, resolved: ResolvedTask) -> ModelRef:
    """The model with the path of its checkpoint, and the options, for this task.

    What is said of the task itself goes first, of a view what is said of the view, then of its task. Else the task whose head
    serves it is asked: the nine folders that a GLUE script leaves are one system, and AX is answered by the one of MNLI.
    """
    task, home = resolved.base or resolved, resolved.home
    said = [model.tasks.get(one, "") for one in (resolved.path, task.path, task_path(home[0].name, home[1].name))]
    path, options = split_options(next(filter(None, said), ""))
    own, served = (_filled(path or model.path, *one) for one in ((task.suite, task.task), home))
    # A folder is a checkpoint; a file of predictions answers its own task alone.
    chosen = served if not exists(own) and is_folder(served) else own
    return msgspec.structs.replace(model, path=chosen, options={**model.options, **options})


def _filled(path: str, suite: Suite, task: Task) -> str:
    return path.replace("{task}", task.name).replace("{suite}", suite.name)


def relabel(task: Task, trained: Task, dataset: Dataset) -> Dataset:
    """The train split of another task as one of this task: its inputs by place, its targets by name or alias (MNLI for HANS)."""
    inputs = _renamed_inputs(task, trained)
    meant = _meant_labels(task, trained)
    if not inputs and all(name == label for name, label in meant.items()):
        return dataset
    examples = tuple(
        msgspec.structs.replace(
            example,
            inputs={inputs.get(name, name): value for name, value in example.inputs.items()},
            target=meant.get(example.target, example.target) if meant else example.target,
        )
        for example in dataset.examples
    )
    plain = msgspec.structs.replace(task, behaviour=False)
    return msgspec.structs.replace(dataset, examples=examples, digest=content_digest(examples, plain))


def _renamed_inputs(task: Task, trained: Task) -> dict[str, str]:
    """Input of the trained task -> what this task calls it; empty where both call them the same."""
    if tuple(task.inputs) == tuple(trained.inputs):
        return {}
    if len(task.inputs) != len(trained.inputs):
        raise PluginError(
            f"{trained.name} cannot train {task.name}: it has the inputs {', '.join(trained.inputs)}",
            expected=f"as many as {task.name} has: {', '.join(task.inputs)}",
            hint="name another task: ?trained_on=SUITE/TASK, or choose a model that needs no training",
        )
    return dict(zip(trained.inputs, task.inputs, strict=True))


def _meant_labels(task: Task, trained: Task) -> dict[str, str]:
    """Label of the trained task -> this task's; empty where answers are not single labels."""
    if not task.single_label or task.label_names == trained.label_names:
        return {}
    meant = {name: labels.canonical(name, task.labels) for name in trained.label_names}
    unknown = [name for name, label in meant.items() if label is None]
    if unknown:
        raise PluginError(
            f"{trained.name} cannot train {task.name}: it has the labels {', '.join(unknown)}",
            expected=f"an alias for each of them among the labels of {task.name}",
            hint="leave the task out, or add the aliases to its card",
        )
    return {name: label for name, label in meant.items() if label is not None}


def _no_options(suite: Suite, asked: Selector) -> BenchwrightError:
    own = [task_path(suite.name, name) for name in suite.custom]
    return BenchwrightError(
        f"{asked.suite}{'/' if asked.task else ''}{asked.task} takes no options, but {', '.join(asked.options)} given",
        expected=f"options with {' or '.join(own)} alone" if own else "a suite or a task by name",
        hint="leave out what follows the `?`",
    )


def _same_name(one: ResolvedTask, other: ResolvedTask) -> BenchwrightError:
    if not (one.is_made or other.is_made):
        what = _two_views(one, other) or _two_limits(one, other)
        return BenchwrightError(
            f"{one.path} is asked for twice, with different {what}",
            expected="each task once in a run",
            hint="leave one of them out, or make two runs",
        )
    own = one.folders is not None and one.suite.custom
    return BenchwrightError(
        f"two tasks are called {one.path}",
        expected="a name for each",
        hint="add &name=... to one of the selectors" if own else "leave one of the two out, or run them one by one",
    )


def _two_views(one: ResolvedTask, other: ResolvedTask) -> str:
    """What differs of two views that are called alike; empty: nothing."""
    if one.view is None or other.view is None:
        return ""
    if one.view.explain is not None and other.view.explain is not None:
        return f"options ({spelled_explain(one.view) or 'none'} and {spelled_explain(other.view) or 'none'})"
    if one.view.profile is not None and other.view.profile is not None:
        return f"options ({spelled(one.view) or 'none'} and {spelled(other.view) or 'none'})"
    for part in ("draws", "dimensions", "names", "lexicon"):
        values = [getattr(view, part) for view in (one.view, other.view)]
        if values[0] != values[1]:
            shown = [", ".join(value) or "all" if isinstance(value, tuple) else value or "none" for value in values]
            return f"{part} ({shown[0]} and {shown[1]})"
    return ""


def _two_limits(one: ResolvedTask, other: ResolvedTask) -> str:
    return f"limits ({one.limit or 'none'} and {other.limit or 'none'})"


def _unknown_split(suite: Suite, task: Task, split: str) -> BenchwrightError:
    return BenchwrightError(
        f"{task_path(suite.name, task.name)} has no split {split!r}",
        expected=f"one of: {', '.join(task.splits)}",
        hint=f"leave --split out for {task.default_split}",
    )
