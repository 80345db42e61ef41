"""The rows of a submission in the tables of the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchwright_leaderboards.board import FILE, SUBMISSIONS, Board, read_submission, read_withdrawals
from benchwright_leaderboards.content import BoardRow, assemble_board
from benchwright_leaderboards.entries import Cost, Submission, TaskResult, Withdrawal
from benchwright_leaderboards.index.schema import counted, measured
from benchwright_leaderboards.ranking import Ranking
from benchwright_leaderboards.spec import BoardSpec

EventKind = Literal["added", "measured", "scored anew", "withdrawn"]
Rows = dict[str, list[dict[str, Any]]]
"""Name of the table -> its rows."""


def read_rows(root: Path, spec: BoardSpec, name: str) -> Rows:
    """All rows of the submission in the folder ``name``, but for that of the folder itself. Raises StoreError where it cannot be read."""
    folder = root / SUBMISSIONS / name
    one = read_submission(folder / FILE)
    board = Board(root=root, spec=spec, submissions=(one,), withdrawals=read_withdrawals(folder))
    content = assemble_board(
        board, Ranking()
    )  # how entries stand on the board does not depend on others; ranks are kept apart
    standing = {row.entry.entry.id: row for row in content.overview.rows}
    return {
        "entries": [
            _entry(standing[entry.entry.id], place=place, submission=name) for place, entry in enumerate(board.entries)
        ],
        "costs": [
            *(_cost(entry.entry.id, name, "", entry.entry.cost) for entry in board.entries),
            *(_cost(entry, name, f"{one.added} {name}", cost) for entry, cost in _elsewhere(one).items()),
        ],
        "results": [_result(row, table.name, place) for place, table in enumerate(content.tasks) for row in table.rows],
        "events": [
            {"submission": name, "place": place, "at": at, "what": what, "entry": entry, "task": task, "why": why}
            for place, (at, what, entry, task, why) in enumerate(_events(one, board.withdrawals))
        ],
    }


def _elsewhere(one: Submission) -> dict[str, Cost]:
    """Costs that a submission gives to entries of others."""
    own = {entry.id for entry in one.entries}
    return {name: cost for name, cost in one.measured.items() if name not in own}


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


def _entry(row: BoardRow, *, place: int, submission: str) -> dict[str, Any]:
    entry, came_with = row.entry.entry, row.entry.submission
    told = (entry.id, entry.name, came_with.team, entry.adapter, entry.trained_on, came_with.note)
    return {
        "id": entry.id,
        "submission": submission,
        "place": place,
        "name": entry.name,
        "run": entry.run,
        "adapter": entry.adapter,
        "model": entry.model,
        "team": came_with.team,
        "added": came_with.added,
        "trained_on": entry.trained_on,
        "attempt": counted(entry.attempt) or 0,
        "tasks": len(entry.results),
        "baseline": row.is_baseline,
        "search": "\n".join(told).casefold(),
        **_standing(row),
    }


def _result(row: BoardRow, task: str, place: int) -> dict[str, Any]:
    result = row.entry.entry.result(task)
    assert result is not None  # a table has the rows of those that have one
    return {
        "entry": row.entry.entry.id,
        "place": place,
        "task": task,
        "digest": result.digest,
        "key": result.key,
        "unit": result.score.unit,
        "limit": counted(result.limit),
        "metrics": _metrics(result),
        "records": result.records,
        **_standing(row),
    }


def _standing(row: BoardRow) -> dict[str, Any]:
    """How an entry stands, on a task or over all, as its row on the pages says."""
    score = row.score
    return {
        "status": row.status,
        "reasons": "; ".join(row.reasons),
        "score": measured(score.value) if score else None,
        "low": measured(score.low) if score else None,
        "high": measured(score.high) if score else None,
        "n": counted(score.n) if score else None,
        "errored": counted(score.errored) if score else None,
    }


def _metrics(result: TaskResult) -> str:
    """The scores by metric (``name@version``) as JSON, in which any text can be written."""
    told = [
        {"metric": score.metric, "value": score.value, "low": score.low, "high": score.high, "n": score.n}
        for score in result.scores
    ]
    return msgspec.json.encode(told).decode()
