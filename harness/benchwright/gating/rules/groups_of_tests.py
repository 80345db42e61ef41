"""Tests of a behavioural task as a rule takes them together, their cases, and rates over these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.cases import NamedTest, passed_cases, rows_by_test
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement
from benchwright.gating.verdict import IDS_NAMED
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.difference import IntervalEstimate
from benchwright.stats.intervals import share_interval, share_of

By = Literal["test", "capability", "type", "task"]
"""What the cases of one finding have in common."""

Rows = NDArray[np.intp]
Passed = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class TestGroup:
    """The tests that one finding is about: a test, those of a capability or a type, or all.

    Attributes:
        slice: What the finding calls them: ``test=NAME``, ``capability=NAME``, ``type=NAME``; None: all of them.
        tests: The tests.
    """

    __test__ = False

    slice: str | None
    tests: frozenset[NamedTest]


@dataclass(frozen=True, kw_only=True, eq=False)
class GroupCases:
    """The cases of a group of tests that are applicable to every model of a pairing (n).

    Attributes:
        rows: Row of the first example of each case in the pairing.
        passed: Whether each model passes each case; two rows (n) for two models.
        units: Independent unit of each case: its template's number, or one of its own.
    """

    rows: Rows
    passed: tuple[Passed, ...]
    units: Rows

    @property
    def n(self) -> int:
        """Cases."""
        return self.rows.size

    @property
    def n_units(self) -> int:
        """Independent units: templates, or cases."""
        return len(np.unique(self.units))


def cases_of(whole: PairedRecords, group: TestGroup) -> GroupCases:
    """The cases of a group: judged once for the whole task, whatever rules and groups there are."""
    first, passed, units, by_test = whole.remember("cases by test", lambda: _judged(whole))
    chosen = [by_test[test] for test in group.tests if test in by_test]
    at = np.sort(np.concatenate(chosen)) if chosen else np.empty(0, dtype=np.intp)
    return GroupCases(rows=first[at], passed=tuple(one[at] for one in passed), units=units[at])


def _judged(whole: PairedRecords) -> tuple[Rows, tuple[Passed, ...], Rows, dict[NamedTest, Rows]]:
    """First row and outcome of every case, its unit, and which cases belong to a test."""
    found = [passed_cases(columns) for columns in whole.columns] if whole.n else []
    first = found[0][0] if found else np.empty(0, dtype=np.intp)
    codes = whole.columns[0].cluster_codes if found else None
    records = whole.records[0]
    by_test = rows_by_test([records[at] for at in first.tolist()])
    return (
        first,
        tuple(passed for _, passed in found),
        np.arange(first.size) if codes is None else codes[first],
        {test: np.array(rows, dtype=np.intp) for test, rows in by_test.items()},
    )


def group_tests(tests: Sequence[NamedTest], by: By) -> list[TestGroup]:
    """The tests as groups, in the order in which they come."""
    if by == "task":
        return [TestGroup(slice=None, tests=frozenset(tests))] if tests else []
    named = {test: {"test": test.name, "capability": test.capability, "type": test.type}[by] for test in tests}
    return [
        TestGroup(slice=f"{by}={name}", tests=frozenset(test for test in tests if named[test] == name))
        for name in dict.fromkeys(named.values())
    ]


def baseline_applies(path: str, group: TestGroup, context: GateContext) -> bool:
    """Whether a case of a group is applicable to the baseline; False without one."""
    try:
        counts = context.pairing("baseline", path).cases
    except NotComparable:
        return False
    return counts is not None and counts.of(group.tests, 0).applicable[0] > 0


def tests_of(path: str, context: GateContext) -> tuple[NamedTest, ...]:
    """The tests of a task. Raises NotComparable where it has none."""
    found = context.tests(path)
    if not found:
        raise NotComparable(f"{path} is no behavioural task: its items belong to no test")
    return found


def rate_estimate(cases: GroupCases, happens: Passed) -> Improvement:
    """The share of cases (n) for which something holds, with Wilson's interval, clustered where cases share a template."""
    _, own = np.unique(cases.units, return_inverse=True)
    rows = sum_by_cluster(np.stack([happens.astype(np.float64), np.ones(happens.size)], axis=1), own)
    share = share_of(rows[:, 0], rows[:, 1])

    def ends(confidence: float) -> tuple[float, float] | None:
        found = share_interval(share, confidence)
        return None if found.low is None or found.high is None else (found.low, found.high)

    shown = share_interval(share)
    estimate = IntervalEstimate(value=float(happens.mean()), ends=ends, method=shown.method, se=shown.se)
    return Improvement(difference=estimate, sign=1, n=happens.size)


def ids_of(whole: PairedRecords, rows: Rows) -> tuple[str, ...]:
    """TEST/CASE of the first cases that begin at these rows."""
    return tuple(str(whole.records[0][at].group) for at in rows[:IDS_NAMED].tolist())
