"""How far the explanations of a method can be believed, as rows of a table: faithfulness against random attributions, stability, price."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.explanations.remarks import ModelMethod, whom
from benchwright.explanations.summary_lines import verdict
from benchwright.formatting import UNDEFINED, count, finite, plain_change, plain_value, seconds
from benchwright.render.shown_number import ShownNumber
from benchwright.types import ExplainSpec, ExplanationSummary, FaithfulnessScore, MethodAgreement, PlausibilityScore

Trust = Literal["more", "same", "less", "baseline", "unknown"]
"""Against random attributions of the same items: more faithful, not told apart, less faithful, these themselves, not measured."""

METHOD_NAMES = {
    "shap": "SHAP",
    "lime": "LIME",
    "leave_one_out": "leave-one-out",
    "integrated_gradients": "integrated gradients",
    "random": "random values",
}
MEASURES = {
    "comprehensiveness": "Comprehensiveness",
    "sufficiency": "Sufficiency",
    "tau": "Leave-one-out tau",
    "token_f1": "Token F1",
    "auprc": "AUPRC",
}
"""Measures of faithfulness, then of plausibility."""


_UNITS = {"logit": "of a logit", "agreement": "of whether the answer stays (1 or 0)", "value": "of the value"}
"""What is explained where it is no probability."""
_OPTIONS = ("evaluations", "removal", "scale", "seeds", "steps")


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasureCells:
    """One measure: the gap to random attributions with its interval, and both values."""

    metric: str
    value: str = UNDEFINED
    random: str = UNDEFINED
    gap: ShownNumber
    n: int = 0


_NONE = ShownNumber(text=UNDEFINED)


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodRow:
    """A model explained by a method.

    Attributes:
        system: Label of the model.
        method: As it is typed.
        title: As it is called.
        unit: What its numbers are of; empty where that is a probability.
        trust: Against random attributions.
        verdict: The same in words.
        measures: Of faithfulness, then of plausibility.
        stability: Kendall's tau between seeds; empty where the method draws nothing.
        items: How many were explained.
        left_out: What became of the others.
        computed: Distinct variants that the model computed.
        judging: Of these those for faithfulness alone.
        summary: As the run holds it.
    """

    system: str
    method: str
    title: str
    unit: str
    trust: Trust
    verdict: str
    measures: tuple[MeasureCells, ...]
    stability: str
    items: str
    left_out: tuple[str, ...]
    asked: str
    computed: str
    judging: str
    seconds: str
    summary: ExplanationSummary

    def measure(self, name: str) -> MeasureCells:
        """The cells of a measure; dashes where it was not measured."""
        return next((one for one in self.measures if one.metric == name), MeasureCells(metric=name, gap=_NONE))


@dataclass(frozen=True, kw_only=True, slots=True)
class AgreementRow:
    """Two methods on one model."""

    system: str
    methods: str
    tau: ShownNumber
    overlap: ShownNumber
    random: str
    top: int
    items: int
    reason: str


def titles_of(summaries: Sequence[ExplanationSummary]) -> dict[str, str]:
    """Attachment -> what its method is called; where a method stands there with several sets of options, with those that differ."""
    by_method: dict[str, dict[str, ExplainSpec]] = {}
    for one in summaries:
        by_method.setdefault(one.method, {})[one.attachment] = one.spec
    titles = {}
    for method, specs in by_method.items():
        apart = [name for name in _OPTIONS if len({getattr(spec, name) for spec in specs.values()}) > 1]
        for attachment, spec in specs.items():
            told = [f"{name} {getattr(spec, name) or 'default'}" for name in apart]
            titles[attachment] = ", ".join([method_name(method), *told])
    return titles


def method_row(system: str, summary: ExplanationSummary, title: str) -> MethodRow:
    """The row of a summary."""
    spent = summary.queries
    return MethodRow(
        system=system,
        method=summary.method,
        title=title,
        unit=_UNITS.get(summary.scale, "") if summary.items else "",
        trust=trust_of(summary),
        verdict=verdict_of(summary),
        measures=(*map(_measure, summary.faithfulness), *map(_measure, summary.plausibility)),
        stability=plain_value(summary.stability) if summary.draws or summary.stability is not None else "",
        items=count(summary.items),
        left_out=_left_out(summary),
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


def verdict_of(summary: ExplanationSummary) -> str:
    """The same in words."""
    told = verdict(summary)
    return f"a check: {told}" if trust_of(summary) == "baseline" else told


def _measure(one: FaithfulnessScore | PlausibilityScore) -> MeasureCells:
    return MeasureCells(
        metric=one.metric,
        value=plain_value(one.value),
        random=plain_value(one.random),
        gap=_change(one.gap, one.low, one.high),
        n=one.n,
    )


def _change(gap: float | None, low: float | None, high: float | None) -> ShownNumber:
    return ShownNumber(text=plain_change(gap), between=_between(low, high, plain_change), sort=finite(gap))


def _between(low: float | None, high: float | None, form: Callable[[float | None], str]) -> str:
    if finite(low) is None or finite(high) is None:
        return ""
    return f"[{form(low)}, {form(high)}]"


def _left_out(summary: ExplanationSummary) -> tuple[str, ...]:
    parts = [f"{count(summary.failed)} failed"] if summary.failed else []
    parts += [f"{count(summary.empty)} with nothing to explain"] if summary.empty else []
    return tuple(parts)


def agreement_row(system: str, one: MethodAgreement, titles: Mapping[str, str]) -> AgreementRow:
    """The row of two methods, called as `titles_of` has it."""
    names = zip(one.attachments, one.methods, strict=True)
    return AgreementRow(
        system=system,
        methods=" and ".join(titles.get(attachment, method_name(method)) for attachment, method in names),
        tau=ShownNumber(
            text=plain_value(one.tau), between=_between(one.tau_low, one.tau_high, plain_value), sort=finite(one.tau)
        ),
        overlap=ShownNumber(
            text=plain_value(one.overlap),
            between=_between(one.overlap_low, one.overlap_high, plain_value),
            sort=finite(one.overlap),
        ),
        random=plain_value(one.overlap_random),
        top=one.top,
        items=one.n,
        reason=one.reason,
    )


def remarks_of(rows: Sequence[MethodRow]) -> tuple[tuple[str, str, str], ...]:
    """Severity, whom it is said of, and what: alarms first; of random values nothing, which are no better than random by nature."""
    about: dict[tuple[str, str], list[ModelMethod]] = {}
    judged = [row for row in rows if row.trust != "baseline"]
    for row in judged:
        for told in row.summary.alarms:
            about.setdefault((told.severity, told.sentence), []).append(ModelMethod(row.system, row.title))
    every = [ModelMethod(row.system, row.title) for row in judged]
    ordered = sorted(about.items(), key=lambda one: one[0][0] != "alarm")
    return tuple((severity, whom(places, every), sentence) for (severity, sentence), places in ordered)
