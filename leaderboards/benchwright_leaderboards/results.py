"""The scores of an entry on a task, from its predictions; silence is wrong, and counted."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchwright import registry
from benchwright.agreement_words import how_computed
from benchwright.alarm import CHECKS
from benchwright.score import gather, score_columns
from benchwright.store import Store
from benchwright.types import Record, Task
from benchwright.unanswered import count_as_wrong, is_unanswered
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.result_alarms import find_alarms
from benchwright_leaderboards.task_digest import answers_digest, digest_of, items_digest
from benchwright_leaderboards.worst_slice import worst_slice


def score_result(
    store: Store, key: str, task: Task, path: str, *, records: Sequence[Record] | None = None
) -> TaskResult:
    """Scores of a stored cell with the metrics that are installed now.

    Args:
        store: Holds the cell.
        key: Of the cell.
        task: The card by which it is scored (`cards.scoring_card`).
        path: ``suite/task``.
        records: Those of the cell, where they were read already.

    Raises:
        NotComparable: Items have no answer, and no answer of such a task can be called wrong.
        StoreError: The records cannot be read.
    """
    found = store.read_records(key) if records is None else records
    silent = sum(map(is_unanswered, found))
    gathered = gather(task, [count_as_wrong(task, record) for record in found])
    metrics = [registry.get("metrics", name) for name in task.metrics]
    *scores, whole = (
        msgspec.structs.replace(score, errored=silent)
        for score in score_columns(gathered.columns, metrics, errored=silent, skipped=gathered.skipped)
    )
    cell = store.read_cell(key)
    return TaskResult(
        path=path,
        digest=digest_of(cell.key, task),
        key=key,
        score=whole,
        scores=tuple(scores),
        limit=cell.key.limit,
        records=answers_digest(found),
        items=items_digest(found),
        worst=worst_slice(gathered.columns),
        alarms=find_alarms(
            task,
            found,
            gathered.columns,
            limit=cell.key.limit,
            is_constant=cell.facts.constant,
            computed=how_computed(store.read_choice(key), cell.facts.variant),
        ),
        checks=CHECKS,
    )


def metric_ids(result: TaskResult) -> tuple[str, ...]:
    """``name@version`` of the metrics that a result was computed with."""
    return tuple(score.metric for score in result.scores)
