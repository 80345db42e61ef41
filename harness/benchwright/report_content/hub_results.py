"""Results as the Hugging Face hub names them, and which of them may be written as evaluation results of a model's repository.

The hub shows an entry of ``.eval_results`` on the leaderboard of a data set. It is offered only for a whole split, read from the hub at the
revision that is named, without errors; everything else stays in the table of the card.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchwright.errors import BenchwrightError
from benchwright.formatting import count, finite
from benchwright.quantities import metric_title
from benchwright.store import Store
from benchwright.types import CellResult, Hub, Kind, Run, Score, Task

if TYPE_CHECKING:  # boards name tasks and metrics alone, and make no report
    from benchwright.render.grid import Column
    from benchwright.report_content.content import ReportContent

_TASKS: Mapping[Kind, str] = {
    Kind.CLASSIFY: "text-classification",
    Kind.REGRESS: "text-classification",
    Kind.TAG: "token-classification",
    Kind.SPAN: "question-answering",
    Kind.CHOOSE: "multiple-choice",
    Kind.FILL: "fill-mask",
}
"""Kind -> what the hub calls such a task; its pages count regressions over texts as text classification."""
_METRICS = {
    "accuracy": "accuracy",
    "answer_f1": "f1",
    "entity_f1": "f1",
    "entity_precision": "precision",
    "entity_recall": "recall",
    "exact_match": "exact_match",
    "f1": "f1",
    "macro_f1": "f1",
    "macro_precision": "precision",
    "macro_recall": "recall",
    "mae": "mae",
    "mcc": "matthews_correlation",
    "micro_f1": "f1",
    "micro_precision": "precision",
    "micro_recall": "recall",
    "pearson": "pearsonr",
    "precision": "precision",
    "recall": "recall",
    "roc_auc": "roc_auc",
    "spearman": "spearmanr",
    "token_accuracy": "accuracy",
}
"""Metric -> its id on the hub; any other goes by its own name."""


def hub_task(card: Task) -> str:
    """What the hub calls tasks like this one: ``text-classification``."""
    return _TASKS.get(card.kind, "text-classification")


def hub_metric(name: str) -> str:
    """The id of a metric on the hub: ``matthews_correlation`` of ``mcc``; its own name where it has none there."""
    return _METRICS.get(name, name)


@dataclass(frozen=True, kw_only=True, slots=True)
class HubMetric:
    """A number over a whole split: its id on the hub, its title here, its unrounded value (a fraction, a correlation, or in units of the task)."""

    kind: str
    title: str
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class HubResult:
    """One task of the card.

    Attributes:
        task_type: What the hub calls such a task.
        hub: The data set; None where the suite names none.
        revision: What was read; None where the examples came from elsewhere, so that no revision can be named.
        metrics: Those over the whole split.
        entry: The value of an evaluation result; None where none may be written.
        why_not: Why; empty where one may.
        notes: What an entry says about itself.
    """

    column: Column
    task_type: str
    hub: Hub | None
    revision: str | None
    metrics: tuple[HubMetric, ...]
    entry: float | None
    why_not: str
    notes: str


def hub_results(content: ReportContent) -> tuple[HubResult, ...]:
    """The scored tasks of the one model of a report, views and behavioural tests left out."""
    runs = {id(cell): run for run in content.runs for cell in run.cells}
    found = []
    for column in content.grid.columns:
        cell, card = column.cells.get(0), column.card_of(0)
        if card is None or card.behaviour or column.is_view or column.is_hardware:
            continue
        if cell is not None and cell.status == "scored" and cell.score is not None:
            found.append(_result(column, card, cell, runs[id(cell)]))
    return tuple(found)


def _result(column: Column, card: Task, cell: CellResult, run: Run) -> HubResult:
    source = card.splits.get(column.split)
    hub = source.hub if source else None
    read = _origin(cell, run)
    revision = hub.revision if hub and read == _origin_of(hub) else None
    why_not = _why_not(column.split, card, cell, limit=run.spec.limit, hub=hub, read=read)
    value = finite(cell.score.value) if cell.score else None
    n = cell.score.n if cell.score else 0
    return HubResult(
        column=column,
        task_type=hub_task(card),
        hub=hub,
        revision=revision,
        metrics=tuple(_metrics(card, cell)),
        entry=None if why_not else value,
        why_not=why_not,
        notes=f"{column.metric}, {column.split} split, {count(n)} examples",
    )


def _metrics(card: Task, cell: CellResult) -> list[HubMetric]:
    whole: list[Score] = [score for score in cell.scores if score.slice is None]
    wanted = dict.fromkeys((*card.score_metrics, *card.metrics))
    by_name = {score.metric.partition("@")[0]: score for score in reversed(whole)}
    if len(card.score_metrics) == 1 and cell.score is not None:
        by_name.setdefault(card.score_metrics[0], cell.score)
    found = []
    for name in wanted:
        value = finite(by_name[name].value) if name in by_name else None
        if value is not None:
            found.append(HubMetric(kind=hub_metric(name), title=metric_title(name, card), value=value))
    return found


def _why_not(split: str, card: Task, cell: CellResult, *, limit: int | None, hub: Hub | None, read: str) -> str:
    """Why no entry may be written, the first reason that holds."""
    ledger, size = cell.ledger, card.sizes.get(split)
    if hub is None:
        return "the suite names no data set of the hub for this split"
    if split == "train":
        return "the train split is no benchmark"
    if limit is not None:
        return f"the run was limited to {count(limit)} examples"
    if ledger is None or size is None or ledger.total != size:
        there = count(ledger.total) if ledger else "an unknown number of"
        return f"{there} examples were read, and the split has {count(size) if size else 'a size that the suite does not state'}"
    if ledger.scored != ledger.total or (cell.score is not None and (cell.score.errored or cell.score.skipped)):
        return f"{count(ledger.total - ledger.scored)} examples have no answer that was scored"
    if len(card.score_metrics) != 1:
        return "its score is a mean of several metrics, and an entry holds one"
    if cell.score is None or finite(cell.score.value) is None:
        return "the score is undefined"
    if any(alarm.severity == "alarm" for alarm in cell.alarms):
        return "the result has an alarm, which an entry could not show"
    if read != _origin_of(hub):
        where = read.partition(":")[2] or "a place that is not known"
        return (
            f"the examples were read from {where}, not from the hub, so the revision that was answered cannot be named"
        )
    return ""


def _origin_of(hub: Hub) -> str:
    return f"hub:{hub.repo}@{hub.revision}{f'/{hub.config}' if hub.config else ''}"


def _origin(cell: CellResult, run: Run) -> str:
    """Where the examples were read, as the store holds it; empty where that cannot be known."""
    if run.store is None or cell.key is None:
        return ""
    try:
        return Store(run.store).read_cell(cell.key).origin
    except BenchwrightError:
        return ""
