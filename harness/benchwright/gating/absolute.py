"""Rules about a value alone: a limit, met by the value or by a bound of its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright import formatting
from benchwright.comparison.flips import rightness
from benchwright.comparison.pairing import Pairing
from benchwright.errors import NotComparable
from benchwright.gating.budget import known_size
from benchwright.gating.draft import Draft, Sentence, final, finding, invalid
from benchwright.gating.gain import Gain
from benchwright.gating.ground import Ground, tasks_of
from benchwright.gating.rules import SELF_METRICS, Rule
from benchwright.gating.tasks import lacking, quantity_on, tasks_with
from benchwright.gating.verdict import Verdict
from benchwright.items import count, noun
from benchwright.metrics.closed import closed_interval
from benchwright.metrics.columns import Metric
from benchwright.quantities import BUILT_IN, Unit
from benchwright.stats.bootstrap_difference import BootstrapDifference
from benchwright.stats.difference import IntervalEstimate


@dataclass(frozen=True, kw_only=True)
class Single:
    """One system's value with one-sided bounds and p-values, seen as a difference from 0."""

    value: float
    gain: Gain

    @property
    def method(self) -> str:
        """How bounds are made."""
        return self.gain.found.method

    def bound(self, alpha: float, side: str) -> float | None:
        """One-sided (1 - alpha) bound; None where there is none."""
        return self.gain.low(alpha) if side == "lower" else self.gain.high(alpha)

    def p(self, limit: float, tail: str) -> float | None:
        """P of the evidence that the value is ``less`` or ``greater`` than the limit."""
        return self.gain.p_below(limit) if tail == "less" else self.gain.p_above(limit)


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft for each task that the rule is about, or one about the model itself."""
    if rule.metric in SELF_METRICS:
        yield _of_model(rule, ground)
        return
    paths = tasks_with(rule, ground)
    if not paths:
        yield invalid(rule, lacking(rule, ground), limit=_limit(rule))
    for path in paths:
        try:
            yield _on_task(rule, ground, path)
        except NotComparable as error:
            yield invalid(rule, error.given, path=path, limit=_limit(rule))


def single(pairing: Pairing, metric: str) -> Single:
    """A system alone (number 0 of a pairing) on a metric or ``score``. Raises NotComparable for an unknown metric."""
    value = pairing.value(0, metric) if pairing.n else math.nan
    of = pairing.quantity(metric)
    metrics = [pairing.metric(name) for name in of.members]
    shown = _as_shown(pairing, metrics[0], value) if len(metrics) == 1 and pairing.n else None
    if shown is not None:
        return Single(value=value, gain=Gain(found=shown, sign=1, n=pairing.n))
    draws = pairing.draws(metric)[0] if pairing.n else np.empty(0)
    drawn = BootstrapDifference(
        value=value,
        draws=draws[np.isfinite(draws)],
        units=pairing.n_clusters if pairing.n else 0,
        width=of.width,
        resamples=pairing.resamples,
        changed=_wrong(pairing),
        counted="wrong",
    )
    return Single(value=value, gain=Gain(found=drawn, sign=1, n=pairing.n))


def _as_shown(pairing: Pairing, metric: Metric, value: float) -> IntervalEstimate | None:
    """The interval that the score has wherever it is shown; None where only resamples tell it."""
    known = closed_interval(pairing.columns[0], metric, 0.95)
    if known is None:
        return None

    def ends(confidence: float) -> tuple[float, float] | None:
        found = closed_interval(pairing.columns[0], metric, confidence)
        return None if found is None or found.low is None or found.high is None else (found.low, found.high)

    return IntervalEstimate(value=value, ends=ends, method=known.method, se=known.se)


def _wrong(pairing: Pairing) -> int | None:
    """Items answered wrong; None where right and wrong mean nothing."""
    right = rightness(pairing, 0) if pairing.n else None
    return None if right is None else int((~right).sum())


def _on_task(rule: Rule, ground: Ground, path: str) -> Draft:
    _check_baseline(ground, path)
    pairing = ground.alone(path)
    if rule.slice is not None:
        pairing = ground.slice("", path, rule.slice)
    of = quantity_on(rule, pairing)
    found = single(pairing, rule.metric)
    seen = _describe(rule, pairing, found)
    if not math.isfinite(found.value):
        return invalid(rule, f"{rule.metric} is undefined on these {count(pairing.n, noun(pairing.task))}", **seen)
    if rule.use == "value":
        return _plain(rule, found.value, seen, unit=of.unit)
    return _bounded(rule, found, seen, unit=of.unit)


def _check_baseline(ground: Ground, path: str) -> None:
    """A value on other data than the baseline's says nothing about the limit that was set on those."""
    from benchwright.comparison.sides import Side

    side = ground.references.get("baseline")
    if isinstance(side, Side) and path in tasks_of(side):
        ground.pairing("baseline", path)


def _describe(rule: Rule, pairing: Pairing, found: Single) -> dict[str, Any]:
    of = quantity_on(rule, pairing)
    return {
        "path": pairing.path,
        "metric": "score" if rule.metric == "score" else pairing.metric(rule.metric).id,
        "candidate": found.value if math.isfinite(found.value) else None,
        "limit": _limit(rule),
        "direction": of.direction,
        "value_unit": of.unit,
        "n": pairing.counted(rule.metric)[0],
        "unit": pairing.counted(rule.metric)[1],
        "clusters": pairing.n_clusters if pairing.n else 0,
        "flags": (
            *pairing.flags,
            *(
                (f"{count(pairing.left_out, noun(pairing.task))} without an answer left out",)
                if pairing.left_out
                else ()
            ),
            *(("lower values are better",) if pairing.n and of.direction == "lower" else ()),
        ),
    }


def _plain(rule: Rule, value: float, seen: dict[str, Any], *, unit: Unit) -> Draft:
    verdict = Verdict.PASS if _holds(rule, value) else Verdict.FAIL
    told = f"{formatting.value(value, unit)}; {_asked(rule, unit=unit)}"
    return final(rule, verdict, told, **{**seen, "method": "value"})


def _holds(rule: Rule, value: float) -> bool:
    return (rule.minimum is None or value >= rule.minimum - 1e-12) and (
        rule.maximum is None or value <= rule.maximum + 1e-12
    )


def _bounded(rule: Rule, found: Single, seen: dict[str, Any], *, unit: Unit) -> Draft:
    low, high = found.bound(rule.alpha, "lower"), found.bound(rule.alpha, "upper")
    if rule.use == "lower":
        assert rule.minimum is not None
        passes = low is not None and low >= rule.minimum
        harm = found.p(rule.minimum, "less")
    else:
        assert rule.maximum is not None
        passes = high is not None and high <= rule.maximum
        harm = found.p(rule.maximum, "greater")
    seen = {**seen, "low": low, "high": high, "alpha": rule.alpha, "method": found.method}
    return Draft(
        rule=rule,
        finding=finding(rule, Verdict.INCONCLUSIVE, "", **seen),
        passes=passes,
        harm=1.0 if harm is None else harm,
        told=_sentence(rule, found.value, low, high, unit=unit),
    )


def _sentence(rule: Rule, value: float, low: float | None, high: float | None, *, unit: Unit) -> Sentence:
    ends = " and ".join(formatting.value(end, unit) for end in (low, high))
    told = f"{formatting.value(value, unit)}, bounds {ends} ({formatting.confidence(1 - rule.alpha)} each); "
    asked = _asked(rule, unit=unit)

    def tell(verdict: Verdict, adjusted: float | None) -> str:
        p = f"; p of harm {formatting.p_equals(adjusted or 0.0)} after Holm" if verdict is Verdict.FAIL else ""
        return told + asked + p

    return tell


def _asked(rule: Rule, *, unit: Unit) -> str:
    what = {"value": "", "lower": "the lower bound ", "upper": "the upper bound "}[rule.use]
    parts = [
        f"{which} {formatting.value(limit, unit)}"
        for which, limit in (("at least", rule.minimum), ("at most", rule.maximum))
        if limit is not None
    ]
    return f"asked for: {what}{' and '.join(parts)}"


def _of_model(rule: Rule, ground: Ground) -> Draft:
    try:
        found = known_size(ground.candidate, rule.metric)
    except NotComparable as error:
        return invalid(rule, error.given, limit=_limit(rule))
    value, unit = float(found.value or 0.0), BUILT_IN[rule.metric].unit
    verdict = Verdict.PASS if _holds(rule, value) else Verdict.FAIL
    limits = [
        f"{which} {formatting.value(limit, unit)}"
        for which, limit in (("at least", rule.minimum), ("at most", rule.maximum))
        if limit is not None
    ]
    told = f"{formatting.value(value, unit)}; asked for: {' and '.join(limits)}"
    return final(
        rule,
        verdict,
        told,
        candidate=value,
        limit=_limit(rule),
        value_unit=unit,
        flags=found.flags,
        method="value",
    )


def _limit(rule: Rule) -> float | None:
    return rule.minimum if rule.minimum is not None else rule.maximum
