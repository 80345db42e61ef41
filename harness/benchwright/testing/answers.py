"""What is true of the answers of an open model: as many as examples, in order, and of the example alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import msgspec

from benchwright import kinds
from benchwright.execute import to_record
from benchwright.testing.checks import Check, require
from benchwright.types import Adapter, Context, Dataset, Example, LabelMap, ModelRef, Prediction, Task

BATCH_TOLERANCE = 1e-5
"""Most that a score or a number may depend on the other examples of a batch."""


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A model of an adapter on a fixture task."""

    adapter: Adapter
    task: Task
    model: ModelRef
    context: Context
    labels: LabelMap

    @cached_property
    def blind(self) -> list[Example]:
        """The examples, without targets, as the engine shows them."""
        return list(self.context.items())

    def predict(self, *batches: Sequence[Example]) -> list[Prediction]:
        """Answers of a fresh session to one batch after the other, joined; the session is closed."""
        session = self.adapter.open(self.model, self.task, replace(self.context, labels=self.labels))
        try:
            return [answer for batch in batches for answer in session.predict(list(batch))]
        finally:
            session.close()

    def with_train(self, train: Callable[[Task], Dataset]) -> Stand:
        """The same with another train split."""
        return replace(self, context=replace(self.context, train=train))


def answer_checks(stand: Stand) -> Iterator[Check]:
    """Checks of the answers of a model."""
    name = stand.task.name
    yield f"{name}: one answer per example, in order", partial(_check_order, stand)
    yield f"{name}: answers lie in the task's domain", partial(_check_domain, stand)
    yield f"{name}: a batch of 1 equals a batch of 8", partial(_check_batches, stand)
    yield f"{name}: the same seed gives the same answers", partial(_check_seed, stand)
    yield f"{name}: targets change nothing", partial(_check_targets, stand)
    yield f"{name}: closing twice is safe", partial(_check_close, stand)


def _check_order(stand: Stand) -> None:
    there = stand.predict(stand.blind)
    require(len(there) == len(stand.blind), f"{len(there)} answers to {len(stand.blind)} examples")
    back = stand.predict(stand.blind[::-1])
    found = difference(stand, there, back[::-1])
    require(not found, f"the same examples in reverse order are answered differently: {found}")


def _check_domain(stand: Stand) -> None:
    examples = stand.blind
    for example, prediction in zip(examples, stand.predict(examples), strict=True):
        require(isinstance(prediction, Prediction), f"{example.id}: a {type(prediction).__name__}, not a Prediction")
        problem = to_record(example, prediction, stand.task).error
        require(problem is None, f"{example.id}: {problem}")


def _check_batches(stand: Stand) -> None:
    eights = [stand.blind[at : at + 8] for at in range(0, len(stand.blind), 8)]
    found = difference(stand, stand.predict(*eights), stand.predict(*([example] for example in stand.blind)))
    require(not found, f"an answer depends on its batch: {found} (tolerance {BATCH_TOLERANCE:g})")


def _check_seed(stand: Stand) -> None:
    first, second = (msgspec.json.encode(stand.predict(stand.blind)) for _ in range(2))
    require(first == second, "two sessions with one seed give different bytes")


def _check_targets(stand: Stand) -> None:
    make_target = kinds.of(stand.task).make_target
    for one in (0, 1):
        shown = [
            msgspec.structs.replace(example, target=make_target(example.inputs, stand.task, one))
            for example in stand.blind
        ]
        found = difference(stand, stand.predict(stand.blind), stand.predict(shown))
        require(not found, f"an answer depends on the target of its example: {found}")


def _check_close(stand: Stand) -> None:
    session = stand.adapter.open(stand.model, stand.task, replace(stand.context, labels=stand.labels))
    session.close()
    session.close()


def difference(stand: Stand, one: Sequence[Prediction], other: Sequence[Prediction]) -> str:
    """The first pair of answers that differ by more than the tolerance, in words; empty when there is none."""
    if len(one) != len(other):
        return f"{len(one)} and {len(other)} answers"
    for example, first, second in zip(stand.blind, one, other, strict=True):
        if not _alike(first, second, example, stand.task):
            return f"{example.id}: {first.output!r} {first.scores or ''} and {second.output!r} {second.scores or ''}"
    return ""


def _alike(first: Prediction, second: Prediction, example: Example, task: Task) -> bool:
    if (first.scores is None) != (second.scores is None):
        return False
    if first.scores is not None and second.scores is not None:
        pairs = list(zip(first.scores, second.scores, strict=True))
        if not all(math.isclose(a, b, rel_tol=0, abs_tol=BATCH_TOLERANCE) for a, b in pairs):
            return False
    return kinds.of(task).are_alike(first, second, BATCH_TOLERANCE) or _is_tie(first, second, example, task)


def _is_tie(first: Prediction, second: Prediction, example: Example, task: Task) -> bool:
    """Whether two answers differ only because their scores are equal within the tolerance."""
    if first.scores is None or second.scores is None:
        return False
    options = list(example.inputs.values())[-1]
    places = [kinds.of(task).position(answer.output, task, options) for answer in (first, second)]
    if places[0] is None or places[1] is None:
        return False
    return abs(first.scores[places[0]] - first.scores[places[1]]) <= 2 * BATCH_TOLERANCE
