"""When no answer is the better one: the null threshold, chosen on rows held back from training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchwright.answer_text import answer_scores

_NEVER = 1e30
"""Stands for the null score of a context without any answer to give; a threshold must be a finite number."""


def choose_threshold(answers: Sequence[str], nulls: Sequence[float], gold: Sequence[Sequence[str]]) -> float:
    """The threshold with the best mean F1 when "" is said exactly where the null score is above it.

    The rule of evaluate-v2.0.py (``find_best_thresh``); of all thresholds that give the same answers the middle one is
    taken, below the lowest score the lowest minus 1, from the highest on the highest.

    Args:
        answers: The best answer of each example that is not "".
        nulls: Its null score: higher means that no answer is more likely.
        gold: Gold answers of each example; none: it has no answer.
    """
    gains = np.array(
        [
            answer_scores(answer, texts, unanswerable=True)[1] - answer_scores("", texts, unanswerable=True)[1]
            for answer, texts in zip(answers, gold, strict=True)
        ]
    )
    scores = np.nan_to_num(np.asarray(nulls, dtype=np.float64), posinf=_NEVER)
    order = np.argsort(scores, kind="stable")
    levels, last = np.unique(scores[order][::-1], return_index=True)
    upto = np.cumsum(gains[order])[len(scores) - 1 - last]  # examples of one score are answered together
    best = int(np.argmax(np.concatenate([[0.0], upto])))
    if best == 0:
        return float(levels[0]) - 1.0
    if best == len(levels):
        return float(levels[-1])
    return float((levels[best - 1] + levels[best]) / 2)
