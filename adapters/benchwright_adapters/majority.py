"""The baseline that reads nothing: the most frequent answer of the train split."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import DataMissing
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task


@dataclass(frozen=True, kw_only=True)
class Constant:
    """The one answer given to every example, and where it came from."""

    output: Any
    scores: tuple[float, ...] | None = None
    note: str = ""


@dataclass(frozen=True)
class ConstantSession:
    """Answers every example with the same prediction."""

    answer: Constant

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """The constant answer, once per example."""
        return [Prediction(output=self.answer.output, scores=self.answer.scores) for _ in examples]

    def close(self) -> None:
        """Nothing to release."""


class Majority:
    """The most frequent label (classify, choose), the mean (regress) of the train split.

    Without a train split it answers with the task's first label (or the middle of its range) and says so: the
    evaluated split is never looked at.
    """

    name = "majority"
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.CHOOSE)
    options: Mapping[str, str] = {}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the answer."""
        answer = _answer(task, context)
        text = json.dumps([task.kind, answer.output, answer.scores])
        return Facts(
            digest=hashlib.sha256(text.encode()).hexdigest(),
            kinds=self.kinds,
            scores="probabilities" if answer.scores else None,
            size_bytes=0,
            parameters=0,
            notes=(answer.note,) if answer.note else (),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> ConstantSession:
        """A session that always gives the same answer."""
        return ConstantSession(_answer(task, context))


def _answer(task: Task, context: Context) -> Constant:
    try:
        targets = [example.target for example in context.train(task).examples]
    except DataMissing:
        return _uninformed(task)
    if task.kind is Kind.REGRESS:
        return Constant(output=sum(targets) / len(targets))
    if task.kind is Kind.CHOOSE:
        return Constant(output=min(Counter(targets).items(), key=lambda item: (-item[1], item[0]))[0])
    return _most_frequent(task, targets)


def _most_frequent(task: Task, targets: Sequence[Any]) -> Constant:
    names = task.label_names
    counts = Counter(label for target in targets for label in (target if task.multilabel else (target,)))
    scores = tuple(counts[name] / len(targets) for name in names)
    if task.multilabel:
        return Constant(output=tuple(name for name in names if counts[name] * 2 > len(targets)), scores=scores)
    return Constant(output=max(names, key=lambda name: counts[name]), scores=scores)


def _uninformed(task: Task) -> Constant:
    if task.kind is Kind.REGRESS:
        low, high = task.value_range or (0.0, 0.0)
        return Constant(output=(low + high) / 2, note="no train split here: answers with the middle of the range")
    if task.kind is Kind.CHOOSE:
        return Constant(output=0, note="no train split here: answers with the first option")
    names = task.label_names
    note = f"no train split here: answers with the first label, {names[0]!r}"
    return Constant(output=() if task.multilabel else names[0], scores=(1 / len(names),) * len(names), note=note)


adapter = Majority()
