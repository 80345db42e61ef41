"""What a ranking of a board says: rank ranges on each task and on the mean, the pairs behind them, differences to the baseline; and who takes part."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from benchwright.comparison.difference import CONFIDENCE
from benchwright.comparison.result import Pair
from benchwright.types import Frozen
from benchwright_leaderboards.board import Board, PlacedEntry

LEVEL = 1 - CONFIDENCE
MEAN = ""
"""The name of the ranking by the board's mean, beside those by task."""


class BaselineDifference(Frozen, frozen=True, kw_only=True):
    """An entry minus the board's first baseline, on a task or on the mean, over the same items.

    Attributes:
        baseline: Entry id of the baseline.
        delta: The difference.
        low: Lower end of its own 95 % interval, which is not adjusted; None where it has none.
        high: Upper end.
        p: Two-sided p at no difference, not adjusted; None where it has none.
        verdict: ``better`` or ``worse`` where the tests of the whole board tell the two apart, else empty.
    """

    baseline: str
    delta: float
    low: float | None
    high: float | None
    p: float | None
    verdict: Literal["better", "worse", ""] = ""

    @property
    def way(self) -> int:
        """1 where the entry is shown to be better, -1 where it is worse, else 0."""
        return {"better": 1, "worse": -1, "": 0}[self.verdict]


class WinnerOptimism(Frozen, frozen=True, kw_only=True):
    """By how much the best score of a table is expected to be too high, because it is the best of several.

    Attributes:
        best: Entry with the best score.
        expected: Expected excess over its own truth as the bootstrap sees it, in points of the score; never below 0 but for chance.
        if_equal: The same if all entries were equally good: the most that choosing can have added.
        entries: Entries chosen from.
    """

    best: str
    expected: float
    if_equal: float
    entries: int


class Ranking(Frozen, frozen=True, kw_only=True):
    """Rank ranges of a board; all of them hold at once with probability 1 - `LEVEL`.

    Attributes:
        places: ``suite/task``, or `MEAN` -> entry id -> (first rank, last rank); entries that are not ranked there are left out.
        pairs: The same names -> all pairs that were tested, with p adjusted (Holm) over all pairs of the board.
        family: Number of those tests.
        rejected: Number of them that tell two entries apart.
        critical: A pair is told apart exactly where its two-sided p is at most this: `LEVEL` / (family - rejected), Holm's last step.
        weights: ``suite/task`` -> its share of the mean, of those that can be averaged; shares sum to 1. Empty: there is no mean.
        unranked: ``suite/task`` -> why nobody is ranked there.
        not_averaged: ``suite/task`` -> why its score is not in the mean.
        lower: Names of tables where lower scores are better.
        differences: ``suite/task``, or `MEAN` -> entry id -> difference to the first baseline that stands there; the baseline itself is left out.
        optimism: ``suite/task``, or `MEAN` -> by how much its best score is expected to be too high.
        attempts: Entries that were ever made on this board, by whomever: what the best of them was chosen from.
        twins: Entry id -> the entry that is the same stored model; the two count as one.
    """

    places: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    pairs: dict[str, tuple[Pair, ...]] = field(default_factory=dict)
    family: int = 0
    rejected: int = 0
    critical: float = LEVEL
    weights: dict[str, float] = field(default_factory=dict)
    unranked: dict[str, str] = field(default_factory=dict)
    not_averaged: dict[str, str] = field(default_factory=dict)
    lower: tuple[str, ...] = ()
    differences: dict[str, dict[str, BaselineDifference]] = field(default_factory=dict)
    optimism: dict[str, WinnerOptimism] = field(default_factory=dict)
    attempts: int = 0
    twins: dict[str, str] = field(default_factory=dict)


def is_current(board: Board, one: PlacedEntry, path: str) -> bool:
    """Whether an entry that stands has a result on a task, on the data that the board has now, over the whole split."""
    result = one.entry.result(path)
    if one.withdrawn is not None or result is None:
        return False
    return result.digest == board.spec.digest(path) and result.limit is None


def is_whole(board: Board, one: PlacedEntry) -> bool:
    """Whether an entry has a result on the present data of every task."""
    return all(is_current(board, one, task.path) for task in board.spec.task)
