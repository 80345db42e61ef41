"""Agreement of two models' answers to the same items, from the answers alone; gold answers say only which changes are for the worse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.agreement.moves import share_moved
from benchwright.answers import AnswerArrays, answers_of
from benchwright.coded import Flags, Floats
from benchwright.items import noun
from benchwright.types import MARGIN, MOVED, Agreement, EmbeddingTask, Record, RegressionTask, TaggingTask, Task

SAME_NUMBER, SURE_NUMBER = 0.005, 0.02
"""Numbers are the same within the first share of the range of answers; one that moves by more than the second changed beyond doubt."""

SAME_VECTOR, SURE_VECTOR = 0.999, 0.99
"""Vectors are the same from the first cosine on; one below the second changed beyond doubt."""


def agree(task: Task, reference: Sequence[Record], other: Sequence[Record]) -> Agreement:
    """The agreement of answers with those of a reference, without the change of a metric (`agreement.with_change`).

    Args:
        task: The card.
        reference: Records of the reference.
        other: Records of the other model, of the same items in the same order.

    Raises:
        ValueError: The items are not the same.
    """
    first, second = answers_of(task, reference), answers_of(task, other)
    if first.n != second.n or list(first.ids) != list(second.ids):
        raise ValueError(f"{first.n} and {second.n} records that are not of the same items")
    both = ~first.unanswered & ~second.unanswered
    found = _changes(task, first, second, both)
    negative, positive = _judged(task, first, second, both)
    margins = found.margins[found.flipped & np.isfinite(found.margins)]
    return Agreement(
        n=found.n,
        same=found.same,
        beyond=None if found.is_sure is None else int((found.is_sure & found.flipped).sum()),
        negative=negative,
        positive=positive,
        surest=float(margins.max()) if len(margins) else None,
        largest=float(found.distances.max()) if len(found.distances) else None,
        mean=float(found.distances.mean()) if len(found.distances) else None,
        moved=share_moved(task, first, second, MOVED),
        lost=int((first.unanswered != second.unanswered).sum()),
        unit=found.unit,
    )


@dataclass(frozen=True, kw_only=True)
class _Changes:
    """What changed among the items that both answered (m).

    Attributes:
        n: Answers: the items, or the words in them.
        same: Answers that are the same.
        flipped: Whether each item has an answer that changed (m).
        margins: How sure the reference was of each (m); NaN: not known.
        is_sure: Whether it was surer than a change allows (m); None where it never says.
        distances: Absolute differences of scores, or of the answers where these are numbers.
    """

    n: int
    same: int
    flipped: Flags
    margins: Floats
    is_sure: Flags | None
    distances: Floats
    unit: str


def _changes(task: Task, first: AnswerArrays, second: AnswerArrays, both: Flags) -> _Changes:
    if isinstance(task, RegressionTask):
        return _of_numbers(task, first, second, both)
    if isinstance(task, EmbeddingTask):
        return _of_vectors(task, first, second, both)
    if isinstance(task, TaggingTask):
        return _of_tags(first, second, both)
    return _of_labels(task, first, second, both)


def _judged(task: Task, first: AnswerArrays, second: AnswerArrays, both: Flags) -> tuple[int, int] | tuple[None, None]:
    """Answers that were right and are wrong, and that were wrong and are right; None where no gold answer is known."""
    if isinstance(task, TaggingTask):
        return _judged_words(first, second, both)
    right, right_too = first.correct[both], second.correct[both]
    if not ((right >= 0) & (right_too >= 0)).any():
        return None, None
    return int(((right == 1) & (right_too == 0)).sum()), int(((right == 0) & (right_too == 1)).sum())


def _judged_words(first: AnswerArrays, second: AnswerArrays, both: Flags) -> tuple[int, int] | tuple[None, None]:
    """As `_judged`, word by word, as tags are counted."""
    rows = both & (first.targets.codes >= 0)
    if not rows.any():
        return None, None
    columns = [answers.codes[rows] for answers in (first.targets, first.outputs, second.outputs)]
    found, often = np.unique(np.stack(columns), axis=1, return_counts=True)
    negative = positive = 0
    for (gold, one, two), times in zip(found.T.tolist(), often.tolist(), strict=True):
        for tag, left, right in zip(
            first.targets.values[gold], first.outputs.values[one], second.outputs.values[two], strict=False
        ):
            negative += times * (left == tag != right)
            positive += times * (left != tag == right)
    return negative, positive


def _of_labels(task: Task, first: AnswerArrays, second: AnswerArrays, both: Flags) -> _Changes:
    """Labels, options and texts: equal or not, with the margin where the reference has probabilities."""
    flipped = _by_pair(first, second, both, lambda one, two: float(one != two)) > 0
    is_set = bool(getattr(task, "multilabel", False))
    margins = _margins_of_sets(task, first, second, np.flatnonzero(both)) if is_set else first.margin[both]
    known = np.isfinite(margins)
    return _Changes(
        n=len(flipped),
        same=int((~flipped).sum()),
        flipped=flipped,
        margins=margins,
        is_sure=(margins > MARGIN) if known.any() else None,
        distances=_score_distances(first, second, both),
        unit=noun(task),
    )


def _margins_of_sets(task: Task, first: AnswerArrays, second: AnswerArrays, rows: NDArray[np.intp]) -> Floats:
    """Of sets of labels (m): how sure the reference was of that of its changed decisions that it was surest of, |2 p - 1|; 0 where none
    changed, NaN where it is not known.
    """
    scores = first.score_rows.of_rows(rows)
    found = np.full(len(rows), np.nan)
    if scores is None or scores.min(initial=0.0) < 0 or scores.max(initial=0.0) > 1:
        return found
    places = {name: at for at, name in enumerate(task.label_names)}
    sets = (answers.outputs.take(rows).to_list() for answers in (first, second))
    for row, (one, two) in enumerate(zip(*sets, strict=True)):
        changed = set(one) ^ set(two)
        sure = [abs(2 * scores[row, places[name]] - 1) for name in changed if name in places]
        found[row] = max(sure, default=np.nan if changed else 0.0)
    return found


def _of_tags(first: AnswerArrays, second: AnswerArrays, both: Flags) -> _Changes:
    """Tags are counted by word; how sure a model is of one is not told."""
    words = _by_pair(first, second, both, lambda one, _: float(len(one)))
    changed = _by_pair(first, second, both, _count_other_words)
    n = int(words.sum())
    return _Changes(
        n=n,
        same=n - int(changed.sum()),
        flipped=changed > 0,
        margins=np.full(len(words), np.nan),
        is_sure=None,
        distances=np.empty(0),
        unit="word",
    )


def _count_other_words(one: Sequence[str], two: Sequence[str]) -> float:
    shared = sum(left == right for left, right in zip(one, two, strict=False))
    return float(len(one) - shared)


def _of_numbers(task: Task, first: AnswerArrays, second: AnswerArrays, both: Flags) -> _Changes:
    """Numbers are the same within a share of their range: that of the card, else that of the reference's answers; of one answer its size."""
    one, two = (_numbers(answers)[both] for answers in (first, second))
    low, high = task.value_range or (float(one.min(initial=np.inf)), float(one.max(initial=-np.inf)))
    width = high - low if high > low else abs(high) or 1.0
    distances = np.abs(two - one)
    flipped = distances > SAME_NUMBER * width
    return _Changes(
        n=len(one),
        same=int((~flipped).sum()),
        flipped=flipped,
        margins=np.full(len(one), np.nan),
        is_sure=distances > SURE_NUMBER * width,
        distances=distances,
        unit=noun(task),
    )


def _of_vectors(task: Task, first: AnswerArrays, second: AnswerArrays, both: Flags) -> _Changes:
    """Vectors are the same by the cosine of the angle between them."""
    rows = np.flatnonzero(both)
    one, two = (_matrix(answers, rows) for answers in (first, second))
    if one.shape != two.shape:
        raise ValueError(f"vectors of {one.shape[1]} and of {two.shape[1]} numbers")
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = (one * two).sum(axis=1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(two, axis=1))
    cosines = np.where(np.isfinite(cosines), cosines, (one == two).all(axis=1).astype(float))
    flipped = cosines < SAME_VECTOR
    return _Changes(
        n=len(rows),
        same=int((~flipped).sum()),
        flipped=flipped,
        margins=np.full(len(rows), np.nan),
        is_sure=cosines < SURE_VECTOR,
        distances=np.abs(two - one).ravel(),
        unit=noun(task),
    )


def _numbers(answers: AnswerArrays) -> Floats:
    values = np.array([float(value) for value in answers.outputs.values] + [np.nan])
    return values[answers.outputs.codes]


def _matrix(answers: AnswerArrays, rows: NDArray[np.intp]) -> Floats:
    values = answers.outputs.take(rows).to_list()
    return np.array(values, dtype=np.float64).reshape(len(rows), -1) if len(rows) else np.empty((0, 0))


def _score_distances(first: AnswerArrays, second: AnswerArrays, both: Flags) -> Floats:
    """Absolute differences of finite scores of items that have as many on both sides."""
    one, two = first.score_rows, second.score_rows
    kept = both & (one.widths == two.widths)
    left, right = (rows.values[np.repeat(kept, rows.widths)] for rows in (one, two))
    distances: Floats = np.abs(right - left)
    return distances[np.isfinite(distances)]


def _by_pair(first: AnswerArrays, second: AnswerArrays, rows: Flags, judge: Callable[[Any, Any], float]) -> Floats:
    """What ``judge`` says of two answers to each of some items; a pair that occurs again is judged once."""
    one, two = first.outputs.codes[rows].astype(np.int64), second.outputs.codes[rows].astype(np.int64)
    width = len(second.outputs.values) + 1
    pairs, back = np.unique(one * width + two, return_inverse=True)
    values = [
        judge(first.outputs.values[pair // width], second.outputs.values[pair % width]) for pair in pairs.tolist()
    ]
    return np.array(values, dtype=np.float64)[back] if len(pairs) else np.empty(0)
