"""The baseline that reads next to nothing: the most frequent answer of the train split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.errors import DataMissing
from benchwright.tags import OUTSIDE
from benchwright.types import (
    ChoiceTask,
    Context,
    Dataset,
    Example,
    Facts,
    Kind,
    ModelRef,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

from ._constant import Constant, ConstantSession, facts


class Majority:
    """The same answer for every example.

    - classify, regress: the most frequent label, the mean number of the train split;
    - tag: the most frequent tag of the train split, ``O`` nearly always, which finds no entity;
    - choose: the position that is most often right in the train split, of those that an example has. Where options are texts, the
      position of the first right text counts;
    - span: no answer where questions may be unanswerable; else the first sentence of the context, the best of the trivial
      rules (answer F1 0.098 on SQuAD 1.1 dev; the last sentence 0.079, the whole context 0.066, the first five words 0.070).

    The evaluated split is never looked at: without a train split nobody knows what is most frequent, and a task of any kind but span is
    refused. ``constant:LABEL`` is the reference that needs none.
    """

    name = "majority"
    version = 2
    baseline = True
    gradients = False
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    options: Mapping[str, str] = {}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the answer. Raises DataMissing without a train split."""
        return facts(_answer(task, context), task, self.kinds)

    def open(self, model: ModelRef, task: Task, context: Context) -> ConstantSession:
        """A session that always gives the same answer."""
        return ConstantSession(_answer(task, context), task)


def _answer(task: Task, context: Context) -> Constant:
    if isinstance(task, SpanTask):
        if task.unanswerable:
            return Constant(output="", note='answers "" to every question')
        return Constant(output=None, note="answers with the first sentence of the context")
    examples = _train(task, context).examples
    targets = [example.target for example in examples]
    if isinstance(task, RegressionTask):
        return Constant(output=sum(targets) / len(targets))
    if isinstance(task, TaggingTask):
        tag = _first_of(Counter(tag for target in targets for tag in target), task.label_names)
        return Constant(output=tag, note="tags every word O: finds no entity" if tag == OUTSIDE else "")
    if isinstance(task, ChoiceTask):
        counts = Counter(_position(example, task) for example in examples)
        return Constant(output=sorted(counts, key=lambda position: (-counts[position], position)))
    return _most_frequent(task, targets)


def _train(task: Task, context: Context) -> Dataset:
    """The train split; what needs none is named where there is none."""
    try:
        return context.train(task)
    except DataMissing as error:
        label = OUTSIDE if OUTSIDE in task.label_names else next(iter(task.label_names), "0")
        other = f"constant:{label} is a reference that needs no train split"
        raise DataMissing(
            error.problem, expected=error.expected, hint="; ".join(filter(None, [error.hint, other]))
        ) from error


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


adapter = Majority()
