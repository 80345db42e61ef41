"""What methods say of models on a task, as a table to read: gaps to random attributions first, then what they cost."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright import alarm
from benchwright.explanations.remarks import ModelMethod, chosen_of, whom
from benchwright.formatting import UNDEFINED, finite, plain_change, plain_value
from benchwright.inert import inert
from benchwright.items import count
from benchwright.tables import html_table, text_table
from benchwright.types import Alarm, ExplanationSummary, FaithfulnessScore, MethodAgreement

_HEADS = (
    "model",
    "method",
    "verdict",
    "comprehensiveness",
    "random",
    "gap",
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
_WHOLE = (
    "sufficiency: how far it falls with these words alone, lower is better; tau: agreement with what leaving out each word does, 1 is",
    "the same order, and that of leave_one_out is 1 by construction",
)
_NUMBERS = {"logit": "logit", "agreement": "answer stays (1 or 0)", "value": "value"}
"""What is explained where it is no probability."""
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
    for (base, split), group in _by_task(summaries).items():
        lines += [""] if lines else []
        lines += [inert(line) for line in _head(f"explanations of {base} ({split})", group)]
        heads, rows = _table(group)
        lines += text_table(heads, rows, right=range(len(heads) - 4, len(heads)))
        lines += _measures(group) if whole else []
        lines += _agreement([one for one in agreement if (one.base, one.split) == (base, split)])
        lines += [inert(remark) for remark in _remarks(group)]
    return [*lines, "", *HOW_TO_READ, *(_WHOLE if whole else ())] if lines else []


def summary_html(summaries: Sequence[ExplanationSummary]) -> str:
    """The same as tables for notebooks."""
    parts = []
    for (base, split), group in _by_task(summaries).items():
        heads, rows = _table(group)
        caption = ": ".join(_head(f"Explanations of {base} ({split})", group))
        parts.append(
            html_table(heads, rows, caption=caption, right=range(len(heads) - 7, len(heads)), notes=_remarks(group))
        )
    return "".join(parts)


def _by_task(summaries: Sequence[ExplanationSummary]) -> dict[tuple[str, str], list[ExplanationSummary]]:
    """Task and split -> what is said there of all models, which run one after another."""
    found: dict[tuple[str, str], list[ExplanationSummary]] = {}
    for one in summaries:
        found.setdefault((one.base, one.split), []).append(one)
    return found


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


def _table(group: Sequence[ExplanationSummary]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows; what is explained is told where it is not the same for all, or no probability."""
    rows = [_row(one) for one in group]
    if not any(one.scale in _NUMBERS for one in group if one.items):
        return _HEADS, rows
    numbers = [_NUMBERS.get(one.scale, one.scale) if one.items else UNDEFINED for one in group]
    told = [(*row[:3], number, *row[3:]) for row, number in zip(rows, numbers, strict=True)]
    return (*_HEADS[:3], "of", *_HEADS[3:]), told


def _row(one: ExplanationSummary) -> tuple[str, ...]:
    score = _measure(one, "comprehensiveness")
    loud = f" {alarm.ALARM}" if alarm.has_alarm(one.alarms) else ""
    asked = one.items + one.failed + one.empty
    return (
        f"{one.model}{loud}",
        one.method,
        verdict(one),
        plain_value(score.value if score else None),
        plain_value(score.random if score else None),
        gap_text(score),
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
        if score.metric != "comprehensiveness"
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


def _head(what: str, group: Sequence[ExplanationSummary]) -> list[str]:
    """What is explained of which items; in a line of its own where models have other ones."""
    told = [(one.model, one.chosen or count(len(one.ids), "item")) for one in group]
    chosen = chosen_of(told)
    return [f"{what}: {chosen}"] if len({text for _, text in told}) == 1 else [what, chosen]


def _remarks(group: Sequence[ExplanationSummary]) -> list[str]:
    """One line for each thing that is said of a task, with all whom it is said of.

    That random values are no better than random is what their row is there to show, and no remark.
    """
    about: dict[Alarm, list[ModelMethod]] = {}
    for one in group:
        for told in one.alarms:
            if told.severity == "alarm" or (one.method, told.code) != ("random", "no-better-than-random"):
                about.setdefault(told, []).append(ModelMethod(one.model, one.method))
    every = [ModelMethod(one.model, one.method) for one in group]
    return [
        f"{alarm.ALARM if told.severity == 'alarm' else alarm.NOTE} {f'{names}: ' if names else ''}{told.sentence}"
        for told, places in sorted(about.items(), key=lambda pair: pair[0].severity == "note")
        for names in (whom(places, every),)
    ]
