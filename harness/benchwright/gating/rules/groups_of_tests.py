"""Tests of a behavioural task as a rule takes them together, their cases, and rates over these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchwright.comparison.cases import BehaviourTest, rows_by_test
from benchwright.comparison.pairing import PairedRecords, judged_rows
from benchwright.comparison.slices import rows_of
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement
from benchwright.gating.verdict import IDS_NAMED
from benchwright.stats.bootstrap import sum_by_cluster
from benchwright.stats.difference import IntervalEstimate
from benchwright.stats.intervals import share_interval, share_of

By = Literal["test", "capability", "type", "task"]
"""What the cases of one finding have in common."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TestGroup:
    """The tests that one finding is about: a test, those of a capability or a type, or all.

    Attributes:
        slice: What the finding calls them: ``test=NAME``, ``capability=NAME``, ``type=NAME``; None: all of them.
        tests: The tests.
    """

    __test__ = False

    slice: str | None
    tests: frozenset[BehaviourTest]

    def part(self, pairing: PairedRecords) -> PairedRecords:
        """The cases of these tests."""
        by_test: dict[BehaviourTest, list[int]] = pairing.remember(
            "rows by test", lambda: rows_by_test(pairing.records[-1])
        )
        return rows_of(pairing, sorted(at for test in self.tests for at in by_test.get(test, ())))


def group_tests(tests: Sequence[BehaviourTest], by: By) -> list[TestGroup]:
    """The tests as groups, in the order in which they come."""
    if by == "task":
        return [TestGroup(slice=None, tests=frozenset(tests))] if tests else []
    named = {test: {"test": test.name, "capability": test.capability, "type": test.type}[by] for test in tests}
    return [
        TestGroup(slice=f"{by}={name}", tests=frozenset(test for test in tests if named[test] == name))
        for name in dict.fromkeys(named.values())
    ]


def applicable_cases(whole: PairedRecords, group: TestGroup) -> int:
    """How many cases of a group are applicable to the one model of the pairing."""
    part = group.part(whole)
    return len(judged_rows(part, 0)) if part.n else 0


def baseline_applies(path: str, group: TestGroup, context: GateContext) -> bool:
    """Whether a case of a group is applicable to the baseline; False without one."""
    try:
        counts = context.pairing("baseline", path).cases
    except NotComparable:
        return False
    return counts is not None and counts.of(group.tests, 0).applicable[0] > 0


def tests_of(path: str, context: GateContext) -> tuple[BehaviourTest, ...]:
    """The tests of a task. Raises NotComparable where it has none."""
    found = context.tests(path)
    if not found:
        raise NotComparable(f"{path} is no behavioural task: its items belong to no test")
    return found


def rate_estimate(part: PairedRecords, flips: NDArray[np.bool_]) -> Improvement:
    """The share of applicable cases for which something holds, with Wilson's interval, clustered where cases share a template."""
    codes = part.columns[0].cluster_codes
    rows = np.stack([flips.astype(np.float64), np.ones(flips.size)], axis=1)
    if codes is not None:
        _, own = np.unique(codes[judged_rows(part, 0)], return_inverse=True)
        rows = sum_by_cluster(rows, own)
    share = share_of(rows[:, 0], rows[:, 1])

    def ends(confidence: float) -> tuple[float, float] | None:
        found = share_interval(share, confidence)
        return None if found.low is None or found.high is None else (found.low, found.high)

    shown = share_interval(share)
    estimate = IntervalEstimate(value=float(flips.mean()), ends=ends, method=shown.method, se=shown.se)
    return Improvement(difference=estimate, sign=1, n=flips.size)


def ids_of(part: PairedRecords, rows: NDArray[np.intp]) -> tuple[str, ...]:
    """TEST/CASE of the first cases that begin at these rows."""
    return tuple(str(part.records[0][at].group) for at in rows[:IDS_NAMED].tolist())


def units_behind(part: PairedRecords, system: int) -> int:
    """Independent units of the applicable cases: templates, or cases."""
    codes, rows = part.columns[system].cluster_codes, judged_rows(part, system)
    return len(rows) if codes is None else len(np.unique(codes[rows]))
