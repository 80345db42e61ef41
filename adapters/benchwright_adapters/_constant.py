"""One answer for every example: what it is, where it came from, and the session that gives it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.types import ChoiceTask, Example, Facts, Kind, Prediction, SpanTask, TaggingTask, Task

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
        match self.task:
            case TaggingTask():
                return Prediction(output=(output,) * len(next(iter(example.inputs.values()))))
            case SpanTask() if output is None:
                return _first_sentence(list(example.inputs.values())[-1])
            case ChoiceTask():
                options = list(example.inputs.values())[-1]
                position = next((position for position in output if position < len(options)), 0)
                return Prediction(output=options[position] if self.task.by_text else position)
            case _:
                return Prediction(output=output, scores=self.answer.scores)

    def close(self) -> None:
        """Nothing to release."""


def facts(answer: Constant, task: Task, kinds: tuple[Kind, ...]) -> Facts:
    """What there is to know about a constant; the digest is that of the answer."""
    text = json.dumps([task.kind, answer.output, answer.scores])
    return Facts(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        kinds=kinds,
        scores="probabilities" if answer.scores else None,
        size_bytes=0,
        parameters=0,
        notes=(answer.note,) if answer.note else (),
        constant=True,
    )


def _first_sentence(context: str) -> Prediction:
    text = context.lstrip()
    end = _SENTENCE_END.search(text)
    answer = text[: end.start()] if end else text.rstrip()
    return Prediction(output=answer, extra={"start": len(context) - len(text)})
