"""The section of a report about one task: card, all metrics, confusion matrices and distributions of answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchwright.errors import BenchwrightError
from benchwright.formatting import count, finite, interval, value
from benchwright.items import counted
from benchwright.quantities import SCORE, Unit, bare, metric_title, unit_of
from benchwright.render.confusion import Confusion, count_confusion
from benchwright.render.distribution import Distribution, distribute
from benchwright.render.grid import Column, Grid
from benchwright.render.metric_table import MetricRow, MetricTable, metrics_shown, tabulate
from benchwright.render.summary import anchor, lost
from benchwright.types import CellResult, Record, Score, Task

Records = Callable[[str], Sequence[Record]]
"""Cell key -> its records."""

MOST_LOOKS = 24
"""Results on a page with confusion matrices and distributions; with more of them a reader asks for one task."""
MOST_LOOKED_AT = 8
"""Models per task with confusion matrices or distributions of their own."""
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordDetails:
    """Confusion matrix and distribution of one system; None if not applicable.

    Attributes:
        note: Why there is nothing, or why counts do not agree.
    """

    system: str
    confusion: Confusion | None = None
    distribution: Distribution | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaveatLine:
    """A caveat of a task's card, its reference in pieces of text, each with its address when it is one."""

    kind: str
    reason: str
    reference: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """How much of a task its part of the page shows.

    Attributes:
        metrics: Most metrics.
        looks: Whether records are looked at: confusion matrices, distributions.
    """

    metrics: int
    looks: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDetail:
    """Everything about one task.

    Attributes:
        better: Titles of the score's metrics and which end is better, as far as known.
        citation: Pieces of text, each with its address when it is one.
        most_metrics: How many of the metrics `table` holds.
        problems: Label, status and reason of systems without a score.
    """

    anchor: str
    column: Column
    card: Task | None
    better: str
    citation: tuple[tuple[str, str], ...]
    metrics: tuple[MetricRow, ...]
    most_metrics: int
    problems: tuple[tuple[str, str, str], ...]
    looks: tuple[RecordDetails, ...]
    caveats: tuple[CaveatLine, ...] = ()

    @property
    def table(self) -> MetricTable | None:
        """The first metrics of all models, the best model first; None without a number."""
        return tabulate(self.metrics, most=self.most_metrics, lower=self.column.direction == "lower")


def detail(grid: Grid, column: Column, records: Records, shown: Shown) -> TaskDetail:
    """The part about a task, as much of it as is shown; records are read for confusion matrices and distributions alone."""
    metrics = _metrics(grid, column)
    looks = _looks(grid, column, records) if shown.looks else ()
    return TaskDetail(
        anchor=anchor(grid, column),
        column=column,
        card=column.card,
        better=_better(column),
        citation=link(column.card.citation) if column.card else (),
        metrics=metrics,
        most_metrics=shown.metrics,
        problems=tuple(
            (grid.systems[at].label, cell.status if cell.status != "scored" else "no score", cell.reason)
            for at, cell in sorted(column.cells.items())
            if cell.status != "scored" or cell.score is None
        ),
        looks=looks,
        caveats=tuple(
            CaveatLine(kind=one.kind, reason=one.reason, reference=link(one.reference))
            for one in (column.card.caveats if column.card else ())
        ),
    )


def decide_shown(grid: Grid) -> Shown:
    """How much of each task a page over so many results shows."""
    results = sum(len(column.cells) for column in grid.columns if not column.is_hardware)
    return Shown(
        metrics=metrics_shown(results),
        looks=results <= MOST_LOOKS,
    )


def _better(column: Column) -> str:
    found = column.quantity
    return f"{found.title}; {found.better}" if found else ""


def link(citation: str) -> tuple[tuple[str, str], ...]:
    """Pieces of a citation: text and an address, or text and an empty string."""
    pieces = []
    end = 0
    for match in _ADDRESS.finditer(citation):
        address = match[0].rstrip(".,;")
        pieces += [(citation[end : match.start()], ""), (address, address)]
        end = match.start() + len(address)
    pieces.append((citation[end:], ""))
    return tuple(piece for piece in pieces if piece[0])


def _metrics(grid: Grid, column: Column) -> tuple[MetricRow, ...]:
    found: dict[str, list[tuple[int, Score]]] = {}
    for at, cell in sorted(column.cells.items()):
        for score in _whole(column, cell):
            found.setdefault(score.metric, []).append((at, score))
    rows = []
    for metric, scores in found.items():
        unit = _unit(column, metric)
        rows += [_row(grid, column, at, score, unit) for at, score in scores]
    return tuple(rows)


def _unit(column: Column, metric: str) -> Unit:
    if metric != SCORE:
        return unit_of([metric])
    return column.unit


def _whole(column: Column, cell: CellResult) -> list[Score]:
    """Scores over the whole split; the task score is left out where it repeats its only metric."""
    scores = [score for score in cell.scores if score.slice is None]
    if cell.score is None:
        return scores
    only = column.card.score_metrics if column.card else ()
    repeats = len(only) == 1 and any(
        bare(score.metric) == only[0]
        and (score.value, score.low, score.high) == (cell.score.value, cell.score.low, cell.score.high)
        for score in scores
    )
    return scores if repeats else [cell.score, *scores]


def _row(grid: Grid, column: Column, at: int, score: Score, unit: Unit) -> MetricRow:
    cell = column.cells[at]
    return MetricRow(
        system=grid.systems[at].label,
        name=bare(score.metric),
        metric="task score" if score.metric == "score" else metric_title(score.metric, column.card_of(at)),
        value=value(score.value, unit) if finite(score.value) is not None else "undefined",
        sort=finite(score.value),
        between=interval(score.low, score.high, unit),
        n=count(score.n),
        counted=counted(score),
        errored=count(score.errored),
        skipped=count(score.skipped),
        truncated=count(lost(cell)[1] if cell.ledger else None),
        clusters=count(score.clusters),
        method=score.method,
        alarms=score.alarms,
    )


def _looks(grid: Grid, column: Column, records: Records) -> tuple[RecordDetails, ...]:
    card = column.card
    if card is None or card.behaviour:  # of behavioural tests the unit is the case: they have a section of their own
        return ()
    found = []
    for at, cell in sorted(column.cells.items()):
        if cell.key is not None and cell.status in {"scored", "failed"}:
            found.append(_record_details(grid.systems[at].label, column.card_of(at) or card, cell, records))
    return tuple(found)


def _record_details(system: str, card: Task, cell: CellResult, records: Records) -> RecordDetails:
    assert cell.key is not None
    try:
        rows = records(cell.key)
    except BenchwrightError as error:
        if cell.status == "failed":
            return RecordDetails(system=system)
        return RecordDetails(system=system, note=f"Its records cannot be read: {error.problem}")
    confusion = count_confusion(card, rows)
    note = ""
    if confusion is not None and cell.score is not None and confusion.scored != cell.score.n:
        note = f"The matrix counts {count(confusion.scored)} examples, the score {counted(cell.score)}."
    return RecordDetails(
        system=system,
        confusion=confusion,
        distribution=distribute(card, rows),
        note=note,
    )
