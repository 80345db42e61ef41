"""Rules about what no suite measures yet: read, checked, and answered INVALID."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright.gating.draft import Draft, invalid
from benchwright.gating.ground import Ground
from benchwright.gating.rules import Rule, RuleKind

_WHAT = {
    RuleKind.RATIO: "same-run timing of two models",
    RuleKind.BEHAVIOR: "behavioural tests",
    RuleKind.BIAS: "gaps between groups",
    RuleKind.CALIBRATION: "calibration error with an interval",
    RuleKind.CONTAMINATION: "overlap of training and test data",
}


def evaluate(rule: Rule, _: Ground) -> Iterable[Draft]:
    """One draft: not measured."""
    limit = rule.extra.get("max_gap", rule.maximum if rule.maximum is not None else rule.minimum)
    metric = rule.metric if rule.metric != "score" else str(rule.kind)
    yield invalid(
        rule, f"not measured: {_WHAT[rule.kind]}", metric=metric, limit=None if limit is None else float(limit)
    )
