"""What models said to the items of a task that was explained, and what methods say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.render.examples import given, texts_of
from benchwright.report_content.example_answers import CellAnswers, read_answers
from benchwright.report_content.example_choice import ERRORED, NOT_RIGHT, RIGHT
from benchwright.types import Explanation, ExplanationSummary, Record, Task

LONGEST = 200
"""Characters of an answer, a gold answer, an error."""
_VERDICTS = {RIGHT: "right", NOT_RIGHT: "wrong", ERRORED: "errored"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a method says of a model's items.

    Attributes:
        at: Position of the model.
        title: What the method is called here.
        explanations: By id, in dataset order.
    """

    at: int
    title: str
    summary: ExplanationSummary
    explanations: Mapping[str, Explanation]


@dataclass(frozen=True, kw_only=True)
class AnswersOf:
    """Records of a cell, and what came of them."""

    card: Task | None
    rows: Sequence[Record]
    answers: CellAnswers | None

    @cached_property
    def _places(self) -> dict[str, int]:
        ids = self.answers.ids if self.answers is not None else [row.id for row in self.rows]
        return {id_: at for at, id_ in enumerate(ids)}

    def record(self, id_: str) -> Record | None:
        """The record of an item."""
        at = self._places.get(id_)
        return None if at is None else self.rows[at]

    def is_first(self, id_: str) -> bool:
        """Whether an item is the first of its group, which of a behavioural case is the original."""
        at = self._places.get(id_)
        return at is not None and (at == 0 or self.rows[at - 1].group != self.rows[at].group)

    def inputs(self, id_: str) -> Mapping[str, Any]:
        """Its texts; none where they were not kept."""
        record = self.record(id_)
        return {} if record is None else texts_of(record)

    def verdict(self, id_: str) -> str:
        """``right``, ``wrong``, ``errored`` or ``none``."""
        if self.answers is None or id_ not in self._places:
            return "none"
        return _VERDICTS.get(int(self.answers.verdicts[self._places[id_]]), "none")

    def confidence(self, id_: str) -> float | None:
        """Probability of the model's own answer."""
        if self.answers is None or id_ not in self._places:
            return None
        found = self.answers.confidence[self._places[id_]]
        return float(found) if np.isfinite(found) else None


def read_answers_of(card: Task | None, rows: Sequence[Record]) -> AnswersOf:
    """Records with what is right of them."""
    return AnswersOf(card=card, rows=rows, answers=None if card is None or not rows else read_answers(card, rows))


def said(card: Task | None, record: Record | None) -> str:
    """What a model answered, in one line."""
    if record is None:
        return "not asked"
    if record.error is not None:
        return clip(visible(record.error), LONGEST)
    known = card is not None and card.single_label and record.output in card.label_names
    if known or card is None:
        return clip(visible(record.output), LONGEST)
    return clip(visible(given(card, record)), LONGEST)
