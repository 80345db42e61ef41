"""Answers of a report's models on one task, compared with one of them: which can be, and why others cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchwright.answers import have_same_texts
from benchwright.comparison.comparable_answers import ComparableAnswers, check_versions
from benchwright.comparison.pairing import check_items, pair_records
from benchwright.comparison.pairwise import PairwiseEstimates
from benchwright.comparison.result import Refusal
from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.render.grid import Column, Grid
from benchwright.task_path import is_identity_view
from benchwright.types import CellResult, Record, Run, Task

Records = Callable[[str], Sequence[Record]]
"""Cell key -> its records."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ComparedTask:
    """The answers on a task of the models that compare with the reference.

    Attributes:
        column: The task.
        card: Its card.
        kept: Positions of the models, the reference first.
        estimates: Their differences, by place in ``kept``.
    """

    column: Column
    card: Task
    kept: tuple[int, ...]
    estimates: PairwiseEstimates

    @property
    def metric(self) -> str:
        """Name of the task's score: its metric, or ``score`` where it is a mean of several."""
        return "score" if len(self.card.score_metrics) > 1 else self.card.score_metrics[0]


def run_of_cells(runs: Sequence[Run]) -> dict[int, Run]:
    """Identity of a cell -> its run: a model that several runs hold has cells of each of them."""
    return {id(cell): run for run in runs for cell in run.cells}


def is_compared(column: Column, reference: int) -> bool:
    """Whether models are compared on a task: the reference has a score, and no section of its own holds the differences."""
    cell = column.cells.get(reference)
    return (
        cell is not None and cell.status == "scored" and column.card is not None and not is_identity_view(column.name)
    )


def compared_with(column: Column, reference: int) -> int | None:
    """Whom the models of a task are paired with: the reference; where it has no score there, the first model of those with most items.

    None where nobody is. Pairs of the others are tested all the same: the family is every pair of models, whoever the reference is.
    """
    if is_compared(column, reference):
        return reference
    found = [at for at in sorted(column.cells) if is_compared(column, at)]
    items = {at: one.n for at, one in column.scores().items()}
    return max(found, key=lambda at: (items.get(at, 0), -at)) if len(found) > 1 else None


def answers_on(
    grid: Grid, column: Column, reference: int, records: Records, owners: Mapping[int, Run]
) -> tuple[ComparedTask | None, tuple[Refusal, ...]]:
    """Answers of those models that compare with the reference on a task, None if none does; and why the others do not.

    Args:
        grid: Models and tasks.
        column: A task that `is_compared`.
        reference: Position of the model that others are compared with.
        records: Cell key -> its records.
        owners: As `run_of_cells` gives them.
    """
    card, first = column.card, column.cells[reference]
    assert card is not None
    kept, read, refused = [reference], [read_records(first, records)], list[Refusal]()
    for at, cell in sorted(column.cells.items()):
        if at == reference or cell.status != "scored":
            continue
        mine = read_records(cell, records)
        labels = (grid.systems[reference].label, grid.systems[at].label)
        try:
            _check_runs(column, labels, (owners[id(first)], owners[id(cell)]))
            _check_records(read[0], mine)
            check_items(column.name, card, labels, (read[0], mine))
            if card.behaviour:
                pair_records(column.name, card, labels, (first, cell), (read[0], mine))
        except BenchwrightError as error:
            refused.append(Refusal(path=column.name, system=labels[1], reason=error.problem))
        else:
            kept.append(at)
            read.append(mine)
    if len(kept) < 2:
        return None, tuple(refused)
    names = [grid.systems[at].label for at in kept]
    answers = ComparableAnswers(
        path=column.name,
        task=card,
        names=tuple((name,) for name in names),
        cells=tuple((column.cells[at],) for at in kept),
        keys=tuple(() for _ in kept),
        records=tuple((some,) for some in read),
    )
    return ComparedTask(column=column, card=card, kept=tuple(kept), estimates=PairwiseEstimates(answers, names)), tuple(
        refused
    )


def read_records(cell: CellResult, records: Records) -> Sequence[Record]:
    """The records of a cell; none where they are not at hand."""
    try:
        return records(str(cell.key)) if cell.key else ()
    except StoreError:
        return ()


def _check_runs(column: Column, labels: tuple[str, str], runs: tuple[Run, Run]) -> None:
    """Raise NotComparable if versions, labels or limits of two runs differ."""
    check_versions(column.suite, dict(zip(labels, runs, strict=True)))
    cards = [run.tasks.get(column.name, column.card) for run in runs]
    if cards[0] is not None and cards[1] is not None and cards[0].label_names != cards[1].label_names:
        raise NotComparable("other labels")
    if runs[0].spec.limit != runs[1].spec.limit:
        raise NotComparable("another --limit")


def _check_records(first: Sequence[Record], second: Sequence[Record]) -> None:
    """Raise NotComparable if records are missing or texts differ."""
    if not first or not second:
        raise NotComparable("records are not at hand")
    if not have_same_texts(first, second):
        raise NotComparable("other texts")
