"""Which rows are learned from and which are held back; the split under evaluation is never looked at."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from benchwright import registry
from benchwright.errors import ModelError
from benchwright.tags import OUTSIDE
from benchwright.types import Context, Dataset, Example, Kind, Suite, Task

from .recipe import Recipe

MOST_HELD = 1000
FEWEST_HELD = 50
"""Fewer rows than this cannot tell one epoch from another, so none are held back."""

_SAMPLE, _HOLD = 1, 2
"""Streams of the seed: one for the sample, one for the rows held back."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The train split, divided.

    Attributes:
        train: Rows learned from, in file order.
        held: Rows held back to choose the epoch, in file order; empty when there would be too few.
        available: Rows of the train split that have a target.
    """

    train: tuple[Example, ...]
    held: tuple[Example, ...]
    available: int


def trained_task(task: Task, context: Context) -> Task:
    """The task whose head serves a task: itself, or what ``trained_on`` names."""
    if task.trained_on is None:
        return task
    suite_name, _, name = task.trained_on.rpartition("/")
    suite: Suite = registry.get("suites", suite_name or context.suite)
    found = suite.task(name)
    if found is None:
        raise ModelError(
            f"{task.name} is trained on {task.trained_on}, which the suite {suite.name} does not have",
            hint="train on a task that the suite has",
        )
    return found


def divide(task: Task, dataset: Dataset, recipe: Recipe) -> Rows:
    """Rows to learn from and rows held back, both drawn with the recipe's seed.

    Rows that share a cluster or all their texts lie on the same side, so that a held-back row is never learned by heart.

    Raises:
        ModelError: There are no rows, or their targets are all alike.
    """
    labelled = [example for example in dataset.examples if example.target is not None]
    chosen = _sample(labelled, recipe)
    held = _draw_held(chosen, recipe)
    train = tuple(example for at, example in enumerate(chosen) if at not in held)
    _check(task, train, recipe)
    return Rows(train=train, held=tuple(chosen[at] for at in sorted(held)), available=len(labelled))


def _sample(examples: Sequence[Example], recipe: Recipe) -> list[Example]:
    limit = recipe.train_limit
    if limit is None or limit >= len(examples):
        return list(examples)
    chance = np.random.default_rng([recipe.seed, _SAMPLE])
    return [examples[at] for at in sorted(chance.choice(len(examples), size=limit, replace=False).tolist())]


def _draw_held(examples: Sequence[Example], recipe: Recipe) -> set[int]:
    """Positions of the rows held back, group by group; a group that would exceed the share stays with the others."""
    wanted = min(MOST_HELD, int(len(examples) * recipe.hold))
    if wanted < FEWEST_HELD:
        return set()
    groups: dict[Hashable, list[int]] = {}
    for at, example in enumerate(examples):
        key = example.cluster if example.cluster is not None else tuple(map(str, example.inputs.values()))
        groups.setdefault(key, []).append(at)
    members = list(groups.values())
    held: set[int] = set()
    for number in np.random.default_rng([recipe.seed, _HOLD]).permutation(len(members)).tolist():
        if len(held) + len(members[number]) <= wanted:
            held.update(members[number])
    return held


def _check(task: Task, train: Sequence[Example], recipe: Recipe) -> None:
    if not train:
        raise ModelError(
            f"the train split of {task.name} has no row with a target",
            expected="rows to learn from",
            hint="give a train split with gold labels",
        )
    given, expected = _nothing_learned(task, train)
    if given:
        few = f"train_limit={recipe.train_limit} may be too few rows" if recipe.train_limit else ""
        raise ModelError(given, expected=expected, hint=few or "check the target column of the train split")


def _nothing_learned(task: Task, train: Sequence[Example]) -> tuple[str, str]:
    """Why rows teach nothing, and what would; two empty texts where they do."""
    if task.kind is Kind.TAG:
        if any(tag != OUTSIDE for example in train for tag in example.target):
            return "", ""
        return f"every word of the training examples of {task.name} is tagged {OUTSIDE}", "words of at least one entity"
    if task.kind is Kind.SPAN:
        if any(example.target.get("text") for example in train):
            return "", ""
        return f"no training question of {task.name} has an answer", "questions with an answer in their context"
    if task.kind is Kind.CHOOSE:
        if any(len(set(right_options(task, example))) == 2 for example in train):
            return "", ""
        return f"no training example of {task.name} has a right option and a wrong one", "options to tell apart"
    first = train[0].target
    if any(example.target != first for example in train):
        return "", ""
    what = "number" if task.kind is Kind.REGRESS else "labels" if task.multilabel else "label"
    expected = f"at least two {what}s to tell apart" if what != "labels" else "more than one set of labels"
    return f"every training example of {task.name} is {first!r}", expected


def right_options(task: Task, example: Example) -> list[bool]:
    """For each option of a ``choose`` example whether it is right."""
    options = example.inputs[list(task.inputs)[-1]]
    if task.by_text:
        return [option in example.target for option in options]
    return [number == example.target for number in range(len(options))]
