"""Rules of a gate against what `limits` allows: beyond it is a mistake, most of it is a remark, two may contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from benchwright import limits, registry
from benchwright.errors import BenchwrightError
from benchwright.gating.rules import PAIRED, Rule, RuleKind
from benchwright.limits import Bound
from benchwright.quantities import Quantity

_MARGINS = (*PAIRED, RuleKind.SLICES)
_TESTED = (RuleKind.NONINFERIORITY, RuleKind.SUPERIORITY, RuleKind.EQUIVALENCE, RuleKind.RETAINED, RuleKind.SLICES)
"""Kinds that a level decides."""
_FEW = 30
"""Items of a slice below which its drop is mostly noise."""


def any_range() -> Quantity:
    """Values that some metric has: what a score without a known task may be."""
    found = [registry.get("metrics", name) for name in registry.names("metrics")]
    low, high = min(one.low for one in found), max(one.high for one in found)
    return Quantity(name="score", title="every metric", unit="number", low=low, high=high)


def range_problems(rule: Rule, within: Quantity) -> list[BenchwrightError]:
    """A margin as wide as the metric, a limit that it never reaches."""
    found = [("margin", limits.margin_problem(rule.margin, within))] if rule.kind in _MARGINS else []
    if rule.kind is RuleKind.ABSOLUTE:
        given = (("min", rule.minimum), ("max", rule.maximum))
        found += [(name, limits.limit_problem(limit, within)) for name, limit in given if limit is not None]
    return [
        BenchwrightError(f"rule {rule.id!r}: {name}: {one.what}", expected=one.expected, hint=one.hint)
        for name, one in found
        if one is not None
    ]


def range_remarks(rule: Rule, within: Quantity, *, higher: bool | None = None) -> tuple[str, ...]:
    """A wide margin, a limit that every value meets, or one that keeps the worse."""
    told = [limits.margin_remark(rule.margin, within)] if rule.kind in _MARGINS else []
    if rule.kind is RuleKind.ABSOLUTE:
        told.append(limits.limit_remark(rule.minimum, rule.maximum, within))
        told.append(limits.bound_remark(rule.use, rule.minimum, rule.maximum, within))
        if higher is not None and not told[0] and (rule.minimum is None) != (rule.maximum is None):
            told.append(limits.wrong_end("<=" if rule.minimum is None else ">=", higher=higher, of=within.title))
    return tuple(text for text in told if text)


def fraction_remarks(rule: Rule) -> tuple[str, ...]:
    """What to say of a margin on a score of which nobody knows yet what it is: wider than all that fractions can be."""
    if rule.kind not in _MARGINS or rule.margin <= limits.WIDE:
        return ()
    much = f"{100 * rule.margin:g} points"
    return (f"the margin {rule.margin:g} would be {much} of a fraction, which most scores are: 0.01 is one point",)


def level_remarks(rule: Rule) -> tuple[str, ...]:
    """A loose level, and slices that are too small to tell."""
    bounded = rule.kind is RuleKind.ABSOLUTE and rule.use != "value"
    told = [limits.level_remark(rule.alpha)] if rule.kind in _TESTED or bounded else []
    if rule.kind is RuleKind.SLICES:
        told.append(limits.level_remark(rule.fdr).replace("a level", "an fdr"))
        told.append(
            f"slices of {rule.min_n} items say little: noise alone makes them drop" if rule.min_n < _FEW else ""
        )
    return tuple(dict.fromkeys(text for text in told if text))


def contradictions(rules: Sequence[Rule]) -> Iterable[BenchwrightError]:
    """Rules that count and cannot both hold: a value at least 0.9 and at most 0.8, a gain that is large and within a margin."""
    for one, other in combinations([rule for rule in rules if rule.severity == "fail"], 2):
        if not _is_same_question(one, other):
            continue
        for low, high in limits.contradictions([*_bounds(one), *_bounds(other)]):
            if low.rule != high.rule:
                yield BenchwrightError(
                    f"rules {low.rule!r} and {high.rule!r} cannot both hold: {low.operator} {low.amount:g} and"
                    f" {high.operator} {high.amount:g}",
                    expected="limits that one value can meet",
                    hint="drop one of the two rules",
                )


def superfluous(rules: Sequence[Rule]) -> Iterable[str]:
    """Rules that can never decide, because another one asks for more of the same difference."""
    for one in rules:
        for other in rules:
            if one is other or not _is_same_question(one, other) or one.kind is not RuleKind.NONINFERIORITY:
                continue
            if other.kind is RuleKind.SUPERIORITY or (
                other.kind is RuleKind.EQUIVALENCE and other.margin <= one.margin
            ):
                yield f"rule {one.id!r} decides nothing: {other.id!r} asks for more of the same difference"


def _bounds(rule: Rule) -> list[Bound]:
    """What a rule asks of a value, or of a gain."""
    if rule.kind in (RuleKind.ABSOLUTE, RuleKind.BUDGET):
        pairs = ((">=", rule.minimum), ("<=", rule.maximum))
        return [Bound(rule=rule.id, operator=sign, amount=limit) for sign, limit in pairs if limit is not None]  # type: ignore[arg-type]
    if rule.kind is RuleKind.SUPERIORITY:
        return [Bound(rule=rule.id, operator=">", amount=rule.margin)]
    if rule.kind is RuleKind.EQUIVALENCE:
        return [Bound(rule=rule.id, operator="<", amount=rule.margin)]
    return []


def _is_same_question(one: Rule, other: Rule) -> bool:
    """Whether two rules are about the same value, or the same difference, of some task."""
    sorts = [(rule.is_paired, rule.metric, rule.slice, rule.against if rule.is_paired else "") for rule in (one, other)]
    splits = {rule.split for rule in (one, other) if rule.split is not None}
    return sorts[0] == sorts[1] and len(splits) < 2 and _overlap(one.tasks, other.tasks)


def _overlap(some: Sequence[str], others: Sequence[str]) -> bool:
    return (
        not some
        or not others
        or any(a == b or a.startswith(f"{b}/") or b.startswith(f"{a}/") for a in some for b in others)
    )
