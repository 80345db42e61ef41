"""What came out for a case: one result for each of its examples, whether it passed, and whether an answer flipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from benchwright.types import Kind
from benchwright.types.expectations import CaseTarget


class Result(NamedTuple):
    """Of one example.

    Attributes:
        passed: True, False; None: not applicable.
        size: How large the failure is, by which failures are ordered; 0 unless it failed.
    """

    passed: bool | None
    size: float = 0.0


PASSED = Result(True)
NOT_APPLICABLE = Result(None)


class CaseVerdict(NamedTuple):
    """Of one case.

    Attributes:
        passed: False if any judged example failed, None if none of them is applicable, else True.
        flipped: Whether a variant is answered otherwise than the original, whatever the tolerance; None unless the expectation
            is one of invariance and answers are of a kind that flips (numbers are not).
        results: One for each example, those that are not judged included.
    """

    passed: bool | None
    flipped: bool | None
    results: tuple[Result, ...]

    @property
    def size(self) -> float:
        """Size of the largest failure; 0 for a case that did not fail."""
        return max((one.size for one in self.results if one.passed is False), default=0.0)


class Answers(NamedTuple):
    """What a model said to the examples of a case.

    Attributes:
        outputs: Answers in the order of the examples.
        probabilities: A probability per label or option for each example; None: labels alone decide.
        places: Label -> its place among the probabilities; empty where an answer is its own place (the number of an option).
        log_probabilities: Of words at a slot: a log-probability per option for each example; None: answers alone decide.
        lacks: Whether the model lacks a label that is needed to judge an example; empty: it lacks none.
    """

    outputs: Sequence[Any]
    probabilities: Sequence[Sequence[float]] | None = None
    places: Mapping[Any, int] = {}
    lacks: Sequence[bool] = ()
    log_probabilities: Sequence[Sequence[float]] | None = None

    def chance(self, example: int, label: Any) -> float:
        """Probability of a label for an example; without probabilities 1 for the answer and 0 for anything else."""
        if self.probabilities is None:
            return float(self.outputs[example] == label)
        row, place = self.probabilities[example], self.places.get(label, label)
        return float(row[place]) if isinstance(place, int) and 0 <= place < len(row) else 0.0

    def size(self, example: int) -> float:
        """How sure the model is of what it answered; 1 without probabilities."""
        return self.chance(example, self.outputs[example])


Judge = Callable[[Kind, Sequence[CaseTarget], Answers], list[Result]]
"""Results of all examples of a case under one expectation."""
