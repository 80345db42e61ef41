"""Entries as the grid that rooms of reports work on: labels are entry ids, scores are the board's, records have silence counted as wrong where asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from benchwright.paths import with_short_paths
from benchwright.redaction import left_out
from benchwright.render.grid import Column, Grid, GridRow
from benchwright.store.reader import RecordReader
from benchwright.task_path import TaskPath
from benchwright.types import Alarm, CellResult, Record, Run, Task
from benchwright.unanswered import count_as_wrong
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.entries import TaskResult

Records = Callable[[str], Sequence[Record]]


@dataclass(frozen=True, kw_only=True)
class EntryGrid:
    """Entries side by side.

    Attributes:
        entries: Their order is that of the grid's systems.
        runs: The run of each, as it was handed in.
        grid: Models by tasks. Alarms that the runs tell of are left out: the board looks for them itself (`alarms_of_result`).
        inputs: Whether records carry their texts.
    """

    entries: tuple[PlacedEntry, ...]
    runs: tuple[Run, ...]
    grid: Grid
    inputs: bool
    _readers: dict[int, RecordReader] = field(default_factory=dict, init=False, repr=False)

    def records(self, key: str) -> Sequence[Record]:
        """The records of a cell of the grid, as they were answered. Raises StoreError."""
        at, _, name = key.partition(":")
        return self._reader(int(at))(name)

    def counted(self, key: str) -> Sequence[Record]:
        """The same with unanswered items counted as wrong, as all scores of the board are. Raises StoreError, NotComparable."""
        at, _, name = key.partition(":")
        entry = self.entries[int(at)].entry
        result = next(one for one in entry.results if one.key == name)
        found = self._reader(int(at))(name)
        if not result.score.errored:
            return found
        task = self.runs[int(at)].tasks[result.path]
        return [count_as_wrong(task, record) for record in found]

    def _reader(self, at: int) -> RecordReader:
        if at not in self._readers:
            told = with_short_paths if self.inputs else left_out
            self._readers[at] = RecordReader(self.entries[at].store(), inputs=self.inputs, message=told)
        return self._readers[at]


def entry_grid(
    entries: Sequence[PlacedEntry],
    paths: Sequence[str],
    *,
    inputs: bool,
    alarms: Mapping[str, Sequence[Alarm]] | None = None,
) -> EntryGrid:
    """Entries on tasks of a board, as rooms of reports take them.

    Args:
        entries: In the order of rows.
        paths: Tasks; those that no entry answered are left out.
        inputs: Whether texts are shown.
        alarms: ``suite/task`` -> what is told of the cells there; for one entry.

    Raises:
        StoreError: A run cannot be read.
    """
    runs = tuple(one.store().read_run(one.entry.run) for one in entries)
    rows = tuple(
        GridRow(
            label=one.entry.id,
            run=one.entry.run,
            model=one.entry.name,
            ref=next((ref for ref in run.spec.models if ref.name == one.entry.name), None),
        )
        for one, run in zip(entries, runs, strict=True)
    )
    columns = tuple(
        column for path in paths if (column := _column(entries, runs, path, (alarms or {}).get(path, ()))).cells
    )
    grid = Grid(systems=rows, columns=columns, aggregates=(), rows=tuple(range(len(rows))))
    return EntryGrid(entries=tuple(entries), runs=runs, grid=grid, inputs=inputs)


def _column(entries: Sequence[PlacedEntry], runs: Sequence[Run], path: str, alarms: Sequence[Alarm]) -> Column:
    cells, card, split = dict[int, CellResult](), None, ""
    for at, (one, run) in enumerate(zip(entries, runs, strict=True)):
        result = one.entry.result(path)
        known = next((cell for cell in run.cells if cell.model == one.entry.name and cell.task_path == path), None)
        if result is not None and known is not None:
            cells[at] = _cell(known, result, at, alarms)
            card, split = card or run.tasks.get(path), split or known.split
    place = TaskPath.parse(path)
    suite = next(iter(cells.values())).suite if cells else place.suite
    task: Task | None = card
    return Column(suite=suite, task=path.removeprefix(f"{suite}/"), split=split, card=task, cells=cells)


def _cell(known: CellResult, result: TaskResult, at: int, alarms: Sequence[Alarm]) -> CellResult:
    """The cell with the board's scores and alarms; its key says whose it is, since two entries may hold answers of one name."""
    return msgspec.structs.replace(
        known,
        key=f"{at}:{result.key}",
        score=result.score,
        scores=result.scores,
        alarms=tuple(alarms),
        ledger=None,
        training=None,
        seconds=None,
    )
