"""The ranking of a board is made: tests of all pairs, the critical level, places, the pairs that pages show, differences to the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchwright.comparison.pairwise import leader
from benchwright.comparison.result import Pair
from benchwright.quantities import quantity_of
from benchwright.stats.all_pairs import critical_level
from benchwright.types import Score
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.mean import mean_score
from benchwright_leaderboards.rank_ranges import LEVEL, MEAN, BaselineDifference, Ranking, WinnerOptimism
from benchwright_leaderboards.ranks.contest import SCORE, Entrants, find_entrants, why_not_averaged, why_unranked
from benchwright_leaderboards.ranks.kept_mean import keep_mean, recall_mean
from benchwright_leaderboards.ranks.mean import MeanOfTasks
from benchwright_leaderboards.ranks.outcomes import Floats
from benchwright_leaderboards.ranks.standing import draws_for, optimism_of
from benchwright_leaderboards.ranks.task_tests import TaskEntrants, TaskTests
from benchwright_leaderboards.ranks.told_pairs import FULL, Table, all_pairs_told, some_pairs_told
from benchwright_leaderboards.row_order import order_key
from benchwright_leaderboards.task_cards import task_cards


def rank_board(board: Board, folder: Path | None = None) -> Ranking:
    """The ranking of a board as it stands (`ranking.rank`).

    Raises:
        StoreError: Records are absent or damaged.
    """
    entrants = find_entrants(board)
    cards = {path: card for path, card in task_cards(board).items() if entrants.by_task[path]}
    unranked = {path: why for path, card in cards.items() if (why := why_unranked(card))}
    not_averaged = {path: why for path, card in cards.items() if (why := why_not_averaged(card))}
    weights = _shares(board, cards, not_averaged)
    there = {
        path: TaskEntrants(path=path, card=card, entries=entrants.by_task[path], folder=folder)
        for path, card in cards.items()
        if path not in unranked
    }
    tasks = {path: one.tests() for path, one in there.items()}
    mean = _mean(tasks, entrants, weights)
    if mean is not None and folder is not None:
        mean = recall_mean(folder, mean, there)
    tables: dict[str, Table] = {**tasks, **({} if mean is None else {MEAN: mean})}
    values = {name: _values(board, weights, table) for name, table in tables.items()}
    signs = {path: quantity_of(SCORE, cards[path]).sign for path in tasks} | {MEAN: 1}
    critical, rejected = critical_level(list(tables.values()), LEVEL)
    if mean is not None and folder is not None:
        keep_mean(folder, mean, there)
    family = sum(table.tests for table in tables.values())
    places = _all_places(tables, values, critical, entrants.twins)
    if family <= FULL:
        pairs = all_pairs_told(tables)
    else:
        means = {} if mean is None else dict(zip(mean.ids, values[MEAN].tolist(), strict=True))
        rows = _overview_order(board, entrants, places.get(MEAN, {}), means)
        pairs = some_pairs_told(tables, values, board.spec.baselines, rows, critical=critical, family=family)
    return Ranking(
        places=places,
        pairs=pairs,
        family=family,
        rejected=rejected,
        critical=critical,
        weights=weights,
        unranked=unranked,
        not_averaged=not_averaged,
        lower=tuple(name for name, sign in signs.items() if sign < 0),
        differences={
            name: _to_baseline(board.spec.baselines, some, higher=signs[name] > 0) for name, some in pairs.items()
        },
        optimism=_optimism(tables, values, signs, weights),
        attempts=len(board.entries),
        twins=dict(entrants.twins),
    )


def _mean(tasks: Mapping[str, TaskTests], entrants: Entrants, weights: Mapping[str, float]) -> MeanOfTasks | None:
    """Entries with a result on every task of the board, and with a score on those of the mean; None where there is no mean."""
    known = [_scored(tasks[path]) for path in weights if path in tasks]
    if not weights or len(known) < len(weights):
        return None
    whole = tuple(one.entry.id for one in entrants.whole if all(one.entry.id in some for some in known))
    return MeanOfTasks(ids=whole, weights=weights, tasks=tasks) if whole else None


def _scored(task: TaskTests) -> set[str]:
    """Entries whose score is defined: a constant answer has no correlation, and so no mean over tasks either."""
    return {id_ for id_, value in zip(task.ids, task.values.tolist(), strict=True) if math.isfinite(value)}


def _values(board: Board, weights: Mapping[str, float], table: Table) -> Floats:
    """Score, or mean, of the entries of a table (k); NaN where undefined."""
    if not isinstance(table, MeanOfTasks):
        return table.values
    entries = {one.entry.id: one for one in board.entries}
    found = [mean_score(weights, _scores(entries[id_])) for id_ in table.ids]
    return np.array([np.nan if one is None or one.value is None else one.value for one in found])


def _scores(one: PlacedEntry) -> dict[str, Score]:
    return {result.path: result.score for result in one.entry.results}


def _shares(board: Board, cards: Mapping[str, object], left_out: Mapping[str, str]) -> dict[str, float]:
    """Shares of the tasks that are averaged, which sum to 1."""
    kept = {path: weight for path, weight in board.spec.weights.items() if path not in left_out}
    if not kept or not all(path in cards for path in kept):
        return {}
    total = math.fsum(kept.values())
    return {path: weight / total for path, weight in kept.items()}


def _all_places(
    tables: Mapping[str, Table], values: Mapping[str, Floats], critical: float, twins: Mapping[str, str]
) -> dict[str, dict[str, tuple[int, int]]]:
    """By table: entry -> first and last rank, by the pairs that are told apart; nobody is ranked where no pair could be tested."""
    found = {}
    for name, table in tables.items():
        known = np.isfinite(values[name])
        if not known.any() or (known.sum() > 1 and not table.tests):
            continue
        leads = table.leads(critical)
        first, last = 1 + leads.sum(axis=0), int(known.sum()) - leads.sum(axis=1)
        places = {id_: (int(first[at]), int(last[at])) for at, id_ in enumerate(table.ids) if known[at]}
        found[name] = places | {twin: places[one] for twin, one in twins.items() if one in places}
    return found


def _overview_order(
    board: Board, entrants: Entrants, places: Mapping[str, tuple[int, int]], means: Mapping[str, float]
) -> list[str]:
    """The ranked entries in the order of the overview; those that are one stored model by the id of the first."""
    whole = {one.entry.id for one in entrants.whole if all(score.value is not None for score in _scores(one).values())}
    keyed = []
    for one in board.entries:
        first = entrants.twins.get(one.entry.id, one.entry.id)
        if first in whole:
            key = order_key(one.entry, places.get(first), means.get(first), tie_breaker=board.spec.tie_breaker)
            keyed.append((key, first))
    return [first for _, first in sorted(keyed)]


def _to_baseline(baselines: Sequence[str], pairs: Sequence[Pair], *, higher: bool) -> dict[str, BaselineDifference]:
    """Entry -> its difference to the first baseline that has a score here."""
    there = {label for pair in pairs if pair.delta is not None for label in (pair.first, pair.second)}
    baseline = next((one for one in baselines if one in there), None)
    found = {}
    for pair in pairs:
        if pair.delta is None or baseline is None or baseline not in (pair.first, pair.second):
            continue
        id_ = pair.second if baseline == pair.first else pair.first
        ahead = leader(pair, level=LEVEL, higher=higher)
        way = 1 if baseline == pair.first else -1
        low, high = (pair.low, pair.high) if way > 0 else (_minus(pair.high), _minus(pair.low))
        found[id_] = BaselineDifference(
            baseline=baseline,
            delta=way * pair.delta,
            low=low,
            high=high,
            p=pair.p,
            verdict="" if not ahead else "better" if ahead == id_ else "worse",
        )
    return found


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _optimism(
    tables: Mapping[str, Table], values: Mapping[str, Floats], signs: Mapping[str, int], weights: Mapping[str, float]
) -> dict[str, WinnerOptimism]:
    """By table, of the entries that have a score there, where their draws are known."""
    found = {}
    for name, table in tables.items():
        known = np.isfinite(values[name])
        ids = [id_ for id_, is_known in zip(table.ids, known.tolist(), strict=True) if is_known]
        one = optimism_of(ids, values[name][known], _draws(table, weights)[known], sign=signs[name])
        if one is not None:
            found[name] = one
    return found


def _draws(table: Table, weights: Mapping[str, float]) -> Floats:
    """Bootstrap draws of the scores of a table (k, R); tasks are independent."""
    if not isinstance(table, MeanOfTasks):
        return table.draws[:, : draws_for(len(table.ids))]
    total = np.zeros((len(table.ids), draws_for(max(len(table.tasks[path].ids) for path in weights))))
    for path, weight in weights.items():
        task = table.tasks[path]
        places = {id_: at for at, id_ in enumerate(task.ids)}
        total += weight * task.draws[[places[id_] for id_ in table.ids], : total.shape[1]]
    return total
