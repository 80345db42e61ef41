"""Rules about the model itself: bytes on disk, number of weights."""

from __future__ import annotations

from collections.abc import Iterable

from benchwright import formatting
from benchwright.comparison.cost import Amount, size_of
from benchwright.comparison.sides import Side
from benchwright.errors import NotComparable
from benchwright.gating.draft import Draft, final, invalid
from benchwright.gating.ground import Ground, name_of
from benchwright.gating.rules import Rule
from benchwright.gating.verdict import Verdict
from benchwright.quantities import BUILT_IN


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft, about the largest checkpoint of the candidate."""
    limit = rule.maximum
    assert limit is not None
    try:
        found = known_size(ground.candidate, rule.metric)
    except NotComparable as error:
        yield invalid(rule, error.given, limit=limit)
        return
    value = float(found.value or 0.0)
    other = ground.references.get("baseline")
    before = size_of(other, rule.metric).value if isinstance(other, Side) else None
    size, most = formatting.distinct(value, limit, BUILT_IN[rule.metric].unit)
    told = f"{size}; at most {most} allowed"
    yield final(
        rule,
        Verdict.PASS if value <= limit else Verdict.FAIL,
        told,
        candidate=value,
        baseline=before,
        delta=None if before is None else value - before,
        limit=limit,
        value_unit=BUILT_IN[rule.metric].unit,
        method="value",
        flags=found.flags,
    )


def known_size(side: Side, metric: str) -> Amount:
    """Bytes or weights of a side's largest checkpoint. Raises NotComparable where they were not measured."""
    found = size_of(side, metric)
    if found.value is None:
        raise NotComparable(f"not measured: {metric} of {name_of(side)}: {found.why}")
    return found
