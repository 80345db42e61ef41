"""A long table for spreadsheets and scripts: one line per model, task, split, metric and slice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchwright.behaviour_report.section import BehaviourSection, behaviour_sections
from benchwright.items import counted
from benchwright.render.api import build_grid, finite, inert, sentences
from benchwright.results import ResultRow, result_rows
from benchwright.types import AggregateScore, GroupGap, Record, ReportOptions, RobustnessScore, Run, Score

HEADER = (
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
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet runs; other widths count as the same there."""


class CsvReport:
    """The table. Values are unrounded fractions, correlations in [-1, 1]; what is not there is an empty field."""

    name = "csv"
    suffix = ".csv"

    def render(
        self,
        runs: Sequence[Run],
        records: Callable[[str], Sequence[Record]],
        options: ReportOptions = ReportOptions(),  # noqa: B008 - a frozen value; a table has neither title nor texts
    ) -> str:
        """CSV text with a header line and LF line ends.

        Texts are one line each, with marks for breaks and for what cannot be seen; one that a spreadsheet would run as a
        formula starts with an apostrophe, and numbers stay numbers. Task scores are the metric
        ``score``, averages the recipe's name with an empty task; a result that is not there has a line with its reason. A model on
        a view has lines of its own: the metric ``(clean)``, ``(perturbed)`` and ``(difference)`` over the same items, ``consistency``
        and ``worst_case``, with what was left out under ``counts``. Behavioural tests have a line for each capability and type,
        the slice ``capability=NAME & type=TYPE``. A gap between groups of people has a line for each group
        (``METRIC by group``), one of the metric ``gap(METRIC)`` with the verdict as its reason, and one of ``ratio(METRIC)``. A hardware profile has a line
        for each quantity, in the unit of ``value_unit`` and of the machine with that fingerprint.
        """
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(HEADER)
        for run in runs:
            lines = [_line(row) for row in result_rows(run)] + [_aggregate_line(run, one) for one in run.aggregates]
            lines += [line for one in run.robustness for line in _robustness_lines(run, one)]
            lines += [line for one in run.gaps for line in _gap_lines(run, one)]
            lines += [
                line for one in behaviour_sections(build_grid([run]), records, cases=0) for line in _places(run, one)
            ]
            writer.writerows([_field(line.get(name)) for name in HEADER] for line in lines)
        return buffer.getvalue()


def _line(row: ResultRow) -> dict[str, Any]:
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
        "alarms": "; ".join(sentences(row.alarms)),
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


def _robustness_lines(run: Run, score: RobustnessScore) -> Iterator[dict[str, Any]]:
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
        "alarms": "; ".join(sentences(score.alarms)),
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


def _gap_lines(run: Run, row: GroupGap) -> Iterator[dict[str, Any]]:
    """A line for each group, then the gap, with its one-sided bounds and the verdict as its reason, and the ratio."""
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
        "alarms": "; ".join(sentences(row.alarms)),
    }
    for group in row.groups:
        yield _score_fields(group.score) | about | {"metric": f"{metric} by group", "n": group.used}
    needed = f", {gap.needed} items would tell" if gap.needed is not None else ""
    verdict = f"{gap.verdict} (limit {gap.limit:g}{needed})" if gap.limit is not None else ""
    number = Score(metric=metric, value=gap.value, low=gap.low, high=gap.high, n=total, method=gap.method)
    yield _score_fields(number) | about | {"metric": f"gap({metric})", "slice": row.slice, "reason": verdict}
    if row.ratio is not None:
        yield _score_fields(row.ratio) | about | {"metric": f"ratio({metric})", "slice": row.slice}


def _places(run: Run, section: BehaviourSection) -> Iterator[dict[str, Any]]:
    for cell, summary in section.summaries:
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
                "alarms": "; ".join(sentences(cell.alarms)),
            }


def _aggregate_line(run: Run, score: AggregateScore) -> dict[str, Any]:
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


def _field(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return repr(value)
    text = inert(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


report = CsvReport()
