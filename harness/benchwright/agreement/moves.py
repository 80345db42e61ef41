"""How far a model's margins move from those of a reference: what a sample says of answers that it does not hold.

Few answers of a sample lie near a tie, so that few can change: of 218 rows a way that changes 0.7 % of the answers shows at most one
change half of the time. Every row says how far a way moves a margin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchwright.answers import AnswerArrays
from benchwright.types import EmbeddingTask, RegressionTask, TaggingTask, Task

Floats = NDArray[np.float64]


def share_moved(task: Task, first: AnswerArrays, second: AnswerArrays, limit: float) -> float | None:
    """Share of the answers whose margin moves by more than a limit, in [0, 1]; None where answers have no margin.

    The margin of an answer is its probability minus that of the next one; of a set of labels that of each decision counts. Of an answer that
    changed both margins count together; one that the other model gives without a margin has moved.

    Args:
        task: The card.
        first: Answers of the reference.
        second: Answers of the other model to the same items in the same order.
        limit: Difference of margins, in [0, 2].
    """
    if isinstance(task, (RegressionTask, EmbeddingTask, TaggingTask)):
        return None
    moves = _of_sets(first, second) if getattr(task, "multilabel", False) else _of_answers(first, second)
    return float(((moves > limit) | np.isnan(moves)).mean()) if len(moves) else None


def _of_answers(first: AnswerArrays, second: AnswerArrays) -> Floats:
    """How far the margin of each answer moves that has one in the reference and that both give (m)."""
    known = np.flatnonzero(np.isfinite(first.margin) & ~second.unanswered)
    one, two = first.outputs.take(known), second.outputs.take(known)
    same = np.array([left == right for left, right in zip(one.to_list(), two.to_list(), strict=True)], dtype=np.bool_)
    margins, others = first.margin[known], second.margin[known]
    return np.abs(np.where(same, margins - others, margins + others))


def _of_sets(first: AnswerArrays, second: AnswerArrays) -> Floats:
    """How far the margin 2 p - 1 of the decision moves, of all in a set, that moves farthest (m)."""
    both = np.flatnonzero(~first.unanswered & ~second.unanswered)
    scores, others = first.score_rows.of_rows(both), second.score_rows.of_rows(both)
    if scores is None or scores.min(initial=0.0) < 0 or scores.max(initial=0.0) > 1:
        return np.empty(0)
    if others is None or others.shape != scores.shape:
        return np.full(len(scores), np.nan)
    moves: Floats = 2 * np.abs(others - scores).max(axis=1)
    return moves
