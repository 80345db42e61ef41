"""Metrics over scores: ROC area and average precision, the mean over labels beyond two labels and for label sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.classification import label_sets
from benchwright.metrics.columns import Codes, Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.metrics.score_levels import ScoreLevels, from_on, up_to
from benchwright.metrics.weighted_ranks import SortedValues, in_pieces, precision_for, sizes
from benchwright.types import Kind

OneLabel = Callable[[Columns, int, NDArray[Any]], Floats]


def _macro(one: OneLabel) -> Callable[[Columns, NDArray[Any]], Floats]:
    def compute_weighted(columns: Columns, weights: NDArray[Any]) -> Floats:
        if _problem(columns):
            return np.full(len(weights), np.nan)
        by_item = np.ascontiguousarray(weights.T)
        values = [one(columns, label, by_item) for label in _ranked_labels(columns)]
        mean: Floats = np.mean(values, axis=0)
        return mean

    return compute_weighted


def _roc_auc(columns: Columns, label: int, by_item: NDArray[Any]) -> Floats:
    """Probability that a positive scores above a negative, ties counting half (Mann-Whitney)."""
    if by_item.shape[1] == 1:
        return np.array([_one_roc_auc(_levels(columns, label), by_item[:, 0])])
    positives, negatives, order, before, through = columns.remember(("roc", label), lambda: _roc_layout(columns, label))
    chosen, others = by_item[positives], by_item[negatives]
    size = sizes(others)
    totals = order.totals(others, size)
    wins, precision = np.zeros(size.shape), precision_for(size.size)
    for piece in in_pieces(*chosen.shape):
        doubled = totals[before[piece]]
        doubled += totals[through[piece]]
        wins += np.einsum("ij,ij->j", doubled.astype(precision), chosen[piece].astype(precision))
    pairs = sizes(chosen).astype(np.float64) * size
    area: Floats = np.divide(wins, 2 * pairs, out=np.full(wins.shape, np.nan), where=pairs > 0)
    return area


def _one_roc_auc(levels: ScoreLevels, weights: NDArray[Any]) -> float:
    """Of one row of weights (n), counted by level."""
    chosen, others = levels.count(levels.gold, weights), levels.count(~levels.gold, weights)
    through = up_to(others)
    pairs = chosen.sum() * others.sum()
    return float(chosen @ (2 * through - others) / (2 * pairs)) if pairs > 0 else np.nan


def _roc_layout(columns: Columns, label: int) -> tuple[Codes, Codes, SortedValues, Codes, Codes]:
    scores, gold = _scores(columns, label), _gold(columns, label)
    order = SortedValues(scores[~gold])
    places = order.before(scores[gold]), order.through(scores[gold])
    return np.flatnonzero(gold), np.flatnonzero(~gold), order, *places


def _average_precision(columns: Columns, label: int, by_item: NDArray[Any]) -> Floats:
    """Mean over positives of the precision at their own score, equal scores taken together."""
    if by_item.shape[1] == 1:
        return np.array([_one_average_precision(_levels(columns, label), by_item[:, 0])])
    positives, order, rows, order_all, rows_all = columns.remember(
        ("precision", label), lambda: _precision_layout(columns, label)
    )
    chosen = by_item[positives]
    size = sizes(chosen)
    right, taken = order.totals(chosen, size), order_all.totals(by_item, sizes(by_item))
    added, precision = np.zeros(size.shape), precision_for(size.size)
    for piece in in_pieces(*chosen.shape):
        share = right[rows[piece]] / np.maximum(taken[rows_all[piece]], 1).astype(precision)
        added += np.einsum("ij,ij->j", share, chosen[piece].astype(precision))
    mean: Floats = np.divide(added, size, out=np.full(added.shape, np.nan), where=size > 0)
    return mean


def _one_average_precision(levels: ScoreLevels, weights: NDArray[Any]) -> float:
    """Of one row of weights (n), counted by level."""
    chosen = levels.count(levels.gold, weights)
    every = chosen + levels.count(~levels.gold, weights)
    share, own = (from_on(chosen) / np.maximum(from_on(every), 1))[levels.of_item[levels.gold]], weights[levels.gold]
    added = np.zeros(1)
    for piece in in_pieces(len(own), 1):  # item by item, so that the digits are those of the same weights among many
        added += np.einsum("ij,ij->j", share[piece, None], own[piece, None].astype(np.float64))
    size = chosen.sum()
    return float(added[0] / size) if size > 0 else np.nan


def _precision_layout(columns: Columns, label: int) -> tuple[Codes, SortedValues, Codes, SortedValues, Codes]:
    falling, gold = -_scores(columns, label), _gold(columns, label)
    order, order_all = SortedValues(falling[gold]), SortedValues(falling)
    return np.flatnonzero(gold), order, order.through(falling[gold]), order_all, order_all.through(falling[gold])


def _influence(one: Callable[[Columns, int], Floats]) -> Callable[[Columns], Floats]:
    """Of the mean over the ranked labels: one pass over sorted scores per label, at any size."""

    def influence(columns: Columns) -> Floats:
        found: Floats = np.mean([one(columns, label) for label in _ranked_labels(columns)], axis=0)
        return found

    return influence


def _roc_influence(columns: Columns, label: int) -> Floats:
    """DeLong's structural components (1988): how often an item is on the right side of those of the other sort.

    Each less its mean, over the number of its sort. Summed by cluster they give Obuchowski's (1997) clustered variance.
    """
    levels = _levels(columns, label)
    chosen, others = levels.count(levels.gold), levels.count(~levels.gold)
    right = np.empty(columns.n)
    for sort, wins, against in (
        (levels.gold, up_to(others) - others / 2, others.sum()),
        (~levels.gold, from_on(chosen) - chosen / 2, chosen.sum()),
    ):
        share = wins[levels.of_item[sort]] / max(against, 1)
        right[sort] = (share - share.mean()) / max(share.size, 1)
    return right


def _precision_influence(columns: Columns, label: int) -> Floats:
    """The derivative of average precision by each item's weight: the infinitesimal jackknife.

    AP = mean over positives i of TP_i / N_i, both counted from the top through i's own score. An item moves its own
    term, and TP and N of every positive that scores no higher.
    """
    levels = _levels(columns, label)
    gold, at = levels.gold, levels.of_item
    positive = levels.count(gold)
    taken, hits = from_on(positive + levels.count(~gold)), from_on(positive)
    share = hits / taken
    total = positive.sum()
    mean = float(positive @ share) / total
    more = np.cumsum(positive / taken)
    less = np.cumsum(positive * share / taken)
    found: Floats = (gold * (share[at] - mean + more[at]) - less[at]) / total
    return found


def _ranked_labels(columns: Columns) -> list[int]:
    """The positive label of two (the second one when the task names none), else all; all labels of sets."""
    names = columns.task.label_names
    if len(names) != 2 or columns.task.multilabel:
        return list(range(len(names)))
    return [names.index(columns.task.positive) if columns.task.positive in names else 1]


def _levels(columns: Columns, label: int) -> ScoreLevels:
    return columns.remember(
        ("levels of scores", label), lambda: ScoreLevels.of(_scores(columns, label), _gold(columns, label))
    )


def _scores(columns: Columns, label: int) -> Floats:
    assert columns.scores is not None
    return columns.scores[:, label]


def _gold(columns: Columns, label: int) -> NDArray[np.bool_]:
    """Which items have the label (n)."""
    if not columns.task.multilabel:
        is_gold: NDArray[np.bool_] = columns.gold == label
        return is_gold
    return columns.remember("gold sets", lambda: label_sets(columns, "targets"))[:, label]


def _problem(columns: Columns) -> str:
    if columns.scores is None:
        return "undefined: the model gives no scores"
    if columns.scores.shape[1] != len(columns.task.labels):
        return f"undefined: {columns.scores.shape[1]} scores for {len(columns.task.labels)} labels"
    if not np.isfinite(columns.scores).all():
        return "undefined: scores are not finite numbers"
    names = columns.task.label_names
    absent = [name for label, name in enumerate(names) if _gold(columns, label).sum() in (0, columns.n)]
    return f"undefined: gold has none or nothing but {', '.join(absent)}" if absent else ""


def _flags(columns: Columns) -> tuple[str, ...]:
    problem = columns.remember("problem of scores", lambda: _problem(columns))
    return (problem,) if problem else ()


roc_auc = Metric(
    name="roc_auc",
    title="Area under the ROC curve",
    kinds=(Kind.CLASSIFY,),
    reference="scikit-learn roc_auc_score(multi_class='ovr', average='macro'), which is also its rule for label sets; "
    "the positive label when there are two",
    compute_weighted=_macro(_roc_auc),
    influence=_influence(_roc_influence),
    version=2,
    flags=_flags,
)
average_precision = Metric(
    name="average_precision",
    title="Average precision",
    kinds=(Kind.CLASSIFY,),
    reference="scikit-learn average_precision_score(average='macro'), which is also its rule for label sets; "
    "the positive label when there are two",
    compute_weighted=_macro(_average_precision),
    influence=_influence(_precision_influence),
    version=2,
    flags=_flags,
)
