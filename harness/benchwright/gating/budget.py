"""Rules about the model itself: bytes on disk, number of weights."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright.comparison.sides import Side
from benchwright.gating import words
from benchwright.gating.draft import Draft, final, invalid
from benchwright.gating.ground import Ground
from benchwright.gating.rules import SELF_METRICS, Rule
from benchwright.gating.verdict import Verdict


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft, about the largest checkpoint of the candidate."""
    limit = rule.maximum
    assert limit is not None
    if rule.metric not in SELF_METRICS:
        yield invalid(rule, f"{rule.metric} is not measured", limit=limit)
        return
    value, flags = own_size(ground, ground.candidate, rule.metric)
    if value is None:
        yield invalid(rule, f"{rule.metric} of the candidate is not known", limit=limit, flags=flags)
        return
    other = ground.references.get("baseline")
    before = own_size(ground, other, rule.metric)[0] if isinstance(other, Side) else None
    told = words.against(value, limit, rule.metric)
    yield final(
        rule,
        Verdict.PASS if value <= limit else Verdict.FAIL,
        told,
        candidate=value,
        baseline=before,
        delta=None if before is None else value - before,
        limit=limit,
        method="value",
        flags=flags,
    )


def own_size(ground: Ground, side: Side, metric: str) -> tuple[float | None, tuple[str, ...]]:
    """Size of a side's largest checkpoint in bytes or weights, and what to know about it; None where one is unknown."""
    found = [getattr(facts, metric) for facts in ground.facts(side)]
    if not found or any(value is None for value in found):
        return None, ()
    sizes = sorted(set(found))
    flags = (f"the largest of {len(sizes)} checkpoints",) if len(sizes) > 1 else ()
    return float(sizes[-1]), flags
