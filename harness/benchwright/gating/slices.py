"""Rules about slices: does one of them drop? Benjamini-Hochberg over all slices of a rule, an effect floor, a minimum n."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from benchwright import formatting
from benchwright.comparison.pairing import Pairing
from benchwright.errors import NotComparable
from benchwright.gating.draft import Draft, final, finding, invalid
from benchwright.gating.gain import Gain
from benchwright.gating.ground import Ground, is_same_model
from benchwright.gating.paired import describe, gain_of, negative
from benchwright.gating.rules import Rule
from benchwright.gating.tasks import asks_for_labels, lacking, quantity_on, tasks_with
from benchwright.gating.verdict import Verdict
from benchwright.quantities import Unit, members_of, quantity_of
from benchwright.stats.multiplicity import benjamini_hochberg, shrink


@dataclass(frozen=True, kw_only=True, eq=False)
class _Slice:
    """A slice that is judged."""

    slice: str
    gain: Gain
    seen: dict[str, Any]
    unit: Unit
    same_model: bool

    @property
    def p(self) -> float:
        """P at H0: nothing is lost."""
        p = None if self.same_model else self.gain.p_below(0.0)
        return 1.0 if p is None else p


def evaluate(rule: Rule, ground: Ground) -> Iterable[Draft]:
    """One draft for each slice that is large enough; a task without any is invalid."""
    paths = tasks_with(rule, ground)
    if not paths:
        yield invalid(rule, lacking(rule, ground), against=rule.against, limit=rule.margin)
    found: list[_Slice] = []
    for path in paths:
        try:
            pairing = ground.pairing(rule.against, path)
            quantity = quantity_of(rule.metric, pairing.task)
            mine, small, unknown = _split(rule, _slices(rule, ground, pairing))
        except NotComparable as error:
            yield invalid(rule, error.given, path=path, against=rule.against, limit=rule.margin)
            continue
        if not mine:
            yield from _without(rule, path, small, unknown)
            continue
        same = pairing.is_identical(0, 1) and is_same_model(pairing, ground, rule.against)
        slices = [_slice(rule, slice, part, unit=quantity.unit, same_model=same) for slice, part in mine]
        found += [_flagged(slices[0], _remarks(rule, small, unknown)), *slices[1:]]
    undefined = [one for one in found if one.seen["delta"] is None]
    for one in undefined:
        yield invalid(rule, f"{rule.metric} is undefined on one side", **one.seen)
    yield from _judge(rule, [one for one in found if one.seen["delta"] is not None])


def _slices(rule: Rule, ground: Ground, pairing: Pairing) -> dict[str, Pairing]:
    """Slices of items, where they have the metric; and those of labels that the rule names. Raises NotComparable."""
    found: dict[str, Pairing] = {}
    if asks_for_labels(pairing.task, rule):
        labels = ground.labels(rule.against, pairing.path)
        wanted = set(members_of(rule.metric, pairing.task))
        found = {slice: part for slice, part in labels.items() if wanted <= set(part.task.metrics)}
    if not found or len(rule.by) > 1:
        quantity_on(rule, pairing)
        found = {**ground.slices(rule.against, pairing.path), **found}
    return found


def _size(part: Pairing) -> int:
    """Items of a slice; of a label, those whose gold answer holds it."""
    return part.n if part.about is None else part.about


def _split(
    rule: Rule, slices: dict[str, Pairing]
) -> tuple[list[tuple[str, Pairing]], list[tuple[str, Pairing]], list[str]]:
    """Slices that are judged, those that are too small, and names that no item has."""
    meant = [(g, part) for g, part in slices.items() if not rule.by or g.partition("=")[0] in rule.by]
    names = {slice.partition("=")[0] for slice in slices}
    return (
        [(slice, part) for slice, part in meant if _size(part) >= rule.min_n],
        [(slice, part) for slice, part in meant if _size(part) < rule.min_n],
        [name for name in rule.by if name not in names],
    )


def _without(rule: Rule, path: str, small: Sequence[tuple[str, Pairing]], unknown: Sequence[str]) -> Iterable[Draft]:
    """A task that has no slice to judge: invalid where the rule names it or its slices, else it says nothing."""
    if not rule.tasks and not small:
        return
    told = "; ".join(_remarks(rule, small, unknown)) or "no item is in a slice"
    yield invalid(rule, told, path=path, against=rule.against, limit=rule.margin)


def _remarks(rule: Rule, small: Sequence[tuple[str, Pairing]], unknown: Sequence[str]) -> tuple[str, ...]:
    named = ", ".join(f"{slice} {_size(part)}" for slice, part in small[:8]) + (", ..." if len(small) > 8 else "")
    return (
        *((f"not judged, fewer than {rule.min_n} items: {named}",) if small else ()),
        *((f"no item has a slice called {', '.join(unknown)}",) if unknown else ()),
    )


def _slice(rule: Rule, slice: str, part: Pairing, *, unit: Unit, same_model: bool) -> _Slice:
    identical = part.is_identical(0, 1)
    seen = {**describe(rule, part), "slice": slice, "flags": ("identical",) if identical else ()}
    gain = gain_of(part, rule.metric)
    return _Slice(slice=slice, gain=gain, seen=seen, unit=unit, same_model=same_model and identical)


def _flagged(one: _Slice, flags: tuple[str, ...]) -> _Slice:
    one.seen["flags"] = (*one.seen["flags"], *flags)
    return one


def _judge(rule: Rule, found: Sequence[_Slice]) -> Iterable[Draft]:
    if not found:
        return
    adjusted = benjamini_hochberg([one.p for one in found])
    shrunken = _shrink(rule, found)
    for one, p, drawn in zip(found, adjusted.tolist(), shrunken, strict=True):
        yield _verdict(rule, one, p, drawn)


def _verdict(rule: Rule, one: _Slice, adjusted: float, shrunken: float | None) -> Draft:
    """FAIL: a loss at all (at ``fdr``) that is at least the margin; PASS: a larger loss than the margin is ruled out."""

    def points(number: float | None) -> str:
        return formatting.change(number, one.unit)

    if one.same_model:
        told = "identical: the same model and the same answers"
        return final(rule, Verdict.PASS, told, **{**one.seen, "low": 0.0, "high": 0.0, "method": "identical model"})
    low, high = one.gain.low(rule.alpha), one.gain.high(rule.alpha)
    ends = (low, high) if one.gain.sign > 0 else (negative(high), negative(low))
    failed = adjusted <= rule.fdr and -one.gain.value >= rule.margin
    verdict = (
        Verdict.FAIL if failed else Verdict.PASS if low is not None and low > -rule.margin else Verdict.INCONCLUSIVE
    )
    told = (
        f"gain {points(one.gain.value)} (shrunken {points(shrunken)}), bounds {points(low)} and {points(high)} "
        f"({formatting.confidence(1 - rule.alpha)} each); a loss of {formatting.points(rule.margin, one.unit)} is allowed"
    )
    if verdict is Verdict.FAIL:
        told += f"; p of a loss {formatting.p_equals(adjusted)} after Benjamini-Hochberg (fdr {rule.fdr:g})"
    open_ = verdict is Verdict.INCONCLUSIVE
    needed = one.gain.lacks(-rule.margin, rule.alpha, equal=0.0) if open_ else None
    if needed:
        told += f"; {needed.told}"
    fields = {
        **one.seen,
        "low": ends[0],
        "high": ends[1],
        "method": one.gain.found.method,
        "mde": one.gain.mde(rule.alpha),
        "needed": needed.items if needed else None,
    }
    made = finding(rule, verdict, told, **fields)
    return Draft(rule=rule, finding=msgspec.structs.replace(made, p=one.p, p_adjusted=adjusted))


def _shrink(rule: Rule, found: Sequence[_Slice]) -> list[float | None]:
    """Gains drawn towards their mean; None where a slice has no standard error."""
    errors = [_error(one.gain, rule.alpha) for one in found]
    known = [at for at, error in enumerate(errors) if error is not None and error > 0]
    if not known:
        return [None] * len(found)
    values = shrink([found[at].gain.value for at in known], [errors[at] or math.nan for at in known]).values.tolist()
    drawn: list[float | None] = [None] * len(found)
    for at, value in zip(known, values, strict=True):
        drawn[at] = value
    return drawn


def _error(gain: Gain, alpha: float) -> float | None:
    """Standard error; where no spread was seen, half the interval over its quantile."""
    if gain.found.se:
        return gain.found.se
    from benchwright.stats.intervals import upper_quantile

    low, high = gain.low(alpha), gain.high(alpha)
    return None if low is None or high is None else (high - low) / (2 * upper_quantile(alpha))
