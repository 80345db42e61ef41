"""Where every example went: of each model on each task how many were scored, errored, skipped and truncated, and what that took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchwright.answers import answers_of
from benchwright.errors import BenchwrightError
from benchwright.inert import visible
from benchwright.render.details import Records
from benchwright.render.grid import Column, Grid
from benchwright.render.summary import anchor
from benchwright.types import CellResult, Task

MOST_ROWS = 40
"""Rows of results that lost something, and rows of tasks on which nothing was lost."""
MOST_CAUSES = 12
LONGEST_CAUSE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerLine:
    """One model on one task, or the sum of several: ``total = scored + errored + skipped``.

    Attributes:
        systems: Labels of the models.
        anchor: Id of the section about the task; empty for a sum over tasks.
        status: As in `CellResult`; ``scored`` for a sum.
        reason: Of a result without a score, and of counts that do not add up.
        known: Results among ``systems`` whose counts are known; of the others nothing is in the numbers.
        tokens: Tokens that were read; 0 where models do not say.
        unknown: Of them those that the vocabulary lacks.
        computed: Results whose answers were computed by the run.
        reused: Results whose answers were in the store already.
        seconds: Spent predicting; None where nothing was timed.
    """

    task: str
    split: str = ""
    anchor: str = ""
    systems: tuple[str, ...] = ()
    status: str = "scored"
    reason: str = ""
    known: int = 0
    total: int = 0
    scored: int = 0
    errored: int = 0
    skipped: int = 0
    truncated: int = 0
    tokens: int = 0
    unknown: int = 0
    computed: int = 0
    reused: int = 0
    seconds: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every example was scored, and read as a whole."""
        return self.status == "scored" and not (self.reason or self.total - self.scored or self.truncated)


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorCause:
    """What was said of examples without an answer, and of how many."""

    system: str
    task: str
    text: str
    examples: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerSection:
    """The ledger of a report.

    Attributes:
        lines: Every result, in the order of tasks and models.
        sum: Over all lines.
        causes: Of errored examples, the commonest first.
        hidden_causes: Causes that are left out.
    """

    lines: tuple[LedgerLine, ...]
    sum: LedgerLine
    causes: tuple[ErrorCause, ...]
    hidden_causes: int
    models: int

    @property
    def lost(self) -> tuple[LedgerLine, ...]:
        """Rows of a page: results of which something is missing, those without answers first, then by how much."""
        lost = [line for line in self.lines if not line.is_whole]
        return _cut(sorted([*_joined(lost), *(line for line in lost if line.known)], key=_severity))

    @property
    def whole(self) -> tuple[LedgerLine, ...]:
        """Rows of a page: for each task the results of which nothing is missing, as one line."""
        by_task: dict[tuple[str, str], list[LedgerLine]] = {}
        for line in self.lines:
            if line.is_whole:
                by_task.setdefault((line.task, line.split), []).append(line)
        return _cut([add(found, task=found[0].task) for found in by_task.values()])


def find_ledger(grid: Grid, records: Records) -> LedgerSection | None:
    """The ledger of all results but hardware profiles, which hold no answers; None without any."""
    lines = [
        _line(grid, column, at, cell)
        for column in grid.columns
        if not column.is_hardware
        for at, cell in sorted(column.cells.items())
    ]
    if not lines:
        return None
    causes = _causes(grid, records)
    return LedgerSection(
        lines=tuple(lines),
        sum=replace(add(lines, task="Sum"), split="", anchor=""),
        causes=tuple(causes[:MOST_CAUSES]),
        hidden_causes=max(0, len(causes) - MOST_CAUSES),
        models=len(grid.systems),
    )


def add(lines: Sequence[LedgerLine], *, task: str) -> LedgerLine:
    """The sum of lines; of one task it keeps the task's split and anchor."""
    timed = [line.seconds for line in lines if line.seconds is not None]
    one = len({(line.task, line.split) for line in lines}) == 1
    return LedgerLine(
        task=task,
        split=lines[0].split if one else "",
        anchor=lines[0].anchor if one else "",
        systems=tuple(dict.fromkeys(system for line in lines for system in line.systems)),
        known=sum(line.known for line in lines),
        total=sum(line.total for line in lines),
        scored=sum(line.scored for line in lines),
        errored=sum(line.errored for line in lines),
        skipped=sum(line.skipped for line in lines),
        truncated=sum(line.truncated for line in lines),
        tokens=sum(line.tokens for line in lines),
        unknown=sum(line.unknown for line in lines),
        computed=sum(line.computed for line in lines),
        reused=sum(line.reused for line in lines),
        seconds=sum(timed) if timed else None,
    )


def _line(grid: Grid, column: Column, at: int, cell: CellResult) -> LedgerLine:
    counts = cell.ledger
    reason = cell.reason
    if counts is not None and counts.total != counts.scored + counts.errored + counts.skipped:
        reason = "; ".join(filter(None, (reason, "these counts do not add up")))
    return LedgerLine(
        task=column.name,
        split=column.split,
        anchor=anchor(grid, column),
        systems=(grid.systems[at].label,),
        status=cell.status,
        reason=reason if reason or counts is not None else "no counts were kept",
        known=int(counts is not None),
        total=counts.total if counts else 0,
        scored=counts.scored if counts else 0,
        errored=counts.errored if counts else 0,
        skipped=counts.skipped if counts else 0,
        truncated=counts.truncated if counts else 0,
        tokens=counts.tokens if counts else 0,
        unknown=counts.unknown if counts else 0,
        computed=int(counts is not None and not cell.reused),
        reused=int(counts is not None and cell.reused),
        seconds=cell.seconds,
    )


def _joined(lines: Sequence[LedgerLine]) -> list[LedgerLine]:
    """Results without counts, those of one task for one reason as one line."""
    found: dict[tuple[str, str, str, str], list[LedgerLine]] = {}
    for line in lines:
        if not line.known:
            found.setdefault((line.task, line.split, line.status, line.reason), []).append(line)
    return [
        replace(add(of_one, task=task), status=status, reason=reason)
        for (task, _, status, reason), of_one in found.items()
    ]


def _severity(line: LedgerLine) -> tuple[bool, float, float, str, tuple[str, ...]]:
    of_all = max(1, line.total)
    missing = line.errored + line.skipped
    return (
        line.status == "scored" and not line.reason,
        -missing / of_all,
        -line.truncated / of_all,
        line.task,
        line.systems,
    )


def _cut(lines: Sequence[LedgerLine]) -> tuple[LedgerLine, ...]:
    """The first ones, and one sum of all others, so that what is shown adds up to the sum over all."""
    if len(lines) <= MOST_ROWS + 1:
        return tuple(lines)
    rest = lines[MOST_ROWS:]
    results = sum(len(line.systems) for line in rest)
    return (*lines[:MOST_ROWS], add(rest, task=f"{results:,} results in {len(rest):,} more rows"))


def _causes(grid: Grid, records: Records) -> list[ErrorCause]:
    found: Counter[tuple[str, str, str]] = Counter()
    for column in grid.columns:
        for at, cell in sorted(column.cells.items()):
            if cell.ledger is None or not cell.ledger.errored or cell.key is None:
                continue
            for error in _errors(column.card_of(at), records, cell.key):
                text = " ".join(visible(error).split())[:LONGEST_CAUSE]
                found[grid.systems[at].label, column.name, text] += 1
    return [
        ErrorCause(system=system, task=task, text=text, examples=examples)
        for (system, task, text), examples in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    ]


def _errors(card: Task | None, records: Records, key: str) -> list[str]:
    try:
        if card is None:
            return [record.error for record in records(key) if record.error is not None]
        return [error for error in answers_of(card, records(key)).errors.to_list() if error is not None]
    except BenchwrightError as error:
        return [f"its records cannot be read: {error.problem}"]
