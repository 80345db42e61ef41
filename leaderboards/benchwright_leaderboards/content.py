"""Everything a board says, assembled once for the site, the server and the exports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec

from benchwright.types import Frozen, Score
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.mean import mean_score
from benchwright_leaderboards.ranking import MEAN, BaselineDifference, Ranking, load_or_rank
from benchwright_leaderboards.row_order import order_key
from benchwright_leaderboards.task_words import TaskWords, words_of

Status = Literal["ranked", "partial", "stale", "withdrawn"]
ORDER: dict[Status, int] = {"ranked": 0, "partial": 1, "stale": 2, "withdrawn": 3}
"""In which groups of rows follow one another."""


class BoardRow(Frozen, frozen=True, kw_only=True):
    """An entry in a table.

    Attributes:
        entry: The entry.
        status: ``ranked``; ``partial``: a task is missing, or only a part of one was answered; ``stale``: it answered other data than the
            board has now; ``withdrawn``: taken back.
        place: First and last rank; None where it is not ranked.
        score: Its score on the task; on the overview the weighted mean, whose ``n``, ``errored`` and ``skipped`` are sums over tasks. None where
            there is none.
        is_baseline: Whether the board names it as one.
        difference: To the first baseline; None of that baseline, where there is none, and where no test was made.
        reasons: Why it is not ranked, a sentence each without a final stop.
        result: Its result on the task; None on the overview.
    """

    entry: PlacedEntry
    status: Status
    place: tuple[int, int] | None
    score: Score | None
    is_baseline: bool
    difference: BaselineDifference | None = None
    reasons: tuple[str, ...] = ()
    result: TaskResult | None = None

    @property
    def value(self) -> float | None:
        """The score, or mean; None where there is none."""
        return None if self.score is None else self.score.value

    @property
    def rank(self) -> str:
        """``2``, ``1–3``, or nothing."""
        if self.place is None:
            return ""
        low, high = self.place
        return str(low) if low == high else f"{low}–{high}"


@dataclass(frozen=True, kw_only=True)
class BoardTable:
    """A ranking: the overview (``name`` empty), or a task.

    Attributes:
        name: ``suite/task``, or `MEAN`.
        title: Its heading.
        rows: Ranked ones first, by first rank and then by value; then partial, stale and withdrawn ones.
    """

    name: str
    title: str
    rows: tuple[BoardRow, ...]

    @cached_property
    def ranked(self) -> int:
        """How many of the rows have a rank."""
        return sum(row.place is not None for row in self.rows)

    @cached_property
    def metrics(self) -> tuple[str, ...]:
        """``name@version`` of the metrics that ranked entries of a task were scored with."""
        found = dict[str, None]()
        for row in self.of("ranked"):
            if row.result is not None:
                for score in row.result.scores:  # of a large board a quarter of a million
                    found[score.metric] = None
        return tuple(found)

    def of(self, status: Status) -> tuple[BoardRow, ...]:
        """The rows of a status, in order."""
        return tuple(row for row in self.rows if row.status == status)


@dataclass(frozen=True, kw_only=True)
class BoardContent:
    """A board as values.

    Attributes:
        release: Name of the release whose pages are made; empty: pages of the board as it is.
        served: Whether a server makes them, which can search entries and compare any two.
    """

    board: Board
    ranking: Ranking
    overview: BoardTable
    tasks: tuple[BoardTable, ...]
    release: str = ""
    served: bool = False

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what people wrote and entered: ``board.toml``, all submissions, what was withdrawn."""
        board = self.board
        said = (board.spec, [one.digest for one in board.submissions], dict(board.withdrawals))
        return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()

    @cached_property
    def state(self) -> str:
        """SHA-256 of everything that the pages of the board are made of: results that were computed anew and costs that came later too, and the
        ranking. Pages that name the board change with it.
        """
        board, ranking = self.board, msgspec.structs.replace(self.ranking, pairs={})
        said = (board.spec, board.told, dict(board.withdrawals), board.missing_baselines, ranking)
        return hashlib.sha256(
            msgspec.json.encode((*said, self.release, self.served), order="deterministic")
        ).hexdigest()

    @cached_property
    def updated(self) -> str:
        """When the last submission came, ISO 8601; empty without any."""
        return max((one.added for one in self.board.submissions), default="")

    @cached_property
    def by_name(self) -> Mapping[str, BoardTable]:
        """Tables by name, the overview under `MEAN`."""
        return {table.name: table for table in (self.overview, *self.tasks)}

    @cached_property
    def words(self) -> Mapping[str, TaskWords]:
        """How each task is written of, by its card."""
        return words_of(self.board)

    @property
    def baseline(self) -> str:
        """Id of the baseline that others are held against; empty without one."""
        return reference_of(self.board)


def reference_of(board: Board) -> str:
    """Id of the first baseline that stands on a board: what others are held against; empty without one."""
    return next((name for name in board.spec.baselines if name not in board.missing_baselines), "")


def assemble_board(board: Board, ranking: Ranking | None = None) -> BoardContent:
    """The content of a board; same board, same content."""
    found = load_or_rank(board) if ranking is None else ranking
    results = {one.entry.id: {result.path: result for result in one.entry.results} for one in board.entries}
    tables = _Tables(board, found, results)
    return BoardContent(
        board=board,
        ranking=found,
        overview=tables.overview(),
        tasks=tuple(tables.task(task.path) for task in board.spec.task),
    )


class _Judged(NamedTuple):
    """Whether an entry is ranked, with what score, or why not."""

    status: Status
    score: Score | None
    reasons: tuple[str, ...] = ()


class _Tables:
    """Makes the tables of a board from one look at its results."""

    def __init__(self, board: Board, ranking: Ranking, results: Mapping[str, Mapping[str, TaskResult]]) -> None:
        self.board, self.ranking, self.results = board, ranking, results
        self.weights = ranking.weights
        self.digests = {task.path: task.digest for task in board.spec.task}
        self.baselines = frozenset(board.spec.baselines)

    def overview(self) -> BoardTable:
        """The ranking by the board's mean, of all entries."""
        differences = self.ranking.differences.get(MEAN, {})
        rows = (self._row(MEAN, one, self._judge_all(one), differences) for one in self.board.entries)
        return BoardTable(name=MEAN, title=self.board.spec.title, rows=self._sorted(rows))

    def task(self, path: str) -> BoardTable:
        """The ranking on a task, of those that have a result on it."""
        differences = self.ranking.differences.get(path, {})
        rows = (
            self._row(path, one, self._judge(result), differences, result)
            for one in self.board.entries
            if (result := self.results[one.entry.id].get(path)) is not None
        )
        return BoardTable(name=path, title=path, rows=self._sorted(rows, lower=path in self.ranking.lower))

    def _row(
        self,
        name: str,
        one: PlacedEntry,
        judged: _Judged,
        differences: Mapping[str, BaselineDifference],
        result: TaskResult | None = None,
    ) -> BoardRow:
        entry = one.entry
        if one.withdrawn is not None:
            said = f"withdrawn {one.withdrawn.at[:10]}" + (f": {one.withdrawn.reason}" if one.withdrawn.reason else "")
            judged = _Judged("withdrawn", judged.score, (said,))
        return BoardRow(
            entry=one,
            status=judged.status,
            place=self.ranking.places.get(name, {}).get(entry.id) if judged.status == "ranked" else None,
            score=judged.score,
            is_baseline=entry.id in self.baselines,
            difference=differences.get(entry.id),
            reasons=judged.reasons,
            result=result,
        )

    def _judge_all(self, one: PlacedEntry) -> _Judged:
        """An entry over all tasks of the board."""
        results = {path: result for path, result in self.results[one.entry.id].items() if path in self.digests}
        lacking = [path for path in self.digests if path not in results]
        problems = {path: why for path, result in results.items() if (why := self._why(result))}
        reasons = [f"missing: {', '.join(lacking)}"] if lacking else []
        reasons += [
            f"{why}: {', '.join(path for path, said in problems.items() if said == why)}"
            for why in dict.fromkeys(problems.values())
        ]
        if reasons:
            stale = any(self._is_stale(results[path]) for path in problems)
            return _Judged("stale" if stale else "partial", None, tuple(reasons))
        if not self.weights:
            return _Judged("ranked", None)
        return _Judged("ranked", mean_score(self.weights, {path: one.score for path, one in results.items()}))

    def _judge(self, result: TaskResult) -> _Judged:
        """A result on its task."""
        why = self._why(result)
        if not why:
            return _Judged("ranked", result.score)
        return _Judged("stale" if self._is_stale(result) else "partial", result.score, (why,))

    def _is_stale(self, result: TaskResult) -> bool:
        return result.digest != self.digests[result.path]

    def _why(self, result: TaskResult) -> str:
        """Why a result is in no ranking; empty where it is in one."""
        if self._is_stale(result):
            return "answered other data than the board has now"
        if result.limit is not None:
            return f"answered only {result.limit:,} items of the split"
        return "no score" if result.score.value is None else ""

    def _sorted(self, rows: Iterable[BoardRow], *, lower: bool = False) -> tuple[BoardRow, ...]:
        tie_breaker = self.board.spec.tie_breaker

        def key(row: BoardRow) -> tuple[float | str, ...]:
            told = order_key(row.entry.entry, row.place, row.value, tie_breaker=tie_breaker, lower=lower)
            return (ORDER[row.status], *told)

        return tuple(sorted(rows, key=key))
