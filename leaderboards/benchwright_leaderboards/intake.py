"""From verified runs to entries: which cells are results, what is refused by the rules of the board, what entries are called."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.hardware.same_model import StoredModel
from benchwright.types import ModelRef, Run
from benchwright_leaderboards.board import Board
from benchwright_leaderboards.cell_checks import check_cell
from benchwright_leaderboards.costs import cost_of, profiles_of
from benchwright_leaderboards.entries import Cost, Entry, TaskResult
from benchwright_leaderboards.incoming import Incoming
from benchwright_leaderboards.names import entry_ids, team_key
from benchwright_leaderboards.verify import refusal


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model that could become an entry: its run, and its results on tasks of the board in their order."""

    run: Run
    ref: ModelRef
    results: tuple[TaskResult, ...]


def candidates(board: Board, incoming: Incoming) -> tuple[Candidate, ...]:
    """Models with a result on a task of the board, as the board computes it; none of runs that hold hardware profiles alone.

    Raises:
        BenchwrightError: A result does not fit the board: other data, a part of a split, an adapter that it does not take, answers that
            are none; every reason is told.
    """
    found, problems = list[Candidate](), list[str]()
    for run in incoming.runs:
        for ref in run.spec.models:
            checked = [
                check_cell(board, incoming.store, run, ref, cell)
                for task in board.spec.task
                for cell in run.cells
                if cell.model == ref.name and cell.task_path == task.path and cell.status == "scored" and cell.key
            ]
            problems += [text for one in checked for text in one.problems]
            results = tuple(one.result for one in checked if one.result is not None)
            if results:
                found.append(Candidate(run=run, ref=ref, results=results))
    if problems:
        raise refusal(
            problems,
            expected="whole results on the tasks of the board, whose digests board.toml names",
            hint="run the model on the data of the board; RUN:MODEL adds one model of a run alone",
        )
    if not found and not any(run.profiles for run in incoming.runs):
        unfinished = [run.name for run in incoming.runs if not run.complete]
        raise refusal(
            [f"{name} is unfinished" for name in unfinished] or ["no task of the board is scored in it"],
            expected=f"a whole result on one of: {', '.join(board.spec.weights)}",
            hint="type the same `benchwright run` again: it goes on where it stopped"
            if unfinished
            else "run the model on the suites of the board",
        )
    return tuple(found)


def settle(
    board: Board, incoming: Incoming, found: Sequence[Candidate], *, team: str, trained_on: str, same_as: str
) -> tuple[Entry, ...]:
    """The entries as this board takes them, with ids that no other entry ever had.

    Raises:
        BenchwrightError: The team has no attempt left, or a model answers as an entry does that it was not said to be the same as.
    """
    before = sum(team_key(one.submission.team) == team_key(team) for one in board.entries)
    _check_attempts(board, team, before, len(found))
    known = {one.entry.id: one.entry for one in board.entries}
    if same_as and same_as not in known and same_as not in {candidate.ref.name for candidate in found}:
        raise BenchwrightError(
            f"--same-as {same_as}: no such entry",
            expected="the id of an entry, or the name of a model that is added with it",
            hint="benchwright board list",
        )
    made = list[Entry]()
    for candidate in found:
        same = _same_answers(candidate, [*known.values(), *made])
        if same and same_as not in same:
            raise _is_same(candidate, same)
        made.append(
            Entry(
                id=next(entry_ids(candidate.ref.name, {*known, *(one.id for one in made)})),
                name=candidate.ref.name,
                run=candidate.run.name,
                adapter=candidate.ref.adapter,
                model=_model_digest(incoming, candidate.results),
                attempt=before + len(made) + 1,
                results=candidate.results,
                cost=_cost(board, incoming, candidate),
                trained_on=trained_on,
                same_as=same_as if same else "",
            )
        )
    return tuple(made)


def later_costs(board: Board, incoming: Incoming, team: str) -> dict[str, Cost]:
    """What entries of a team cost, by profiles of their models that were made after they were added: by entry id.

    Raises:
        BenchwrightError: No profile is of the model of such an entry, or none that the board takes.
    """
    found = dict[str, Cost]()
    for one in board.entries:
        if team_key(one.submission.team) != team_key(team) or one.withdrawn is not None:
            continue
        store = one.store()
        mine = StoredModel(store, store.read_run(one.entry.run), one.entry.name)
        profiles = profiles_of(mine, incoming.store, incoming.runs)
        if profiles:
            found[one.entry.id] = cost_of(board, mine, profiles)
    taken = {name: cost for name, cost in found.items() if cost.base}
    if not taken:
        why = dict.fromkeys(cost.why for cost in found.values()) or [
            f"its hardware profiles are of no model that {team} has on the board"
        ]
        raise refusal(
            list(why),
            expected="profiles of the very same model (its files, options, device and precision) on the machine of board.toml",
            hint="add the scored run first, or both in one command",
        )
    return taken


def _check_attempts(board: Board, team: str, before: int, more: int) -> None:
    most = board.spec.rules.attempts
    if most is not None and more and before + more > most:
        raise BenchwrightError(
            f"not added: {team} has {before} of {most} attempts on this board, and this would be {more} more",
            expected=f"at most {most} entries of a team; withdrawn ones count",
            hint="choose one model before it is entered: RUN:MODEL",
        )


def _same_answers(candidate: Candidate, entries: Iterable[Entry]) -> list[str]:
    """Entries with the same answer to every item of every task that both have."""
    mine = {one.path: one for one in candidate.results}
    found = list[str]()
    for entry in entries:
        pairs = [(mine[one.path], one) for one in entry.results if one.path in mine]
        shared = [(one, other) for one, other in pairs if one.digest == other.digest and one.limit == other.limit]
        if shared and all(one.records == other.records for one, other in shared):
            found.append(entry.id)
    return found


def _is_same(candidate: Candidate, same: Sequence[str]) -> BenchwrightError:
    return BenchwrightError(
        f"not added: {candidate.ref.name} gives the answers of {same[0]} to every item of every task that both have",
        expected="a model that the board does not have under another name",
        hint=f"if it is another model that happens to answer alike, say so: --same-as {same[0]}",
    )


def _cost(board: Board, incoming: Incoming, candidate: Candidate) -> Cost:
    mine = StoredModel(incoming.store, candidate.run, candidate.ref.name)
    return cost_of(board, mine, profiles_of(mine, incoming.store, incoming.runs))


def _model_digest(incoming: Incoming, results: Sequence[TaskResult]) -> str | None:
    """The digest of the model; of one with a checkpoint for each task that of all of them; None where one has none."""
    told = {one.path: incoming.store.read_cell(one.key).facts.digest for one in results}
    if None in told.values():
        return None
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()
