"""Rules about the candidate alone: a limit on its value or on a confidence bound, a budget for its size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import numpy as np
from msgspec import Meta

from benchwright import formatting, limit_checks, limit_texts
from benchwright.comparison.cost import size_of
from benchwright.comparison.flips import rightness
from benchwright.comparison.pairing import PairedRecords
from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.gating.context import GateContext, tasks_of
from benchwright.gating.improvement import Improvement
from benchwright.gating.rules.base import Amount, RuleBase, RuleSubject, Severity, TaskName, TaskRule, Text, limit_of
from benchwright.gating.rules.hardware_limits import HardwareLimit, judge
from benchwright.gating.verdict import PendingFinding, Verdict
from benchwright.items import count, noun
from benchwright.limit_checks import Bound
from benchwright.metrics.closed_form import closed_form_interval
from benchwright.metrics.metric import Metric
from benchwright.quantities import BUILT_IN, MEASURED, SIZES, Quantity, Unit
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.difference import IntervalEstimate

_WANTED = {"lower": "min", "upper": "max"}
_NEAR = 1e-12


class AbsoluteRule(TaskRule, frozen=True, kw_only=True, tag="absolute"):
    """Does the value, or a bound of its confidence interval, meet a limit?

    Attributes:
        minimum: ``min``: limit from below.
        maximum: ``max``: limit from above.
        use: Which number is compared with the limit: the value, or a bound. A quantity of hardware profiles goes by its whole interval.
        machine: Of such a quantity the machine that it is about, by name or fingerprint; None: the one that the gate runs on.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "against"})
    takes_sizes: ClassVar[bool] = True
    takes_measured: ClassVar[bool] = True

    against: str = ""
    minimum: Amount | None = msgspec.field(default=None, name="min")
    maximum: Amount | None = msgspec.field(default=None, name="max")
    use: Literal["value", "lower", "upper"] = "value"
    machine: Text | None = None

    @property
    def least(self) -> float | None:
        """``min`` in the metric's unit."""
        return limit_of(self.minimum, self.metric)

    @property
    def most(self) -> float | None:
        """``max`` in the metric's unit."""
        return limit_of(self.maximum, self.metric)

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: no limit, ``min`` above ``max``, or a bound that cannot show what is asked."""
        yield from super().find_problems()
        yield from self.limit_faults({"min": self.minimum, "max": self.maximum}, self.metric)
        if self.minimum is None and self.maximum is None:
            yield self.problem("no limit", expected="min, max or both", hint="min = 0.9")
        if self.least is not None and self.most is not None and self.least > self.most:
            yield self.problem(f"min: {self.minimum} is above max", expected="min at most max", hint="exchange the two")
        given = [name for name, limit in (("min", self.minimum), ("max", self.maximum)) if limit is not None]
        yield from self._hardware_problems()
        wanted = _WANTED.get(self.use)
        if wanted and given != [wanted]:
            yield self.problem(
                f"use: the {self.use} bound can show that a value is {'above min' if wanted == 'min' else 'below max'}",
                expected=f"{wanted}, alone",
                hint='use = "lower" goes with min, use = "upper" with max; write two rules for both',
            )

    def _hardware_problems(self) -> Iterable[BenchwrightError]:
        """Keys that say nothing of a quantity of hardware profiles, and one that says nothing of any other metric."""
        measured = self.metric in MEASURED
        given = {"slice": self.slice, "cluster": self.cluster, "confidence": self.confidence}
        keys = [key for key, value in given.items() if value is not None] + (["use"] if self.use != "value" else [])
        if measured and keys:
            what = f"{', '.join(keys)}: {self.metric} is judged by its whole 95 % interval, over all queries"
            yield self.problem(
                what, expected="metric, min or max, task, split and machine", hint=f"leave out {keys[0]}"
            )
        if self.machine is not None and not measured:
            yield self.problem(
                f"machine: no machine decides {self.metric}",
                expected="a quantity of hardware profiles",
                hint="leave out machine",
            )

    def range_problems(self, within: Quantity) -> list[BenchwrightError]:
        """A limit outside the range of the metric is a problem."""
        given = [(name, limit) for name, limit in (("min", self.least), ("max", self.most)) if limit is not None]
        found = [(name, limit_checks.limit_problem(limit, within)) for name, limit in given]
        return [self.problem(f"{name}: {one.what}", expected=one.expected, hint=one.hint) for name, one in found if one]

    def range_notes(self, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
        """Warnings about a limit that every value meets, that no bound can meet, or on the wrong side."""
        idle = limit_checks.limit_warning(self.least, self.most, within)
        notes = [idle, limit_checks.bound_warning(self.use, self.least, self.most, within)]
        if higher is not None and not idle and (self.least is None) != (self.most is None):
            notes.append(
                limit_checks.wrong_side_warning("<=" if self.least is None else ">=", higher=higher, of=within.title)
            )
        return tuple(filter(None, notes))

    def level_notes(self) -> tuple[str, ...]:
        """A warning about a loose level, if a bound decides."""
        return () if self.use == "value" else super().level_notes()

    def bounds(self) -> list[Bound]:
        """``min`` and ``max`` as bounds on the value."""
        ends = ((">=", self.least), ("<=", self.most))
        return [Bound(rule=self.id, operator=sign, amount=end) for sign, end in ends if end is not None]  # type: ignore[arg-type]

    def defaults(self) -> dict[str, Any]:
        """Default fields, with the limit."""
        return {"limit": self.limit}

    @property
    def limit(self) -> float | None:
        """The limit that findings show."""
        return self.least if self.least is not None else self.most

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each task, or one about the model itself."""
        if self.metric in SIZES:
            yield self._of_model(context)
        elif self.metric in MEASURED:
            asked = HardwareLimit(
                quantity=self.metric, least=self.least, most=self.most, places=self.tasks, machine=self.machine,
                split=self.split,
            )  # fmt: skip
            yield from judge(self, asked, context)
        else:
            yield from super().evaluate(context)

    def evaluate_on(self, path: str, context: GateContext) -> PendingFinding:
        """The finding on one task, from the value or one of its bounds. Raises NotComparable."""
        baseline = context.references.get("baseline")
        if isinstance(baseline, System) and path in tasks_of(baseline):
            context.pairing(
                "baseline", path
            )  # a value on other data says nothing about the limit that was set on those
        pairing = self.records_in(context, path)
        unit = self.quantity_on(pairing).unit
        found = value_of(pairing, self.metric)
        fields = self._fields_on(pairing, found.value)
        if not math.isfinite(found.value):
            message = f"{self.metric} is undefined on these {count(pairing.n, noun(pairing.task))}"
            return self.invalid(message, **fields)
        if self.use == "value":
            message = f"{formatting.value(found.value, unit)}; {self._asked(unit)}"
            return self.settled(self._verdict(found.value), message, **{**fields, "method": "value"})
        return self._bounded(found, unit, fields)

    def _bounded(self, found: Improvement, unit: Unit, fields: Mapping[str, Any]) -> PendingFinding:
        low, high = found.low(self.alpha), found.high(self.alpha)
        if self.use == "lower":
            assert self.least is not None
            passes, violation_p = low is not None and low >= self.least, found.p_below(self.least)
        else:
            assert self.most is not None
            passes, violation_p = high is not None and high <= self.most, found.p_above(self.most)
        more = {"low": low, "high": high, "alpha": self.alpha, "method": found.difference.method}
        return PendingFinding(
            finding=self.finding(Verdict.INCONCLUSIVE, "", **{**fields, **more}),
            alpha=self.alpha,
            passes=passes,
            violation_p=1.0 if violation_p is None else violation_p,
            describe=partial(self.describe, found, unit),
        )

    def describe(self, found: Improvement, unit: Unit, verdict: Verdict, p: float | None) -> str:
        """The sentence of the finding: value, both bounds, what is asked for; ``p``: after the Holm correction."""
        low, high = (formatting.value(end, unit) for end in (found.low(self.alpha), found.high(self.alpha)))
        between = f"bounds {low} and {high} ({formatting.confidence(1 - self.alpha)} each)"
        message = f"{formatting.value(found.value, unit)}, {between}; {self._asked(unit)}"
        return (
            f"{message}; p of harm {formatting.p_equals(p or 0.0)} after Holm" if verdict is Verdict.FAIL else message
        )

    def _asked(self, unit: Unit) -> str:
        what = {"value": "", "lower": "the lower bound ", "upper": "the upper bound "}[self.use]
        ends = (("at least", self.least), ("at most", self.most))
        parts = [f"{which} {formatting.value(limit, unit)}" for which, limit in ends if limit is not None]
        return f"asked for: {what}{' and '.join(parts)}"

    def _verdict(self, value: float) -> Verdict:
        above = self.least is None or value >= self.least - _NEAR
        below = self.most is None or value <= self.most + _NEAR
        return Verdict.PASS if above and below else Verdict.FAIL

    def _of_model(self, context: GateContext) -> PendingFinding:
        try:
            value, flags = known_size(context.candidate, self.metric)
        except NotComparable as error:
            return self.invalid(error.problem, **self.defaults())
        unit = BUILT_IN[self.metric].unit
        message = f"{formatting.value(value, unit)}; {self._asked(unit)}"
        fields = {"candidate": value, "limit": self.limit, "value_unit": unit, "flags": flags, "method": "value"}
        return self.settled(self._verdict(value), message, **fields)

    def _fields_on(self, pairing: PairedRecords, value: float) -> dict[str, Any]:
        quantity, (n, unit) = self.quantity_on(pairing), pairing.counted(self.metric)
        left_out = count(pairing.left_out, noun(pairing.task))
        return {
            "path": pairing.path,
            "metric": "score" if self.metric == "score" else pairing.metric(self.metric).id,
            "candidate": value if math.isfinite(value) else None,
            "limit": self.limit,
            "direction": quantity.direction,
            "value_unit": quantity.unit,
            "n": n,
            "unit": unit,
            "clusters": pairing.n_clusters if pairing.n else 0,
            "flags": (
                *pairing.flags,
                *((f"{left_out} without an answer left out",) if pairing.left_out else ()),
                *((_better(quantity),) if pairing.n and quantity.direction == "lower" else ()),
            ),
        }


def _better(quantity: Quantity) -> str:
    """Which end is better, where it is not the high one."""
    return "lower values are better" if quantity.neutral is None else f"{quantity.better}, and neither end is better"


class BudgetRule(RuleBase, frozen=True, kw_only=True, tag="budget"):
    """Is the model small enough, fast enough, cheap enough?

    Attributes:
        metric: ``size_bytes``, ``parameters``, or a quantity of hardware profiles that is better low.
        maximum: ``max``: the most that is allowed, with its unit.
        tasks: Of a quantity of hardware profiles where it was measured: ``suite/task``, a suite or ``hardware/SCENARIO@suite/task``;
            empty: every task that was.
        machine: The machine that it is about, by name or fingerprint; None: the one that the gate runs on.
        on_inconclusive: Whether INCONCLUSIVE is a note or ends the gate with exit code 4.
    """

    metric: Text
    maximum: Amount = msgspec.field(name="max")
    tasks: Annotated[
        tuple[TaskName, ...],
        Meta(
            min_length=1,
            description="SUITE/TASK, SUITE, hardware/SCENARIO@SUITE/TASK, or a list of them",
            extra={"or_one": True},
        ),
    ] = msgspec.field(default=(), name="task")
    machine: Text | None = None
    on_inconclusive: Severity = "warn"

    @property
    def most(self) -> float:
        """``max`` in the metric's unit."""
        return limit_of(self.maximum, self.metric) or 0.0

    @property
    def subject(self) -> RuleSubject:
        """The size of the candidate, or what was measured of it."""
        return RuleSubject(metric=self.metric, tasks=self.tasks)

    def find_problems(self) -> Iterable[BenchwrightError]:
        """Problems: an unknown quantity or one that is better high, a limit without its unit, a task or machine of a size."""
        known = (*SIZES, *(name for name in MEASURED if BUILT_IN[name].direction == "lower"))
        if self.metric in MEASURED and self.metric not in known:
            what = f"metric: higher values of {self.metric} are better, and a budget is the most that is allowed"
            hint = f'write kind = "absolute" with min = "{limit_texts.example(BUILT_IN[self.metric])}"'
            yield self.problem(what, expected=f"one of: {', '.join(known)}", hint=hint)
            return
        unknown = list(self.metric_problem(self.metric, known))
        yield from unknown or self.limit_faults({"max": self.maximum}, self.metric)
        measured = self.metric in MEASURED
        yield from self.place_problems(self.tasks, measured=measured)
        given = {"task": self.tasks or None, "machine": self.machine}
        idle = [key for key, value in given.items() if value is not None]
        if idle and not measured and not unknown:
            what = f"{' and '.join(idle)}: {self.metric} is that of the model itself, on any task and machine"
            yield self.problem(what, expected="metric and max", hint=f"leave out {idle[0]}")

    def bounds(self) -> list[Bound]:
        """The budget as a bound on the value."""
        return [Bound(rule=self.id, operator="<=", amount=self.most)]

    def fields(self) -> dict[str, Any]:
        """Shared fields, with the metric."""
        return {**super().fields(), "metric": self.metric}

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding, about the largest checkpoint of the candidate, or one for each task that was measured."""
        if self.metric in MEASURED:
            asked = HardwareLimit(quantity=self.metric, most=self.most, places=self.tasks, machine=self.machine)
            yield from judge(self, asked, context)
            return
        try:
            value, flags = known_size(context.candidate, self.metric)
        except NotComparable as error:
            yield self.invalid(error.problem, limit=self.most)
            return
        baseline, unit = context.references.get("baseline"), BUILT_IN[self.metric].unit
        before = size_of(baseline, self.metric).value if isinstance(baseline, System) else None
        size, most = formatting.distinct(value, self.most, unit)
        yield self.settled(
            Verdict.PASS if value <= self.most else Verdict.FAIL,
            f"{size}; at most {most} allowed",
            candidate=value,
            baseline=before,
            delta=None if before is None else value - before,
            limit=self.most,
            value_unit=unit,
            method="value",
            flags=flags,
        )


def known_size(side: System, metric: str) -> tuple[float, tuple[str, ...]]:
    """Bytes or number of weights of a system's largest checkpoint, with flags. Raises NotComparable if not measured."""
    found = size_of(side, metric)
    if found.value is None:
        raise NotComparable(f"not measured: {metric} of {side.name}: {found.why}")
    return float(found.value), found.flags


def value_of(pairing: PairedRecords, metric: str) -> Improvement:
    """The value of the candidate alone (system 0) as a difference from 0. Raises NotComparable for an unknown metric."""
    value = pairing.value(0, metric) if pairing.n else math.nan
    quantity = pairing.quantity(metric)
    metrics = [pairing.metric(name) for name in quantity.members]
    shown = _as_shown(pairing, metrics[0], value) if len(metrics) == 1 and pairing.n else None
    if shown is not None:
        return Improvement(difference=shown, sign=1, n=pairing.n)
    draws = pairing.draws(metric)[0] if pairing.n else np.empty(0)
    right = rightness(pairing, 0) if pairing.n else None
    drawn = BootstrapDifference(
        value=value,
        draws=draws[np.isfinite(draws)],
        units=pairing.n_clusters if pairing.n else 0,
        width=quantity.width,
        resamples=pairing.resamples,
        changed=None if right is None else int((~right).sum()),
        counted="wrong",
    )
    return Improvement(difference=drawn, sign=1, n=pairing.n)


def _as_shown(pairing: PairedRecords, metric: Metric, value: float) -> IntervalEstimate | None:
    """The closed-form interval of the score, as shown in other outputs; None if it needs the bootstrap."""
    known = closed_form_interval(pairing.columns[0], metric, 0.95)
    if known is None:
        return None

    def ends(confidence: float) -> tuple[float, float] | None:
        found = closed_form_interval(pairing.columns[0], metric, confidence)
        return None if found is None or found.low is None or found.high is None else (found.low, found.high)

    return IntervalEstimate(value=value, ends=ends, method=known.method, se=known.se)
