"""Rules about a difference: delta, noninferiority, superiority, equivalence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from benchwright import formatting
from benchwright.comparison.flips import judged_rows, rightness
from benchwright.comparison.pairing import PairedRecords
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import POWER, Improvement, improvement
from benchwright.gating.rules.base import Margin, MarginRule, PositiveMargin, TaskRule
from benchwright.gating.verdict import IDS_NAMED, PendingFinding, RequiredItems, Verdict
from benchwright.items import call, count, noun
from benchwright.limit_checks import Bound
from benchwright.quantities import Quantity, Unit
from benchwright.stats.difference import decide

_NEAR = 1e-12


class DifferenceRule(MarginRule, frozen=True, kw_only=True):
    """What the four kinds of difference rules share: candidate against another model."""

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """The finding on one task, from the difference of the two systems. Raises NotComparable."""
        pairing = self.records_in(context, path)
        quantity, fields = self.quantity_on(pairing), {**compared_fields(self, pairing), "path": path}
        if fields["delta"] is None:
            return self.invalid(f"{self.metric} is undefined on one side, so there is no difference", **fields)
        if self.margin >= quantity.width:
            message = f"the margin {self.margin:g} is as wide as all of {self.metric}: 0.01 is one point"
            return self.invalid(message, **fields)
        fields["flags"] = (*fields["flags"], *self.idle_notes(quantity, fields["baseline"]))
        if pairing.is_identical(0, 1):
            fields["flags"] = ("identical", *fields["flags"])
            if context.is_same_model(pairing, self.against):
                return self.same_model({**fields, "low": 0.0, "high": 0.0, "method": "identical model"})
        return self.judge(pairing, quantity, fields)

    def judge(self, pairing: PairedRecords, quantity: Quantity, fields: dict[str, Any]) -> PendingFinding:
        """The finding on two systems whose answers differ."""
        raise NotImplementedError

    def same_model(self, fields: Mapping[str, Any]) -> PendingFinding:
        """The finding if both are the same model: no loss is possible, whatever n is."""
        message = f"identical: the same model and the same answers ({count(fields['n'], fields['unit'])})"
        return self.settled(Verdict.PASS, message, **fields)

    def idle_notes(self, quantity: Quantity, before: float) -> tuple[str, ...]:
        """A warning if the baseline is so close to the worst value that no candidate can lose more than the margin."""
        has, margin = formatting.value(before, quantity.unit), formatting.points(self.margin, quantity.unit)
        most = before - quantity.low if quantity.sign > 0 else quantity.high - before
        if most <= self.margin:
            return (f"nothing could fail it: the baseline has {has}, and a loss of {margin} is allowed",)
        if math.isinf(quantity.width) and self.margin >= abs(before):
            whole = formatting.value(before, "number")
            return (f"the margin {self.margin:g} is as large as all of the baseline's {whole}",)
        return ()


class DeltaRule(DifferenceRule, frozen=True, kw_only=True, tag="delta"):
    """Is the observed difference within a margin? For deterministic metrics, or if the whole population was measured."""

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "on_inconclusive", "confidence"})

    margin: Margin

    def level_notes(self) -> tuple[str, ...]:
        """No warnings: there is no significance level."""
        return ()

    def judge(self, pairing: PairedRecords, quantity: Quantity, fields: dict[str, Any]) -> PendingFinding:
        """FAIL if the loss exceeds the margin, else PASS."""
        won = quantity.improvement(fields["delta"])
        verdict = Verdict.PASS if won >= -self.margin - _NEAR else Verdict.FAIL
        asked = self.asks(formatting.points(self.margin, quantity.unit))
        message = f"gain {formatting.change(won, quantity.unit)}; {asked}; a plain difference, no test"
        return self.settled(verdict, message, **{**fields, "method": "plain difference", "alpha": None})


class BoundedRule(DifferenceRule, frozen=True, kw_only=True):
    """Passing is decided by a confidence bound; failing by a test of the opposite, Holm-corrected over rules."""

    power: ClassVar[float] = POWER
    """Chance at which smallest margins are given for the side that is looked at."""

    def violation_p(self, found: Improvement) -> float | None:
        """p-value of a violation; small values are evidence that the rule is broken."""
        return found.p_below(-self.margin)

    def limit(self, found: Improvement) -> float:
        """The improvement to be shown, in the metric's unit."""
        return -self.margin

    @property
    def equal(self) -> float | None:
        """The improvement of equal models, for the required sample size; None if equal models never pass."""
        return 0.0

    def passes_if(self) -> str:
        """How bounds decide, in numbers."""
        return f"passes if the lower bound is above {formatting.with_sign(-self.margin)}"

    def judge(self, pairing: PairedRecords, quantity: Quantity, fields: dict[str, Any]) -> PendingFinding:
        """A pending finding from the bounds; FAIL waits for the Holm correction."""
        found = improvement(pairing, self.metric)
        kind: Any = self.kind
        low, high = found.low(self.alpha), found.high(self.alpha)
        violation_p = None if low is None and high is None else self.violation_p(found)
        fields |= found.fields(self.alpha) | {"mde": found.mde(self.alpha, self.power)}
        fields["flags"] = tuple(dict.fromkeys((*fields["flags"], *found.difference.flags)))
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **fields),
            alpha=self.alpha,
            passes=decide(kind, low, high, self.margin) == "pass",
            violation_p=1.0 if violation_p is None else violation_p,
            describe=partial(self.describe, found, quantity.unit, fields),
            required_items=partial(self.required_items, found),
        )

    def required_items(self, found: Improvement) -> RequiredItems | None:
        """The required sample size; None if there are enough items, or no estimate."""
        return found.required_items(self.limit(found), self.alpha, self.power, equal=self.equal)

    def describe(
        self, found: Improvement, unit: Unit, fields: Mapping[str, Any], verdict: Verdict, p: float | None
    ) -> str:
        """The sentence of the finding: improvement, both bounds, what is asked for, and what decided; ``p``: after the Holm correction."""
        low, high = found.low(self.alpha), found.high(self.alpha)
        better = "gain" if found.sign > 0 else "gain (lower values are better)"
        won, asked = formatting.change(found.value, unit), self.asks(formatting.points(self.margin, unit))
        ends = f"bounds {formatting.change(low, unit)} and {formatting.change(high, unit)}"
        same = "the same answers to every item; " if "identical" in fields["flags"] else ""
        message = f"{same}{better} {won}, {ends} ({formatting.confidence(1 - self.alpha)} each); {asked}"
        if verdict is Verdict.FAIL:
            return f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm"
        if verdict is Verdict.INCONCLUSIVE and low is None and high is None:
            return f"{better} {won} on {count(found.n, 'item')}, no interval; {asked}"
        if verdict is Verdict.INCONCLUSIVE and self.equal is not None and fields["mde"]:
            return f"{message}; equal models pass from a margin of {formatting.points(fields['mde'], unit)} on"
        return message


class NoninferiorityRule(BoundedRule, frozen=True, kw_only=True, tag="noninferiority"):
    """Is it shown that the loss is smaller than a margin?"""

    margin: PositiveMargin


class SuperiorityRule(BoundedRule, frozen=True, kw_only=True, tag="superiority"):
    """Is it shown that the gain is larger than a margin?"""

    allowed: ClassVar[tuple[int, ...]] = (1,)

    margin: Margin = 0.0

    @staticmethod
    def asks(margin: str) -> str:
        """What it asks for, in words."""
        return f"a gain above {margin} is asked for"

    def violation_p(self, found: Improvement) -> float | None:
        """p-value of a violation: small values are evidence that the gain is at most the margin."""
        return found.p_below(self.margin)

    def limit(self, found: Improvement) -> float:
        """The margin."""
        return self.margin

    @property
    def equal(self) -> float | None:
        """None: equal models are never superior."""
        return None

    def passes_if(self) -> str:
        """How bounds decide, in numbers."""
        return f"passes if the lower bound is above {formatting.with_sign(self.margin)}"

    def bounds(self) -> list[Bound]:
        """The improvement must be larger than the margin."""
        return [Bound(rule=self.id, operator=">", amount=self.margin)]

    def same_model(self, fields: Mapping[str, Any]) -> PendingFinding:
        """The finding if both are the same model: there is no gain."""
        return self.settled(Verdict.FAIL, "nothing is won: the same model and the same answers", **fields)

    def idle_notes(self, quantity: Quantity, before: float) -> tuple[str, ...]:
        """A warning if the baseline is so close to the best value that no candidate can gain that much."""
        left = quantity.high - before if quantity.sign > 0 else before - quantity.low
        if left > self.margin:
            return ()
        has, margin = formatting.value(before, quantity.unit), formatting.points(self.margin, quantity.unit)
        return (f"nothing could pass it: the baseline has {has}, and {self.asks(margin)}",)


class EquivalenceRule(BoundedRule, frozen=True, kw_only=True, tag="equivalence"):
    """Is it shown that the difference lies between -margin and +margin?"""

    allowed: ClassVar[tuple[int, ...]] = (-1, 1)
    power: ClassVar[float] = (1 + POWER) / 2

    margin: PositiveMargin

    @staticmethod
    def asks(margin: str) -> str:
        """What it asks for, in words."""
        return f"{margin} either way is allowed"

    def violation_p(self, found: Improvement) -> float | None:
        """p-value of a violation: evidence that the margin is exceeded on either side, doubled for the two sides."""
        ends = [p for p in (found.p_below(-self.margin), found.p_above(self.margin)) if p is not None]
        return min(1.0, 2 * min(ends)) if ends else None

    def limit(self, found: Improvement) -> float:
        """The end of [-margin, +margin] that is nearer to the improvement."""
        return self.margin if found.value > 0 else -self.margin

    def passes_if(self) -> str:
        """How bounds decide, in numbers."""
        return f"passes if both bounds lie between {formatting.with_sign(-self.margin)} and {formatting.with_sign(self.margin)}"

    def bounds(self) -> list[Bound]:
        """The absolute difference must be smaller than the margin."""
        return [Bound(rule=self.id, operator="<", amount=self.margin)]

    def idle_notes(self, quantity: Quantity, before: float) -> tuple[str, ...]:
        """No warning: it can fail on either side."""
        return ()


def compared_fields(rule: TaskRule, pairing: PairedRecords) -> dict[str, Any]:
    """Fields of a finding about two systems, besides the decision."""
    quantity, (n, unit) = rule.quantity_on(pairing), pairing.counted(rule.metric)
    values = [pairing.value(system, rule.metric) if pairing.n else math.nan for system in (0, 1)]
    baseline, candidate = (value if math.isfinite(value) else None for value in values)
    left_out = f"{count(pairing.left_out, noun(pairing.task))} left out: not answered by both"
    return {
        "path": pairing.path,
        "metric": "score" if rule.metric == "score" else pairing.metric(rule.metric).id,
        "against": rule.against,
        "baseline": baseline,
        "candidate": candidate,
        "delta": None if baseline is None or candidate is None else candidate - baseline,
        "limit": rule.margin if isinstance(rule, MarginRule) else None,
        "direction": quantity.direction,
        "value_unit": quantity.unit,
        "alpha": rule.alpha,
        "n": n,
        "unit": unit,
        "clusters": pairing.n_clusters if pairing.n else 0,
        **_flips(pairing),
        "flags": (*pairing.flags, *((left_out,) if pairing.left_out else ())),
    }


def _flips(pairing: PairedRecords) -> dict[str, Any]:
    """Counts of fixed and broken items and the ids of the first broken ones; empty if answers are not right or wrong, and for a label."""
    known = (rightness(pairing, 0), rightness(pairing, 1)) if pairing.n and not pairing.own else (None, None)
    one, other = known
    if one is None or other is None:
        return {"fixed": None, "broken": None, "flipped": ()}
    broken = judged_rows(pairing, 0)[one & ~other]
    ids = tuple(call(pairing.records[0][at]) for at in broken[:IDS_NAMED].tolist())
    return {"fixed": int((other & ~one).sum()), "broken": broken.size, "flipped": ids}
