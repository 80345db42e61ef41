"""Which numbers of an answer are explained: its label, each of its entities, both ends of an answer in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.explanations.reading import SessionReading
from benchwright.tags import entities
from benchwright.types import Example, Kind, Prediction, ScoreScale, Target, Task

NO_ANSWER = "no answer"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is explained of an item.

    Attributes:
        targets: Empty where the answer holds nothing to explain.
        scale: What their numbers are.
    """

    targets: tuple[Target, ...]
    scale: ScoreScale


def targets_of(task: Task, example: Example, prediction: Prediction, reading: SessionReading) -> Asked:
    """The targets of a model's answer to an item.

    - Labels: the one that was predicted; of a set of labels each of it, and none of an empty set.
    - Options: the one that was chosen. Words are those of the texts before the options.
    - A number: itself.
    - Tags: each entity that was predicted, as `tags.entities` reads them. A sentence without one has no target.
    - Answers in a context: start and end; of the answer that there is none, that. Where a model does not say at which character its
      answer begins, whether that text is still its answer.

    Of a model that gives no scores the scale is ``agreement``; of scores of unknown meaning, and of numbers, ``value``.

    Raises:
        BenchwrightError: The model has no answer to the item, or one that is none of the task.
    """
    if prediction.error is not None:
        raise BenchwrightError(f"the model has no answer to it: {prediction.error}")
    match task.kind:
        case Kind.CLASSIFY:
            return _labels(task, prediction, reading)
        case Kind.REGRESS:
            return Asked(targets=(Target(name="value"),), scale="value")
        case Kind.CHOOSE:
            return _option(task, example, prediction, reading)
        case Kind.TAG:
            return _entities(task, example, prediction, reading)
        case Kind.SPAN:
            return _answer(task, prediction, reading)
    return Asked(targets=(), scale=reading.scale)


def _labels(task: Task, prediction: Prediction, reading: SessionReading) -> Asked:
    given = prediction.output if isinstance(prediction.output, list | tuple) else (prediction.output,)
    names = [str(name) for name in given if name is not None]
    unknown = [name for name in names if name not in task.label_names]
    if unknown:
        raise BenchwrightError(f"not labels of {task.name}: {', '.join(unknown)}")
    return Asked(
        targets=tuple(Target(name=name, label=name) for name in names), scale=_scored_scale(prediction, reading)
    )


def _option(task: Task, example: Example, prediction: Prediction, reading: SessionReading) -> Asked:
    options = options_of(task, example)
    chosen = prediction.output
    number = options.index(chosen) if isinstance(chosen, str) and chosen in options else chosen
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(options):
        raise BenchwrightError(f"not one of its {len(options)} options: {chosen!r}")
    target = Target(name=whole(options[number]), label=str(number))
    return Asked(targets=(target,), scale=_scored_scale(prediction, reading))


def _scored_scale(prediction: Prediction, reading: SessionReading) -> ScoreScale:
    """What the numbers of labels and options are."""
    if reading.scale == "agreement" or (prediction.scores is None and reading.scorer is None):
        return "agreement"
    return reading.scale if reading.scorer is not None or reading.scores is not None else "value"


def _entities(task: Task, example: Example, prediction: Prediction, reading: SessionReading) -> Asked:
    words = [str(word) for word in example.inputs[next(iter(task.inputs))]]
    tags = _tags(prediction.output)
    if len(tags) != len(words):
        raise BenchwrightError(f"{len(tags)} tags for {len(words)} words")
    return Asked(
        targets=tuple(
            Target(
                name=whole(f"{entity.type}: {' '.join(words[entity.start : entity.end])}"),
                tags=tuple(tags[entity.start : entity.end]),
                start=entity.start,
                end=entity.end,
            )
            for entity in entities(tags)
        ),
        scale=_placed_scale(reading),
    )


def _placed_scale(reading: SessionReading) -> ScoreScale:
    """What the numbers of tags and answers are, which no prediction holds."""
    if reading.scorer is None:
        return "agreement"
    return "logit" if reading.scale == "value" else reading.scale


def _answer(task: Task, prediction: Prediction, reading: SessionReading) -> Asked:
    text, start = str(prediction.output or ""), prediction.extra.get("start")
    scale = _placed_scale(reading)
    if not text:
        return Asked(targets=(Target(name=NO_ANSWER, edge="none"),) if task.unanswerable else (), scale=scale)
    if not isinstance(start, int) or isinstance(start, bool):
        return Asked(targets=(Target(name="answer", label=whole(text)),), scale="agreement")
    end = start + len(text)
    return Asked(
        targets=(
            Target(name="start", start=start, end=end, edge="start"),
            Target(name="end", start=start, end=end, edge="end"),
        ),
        scale=scale,
    )


def whole(text: str) -> str:
    """A text that can be written down: halves of surrogate pairs, which a function may be given and give, become ``?``."""
    return text.encode(errors="replace").decode()


def options_of(task: Task, example: Example) -> list[str]:
    """The options of an item."""
    return [str(option) for option in example.inputs[tuple(task.inputs)[-1]]]


def _tags(output: Any) -> Sequence[str]:
    return [str(tag) for tag in output] if isinstance(output, list | tuple) else ()
