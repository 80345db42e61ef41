"""The scores of an entry on a task, from its predictions; silence is wrong, and counted."""

from __future__ import annotations

import hashlib

import msgspec

from benchwright import registry
from benchwright.score import gather, score_columns
from benchwright.store import Store
from benchwright.types import Task
from benchwright.unanswered import count_as_wrong, is_unanswered
from benchwright_leaderboards.entries import TaskResult
from benchwright_leaderboards.task_digest import digest_of


def score_result(store: Store, key: str, task: Task, path: str) -> TaskResult:
    """Scores of a stored cell with the metrics that are installed now.

    Raises:
        NotComparable: Items have no answer, and no answer of such a task can be called wrong.
        StoreError: The records cannot be read.
    """
    records = store.read_records(key)
    silent = sum(map(is_unanswered, records))
    found = gather(task, [count_as_wrong(task, record) for record in records])
    metrics = [registry.get("metrics", name) for name in task.metrics]
    *scores, whole = (
        msgspec.structs.replace(score, errored=silent)
        for score in score_columns(found.columns, metrics, errored=silent, skipped=found.skipped)
    )
    cell = store.read_cell(key)
    answers = [(record.id, record.output) for record in records]
    return TaskResult(
        path=path,
        digest=digest_of(cell.key, task),
        key=key,
        score=whole,
        scores=tuple(scores),
        limit=cell.key.limit,
        records=hashlib.sha256(msgspec.json.encode(answers)).hexdigest(),
    )
