"""Judge words at a slot: options by their log-probabilities, or the most probable words that a model gave."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from benchwright.behaviour.verdict import PASSED, Answers, Result
from benchwright.types.expectations import CaseTarget, Monotonic


def equals(gold: Any, answers: Answers, at: int) -> Result:
    """Whether a right option is a most probable one, or a right word among those that were given.

    Args:
        gold: Numbers of the options that are right, or the words.
        answers: To all examples of the case.
        at: Which example.
    """
    if any(_is_best(one, answers, at) for one in _several(gold)):
        return PASSED
    return Result(False, _behind(_several(gold), answers, at))


def differs(value: Any, answers: Answers, at: int) -> Result:
    """Whether none of these options is a most probable one, or none of these words among those that were given."""
    wrong = next((one for one in _several(value) if _is_best(one, answers, at)), None)
    return PASSED if wrong is None else Result(False, 1.0)


def gains(targets: Sequence[CaseTarget], answers: Answers) -> Iterator[float]:
    """By how much the log-probability of the option that each variant's target names is higher than in the original."""
    places = [_several(target.expect.value)[0] for target in targets if isinstance(target.expect, Monotonic)]
    rows = answers.log_probabilities
    assert rows is not None
    for place, row in zip(places[1:], rows[1:], strict=True):
        yield row[place] - rows[0][places[0]]


def _is_best(one: Any, answers: Answers, at: int) -> bool:
    """Whether an option has the highest log-probability, alone or with others, or a word was given."""
    output, rows = answers.outputs[at], answers.log_probabilities
    if isinstance(output, list | tuple):
        return one in output
    if rows is None:
        return bool(one == output)
    return bool(rows[at][one] >= _highest(rows[at]))


def _behind(gold: Sequence[Any], answers: Answers, at: int) -> float:
    """How far the best right option is behind the most probable one; 1 of words."""
    rows = answers.log_probabilities
    if rows is None or isinstance(answers.outputs[at], list | tuple):
        return 1.0
    return float(_highest(rows[at]) - max(rows[at][one] for one in gold))


def _highest(row: Sequence[float]) -> float:
    """The highest log-probability; gaps, of examples with fewer options than others, are no numbers."""
    return max(value for value in row if not math.isnan(value))


def _several(gold: Any) -> Sequence[Any]:
    return gold if isinstance(gold, list | tuple) else [gold]
