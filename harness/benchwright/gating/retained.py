"""Rules about what is kept of a parent: its quality, or how much of its size is still used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchwright import formatting
from benchwright.comparison.estimate import estimate_retained_fraction
from benchwright.comparison.pairing import Pairing
from benchwright.errors import NotComparable
from benchwright.gating.budget import known_size
from benchwright.gating.draft import Draft, Sentence, final, finding, invalid
from benchwright.gating.gain import Gain
from benchwright.gating.ground import Ground, is_same_model, name_of
from benchwright.gating.paired import describe, pairing_of
from benchwright.gating.rules import SELF_METRICS, Rule
from benchwright.gating.tasks import lacking, tasks_with
from benchwright.gating.verdict import Verdict
from benchwright.quantities import BUILT_IN
from benchwright.stats.retention import RetainedFraction


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft for each task, or one about the size."""
    if rule.metric in SELF_METRICS:
        yield _of_size(rule, ground)
        return
    paths = tasks_with(rule, ground)
    if not paths:
        yield invalid(rule, lacking(rule, ground), against=rule.against, limit=rule.minimum)
    for path in paths:
        try:
            yield _on_task(rule, ground, path)
        except NotComparable as error:
            yield invalid(rule, error.given, path=path, against=rule.against, limit=rule.minimum)


def _on_task(rule: Rule, ground: Ground, path: str) -> Draft:
    pairing = pairing_of(rule, ground, path)
    share = rule.minimum
    assert share is not None
    seen = {**describe(rule, pairing), "limit": share}
    if seen["delta"] is None:
        return invalid(rule, f"{rule.metric} is undefined on one side, so no share is kept", **seen)
    kept = estimate_retained_fraction(pairing, rule.metric, 0, 1, 2 * rule.alpha)
    if kept.value is None:
        return invalid(rule, f"{rule.metric}: {'; '.join(kept.flags)}", **seen)
    if pairing.is_identical(0, 1):
        seen["flags"] = ("identical", *seen["flags"])
        if is_same_model(pairing, ground, rule.against):
            told = "identical: the same model and the same answers, all is kept"
            return final(rule, Verdict.PASS, told, **{**seen, "low": 1.0, "high": 1.0, "method": "identical model"})
    return _judge(rule, share, pairing, kept, seen)


def _judge(rule: Rule, share: float, pairing: Pairing, kept: RetainedFraction, seen: dict[str, Any]) -> Draft:
    """What is above the share that must be kept: candidate - share x parent, tested against 0; shown as a ratio."""
    assert kept.data is not None
    gain = Gain(found=kept.data.difference(share), sign=1, n=pairing.n)
    low, harm = gain.low(rule.alpha), gain.p_below(0.0)
    seen = {
        **seen,
        "low": kept.low,
        "high": kept.high,
        "method": f"ratio over {gain.found.method}",
        "flags": tuple(dict.fromkeys((*seen["flags"], *kept.flags))),
    }
    return Draft(
        rule=rule,
        finding=finding(rule, Verdict.INCONCLUSIVE, "", **seen),
        passes=low is not None and low > 0,
        harm=1.0 if harm is None else harm,
        told=_sentence(rule, share, kept),
        needed=lambda: gain.lacks(0.0, rule.alpha, equal=(1 - share) * pairing.value(0, rule.metric)),
    )


def _sentence(rule: Rule, share: float, kept: RetainedFraction) -> Sentence:
    assert kept.value is not None
    low, high = (formatting.percent(end) for end in (kept.low, kept.high))
    told = f"keeps {formatting.percent(kept.value)}, bounds {low} and {high} ({formatting.confidence(1 - rule.alpha)} each); {formatting.percent(share)} asked for"

    def tell(verdict: Verdict, adjusted: float | None) -> str:
        if verdict is Verdict.FAIL:
            return f"{told}; p of harm {formatting.p_equals(adjusted or 0.0)} after Holm"
        return told

    return tell


def _of_size(rule: Rule, ground: Ground) -> Draft:
    limit = rule.maximum
    assert limit is not None
    try:
        parent = ground.reference(rule.against)
        first, second = known_size(parent, rule.metric), known_size(ground.candidate, rule.metric)
    except NotComparable as error:
        return invalid(rule, error.given, against=rule.against, limit=limit)
    before, now, unit = float(first.value or 0.0), float(second.value or 0.0), BUILT_IN[rule.metric].unit
    if before <= 0:
        told = f"{name_of(parent)} has {formatting.value(before, unit)}: nothing is a share of that"
        return invalid(rule, told, against=rule.against, limit=limit)
    sizes = f"{formatting.value(now, unit)} of {formatting.value(before, unit)}, {formatting.percent(now / before)}"
    told = f"{sizes}; at most {formatting.percent(limit)} allowed"
    return final(
        rule,
        Verdict.PASS if now <= limit * before else Verdict.FAIL,
        told,
        against=rule.against,
        baseline=before,
        candidate=now,
        delta=now - before,
        limit=limit,
        value_unit=unit,
        method="value",
        flags=tuple(dict.fromkeys((*first.flags, *second.flags))),
    )
