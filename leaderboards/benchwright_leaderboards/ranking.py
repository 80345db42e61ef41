"""Rank ranges of the entries of a board: on each task, and on the board's mean; those of `benchwright compare` with silence counted as wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchwright.comparison.averages import mean_difference
from benchwright.comparison.pairwise import adjusted, pair_of, rank_ranges
from benchwright.comparison.result import Pair
from benchwright.comparison.task import ComparisonOptions, TaskOutcome, compare_task
from benchwright_leaderboards.board import Board, PlacedEntry

MEAN = ""
"""The name of the ranking by the board's mean, beside those by task."""
LEVEL = 0.05


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Rank ranges of a board; all of them hold at once with probability 1 - `LEVEL`.

    Attributes:
        places: ``suite/task``, or `MEAN` -> entry id -> (first rank, last rank); entries that are not ranked there are left out.
        pairs: The same names -> all pairs that were tested, with p adjusted (Holm) over all pairs of the board.
        family: Number of those tests.
    """

    places: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    pairs: dict[str, tuple[Pair, ...]] = field(default_factory=dict)
    family: int = 0


def rank(board: Board) -> Ranking:
    """The rank ranges of a board as it stands."""
    outcomes = {task.path: found for task in board.spec.task if (found := _compared(board, task.path)) is not None}
    groups = {path: found.estimates.pairs("score") for path, found in outcomes.items() if found.estimates is not None}
    whole = [one.entry.id for one in board.entries if is_whole(board, one)]
    if len(whole) > 1 and len(outcomes) == len(board.spec.task):
        weights = board.spec.weights
        groups[MEAN] = tuple(
            pair_of("mean", one, other, mean_difference(weights, outcomes, one, other))
            for at, one in enumerate(whole)
            for other in whole[at + 1 :]
        )
    tested = dict(zip(groups, adjusted(list(groups.values())), strict=True))
    return Ranking(
        places={name: _places(board, name, pairs) for name, pairs in tested.items()},
        pairs=tested,
        family=sum(pair.p is not None for pairs in tested.values() for pair in pairs),
    )


def is_whole(board: Board, one: PlacedEntry) -> bool:
    """Whether an entry has a result on the present data of every task."""
    return all(is_current(board, one, task.path) for task in board.spec.task)


def is_current(board: Board, one: PlacedEntry, path: str) -> bool:
    """Whether an entry that stands has a result on a task, on the data that the board has now, over the whole split."""
    result = one.entry.result(path)
    if one.withdrawn is not None or result is None:
        return False
    return result.digest == board.spec.digest(path) and result.limit is None


def _compared(board: Board, path: str) -> TaskOutcome | None:
    systems = [one.system() for one in board.entries if is_current(board, one, path)]
    if len(systems) < 2:
        return None
    return compare_task(systems, path, ComparisonOptions(metrics=("score",), missing="wrong"))


def _places(board: Board, name: str, pairs: tuple[Pair, ...]) -> dict[str, tuple[int, int]]:
    labels = {label for pair in pairs for label in (pair.first, pair.second)}
    values = {one.entry.id: value_of(board, one, name) for one in board.entries if one.entry.id in labels}
    ranges = rank_ranges(values, pairs, level=LEVEL, higher=True)
    return {one.system: (one.low, one.high) for one in ranges}


def value_of(board: Board, one: PlacedEntry, name: str) -> float:
    """An entry's score on a task, or its weighted mean over all tasks. Raises KeyError where it has none."""
    if name != MEAN:
        result = one.entry.result(name)
        if result is None or result.score.value is None:
            raise KeyError(name)
        return result.score.value
    return sum(weight * value_of(board, one, path) for path, weight in board.spec.weights.items())
