"""The kinds of rules, one struct each, and a whole ``gate.toml`` as a frozen value.

A new kind is one file here, with its fields (the keys of the file), its check (``evaluate``) and its sentence (``describe``), and a
line of `KINDS`. The reader, the list of keys, the outputs and ``--check`` take everything else from the struct.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from benchwright.errors import BenchwrightError
from benchwright.gating.rules.base import RuleBase, SliceName, TaskRule, Text, is_within
from benchwright.gating.rules.behaviour import BehaviourRule
from benchwright.gating.rules.bias import BiasRule
from benchwright.gating.rules.coverage import CoverageRule
from benchwright.gating.rules.difference import DeltaRule, EquivalenceRule, NoninferiorityRule, SuperiorityRule
from benchwright.gating.rules.limits import AbsoluteRule, BudgetRule
from benchwright.gating.rules.ratio import RatioRule
from benchwright.gating.rules.retained import RetainedRule
from benchwright.gating.rules.robustness import RobustnessRule
from benchwright.gating.rules.slices import SlicesRule
from benchwright.gating.verdict import Finding
from benchwright.limit_checks import contradictions as contradictory_bounds
from benchwright.types import Frozen

KINDS: dict[str, type[RuleBase]] = {
    str(one.__struct_config__.tag): one
    for one in (
        AbsoluteRule,
        DeltaRule,
        NoninferiorityRule,
        SuperiorityRule,
        EquivalenceRule,
        RetainedRule,
        RatioRule,
        SlicesRule,
        BudgetRule,
        BehaviourRule,
        RobustnessRule,
        BiasRule,
        CoverageRule,
    )
}
"""Kind -> struct: its fields are the keys of the file, its methods the check and the sentence."""
PLANNED = ("calibration", "contamination")
"""Kinds that nothing measures yet."""


class Waiver(Frozen, frozen=True, kw_only=True):
    """One ``[[waiver]]``: an owner accepts, until a date, that a rule is not passed."""

    rule: Text
    slice: SliceName | None = None
    task: Text | None = None
    owner: Text
    issue: Text
    reason: Text
    expires: Annotated[dt.date, Meta(description="a date such as 2026-12-01, without quotes")]

    @property
    def name(self) -> str:
        """``the waiver of OWNER (ISSUE) for RULE TASK SLICE``."""
        about = " ".join(part for part in (self.rule, self.task, self.slice) if part)
        return f"the waiver of {self.owner} ({self.issue}) for {about}"

    def is_about(self, finding: Finding) -> bool:
        """Whether it applies to a finding: the same rule and, if given, the same task and slice."""
        return (
            self.rule == finding.rule
            and (self.slice is None or self.slice == finding.slice)
            and (self.task is None or is_within(finding.path, self.task))
        )


class BaselineSpec(Frozen, frozen=True, kw_only=True):
    """``[baseline]``: names in ``baselines.lock``, or ``RUN:MODEL``."""

    name: Text = ""
    anchor: Text = ""
    on_missing: Literal["invalid", "record"] = "invalid"


class Rules(Frozen, frozen=True, kw_only=True):
    """A whole ``gate.toml``.

    Attributes:
        source: Name of the file.
        digest: SHA-256 of its bytes.
        suites: ``suite -> version`` that must have been run; empty: any.
        profile: ``pr`` or ``release``.
        alpha: Significance level.
        baseline: Baseline and anchor to compare with.
        rules: In the order of the file; the coverage rule comes last unless the file names it.
        waivers: In the order of the file.
    """

    source: str
    digest: str
    rules: tuple[RuleBase, ...]
    suites: dict[str, str] = msgspec.field(default_factory=dict)
    profile: str = "pr"
    alpha: float = 0.05
    baseline: BaselineSpec = BaselineSpec()
    waivers: tuple[Waiver, ...] = ()

    @property
    def max_errored(self) -> int:
        """Items of a task that the candidate may leave unanswered, as its rules of kind coverage say."""
        return max((rule.max_errored for rule in self.rules if isinstance(rule, CoverageRule)), default=0)

    @property
    def named(self) -> frozenset[str]:
        """What rules name as their tasks: ``suite/task``, a suite, a view."""
        return frozenset(task for rule in self.rules if isinstance(rule, TaskRule) for task in rule.tasks)

    @property
    def compared(self) -> tuple[str, ...]:
        """Names that rules compare with, without repeats."""
        subjects = [rule.subject for rule in self.rules]
        return tuple(dict.fromkeys(one.against for one in subjects if one is not None and one.against))


def contradictions(rules: Sequence[RuleBase]) -> Iterable[BenchwrightError]:
    """Pairs of required rules that cannot both hold: a value of at least 0.9 and at most 0.8."""
    limited = [(rule.subject, bounds) for rule in rules if rule.severity == "fail" and (bounds := rule.bounds())]
    for (one, some), (other, others) in combinations(limited, 2):
        if one is None or other is None or not one.is_that_of(other):
            continue
        for low, high in contradictory_bounds([*some, *others]):
            if low.rule != high.rule:
                yield BenchwrightError(
                    f"rules {low.rule!r} and {high.rule!r} cannot both hold: {low.operator} {low.amount:g} and"
                    f" {high.operator} {high.amount:g}",
                    expected="limits that one value can meet",
                    hint="drop one of the two rules",
                )


def superfluous(rules: Sequence[RuleBase]) -> Iterable[str]:
    """Redundant rules: another rule asks for more of the same difference."""
    asking_more = [rule for rule in rules if isinstance(rule, SuperiorityRule | EquivalenceRule)]
    for one in rules:
        if not isinstance(one, NoninferiorityRule):
            continue
        for other in asking_more:
            wider = isinstance(other, EquivalenceRule) and other.margin > one.margin
            if not wider and one.subject.is_that_of(other.subject):
                yield f"rule {one.id!r} decides nothing: {other.id!r} asks for more of the same difference"
