"""The fields of a row, turned into the answer that the task's kind asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from benchwright.errors import PredictionsError
from benchwright.labels import canonical, describe
from benchwright.types import Example, Kind, Prediction, Task

from .rows import Row


def answer(row: Row, example: Example, task: Task, name: str) -> Prediction:
    """The prediction a row holds.

    Raises:
        PredictionsError: The answer is absent, unknown, of the wrong type, not finite, or of the wrong length
            (file and line named).
    """
    where = f"{name}, line {row.line}"
    return _READERS[task.kind](row.fields, example, task, where)


def _classify(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    scores = _scores(fields.get("scores"), task, where)
    given = _first(fields, "label", "prediction", "labels", "answer")
    if task.multilabel:
        return Prediction(output=_label_set(given, scores, task, where), scores=scores)
    if given is None and scores is not None:
        return Prediction(output=task.label_names[scores.index(max(scores))], scores=scores)
    return Prediction(output=_label(given, task, where), scores=scores)


def _label_set(given: Any, scores: tuple[float, ...] | None, task: Task, where: str) -> tuple[str, ...]:
    if given is None:
        raise PredictionsError(f"{where}: no `labels`", expected='a list such as ["a", "b"]')
    parts = given if isinstance(given, list) else [part for part in str(given).split("|") if part]
    chosen = {_label(part, task, where) for part in parts}
    return tuple(name for name in task.label_names if name in chosen)


def _label(given: Any, task: Task, where: str) -> str:
    found = canonical(given, task.labels)
    if found is None:
        what = "no `label`" if given is None else f"unknown label {given!r}"
        raise PredictionsError(
            f"{where}: {what}",
            expected=f"a label of {task.name} by name or id: {describe(task.labels)}",
            hint="labels are matched by name; rename them in the file",
        )
    return found


def _scores(given: Any, task: Task, where: str) -> tuple[float, ...] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise PredictionsError(f"{where}: `scores` is not an object", expected="a number for each label, by name")
    named = {canonical(key, task.labels): value for key, value in given.items()}
    if len(named) != len(given) or set(named) != set(task.label_names):
        raise PredictionsError(
            f"{where}: `scores` names {', '.join(map(str, given))}",
            expected=f"exactly: {', '.join(task.label_names)}",
        )
    return tuple(_number(named[label], f"{where}: the score of {label!r}") for label in task.label_names)


def _regress(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    given = _first(fields, "value", "prediction", "score", "label", "answer")
    if given is None:
        raise PredictionsError(f"{where}: no `value`", expected="a number")
    return Prediction(output=_number(given, f"{where}: the value"))


def _number(given: Any, what: str) -> float:
    try:
        number = float(given) if not isinstance(given, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise PredictionsError(f"{what} is {given!r}", expected="a finite number")
    return number


def _tag(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    tags = _first(fields, "tags", "labels", "answer")
    words = next(iter(example.inputs.values()))
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise PredictionsError(f"{where}: no `tags`", expected="a list with one tag for each word")
    given_words = fields.get("words")
    if len(tags) != len(words) or (given_words is not None and len(given_words) != len(words)):
        raise PredictionsError(
            f"{where}: {len(tags)} tags for the {len(words)} words of {example.id}", expected="one tag for each word"
        )
    return Prediction(output=tuple(tags))


def _span(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    text = _first(fields, "text", "answer", "prediction_text", "prediction")
    if not isinstance(text, str):
        raise PredictionsError(f"{where}: no `text`", expected='the answer as text; "" says there is none')
    null = _first(fields, "null_score", "no_answer_probability")
    extra = {} if null is None else {"null_score": _number(null, f"{where}: the null score")}
    return Prediction(output=text, extra=extra)


def _choose(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    given = _first(fields, "label", "prediction", "answer")
    if isinstance(given, str) and given.strip().isdigit():
        given = int(given)
    options = next((value for value in reversed(example.inputs.values()) if isinstance(value, list | tuple)), ())
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < (len(options) or given + 1):
        raise PredictionsError(f"{where}: the option {given!r}", expected=f"0 to {len(options) - 1}")
    return Prediction(output=given)


def _generate(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    text = _first(fields, "text", "answer", "prediction")
    if not isinstance(text, str):
        raise PredictionsError(f"{where}: no `text`", expected="the generated text")
    return Prediction(output=text)


def _embed(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    vector = _first(fields, "vector", "embedding", "answer")
    if not isinstance(vector, list) or not vector:
        raise PredictionsError(f"{where}: no `vector`", expected="a list of numbers")
    return Prediction(output=tuple(_number(value, f"{where}: the vector") for value in vector))


def _log_probability(fields: Mapping[str, Any], example: Example, task: Task, where: str) -> Prediction:
    given = _first(fields, "value", "score", "answer")
    if given is None:
        raise PredictionsError(f"{where}: no `value`", expected="a log-probability")
    return Prediction(output=_number(given, f"{where}: the log-probability"))


def _first(fields: Mapping[str, Any], *names: str) -> Any:
    """The first of the named fields that is there."""
    return next((fields[name] for name in names if fields.get(name) is not None), None)


_Reader = Callable[[Mapping[str, Any], Example, Task, str], Prediction]
_READERS: dict[Kind, _Reader] = {
    Kind.CLASSIFY: _classify,
    Kind.REGRESS: _regress,
    Kind.TAG: _tag,
    Kind.SPAN: _span,
    Kind.CHOOSE: _choose,
    Kind.FILL: _log_probability,
    Kind.SCORE: _log_probability,
    Kind.GENERATE: _generate,
    Kind.EMBED: _embed,
}
