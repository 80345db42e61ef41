"""The predictions of many examples as columns; one becomes a `Prediction` when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from benchwright.coded import Coded, Flags, Floats
from benchwright.types import Prediction

_ABSENT = -1


@dataclass(frozen=True, eq=False)
class PredictionTable(Sequence[Prediction]):
    """Predictions (n), in the order of the examples. A session may return it, and every reader sees a sequence of predictions.

    Attributes:
        outputs: Answers.
        scores: (n, k), a number for each label or option, float64; None: the model gives none.
        truncated: Whether the model saw less than the whole input; None: it always saw it.
        errors: Why there is no answer; such a row has no output and no scores. None: every row has an answer.
        facts: Name -> whole numbers beside the answers (``Prediction.extra``), -1 where a row has no such fact.
    """

    outputs: Coded
    scores: Floats | None = None
    truncated: Flags | None = None
    errors: Coded | None = None
    facts: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        columns = [
            self.scores,
            self.truncated,
            None if self.errors is None else self.errors.codes,
            *self.facts.values(),
        ]
        if any(column is not None and len(column) != len(self) for column in columns):
            raise ValueError(f"columns of predictions have other lengths than their {len(self)} outputs")

    def __len__(self) -> int:
        """Rows."""
        return len(self.outputs.codes)

    @overload
    def __getitem__(self, at: int) -> Prediction: ...
    @overload
    def __getitem__(self, at: slice) -> PredictionTable: ...
    def __getitem__(self, at: int | slice) -> Prediction | PredictionTable:
        """One prediction, or the table of some rows."""
        if isinstance(at, slice):
            return self.take(np.arange(len(self))[at])
        return next(iter(self.take(np.array([range(len(self))[at]]))))

    def __iter__(self) -> Iterator[Prediction]:
        """Every prediction."""
        outputs = self.outputs.to_list()
        scores = [None] * len(self) if self.scores is None else [tuple(row) for row in self.scores.tolist()]
        truncated = [False] * len(self) if self.truncated is None else self.truncated.tolist()
        errors = [None] * len(self) if self.errors is None else self.errors.to_list()
        for row, error in enumerate(errors):
            answered = error is None
            yield Prediction(
                output=outputs[row] if answered else None,
                scores=scores[row] if answered else None,
                extra=self._facts_of(row),
                truncated=truncated[row],
                error=error,
            )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def take(self, rows: NDArray[np.intp]) -> PredictionTable:
        """The predictions of some rows, in that order."""
        return PredictionTable(
            self.outputs.take(rows),
            None if self.scores is None else self.scores[rows],
            None if self.truncated is None else self.truncated[rows],
            None if self.errors is None else self.errors.take(rows),
            {name: numbers[rows] for name, numbers in self.facts.items()},
        )

    def _facts_of(self, row: int) -> dict[str, Any]:
        return {name: fact for name, numbers in self.facts.items() if (fact := int(numbers[row])) != _ABSENT}


def fact_texts(facts: Mapping[str, NDArray[np.int64]], rows: int) -> list[str | None]:
    """Canonical JSON text of the facts of each row, names in order; None for a row that has none."""
    parts = [
        ["" if number == _ABSENT else f'"{name}":{number}' for number in facts[name].tolist()] for name in sorted(facts)
    ]
    texts = (",".join(filter(None, row)) for row in zip(*parts, strict=True))
    return [f"{{{text}}}" if text else None for text in texts] if parts else [None] * rows
