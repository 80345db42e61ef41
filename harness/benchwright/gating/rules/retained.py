"""The rule about a parent model: a share of its quality is retained, or a share of its size not exceeded."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from benchwright import formatting
from benchwright.comparison.estimate import estimate_retained_fraction
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement
from benchwright.gating.rules.base import TaskRule, Text
from benchwright.gating.rules.difference import compared_fields
from benchwright.gating.rules.limits import known_size
from benchwright.gating.verdict import PendingFinding, RequiredItems, Verdict
from benchwright.quantities import BUILT_IN, SIZES
from benchwright.stats.retention import RetainedFraction

_QUALITY = "the share of the parent's quality that must be kept, above 0 and at most 1: 0.97"
_SIZE = "the share of the parent's size that may be used, above 0 and at most 10: 0.6 is 60 %"


class RetainedRule(TaskRule, frozen=True, kw_only=True, tag="retained"):
    """Is it shown that a fraction of a parent's quality is retained, or is a fraction of its size not exceeded?

    Attributes:
        parent: The same as ``against``; takes precedence.
        minimum: ``min``: fraction of the quality, if the metric is one of tasks.
        maximum: ``max``: fraction of the size, if the metric is a size.
    """

    takes_sizes: ClassVar[bool] = True

    parent: Text | None = None
    minimum: Annotated[float, Meta(gt=0, le=1, description=_QUALITY)] | None = msgspec.field(default=None, name="min")
    maximum: Annotated[float, Meta(gt=0, le=10, description=_SIZE)] | None = msgspec.field(default=None, name="max")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.parent is not None:
            msgspec.structs.force_setattr(self, "against", self.parent)

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: ``max`` for a quality, or ``min`` for a size."""
        yield from super().find_problems()
        of_size = self.metric in SIZES
        wanted, other = (self.maximum, self.minimum) if of_size else (self.minimum, self.maximum)
        if wanted is None or other is not None:
            names, what = ("max", "min"), "size that may be used"
            if not of_size:
                names, what = ("min", "max"), "quality that must be kept"
            yield self.problem(
                f"needs {names[0]}, not {names[1]}",
                expected=f"{names[0]} = the share of the parent's {what}",
                hint="docs/gates.md lists the keys of every kind of rule",
            )

    def defaults(self) -> dict[str, Any]:
        """Default fields, with the fraction."""
        return {"against": self.against, "limit": self.minimum}

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each task, or one about the size."""
        if self.metric in SIZES:
            yield self._of_size(context)
        else:
            yield from super().evaluate(context)

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """The finding on one task, from the retained fraction. Raises NotComparable."""
        pairing = self.records_in(context, path)
        fields = {**compared_fields(self, pairing), "limit": self.minimum}
        if fields["delta"] is None:
            return self.invalid(f"{self.metric} is undefined on one side, so no share is kept", **fields)
        kept = estimate_retained_fraction(pairing, self.metric, 0, 1, 2 * self.alpha)
        if kept.value is None:
            return self.invalid(f"{self.metric}: {'; '.join(kept.flags)}", **fields)
        if pairing.is_identical(0, 1):
            fields["flags"] = ("identical", *fields["flags"])
            if context.is_same_model(pairing, self.against):
                message = "identical: the same model and the same answers, all is kept"
                return self.settled(
                    Verdict.PASS, message, **{**fields, "low": 1.0, "high": 1.0, "method": "identical model"}
                )
        return self._decide(pairing, kept, fields)

    def _decide(self, pairing: PairedRecords, kept: RetainedFraction, fields: dict[str, Any]) -> PendingFinding:
        """A pending finding: candidate - fraction x parent is tested against 0 and shown as a ratio."""
        assert kept.data is not None
        assert self.minimum is not None
        found = Improvement(difference=kept.data.difference(self.minimum), sign=1, n=pairing.n)
        low, violation_p = found.low(self.alpha), found.p_below(0.0)
        fields |= {"low": kept.low, "high": kept.high, "method": f"ratio over {found.difference.method}"}
        fields["flags"] = tuple(dict.fromkeys((*fields["flags"], *kept.flags)))
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **fields),
            alpha=self.alpha,
            passes=low is not None and low > 0,
            violation_p=1.0 if violation_p is None else violation_p,
            describe=partial(self.describe, kept),
            required_items=partial(self._required_items, found, pairing),
        )

    def _required_items(self, found: Improvement, pairing: PairedRecords) -> RequiredItems | None:
        equal = (1 - (self.minimum or 0.0)) * pairing.value(0, self.metric)
        return found.required_items(0.0, self.alpha, equal=equal)

    def describe(self, kept: RetainedFraction, verdict: Verdict, p: float | None) -> str:
        """The sentence of the finding: retained fraction, both bounds, what is asked for; ``p``: after the Holm correction."""
        share, low, high, asked = map(formatting.percent, (kept.value, kept.low, kept.high, self.minimum))
        each = formatting.confidence(1 - self.alpha)
        message = f"keeps {share}, bounds {low} and {high} ({each} each); {asked} asked for"
        return (
            f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm" if verdict is Verdict.FAIL else message
        )

    def _of_size(self, context: GateContext) -> PendingFinding:
        assert self.maximum is not None
        fields: dict[str, Any] = {"against": self.against, "limit": self.maximum}
        try:
            parent = context.reference(self.against)
            (before, first), (now, second) = (known_size(side, self.metric) for side in (parent, context.candidate))
        except NotComparable as error:
            return self.invalid(error.problem, **fields)
        unit = BUILT_IN[self.metric].unit
        if before <= 0:
            message = f"{parent.name} has {formatting.value(before, unit)}: nothing is a share of that"
            return self.invalid(message, **fields)
        sizes = f"{formatting.value(now, unit)} of {formatting.value(before, unit)}, {formatting.percent(now / before)}"
        return self.settled(
            Verdict.PASS if now <= self.maximum * before else Verdict.FAIL,
            f"{sizes}; at most {formatting.percent(self.maximum)} allowed",
            **fields,
            baseline=before,
            candidate=now,
            delta=now - before,
            value_unit=unit,
            method="value",
            flags=tuple(dict.fromkeys((*first, *second))),
        )
