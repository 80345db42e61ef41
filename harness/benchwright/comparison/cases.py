"""Cases of behavioural tests under several models: which are applicable to all of them, and what each answers to a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.metrics.behaviour import CaseVerdicts, case_verdicts
from benchwright.metrics.columns import Columns
from benchwright.types import Record

Rows = NDArray[np.intp]
Passed = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedTest:
    """A behavioural test by name, as its examples' slices say."""

    name: str
    capability: str
    type: str

    @property
    def path(self) -> str:
        """``CAPABILITY/TEST``, which patterns are held against."""
        return f"{self.capability}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class CaseCounts:
    """How many cases of a behavioural task two or more models are compared on.

    Attributes:
        applicable: Cases that are applicable to each model, among those that all of them answered.
        compared: Cases that are applicable to all of them.
        by_test: Test -> how many of its cases are applicable, for each model.
        unanswered: Cases with an example that one of them left unanswered; these are in no other number.
    """

    applicable: tuple[int, ...]
    compared: int
    unanswered: int = 0
    by_test: tuple[Mapping[NamedTest, int], ...] = ()

    def of(self, tests: Iterable[NamedTest], compared: int) -> CaseCounts:
        """The counts of some tests, of which that many cases are compared."""
        wanted = tuple(tests)
        numbers = tuple(sum(of.get(test, 0) for test in wanted) for of in self.by_test)
        return CaseCounts(applicable=numbers, compared=compared)

    @property
    def differ(self) -> bool:
        """Whether some case is applicable to one model and not to another."""
        return any(number != self.compared for number in self.applicable)

    def sentence(self, names: Sequence[str]) -> str:
        """``275 cases applicable to A, 268 to B, compared on 260``."""
        first, *others = [f"{number:,} to {name}" for number, name in zip(self.applicable, names, strict=True)]
        head = first.replace(" to ", " cases applicable to " if self.applicable[0] != 1 else " case applicable to ", 1)
        return f"{', '.join([head, *others])}, compared on {self.compared:,}"


def tests_in(records: Sequence[Record]) -> tuple[NamedTest, ...]:
    """The tests that records belong to, each once, in the order of the records."""
    return tuple(rows_by_test(records))


def rows_by_test(records: Sequence[Record]) -> dict[NamedTest, list[int]]:
    """Test -> positions of its records, in the order of the records; those of no test are left out."""
    named: dict[tuple[str, str, str], list[int]] = {}
    for at, record in enumerate(records):
        slices = record.slices
        if "test" in slices:
            key = (slices["test"], slices.get("capability", ""), slices.get("type", ""))
            named.setdefault(key, []).append(at)
    return {NamedTest(name=name, capability=of, type=kind): rows for (name, of, kind), rows in named.items()}


def test_of(slices: Mapping[str, str]) -> NamedTest:
    """The test that an example of a case belongs to, by its slices."""
    return NamedTest(name=slices.get("test", ""), capability=slices.get("capability", ""), type=slices.get("type", ""))


def whole_cases(records: Sequence[Record], rows: Sequence[int], silent: frozenset[int]) -> list[int]:
    """The rows of cases of which no example is silent (unanswered by some model)."""
    broken = {records[at].group for at in silent}
    return [at for at in rows if records[at].group not in broken]


def applicable_to_all(every: Sequence[Columns]) -> tuple[list[int], CaseCounts]:
    """Rows of the cases that are applicable to every model, and the counts.

    Args:
        every: Columns of each model over the same rows, whole cases all of them.
    """
    cases = [passed_cases(columns)[0].tolist() for columns in every]
    applicable = [{columns.group[at] for at in rows} for columns, rows in zip(every, cases, strict=True)]
    common = set.intersection(*applicable)
    rows = [at for at, group in enumerate(every[0].group) if group in common]
    by_test = tuple(
        Counter(test_of(columns.slices[at]) for at in firsts) for columns, firsts in zip(every, cases, strict=True)
    )
    return rows, CaseCounts(applicable=tuple(map(len, applicable)), compared=len(common), by_test=by_test)


def passed_cases(columns: Columns) -> tuple[Rows, Passed]:
    """Of each applicable case of one model: the row of its first example, and whether the case is passed."""
    found = case_verdicts(columns)
    known = found.passed >= 0
    return found.first[known], found.passed[known] == 1


def case_rows(columns: Columns) -> Rows:
    """Row of the first example of each case, applicable or not."""
    found: Rows = case_verdicts(columns).first
    return found


def case_outcomes(columns: Columns, metric: str) -> NDArray[np.int8]:
    """Of each case: 1, 0, or -1 where the metric (``failure_rate`` or ``flip_rate``) does not apply to it."""
    found: CaseVerdicts = case_verdicts(columns)
    return found.flipped if metric == "flip_rate" else found.passed


def telling_example(columns: Columns, first: int) -> int:
    """Row of the example by which a case that begins at a row fails; its first example where it does not fail."""
    found = case_verdicts(columns)
    at = int(np.searchsorted(found.first, first))
    wrong = [row for row, one in zip(found.rows[at], found.verdicts[at].results, strict=True) if one.passed is False]
    judged = wrong[1:] if wrong[:1] == [first] and len(wrong) > 1 else wrong
    return judged[0] if judged else first
