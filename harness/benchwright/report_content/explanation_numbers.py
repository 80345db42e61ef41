"""Numbers about explanations as rows of plain values, for formats that machines read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchwright.alarm import sentences
from benchwright.explanations.summary_lines import verdict
from benchwright.formatting import finite
from benchwright.task_path import EXPLAIN
from benchwright.types import ExplanationSummary, FaithfulnessScore, MethodAgreement, PlausibilityScore, Run

_RANDOM = "random attributions"


def explanation_rows(run: Run) -> Iterator[dict[str, Any]]:
    """For each model, method and task: every measure, its value for random attributions and the gap between both with its interval, stability,
    distinct queries, seconds; for each two methods their agreement.
    """
    for one in run.explanations:
        yield from _of(run, one)
    for pair in run.explanation_agreement:
        yield from _agreement(run, pair)


def _about(run: Run, one: ExplanationSummary) -> dict[str, Any]:
    return {
        "run": run.name,
        "model": one.model,
        "suite": EXPLAIN,
        "task": f"{one.method}@{one.base}",
        "split": one.split,
        "status": "explained",
        "unit": "example",
    }


def _of(run: Run, one: ExplanationSummary) -> Iterator[dict[str, Any]]:
    about = _about(run, one)
    scores: list[FaithfulnessScore | PlausibilityScore] = [*one.faithfulness, *one.plausibility]
    for score in scores:
        number = {"n": score.n, "skipped": score.undefined}
        why = {"reason": score.reason}
        yield about | number | why | {"metric": score.metric, "value": finite(score.value)}
        yield about | number | why | {"metric": f"{score.metric}({_RANDOM})", "value": finite(score.random)}
        yield (
            about
            | number
            | {
                "metric": f"difference({score.metric})",
                "value": finite(score.gap),
                "low": finite(score.low),
                "high": finite(score.high),
                "against": _RANDOM,
                "reason": score.reason or (verdict(one) if score.metric == "comprehensiveness" else ""),
                "alarms": "; ".join(sentences(one.alarms)) if score.metric == "comprehensiveness" else "",
            }
        )
    if one.stability is not None:
        yield about | {"metric": "stability", "value": finite(one.stability), "n": one.stability_n}
    counts = {"failed": one.failed, "with nothing to explain": one.empty, "targets": one.targets}
    yield about | {
        "metric": "queries",
        "value": one.queries.computed,
        "n": one.items,
        "errored": one.failed,
        "counts": ", ".join(f"{number} {what}" for what, number in counts.items()),
        "reason": "" if one.faithfulness else verdict(one),
    }
    yield about | {"metric": "queries to judge", "value": one.queries.judging, "n": one.items}
    if finite(one.seconds) is not None:
        yield about | {"metric": "seconds", "value": finite(one.seconds), "n": one.items, "value_unit": "seconds"}


def _agreement(run: Run, pair: MethodAgreement) -> Iterator[dict[str, Any]]:
    about = {
        "run": run.name,
        "model": pair.model,
        "suite": EXPLAIN,
        "task": f"{pair.methods[0]}@{pair.base}",
        "split": pair.split,
        "status": "explained",
        "unit": "example",
        "against": pair.methods[1],
        "reason": pair.reason,
    }
    yield about | {
        "metric": "agreement",
        "value": finite(pair.tau),
        "low": finite(pair.tau_low),
        "high": finite(pair.tau_high),
        "n": pair.n,
        "skipped": pair.undefined,
    }
    yield about | {
        "metric": f"overlap(top {pair.top})",
        "value": finite(pair.overlap),
        "low": finite(pair.overlap_low),
        "high": finite(pair.overlap_high),
        "n": pair.overlap_n,
    }
