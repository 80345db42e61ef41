"""Answered examples of every shape that a metric meets: noisy, perfect, constant, of one class, alone, none at all; of labels, numbers, tags and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from benchwright import kinds
from benchwright.metrics.columns import Columns
from benchwright.testing.case_fixtures import as_cases, as_tests, case_extremes, perfect_cases
from benchwright.testing.fill_fixtures import fill_columns, fill_tasks, perfect_fills
from benchwright.types import (
    AnyTask,
    ChoiceTask,
    ClassificationTask,
    EmbeddingTask,
    FillTask,
    Kind,
    Label,
    RegressionTask,
    Source,
    SpanTask,
    TaggingTask,
    Task,
)

_ROWS = 60
_RIGHT = 0.75


def make_tasks(kind: Kind) -> tuple[AnyTask, ...]:
    """Cards of a kind, one for each shape of its answers; none where there is no fixture yet."""
    tags = ("O", "B-place", "I-place", "B-person", "I-person")
    cards = (
        _task(ClassificationTask, "two labels", labels=_numbered(2), positive="label 1"),
        _task(ClassificationTask, "three labels", labels=_numbered(3), positive="label 1"),
        _task(ClassificationTask, "two labels, in pairs", labels=_numbered(2), positive="label 1", group=("pair",)),
        _task(RegressionTask, "a number", value_range=(0.0, 5.0)),
        _task(ChoiceTask, "four options"),
        _task(ChoiceTask, "the text of an option", by_text=True),
        _task(ChoiceTask, "four options, one a stereotype", metadata=_of_a_stereotype()),
        _task(TaggingTask, "tags", labels=_named(tags)),
        _task(SpanTask, "an answer"),
        _task(SpanTask, "an answer or none", unanswerable=True),
        _task(EmbeddingTask, "vectors of four sets"),
    )
    if kind is Kind.FILL:
        return fill_tasks()
    fitting = [card for card in cards if card.kind is kind]
    if kind is Kind.EMBED:
        return tuple(fitting)
    return (*fitting, *(as_tests(card) for card in fitting if not (card.group or card.unanswerable or card.by_text)))


def make_columns(task: Task) -> Columns:
    """Sixty answers of a fair model, with scores for labels and options; the same at every call. Those to behavioural tests are
    fewer: cases of two examples.
    """
    if task.behaviour:
        return as_cases(task, make_columns(msgspec.structs.replace(task, behaviour=False, group=())))
    if isinstance(task, FillTask):
        return fill_columns(task)
    if isinstance(task, TaggingTask):
        return make_tagged(task, _ROWS, 0.9)
    if isinstance(task, SpanTask):
        return make_found(task, _ROWS, _RIGHT)
    if task.by_text:
        return make_named(task, _ROWS, _RIGHT)
    dice = np.random.default_rng(7)
    if isinstance(task, EmbeddingTask):
        sets = [("targ1", "targ2", "attr1", "attr2")[row % 4] for row in range(_ROWS)]
        near = {"targ1": 0.5, "attr1": 1.0, "targ2": -0.2, "attr2": -1.0}
        vectors = dice.normal(0, 1, (_ROWS, 3)) + [[near[name], 0, 0] for name in sets]
        return Columns(task, sets, [tuple(vector) for vector in vectors.round(3).tolist()])
    if isinstance(task, RegressionTask):
        numbers = dice.uniform(0, 5, _ROWS).round(1)
        guesses = np.clip(numbers + dice.normal(0, 1, _ROWS), 0, 5).round(2)
        return Columns(task, numbers.tolist(), guesses.tolist())
    size = len(task.labels) or 4
    gold = np.arange(_ROWS) % size
    dice.shuffle(gold)
    wrong = (gold + dice.integers(1, size, _ROWS)) % size
    said = np.where(dice.random(_ROWS) < _RIGHT, gold, wrong)
    found = _answered(task, gold.tolist(), said.tolist(), dice.dirichlet(np.full(size, 0.5), _ROWS))
    if task.metadata:
        return replace(found, metadata=[_known(target, row) for row, target in enumerate(found.targets)])
    return _paired(found) if task.group else found


def make_perfect(columns: Columns) -> Columns:
    """The same examples, answered right and with certainty."""
    if columns.task.behaviour:
        return perfect_cases(columns)
    if isinstance(columns.task, FillTask):
        return perfect_fills(columns)
    if isinstance(columns.task, EmbeddingTask):  # no vector is more right than another
        return columns
    if _is_text(columns.task):
        return replace(columns, outputs=[_right(columns.task, target) for target in columns.targets])
    if columns.scores is None:
        return replace(columns, outputs=list(columns.targets))
    answers = _answers(columns.task)
    gold = [answers.index(target) for target in columns.targets]
    return replace(columns, outputs=list(columns.targets), scores=np.eye(len(answers))[gold])


def make_extremes(columns: Columns) -> dict[str, Columns]:
    """Inputs on which a careless formula divides by zero: name of the input -> columns."""
    if columns.task.behaviour:
        return case_extremes(columns)
    first = columns.targets[0]
    same = [place for place, target in enumerate(columns.targets) if target == first]
    good = _right(columns.task, first)
    other = next(output for output in columns.outputs if output != good)
    extremes = {
        "one example": columns.select([0]),
        "two examples": columns.select([0, 1]),
        "constant predictions": replace(columns, outputs=[columns.outputs[0]] * columns.n),
        "gold of one class": columns.select(same),
        "one class, always wrong": Columns(columns.task, [first] * 3, [other] * 3),
        "perfect and of one class": make_perfect(columns).select(same),
        "no scores": replace(columns, scores=None),
        "no units": replace(columns, group=[], clusters=[]),
    }
    return {**extremes, **text_extremes(columns)} if _is_text(columns.task) else extremes


def _is_text(task: Task) -> bool:
    return isinstance(task, TaggingTask | SpanTask) or task.by_text


def _right(task: Task, target: Any) -> Any:
    return kinds.of(task).right_answer(target, task)


def _of_a_stereotype() -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in ("context", "unknown", "target")}


def _known(target: int, row: int) -> dict[str, str]:
    """The last option says that nobody knows, which is right where the context tells nothing."""
    return {"context": "ambig" if target == 3 else "disambig", "unknown": "3", "target": str(row % 3)}


def _paired(columns: Columns) -> Columns:
    """The columns with examples of equal gold in pairs, which are also their clusters."""
    seen: Counter[str] = Counter()
    names: list[str | None] = []
    for target in columns.targets:
        names.append(f"{target}: pair {seen[target] // 2}")
        seen[target] += 1
    return replace(columns, group=names, clusters=names)


def _answered(task: Task, gold: Sequence[int], said: Sequence[int], scores: Any) -> Columns:
    """Columns from answer numbers, the largest score moved to the answer that was given."""
    answers = _answers(task)
    for row, answer in zip(scores, said, strict=True):
        best = int(row.argmax())
        row[[best, answer]] = row[[answer, best]]
    return Columns(task, [answers[at] for at in gold], [answers[at] for at in said], scores)


def _answers(task: Task) -> list[Any]:
    return list(task.label_names) or list(range(4))


def _numbered(size: int) -> tuple[Label, ...]:
    return _named([f"label {at}" for at in range(size)])


def _named(names: Sequence[str]) -> tuple[Label, ...]:
    return tuple(Label(name=name, id=at) for at, name in enumerate(names))


def _task(of: type[AnyTask], name: str, **card: Any) -> AnyTask:
    return of(
        name=name,
        splits={"validation": Source()},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("target",),
        metrics=(),
        **card,
    )


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
