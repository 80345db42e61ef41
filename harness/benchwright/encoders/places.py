"""Where among a model's raw outputs the numbers stand that an explanation is about: of a label, a tag of a word, an end of an answer.

A target's number is the weighted sum over its places of the raw output there, or of its probability among the outputs that it competes
with: one place of a label or an end of an answer, one for each word of an entity, weighing alike. That there is no answer is held
against the best answer: both raw outputs at the class token, less those at the answer's ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.codec import Row
from benchwright.encoders.encoded import Ints
from benchwright.types import Example, ScoreScale, Target


@dataclass(frozen=True, kw_only=True, eq=False)
class OutputPlace:
    """Where one number is read.

    Attributes:
        row: Row of the inputs.
        at: Outputs that stand for the target, as positions in the row's raw outputs made flat; several are added up as
            probabilities are (log-sum-exp of raw outputs).
        rivals: Rows and positions of all outputs that share a softmax with them, themselves included; none: a sigmoid.
        sign: -1 of the label for which the one output of a binary head stands reversed.
        weight: In the sum.
        highest: Whether the highest of several outputs counts, instead of their sum: labels that do not exclude each other.
    """

    row: int
    at: Ints
    rivals: tuple[tuple[int, Ints], ...] = ()
    sign: int = 1
    weight: float = 1.0
    highest: bool = False


Places = tuple[tuple[OutputPlace, ...], ...]
"""For each target of an example its places."""


@runtime_checkable
class FindsPlaces(Protocol):
    """A codec that knows where the numbers of targets stand."""

    def places(
        self,
        rows: Any,
        outputs: Sequence[Row | None],
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
    ) -> list[Places | str]:
        """The places of each example's targets, or why there are none.

        Args:
            rows: As `Codec.encode` gave them.
            outputs: Raw outputs of each row: which window of several is read, and which tag an output means, may depend on them.
                None where there are none; what is said of such an example is not used.
            examples: Those that were encoded.
            targets: Of each.
        """


def number_at(target: Target, places: Sequence[OutputPlace], outputs: Sequence[Row | None], scale: ScoreScale) -> float:
    """The number of a target.

    ``logit`` and ``value``: the weighted sum of raw outputs. ``probability``: that of probabilities; of "no answer" the sigmoid of
    the weighted sum, which is its share against the best answer.
    """
    if target.edge == "none" and scale == "probability":
        return _sigmoid(number_at(target, places, outputs, "logit"))
    return float(sum(place.weight * _read(place, outputs, scale) for place in places))


def score_examples(
    codec: FindsPlaces,
    rows: Any,
    outputs: Sequence[Row | None],
    examples: Sequence[Example],
    targets: Sequence[Sequence[Target]],
    *,
    problems: Sequence[str | None],
    scale: ScoreScale,
) -> list[list[float] | str]:
    """The numbers of each example's targets, or why there are none.

    Args:
        codec: Knows where they stand.
        rows: As it encoded the examples.
        outputs: Raw outputs of each row, None where there are none.
        examples: Those that were encoded.
        targets: Of each.
        problems: What is wrong with an example, or None.
        scale: Which number.
    """
    sound = [some if why is None else () for some, why in zip(targets, problems, strict=True)]
    found: list[list[float] | str] = []
    for some, places, why in zip(sound, codec.places(rows, outputs, examples, sound), problems, strict=True):
        if why is not None:
            found.append(why)
        elif isinstance(places, str):
            found.append(places)
        else:
            found.append([number_at(one, at, outputs, scale) for one, at in zip(some, places, strict=True)])
    return found


def _read(place: OutputPlace, outputs: Sequence[Row | None], scale: ScoreScale) -> float:
    own = _flat(outputs, place.row)[place.at]
    raw = float(own.max()) if place.highest else _log_sum(own)
    if scale != "probability":
        return place.sign * raw
    if not place.rivals:
        return _sigmoid(place.sign * raw)
    among = np.concatenate([_flat(outputs, row)[at] for row, at in place.rivals])
    return min(float(np.exp(raw - _log_sum(among))), 1.0)


def _log_sum(values: NDArray[np.float64]) -> float:
    highest = values.max()
    return float(values[0] if len(values) == 1 else highest + np.log(np.exp(values - highest).sum()))


def all_or_why(found: Iterable[tuple[OutputPlace, ...] | str]) -> Places | str:
    """The places of all targets of an example, or the first reason why there are none."""
    every = tuple(found)
    why = next((one for one in every if isinstance(one, str)), None)
    return why if why is not None else tuple(one for one in every if not isinstance(one, str))


def _sigmoid(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -700, 700))))


def _flat(outputs: Sequence[Row | None], row: int) -> NDArray[np.float64]:
    found = outputs[row]
    assert found is not None
    return found.reshape(-1).astype(np.float64)


def label_places(
    row: int, label: int, to_task: Sequence[int], *, multilabel: bool, binary: bool
) -> tuple[OutputPlace, ...] | None:
    """Where a label of a head for texts stands; None if no output means it.

    Args:
        row: Row of the text.
        label: Number of the label in the task.
        to_task: Label of each output; of a binary head with one output those of a 0 beside it, and of the output.
        multilabel: Whether labels do not exclude each other.
        binary: Whether there is one output for two labels.
    """
    mine = np.flatnonzero(np.array(to_task) == label)
    if not len(mine):
        return None
    if binary:
        return (OutputPlace(row=row, at=np.array([0]), sign=1 if mine[-1] == 1 else -1),)
    if multilabel:
        return (OutputPlace(row=row, at=mine, highest=True),)
    return (OutputPlace(row=row, at=mine, rivals=((row, np.arange(len(to_task))),)),)
