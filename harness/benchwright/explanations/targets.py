"""Which numbers of an answer are explained: its label, each of its entities, both ends of an answer in a text."""

from __future__ import annotations

from benchwright.types import Example, Kind, Prediction, ScoreScale, Target, Task


def targets_of(task: Task, example: Example, prediction: Prediction) -> tuple[Target, ...]:
    """The targets of a model's answer to an item, ``example``; empty where it holds nothing to explain.

    Of classes the label that was predicted.
    """
    del example  # places of entities and answers are found in it
    if task.kind is Kind.CLASSIFY and isinstance(prediction.output, str):
        return (Target(name=prediction.output, label=prediction.output),)
    return ()


def scale_of(task: Task, asked: ScoreScale | None) -> ScoreScale:
    """What is explained, if nobody says."""
    return asked or ("logit" if task.kind is Kind.SPAN else "probability")


def score(task: Task, target: Target, prediction: Prediction) -> float:
    """The number of a target in a prediction: the probability of its label, else whether the answer stays the same (1 or 0)."""
    if prediction.scores is not None and target.label in task.label_names:
        return float(prediction.scores[task.label_names.index(str(target.label))])
    return float(prediction.output == target.label)
