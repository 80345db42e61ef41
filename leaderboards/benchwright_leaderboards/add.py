"""`board add`: take runs or bundles in: verified, scored anew from their predictions, whole or not at all."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.paths import is_file
from benchwright.reporting import choose
from benchwright.score_cache import recheck
from benchwright.store import Store, atomic, bundle, integrity
from benchwright.store.folder import to_json
from benchwright.store.lease import lease
from benchwright.types import ModelRef, Run
from benchwright_leaderboards.board import Board, EntryStore, open_board
from benchwright_leaderboards.entries import ENTRY, Cost, Entry, Submission, TaskResult
from benchwright_leaderboards.results import score_result


def add(root: Path, sources: Sequence[str], *, store: Store, team: str = "", note: str = "") -> Submission:
    """Take ``RUN``, ``RUN:MODEL`` or bundle files into the board in ``root``; one submission, in one step.

    Raises:
        BenchwrightError: A source does not verify or the board does not take it; the board is as it was.
    """
    board = open_board(root)
    with tempfile.TemporaryDirectory() as scratch:
        incoming = Store(Path(scratch) / "store")
        runs = [run for source in sources for run in _unpack(incoming, source, store, Path(scratch))]
        _verify(incoming)
        for run in runs:
            incoming.write_run(run)
        files = _digests(incoming.root)
        whole = hashlib.sha256(msgspec.json.encode(sorted(files.items()))).hexdigest()
        with lease(root / ".lock", wait=True):
            made = _submission(board, incoming, runs, files, whole, team=team, note=note)
            _put(root, made, incoming)
    return made


def _unpack(incoming: Store, source: str, store: Store, scratch: Path) -> list[Run]:
    """The runs of a source, in the incoming store; every source goes through a bundle, whose reader trusts nothing."""
    path, model = Path(source), ""
    if not is_file(path):
        name, _, model = source.partition(":")
        path = scratch / f"{hashlib.sha256(name.encode()).hexdigest()}.zip"
        bundle.export(store, [name], path)
    names = bundle.import_(incoming, path)
    return [choose([incoming.read_run(name)], models=[model] if model else [])[0] for name in names]


def _verify(incoming: Store) -> None:
    """Raise BenchwrightError where anything is not what it says."""
    problems = [finding.problem for finding in integrity.check(incoming) if finding.damaged]
    problems = problems or [
        line for name in incoming.run_names() for line in recheck(incoming, incoming.read_run(name))
    ]
    if problems:
        raise BenchwrightError(
            f"not added: {'; '.join(problems[:3])}",
            expected="predictions, texts and scores that belong together",
            hint="export the run again: benchwright store export RUN -o BUNDLE.zip",
        )


def _digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0] != "inputs"
    }


def _submission(
    board: Board, incoming: Store, runs: Sequence[Run], files: dict[str, str], whole: str, *, team: str, note: str
) -> Submission:
    before = sum(one.submission.team == team for one in board.entries)
    taken = {one.entry.id for one in board.entries}
    entries = list[Entry]()
    for run in runs:
        for ref in run.spec.models:
            made = _entry(board, incoming, run, ref, attempt=before + len(entries) + 1, taken=taken)
            taken.add(made.id)
            entries.append(made)
    if not any(entry.results for entry in entries):
        raise BenchwrightError(
            "not added: no task of the board is scored in it",
            expected=f"one of: {', '.join(board.spec.weights)}",
            hint="run the model on the suites of the board",
        )
    return Submission(
        schema=ENTRY,
        id=whole[:16],
        digest=whole,
        team=team,
        added=datetime.now(UTC).isoformat(timespec="microseconds"),
        note=note,
        entries=tuple(entries),
        files=files,
        inputs=tuple(sorted(path.stem for path in (incoming.root / "inputs").glob("*.parquet"))),
    )


def _entry(board: Board, incoming: Store, run: Run, ref: ModelRef, *, attempt: int, taken: set[str]) -> Entry:
    results = tuple(_results(board, incoming, run, ref.name))
    facts = incoming.read_cell(results[0].key).facts if results else None
    return Entry(
        id=next(name for name in _ids(ref.name) if name not in taken),
        name=ref.name,
        run=run.name,
        adapter=ref.adapter,
        model=facts.digest if facts else None,
        attempt=attempt,
        results=results,
        cost=Cost(size=facts.size_bytes, parameters=facts.parameters) if facts else Cost(),
    )


def _ids(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in range(2, 1_000_000))


def _results(board: Board, incoming: Store, run: Run, model: str) -> Iterator[TaskResult]:
    for task in board.spec.task:
        cell = next((one for one in run.cells if one.model == model and one.task_path == task.path), None)
        if cell is not None and cell.status == "scored" and cell.key is not None:
            yield score_result(incoming, cell.key, run.tasks[task.path], task.path)


def _put(root: Path, made: Submission, incoming: Store) -> None:
    """Texts first, which are named by content; then the submission, whose folder appears whole: with it the entries are there."""
    for path in (incoming.root / "inputs").glob("*.parquet"):
        place = EntryStore(root, root / "inputs").inputs_path(path.stem)
        if not is_file(place):
            atomic.write(place, path.read_bytes())
    with atomic.new_folder(root / "submissions" / made.id, what="the submission") as draft:
        for name in made.files:
            (draft / "store" / name).parent.mkdir(parents=True, exist_ok=True)
            (incoming.root / name).rename(draft / "store" / name)
        atomic.write(draft / "submission.json", to_json(made))
