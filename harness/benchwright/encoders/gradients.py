"""Integrated gradients of an encoder's raw outputs, by word: Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks".

An item is computed by itself, its steps as the lines of a batch, so that no value depends on the items beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch, pad
from benchwright.encoders.encoded import InputRows
from benchwright.encoders.failures import complaint
from benchwright.encoders.places import FindsPlaces, OutputPlace
from benchwright.encoders.session import EncoderSession
from benchwright.encoders.token_places import TokenPlaces
from benchwright.errors import BenchwrightError
from benchwright.types import Completeness, Example, Removal, Target, Word, WordGradients

SHARE = 4
"""A backward pass keeps what every layer gave: so much less fits into a batch."""


@dataclass(frozen=True, kw_only=True)
class TokenGradients:
    """Integrated gradients of one number of one row.

    Attributes:
        values: One for each token, summed over the dimensions of its embedding.
        full: The number on the row.
        base: The number on the baseline.
        passes: Forward passes and backward passes of batches.
    """

    values: NDArray[np.float64]
    full: float
    base: float
    passes: int


@runtime_checkable
class Differentiates(Protocol):
    """A `Forward` in an engine that gives gradients of raw outputs by the embeddings of tokens."""

    def no_gradients(self) -> str | None:
        """Why this model has none that can be followed back to tokens; None if it has."""

    def baseline(self, removal: Removal, tokenizer: Any) -> tuple[int, str]:
        """The token of the baseline, and what it is called."""

    def integrate(
        self, row: Batch, baseline: NDArray[np.int64], places: Sequence[OutputPlace], *, steps: int, lines: int
    ) -> TokenGradients:
        """Integrated gradients of the weighted sum of some raw outputs, as `places.number_at` makes it on the scale ``logit``.

        Args:
            row: A batch of one line.
            baseline: Ids, as many as the line has.
            places: Outputs of that row.
            steps: Points on the way.
            lines: Most of them in one batch.
        """


@runtime_checkable
class PlacesTokens(Protocol):
    """A codec that knows where the tokens of a row stand in the inputs."""

    def token_places(self, rows: Any, row: int, example: Example) -> TokenPlaces | str:
        """The places of the tokens of a row of an example, or why they are not known."""


class GradientSession(EncoderSession):
    """An encoder whose engine gives gradients."""

    def integrate_gradients(
        self,
        examples: Sequence[Example],
        targets: Sequence[Sequence[Target]],
        words: Sequence[Sequence[Word]],
        *,
        steps: int,
        removal: Removal,
    ) -> list[tuple[WordGradients, ...] | str]:
        """As `types.GivesGradients`."""
        reason = self.why_no_gradients()
        if reason:
            return [reason] * len(examples)
        with self._quiet():
            return [
                self._integrate(example, some, mine, steps=steps, removal=removal)
                for example, some, mine in zip(examples, targets, words, strict=True)
            ]

    def why_no_gradients(self) -> str | None:
        """Why this model has none; None if it has."""
        if not isinstance(self.codec, PlacesTokens) or not isinstance(self.codec, FindsPlaces):
            return "integrated gradients are of labels, numbers, tags and answers"
        return (
            self.forward.no_gradients() if isinstance(self.forward, Differentiates) else "its engine has no gradients"
        )

    def _integrate(
        self, example: Example, targets: Sequence[Target], words: Sequence[Word], *, steps: int, removal: Removal
    ) -> tuple[WordGradients, ...] | str:
        assert isinstance(self.codec, FindsPlaces)
        rows = self.codec.encode([example])
        raw = self.run(rows.encoded, is_filled=False)  # alone as its steps are
        problems, outputs = self._checked(raw)
        problem = next(filter(None, [*rows.errors.values(), *problems]), None)
        if problem:
            return problem
        places = self.codec.places(rows, outputs, [example], [targets])[0]
        if isinstance(places, str):
            return places
        if not places:
            return ()
        try:
            way = _Way(self, rows, example, words, steps=steps, removal=removal)
            found = [way.follow(some) for some in places]
            first = replace(found[0], passes=found[0].passes + raw.batches)  # where its numbers stand was seen in those
            return (first, *found[1:])
        except BenchwrightError as error:
            return error.line
        except Exception as error:
            return f"gradients cannot be followed through this model: {complaint(error)}"


class _Way:
    """The rows of one item, each followed from the baseline to what it is."""

    def __init__(
        self,
        session: GradientSession,
        rows: InputRows,
        example: Example,
        words: Sequence[Word],
        *,
        steps: int,
        removal: Removal,
    ) -> None:
        assert isinstance(session.forward, Differentiates)
        self._forward, self._codec, self._fill = session.forward, session.codec, session.forward.inputs.fill
        self._rows, self._example, self._words, self._steps = rows, example, tuple(words), steps
        self._budget = max(1, session.token_budget // SHARE)
        self._token, self._called = self._forward.baseline(removal, session.codec.tokenizing.tokenizer)

    def follow(self, places: Sequence[OutputPlace]) -> WordGradients:
        """One target: the weighted sum over its places, row by row."""
        values, rest, full, base, passes = np.zeros(len(self._words)), 0.0, 0.0, 0.0, 0
        for row in dict.fromkeys(place.row for place in places):
            mine = [place for place in places if place.row == row]
            found, words = self._row(row, mine)
            inside = words >= 0
            np.add.at(values, words[inside], found.values[inside])
            rest += float(found.values[~inside].sum())
            full, base, passes = full + found.full, base + found.base, passes + found.passes
        return WordGradients(
            values=tuple(values.tolist()),
            completeness=Completeness(full=full, base=base, rest=rest, baseline=self._called),
            passes=passes,
        )

    def _row(self, row: int, places: Sequence[OutputPlace]) -> tuple[TokenGradients, NDArray[np.int64]]:
        """Values of the tokens of a row, and the word of each."""
        assert isinstance(self._codec, PlacesTokens)
        stand = self._codec.token_places(self._rows, row, self._example)
        if isinstance(stand, str):
            raise BenchwrightError(stand)
        batch = pad(self._rows.encoded, np.array([row]), self._fill)
        ids = batch.columns["input_ids"][0]
        baseline = np.where(stand.of_text, self._token, ids)
        lines = max(1, self._budget // len(ids))
        found = self._forward.integrate(batch, baseline, places, steps=self._steps, lines=lines)
        return found, stand.words(self._words)
