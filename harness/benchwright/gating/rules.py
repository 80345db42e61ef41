"""What a gate asks: the rules of a ``gate.toml`` as frozen values, checked and complete."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

import msgspec

from benchwright.types import Frozen

COVERAGE = "coverage"
"""Id of the rule that is always on."""

SELF_METRICS = ("size_bytes", "parameters")
"""What is known of a model itself, without examples."""


class RuleKind(StrEnum):
    """What a rule asks."""

    ABSOLUTE = "absolute"
    """Is the value, or a bound of its interval, on the right side of a limit?"""
    DELTA = "delta"
    """Is the plain difference within a margin? For deterministic or whole-population metrics."""
    NONINFERIORITY = "noninferiority"
    """Is it shown that nothing more than a margin is lost?"""
    SUPERIORITY = "superiority"
    """Is it shown that something more than a margin is won?"""
    EQUIVALENCE = "equivalence"
    """Is it shown that the difference lies within a margin both ways?"""
    RETAINED = "retained"
    """Is it shown that a share of a parent's quality is kept, or is a share of its size not exceeded?"""
    SLICES = "slices"
    """Does a slice drop?"""
    BUDGET = "budget"
    """Is the model small enough?"""
    COVERAGE = "coverage"
    """Is every task, slice and item of the baseline answered? Always on."""


PLANNED = ("ratio", "behaviour", "bias", "calibration", "contamination")
"""Kinds that nothing measures yet."""
PAIRED = (RuleKind.DELTA, RuleKind.NONINFERIORITY, RuleKind.SUPERIORITY, RuleKind.EQUIVALENCE)

Severity = Literal["fail", "warn"]
OnInconclusive = Literal["warn", "fail"]


class Rule(Frozen, frozen=True, kw_only=True):
    """One ``[[rule]]``; keys that its kind does not have keep their defaults.

    Attributes:
        id: Unique within the gate.
        kind: What it asks.
        tasks: ``suite/task`` or ``suite``; empty: every task that has the metric.
        metric: Metric of the tasks' cards, ``score``, or what is known of the model itself.
        split: Split that must have been measured; None: any.
        cluster: Column by which the card must cluster; None: as the card says.
        slice: Slice ``name=value`` that it is about; None: all items.
        against: ``baseline``, ``anchor``, another name of the lock, or ``RUN:MODEL``.
        severity: ``fail``: a failure fails the gate; ``warn``: it is told.
        required: Whether the gate is invalid when this cannot be evaluated.
        on_inconclusive: Whether an open question is told or ends the gate with exit code 4.
        alpha: Level of bounds and tests.
        minimum: ``min``: limit from below.
        maximum: ``max``: limit from above.
        margin: Loss, win or difference in the metric's unit, never negative.
        use: Which number of an absolute rule meets the limit.
        by: Names of the slices, empty: all.
        min_n: Fewest items of a slice that is judged.
        fdr: False discovery rate among slices.
        max_errored: Items that the baseline answered and the candidate may leave unanswered.
    """

    id: str
    kind: RuleKind
    tasks: tuple[str, ...] = ()
    metric: str = "score"
    split: str | None = None
    cluster: str | None = None
    slice: str | None = None
    against: str = "baseline"
    severity: Severity = "fail"
    required: bool = True
    on_inconclusive: OnInconclusive = "warn"
    alpha: float = 0.05
    minimum: float | None = None
    maximum: float | None = None
    margin: float = 0.0
    use: Literal["value", "lower", "upper"] = "value"
    by: tuple[str, ...] = ()
    min_n: int = 200
    fdr: float = 0.1
    max_errored: int = 0

    def covers(self, path: str) -> bool:
        """Whether a task ``suite/task`` is meant."""
        return not self.tasks or any(path == task or path.startswith(f"{task}/") for task in self.tasks)

    @property
    def is_paired(self) -> bool:
        """Whether it compares with another model."""
        return self.kind in (*PAIRED, RuleKind.SLICES, RuleKind.RETAINED)


class Waiver(Frozen, frozen=True, kw_only=True):
    """One ``[[waiver]]``: who answers until when for a rule that is not passed."""

    rule: str
    owner: str
    issue: str
    reason: str
    expires: dt.date
    slice: str | None = None
    task: str | None = None


class Reference(Frozen, frozen=True, kw_only=True):
    """``[baseline]``: names in ``baselines.lock``, or ``RUN:MODEL``."""

    name: str = ""
    anchor: str = ""
    on_missing: Literal["invalid", "record"] = "invalid"


class Rules(Frozen, frozen=True, kw_only=True):
    """A whole ``gate.toml``.

    Attributes:
        source: Name of the file.
        digest: SHA-256 of its bytes.
        suites: ``suite -> version`` that must have been run; empty: any.
        profile: ``pr`` or ``release``.
        alpha: Level.
        baseline: What is compared with.
        rules: In the order of the file; the coverage rule comes last unless the file names it.
        waivers: In the order of the file.
    """

    source: str
    digest: str
    rules: tuple[Rule, ...]
    suites: dict[str, str] = msgspec.field(default_factory=dict)
    profile: str = "pr"
    alpha: float = 0.05
    baseline: Reference = Reference()
    waivers: tuple[Waiver, ...] = ()
