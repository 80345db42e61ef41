"""Every number of a report as one row of plain values, for formats that machines read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchwright.alarm import sentences
from benchwright.behaviour_report.section import BehaviourSection
from benchwright.comparison.difference import Difference
from benchwright.comparison.right_answers import what_is_right
from benchwright.comparison.text import verdict_text
from benchwright.formatting import finite
from benchwright.items import counted
from benchwright.report_content.content import ReportContent
from benchwright.report_content.explanation_numbers import explanation_rows
from benchwright.report_content.slices import SliceRow
from benchwright.report_content.variant_numbers import variant_rows
from benchwright.results import ResultRow, result_rows
from benchwright.types import AggregateScore, Alarm, GroupGap, RobustnessScore, Run, Score, Task

COLUMNS = (
    "run",
    "model",
    "suite",
    "task",
    "split",
    "status",
    "metric",
    "positive",
    "slice",
    "value",
    "low",
    "high",
    "n",
    "unit",
    "counts",
    "errored",
    "skipped",
    "truncated",
    "tokens",
    "unknown_tokens",
    "clusters",
    "se",
    "method",
    "alarms",
    "reason",
    "value_unit",
    "machine",
    "against",
    "p",
    "p_adjusted",
)
"""Names of the values of a row; one that is not there has none."""


def number_rows(content: ReportContent) -> Iterator[dict[str, Any]]:
    """A row for each number: unrounded fractions, correlations in [-1, 1], measured values in the unit of ``value_unit``.

    Task scores are the metric ``score``, averages the recipe's name without a task; a result that is not there has a row with its
    reason. A model on a view has rows of its own: the metric ``(clean)``, ``(perturbed)`` and ``(difference)`` over the same items,
    ``consistency`` and ``worst_case``, with what was left out under ``counts``. Behavioural tests have a row for each capability and type,
    the slice ``capability=NAME & type=TYPE``. A gap between groups of people has a row for each group (``METRIC by group``), one of the
    metric ``gap(METRIC)`` with the verdict as its reason, and one of ``ratio(METRIC)``. A hardware profile has a row for each quantity, of
    the machine with that fingerprint. A difference between two models is the metric ``difference(METRIC)``: of ``model`` minus ``against``,
    with its verdict as the reason, and what counts as right beside fixed and broken items where the score is something else; ``slice_gap(METRIC)`` that of a slice minus the rest of its task, and with ``against`` a difference on a slice,
    where p is adjusted over all slices and low and high are told of the largest alone. A way of computing a checkpoint has ``agreement`` with
    the exact model ``against``. Explanations have rows of the suite ``explain``, as
    `explanation_numbers` writes them.
    """
    for run in content.runs:
        yield from (_result(row) for row in result_rows(run) if row.cell.status != "explained")
        yield from (_aggregate(run, one) for one in run.aggregates)
        for view in run.robustness:
            yield from _robustness(run, view)
        for gap in run.gaps:
            yield from _gap(run, gap)
        yield from variant_rows(run)
        yield from explanation_rows(run)
    holders = {id(cell): run for run in content.runs for cell in run.cells}
    for section in content.behaviour:
        yield from _places(section, holders)
    if content.differences is not None:
        runs = {row.label: (row.run, row.model) for row in content.grid.systems}
        columns = {column.name: column for column in content.grid.columns}
        for one in content.differences.differences:
            run_name, model = runs[one.second]
            column = columns[one.path]
            yield _difference(one, column.card) | {"run": run_name, "model": model, "split": column.split}
    if content.slices is not None:
        runs = {row.label: (row.run, row.model) for row in content.grid.systems}
        for row, against in [(row, "") for row in content.slices.within] + [
            (row, content.slices.reference) for row in content.slices.between
        ]:
            run_name, model = runs[row.system]
            yield _slice(row, against) | {"run": run_name, "model": model}


def _result(row: ResultRow) -> dict[str, Any]:
    cell, ledger = row.cell, row.cell.ledger
    return {
        "run": row.run.name,
        "model": cell.model,
        "suite": cell.suite,
        "task": cell.task,
        "split": cell.split,
        "status": cell.status,
        "positive": row.positive,
        "errored": ledger.errored if ledger else None,
        "truncated": ledger.truncated if ledger else None,
        "tokens": ledger.tokens or None if ledger else None,
        "unknown_tokens": ledger.unknown if ledger and ledger.tokens else None,
        "alarms": _told(row.alarms),
        "reason": row.reason,
        "value_unit": row.value_unit,
        "machine": row.machine,
        **(_score_fields(row.score) if row.score else {}),
    }


def _score_fields(score: Score) -> dict[str, Any]:
    return {
        "metric": score.metric,
        "slice": score.slice,
        "value": finite(score.value),
        "low": finite(score.low),
        "high": finite(score.high),
        "n": score.n,
        "unit": score.unit,
        "counts": counted(score) if score.counts else "",
        "errored": score.errored,
        "skipped": score.skipped,
        "clusters": score.clusters,
        "se": finite(score.se),
        "method": score.method,
    }


def _robustness(run: Run, score: RobustnessScore) -> Iterator[dict[str, Any]]:
    gap = score.difference
    left_out = {"unchanged": score.unchanged, "unprojectable": score.unprojectable, "unanswered": score.unanswered}
    counts = {"items": score.items, "variants": score.variants, "most variants of an item": score.most, **left_out}
    about = {
        "run": run.name,
        "model": score.model,
        "suite": score.suite,
        "task": score.task_path.partition("/")[2],
        "split": score.split,
        "status": "scored",
        "counts": ", ".join(f"{number} {what}" for what, number in counts.items()),
        "alarms": _told(score.alarms),
    }
    numbers = {
        f"{score.metric} (clean)": score.clean,
        f"{score.metric} (perturbed)": score.perturbed,
        f"{score.metric} (difference)": Score(
            metric=score.metric, value=gap.value, low=gap.low, high=gap.high, n=score.n, method=gap.method
        ),
        "consistency": score.consistency,
        **({"worst_case": score.worst} if score.worst is not None else {}),
    }
    for metric, number in numbers.items():
        yield _score_fields(number) | about | {"metric": metric}


def _gap(run: Run, row: GroupGap) -> Iterator[dict[str, Any]]:
    """A row for each group, then the gap, with its one-sided bounds and the verdict as its reason, and the ratio."""
    gap = row.gap
    metric = f"{row.metric}({row.label})" if row.label else row.metric
    total = sum(group.n for group in row.groups)
    about = {
        "run": run.name,
        "model": row.model,
        "suite": row.suite,
        "task": row.task,
        "split": row.split,
        "status": "scored",
        "positive": row.label or None,
        "alarms": _told(row.alarms),
    }
    for group in row.groups:
        yield _score_fields(group.score) | about | {"metric": f"{metric} by group", "n": group.used}
    needed = f", {gap.needed} items would tell" if gap.needed is not None else ""
    verdict = f"{gap.verdict} (limit {gap.limit:g}{needed})" if gap.limit is not None else ""
    number = Score(metric=metric, value=gap.value, low=gap.low, high=gap.high, n=total, method=gap.method)
    yield _score_fields(number) | about | {"metric": f"gap({metric})", "slice": row.slice, "reason": verdict}
    if row.ratio is not None:
        yield _score_fields(row.ratio) | about | {"metric": f"ratio({metric})", "slice": row.slice}


def _places(section: BehaviourSection, holders: dict[int, Run]) -> Iterator[dict[str, Any]]:
    for cell, summary in section.summaries:
        run = holders[id(cell)]
        for place in summary.matrix:
            counts = {"cases": place.cases, "failing": place.failures, "not applicable": place.not_applicable}
            counts |= {"errored": place.errored, "flips": place.flips}
            yield {
                "run": run.name,
                "model": cell.model,
                "suite": cell.suite,
                "task": cell.task,
                "split": cell.split,
                "status": "scored",
                "metric": "failure_rate",
                "slice": f"capability={place.capability} & type={place.type}",
                "value": finite(place.rate),
                "low": finite(place.low),
                "high": finite(place.high),
                "n": place.applicable,
                "unit": "case",
                "counts": ", ".join(f"{number} {what}" for what, number in counts.items()),
                "alarms": _told(cell.alarms),
            }


def _aggregate(run: Run, score: AggregateScore) -> dict[str, Any]:
    missing = f"missing: {', '.join(score.missing)}" if score.missing else ""
    known = not score.missing and finite(score.value) is not None
    return {
        "run": run.name,
        "model": score.model,
        "suite": score.suite,
        "status": "scored" if known else "no average",
        "metric": score.name,
        "value": finite(score.value) if known else None,
        "low": finite(score.low) if known else None,
        "high": finite(score.high) if known else None,
        "reason": "; ".join(part for part in (missing, score.reason) if part),
    }


def _slice(one: SliceRow, against: str) -> dict[str, Any]:
    suite, _, task = one.task.partition("/")
    way = "worse" if one.is_worse else "better"
    return {
        "suite": suite,
        "task": task,
        "status": "compared",
        "metric": f"{'difference' if against else 'slice_gap'}({one.metric})",
        "slice": one.slice,
        "value": one.delta,
        "low": one.low,
        "high": one.high,
        "n": one.n,
        "unit": one.unit,
        "method": one.method,
        "reason": way if one.is_real else one.why or "not distinguishable",
        "against": against or None,
        "p": finite(one.p),
        "p_adjusted": finite(one.p_adjusted),
    }


def _difference(one: Difference, card: Task | None) -> dict[str, Any]:
    right = what_is_right(card) if card is not None else ""
    flips = [f"{one.fixed} fixed, {one.broken} broken", *([f"right: {right}"] if right else [])]
    counts = "" if one.fixed is None else ", ".join(flips)
    suite, _, task = one.path.partition("/")
    return {
        "suite": suite,
        "task": task,
        "status": "compared",
        "metric": f"difference({'score' if one.is_score else one.metric})",
        "positive": one.positive,
        "slice": one.slice,
        "value": finite(one.delta),
        "low": finite(one.low),
        "high": finite(one.high),
        "n": one.n,
        "unit": one.unit,
        "counts": counts,
        "clusters": one.clusters,
        "se": finite(one.se),
        "method": one.method,
        "reason": verdict_text(one),
        "against": one.first,
        "p": finite(one.p),
        "p_adjusted": finite(one.p_adjusted),
    }


def sentence_rows(content: ReportContent) -> Iterator[dict[str, Any]]:
    """What is said first, and each alarm by cause, as rows of the status ``verdict`` or ``alarm`` without a number: the sentence is the reason."""
    run = " · ".join(dict.fromkeys(one.name for one in content.runs))
    for text in content.verdict.sentences if content.verdict else ():
        yield {"run": run, "model": "", "status": "verdict", "reason": text}
    for cause in content.causes.causes:
        yield {
            "run": run,
            "model": cause.models,
            "task": cause.tasks,
            "status": "alarm",
            "metric": cause.code,
            "reason": cause.text,
        }


def _told(alarms: Iterable[Alarm]) -> str:
    return "; ".join(sentences(tuple(alarms)))
