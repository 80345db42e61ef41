"""The verdict on one rule, task and slice: a finding, or a pending one whose verdict waits for the Holm correction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from benchwright.quantities import Unit, title_by_path
from benchwright.types import Frozen

IDS_NAMED = 10
"""Ids of items that a finding names."""


CASES_NAMED = 50
"""Cases of behavioural tests that a finding holds with their texts and answers."""

CASES_SHOWN = 5
"""Of these, how many are written out where people read."""


class Verdict(StrEnum):
    """How a rule ended."""

    PASS = "PASS"  # noqa: S105 - no password
    """What the rule asks for is shown."""
    FAIL = "FAIL"
    """The opposite is shown, corrected for the number of rules."""
    INCONCLUSIVE = "INCONCLUSIVE"
    """Neither; the message says how many items would tell."""
    INVALID = "INVALID"
    """Not comparable, or not measured."""
    WAIVED = "WAIVED"
    """Not passed, and somebody answers for it until a date."""
    ERROR = "ERROR"
    """The rule could not be evaluated."""


class FailingCase(Frozen, frozen=True, kw_only=True):
    """A case of a behavioural test that the candidate fails, or an item that it answers otherwise under an identity swap; lists go by the
    examples of the case, the original first.

    Attributes:
        case: ``TEST/CASE``; of a swap the id of the item.
        test: The test; ``identity`` of a swap.
        capability: What the test is about; ``religion swapped``.
        type: ``MFT``, ``INV`` or ``DIR``.
        expected: What is expected of each example, in words.
        candidate: Answers of the candidate.
        failed: Whether each example fails what is expected of it; the original of an INV or DIR case is not judged.
        baseline: Answers of the baseline; empty where it was not compared with one.
        texts: Inputs of each example in one line; empty where texts were not kept, or were left out.
    """

    case: str
    test: str
    capability: str
    type: str
    expected: tuple[str, ...]
    candidate: tuple[str, ...]
    failed: tuple[bool, ...]
    baseline: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Finding(Frozen, frozen=True, kw_only=True):
    """The verdict on one rule for one task, metric and slice.

    Attributes:
        rule: Id of the rule.
        kind: Kind of the rule: ``noninferiority``, ...
        verdict: The verdict.
        message: One sentence with the numbers that decided.
        path: ``suite/task``; empty for rules about the model itself (budget).
        metric: ``name@version``, ``score``, ``size_bytes``, ...
        positive: The positive label of the metric; None for a metric over all labels.
        slice: Slice ``name=value``.
        severity: ``fail``: a failure fails the gate; ``warn``: it is a warning only.
        required: Whether the gate needs this rule evaluated.
        against: Name of the baseline it was compared with; empty for absolute rules.
        baseline: Value of the baseline.
        candidate: Value of the candidate.
        delta: candidate - baseline.
        low: One-sided lower bound that decided (or the two-sided one, see ``method``).
        high: The same, upper.
        limit: Margin or limit of the rule, in the metric's unit.
        direction: Whether ``higher`` or ``lower`` values of the metric are better.
        value_unit: What its values are measured in: ``fraction``, ``number``, ``bytes``, ...
        alpha: Level of the bound.
        p: p-value of a violation of the rule, before the Holm correction.
        p_adjusted: p after the Holm correction.
        n: Sample size, counted in ``unit``.
        unit: What is counted: questions, gold entities, examples.
        clusters: Independent units.
        method: Method of the bounds.
        mde: Minimum detectable effect: the smallest margin that this comparison passes with 80 % power.
        needed: Sample size needed to decide, if inconclusive.
        fixed: Items that only the candidate answers correctly.
        broken: Items that only the baseline answers correctly.
        flipped: Ids of the first broken items.
        failing: Of a behavioural task or identity swaps: how many cases ``cases`` is about.
        cases: Of a behavioural task: the first cases that fail, of a comparison those that the baseline passes; of swaps the first flipped items.
        flags: ``identical``, and notes for the reader.
        waiver: Owner, issue, reason and date of the waiver that applies.
        attempt: Number of tries (timing rules).
        seconds: Time spent, in seconds.
    """

    rule: str
    kind: str
    verdict: Verdict
    message: str
    path: str = ""
    metric: str = ""
    positive: str | None = None
    slice: str | None = None
    severity: str = "fail"
    required: bool = True
    against: str = ""
    baseline: float | None = None
    candidate: float | None = None
    delta: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    direction: str = "higher"
    value_unit: Unit = "number"
    alpha: float | None = None
    p: float | None = None
    p_adjusted: float | None = None
    n: int | None = None
    unit: str = ""
    clusters: int | None = None
    method: str = ""
    mde: float | None = None
    needed: int | None = None
    fixed: int | None = None
    broken: int | None = None
    flipped: tuple[str, ...] = ()
    failing: int | None = None
    cases: tuple[FailingCase, ...] = ()
    flags: tuple[str, ...] = ()
    waiver: dict[str, str] | None = None
    attempt: int = 1
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """Rule, task, metric and slice: unique within a gate."""
        parts = [self.rule, self.path, self.metric.partition("@")[0], self.slice or ""]
        return " ".join(part for part in parts if part)

    @property
    def title(self) -> str:
        """Rule, task and metric for people, with the positive label of the metric: ``rule suite/task f1(hateful)``."""
        parts = [self.rule, self.path, self.metric_title, self.slice or ""]
        return " ".join(part for part in parts if part)

    @property
    def metric_title(self) -> str:
        """The metric without its version, with its positive label, or the rule by which a masked language model is asked."""
        return title_by_path(self.metric, self.positive, self.path)


@dataclass(frozen=True, kw_only=True)
class RequiredItems:
    """The sample size that would decide (None if unrealistic), and the assumption behind it."""

    items: int | None
    sentence: str


@dataclass(frozen=True, kw_only=True, eq=False)
class PendingFinding:
    """A finding whose verdict waits for the Holm correction.

    Attributes:
        finding: The finding; final if ``violation_p`` is None, else without verdict and message.
        alpha: Significance level for a violation.
        passes: Whether what the rule asks for is shown; needs no correction (intersection-union test).
        violation_p: p-value of a violation: small values are evidence that the rule is broken.
        describe: (verdict, adjusted p) -> sentence.
        required_items: Computes the required sample size; called only if the finding stays inconclusive.
    """

    finding: Finding
    alpha: float = 0.05
    passes: bool = False
    violation_p: float | None = None
    describe: Callable[[Verdict, float | None], str] | None = None
    required_items: Callable[[], RequiredItems | None] | None = None
