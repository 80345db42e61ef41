"""Who is ranked on what: the entries with answers to the present data of a task, one for each different model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchwright import unranked
from benchwright.answers import answers_of
from benchwright.comparison.comparable_answers import ComparableAnswers
from benchwright.comparison.difference import CONFIDENCE
from benchwright.comparison.pairwise import PairwiseEstimates
from benchwright.errors import NotComparable
from benchwright.quantities import Quantity, mixed_aggregate, mixed_score, quantity_of
from benchwright.store.stored_records import SharedColumns, StoredRecords
from benchwright.task_path import suite_of
from benchwright.types import CellResult, Record, Task
from benchwright.unanswered import count_as_wrong
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.rank_ranges import is_current, is_whole

SCORE = "score"


@dataclass(frozen=True, kw_only=True)
class Entrants:
    """The entries that ranks are about.

    Attributes:
        by_task: ``suite/task`` -> those with a result on its present data, in the order of the board; of several that are one stored model
            the first.
        whole: Those of them that have every task.
        twins: Entry id -> the entry that is the same stored model and stands for it; both have one rank range.
    """

    by_task: Mapping[str, tuple[PlacedEntry, ...]]
    whole: tuple[PlacedEntry, ...]
    twins: Mapping[str, str]


def find_entrants(board: Board) -> Entrants:
    """Who takes part: as `compare` has it, which knows a stored model that is named twice as one."""
    paths = [task.path for task in board.spec.task]
    firsts: dict[tuple[tuple[str, str], ...], str] = {}
    twins: dict[str, str] = {}
    kept = list[PlacedEntry]()
    for one in board.entries:
        answered = tuple((path, _key(one, path)) for path in paths if is_current(board, one, path))
        if not answered:
            continue
        first = firsts.setdefault(answered, one.entry.id)
        if first == one.entry.id:
            kept.append(one)
        else:
            twins[one.entry.id] = first
    return Entrants(
        by_task={path: tuple(one for one in kept if is_current(board, one, path)) for path in paths},
        whole=tuple(one for one in kept if is_whole(board, one)),
        twins=twins,
    )


def _key(one: PlacedEntry, path: str) -> str:
    result = one.entry.result(path)
    return "" if result is None else result.key


def why_unranked(card: Task) -> str:
    """Why nobody is ranked on a task; empty where they are: its numbers are disputed, neither end of its score is better, or it has no score."""
    told = unranked.why(card) or mixed_score(card)
    if told:
        return told
    return "neither high nor low is better" if quantity_of(SCORE, card).neutral is not None else ""


def why_not_averaged(card: Task) -> str:
    """Why the score of a task is in no mean over tasks; empty where it is."""
    if not unranked.is_averaged(card):
        return unranked.why(card) or "a view, diagnostic or behavioural test: in no mean over tasks"
    return why_unranked(card) or mixed_aggregate([card.name], [card])


@dataclass(frozen=True, eq=False, kw_only=True)
class Contest:
    """The answers of entries on a task, unanswered items counted as wrong.

    Attributes:
        path: ``suite/task``.
        card: The task.
        ids: Entries (k), in the order of the board.
        answers: Their answers.
    """

    path: str
    card: Task
    ids: tuple[str, ...]
    answers: ComparableAnswers

    @cached_property
    def estimates(self) -> PairwiseEstimates:
        """The difference of every pair, each by the estimator that `compare` uses."""
        return PairwiseEstimates(self.answers, self.ids, confidence=CONFIDENCE)

    @cached_property
    def values(self) -> dict[str, float]:
        """Entry -> its score; those without one are left out."""
        found = {id_: self.estimates.value(SCORE, at) for at, id_ in enumerate(self.ids)}
        return {id_: value for id_, value in found.items() if math.isfinite(value)}

    @property
    def quantity(self) -> Quantity:
        """The score."""
        return quantity_of(SCORE, self.card)


def read_contest(path: str, card: Task, entries: Sequence[PlacedEntry]) -> Contest:
    """Read the answers of entries on a task. Those with silence that cannot be called wrong (numbers) are left out: they have no score either.

    Raises:
        StoreError: Records are absent or damaged.
    """
    shared = SharedColumns()
    kept, records = list[PlacedEntry](), list[Sequence[Record]]()
    for one in entries:
        try:
            records.append(read_answered(one, path, card, shared))
        except NotComparable:
            continue
        kept.append(one)
    answers = ComparableAnswers(
        path=path,
        task=card,
        names=tuple((one.entry.id,) for one in kept),
        cells=tuple((_cell(one, path, card),) for one in kept),
        keys=tuple(() for _ in kept),
        records=tuple((some,) for some in records),
    )
    return Contest(path=path, card=card, ids=tuple(one.entry.id for one in kept), answers=answers)


def read_answered(one: PlacedEntry, path: str, card: Task, shared: SharedColumns) -> Sequence[Record]:
    """The records of an entry, as columns where every item was answered; silence counted as wrong.

    Raises:
        NotComparable: There is silence, and no answer of such a task can be called wrong.
        StoreError: They are absent or damaged.
    """
    found = StoredRecords(one.store().read_record_table(_key(one, path)), shared=shared)
    answers = answers_of(card, found)
    if answers.unanswered_rows.isdisjoint(answers.rows_with_gold):
        return found
    return [count_as_wrong(card, record) for record in found]


def _cell(one: PlacedEntry, path: str, card: Task) -> CellResult:
    return CellResult(
        model=one.entry.name,
        suite=suite_of(path),
        task=card.name,
        split=card.default_split,
        status="scored",
        key=_key(one, path),
    )
