"""The numbers of targets in the answers to variants, and what they are.

``probability``
    Of a label or option the model's probability of it; of scores that are logits their softmax (of labels that do not exclude each
    other a sigmoid each), of log-probabilities the exponential. Of an entity the mean over its words of the probability of the tag
    that it got. Of an end of an answer the softmax over the tokens of the context in the window that is read, and over the class
    token too where questions may have no answer. Of "no answer" the sigmoid of the null score.
``logit``
    The raw output of a model that gives it (`types.ScoresTargets`): of an entity the mean over its words, of "no answer" the null score;
    scores that are logits; else the log odds of a probability, which is held within `CLIP` and 1 - `CLIP`.
``value``
    The predicted number; a score as it is.
``agreement``
    1 where the answer stays what it was, else 0: the label is given; the option is chosen; the entity is found with its type and all of
    its words, no more; the answer begins (ends) at the same place, or is the same text where its place is not known; there is no answer.

A sentence's or context's places are those of the variant (`variants.moved_targets`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import BenchwrightError, ModelError
from benchwright.explanations.reading import Given, SessionReading
from benchwright.explanations.targets import options_of, whole
from benchwright.tags import entities, parts
from benchwright.types import Example, Kind, Prediction, ScoreScale, Session, Target, Task

CLIP = 1e-12
"""Least distance of a probability from 0 and 1 where its log odds are taken."""

Numbers = tuple[float, ...] | str
"""The number of each target, or why there are none."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about one variant.

    Attributes:
        example: The variant.
        targets: Numbers that are asked for, placed as they are in the variant.
        scale: What these are.
    """

    example: Example
    targets: tuple[Target, ...]
    scale: ScoreScale


def numbers_of(session: Session, task: Task, reading: SessionReading, questions: Sequence[Question]) -> list[Numbers]:
    """The numbers of all variants, in order, in one call of the session for each scale that occurs, which is nearly always one."""
    found: list[Numbers] = [()] * len(questions)
    for scale in dict.fromkeys(question.scale for question in questions):
        mine = [at for at, question in enumerate(questions) if question.scale == scale]
        asked = [questions[at] for at in mine]
        for at, numbers in zip(mine, _of_scale(session, task, reading, asked, scale), strict=True):
            found[at] = numbers
    return found


def _of_scale(
    session: Session, task: Task, reading: SessionReading, questions: Sequence[Question], scale: ScoreScale
) -> list[Numbers]:
    examples = [question.example for question in questions]
    if reading.scorer is not None and scale in ("probability", "logit"):
        given = reading.scorer.score_targets(examples, [question.targets for question in questions], scale)
        _check_count(len(given), len(examples))
        return [one if isinstance(one, str) else _finite(one) for one in given]
    predictions = session.predict(examples)
    if len(predictions) != len(examples):
        raise ModelError(f"the adapter returned {len(predictions)} predictions for {len(examples)} examples")
    return [
        _numbers(task, question, prediction, reading.scores)
        for question, prediction in zip(questions, predictions, strict=True)
    ]


def stored_numbers(
    task: Task, reading: SessionReading, question: Question, prediction: Prediction
) -> tuple[float | None, ...]:
    """The numbers of targets in the answer that was stored; None where it does not hold them."""
    if question.scale == "agreement":
        return (1.0,) * len(question.targets)
    told = reading.scorer is None or (reading.scores is not None and question.scale == "probability")
    if task.kind in (Kind.TAG, Kind.SPAN) or not (told or reading.scores == "logits" or task.kind is Kind.REGRESS):
        return (None,) * len(question.targets)
    found = _numbers(task, question, prediction, reading.scores)
    return (None,) * len(question.targets) if isinstance(found, str) else found


def _check_count(found: int, asked: int) -> None:
    if found != asked:
        raise ModelError(
            f"the adapter returned {found} answers for {asked} examples",
            expected="one for each, in their order",
            hint="this is a fault of the adapter: tell its makers",
        )


def _numbers(task: Task, question: Question, prediction: Prediction, scores: Given | None) -> Numbers:
    if prediction.error is not None:
        return prediction.error
    try:
        if question.scale == "agreement":
            return _agreements(task, question, prediction)
        return _finite([_scored(task, target, prediction, scores, question.scale) for target in question.targets])
    except BenchwrightError as problem:
        return problem.line


def _agreements(task: Task, question: Question, prediction: Prediction) -> tuple[float, ...]:
    """1 for each target that is in the answer as it was, else 0; entities are read once for all targets of a sentence."""
    if task.kind is not Kind.TAG:
        return tuple(float(agrees(task, target, question.example, prediction)) for target in question.targets)
    found = set(entities([str(tag) for tag in prediction.output]))
    return tuple(float((parts(one.tags[0])[1], one.start, one.end) in found) for one in question.targets)


def _finite(numbers: Sequence[float]) -> Numbers:
    return tuple(numbers) if all(map(math.isfinite, numbers)) else "the model gives a score that is not a number"


def _scored(task: Task, target: Target, prediction: Prediction, given: Given | None, scale: ScoreScale) -> float:
    """The number of a label, an option or a predicted value."""
    if task.kind is Kind.REGRESS:
        return _number(prediction.output)
    if prediction.scores is None:
        raise BenchwrightError("the model gives no scores here")
    place = int(target.label or 0) if task.kind is Kind.CHOOSE else task.label_names.index(str(target.label))
    if place >= len(prediction.scores):
        raise BenchwrightError(f"the model gives {len(prediction.scores)} scores, none of {target.name}")
    if scale == "value" or (given == "logits" and scale == "logit"):
        return float(prediction.scores[place])
    probability = _probability(prediction.scores, place, given, exclusive=not task.multilabel)
    if scale == "probability":
        return probability
    held = min(max(probability, CLIP), 1 - CLIP)
    return math.log(held) - math.log1p(-held)


def _probability(scores: Sequence[float], place: int, given: Given | None, *, exclusive: bool) -> float:
    if given == "log-probabilities":
        return math.exp(min(scores[place], 0.0))
    if given != "logits":
        return float(scores[place])
    if not exclusive:
        return 1 / (1 + math.exp(-max(min(scores[place], 700.0), -700.0)))
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    return powers[place] / math.fsum(powers)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BenchwrightError(f"not a number: {value!r}")
    return float(value)


def agrees(task: Task, target: Target, example: Example, prediction: Prediction) -> bool:
    """Whether a target is in the answer to a variant as it was in the answer to the item."""
    output = prediction.output
    match task.kind:
        case Kind.SPAN:
            return _same_answer(task, target, example, prediction)
        case Kind.CHOOSE:
            options = options_of(task, example)
            number = options.index(output) if isinstance(output, str) and output in options else output
            return str(number) == target.label
    return target.label in (output if isinstance(output, list | tuple) else (output,))


def _same_answer(task: Task, target: Target, example: Example, prediction: Prediction) -> bool:
    text = str(prediction.output or "")
    if target.edge == "none" or not text:
        return target.edge == "none" and not text
    start = prediction.extra.get("start")
    if target.edge is None:
        return whole(text) == target.label
    if start is None:
        return text == str(example.inputs[tuple(task.inputs)[-1]])[target.start : target.end]
    return bool(start == target.start if target.edge == "start" else start + len(text) == target.end)
