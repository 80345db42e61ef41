"""How far a metric goes, and what margins and limits make of it: beyond it is a mistake, most of it is a remark."""

from __future__ import annotations

import math
from dataclasses import dataclass

from benchwright import registry
from benchwright.errors import BenchwrightError, NotComparable, PluginError
from benchwright.gating.rules import PAIRED, SELF_METRICS, Rule, RuleKind
from benchwright.quantities import quantity_of
from benchwright.types import Task

_MARGINS = (*PAIRED, RuleKind.SLICES)


@dataclass(frozen=True, kw_only=True)
class Range:
    """The values that a metric can have.

    Attributes:
        of: What people call it.
        low: Lowest.
        high: Highest; may be infinite.
    """

    of: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """Highest minus lowest; may be infinite."""
        return self.high - self.low

    @property
    def told(self) -> str:
        """``goes from 0 to 1``."""
        return f"goes from {self.low:g} to {self.high:g}" if self.width < math.inf else f"is never below {self.low:g}"

    def holds(self, limit: float) -> bool:
        """Whether the metric can have that value."""
        return self.low <= limit <= self.high


def range_of(metric: str, card: Task | None = None) -> Range | None:
    """Of a metric by name, or of the score of a card; None for a score without a card, and for names nobody knows."""
    if metric in SELF_METRICS:
        return Range(of=metric, low=0.0, high=math.inf)
    try:
        found = quantity_of(metric, card)
    except (NotComparable, PluginError):
        return None
    of = metric if metric != "score" or card is None else f"the score of {card.name} ({', '.join(found.members)})"
    return Range(of=of, low=found.low, high=found.high)


def any_range() -> Range:
    """Values that some metric has: what a score without a known task may be."""
    found = [registry.get("metrics", name) for name in registry.names("metrics")]
    return Range(of="every metric", low=min(one.low for one in found), high=max(one.high for one in found))


def range_problems(rule: Rule, within: Range) -> list[BenchwrightError]:
    """A margin as wide as the metric, a limit that it never reaches."""
    problems = []
    if rule.kind in _MARGINS and rule.margin >= within.width:
        problems.append(
            BenchwrightError(
                f"rule {rule.id!r}: margin: {rule.margin:g} is as wide as all of {within.of}, nothing could fail it",
                expected=f"a margin below {within.width:g}",
                hint=_as_fraction(rule.margin, within) or "0.01 is one point",
            )
        )
    limits = (("min", rule.minimum), ("max", rule.maximum)) if rule.kind is RuleKind.ABSOLUTE else ()
    for name, limit in limits:
        if limit is not None and not within.holds(limit):
            ends = (
                f"from {within.low:g} to {within.high:g}" if within.width < math.inf else f"of at least {within.low:g}"
            )
            problems.append(
                BenchwrightError(
                    f"rule {rule.id!r}: {name}: {limit:g} is beyond {within.of}, which {within.told}",
                    expected=f"a limit {ends}",
                    hint=_as_fraction(limit, within),
                )
            )
    return problems


def range_remarks(rule: Rule, within: Range) -> tuple[str, ...]:
    """A margin above half of the metric's range, a limit that every value meets."""
    told = []
    if rule.kind in _MARGINS and within.width / 2 < rule.margin < within.width:
        told.append(f"the margin {rule.margin:g} is more than half of {within.of}, which {within.told}")
    if rule.kind is RuleKind.ABSOLUTE:
        open_below = rule.minimum is None or rule.minimum <= within.low
        open_above = rule.maximum is None or rule.maximum >= within.high
        if open_below and open_above:
            told.append(f"nothing could fail it: {within.of} {within.told}")
    return tuple(told)


def _as_fraction(limit: float, within: Range) -> str:
    """What a percentage would be."""
    meant = limit / 100
    return f"write {meant:g} for {limit:g} %" if within.high <= 1 < abs(limit) <= 100 and within.holds(meant) else ""
