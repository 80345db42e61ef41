"""How far the explanations of a method can be believed, as rows of a table: faithfulness against random attributions, stability, price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchwright.formatting import UNDEFINED, count, finite, fixed, seconds
from benchwright.render.heat_map import signed
from benchwright.render.robustness import Figure
from benchwright.types import ExplanationSummary, FaithfulnessScore

Trust = Literal["more", "same", "less", "baseline", "unknown"]
"""Against random attributions of the same items: more faithful, not told apart, less faithful, these themselves, not measured."""

TRUST_WORDS: dict[Trust, str] = {
    "more": "more than random",
    "same": "not distinguishable from random",
    "less": "less faithful than random",
    "baseline": "what the others are held against",
    "unknown": "faithfulness not measured",
}
METHOD_NAMES = {
    "shap": "SHAP",
    "lime": "LIME",
    "leave_one_out": "leave one out",
    "integrated_gradients": "integrated gradients",
    "random": "random values",
}


_NONE = Figure(text=UNDEFINED)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodRow:
    """A model explained by a method.

    Attributes:
        system: Label of the model.
        method: As it is typed.
        title: As it is called.
        trust: Against random attributions.
        measures: ``comprehensiveness``, ``sufficiency`` and ``tau``: value, random, gap with its interval.
        stability: Between seeds.
        items: How many were explained, and what became of the others.
        asked: Queries asked, and computed.
        summary: As the run holds it.
    """

    system: str
    method: str
    title: str
    trust: Trust
    verdict: str
    measures: tuple[MeasureCells, ...]
    stability: str
    items: str
    asked: str
    computed: str
    judging: str
    seconds: str
    summary: ExplanationSummary

    def measure(self, name: str) -> MeasureCells:
        """The cells of a measure; dashes where it was not measured."""
        return next((one for one in self.measures if one.metric == name), MeasureCells(metric=name))


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureCells:
    """One measure of faithfulness."""

    metric: str
    value: str = UNDEFINED
    random: str = UNDEFINED
    gap: Figure = _NONE
    reason: str = ""


def method_row(system: str, summary: ExplanationSummary) -> MethodRow:
    """The row of a summary."""
    trust = trust_of(summary)
    spent = summary.queries
    return MethodRow(
        system=system,
        method=summary.method,
        title=method_name(summary.method),
        trust=trust,
        verdict=TRUST_WORDS[trust],
        measures=tuple(map(_measure, summary.faithfulness)),
        stability=_stability(summary),
        items=_items(summary),
        asked=count(spent.asked),
        computed=count(spent.computed),
        judging=count(spent.judging),
        seconds=seconds(summary.seconds),
        summary=summary,
    )


def method_name(method: str) -> str:
    """What a method is called."""
    return METHOD_NAMES.get(method, method)


def trust_of(summary: ExplanationSummary) -> Trust:
    """Whether a method says more than chance."""
    if summary.method == "random":
        return "baseline"
    if summary.is_distinguishable is None:
        return "unknown"
    if summary.is_distinguishable:
        return "more"
    found = next((one for one in summary.faithfulness if one.metric == "comprehensiveness"), None)
    high = None if found is None else finite(found.high)
    return "less" if high is not None and high < 0 else "same"


def _measure(one: FaithfulnessScore) -> MeasureCells:
    low, high = finite(one.low), finite(one.high)
    between = "" if low is None or high is None else f"[{signed(low)}, {signed(high)}]"
    gap = finite(one.gap)
    return MeasureCells(
        metric=one.metric,
        value=fixed(one.value, 3),
        random=fixed(one.random, 3),
        gap=Figure(text=UNDEFINED if gap is None else signed(gap), between=between, sort=gap),
        reason=one.reason,
    )


def _stability(summary: ExplanationSummary) -> str:
    return "not measured" if summary.stability is None else fixed(summary.stability, 2)


def _items(summary: ExplanationSummary) -> str:
    parts = [count(summary.items)]
    parts += [f"{count(summary.failed)} failed"] if summary.failed else []
    parts += [f"{count(summary.empty)} with nothing to explain"] if summary.empty else []
    return ", ".join(parts)
