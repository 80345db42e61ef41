"""`board check`: whether a board is what its submissions say: every file by its digest, every score by the answers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError, StoreError
from benchwright.inert import inert
from benchwright.paths import is_file
from benchwright.store import atomic, integrity
from benchwright.types import Frozen
from benchwright_leaderboards.board import (
    FILE,
    SUBMISSIONS,
    WITHDRAWN,
    Board,
    EntryStore,
    PlacedEntry,
    open_board,
    read_submission,
    submission_folders,
)
from benchwright_leaderboards.entries import ENTRY, Submission, TaskResult
from benchwright_leaderboards.hold import hold
from benchwright_leaderboards.listing import warnings_of
from benchwright_leaderboards.names import team_key
from benchwright_leaderboards.placing import INPUTS, tidy
from benchwright_leaderboards.releases import find_damage
from benchwright_leaderboards.rescore import differs, fresh_results
from benchwright_leaderboards.results import metric_ids
from benchwright_leaderboards.spec import read_spec
from benchwright_leaderboards.task_digest import data_digest


class BoardProblem(Frozen, frozen=True, kw_only=True):
    """Something about a board; ``damaged`` says that a file is not what was taken in."""

    what: str
    where: str
    problem: str
    damaged: bool = True


def check(root: Path) -> tuple[BoardProblem, ...]:
    """Everything about a board that is damaged, and what whoever keeps it should know.

    Raises:
        BenchwrightError: There is no board, or its ``board.toml`` is wrong.
    """
    read_spec(root)
    found = [problem for folder in submission_folders(root) for problem in _folder(root, folder)]
    found += [BoardProblem(what="release", where="releases", problem=inert(line)) for line in find_damage(root)]
    if any(problem.damaged for problem in found):
        return tuple(found)
    board = open_board(root, anew=True)
    found += [problem for one in board.entries for problem in _entry(board, one)]
    return (*found, *_whole(board), *_left(root, board))


def _folder(root: Path, folder: Path) -> Iterator[BoardProblem]:
    """What is wrong with the files of a submission."""

    def told(problem: str, where: str = folder.name) -> BoardProblem:
        return BoardProblem(what="submission", where=where, problem=inert(problem))

    try:
        made = read_submission(folder / FILE)
    except StoreError as error:
        yield told(error.problem)
        return
    if made.schema != ENTRY:
        yield told(f"schema {made.schema}, not {ENTRY}")
    whole = hashlib.sha256(msgspec.json.encode(sorted(made.files.items()))).hexdigest()
    if (made.id, made.digest) != (folder.name, whole) or whole[:16] != made.id:
        yield told("its id is not the digest of its files")
    yield from (told(problem) for problem in _file_problems(folder, made))
    store = EntryStore(folder / "store", root / INPUTS)
    try:
        yield from (told(f"{one.what} {one.where}: {one.problem}") for one in integrity.check(store) if one.damaged)
        yield from (told(problem) for problem in _text_problems(store, made))
    except BenchwrightError as error:
        yield told(error.problem)


def _file_problems(folder: Path, made: Submission) -> Iterator[str]:
    there = {path.relative_to(folder / "store").as_posix() for path in (folder / "store").rglob("*") if path.is_file()}
    for name in sorted(there - made.files.keys()):
        yield f"store/{name} is none of its files"
    for name, digest in sorted(made.files.items()):
        if name not in there:
            yield f"store/{name} is gone"
        elif hashlib.sha256((folder / "store" / name).read_bytes()).hexdigest() != digest:
            yield f"store/{name} was changed"
    known = {"store", FILE, WITHDRAWN}
    for path in sorted(folder.iterdir()):
        if path.name not in known and path not in atomic.drafts(folder):
            yield f"{path.name} is none of its files"


def _text_problems(store: EntryStore, made: Submission) -> Iterator[str]:
    """Texts are there, and with the gold answers they have the hash that the key of the cell names."""
    for name in made.inputs:
        if not is_file(store.inputs_path(name)):
            yield f"{INPUTS}/{name}.parquet is gone"
            return
    for key in store.cell_keys():
        cell = store.read_cell(key)
        if cell.key.limit is not None or store.is_measured(key):
            continue
        found = data_digest(store.read_records(key), store.read_inputs(cell.inputs), cell.key, cell.task)
        if found not in (None, cell.key.data):
            yield f"{INPUTS}/{cell.inputs}.parquet: texts or gold answers are not those of the data that the key of {key[:12]} names"


def _entry(board: Board, one: PlacedEntry) -> Iterator[BoardProblem]:
    """Scores that the answers do not give; those of earlier metrics are no damage."""
    old = {result.path: result for result in one.entry.results}
    for new in fresh_results(board, one):
        if isinstance(new, BenchwrightError):
            yield BoardProblem(what="entry", where=one.entry.id, problem=new.problem)
            continue
        before = old.get(new.path)
        why = (
            "its run has an answer to the task, which came to the board later"
            if before is None
            else differs(before, new)
        )
        if why:
            is_older = before is None or _ways(before) != _ways(new)
            hint = ": type `benchwright board rescore`" if is_older else ""
            problem = f"{new.path}: {why}{hint}"
            yield BoardProblem(what="entry", where=one.entry.id, problem=problem, damaged=not is_older)


def _ways(result: TaskResult) -> tuple[object, ...]:
    """By what a result was computed: where it differs, other numbers are no damage."""
    return metric_ids(result), result.digest, result.checks


def _whole(board: Board) -> Iterator[BoardProblem]:
    """What no submission alone tells: ids that two have, attempts, baselines, stale rows."""
    ids = Counter(one.entry.id.casefold() for one in board.entries)
    for name in (name for name, count in ids.items() if count > 1):
        yield BoardProblem(what="entry", where=name, problem=f"{ids[name]} entries have this id")
    most, teams = board.spec.rules.attempts, Counter(team_key(one.submission.team) for one in board.entries)
    for team, count in teams.items():
        if most is not None and count > most:
            problem = f"{count} entries, more than the {most} of board.toml"
            yield BoardProblem(what="team", where=team, problem=problem, damaged=False)
    for line in warnings_of(board):
        yield BoardProblem(what="board", where=board.spec.title, problem=line, damaged=False)


def _left(root: Path, board: Board) -> Iterator[BoardProblem]:
    """Drafts of killed processes, and texts that nobody uses."""
    needed = {f"{name}.parquet" for one in board.submissions for name in one.inputs}
    drafts = [path for folder in (root, root / SUBMISSIONS, root / INPUTS) for path in atomic.drafts(folder)]
    unused = [path for path in sorted((root / INPUTS).glob("*.parquet")) if path.name not in needed]
    for path in (*(path for path in drafts if atomic.is_abandoned(path)), *unused):
        where = path.relative_to(root).as_posix()
        yield BoardProblem(what="file", where=where, problem="left behind: --prune removes it", damaged=False)


def prune(root: Path) -> list[Path]:
    """Remove what killed processes left, and texts that no submission uses; returns them. Raises StoreError for a damaged board."""
    open_board(root, anew=True)
    with hold(root):
        return tidy(root)
