"""The rows of a submission in the tables of the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchwright_leaderboards.board import FILE, SUBMISSIONS, read_submission, read_withdrawals
from benchwright_leaderboards.entries import Cost, Entry, Submission, TaskResult, Withdrawal
from benchwright_leaderboards.index.schema import counted, measured
from benchwright_leaderboards.spec import BoardSpec

EventKind = Literal["added", "measured", "scored anew", "withdrawn"]
Rows = dict[str, list[dict[str, Any]]]
"""Name of the table -> its rows."""


def read_rows(root: Path, spec: BoardSpec, name: str) -> Rows:
    """All rows of the submission in the folder ``name``, but for that of the folder itself. Raises StoreError where it cannot be read."""
    folder = root / SUBMISSIONS / name
    one, withdrawals = read_submission(folder / FILE), read_withdrawals(folder)
    numbers = {task.path: number for number, task in enumerate(spec.task, start=1)}
    measured_later = [(entry, f"{one.added} {name}", cost) for entry, cost in one.measured.items()]
    own = [(entry.id, "", entry.cost) for entry in one.entries if entry.id not in one.measured]
    return {
        "entries": [
            _entry(spec, one, entry, numbers, place=place, submission=name) for place, entry in enumerate(one.entries)
        ],
        "costs": [_cost(entry, name, given, cost) for entry, given, cost in (*own, *measured_later)],
        "results": [
            _result(entry.id, numbers[result.path], result)
            for entry in one.entries
            for result in entry.results
            if result.path in numbers
        ],
        "events": [
            {"submission": name, "place": place, "at": at, "what": what, "entry": entry, "task": task, "why": why}
            for place, (at, what, entry, task, why) in enumerate(_events(one, withdrawals))
        ],
    }


def task_rows(spec: BoardSpec) -> list[dict[str, Any]]:
    """The rows of the board's tasks."""
    return [{"number": number, "path": task.path} for number, task in enumerate(spec.task, start=1)]


def _cost(entry: str, submission: str, given: str, cost: Cost) -> dict[str, Any]:
    return {
        "entry": entry,
        "submission": submission,
        "given": given,
        "latency": measured(cost.latency),
        "throughput": measured(cost.throughput),
        "memory": measured(cost.memory),
        "size": counted(cost.size),
        "parameters": counted(cost.parameters),
    }


def _events(one: Submission, withdrawals: Mapping[str, Withdrawal]) -> Iterator[tuple[str, EventKind, str, str, str]]:
    """When, what, which entry, on which task, why."""
    for entry in one.entries:
        yield one.added, "added", entry.id, "", one.note
    for name in one.measured:
        yield one.added, "measured", name, "", one.note
    for before in one.history:
        yield before.at, "scored anew", before.entry, before.path, before.why
    for name, why in withdrawals.items():
        yield why.at, "withdrawn", name, "", why.reason


def _entry(
    spec: BoardSpec, one: Submission, entry: Entry, numbers: Mapping[str, int], *, place: int, submission: str
) -> dict[str, Any]:
    told = (entry.id, entry.name, one.team, entry.adapter, entry.trained_on, one.note)
    return {
        "id": entry.id,
        "submission": submission,
        "place": place,
        "name": entry.name,
        "run": entry.run,
        "adapter": entry.adapter,
        "model": entry.model,
        "team": one.team,
        "added": one.added,
        "trained_on": entry.trained_on,
        "attempt": counted(entry.attempt) or 0,
        "tasks": sum(result.path in numbers for result in entry.results),
        "baseline": entry.id in spec.baselines,
        "search": "\n".join(told).casefold(),
    }


def _result(entry: str, number: int, result: TaskResult) -> dict[str, Any]:
    score = result.score
    return {
        "entry": entry,
        "number": number,
        "digest": result.digest,
        "key": result.key,
        "unit": score.unit,
        "score": measured(score.value),
        "low": measured(score.low),
        "high": measured(score.high),
        "n": counted(score.n),
        "errored": counted(score.errored),
        "limit": counted(result.limit),
        "metrics": _metrics(result),
        "records": result.records,
    }


def _metrics(result: TaskResult) -> str:
    """The scores by metric (``name@version``) as JSON, in which any text can be written."""
    told = [
        {"metric": score.metric, "value": score.value, "low": score.low, "high": score.high, "n": score.n}
        for score in result.scores
    ]
    return msgspec.json.encode(told).decode()
