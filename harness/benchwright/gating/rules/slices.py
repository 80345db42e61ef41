"""The rule about slices: does any of them get worse? Benjamini-Hochberg over the slices, a minimum effect, a minimum n."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from benchwright import formatting, limit_checks
from benchwright.comparison.pairing import PairedRecords
from benchwright.errors import NotComparable
from benchwright.gating.context import GateContext
from benchwright.gating.improvement import Improvement, improvement
from benchwright.gating.rules.base import MarginRule, PositiveMargin, Text
from benchwright.gating.rules.difference import compared_fields
from benchwright.gating.verdict import PendingFinding, Verdict
from benchwright.limit_checks import LOOSEST, TIGHTEST
from benchwright.quantities import Unit, members_of, quantity_of
from benchwright.slicing import label_word
from benchwright.stats.intervals import upper_quantile
from benchwright.stats.multiplicity import benjamini_hochberg, shrink
from benchwright.types import Task

_FEW = 30
"""Items of a slice below which its drop is mostly noise."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _JudgedSlice:
    """A slice with at least ``min_n`` items."""

    improvement: Improvement
    fields: dict[str, Any]
    unit: Unit
    same_model: bool

    @property
    def p(self) -> float:
        """p-value of H0: no loss."""
        p = None if self.same_model else self.improvement.p_below(0.0)
        return 1.0 if p is None else p


@dataclass(frozen=True, kw_only=True, eq=False)
class _SliceSplit:
    """Slices of a task: those to judge, those that are too small, and names that no item has."""

    judged: dict[str, PairedRecords]
    small: dict[str, PairedRecords]
    unknown: Sequence[str]


class SlicesRule(MarginRule, frozen=True, kw_only=True, tag="slices"):
    """Does the metric drop on a slice?

    Attributes:
        by: Names of the slices, empty: all.
        min_n: Minimum number of items of a slice that is judged.
        fdr: False discovery rate among slices.
    """

    no_keys: ClassVar[frozenset[str]] = frozenset({"alpha", "slice"})

    by: Annotated[tuple[Text, ...], Meta(min_length=1, description="a list of slice names")] = ()
    margin: PositiveMargin
    min_n: Annotated[int, Meta(ge=2, description="a whole number of at least 2")] = 200
    fdr: Annotated[
        float, Meta(ge=TIGHTEST, le=LOOSEST, description=f"a number from {TIGHTEST:g} to {LOOSEST:g}, such as 0.1")
    ] = 0.1

    def asks_for_labels(self, task: Task) -> bool:
        """Whether the rule covers every ``label=NAME`` (``type=NAME``): ``by = ["label"]``."""
        return label_word(task) in self.by

    def level_notes(self) -> tuple[str, ...]:
        """Warnings about loose levels and about a ``min_n`` that is too small."""
        few = f"slices of {self.min_n} items say little: noise alone makes them drop" if self.min_n < _FEW else ""
        fdr = limit_checks.level_warning(self.fdr).replace("a level", "an fdr")
        return tuple(dict.fromkeys(filter(None, (limit_checks.level_warning(self.alpha), fdr, few))))

    def defaults(self) -> dict[str, Any]:
        """Default fields, with the margin."""
        return {"against": self.against, "limit": self.margin}

    def evaluate(self, context: GateContext) -> Iterable[PendingFinding]:
        """One finding for each slice that is large enough; INVALID for a task without any."""
        paths = self.paths_in(context)
        if not paths:
            yield self.invalid(self.none_left(context), **self.defaults())
        found: list[_JudgedSlice] = []
        for path in paths:
            try:
                pairing = context.pairing(self.against, path)
                unit = quantity_of(self.metric, pairing.task).unit
                split = self._split(self._slices_of(pairing, context))
            except NotComparable as error:
                yield self.invalid(error.problem, path=path, **self.defaults())
                continue
            if split.judged:
                same = pairing.is_identical(0, 1) and context.is_same_model(pairing, self.against)
                found += self._judged(split, unit, same_model=same)
            elif self.tasks or split.small:
                message = "; ".join(self._notes(split)) or "no item is in a slice"
                yield self.invalid(message, path=path, **self.defaults())
        undefined = [one for one in found if one.fields["delta"] is None]
        for one in undefined:
            yield self.invalid(f"{self.metric} is undefined on one side", **one.fields)
        yield from self._decide([one for one in found if one.fields["delta"] is not None])

    def _slices_of(self, pairing: PairedRecords, context: GateContext) -> dict[str, PairedRecords]:
        """Slices of items, if the metric is defined on them, and the label slices that the rule names. Raises NotComparable."""
        found: dict[str, PairedRecords] = {}
        if self.asks_for_labels(pairing.task):
            labels = context.labels(self.against, pairing.path)
            wanted = set(members_of(self.metric, pairing.task))
            found = {name: part for name, part in labels.items() if wanted <= set(part.task.metrics)}
        if not found or len(self.by) > 1:
            self.quantity_on(pairing)
            found = {**context.slices(self.against, pairing.path), **found}
        return found

    def _split(self, slices: dict[str, PairedRecords]) -> _SliceSplit:
        meant = {name: part for name, part in slices.items() if not self.by or name.partition("=")[0] in self.by}
        names = {name.partition("=")[0] for name in slices}
        return _SliceSplit(
            judged={name: part for name, part in meant.items() if _size(part) >= self.min_n},
            small={name: part for name, part in meant.items() if _size(part) < self.min_n},
            unknown=[name for name in self.by if name not in names],
        )

    def _notes(self, split: _SliceSplit) -> tuple[str, ...]:
        named = ", ".join(f"{name} {_size(part)}" for name, part in list(split.small.items())[:8])
        more = ", ..." if len(split.small) > 8 else ""
        return (
            *((f"not judged, fewer than {self.min_n} items: {named}{more}",) if split.small else ()),
            *((f"no item has a slice called {', '.join(split.unknown)}",) if split.unknown else ()),
        )

    def _judged(self, split: _SliceSplit, unit: Unit, *, same_model: bool) -> list[_JudgedSlice]:
        """Slices with the fields of their findings; the first also reports the slices that are not judged."""
        found: list[_JudgedSlice] = []
        for name, part in split.judged.items():
            identical = part.is_identical(0, 1)
            notes = () if found else self._notes(split)
            flags = (*(("identical",) if identical else ()), *notes)
            found.append(
                _JudgedSlice(
                    improvement=improvement(part, self.metric),
                    fields={**compared_fields(self, part), "slice": name, "flags": flags},
                    unit=unit,
                    same_model=same_model and identical,
                )
            )
        return found

    def _decide(self, found: Sequence[_JudgedSlice]) -> Iterable[PendingFinding]:
        adjusted = benjamini_hochberg([one.p for one in found]).tolist() if found else []
        for one, p, shrunken in zip(found, adjusted, self._shrunken(found), strict=True):
            if one.same_model:
                fields = {**one.fields, "low": 0.0, "high": 0.0, "method": "identical model"}
                yield self.settled(Verdict.PASS, "identical: the same model and the same answers", **fields)
            else:
                yield self._decide_slice(one, p, shrunken)

    def _decide_slice(self, one: _JudgedSlice, adjusted: float, shrunken: float | None) -> PendingFinding:
        """FAIL: a loss at all (at ``fdr``) that is at least the margin; PASS: a larger loss than the margin is ruled out."""
        won = one.improvement
        low = won.low(self.alpha)
        if adjusted <= self.fdr and -won.value >= self.margin:
            verdict = Verdict.FAIL
        else:
            verdict = Verdict.PASS if low is not None and low > -self.margin else Verdict.INCONCLUSIVE
        is_open = verdict is Verdict.INCONCLUSIVE
        required = won.required_items(-self.margin, self.alpha, equal=0.0) if is_open else None
        message = self.describe(one, shrunken)
        if verdict is Verdict.FAIL:
            message += f"; p of a loss {formatting.p_equals(adjusted)} after Benjamini-Hochberg (fdr {self.fdr:g})"
        if required:
            message += f"; {required.sentence}"
        fields = one.fields | won.fields(self.alpha) | {"mde": won.mde(self.alpha), "p": one.p, "p_adjusted": adjusted}
        return self.settled(verdict, message, **fields, needed=required.items if required else None)

    def describe(self, one: _JudgedSlice, shrunken: float | None) -> str:
        """The sentence of the finding: improvement, as observed and shrunken, both bounds, what is asked for."""
        won = one.improvement
        numbers = (won.value, shrunken, won.low(self.alpha), won.high(self.alpha))
        value, drawn, low, high = (formatting.change(number, one.unit) for number in numbers)
        each, asked = formatting.confidence(1 - self.alpha), self.asks(formatting.points(self.margin, one.unit))
        return f"gain {value} (shrunken {drawn}), bounds {low} and {high} ({each} each); {asked}"

    def _shrunken(self, found: Sequence[_JudgedSlice]) -> list[float | None]:
        """Shrunken improvements (towards their mean); None if a slice has no standard error."""
        errors = [_error(one.improvement, self.alpha) for one in found]
        known = [at for at, error in enumerate(errors) if error is not None and error > 0]
        drawn: list[float | None] = [None] * len(found)
        if known:
            values = [found[at].improvement.value for at in known]
            shrunken = shrink(values, [errors[at] or math.nan for at in known]).values.tolist()
            for at, value in zip(known, shrunken, strict=True):
                drawn[at] = value
        return drawn


def _size(part: PairedRecords) -> int:
    """Number of items (cases) of a slice; for a label, of items whose gold answer has it."""
    return part.size if part.about is None else part.about


def _error(found: Improvement, alpha: float) -> float | None:
    """Standard error; if no spread was observed, from the width of the interval."""
    if found.difference.se:
        return found.difference.se
    low, high = found.low(alpha), found.high(alpha)
    return None if low is None or high is None else (high - low) / (2 * upper_quantile(alpha))
