"""What methods say of models on a task, as a table to read: gaps to random attributions first, then what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from benchwright import alarm
from benchwright.formatting import UNDEFINED, finite, plain_change, plain_value
from benchwright.inert import inert
from benchwright.items import count
from benchwright.tables import html_table, text_table
from benchwright.types import Alarm, ExplanationSummary, FaithfulnessScore, MethodAgreement

_HEADS = (
    "model",
    "method",
    "comprehensiveness",
    "random",
    "gap",
    "verdict",
    "items",
    "queries",
    "judging",
    "time",
)
HOW_TO_READ = (
    "comprehensiveness: how far the number falls without the words that count most (mean over 1, 5, 10, 20 and 50 % of the words);",
    "gap: that minus the same of random words, with a paired 95 % interval; queries: distinct variants that the model computed,",
    "judging: those of them that the gap asked for",
)
MEASURES = {"comprehensiveness": "higher", "sufficiency": "lower", "tau": "higher"}
"""Measures of faithfulness, and which side is better."""


def summary_lines(
    summaries: Sequence[ExplanationSummary], agreement: Sequence[MethodAgreement] = (), *, whole: bool = False
) -> list[str]:
    """Inert lines: a table for each task with what was chosen, then how to read it, then alarms and notes.

    Args:
        summaries: Of a run.
        agreement: Between its methods.
        whole: With every measure, not comprehensiveness alone.
    """
    lines: list[str] = []
    for (base, split), found in groupby(summaries, key=lambda one: (one.base, one.split)):
        group = list(found)
        lines += [""] if lines else []
        lines.append(inert(f"explanations of {base} ({split}): {_chosen(group)}"))
        lines += text_table(_HEADS, [_row(one) for one in group], right=(6, 7, 8, 9))
        lines += _measures(group) if whole else []
        lines += _agreement([one for one in agreement if (one.base, one.split) == (base, split)])
    lines += HOW_TO_READ if lines else ()
    return lines + [inert(remark) for remark in _remarks(summaries)]


def summary_html(summaries: Sequence[ExplanationSummary]) -> str:
    """The same as tables for notebooks."""
    parts = []
    for (base, split), found in groupby(summaries, key=lambda one: (one.base, one.split)):
        group = list(found)
        caption = f"Explanations of {base} ({split}): {_chosen(group)}"
        parts.append(
            html_table(
                _HEADS,
                [_row(one) for one in group],
                caption=caption,
                right=range(2, len(_HEADS)),
                notes=_remarks(group),
            )
        )
    return "".join(parts)


def verdict(summary: ExplanationSummary) -> str:
    """Whether the method says more than chance, in a few words."""
    if not summary.items:
        return "nothing explained"
    if summary.is_distinguishable is None:
        if any(told.code == "not-repeated" for told in summary.alarms):
            return "not told: the model varies"
        return "not judged" if not summary.faithfulness else "too few items to tell"
    if summary.is_distinguishable:
        return "better than random"
    ends = _measure(summary, "comprehensiveness")
    is_worse = ends is not None and ends.high is not None and ends.high < 0
    return "worse than random" if is_worse else "not distinguishable from random"


def method_queries(summary: ExplanationSummary) -> str:
    """Distinct variants that the model computed."""
    return f"{summary.queries.computed:,}"


def time_text(seconds: float | None) -> str:
    """``1.2 s``, ``3 min 20 s``; a dash where it is unknown."""
    known = finite(seconds)
    if known is None:
        return UNDEFINED
    whole = round(known)
    return f"{known:.1f} s" if known < 99.5 else f"{whole // 60} min {whole % 60} s"


def _row(one: ExplanationSummary) -> tuple[str, ...]:
    score = _measure(one, "comprehensiveness")
    loud = f" {alarm.ALARM}" if alarm.has_alarm(one.alarms) else ""
    asked = one.items + one.failed + one.empty
    return (
        f"{one.model}{loud}",
        one.method,
        plain_value(score.value if score else None),
        plain_value(score.random if score else None),
        gap_text(score),
        verdict(one),
        f"{one.items}" if one.items == asked else f"{one.items} of {asked}",
        method_queries(one),
        f"{one.queries.judging:,}",
        time_text(one.seconds),
    )


def gap_text(score: FaithfulnessScore | None) -> str:
    """``+0.120 [+0.080, +0.160]``; a dash where there is none."""
    if score is None or finite(score.gap) is None:
        return UNDEFINED
    ends = "" if finite(score.low) is None else f" [{plain_change(score.low)}, {plain_change(score.high)}]"
    return f"{plain_change(score.gap)}{ends}"


def _measure(one: ExplanationSummary, metric: str) -> FaithfulnessScore | None:
    return next((score for score in one.faithfulness if score.metric == metric), None)


def _measures(group: Sequence[ExplanationSummary]) -> list[str]:
    rows = [
        (
            one.model,
            one.method,
            f"{score.metric}, {MEASURES[score.metric]} is better",
            plain_value(score.value),
            plain_value(score.random),
            gap_text(score),
            f"{score.n}",
            score.reason,
        )
        for one in group
        for score in one.faithfulness
    ]
    rows += [
        (
            one.model,
            one.method,
            f"plausibility ({score.metric}), higher is better",
            plain_value(score.value),
            plain_value(score.random),
            gap_text_of(score.gap, score.low, score.high),
            f"{score.n}",
            score.reason,
        )
        for one in group
        for score in one.plausibility
    ]
    rows += [
        (
            one.model,
            one.method,
            "stability between seeds (tau)",
            plain_value(one.stability),
            "",
            "",
            f"{one.stability_n}",
            "",
        )
        for one in group
        if one.stability is not None
    ]
    if not rows:
        return []
    heads = ("model", "method", "measure", "value", "random", "gap", "n", "why none")
    return ["", *text_table(heads, rows, right=(6,))]


def gap_text_of(gap: float | None, low: float | None, high: float | None) -> str:
    """As `gap_text`."""
    if finite(gap) is None:
        return UNDEFINED
    return plain_change(gap) + ("" if finite(low) is None else f" [{plain_change(low)}, {plain_change(high)}]")


def _agreement(found: Sequence[MethodAgreement]) -> list[str]:
    if not found:
        return []
    rows = [
        (
            one.model,
            " and ".join(one.methods),
            plain_value(one.tau),
            f"{plain_value(one.overlap)} (random {plain_value(one.overlap_random)})",
            f"{one.n}",
            one.reason,
        )
        for one in found
    ]
    top = max(one.top for one in found)
    heads = ("model", "methods", "agreement (tau)", f"share of the same top {top} words", "items", "why no interval")
    return ["", *text_table(heads, rows, right=(4,))]


def _chosen(group: Sequence[ExplanationSummary]) -> str:
    told = dict.fromkeys(one.chosen or count(len(one.ids), "item") for one in group)
    return "; ".join(told)


def _remarks(summaries: Sequence[ExplanationSummary]) -> list[str]:
    """One line for each thing that is said, with all whom it is said of."""
    whom: dict[Alarm, list[str]] = {}
    several = len({one.base for one in summaries}) > 1
    for one in summaries:
        place = f"{one.model}, {one.method}" + (f" on {one.base}" if several else "")
        for told in one.alarms:
            whom.setdefault(told, []).append(place)
    return [
        f"{alarm.ALARM if told.severity == 'alarm' else alarm.NOTE} {_whom(places, len(summaries))}{told.sentence}"
        for told, places in sorted(whom.items(), key=lambda pair: pair[0].severity == "note")
    ]


def _whom(places: Sequence[str], of: int) -> str:
    """Whom a sentence is about; nobody is named where it is about all."""
    return f"{'; '.join(places)}: " if of == 1 or len(places) < of else "all: "
