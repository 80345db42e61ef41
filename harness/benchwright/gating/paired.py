"""Rules about a difference: delta, noninferiority, superiority, equivalence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from benchwright import formatting
from benchwright.comparison.estimate import estimate_difference
from benchwright.comparison.flips import rightness
from benchwright.comparison.pairing import Pairing
from benchwright.errors import NotComparable
from benchwright.gating.draft import Draft, Sentence, final, finding, invalid
from benchwright.gating.gain import POWER, Gain
from benchwright.gating.ground import FLIPS_NAMED, Ground, is_same_model
from benchwright.gating.rules import Rule, RuleKind
from benchwright.gating.tasks import lacking, quantity_on, tasks_with
from benchwright.gating.verdict import Verdict
from benchwright.items import call, count, noun
from benchwright.quantities import Quantity, Unit
from benchwright.stats.difference import decide


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft for each task that the rule is about."""
    paths = tasks_with(rule, ground)
    if not paths:
        yield invalid(rule, lacking(rule, ground), against=rule.against)
    for path in paths:
        try:
            yield on_task(rule, ground, path)
        except NotComparable as error:
            yield invalid(rule, error.given, path=path, against=rule.against)


def on_task(rule: Rule, ground: Ground, path: str) -> Draft:
    """The draft of a paired rule on one task. Raises NotComparable."""
    pairing = pairing_of(rule, ground, path)
    of = quantity_on(rule, pairing)
    seen = describe(rule, pairing)
    seen["path"] = path
    if seen["delta"] is None:
        return invalid(rule, f"{rule.metric} is undefined on one side, so there is no difference", **seen)
    if rule.margin >= of.width:
        return invalid(
            rule, f"the margin {rule.margin:g} is as wide as all of {rule.metric}: 0.01 is one point", **seen
        )
    seen["flags"] = (*seen["flags"], *_unbreakable(rule, of, seen["baseline"]))
    if pairing.is_identical(0, 1):
        seen["flags"] = ("identical", *seen["flags"])
        if is_same_model(pairing, ground, rule.against):
            return _same_model(rule, seen)
    if rule.kind is RuleKind.DELTA:
        return _plain(rule, seen, of)
    return judge(rule, gain_of(pairing, rule.metric), seen, unit=of.unit)


def _unbreakable(rule: Rule, of: Quantity, before: float) -> tuple[str, ...]:
    """What to say where the baseline is so near to the worst value that no candidate can lose more than is allowed."""
    if rule.kind is RuleKind.SUPERIORITY:
        left = of.high - before if of.sign > 0 else before - of.low
        has, margin = (
            formatting.value(before, of.unit),
            formatting.points(rule.margin, of.unit),
        )
        told = f"nothing could pass it: the baseline has {has}, and a gain above {margin} is asked for"
        return (told,) if left <= rule.margin else ()
    if rule.kind not in (RuleKind.NONINFERIORITY, RuleKind.DELTA):
        return ()
    most = before - of.low if of.sign > 0 else of.high - before
    if most <= rule.margin:
        has = formatting.value(before, of.unit)
        margin = formatting.points(rule.margin, of.unit)
        return (f"nothing could fail it: the baseline has {has}, and a loss of {margin} is allowed",)
    if math.isinf(of.width) and rule.margin >= abs(before):
        return (
            f"the margin {rule.margin:g} is as large as all of the baseline's {formatting.value(before, 'number')}",
        )
    return ()


def pairing_of(rule: Rule, ground: Ground, path: str) -> Pairing:
    """Reference and candidate on the items that the rule is about. Raises NotComparable."""
    pairing = ground.pairing(rule.against, path)
    if rule.slice is not None:
        pairing = ground.slice(rule.against, path, rule.slice)
    quantity_on(rule, pairing)
    return pairing


def gain_of(pairing: Pairing, metric: str) -> Gain:
    """Candidate minus reference, more is better."""
    return Gain(found=estimate_difference(pairing, metric, 0, 1), sign=pairing.quantity(metric).sign, n=pairing.n)


def describe(rule: Rule, pairing: Pairing) -> dict[str, Any]:
    """What a finding says besides the decision."""
    of = quantity_on(rule, pairing)
    values = [pairing.value(system, rule.metric) if pairing.n else math.nan for system in (0, 1)]
    known = all(math.isfinite(value) for value in values)
    fixed, broken, lost = _flips(pairing)
    left_out = (
        (f"{count(pairing.left_out, noun(pairing.task))} left out: not answered by both",) if pairing.left_out else ()
    )
    return {
        "path": pairing.path,
        "metric": "score" if rule.metric == "score" else pairing.metric(rule.metric).id,
        "against": rule.against,
        "baseline": values[0] if math.isfinite(values[0]) else None,
        "candidate": values[1] if math.isfinite(values[1]) else None,
        "delta": values[1] - values[0] if known else None,
        "limit": rule.margin,
        "direction": of.direction,
        "value_unit": of.unit,
        "alpha": rule.alpha,
        "n": pairing.counted(rule.metric)[0],
        "unit": pairing.counted(rule.metric)[1],
        "clusters": pairing.n_clusters if pairing.n else 0,
        "fixed": fixed,
        "broken": broken,
        "flipped": lost,
        "flags": (*pairing.flags, *left_out),
    }


def _flips(pairing: Pairing) -> tuple[int | None, int | None, tuple[str, ...]]:
    """Items fixed and broken, and the ids of the first broken ones; nothing where right and wrong mean nothing, and by label."""
    if not pairing.n or pairing.own:
        return None, None, ()
    one, other = rightness(pairing, 0), rightness(pairing, 1)
    if one is None or other is None:
        return None, None, ()
    broken = np.flatnonzero(one & ~other)
    lost = tuple(call(pairing.records[0][at]) for at in broken[:FLIPS_NAMED].tolist())
    return int((other & ~one).sum()), broken.size, lost


def _same_model(rule: Rule, seen: dict[str, Any]) -> Draft:
    """The same model gives the same answers to any item: nothing is lost and nothing won, whatever n is."""
    seen = {**seen, "low": 0.0, "high": 0.0, "method": "identical model"}
    if rule.kind is RuleKind.SUPERIORITY:
        return final(rule, Verdict.FAIL, "nothing is won: the same model and the same answers", **seen)
    told = f"identical: the same model and the same answers ({count(seen['n'], seen['unit'])})"
    return final(rule, Verdict.PASS, told, **seen)


def judge(rule: Rule, gain: Gain, seen: dict[str, Any], *, unit: Unit) -> Draft:
    """A draft of non-inferiority, superiority or equivalence from bounds; failing waits for Holm."""
    low, high = gain.low(rule.alpha), gain.high(rule.alpha)
    kind: Any = str(rule.kind)
    power = (1 + POWER) / 2 if rule.kind is RuleKind.EQUIVALENCE else POWER
    ends = (low, high) if gain.sign > 0 else (negative(high), negative(low))
    seen = {
        **seen,
        "low": ends[0],
        "high": ends[1],
        "method": gain.found.method,
        "mde": gain.mde(rule.alpha, power),
        "flags": tuple(dict.fromkeys((*seen["flags"], *gain.found.flags))),
    }
    return Draft(
        rule=rule,
        finding=finding(rule, Verdict.INCONCLUSIVE, "", **seen),
        passes=decide(kind, low, high, rule.margin) == "pass",
        harm=1.0 if low is None and high is None else _harm(rule, gain),
        told=_sentences(rule, gain, seen, unit=unit),
        needed=lambda: gain.lacks(_limit(rule, gain), rule.alpha, power, equal=_equal(rule)),
    )


def _limit(rule: Rule, gain: Gain) -> float:
    """The gain that is to be shown, or the nearer of the two ends of equivalence."""
    if rule.kind is RuleKind.SUPERIORITY:
        return rule.margin
    return rule.margin if rule.kind is RuleKind.EQUIVALENCE and gain.value > 0 else -rule.margin


def _equal(rule: Rule) -> float | None:
    """Where equal models are; they are never superior."""
    return None if rule.kind is RuleKind.SUPERIORITY else 0.0


def _harm(rule: Rule, gain: Gain) -> float:
    """P of the evidence that the rule is broken; both sides of equivalence together are doubled."""
    if rule.kind is RuleKind.SUPERIORITY:
        p = gain.p_below(rule.margin)
    elif rule.kind is RuleKind.EQUIVALENCE:
        ends = [p for p in (gain.p_below(-rule.margin), gain.p_above(rule.margin)) if p is not None]
        p = min(1.0, 2 * min(ends)) if ends else None
    else:
        p = gain.p_below(-rule.margin)
    return 1.0 if p is None else p


def _sentences(rule: Rule, gain: Gain, seen: dict[str, Any], *, unit: Unit) -> Sentence:
    def points(number: float | None) -> str:
        return formatting.change(number, unit)

    low, high = gain.low(rule.alpha), gain.high(rule.alpha)
    margin = formatting.points(rule.margin, unit)
    better = "gain" if gain.sign > 0 else "gain (lower values are better)"
    wanted = {
        RuleKind.NONINFERIORITY: f"a loss of {margin} is allowed",
        RuleKind.SUPERIORITY: f"a gain above {margin} is asked for",
        RuleKind.EQUIVALENCE: f"{margin} either way is allowed",
    }[rule.kind]
    bounds = f"bounds {points(low)} and {points(high)} ({formatting.confidence(1 - rule.alpha)} each)"
    same = "the same answers to every item; " if "identical" in seen["flags"] else ""
    between = f"{same}{better} {points(gain.value)}, {bounds}; {wanted}"
    mde = seen["mde"]

    def tell(verdict: Verdict, adjusted: float | None) -> str:
        if verdict is Verdict.PASS:
            return between
        if verdict is Verdict.FAIL:
            return f"{between}; p of harm {formatting.p_equals(adjusted or 0.0)} after Holm"
        if low is None and high is None:
            return f"{better} {points(gain.value)} on {count(gain.n, 'item')}, no interval; {wanted}"
        if rule.kind is RuleKind.SUPERIORITY or not mde:
            return between
        return f"{between}; equal models pass from a margin of {formatting.points(mde, unit)} on"

    return tell


def _plain(rule: Rule, seen: dict[str, Any], of: Quantity) -> Draft:
    gain, unit = of.sign * seen["delta"], of.unit
    verdict = Verdict.PASS if gain >= -rule.margin - 1e-12 else Verdict.FAIL
    margin = formatting.points(rule.margin, unit)
    told = f"gain {formatting.change(gain, unit)}; a loss of {margin} is allowed; a plain difference, no test"
    return final(rule, verdict, told, **{**seen, "method": "plain difference", "alpha": None})


def negative(number: float | None) -> float | None:
    """The number with the other sign."""
    return None if number is None else -number
