"""Whether the words that count most for a model are those that people marked: token F1 and average precision against a rationale.

After DeYoung et al. 2020, ERASER (section 4.1), with these decisions:

- An item's top words are as many as people marked in it. ERASER takes the mean number over the data set; then an item of which one word
  is marked can never be right. Precision and recall are one number here, and so is F1.
- Ties count by the chance that random tie-breaks get them right.
- `average_precision` is scikit-learn's, the area by steps; ERASER's script gives the trapezoids' area too, which is too high
  (Davis and Goadrich 2006).
- An item of which no word or every word is marked is undefined, and counted: nothing could be right or wrong in it.
- What chance gives is computed exactly, without draws.

A word is marked where one of its characters is. Plausible is not faithful: a model may be right for reasons that no reader would give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.explanations.gaps import item_mean
from benchwright.explanations.ranks import top_chances
from benchwright.explanations.scores import Clusters, mean
from benchwright.types import Explanation, PlausibilityScore, Word

Rationale = Sequence[tuple[str, int, int]]
"""Marked parts of an item's texts: input, first character, behind the last one."""
Marked = NDArray[np.bool_]
Measure = Literal["token_f1", "auprc"]


def marked_words(words: Sequence[Word], rationale: Rationale) -> Marked:
    """Which words have a marked character."""
    return np.array(
        [
            any(name == word.input and start < word.end and word.start < end for name, start, end in rationale)
            for word in words
        ],
        dtype=bool,
    )


def token_f1(values: ArrayLike, marked: Marked) -> float:
    """F1, in [0, 1], of as many top words as are marked, against the marked ones; at least one word is."""
    top = int(marked.sum())
    return float(top_chances(np.asarray(values, dtype=np.float64), top)[marked].sum()) / top


def average_precision(values: ArrayLike, marked: Marked) -> float:
    """Sum of (R_n - R_{n-1}) P_n over the distinct values, the largest first; at least one word is marked."""
    found = np.asarray(values, dtype=np.float64)
    order = np.argsort(-found, kind="stable")
    last = np.append(np.flatnonzero(np.diff(found[order])), found.size - 1)  # words of one value enter together
    hits = np.cumsum(marked[order])[last]
    precision = hits / (last + 1)
    return float(np.diff(hits, prepend=0) @ precision) / int(marked.sum())


def average_precision_of_chance(words: int, marked: int) -> float:
    """Mean of `average_precision` over all orders of the words.

    The word in place k is marked with chance r/N, and it and one before it with r (r - 1) / (N (N - 1)).
    """
    harmonic = float((1 / np.arange(1, words + 1)).sum())
    if words == 1:
        return 1.0
    return (harmonic + (marked - 1) / (words - 1) * (words - harmonic)) / words


def plausibility_scores(
    found: Sequence[Explanation], rationales: Mapping[str, Rationale], clusters: Clusters
) -> tuple[PlausibilityScore, ...]:
    """Both measures over the explained items; empty where no item of the task has a rationale.

    Args:
        found: Explanations.
        rationales: Id of an item -> what people marked in it; items without are absent.
        clusters: What items share.
    """
    if not rationales:
        return ()
    explained = [one for one in found if one.attributions]
    marked = {one.id: marked_words(one.words, rationales[one.id]) for one in explained if one.id in rationales}
    defined = [one for one in explained if one.id in marked and 0 < marked[one.id].sum() < len(one.words)]
    return tuple(
        _scored(measure, defined, marked, clusters, undefined=len(explained) - len(defined))
        for measure in ("token_f1", "auprc")
    )


def _scored(
    measure: Measure,
    defined: Sequence[Explanation],
    marked: Mapping[str, Marked],
    clusters: Clusters,
    *,
    undefined: int,
) -> PlausibilityScore:
    compute = token_f1 if measure == "token_f1" else average_precision
    values = [mean([compute(each.values, marked[one.id]) for each in one.attributions]) for one in defined]
    chances = [_chance(measure, marked[one.id]) for one in defined]
    gap = item_mean(
        [value - chance for value, chance in zip(values, chances, strict=True)],
        [clusters.get(one.id) for one in defined],
    )
    return PlausibilityScore(
        metric=measure,
        value=mean(values) if values else None,
        random=mean(chances) if chances else None,
        gap=gap.value,
        low=gap.low,
        high=gap.high,
        n=gap.n,
        units=gap.units,
        undefined=undefined,
        reason=gap.reason,
    )


def _chance(measure: Measure, marked: Marked) -> float:
    words, hits = marked.size, int(marked.sum())
    return hits / words if measure == "token_f1" else average_precision_of_chance(words, hits)
