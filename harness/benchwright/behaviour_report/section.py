"""The section `Behavioural tests` of a report: for each behavioural task rates, matrices, tests and failing cases, ready to print."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchwright.behaviour_report.cases import CaseView, view_cases
from benchwright.behaviour_report.judged import JudgedCell, judge_cell
from benchwright.behaviour_report.rates import (
    NOTHING,
    Matrix,
    Rate,
    SystemRates,
    TestRow,
    matrix_of,
    system_rates,
    test_rows,
)
from benchwright.behaviour_summary import BehaviourSummary
from benchwright.errors import BenchwrightError
from benchwright.redaction import answers_are_texts
from benchwright.render.grid import Column, Grid
from benchwright.render.summary import anchor
from benchwright.types import CellResult, Record, Task

MOST_CASES = 10
"""Failing cases of a model on a task that a report shows; fewer with many models."""
OF_CONSTANT = 2
"""Of a model that always says the same: its failures are those of its answer."""
MOST_SHOWN = 60
"""Failing cases on a page, whatever the number of models and tasks; at least one of each."""
MOST_SYSTEMS = 8
"""Models whose answers stand beside one another in a case."""
MOST_TELLING = 30
"""Tests in the table of a page."""
MOST_TESTS = 200
"""Tests in the table of a task."""

Records = Callable[[str], Sequence[Record]]


@dataclass(frozen=True, kw_only=True, slots=True)
class FailingCount:
    """How many failing cases of a model are shown, of how many."""

    system: str
    shown: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceRow:
    """A capability and type with the rate of each model."""

    capability: str
    type: str
    rates: tuple[Rate, ...]

    @property
    def worst(self) -> frozenset[int]:
        """Places of the models with the highest rate; empty where all have the same, or only one has any."""
        known = {at: one.share for at, one in enumerate(self.rates) if one.share is not None}
        if len(set(known.values())) < 2:
            return frozenset()
        return frozenset(at for at, share in known.items() if share == max(known.values()))


@dataclass(frozen=True, kw_only=True, slots=True)
class BehaviourSection:
    """A behavioural task.

    Attributes:
        name: ``suite/task``.
        anchor: Id of the section about the task.
        description: Of the task.
        systems: The numbers of each model over all cases.
        matrices: One for each model, in their order.
        tests: In the order of the suite.
        hidden_tests: Tests left out of ``tests``.
        counts: How many failing cases are shown, of how many.
        cases: The failing cases that are shown; empty where texts may not be.
        withheld: Why no case is shown; empty where they are.
        problems: Models whose records could not be read, and why.
        summaries: The result of each model with its summary: the numbers themselves. Records are held no longer than it takes to
            make the section.
    """

    name: str
    anchor: str
    description: str
    systems: tuple[SystemRates, ...]
    matrices: tuple[Matrix, ...]
    tests: tuple[TestRow, ...]
    hidden_tests: int
    counts: tuple[FailingCount, ...]
    cases: tuple[CaseView, ...]
    withheld: str
    problems: tuple[str, ...]
    summaries: tuple[tuple[CellResult, BehaviourSummary], ...]

    def places(self) -> Iterator[tuple[str, str, tuple[Rate, ...]]]:
        """The matrices as rows: capability and type, with the rate of each model; without places that have no case."""
        for row, (capability, rates, _) in enumerate(self.matrices[0].rows if self.matrices else ()):
            for column, test_type in enumerate(self.matrices[0].types):
                if rates[column] is not NOTHING:
                    yield capability, test_type, tuple(one.rows[row][1][column] for one in self.matrices)

    def rows(self) -> Iterator[PlaceRow]:
        """`places` with which models fail most."""
        for capability, test_type, rates in self.places():
            yield PlaceRow(capability=capability, type=test_type, rates=rates)

    def totals(self) -> Iterator[PlaceRow]:
        """Each type over all capabilities."""
        for column, test_type in enumerate(self.matrices[0].types if self.matrices else ()):
            yield PlaceRow(
                capability="all capabilities",
                type=test_type,
                rates=tuple(one.last[0][column] for one in self.matrices),
            )

    @property
    def telling_tests(self) -> tuple[TestRow, ...]:
        """The tests that some model fails most often, highest rate first; at most `MOST_TELLING`."""
        ordered = sorted(self.tests, key=lambda test: -max((one.share or 0.0 for one in test.rates), default=0.0))
        return tuple(ordered[:MOST_TELLING])

    @property
    def has_left_out(self) -> bool:
        """Whether any case is not applicable or errored."""
        return any(row.rate.left_out for row in self.systems)

    @property
    def has_texts(self) -> bool:
        """Whether any example carries its texts."""
        return any(example.texts for case in self.cases for example in case.examples)


def behaviour_sections(
    grid: Grid, records: Records, *, inputs: bool = True, cases: int = MOST_CASES
) -> tuple[BehaviourSection, ...]:
    """The sections of a grid's behavioural tasks; none for a grid without any.

    Args:
        grid: Models by tasks.
        records: The records of a cell key, with their texts where the store kept them.
        inputs: Whether texts of examples, and answers made of them, may be shown.
        cases: Most failing cases of a model on a task.
    """
    columns = [column for column in grid.columns if column.card is not None and column.card.behaviour]
    results = max(1, sum(len(column.cells) for column in columns))
    each = max(1, min(cases, MOST_SHOWN // results)) if cases else 0
    return tuple(
        _section(grid, column, column.card, records, inputs=inputs, each=each)
        for column in columns
        if column.card is not None
    )


def _section(grid: Grid, column: Column, card: Task, records: Records, *, inputs: bool, each: int) -> BehaviourSection:
    cells, problems = _judged(grid, column, card, records)
    withheld = "" if inputs or not answers_are_texts(card) else "answers are pieces of texts, which are left out"
    failing = {cell.system: cell.failing() for cell in cells}
    shown = {cell.system: 0 if withheld else min(each, OF_CONSTANT) if cell.is_constant else each for cell in cells}
    names = [name for system, several in failing.items() for name in several[: shown[system]]]
    tests = test_rows(cells)
    return BehaviourSection(
        name=column.name,
        anchor=anchor(grid, column),
        description=card.description,
        systems=tuple(system_rates(cell) for cell in cells),
        matrices=tuple(matrix_of(cell) for cell in cells),
        tests=tests[:MOST_TESTS],
        hidden_tests=max(0, len(tests) - MOST_TESTS),
        counts=tuple(
            FailingCount(system=system, shown=len(several[: shown[system]]), total=len(several))
            for system, several in failing.items()
        ),
        cases=view_cases(cells[:MOST_SYSTEMS], names, inputs=inputs),
        withheld=withheld,
        problems=tuple(problems),
        summaries=tuple((cell.cell, cell.summary) for cell in cells),
    )


def _judged(grid: Grid, column: Column, card: Task, records: Records) -> tuple[list[JudgedCell], list[str]]:
    found, problems = [], []
    for at, cell in sorted(column.cells.items()):
        if cell.status != "scored" or cell.key is None:
            continue
        label = grid.systems[at].label
        try:
            found.append(judge_cell(label, cell, card, list(records(cell.key))))
        except BenchwrightError as error:
            problems.append(f"{label}: its records cannot be read: {error.problem}")
    return found, problems
