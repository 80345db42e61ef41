"""Training and validation rows, and the batches of each epoch; the split under evaluation is never read."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from benchwright import registry
from benchwright.encoders.encoded import Ints
from benchwright.errors import ModelError
from benchwright.tags import OUTSIDE
from benchwright.task_path import near, suite_of
from benchwright.types import ChoiceTask, Context, Dataset, Example, RegressionTask, SpanTask, Suite, TaggingTask, Task

from .config import TrainingConfig

MOST_VALIDATION_ROWS = 1000
FEWEST_VALIDATION_ROWS = 50
"""Fewer rows than this cannot tell one epoch from another, so none are held back."""

_CHUNK = 50
"""Batches whose rows are sorted by length together: little padding, and batches that still differ from epoch to epoch."""

_SAMPLE, _HOLD, _ORDER, _OPTIONS = 1, 2, 3, 4
"""Streams of the seed: for the sample, the validation rows, the order of the batches, and the options learned from."""


@dataclass(frozen=True, kw_only=True)
class TrainingRows:
    """The train split, divided.

    Attributes:
        train: Training rows, in file order.
        validation: Validation rows, to choose the epoch, in file order; empty if there would be too few.
        available: Rows of the train split that have a target.
    """

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    available: int


def trained_task(task: Task, context: Context) -> Task:
    """The task that is trained for a task: itself, or the one in ``trained_on``; for a view the one of the task that is seen."""
    if context.viewed is not None:
        suite_name, task = suite_of(task.view_of), context.viewed
    else:
        suite_name = context.suite
    if task.trained_on is None:
        return task
    path = near(task.trained_on, suite_name)
    suite: Suite = registry.get("suites", path.suite)
    found = suite.task(path.task)
    if found is None:
        raise ModelError(
            f"{task.name} is trained on {task.trained_on}, which the suite {suite.name} does not have",
            hint="train on a task that the suite has",
        )
    return found


def split_rows(task: Task, dataset: Dataset, config: TrainingConfig) -> TrainingRows:
    """Split into training and validation rows, both sampled with the seed.

    Rows that share a cluster or all their texts go to the same part, so that no validation row leaks into training.

    Raises:
        ModelError: There are no rows, or their targets are all alike.
    """
    labelled = [example for example in dataset.examples if example.target is not None]
    chosen = _sample(labelled, config)
    validation = _draw_validation(chosen, config)
    train = tuple(example for at, example in enumerate(chosen) if at not in validation)
    _check(task, train, config)
    return TrainingRows(train=train, validation=tuple(chosen[at] for at in sorted(validation)), available=len(labelled))


def _sample(examples: Sequence[Example], config: TrainingConfig) -> list[Example]:
    limit = config.train_limit
    if limit is None or limit >= len(examples):
        return list(examples)
    rng = np.random.default_rng([config.seed, _SAMPLE])
    return [examples[at] for at in sorted(rng.choice(len(examples), size=limit, replace=False).tolist())]


def _draw_validation(examples: Sequence[Example], config: TrainingConfig) -> set[int]:
    """Positions of the validation rows, group by group; a group that would exceed the share stays in training."""
    wanted = min(MOST_VALIDATION_ROWS, int(len(examples) * config.hold))
    if wanted < FEWEST_VALIDATION_ROWS:
        return set()
    groups: dict[Hashable, list[int]] = {}
    for at, example in enumerate(examples):
        key = example.cluster if example.cluster is not None else tuple(map(str, example.inputs.values()))
        groups.setdefault(key, []).append(at)
    members = list(groups.values())
    validation: set[int] = set()
    for number in np.random.default_rng([config.seed, _HOLD]).permutation(len(members)).tolist():
        if len(validation) + len(members[number]) <= wanted:
            validation.update(members[number])
    return validation


def _check(task: Task, train: Sequence[Example], config: TrainingConfig) -> None:
    if not train:
        raise ModelError(
            f"the train split of {task.name} has no row with a target",
            expected="rows to learn from",
            hint="give a train split with gold labels",
        )
    given, expected = _nothing_learned(task, train)
    if given:
        few = f"train_limit={config.train_limit} may be too few rows" if config.train_limit else ""
        raise ModelError(given, expected=expected, hint=few or "check the target column of the train split")


def _nothing_learned(task: Task, train: Sequence[Example]) -> tuple[str, str]:
    """Why rows cannot be trained on, and what would help; two empty texts if they can."""
    if isinstance(task, TaggingTask):
        if any(tag != OUTSIDE for example in train for tag in example.target):
            return "", ""
        return f"every word of the training examples of {task.name} is tagged {OUTSIDE}", "words of at least one entity"
    if isinstance(task, SpanTask):
        if any(example.target.get("text") for example in train):
            return "", ""
        return f"no training question of {task.name} has an answer", "questions with an answer in their context"
    if isinstance(task, ChoiceTask):
        if any(len(set(right_options(task, example))) == 2 for example in train):
            return "", ""
        return f"no training example of {task.name} has a right option and a wrong one", "options to tell apart"
    first = train[0].target
    if any(example.target != first for example in train):
        return "", ""
    what = "number" if isinstance(task, RegressionTask) else "labels" if task.multilabel else "label"
    expected = f"at least two {what}s to tell apart" if what != "labels" else "more than one set of labels"
    return f"every training example of {task.name} is {first!r}", expected


def right_options(task: Task, example: Example) -> list[bool]:
    """For each option of a ``choose`` example whether it is right."""
    options = example.inputs[list(task.inputs)[-1]]
    if task.by_text:
        return [option in example.target for option in options]
    return [number == example.target for number in range(len(options))]


def draw_options(task: Task, examples: Sequence[Example], config: TrainingConfig) -> list[Example]:
    """Training rows with sampled options: one right and several wrong ones, up to ``most_options`` of the configuration.

    Sampled with its seed, once for all epochs; the order of options is kept. Questions without a right option, and rows of
    other kinds of task, stay as they are.
    """
    most = config.most_options
    if most is None:
        return list(examples)
    return [_draw_options(task, example, most, [config.seed, _OPTIONS, at]) for at, example in enumerate(examples)]


def _draw_options(task: Task, example: Example, most: int, seed: list[int]) -> Example:
    flags = np.array(right_options(task, example), dtype=bool)
    right, wrong = np.flatnonzero(flags), np.flatnonzero(~flags)
    if not len(right) or (len(right) == 1 and len(flags) <= most):
        return example
    rng = np.random.default_rng(seed)
    chosen = int(rng.choice(right))
    kept = sorted([chosen, *rng.choice(wrong, size=min(len(wrong), most - 1), replace=False).tolist()])
    name = list(task.inputs)[-1]
    options = [example.inputs[name][number] for number in kept]
    target = (example.inputs[name][chosen],) if task.by_text else kept.index(chosen)
    return msgspec.structs.replace(example, inputs={**example.inputs, name: options}, target=target)


def order_batches(lengths: Ints, batch: int, *, seed: int, epoch: int) -> list[Ints]:
    """Positions of each batch of an epoch, in order; a pure function of its arguments.

    Rows are shuffled, sorted by length within chunks of 50 batches, cut into batches of ``batch`` rows (the last of the
    epoch may be smaller), and the batches are shuffled.

    Args:
        lengths: Tokens of each row.
        batch: Rows to a batch.
        seed: Of the shuffling.
        epoch: Counted from 0.
    """
    rng = np.random.default_rng([seed, _ORDER, epoch])
    shuffled = rng.permutation(len(lengths))
    found: list[Ints] = []
    for start in range(0, len(shuffled), batch * _CHUNK):
        chunk = shuffled[start : start + batch * _CHUNK]
        chunk = chunk[np.argsort(lengths[chunk], kind="stable")]
        found += [chunk[at : at + batch] for at in range(0, len(chunk), batch)]
    return [found[at] for at in rng.permutation(len(found))]


def count_steps(rows: int, *, batch: int, accumulate: int) -> int:
    """Optimiser steps of an epoch."""
    batches = -(-rows // batch)
    return -(-batches // accumulate)
