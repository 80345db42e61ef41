"""Calls of a function, and its answers as predictions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any

from benchwright import callables
from benchwright import labels as naming
from benchwright.errors import ModelError
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    Example,
    LabelMap,
    Prediction,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

_SPAN_FACTS = ("start", "score", "null_score")


class _NoAnswer(Exception):
    """What a function gave is no answer to the task; the message says why."""


@dataclass(kw_only=True)
class FunctionSession:
    """A function that is asked in batches.

    Attributes:
        function: Called with a list of inputs.
        task: What it answers.
        labels: How places in a row of scores are tied to the task's labels; None, or of origin ``task``: nobody said.
        batch: Inputs for each call at most; None: as many as are asked for.
        shown: Its name in messages.
    """

    function: Callable[[list[Any]], Any]
    task: Task
    labels: LabelMap | None
    batch: int | None
    shown: str

    def predict(self, examples: Sequence[Example]) -> list[Prediction]:
        """Its answers; one that is no answer of the task is an error of that example.

        Raises:
            ModelError: It gives another number of answers than it got inputs.
        """
        size = self.batch or max(len(examples), 1)
        found: list[Prediction] = []
        for start in range(0, len(examples), size):
            inputs = [self._input(example) for example in examples[start : start + size]]
            found += [self._prediction(answer) for answer in self._call(inputs)]
        return found

    def close(self) -> None:
        """Nothing to release."""

    def _call(self, inputs: list[Any]) -> list[Any]:
        try:
            with callables.printing_aside():
                answers = self.function(list(inputs))
        except SystemExit as error:
            raise ModelError(
                f"{self.shown} ended the program (SystemExit: {error.code})",
                expected="answers, or an exception that says what is wrong",
                hint="call sys.exit outside of the function",
            ) from error
        if isinstance(answers, str | bytes | Mapping) or not hasattr(answers, "__len__") or len(answers) != len(inputs):
            count = f"{len(answers)}" if hasattr(answers, "__len__") else "no list of"
            raise ModelError(
                f"{self.shown} gave {count} answers ({type(answers).__name__}) for {len(inputs)} inputs",
                expected="a list with one answer for each input, in the same order",
                hint="return a list",
            )
        return list(answers)

    def _input(self, example: Example) -> Any:
        values = [example.inputs[name] for name in self.task.inputs]
        values = [list(value) if isinstance(value, tuple) else value for value in values]
        return values[0] if len(values) == 1 else tuple(values)

    def _prediction(self, answer: Any) -> Prediction:
        try:
            return self._read(_plain(answer))
        except _NoAnswer as problem:
            return Prediction(error=str(problem))

    def _read(self, answer: Any) -> Prediction:
        match self.task:
            case ClassificationTask():
                return self._label(answer)
            case RegressionTask():
                return Prediction(output=_number(answer))
            case TaggingTask():
                return Prediction(output=tuple(map(str, _row(answer, "a tag for every word"))))
            case SpanTask():
                return _span(answer)
            case ChoiceTask():
                return self._option(answer)
        raise _NoAnswer(f"no answers to tasks of kind {self.task.kind}")

    def _label(self, answer: Any) -> Prediction:
        if isinstance(answer, Mapping):
            wanted = self._checked(answer)
            given = {self._name(key): value for key, value in answer.items()}
            return self._decided([_number(given[name]) if name in given else 0.0 for name in wanted])
        if isinstance(answer, list) and answer and all(_is_number(one) for one in answer):
            return self._decided(self._placed(answer))
        if self.task.multilabel:
            names = [self._name(one) for one in _row(answer, "a list of label names")]
            return Prediction(output=tuple(name for name in self.task.label_names if name in names))
        return Prediction(output=self._name(answer))

    def _name(self, answer: Any) -> str:
        name = naming.canonical(answer, self.task.labels) if isinstance(answer, str | int | bool) else None
        if name is None:
            raise _NoAnswer(f"not a label of {self.task.name}: {answer!r}")
        if name in self._never:
            raise _NoAnswer(f"{name}, which is not among the labels that it was said to have")
        return name

    @cached_property
    def _never(self) -> frozenset[str]:
        """Labels of the task that the function has not, where somebody said which it has."""
        ties, names = self.labels, self.task.label_names
        if ties is None or ties.origin == "task":
            return frozenset()
        return frozenset(names) - {names[place] for place in ties.to_task}

    def _checked(self, scores: Mapping[Any, Any]) -> tuple[str, ...]:
        """The task's labels; each key must be one, and each of them once."""
        named = [self._name(key) for key in scores]
        known = {*named, *self._never}
        given = ", ".join(map(str, scores)) or "no label"
        if len(set(named)) < len(named):
            raise _NoAnswer(f"scores of {given}: a label is named twice")
        lacking = [name for name in self.task.label_names if name not in known]
        if lacking:
            way = "; a function that never gives them says its labels: ?labels=" if naming.may_lack(self.task) else ""
            raise _NoAnswer(f"scores of {given}, not one of each label; lacking: {', '.join(lacking)}{way}")
        return self.task.label_names

    def _placed(self, row: Sequence[Any]) -> list[float]:
        """Scores in the task's order; places have a meaning only where somebody said it."""
        ties = self.labels
        if ties is None or ties.origin == "task":
            raise _NoAnswer(
                "scores by place, but nothing says which label is where: ?labels=, or a mapping label -> score"
            )
        if len(row) != len(ties.to_task):
            raise _NoAnswer(f"{len(row)} scores for {len(ties.to_task)} labels")
        found = [0.0] * len(self.task.labels)
        for place, label in enumerate(ties.to_task):
            found[label] += _number(row[place])
        return found

    def _decided(self, scores: Sequence[float]) -> Prediction:
        """The label with the highest score; of several labels those from 0.5 on."""
        names, row = self.task.label_names, tuple(scores)
        if self.task.multilabel:
            return Prediction(output=tuple(n for n, s in zip(names, row, strict=True) if s >= 0.5), scores=row)
        if not all(map(math.isfinite, row)):
            raise _NoAnswer(f"scores are not finite: {row}")
        return Prediction(output=names[max(range(len(row)), key=row.__getitem__)], scores=row)

    def _option(self, answer: Any) -> Prediction:
        if isinstance(answer, list):
            row = tuple(map(_number, answer))
            if not row:
                raise _NoAnswer("no score for any option")
            if self.task.by_text:
                raise _NoAnswer("a row of scores where the text of an option is asked for")
            return Prediction(output=max(range(len(row)), key=row.__getitem__), scores=row)
        if self.task.by_text:
            return Prediction(output=_text(answer))
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise _NoAnswer(f"not the 0-based number of an option: {answer!r}")
        return Prediction(output=answer)


def _plain(answer: Any) -> Any:
    """NumPy values and arrays, tensors and tuples as plain numbers and lists."""
    if hasattr(answer, "tolist"):
        return answer.tolist()
    return list(answer) if isinstance(answer, tuple | set | frozenset) else answer


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _number(value: Any) -> float:
    plain = _plain(value)
    if not _is_number(plain):
        raise _NoAnswer(f"not a number: {value!r}")
    try:
        return float(plain)
    except OverflowError as error:
        raise _NoAnswer("a number that is too large") from error


def _row(answer: Any, expected: str) -> list[Any]:
    if not isinstance(answer, list):
        raise _NoAnswer(f"not {expected}: {answer!r}")
    return answer


def _text(answer: Any) -> str:
    if not isinstance(answer, str):
        raise _NoAnswer(f"not a text: {answer!r}")
    return answer


def _span(answer: Any) -> Prediction:
    if not isinstance(answer, Mapping):
        return Prediction(output=_text(answer))
    if "text" not in answer:
        raise _NoAnswer(f"no `text` among {', '.join(map(str, answer))}")
    facts: dict[str, float] = {name: _number(answer[name]) for name in _SPAN_FACTS if answer.get(name) is not None}
    if facts.get("start", 0.5).is_integer():
        facts["start"] = int(facts["start"])
    return Prediction(output=_text(answer["text"]), extra=facts)
