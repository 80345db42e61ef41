"""The baseline that reads next to nothing: the most frequent answer of the train split, or a stated constant."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import DataMissing
from benchwright.tags import OUTSIDE
from benchwright.types import Context, Example, Facts, Kind, ModelRef, Prediction, Task

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'(\[]?[A-Z0-9])")


@dataclass(frozen=True, kw_only=True)
class Constant:
    """What every example is answered with, and where it came from.

    Attributes:
        output: Label, number, tag of every word, or positions of an option, the most frequent first; None: the first
            sentence of a context.
        scores: Shares of the labels.
        note: What a reader of the number must know.
    """

    output: Any
    scores: tuple[float, ...] | None = None
    note: str = ""


@dataclass(frozen=True)
class ConstantSession:
    """Answers every example in the same way."""

    answer: Constant
    task: Task

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """The constant answer, once per example."""
        return [self._answer(example) for example in examples]

    def _answer(self, example: Example) -> Prediction:
        output = self.answer.output
        match self.task.kind:
            case Kind.TAG:
                return Prediction(output=(output,) * len(next(iter(example.inputs.values()))))
            case Kind.SPAN if output is None:
                return _first_sentence(list(example.inputs.values())[-1])
            case Kind.CHOOSE:
                options = list(example.inputs.values())[-1]
                position = next((position for position in output if position < len(options)), 0)
                return Prediction(output=options[position] if self.task.by_text else position)
            case _:
                return Prediction(output=output, scores=self.answer.scores)

    def close(self) -> None:
        """Nothing to release."""


class Majority:
    """The same answer for every example.

    - classify, regress: the most frequent label, the mean number of the train split; without one the first label, the middle of
      the range;
    - tag: ``O`` for every word where the task has it, which finds no entity; else the most frequent tag of the train split;
    - choose: the position that is most often right in the train split, of those that an example has; without one the first
      option. Where options are texts, the position of the first right text counts;
    - span: no answer where questions may be unanswerable; else the first sentence of the context, the best of the trivial
      rules (answer F1 0.098 on SQuAD 1.1 dev; the last sentence 0.079, the whole context 0.066, the first five words 0.070).

    The evaluated split is never looked at, and what could not be learned is said.
    """

    name = "majority"
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
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
            constant=True,
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> ConstantSession:
        """A session that always gives the same answer."""
        return ConstantSession(_answer(task, context), task)


def _answer(task: Task, context: Context) -> Constant:
    if task.kind is Kind.SPAN:
        if task.unanswerable:
            return Constant(output="", note='answers "" to every question')
        return Constant(output=None, note="answers with the first sentence of the context")
    if task.kind is Kind.TAG and OUTSIDE in task.label_names:
        return Constant(output=OUTSIDE, note="tags every word O: finds no entity")
    try:
        examples = context.train(task).examples
    except DataMissing:
        return _uninformed(task)
    targets = [example.target for example in examples]
    if task.kind is Kind.REGRESS:
        return Constant(output=sum(targets) / len(targets))
    if task.kind is Kind.TAG:
        return Constant(output=_first_of(Counter(tag for target in targets for tag in target), task.label_names))
    if task.kind is Kind.CHOOSE:
        counts = Counter(_position(example, task) for example in examples)
        return Constant(output=sorted(counts, key=lambda position: (-counts[position], position)))
    return _most_frequent(task, targets)


def _position(example: Example, task: Task) -> int:
    """The 0-based number of the right option, or of the first that is right."""
    if not task.by_text:
        return int(example.target)
    options = list(example.inputs.values())[-1]
    return next((at for at, option in enumerate(options) if option in example.target), 0)


def _first_of(counts: Counter[str], names: Sequence[str]) -> str:
    return max(names, key=lambda name: counts[name])


def _most_frequent(task: Task, targets: Sequence[Any]) -> Constant:
    names = task.label_names
    counts = Counter(label for target in targets for label in (target if task.multilabel else (target,)))
    scores = tuple(counts[name] / len(targets) for name in names)
    if task.multilabel:
        return Constant(output=tuple(name for name in names if counts[name] * 2 > len(targets)), scores=scores)
    return Constant(output=_first_of(counts, names), scores=scores)


def _uninformed(task: Task) -> Constant:
    if task.kind is Kind.REGRESS:
        low, high = task.value_range or (0.0, 0.0)
        return Constant(output=(low + high) / 2, note="no train split here: answers with the middle of the range")
    if task.kind is Kind.CHOOSE:
        return Constant(output=[0], note="no train split here: answers with the first option")
    names = task.label_names
    if task.kind is Kind.TAG:
        return Constant(output=names[0], note=f"no train split here: tags every word {names[0]!r}")
    note = f"no train split here: answers with the first label, {names[0]!r}"
    return Constant(output=() if task.multilabel else names[0], scores=(1 / len(names),) * len(names), note=note)


def _first_sentence(context: str) -> Prediction:
    text = context.lstrip()
    end = _SENTENCE_END.search(text)
    answer = text[: end.start()] if end else text.rstrip()
    return Prediction(output=answer, extra={"start": len(context) - len(text)})


adapter = Majority()
