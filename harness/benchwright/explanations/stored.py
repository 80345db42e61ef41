"""Explanations of a run as they stand in its store, beside the records that they explain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchwright.errors import BenchwrightError
from benchwright.store import Store, attachments
from benchwright.types import Explanation, ExplanationSummary, Record, Run, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedItem:
    """One item of a task explained by one method for one model.

    Attributes:
        summary: What was explained, and how.
        task: The card of the task.
        record: Gold answer and answer, with the texts in ``extra["inputs"]`` where they were kept.
        explanation: Of it.
    """

    summary: ExplanationSummary
    task: Task
    record: Record
    explanation: Explanation


def read_explained(
    store: Store, summary: ExplanationSummary, *, only: Collection[str] | None = None
) -> tuple[ExplainedItem, ...]:
    """The items that a run asked to have explained and that are in the store, in dataset order.

    Args:
        store: Where the run is.
        summary: One of `Run.explanations`.
        only: Ids of items; None: all of them.

    Raises:
        StoreError: Records or attachment are absent or damaged.
    """
    wanted = [one for one in summary.ids if only is None or one in only]
    if not wanted:
        return ()
    task = store.read_cell(summary.key).task
    there = attachments.read(store, summary.key, summary.attachment, wanted)
    records = {record.id: record for record in store.read_records_with_inputs(summary.key)}
    return tuple(
        ExplainedItem(summary=summary, task=task, record=records[one], explanation=there[one])
        for one in wanted
        if one in there and one in records
    )


def group_items(
    store: Store,
    summaries: Sequence[ExplanationSummary],
    *,
    most: int | None = None,
    only: Collection[str] | None = None,
) -> tuple[tuple[ExplainedItem, ...], ...]:
    """Items of one task, each as all of these explanations have it, in dataset order.

    Args:
        store: Where the run is.
        summaries: Of one task and split.
        most: At most so many items, those that most of the explanations have; None: all.
        only: As in `read_explained`.
    """
    held: dict[str, int] = {}
    for one in summaries:
        for name in one.ids:
            if only is None or name in only:
                held[name] = held.get(name, 0) + 1
    chosen = sorted(held, key=lambda name: -held[name])[:most]
    found: dict[str, list[ExplainedItem]] = {name: [] for name in held if name in set(chosen)}
    for summary in summaries:
        for item in read_explained(store, summary, only=set(chosen)):
            found[item.record.id].append(item)
    return tuple(tuple(items) for items in found.values() if items)


def choose_summaries(
    run: Run, *, model: str | None = None, task: str | None = None, method: str | None = None
) -> tuple[ExplanationSummary, ...]:
    """The explanations of a run for a model, a task (``suite/task``, or its name alone) and a method; all where none is named.

    Raises:
        BenchwrightError: There is none: what there is, is told.
    """
    found = tuple(
        one
        for one in run.explanations
        if model in (None, one.model)
        and task in (None, one.base, one.base.rpartition("/")[2])
        and method in (None, one.method, one.method.replace("_", "-"))
    )
    if found:
        return found
    if not run.explanations:
        raise BenchwrightError(
            f"run {run.name} explains nothing",
            expected="a run of `benchwright explain`, or of `run --suite explain`",
            hint=f"benchwright explain {run.spec.models[0].name if run.spec.models else 'MODEL'} --suite SUITE/TASK",
        )
    asked = " ".join(part for part in (model, task, method) if part)
    there = dict.fromkeys(f"{one.model} on {one.base} by {one.method}" for one in run.explanations)
    raise BenchwrightError(
        f"run {run.name} has no explanation of {asked}",
        expected=f"one of: {', '.join(there)}",
        hint=f"benchwright show {run.name} --explain",
    )
