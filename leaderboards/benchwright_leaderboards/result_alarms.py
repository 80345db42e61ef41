"""What makes the number of an entry on a task suspect, found by the board in the predictions: it goes wherever the number goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchwright.alarm import as_note, in_order, note
from benchwright.answers import answers_of
from benchwright.comparison import slice_gaps
from benchwright.inert import inert
from benchwright.items import count, noun
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather_rows
from benchwright.score import alarms, gather
from benchwright.score_cache import unanswered_alarms
from benchwright.types import Alarm, Record, Task

_LONGEST = 200
"""Characters that are told of a name that a bundle gives."""


def find_alarms(
    card: Task,
    records: Sequence[Record],
    columns: Columns | None = None,
    *,
    limit: int | None = None,
    is_constant: bool = False,
    computed: str = "",
) -> tuple[Alarm, ...]:
    """Alarms about the predictions of a model for a task, then notes: labels that look permuted, answers below chance, one answer to everything,
    items without an answer, inputs that were truncated, a part of the split. What the card says of every number of the task is not among them
    (`task_words.TaskWords.caveats`).

    Args:
        card: Of the task.
        records: As they were answered.
        columns: The same gathered, where nothing is unanswered; gathered here otherwise.
        limit: Items that ``--limit`` kept.
        is_constant: Whether its bundle calls the model a constant baseline, of which one answer is expected: a note then. Not believed of
            a model whose answers differ.
        computed: How its bundle says that it was computed, otherwise than exactly (`agreement_words.how_computed`).
    """
    answers = answers_of(card, records)
    silent = bool((answers.has_gold & answers.unanswered).any())
    if columns is None or silent:
        columns = (
            gather(card, list(records)).columns
            if card.behaviour
            else gather_rows(answers, np.flatnonzero(answers.has_gold & ~answers.unanswered))
        )
    found = [*(unanswered_alarms(card, list(records)) if silent else ()), *alarms(columns, card)]
    truncated = int(answers.truncated.sum())
    if truncated:
        found.append(note("truncated", f"{count(truncated, noun(card))} truncated: the model saw less than the whole"))
    if computed:
        found.append(note("precision", inert(computed)[:_LONGEST]))
    if limit is not None:
        found.append(note("limited", f"first {limit:,} rows only: not a benchmark score"))
    is_expected = is_constant and columns.n > 0 and slice_gaps.is_constant(columns)
    return in_order(as_note(found) if is_expected else found)
