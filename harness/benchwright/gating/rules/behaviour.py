"""The rule about behavioural tests: how many cases may fail, how many must pass, and which may not fail anew.

Each key asks a question of its own, test by test unless ``by`` says otherwise:

==========================  ==================  ===========================================================================
key                         cases               decided by
==========================  ==================  ===========================================================================
``max_failure_rate``        the candidate's     the upper bound of the failure rate (Wilson's, clustered by template)
``min_pass``                the candidate's     the share of cases that were passed, as seen: what must pass, must
``compare``                 applicable to both  every case that the baseline passes and the candidate fails is a failure
``max_negative_flips``      applicable to both  a whole number: their count, as seen; a share: the upper bound of their rate
==========================  ==================  ===========================================================================

The negative flip rate is that of Yan et al. 2021 (arXiv 2011.09161): cases that the old model passes and the new one fails, out of all
that were compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from benchwright import formatting, registry
from benchwright.comparison.cases import NamedTest
from benchwright.comparison.named_tests import TestSelection
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.cases_needed import cases_needed
from benchwright.gating.context import GateContext
from benchwright.gating.failing_cases import failing_cases
from benchwright.gating.improvement import Improvement
from benchwright.gating.rules.base import RuleSubject, TaskRule, Text
from benchwright.gating.rules.groups_of_tests import (
    By,
    GroupCases,
    TestGroup,
    baseline_applies,
    cases_of,
    group_tests,
    ids_of,
    rate_estimate,
    tests_of,
)
from benchwright.gating.verdict import Finding, PendingFinding, RequiredItems, Verdict
from benchwright.items import count
from benchwright.limit_checks import Bound
from benchwright.types import Task

FAILURE_RATE = "failure_rate"
_NEAR = 1e-12

_Rate = Annotated[
    float,
    Meta(
        gt=0,
        lt=1,
        description="a share above 0 and below 1: 0.05 is 5 % of the cases; that none fails is min_pass = 1.0",
    ),
]
_Pass = Annotated[
    float,
    Meta(gt=0, le=1, description="the share of cases that must pass, above 0 and at most 1: 0.95 is 95 %, and 1.0 all"),
]
_Flips = Annotated[
    Annotated[int, Meta(ge=0)] | Annotated[float, Meta(ge=0)],
    Meta(description="a whole number of cases, or the share of them, below 1: 3, or 0.02 for 2 % of the cases"),
]
_Texts = Annotated[tuple[Text, ...], Meta(min_length=1, description="a text or a list of them", extra={"or_one": True})]
_Patterns = Annotated[
    tuple[Text, ...],
    Meta(
        min_length=1,
        description="CAPABILITY/TEST, in which * stands for any letters, or a list of them",
        extra={"or_one": True},
    ),
]


class BehaviourRule(TaskRule, frozen=True, kw_only=True, tag="behaviour"):
    """Are behavioural tests passed, and does none fail that the baseline passes?

    Attributes:
        tests: Patterns of CAPABILITY/TEST; empty: every test.
        capability: Capabilities; empty: every one.
        type: ``MFT``, ``INV`` or ``DIR``; None: every type.
        by: What one finding is about: each ``test``, each ``capability``, each ``type``, or all tests of the ``task`` together.
        max_failure_rate: The most that the failure rate may be; its upper confidence bound decides.
        min_pass: The share of applicable cases that must be passed, as seen.
        compare: ``no_new_failures``: no case fails that the baseline passes.
        max_negative_flips: How many cases may fail that the baseline passes: a count, as seen, or a share, by its upper bound.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "metric", "slice", "cluster"})

    metric: Text = FAILURE_RATE
    tests: _Patterns = ()
    capability: _Texts = ()
    type: Literal["MFT", "INV", "DIR"] | None = None
    by: By = "test"
    max_failure_rate: _Rate | None = None
    min_pass: _Pass | None = None
    compare: Literal["no_new_failures"] | None = None
    max_negative_flips: _Flips | None = None

    @property
    def compares(self) -> bool:
        """Whether it asks for a baseline."""
        return self.compare is not None or self.max_negative_flips is not None

    @property
    def selection(self) -> TestSelection:
        """The tests that it means."""
        return TestSelection(patterns=self.tests, capabilities=self.capability, type=self.type)

    @property
    def subject(self) -> RuleSubject:
        """The failure rate of its tests; a baseline only where it compares."""
        against = self.against if self.compares else ""
        return RuleSubject(metric=self.metric, against=against, split=self.split, tasks=self.tasks)

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: nothing is asked, or a share of flips that nothing exceeds."""
        yield from super().find_problems()
        if self.max_failure_rate is None and self.min_pass is None and not self.compares:
            yield self.problem(
                "asks nothing",
                expected="max_failure_rate, min_pass, compare or max_negative_flips",
                hint='compare = "no_new_failures"',
            )
        most = self.max_negative_flips
        if isinstance(most, float) and not 0 < most < 1:
            yield self.problem(
                f"max_negative_flips: {most:g} is no share that something could exceed",
                expected="a share above 0 and below 1, or a whole number of cases",
                hint='compare = "no_new_failures" allows none'
                if most == 0
                else f"write {most:.0f} for a number of cases",
            )

    def bounds(self) -> list[Bound]:
        """None: rules about different tests never contradict."""
        return []

    def level_notes(self) -> tuple[str, ...]:
        """A warning about a loose level, where a bound decides."""
        return super().level_notes() if self.max_failure_rate or isinstance(self.max_negative_flips, float) else ()

    def defaults(self) -> dict[str, Any]:
        """Default fields: what it compares with."""
        return {"against": self.against if self.compares else ""}

    def compared_in(self, finding: Finding) -> str:
        """The baseline, for findings that compare; one about the candidate alone counts on a first run too."""
        return finding.against

    def lacking(self, context: GateContext) -> str:
        """Why no task is left."""
        return "no task here is a behavioural one: run a suite of behavioural tests first"

    def covered_in(self, context: GateContext) -> list[str]:
        """Tasks of the rule; without any named, the behavioural ones of the baseline, and of the candidate."""
        if self.tasks:
            return super().covered_in(context)
        known = dict.fromkeys((*context.paths(self.defaults()["against"]), *context.paths()))
        return [path for path in known if self.has_metric(context.card(path))]

    def has_metric(self, task: Task) -> bool:
        """Whether it is a behavioural task."""
        return task.behaviour

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each question and each test (capability, type), of every task."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
        for path in paths:
            try:
                known = tests_of(path, context)
            except NotComparable as error:
                yield self.invalid(error.problem, path=path, **self.defaults())
                continue
            for problem in self.selection.problems(known, path):
                near = (f"; {problem.hint}" if problem.hint else "") + (
                    f" ({problem.expected})" if problem.expected else ""
                )
                yield self.invalid(f"{problem.problem}{near}", path=path, **self.defaults())
            units = self.groups([test for test in known if self.selection.holds(test)])
            yield from self._alone(path, units, context)
            yield from self._compared(path, units, context)

    def groups(self, tests: Sequence[NamedTest]) -> list[TestGroup]:
        """What the findings are about, among the tests that the rule means."""
        return group_tests(tests, self.by)

    def _alone(self, path: str, units: Sequence[TestGroup], context: GateContext) -> Iterable[PendingFinding]:
        """Findings about the candidate itself."""
        questions = [
            ask
            for ask, asked in ((self._failure_rate, self.max_failure_rate), (self._share_passed, self.min_pass))
            if asked is not None
        ]
        if not questions or not units:
            return
        try:
            whole = context.alone(path)
            self.quantity_on(whole)
        except NotComparable as error:
            yield self.invalid(error.problem, path=path)
            return
        every = [(unit, cases_of(whole, unit)) for unit in units]
        some = any(cases.n for _, cases in every)
        for unit, cases in every:
            fields: dict[str, Any] = {"path": path, "slice": unit.slice, "unit": "case", "flags": whole.flags}
            if not cases.n:
                lost = not some or whole.left_out or baseline_applies(path, unit, context)
                message = "no case of it is applicable to the candidate, so there is no rate"
                yield self._not_asked(message, lost=bool(lost), fields=fields)
                continue
            failing = cases.rows[~cases.passed[0]]
            fields |= {
                "n": cases.n,
                "clusters": cases.n_units,
                "failing": failing.size,
                "flipped": ids_of(whole, failing),
                "cases": failing_cases(whole, failing.tolist(), context),
            }
            yield from (ask(cases, fields) for ask in questions)

    def _not_asked(self, message: str, *, lost: bool, fields: Mapping[str, Any]) -> PendingFinding:
        """INVALID: nothing is applicable.

        It does not count where the baseline could not be asked either and other tests of the rule were: a two-class model is
        never asked what is neutral.
        """
        pending = self.invalid(message if lost else f"{message}; nor to the baseline, so it is told only", **fields)
        counts = pending.finding.required and lost
        return replace(pending, finding=msgspec.structs.replace(pending.finding, required=counts))

    def _failure_rate(self, cases: GroupCases, fields: Mapping[str, Any]) -> PendingFinding:
        """PASS if the upper bound of the failure rate is at most the limit, FAIL if a larger rate is shown."""
        most = self.max_failure_rate
        assert most is not None
        failed = ~cases.passed[0]
        found = rate_estimate(cases, failed)
        low, high, p = found.low(self.alpha), found.high(self.alpha), found.p_above(most)
        about = {
            **fields,
            "metric": registry.get("metrics", FAILURE_RATE).id,
            "candidate": found.value,
            "limit": most,
            "direction": "lower",
            "value_unit": "fraction",
            "low": low,
            "high": high,
            "alpha": self.alpha,
            "method": found.difference.method,
        }
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **about),
            alpha=self.alpha,
            passes=high is not None and high <= most,
            violation_p=1.0 if p is None else p,
            describe=partial(self.describe, found, f"{int(failed.sum()):,} of {count(cases.n, 'case')} fail", most),
            required_items=partial(self._needed, found, most),
        )

    def _needed(self, found: Improvement, most: float) -> RequiredItems | None:
        return cases_needed(found.value, most, found.n, found.high(self.alpha), self.alpha)

    def describe(self, found: Improvement, seen: str, most: float, verdict: Verdict, p: float | None) -> str:
        """The sentence of a finding that a bound decides: counts, rate, both bounds, limit; ``p``: after the Holm correction."""
        value, low, high, limit = (
            formatting.value(number, "fraction")
            for number in (found.value, found.low(self.alpha), found.high(self.alpha), most)
        )
        each = formatting.confidence(1 - self.alpha)
        message = f"{seen}: {value}, bounds {low} and {high} ({each} each); asked for: the upper bound at most {limit}"
        return (
            f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm" if verdict is Verdict.FAIL else message
        )

    def _share_passed(self, cases: GroupCases, fields: Mapping[str, Any]) -> PendingFinding:
        """PASS if the share of cases that were passed is at least the limit, as seen; else FAIL."""
        least = self.min_pass
        assert least is not None
        share = float(cases.passed[0].mean())
        value, limit = formatting.distinct(share, least, "fraction")
        seen = f"{int(cases.passed[0].sum()):,} of {count(cases.n, 'case')} pass: {value}"
        message = f"{seen}; asked for: at least {limit}, as seen"
        return self.settled(
            Verdict.PASS if share >= least - _NEAR else Verdict.FAIL,
            message,
            **fields,
            metric="pass_rate",
            candidate=share,
            limit=least,
            direction="higher",
            value_unit="fraction",
            method="value",
        )

    def _compared(self, path: str, units: Sequence[TestGroup], context: GateContext) -> Iterable[PendingFinding]:
        """Findings about the cases that the baseline passes and the candidate fails."""
        if not self.compares or not units:
            return
        try:
            whole = context.pairing(self.against, path)
            self.quantity_on(whole)
        except NotComparable as error:
            yield self.invalid(error.problem, path=path, **self.defaults())
            return
        assert whole.cases is not None
        same = whole.is_identical(0, 1) and context.is_same_model(whole, self.against)
        every = [(unit, cases_of(whole, unit)) for unit in units]
        some = any(cases.n for _, cases in every)
        sides = (f"the {self.against}", "the candidate") if self.against in ("baseline", "anchor") else whole.names
        for unit, cases in every:
            counts = whole.cases.of(unit.tests, cases.n)
            told = (counts.sentence(sides),) if counts.differ else ()
            flags = (*(("identical",) if same else ()), *told, *whole.flags)
            fields: dict[str, Any] = {"path": path, "slice": unit.slice, "unit": "case", "against": self.against}
            fields["flags"] = flags
            if not cases.n:
                message = "no case of it is applicable to both and answered by both"
                lost = not some or whole.left_out or any(counts.applicable)
                yield self._not_asked(message, lost=bool(lost), fields=fields)
                continue
            before, now = cases.passed
            broken = cases.rows[before & ~now]
            fields |= {
                "n": cases.n,
                "clusters": cases.n_units,
                "fixed": int((now & ~before).sum()),
                "broken": broken.size,
                "failing": broken.size,
                "flipped": ids_of(whole, broken),
                "cases": failing_cases(whole, broken.tolist(), context),
            }
            if self.compare is not None:
                yield self._new_failures(broken.size, cases.n, fields)
            if self.max_negative_flips is not None:
                yield self._negative_flips(cases, fields)

    def _new_failures(self, broken: int, n: int, fields: Mapping[str, Any]) -> PendingFinding:
        """PASS if no case fails that the baseline passes; else FAIL."""
        both = f"{count(n, 'case')} applicable to both"
        message = f"{broken:,} of {both} fail that the {self.against} passes; none is allowed, no test"
        if not broken:
            message = f"none of {both} fails that the {self.against} passes"
        return self.settled(
            Verdict.FAIL if broken else Verdict.PASS,
            message,
            **fields,
            metric="new_failures",
            candidate=float(broken),
            limit=0.0,
            direction="lower",
            value_unit="count",
            method="value",
        )

    def _negative_flips(self, cases: GroupCases, fields: Mapping[str, Any]) -> PendingFinding:
        """By a count as seen, or by the bounds of a share."""
        most = self.max_negative_flips
        assert most is not None
        flips = cases.passed[0] & ~cases.passed[1]
        found = rate_estimate(cases, flips)
        seen = f"{int(flips.sum()):,} of {count(flips.size, 'case')} applicable to both fail that the {self.against} passes"
        low, high = found.low(self.alpha), found.high(self.alpha)
        about = {**fields, "metric": "negative_flips", "direction": "lower", "limit": float(most), "alpha": self.alpha}
        if isinstance(most, int):
            shares = [formatting.value(end, "fraction") for end in (found.value, low, high)]
            message = f"{seen}; {most:,} allowed; as a share {shares[0]}, bounds {shares[1]} and {shares[2]}"
            verdict = Verdict.PASS if int(flips.sum()) <= most else Verdict.FAIL
            more = {"candidate": float(flips.sum()), "value_unit": "count", "method": "value"}
            return self.settled(verdict, message, **about, **more)
        p = found.p_above(most)
        about |= {"candidate": found.value, "value_unit": "fraction", "method": found.difference.method}
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **about, low=low, high=high),
            alpha=self.alpha,
            passes=high is not None and high <= most,
            violation_p=1.0 if p is None else p,
            describe=partial(self.describe, found, seen, most),
            required_items=partial(self._needed, found, most),
        )
