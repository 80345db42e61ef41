"""Cases of a suite as rows: an example a row, with what is expected of it; what is equal is shared and held once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from benchwright.behaviour.columns import CAPABILITY, CASE, CLUSTER, TARGET, TEST, TYPE, group_column
from benchwright.behaviour.fill_checks import numbers_of
from benchwright.behaviour.suite_checks import is_pair, per_example
from benchwright.behaviour.suite_types import BehaviourSuite, BehaviourTest, Case
from benchwright.types import Kind
from benchwright.types.expectations import CaseTarget, Differs, Equals, Invariant, Monotonic


def rows_of(suite: BehaviourSuite) -> Iterator[dict[str, Any]]:
    """One row for each example, cases and examples in order."""
    for test in suite.tests:
        targets = _Targets(suite, test)
        slices = {TEST: test.name, CAPABILITY: test.capability, TYPE: test.type}
        for case in test.cases:
            name = f"{test.name}/{case.id}"
            shared = {
                CASE: name,
                CLUSTER: name if case.template is None else case.template,
                **slices,
                **{group_column(group): value for group, value in case.groups.items()},
            }
            for example, target in zip(case.examples, targets.of(case), strict=True):
                yield {**example, TARGET: target, **shared}


class _Targets:
    """Targets of a test, each different one made once."""

    def __init__(self, suite: BehaviourSuite, test: BehaviourTest) -> None:
        self.suite, self.test = suite, test
        self.plain = self._made(None)
        self.by_number = suite.kind is Kind.FILL and not suite.top
        self.known: dict[bytes, dict[str, Any]] = {}

    def of(self, case: Case) -> Sequence[dict[str, Any]]:
        """What is expected of each example. Options to fill in are named by their texts in a suite, by their numbers in a target."""
        if self.by_number:
            return self._numbered(case)
        if case.target is None and case.edits is None and case.substitute is None:
            return [self.plain] * len(case.examples)
        golds = per_example(case, self.suite)
        return [self._one(case, at, case.target if golds is None else golds[at]) for at in range(len(case.examples))]

    def _numbered(self, case: Case) -> Sequence[dict[str, Any]]:
        golds = per_example(case, self.suite)
        return [
            self._one(case, at, case.target if golds is None else golds[at], example["options"])
            for at, example in enumerate(case.examples)
        ]

    def _one(self, case: Case, at: int, gold: Any, options: Sequence[str] | None = None) -> dict[str, Any]:
        edits = case.edits[at - 1] if case.edits is not None and at else None
        substitute = None
        if case.substitute is not None and at:
            substitute = case.substitute if is_pair(case.substitute) else case.substitute[at - 1]
        value = getattr(self.test.expectation, "value", None)
        if options is not None:
            gold = None if gold is None else numbers_of(gold, options)
            value = None if value is None else numbers_of(value, options)
        key = msgspec.json.encode((gold, edits, substitute, value))
        if key not in self.known:
            self.known[key] = self._made(gold, edits, substitute, value)
        return self.known[key]

    def _made(self, gold: Any, edits: Any = None, substitute: Any = None, value: Any = None) -> dict[str, Any]:
        expect = self.test.expectation
        assert expect is not None
        if value is not None and isinstance(expect, Equals | Differs | Monotonic):
            expect = msgspec.structs.replace(expect, value=value)
        if self.suite.kind is Kind.FILL and isinstance(expect, Invariant):
            expect = msgspec.structs.replace(expect, tolerance=0.0)  # the best word is the same or it is not
        target = CaseTarget(
            expect=expect,
            judged=self.test.judged,
            gold=gold,
            edits=edits,
            substitute=substitute,
            description=self.test.description,
        )
        found: dict[str, Any] = msgspec.to_builtins(target)
        return found
