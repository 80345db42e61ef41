"""The JSON of a board as the server gives it: values are fractions in [0, 1] (correlations in [-1, 1]), times seconds, sizes bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from benchwright_leaderboards.alarm_marks import placed, results_on
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardRow, BoardTable
from benchwright_leaderboards.index.queries import EntriesFound, IndexedEntry
from benchwright_leaderboards.pair_estimates import PairFinder
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.server.filters import Asked
from benchwright_leaderboards.server.problems import RequestProblem, shown
from benchwright_leaderboards.server.state import Snapshot

SCHEMA = 1
"""Version of these documents."""


def board_document(snapshot: Snapshot) -> dict[str, Any]:
    """What the board is: title, tasks, weights, baselines, rules; what ranks rest on."""
    spec, ranking = snapshot.content.board.spec, snapshot.content.ranking
    return {
        "schema": SCHEMA,
        "title": spec.title,
        "tasks": [{"path": one.path, "digest": one.digest, "weight": spec.weights[one.path]} for one in spec.task],
        "baselines": list(spec.baselines),
        "rules": msgspec.to_builtins(spec.rules),
        "machine": spec.machine,
        "entries": len(snapshot.entries),
        "family": ranking.family,
        "level": round(LEVEL, 12),
    }


def rows_document(snapshot: Snapshot, found: EntriesFound, asked: Asked) -> dict[str, Any]:
    """A page of entries, as the index lists them."""
    return {
        "schema": SCHEMA,
        "total": found.total,
        "page": asked.page,
        "size": asked.size,
        "entries": [listed_document(snapshot, one, asked.query.task) for one in found.entries],
    }


def listed_document(snapshot: Snapshot, one: IndexedEntry, task: str = "") -> dict[str, Any]:
    """An entry of a list, with the alarms about its number: those of a task, or of all."""
    there = snapshot.entries.get(one.id)
    return {
        "id": one.id,
        "name": one.name,
        "team": one.team,
        "added": one.added,
        "adapter": one.adapter,
        "attempt": one.attempt,
        "status": one.status,
        "baseline": one.is_baseline,
        "rank": None if one.place is None else {"low": one.place[0], "high": one.place[1]},
        "score": one.score,
        "alarms": None if there is None else alarms_document(there, [task] if task else paths_of(snapshot)),
    }


def paths_of(snapshot: Snapshot) -> list[str]:
    """The tasks of the board."""
    return [task.path for task in snapshot.content.board.spec.task]


def alarms_document(one: PlacedEntry, paths: Iterable[str]) -> list[dict[str, Any]] | None:
    """Alarms and notes about an entry on some tasks; None where the board did not look for them."""
    wanted = list(paths)
    if any(result.alarms is None for result in results_on(one.entry, wanted)):
        return None
    return [
        {"task": told.path, "code": told.code, "severity": told.severity, "sentence": told.sentence}
        for told in placed(one, wanted)
    ]


def row_document(row: BoardRow) -> dict[str, Any]:
    """An entry in a table, briefly."""
    entry, submission = row.entry.entry, row.entry.submission
    return {
        "id": entry.id,
        "name": entry.name,
        "team": submission.team,
        "added": submission.added,
        "adapter": entry.adapter,
        "attempt": entry.attempt,
        "status": row.status,
        "baseline": row.is_baseline,
        "rank": None if row.place is None else {"low": row.place[0], "high": row.place[1]},
        "score": row.value,
        "alarms": alarms_document(row.entry, [result.path for result in entry.results]),
    }


def entry_document(snapshot: Snapshot, name: str) -> dict[str, Any]:
    """An entry, whole: its scores by task, cost, digests and ranks. Raises RequestProblem (404)."""
    one = snapshot.entries.get(name)
    if one is None:
        raise RequestProblem(404, f"no entry {shown(name)!r}", hint="/api/v1/entries lists them")
    row = next(row for row in snapshot.content.overview.rows if row.entry.entry.id == name)
    ranks = {
        path: {"low": places[name][0], "high": places[name][1]}
        for path, places in snapshot.content.ranking.places.items()
        if name in places and path != MEAN
    }
    entry = msgspec.to_builtins(one.entry)
    return {
        **row_document(row),
        "schema": SCHEMA,
        "model": entry["model"],
        "trained_on": entry["trained_on"],
        "note": one.submission.note,
        "submission": {"id": one.submission.id, "digest": one.submission.digest},
        "cost": entry["cost"],
        "ranks": ranks,
        "results": entry["results"],
    }


def tasks_document(snapshot: Snapshot) -> dict[str, Any]:
    """The tasks of the board with how many entries each has."""
    spec = snapshot.content.board.spec
    return {
        "schema": SCHEMA,
        "tasks": [
            {
                "path": one.path,
                "digest": one.digest,
                "weight": spec.weights[one.path],
                "entries": len(table_of(snapshot, one.path).rows),
            }
            for one in spec.task
        ],
    }


def table_of(snapshot: Snapshot, path: str) -> BoardTable:
    """The table of a task. Raises RequestProblem (404)."""
    for table in snapshot.content.tasks:
        if table.name == path:
            return table
    raise RequestProblem(404, f"no task {shown(path)!r} on this board", hint="/api/v1/tasks lists them")


def pair_document(snapshot: Snapshot, first: str, second: str) -> dict[str, Any]:
    """Differences of two entries on the mean and on every task that both have, second minus first; verdicts are those of the pages.

    Raises:
        RequestProblem: There is no such entry (404), or it is named twice (400).
    """
    check_pair(snapshot, first, second)
    one, other = snapshot.entries[first], snapshot.entries[second]
    finder = PairFinder(snapshot.pairs.tests, other, one)
    tests = {path: finder.on_task(path, higher=words.higher) for path, words in snapshot.pairs.words.items()}
    shared = [path for path in tests if one.entry.result(path) and other.entry.result(path)]
    mean, why = finder.on_mean()
    ranking = snapshot.content.ranking
    return {
        "schema": SCHEMA,
        "first": first,
        "second": second,
        "level": round(LEVEL, 12),
        "family": ranking.family,
        "critical": round(ranking.critical, 12),
        "mean": None if mean is None else msgspec.to_builtins(mean),
        "mean_refused": why,
        "differences": [
            {"path": path, **_scores(path, one, other), **msgspec.to_builtins(tests[path][0])}
            for path in shared
            if tests[path][0] is not None
        ],
        "refused": [{"path": path, "reason": tests[path][1]} for path in shared if tests[path][0] is None],
        "alarms": {first: alarms_document(one, shared), second: alarms_document(other, shared)},
        "not_shared": [path for path in tests if path not in shared],
    }


def _scores(path: str, *entries: PlacedEntry) -> dict[str, float | None]:
    found = [one.entry.result(path) for one in entries]
    return {name: result.score.value if result else None for name, result in zip("ab", found, strict=True)}


def check_pair(snapshot: Snapshot, first: str, second: str) -> None:
    """Raise RequestProblem where two names are not two entries: 404, or 400 where they are one."""
    for name in (first, second):
        if name not in snapshot.entries:
            raise RequestProblem(404, f"no entry {shown(name)!r}", hint="/api/v1/entries lists them")
    if first == second:
        raise RequestProblem(400, f"{shown(first)!r} is compared with itself", hint="name two different entries")
