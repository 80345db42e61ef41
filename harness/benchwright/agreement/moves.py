"""How far a model's margins move from those of a reference: what a sample says of answers that it does not hold.

Few answers of a sample lie near a tie, so that few can change: of 218 rows a way that changes 0.7 % of the answers shows at most one
change half of the time. Every row says how far a way moves a margin.
"""

from __future__ import annotations

import numpy as np

from benchwright.answers import AnswerArrays
from benchwright.types import EmbeddingTask, RegressionTask, TaggingTask, Task


def share_moved(task: Task, first: AnswerArrays, second: AnswerArrays, limit: float) -> float | None:
    """Share of the answers whose margin moves by more than a limit, in [0, 1]; None where answers have no margin.

    The margin of an answer is its probability minus that of the next one. Of an answer that changed both margins count together.

    Args:
        task: The card.
        first: Answers of the reference.
        second: Answers of the other model to the same items in the same order.
        limit: Difference of margins, in [0, 2].
    """
    if isinstance(task, (RegressionTask, EmbeddingTask, TaggingTask)) or getattr(task, "multilabel", False):
        return None
    known = np.isfinite(first.margin) & np.isfinite(second.margin)
    if not known.any():
        return None
    one, two = first.outputs.take(np.flatnonzero(known)), second.outputs.take(np.flatnonzero(known))
    same = np.array([left == right for left, right in zip(one.to_list(), two.to_list(), strict=True)])
    margins, others = first.margin[known], second.margin[known]
    moved = np.abs(np.where(same, margins - others, margins + others))
    return float((moved > limit).mean())
