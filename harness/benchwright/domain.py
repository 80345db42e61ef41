"""Whether an answer lies in the domain of what was asked; what does not is an error, never a wrong answer."""

from __future__ import annotations

import math
from typing import Any

from benchwright.labels import new_tag
from benchwright.types import Example, Kind, Prediction, Task


def find_problem(prediction: Prediction, example: Example, task: Task) -> str | None:
    """What is wrong with a prediction for an example, in words, or None."""
    output, scores = prediction.output, prediction.scores
    if scores is not None and not all(math.isfinite(score) for score in scores):
        return f"scores are not finite: {scores}"
    match task.kind:
        case Kind.REGRESS:
            return None if _is_number(output) else f"not a finite number: {output!r}"
        case Kind.CLASSIFY:
            return _label_problem(output, scores, task)
        case Kind.TAG:
            return _tags_problem(output, example, task)
        case Kind.SPAN | Kind.GENERATE:
            return None if isinstance(output, str) else f"not a text: {output!r}"
        case Kind.CHOOSE:
            return _option_problem(output, scores, example, task)
        case _:
            return "no answer" if output is None else None


def _label_problem(output: Any, scores: tuple[float, ...] | None, task: Task) -> str | None:
    names = task.label_names
    given = output if task.multilabel else (output,)
    if not isinstance(given, tuple) or any(label not in names for label in given):
        return f"not a label of {task.name}: {output!r}"
    if scores is not None and len(scores) != len(names):
        return f"{len(scores)} scores for {len(names)} labels"
    return None


def _tags_problem(output: Any, example: Example, task: Task) -> str | None:
    if not isinstance(output, tuple) or not all(isinstance(tag, str) for tag in output):
        return f"not a tuple of tags: {output!r}"
    words = next(iter(example.inputs.values()))
    if len(output) != len(words):
        return f"{len(output)} tags for {len(words)} words"
    unknown = sorted(set(output) - set(task.label_names)) if task.labels else []
    strange = [tag for tag in unknown if new_tag(tag, task.labels) != tag]
    return f"not tags of {task.name}: {', '.join(strange)}" if strange else None


def _option_problem(output: Any, scores: tuple[float, ...] | None, example: Example, task: Task) -> str | None:
    options = list(example.inputs.values())[-1]
    if not isinstance(options, list | tuple):
        return None if output is not None else "no answer"
    if scores is not None and len(scores) != len(options):
        return f"{len(scores)} scores for {len(options)} options"
    if task.by_text:
        return None if output in options else f"none of the {len(options)} options: {output!r}"
    is_number = isinstance(output, int) and not isinstance(output, bool) and 0 <= output < len(options)
    return None if is_number else f"not the number of one of {len(options)} options: {output!r}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
