"""Which task serves another: its train split, its labels, its checkpoint (MNLI for AX and HANS)."""

from __future__ import annotations

import msgspec

from benchwright import labels, registry
from benchwright.config import split_options
from benchwright.data.digest import content_digest
from benchwright.errors import PluginError
from benchwright.paths import exists, is_folder
from benchwright.selection import Target, named_task
from benchwright.types import Dataset, Kind, ModelRef, Suite, Task


def trained_on(suite: Suite, task: Task) -> tuple[Suite, Task]:
    """The suite and the task whose head and train split serve a task: itself, or what its card names."""
    if task.trained_on is None:
        return suite, task
    suite_name, _, task_name = task.trained_on.rpartition("/")
    home: Suite = registry.get("suites", suite_name) if suite_name else suite
    return home, named_task(home, task_name)


def for_task(model: ModelRef, target: Target) -> ModelRef:
    """The model with the path of its checkpoint, and the options, for this task.

    What is said of the task itself goes first. Else the task whose head serves it is asked: the nine folders that a GLUE
    script leaves are one system, and AX is answered by the one of MNLI.
    """
    mine, home = (target.suite, target.task), trained_on(target.suite, target.task)
    said = [model.tasks.get(f"{suite.name}/{task.name}", "") for suite, task in (mine, home)]
    path, options = split_options(said[0] or said[1])
    own, served = (_filled(path or model.path, suite, task) for suite, task in (mine, home))
    # A folder is a checkpoint; a file of predictions answers its own task alone.
    chosen = served if not exists(own) and is_folder(served) else own
    return msgspec.structs.replace(model, path=chosen, options={**model.options, **options})


def _filled(path: str, suite: Suite, task: Task) -> str:
    return path.replace("{task}", task.name).replace("{suite}", suite.name)


def in_labels_of(task: Task, trained: Task, dataset: Dataset) -> Dataset:
    """The train split of another task with its targets in this task's labels, matched by name or alias (MNLI for HANS)."""
    if task.kind is not Kind.CLASSIFY or task.multilabel or task.label_names == trained.label_names:
        return dataset
    meant = {name: labels.canonical(name, task.labels) for name in trained.label_names}
    unknown = [name for name, label in meant.items() if label is None]
    if unknown:
        raise PluginError(
            f"{trained.name} cannot train {task.name}: it has the labels {', '.join(unknown)}",
            expected=f"an alias for each of them among the labels of {task.name}",
            hint="leave the task out, or add the aliases to its card",
        )
    examples = tuple(msgspec.structs.replace(e, target=meant[e.target]) for e in dataset.examples)
    return msgspec.structs.replace(dataset, examples=examples, digest=content_digest(examples, task))
