"""A model's answers to a behavioural task, judged once: what every output of that cell is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from benchwright.alarm import CONSTANT
from benchwright.behaviour.verdict import CaseVerdict, Result
from benchwright.behaviour_summary import BehaviourSummary, TestSummary, summarise
from benchwright.metrics.behaviour import case_verdicts
from benchwright.metrics.gathering import gather
from benchwright.slicing import is_in
from benchwright.types import CellResult, Record, Task


@dataclass(frozen=True, kw_only=True)
class JudgedCell:
    """A model on a behavioural task.

    Attributes:
        system: What the model is called in this output.
        cell: Its result.
        summary: Rates by test, capability, type.
        cases: ``TEST/CASE`` -> the places of its examples among the records, and the verdict; of cases with all their answers.
        records: The records of the cell.
    """

    system: str
    cell: CellResult
    task: Task
    summary: BehaviourSummary
    cases: dict[str, tuple[tuple[int, ...], CaseVerdict]]
    records: Sequence[Record]

    @property
    def is_constant(self) -> bool:
        """Whether the model always says the same, as its alarms say."""
        return any(one.code in ("constant", CONSTANT) for one in self.cell.alarms)

    def failing(self, slice: str | None = None) -> list[str]:
        """Names of the cases that fail: of each test in turn the largest failure, tests with the highest rate first.

        Args:
            slice: Only cases in the slice ``name=value``.
        """
        by_test: dict[str, list[tuple[float, str]]] = {test.name: [] for test in _by_rate(self.summary)}
        for name, (places, verdict) in self.cases.items():
            record = self.records[places[0]]
            if verdict.passed is False and (slice is None or is_in(record, self.task, slice)):
                by_test[record.slices["test"]].append((-verdict.size, name))
        ordered = [[name for _, name in sorted(cases, key=lambda case: case[0])] for cases in by_test.values()]
        return [name for name in chain.from_iterable(zip_longest(*ordered)) if name is not None]

    def examples_of(self, case: str) -> Iterator[tuple[Record, Result | None]]:
        """Examples of a case with the result of each; no results where an answer is missing, nothing for an unknown case."""
        if case in self.cases:
            places, verdict = self.cases[case]
            yield from zip((self.records[place] for place in places), verdict.results, strict=True)
            return
        yield from ((record, None) for record in self.records if record.group == case)


def judge_cell(system: str, cell: CellResult, task: Task, records: Sequence[Record]) -> JudgedCell:
    """The judged cell. Reads and judges all records once."""
    columns = gather(task, records).columns
    found = case_verdicts(columns)
    places = columns.places.tolist()
    cases = {}
    for rows, verdict in zip(found.rows, found.verdicts, strict=True):
        where = tuple(places[row] for row in rows)
        cases[str(records[where[0]].group)] = (where, verdict)
    return JudgedCell(
        system=system, cell=cell, task=task, summary=summarise(task, records, columns), cases=cases, records=records
    )


def _by_rate(summary: BehaviourSummary) -> list[TestSummary]:
    return sorted(summary.tests, key=lambda test: -(test.rate or 0.0))
