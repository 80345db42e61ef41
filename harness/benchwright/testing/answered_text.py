"""Answered examples whose answers are tags or texts: sentences with entities, questions, questions without an answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchwright.metrics.columns import Columns
from benchwright.types import Task

_TOWNS = ("Oslo", "New York", "the Hague", "Rome", "Lima", "Saint-Denis", "a town", "Bern")
_SLIPS = ("", "in Oslo", "New", "The Hague!", "rome", "Lima in Peru", "nowhere", "Bern, of course")


def make_tagged(task: Task, rows: int, right: float) -> Columns:
    """Sentences of a fair tagger: most entities right, some with a wrong type or end, some tags illegal in IOB2."""
    dice = np.random.default_rng(7)
    types = [name.removeprefix("B-") for name in task.label_names if name.startswith("B-")]
    gold, said = [], []
    for _ in range(rows):
        words: list[str] = []
        while len(words) < 8:
            kind = types[dice.integers(len(types))]
            words += ["O"] * int(dice.integers(0, 3)) + [f"B-{kind}"] + [f"I-{kind}"] * int(dice.integers(0, 3))
        answer = [tag if dice.random() < right else task.label_names[dice.integers(len(task.labels))] for tag in words]
        gold.append(tuple(words))
        said.append(tuple(answer))
    return Columns(task, gold, said)


def make_found(task: Task, rows: int, right: float) -> Columns:
    """Answers to questions, some of them not quite or not at all right; without an answer where a task allows it."""
    dice = np.random.default_rng(7)
    gold: list[Any] = []
    said: list[str] = []
    for row in range(rows):
        town = _TOWNS[row % len(_TOWNS)]
        none = task.unanswerable and row % 3 == 0
        texts = [] if none else [town, f"the city of {town}"][: 1 + row % 2]
        gold.append({"text": texts, "answer_start": [0] * len(texts)})
        said.append((texts or [""])[0] if dice.random() < right else _SLIPS[dice.integers(len(_SLIPS))])
    return Columns(task, gold, said)


def make_named(task: Task, rows: int, right: float) -> Columns:
    """Answers by text out of four options each, of which one or two are right, with a score per option."""
    dice = np.random.default_rng(7)
    gold, said, scores = [], [], dice.dirichlet(np.full(4, 0.5), rows)
    for row in range(rows):
        options = [_TOWNS[(row + step) % len(_TOWNS)] for step in range(4)]
        chosen = 0 if dice.random() < right else int(dice.integers(2, 4))
        best = int(scores[row].argmax())
        scores[row][[best, chosen]] = scores[row][[chosen, best]]
        gold.append(tuple(options[: 1 + row % 2]))
        said.append(options[chosen])
    return Columns(task, gold, said, scores)


def text_extremes(columns: Columns) -> dict[str, Columns]:
    """Inputs of tags and texts on which a careless formula divides by zero: name of the input -> columns."""
    task, targets = columns.task, columns.targets
    if not task.labels:
        return {"empty answers": Columns(task, targets, [""] * columns.n)}
    nothing = [("O",) * len(tags) for tags in targets]
    return {
        "no entity predicted": Columns(task, targets, nothing),
        "no entity in gold": Columns(task, nothing, columns.outputs),
        "no entity at all": Columns(task, nothing, nothing),
        "tags missing": Columns(task, targets, [tags[:1] for tags in columns.outputs]),
        "sentences without words": Columns(task, [()] * 3, [()] * 3),
    }
