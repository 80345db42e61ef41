"""`board add`: take runs or bundles in: verified, scored anew from their predictions, whole or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.items import count
from benchwright.store import Store
from benchwright_leaderboards.board import Board, open_board
from benchwright_leaderboards.costs import with_profiles
from benchwright_leaderboards.entries import ENTRY, Submission
from benchwright_leaderboards.hold import hold
from benchwright_leaderboards.incoming import Incoming, unpack
from benchwright_leaderboards.intake import Candidate, candidates, later_costs, settle
from benchwright_leaderboards.names import clean_team, remark_problem, team_problem
from benchwright_leaderboards.placing import digest_files, place, tidy
from benchwright_leaderboards.verify import refusing, verify


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is said of a submission.

    Attributes:
        team: Who enters it; attempts are counted by team.
        note: What is to be known of it.
        trained_on: What its training data were; empty: not told.
        same_as: Entry whose answers a model may give on every item; empty: equal answers are refused.
    """

    team: str
    note: str = ""
    trained_on: str = ""
    same_as: str = ""


def add(
    root: Path,
    sources: Sequence[str],
    *,
    store: Store,
    team: str,
    note: str = "",
    trained_on: str = "",
    same_as: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> Submission:
    """Take ``RUN[:MODEL]`` or ``BUNDLE[:MODEL]`` into the board in ``root``; one submission, in one step.

    Everything is checked against the board as it stands before anything of it is touched, and once more when nobody else can change it.

    Args:
        root: Folder of the board.
        sources: Names of runs of ``store``, or paths of bundles. Runs that hold hardware profiles alone may be among them: they are joined
            to entries of the very same model, in this submission or on the board.
        store: Where runs are.
        team: Who enters it.
        note: What is to be known of it.
        trained_on: What its training data were.
        same_as: Id of an entry with the same answers, where the models are different ones nevertheless.
        tell: Is told what of the runs is not taken.

    Raises:
        BenchwrightError: A source does not verify or the board does not take it; every byte of the board is as it was.
    """
    request = Request(team=clean_team(team), note=note, trained_on=trained_on, same_as=same_as)
    board = open_board(root)
    if problem := team_problem(team):
        raise BenchwrightError(problem, expected="the name of a team or a person", hint="say who: --team NAME")
    for option, text in (("--note", note), ("--trained-on", trained_on)):
        if problem := remark_problem(option, text):
            raise BenchwrightError(
                problem, expected="a sentence or two", hint=f"say it shorter, and link to more: {option} TEXT"
            )
    with tempfile.TemporaryDirectory() as scratch:
        with refusing():
            incoming = unpack(sources, store, Path(scratch), list(board.spec.weights))
            verify(incoming)
            incoming = _measured_anew(incoming)
            found = candidates(board, incoming)
            files = digest_files(incoming)
            _submission(board, incoming, found, files, request)
        with hold(root):
            made = _submission(open_board(root), incoming, found, files, request)
            place(root, made, incoming)
            tidy(root)
    if incoming.left_out:
        tell(f"{count(incoming.left_out, 'explanation')} left out: a board holds answers and their scores")
    return made


def _measured_anew(incoming: Incoming) -> Incoming:
    """With hardware profiles computed from their raw samples, in the runs that will be kept too."""
    runs = with_profiles(incoming.store, incoming.runs)
    for run in runs:
        incoming.store.write_run(run)
    return replace(incoming, runs=runs)


def _submission(
    board: Board, incoming: Incoming, found: Sequence[Candidate], files: dict[str, str], request: Request
) -> Submission:
    """The submission as this board takes it. Raises BenchwrightError where it does not."""
    whole = hashlib.sha256(msgspec.json.encode(sorted(files.items()))).hexdigest()
    _refuse_twice(board, whole)
    measured = {} if found else later_costs(board, incoming, request.team)
    entries = settle(board, incoming, found, team=request.team, trained_on=request.trained_on, same_as=request.same_as)
    return Submission(
        schema=ENTRY,
        id=whole[:16],
        digest=whole,
        team=request.team,
        added=datetime.now(UTC).isoformat(timespec="microseconds"),
        note=request.note,
        entries=entries,
        files=files,
        inputs=tuple(sorted(path.stem for path in (incoming.store.root / "inputs").glob("*.parquet"))),
        measured=measured,
    )


def _refuse_twice(board: Board, whole: str) -> None:
    known = next((one for one in board.submissions if one.id == whole[:16]), None)
    if known is not None:
        names = ", ".join(entry.id for entry in known.entries) or ", ".join(known.measured)
        raise BenchwrightError(
            f"not added: it is on the board already as {names}, added by {known.team} on {known.added[:10]}",
            expected="a submission that the board does not have",
            hint=f"benchwright board list --board {board.root}",
        )
