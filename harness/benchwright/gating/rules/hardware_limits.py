"""A limit on a quantity of a hardware profile: judged by its 95 % interval, on the machine that the rule is about."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchwright import formatting
from benchwright.comparison.systems import System
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.machines import check_machine
from benchwright.gating.rules.base import RuleBase
from benchwright.gating.verdict import PendingFinding, Verdict
from benchwright.hardware.find import HardwareValue, find_values, is_timed
from benchwright.hardware.machines import apart, called
from benchwright.hardware.needed import what_tells

_NEAR = 1e-12


@dataclass(frozen=True, kw_only=True)
class HardwareLimit:
    """What a rule asks of a quantity.

    Attributes:
        quantity: One of `quantities.MEASURED`.
        least: Lowest value that is allowed, in SI units; None: any.
        most: Highest.
        places: ``suite/task``, a suite or ``hardware/SCENARIO@suite/task``; empty: every task that was measured.
        machine: Name or fingerprint of the machine that it is about; None: the one that the gate runs on.
        split: Split whose texts must have been the inputs; None: any.
    """

    quantity: str
    least: float | None = None
    most: float | None = None
    places: tuple[str, ...] = ()
    machine: str | None = None
    split: str | None = None

    @property
    def limit(self) -> float | None:
        """The limit that findings show."""
        return self.most if self.least is None else self.least

    def verdict(self, found: HardwareValue) -> Verdict:
        """PASS where the whole interval keeps the limit, FAIL where the whole of it breaks it; without an interval by the value."""
        assert found.value is not None
        low = found.value if found.low is None else found.low
        high = found.value if found.high is None else found.high
        found_by = [_side(low, high, self.least)] if self.least is not None else []
        found_by += [_side(-high, -low, -self.most)] if self.most is not None else []
        return next((one for one in (Verdict.FAIL, Verdict.INCONCLUSIVE) if one in found_by), Verdict.PASS)

    def asked(self, found: HardwareValue) -> str:
        """``at most 50 ms allowed``; with every digit where a number of what was found would read alike and is not: 49.999 ms."""
        ends = (("at least", self.least, "asked for"), ("at most", self.most, "allowed"))
        return " and ".join(f"{how} {_limit_text(end, found)} {what}" for how, end, what in ends if end is not None)


def _limit_text(end: float, found: HardwareValue) -> str:
    unit = found.about.unit
    beside = [number for number in (found.value, found.low, found.high) if number is not None]
    texts = [formatting.distinct(end, number, unit)[0] for number in beside]
    return max(texts, key=len, default=formatting.value(end, unit))


def _side(low: float, high: float, least: float) -> Verdict:
    """Whether an interval lies at or above a limit, below it, or on both sides."""
    least -= _NEAR * abs(least)
    return Verdict.PASS if low >= least else Verdict.FAIL if high < least else Verdict.INCONCLUSIVE


def judge(rule: RuleBase, limit: HardwareLimit, context: GateContext) -> Iterable[PendingFinding]:
    """One finding for each task that the candidate was measured on and that the rule is about."""
    candidate = context.candidate
    for place in limit.places or ("",):
        for found in find_values(candidate.run, candidate.models[0], limit.quantity, place):
            yield _finding(rule, limit, found, context)


def _finding(rule: RuleBase, limit: HardwareLimit, found: HardwareValue, context: GateContext) -> PendingFinding:
    fields: dict[str, Any] = {
        "path": found.path or found.base,
        "limit": limit.limit,
        "value_unit": found.about.unit,
        "direction": found.about.direction,
    }
    if found.profile is None or found.value is None:
        return rule.invalid(f"not measured: {found.quantity}: {found.why}", **fields)
    measured = found.profile
    fields |= {"candidate": found.value, "n": found.n or None, "unit": "sample", "method": found.method or "value"}
    try:
        check_machine(measured.machine, limit.machine, measured.device, context.candidate.name, here=context.machine)
    except NotComparable as error:
        return rule.invalid(f"{error.problem}; {error.hint}", **fields, flags=found.flags)
    if limit.split is not None and measured.split != limit.split:
        told = f"{measured.base} was measured on texts of {measured.split}, the rule asks for {limit.split}"
        return rule.invalid(told, **fields, flags=found.flags)
    verdict = limit.verdict(found)
    before, flags = _before(found, context)
    tells = (
        what_tells(found, _open_end(limit, found), context.candidate.store) if verdict is Verdict.INCONCLUSIVE else None
    )
    sentence = f"{_told(found)}; {limit.asked(found)}"
    if verdict is Verdict.INCONCLUSIVE:
        sentence += "; the limit lies within the interval" + (f": {tells.sentence}" if tells else "")
    return rule.settled(
        verdict,
        sentence,
        **fields,
        low=found.low,
        high=found.high,
        baseline=before,
        delta=None if before is None else found.value - before,
        needed=tells.samples if tells else None,
        flags=(*found.flags, *flags),
    )


def _told(found: HardwareValue) -> str:
    """``latency_p90 21.3 ms [20.9 ms, 22 ms], 1,000 samples, single_stream of glue/sst2 on ci-large (3f0a...)``."""
    assert found.profile is not None
    unit = found.about.unit
    between = formatting.interval(found.low, found.high, unit)
    known = f"{found.quantity} {formatting.value(found.value, unit)}{f' {between}' if between else ''}"
    samples = f", {formatting.count(found.n)} samples" if between and found.n else ""
    return f"{known}{samples}, {found.profile.scenario} of {found.base} on {called(found.profile.machine)}"


def _open_end(limit: HardwareLimit, found: HardwareValue) -> float:
    """The limit that the interval holds; of two the one that is nearer to the value."""
    assert found.value is not None
    known = [end for end in (limit.least, limit.most) if end is not None]
    value = found.value
    return min(known, key=lambda end: abs(end - value)) if known else math.nan


def _before(found: HardwareValue, context: GateContext) -> tuple[float | None, tuple[str, ...]]:
    """The same quantity of the baseline, measured on the same machine in the same scenario; None without one. With a flag."""
    baseline = context.references.get("baseline")
    if not isinstance(baseline, System) or found.profile is None:
        return None, ()
    place = found.profile.task_path
    other = find_values(baseline.run, baseline.models[0], found.quantity, place)[0]
    if other.value is None or other.profile is None:
        return None, ()
    facts = apart(found.profile.machine, other.profile.machine, names=("the candidate's machine", "the baseline's"))
    if facts:
        return None, (f"the baseline was measured on another machine, and no difference is told: {facts}",)
    if other.profile.session == found.profile.session or not is_timed(found.quantity):
        return other.value, ()
    return other.value, (
        "the baseline was measured at another time, so the difference decides nothing: a rule of kind ratio compares the two in turn",
    )
