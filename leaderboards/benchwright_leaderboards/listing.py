"""The entries of a board as text and as JSON: what stands, who added it, what is partial, stale, scored by older metrics or withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchwright import registry
from benchwright.alarm import lines
from benchwright.errors import BenchwrightError
from benchwright.formatting import name_some
from benchwright_leaderboards.alarm_marks import NOT_LOOKED_FOR, RESCORE, placed, results_on, short_marks
from benchwright_leaderboards.board import Board, PlacedEntry
from benchwright_leaderboards.entries import Entry, Submission, TaskResult
from benchwright_leaderboards.ranking import is_current

COLUMNS = ("entry", "team", "added", "attempt", "tasks", "state", "alarms")


def state_of(board: Board, one: PlacedEntry) -> str:
    """``whole``, ``partial``, ``stale`` (it answered other data than the board has now) or ``withdrawn``."""
    if one.withdrawn is not None:
        return "withdrawn"
    if stale_tasks(board, one):
        return "stale"
    return "whole" if not missing_tasks(board, one) else "partial"


def stale_tasks(board: Board, one: PlacedEntry) -> tuple[str, ...]:
    """Tasks that an entry answered on other data than the board has now."""
    return tuple(
        result.path for result in one.entry.results if board.spec.digest(result.path) not in (None, result.digest)
    )


def missing_tasks(board: Board, one: PlacedEntry) -> tuple[str, ...]:
    """Tasks of the board of which an entry has no whole result, on any data."""
    found = {result.path for result in one.entry.results if result.limit is None}
    return tuple(path for path in board.spec.weights if path not in found)


def rows_of(board: Board) -> list[tuple[str, ...]]:
    """A row for each entry, in the order in which they were added."""
    return [_row(board, one) for one in board.entries]


def _row(board: Board, one: PlacedEntry) -> tuple[str, ...]:
    answered = sum(one.entry.result(path) is not None for path in board.spec.weights)
    state = state_of(board, one)
    why = one.withdrawn.reason if one.withdrawn is not None else ", ".join(stale_tasks(board, one))
    mark = " (baseline)" if one.entry.id in board.spec.baselines else ""
    return (
        one.entry.id + mark,
        one.submission.team,
        one.submission.added[:10],
        str(one.entry.attempt),
        f"{answered} of {len(board.spec.task)}",
        f"{state}: {why}" if why else state,
        "; ".join(mark.line for mark in short_marks(results_on(one.entry, board.spec.weights))),
    )


def warnings_of(board: Board) -> Iterator[str]:
    """What whoever keeps the board must know, one line each."""
    for name in board.missing_baselines:
        yield f"the baseline {name} that board.toml names does not stand on the board: add it, or take its name out"
    yield from _contradictions(board)
    stale = [one.entry.id for one in board.entries if state_of(board, one) == "stale"]
    unknown = [
        one.entry.id
        for one in board.entries
        if any(result.alarms is None for result in results_on(one.entry, board.spec.weights))
    ]
    if unknown:
        yield f"{NOT_LOOKED_FOR} in results of {name_some(unknown, 5)}, scored by an earlier version: {RESCORE}"
    if stale:
        yield f"stale, and unranked: {', '.join(stale)}; run the models on the data of the board and add them again"


def _contradictions(board: Board) -> Iterator[str]:
    """Lines of board.toml that entries, or what is installed here, contradict."""
    for task in board.spec.task:
        on = [one for one in board.entries if is_current(board, one, task.path)]
        odd = [
            one.entry.id for one in on if (found := one.entry.result(task.path)) and found.items not in ("", task.items)
        ]
        if task.items and odd:
            yield f"{task.path}: `items` of board.toml is not that of {name_some(odd, 5)}, which answered its `digest`: one of the two was edited"
    unknown = [name for name in board.spec.rules.adapters if name not in registry.names("adapters")]
    if unknown:
        yield f"no adapter {', '.join(unknown)} is installed here, and board.toml takes its models: if it is misspelt, they are refused"


def board_document(board: Board) -> dict[str, Any]:
    """What `board list --format json` prints."""
    return {
        "board": board.spec.title,
        "tasks": list(board.spec.weights),
        "entries": [_entry(board, one) for one in board.entries],
        "missing_baselines": list(board.missing_baselines),
    }


def added_document(board: Board, made: Submission) -> dict[str, Any]:
    """What `board add --format json` prints."""
    ids = {entry.id for entry in made.entries}
    return {
        "submission": made.id,
        "digest": made.digest,
        "team": made.team,
        "added": made.added,
        "entries": [_entry(board, one) for one in board.entries if one.entry.id in ids],
        "measured": sorted(made.measured),
        "missing_baselines": list(board.missing_baselines),
    }


def added_lines(board: Board, made: Submission) -> Iterator[str]:
    """What `board add` prints: a line for each entry, then what is to be known."""
    yield f"submission {made.id} of {made.team}"
    for one in board.entries:
        if one.submission.id == made.id:
            yield f"  {_told(board, one)}"
    for name, cost in made.measured.items():
        yield f"  {name}: measured on {cost.machine}, texts of {cost.base}"
    for name in board.missing_baselines:
        yield f"note: the baseline {name} that board.toml names does not stand on the board"


def alarm_lines(board: Board, made: Submission) -> list[str]:
    """Alarms about entries of a submission, those of one cause as one line."""
    mine = [one for one in board.entries if one.submission.id == made.id]
    return lines(told for one in mine for told in placed(one, board.spec.weights) if told.severity == "alarm")


def _told(board: Board, one: PlacedEntry) -> str:
    entry = one.entry
    missing = missing_tasks(board, one)
    silent = sum(result.score.errored for result in entry.results)
    parts = [f"{len(entry.results)} of {len(board.spec.task)} tasks", f"attempt {entry.attempt}"]
    if missing:
        parts.append(f"partial, so unranked in the mean: no whole result on {', '.join(missing)}")
    if silent:
        parts.append(f"{silent} unanswered items count as wrong")
    if entry.cost.why:
        parts.append(f"no hardware numbers: {entry.cost.why}")
    if entry.same_as:
        parts.append(f"answers as {entry.same_as} does")
    renamed = "" if entry.id == entry.name else f" ({entry.name})"
    return f"{entry.id}{renamed}: {'; '.join(parts)}"


def _entry(board: Board, one: PlacedEntry) -> dict[str, Any]:
    entry: Entry = one.entry
    return {
        "id": entry.id,
        "name": entry.name,
        "team": one.submission.team,
        "submission": one.submission.id,
        "added": one.submission.added,
        "attempt": entry.attempt,
        "adapter": entry.adapter,
        "state": state_of(board, one),
        "baseline": entry.id in board.spec.baselines,
        "missing": list(missing_tasks(board, one)),
        "stale": list(stale_tasks(board, one)),
        "withdrawn": one.withdrawn,
        "same_as": entry.same_as or None,
        "results": [_result(board, one, result) for result in entry.results],
        "cost": entry.cost,
    }


def _result(board: Board, one: PlacedEntry, result: TaskResult) -> dict[str, Any]:
    return {
        "task": result.path,
        "current": is_current(board, one, result.path),
        "score": result.score,
        "metrics": [score.metric for score in result.scores],
        "limit": result.limit,
        "alarms": result.alarms,
    }


def find_entry(board: Board, name: str) -> PlacedEntry:
    """The entry of that id. Raises BenchwrightError where there is none."""
    found = next((one for one in board.entries if one.entry.id == name), None)
    if found is None:
        known = ", ".join(one.entry.id for one in board.entries[:8]) or "(none yet)"
        raise BenchwrightError(
            f"no entry {name!r} on the board", expected=f"one of: {known}", hint="benchwright board list"
        )
    return found
