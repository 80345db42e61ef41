"""The gaps between groups of people of every model of a run, from the store: for tasks whose cards name slices of people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from benchwright.alarm import in_order, is_constant
from benchwright.bias.areas import AREAS, EQUALITY_GAPS
from benchwright.bias.gaps import ModelOnTask, measure_gap
from benchwright.bias.groups import memberships, slices_of_people
from benchwright.bias.rates import EQUALIZED_ODDS, RATES, labels_of, scores_of_label
from benchwright.metrics.gathering import GatheredColumns, gather
from benchwright.quantities import find_mean
from benchwright.store import Store
from benchwright.types import LIMIT, CellResult, GroupGap, Record, Task

DefaultLimit = Literal["default"]
"""That nobody said what gap is allowed."""


def score_gaps(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> tuple[GroupGap, ...]:
    """Rows for each slice of people (`Task.identities`) of each scored cell, in the order of the cells; read from the records alone.

    Args:
        store: Holds the records.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.
    """
    return tuple(_rows(store, cells, tasks))


def _rows(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> Iterator[GroupGap]:
    for cell in cells:
        task = tasks.get(cell.task_path)
        if task is None or cell.status != "scored" or cell.key is None or task.view_of or task.behaviour:
            continue
        slices = slices_of_people(task)
        if slices:
            yield from gaps_of_cell(cell, task, store.read_records(cell.key), slices)


def gaps_of_cell(
    cell: CellResult,
    task: Task,
    records: Sequence[Record],
    slices: Sequence[str],
    *,
    metrics: Sequence[str] = (),
    label: str = "",
    limit: float | DefaultLimit | None = "default",
) -> Iterator[GroupGap]:
    """Rows of one model on one task.

    Args:
        cell: The model on the task.
        task: The card.
        records: What it answered.
        slices: Names of slices; one that no item has gives no row.
        metrics: What to compare; default: the task's score, and of labels rates and, where there are scores, areas.
        label: Label against the rest; default: the positive one, else every label.
        limit: Gap that is allowed, in the metric's own units; ``default``: `LIMIT` for fractions, none for others; None: none.

    Raises:
        BenchwrightError: A metric or the label is none of the task's.
    """
    found = gather(task, records)
    loud = [one for one in cell.alarms if one.severity == "alarm" or is_constant((one,))]
    place = ModelOnTask(model=cell.model, suite=cell.suite, task=cell.task, split=cell.split)
    for slice in slices:
        if not memberships(task, found.columns.slices, slice):
            continue
        for metric, about in _asked(found, task, metrics, label):
            row = measure_gap(found, place, slice, metric, label=about, limit=_limit(metric, limit))
            yield msgspec.structs.replace(row, alarms=in_order(dict.fromkeys((*row.alarms, *loud))))


def _asked(found: GatheredColumns, task: Task, metrics: Sequence[str], label: str) -> Iterator[tuple[str, str]]:
    """Metric and label of each row."""
    if metrics:
        for metric in metrics:
            needs_label = metric in (*RATES, EQUALIZED_ODDS, *AREAS)
            for about in (label,) if label or not needs_label else (labels_of(task) or ("",)):
                yield metric, about
        return
    for metric in task.score_metrics:
        yield metric, ""
    for about in (label,) if label else labels_of(task):
        for rate in (*RATES, EQUALIZED_ODDS):
            yield rate, about
        if found.columns.n and scores_of_label(found.columns, about) is not None:
            for area in AREAS:
                yield area, about


def _limit(metric: str, limit: float | DefaultLimit | None) -> float | None:
    """The limit, where the metric is a fraction: of errors in units of their own, and of equality gaps (best at 0 in each group),
    nobody can say without the user what is much.
    """
    if limit != "default":
        return limit
    if metric in EQUALITY_GAPS:
        return None
    if metric in (*RATES, EQUALIZED_ODDS, *AREAS):
        return LIMIT
    quantity = find_mean((metric,))
    return LIMIT if quantity is not None and quantity.unit == "fraction" else None
