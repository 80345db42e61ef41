"""`board rescore`: when metrics or installed cards change, scores of all entries are computed anew from their answers, without a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.store import atomic
from benchwright.store.folder import to_json
from benchwright.types import Score
from benchwright_leaderboards.board import FILE, Board, PlacedEntry, open_board
from benchwright_leaderboards.cards import scoring_card
from benchwright_leaderboards.entries import Entry, Rescored, Submission, TaskResult
from benchwright_leaderboards.hold import hold
from benchwright_leaderboards.listing import stale_tasks
from benchwright_leaderboards.results import metric_ids, score_result

_SLACK = 1e-5
"""Ends of bootstrap intervals may differ this much between machines; values do not."""
_EXACT = 1e-12


@dataclass(frozen=True, kw_only=True)
class Rescoring:
    """What was computed anew.

    Attributes:
        changed: Results that are others now, each with what stood before.
        results: How many results were looked at.
        looked: How many of them the board had never looked at for alarms, and now did; their scores stand.
        stale: Entry id -> tasks that it answered on other data than the board has now.
        problems: Results that cannot be computed, with the reason; they stand as they were.
    """

    changed: tuple[Rescored, ...]
    results: int
    looked: int
    stale: dict[str, tuple[str, ...]]
    problems: tuple[str, ...]


def rescore(root: Path, *, dry_run: bool = False) -> Rescoring:
    """Compute the scores of all entries anew and keep what stood before; each submission is replaced whole or not at all.

    Args:
        root: Folder of the board.
        dry_run: Say what would change, change nothing.

    Raises:
        BenchwrightError: There is no board.
        StoreError: A submission cannot be read or written.
    """
    open_board(root)
    changed, problems, count, looked = list[Rescored](), list[str](), 0, 0
    with hold(root):
        board = open_board(root)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for submission in board.submissions:
            mine = [one for one in board.entries if one.submission.id == submission.id]
            found = [_entry(board, one, at, problems) for one in mine]
            count += sum(len(entry.results) for entry, _ in found)
            history = [line for _, lines in found for line in lines]
            changed += history
            looked += sum(_looked_at(one.entry, entry) for one, (entry, _) in zip(mine, found, strict=True))
            fresh = [entry for entry, _ in found]
            if fresh != [one.entry for one in mine] and not dry_run:
                _put(root, submission, fresh, history)
        now = board if dry_run else open_board(root)
    return Rescoring(
        changed=tuple(changed),
        results=count,
        looked=looked,
        stale={one.entry.id: tasks for one in now.entries if (tasks := stale_tasks(now, one))},
        problems=tuple(problems),
    )


def fresh_results(board: Board, one: PlacedEntry) -> Iterator[TaskResult | BenchwrightError]:
    """The results of an entry as its answers give them now, or why one cannot be computed; of every task of the board, in its order.

    A task that came to the board later has a result too, where the run of the entry answered it.
    """
    store = one.store()
    run = store.read_run(one.entry.run)
    for task in board.spec.task:
        for cell in run.cells:
            if (cell.model, cell.task_path) != (one.entry.name, task.path) or cell.status != "scored" or not cell.key:
                continue
            try:
                card = scoring_card(store.read_cell(cell.key).key, run.tasks[task.path])
                yield score_result(store, cell.key, card, task.path)
            except (NotComparable, StoreError) as error:
                yield BenchwrightError(f"{one.entry.id} on {task.path}: {error.problem}")


def differs(old: TaskResult, new: TaskResult) -> str:
    """What another result says otherwise, in words; empty where the two agree, intervals up to what machines differ by."""
    if metric_ids(old) != metric_ids(new):
        return f"{', '.join(metric_ids(old))} -> {', '.join(metric_ids(new))}"
    if old.digest != new.digest:
        return "the card of the task: other labels or inputs"
    if (old.items, old.records, old.key) != (new.items, new.records, new.key):
        return "other answers or gold answers"
    pairs = zip((old.score, *old.scores), (new.score, *new.scores), strict=True)
    odd = next((pair for pair in pairs if not _agree(*pair)), None)
    if odd is not None:
        return f"{odd[0].metric} was {odd[0].value}, the answers say {odd[1].value}"
    if old.alarms != new.alarms and (old.alarms is not None or old.checks == new.checks):
        return f"alarms were {_sentences(old)}, the answers say {_sentences(new)}"
    return ""


def _sentences(result: TaskResult) -> str:
    return "; ".join(one.sentence for one in result.alarms or ()) or "none"


def _looked_at(old: Entry, new: Entry) -> int:
    """How many results were not looked at for alarms before."""
    unknown = {result.path for result in old.results if result.alarms is None}
    return sum(result.path in unknown and result.alarms is not None for result in new.results)


def _agree(one: Score, other: Score) -> bool:
    if (one.metric, one.n, one.errored) != (other.metric, other.n, other.errored):
        return False
    return _close(one.value, other.value, _EXACT) and all(
        _close(mine, theirs, _SLACK) for mine, theirs in ((one.low, other.low), (one.high, other.high))
    )


def _close(one: float | None, other: float | None, slack: float) -> bool:
    return one is other if one is None or other is None else abs(one - other) <= slack


def _entry(board: Board, one: PlacedEntry, at: str, problems: list[str]) -> tuple[Entry, list[Rescored]]:
    """The entry with its results as they are now, and what stood before where they differ."""
    old = {result.path: result for result in one.entry.results}
    kept, history = dict(old), list[Rescored]()
    for new in fresh_results(board, one):
        if isinstance(new, BenchwrightError):
            problems.append(new.problem)
            continue
        before = old.get(new.path)
        why = "the task came to the board later" if before is None else differs(before, new)
        if before is not None and not why:
            kept[new.path] = msgspec.structs.replace(before, alarms=new.alarms, checks=new.checks, worst=new.worst)
        if why:
            kept[new.path] = new
            history.append(Rescored(entry=one.entry.id, at=at, path=new.path, before=before, why=why))
    order = list(board.spec.weights)
    results = sorted(kept.values(), key=lambda result: order.index(result.path) if result.path in order else len(order))
    return msgspec.structs.replace(one.entry, results=tuple(results)), history


def _put(root: Path, submission: Submission, entries: list[Entry], history: list[Rescored]) -> None:
    """Replace ``submission.json``; costs that were measured later stay where they were told."""
    plain = {entry.id: entry.cost for entry in submission.entries}
    made = msgspec.structs.replace(
        submission,
        entries=tuple(msgspec.structs.replace(entry, cost=plain[entry.id]) for entry in entries),
        history=(*submission.history, *history),
    )
    atomic.write(root / "submissions" / submission.id / FILE, to_json(made))
