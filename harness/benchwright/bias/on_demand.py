"""Gaps between the groups of any slice of a stored run, computed when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchwright.bias.gaps_of_run import DefaultLimit, gaps_of_cell
from benchwright.bias.groups import IDENTITIES
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.results import to_frame
from benchwright.store import Store, locate
from benchwright.types import CellResult, GroupGap, Run


class GroupGaps(tuple[GroupGap, ...]):
    """Gaps, in the order of models, tasks and metrics."""

    __slots__ = ()

    def to_pandas(self) -> Any:
        """A DataFrame with a row per group of each gap: its value beside the gap, bounds and verdict that all rows of a gap share."""
        return to_frame([row for gap in self for row in gap_rows(gap)])


def group_gaps(
    run: Run,
    *,
    slice: str,
    metric: str | Sequence[str] = (),
    label: str = "",
    limit: float | DefaultLimit | None = "default",
    task: str | None = None,
    model: str | None = None,
) -> GroupGaps:
    """Gaps between the groups of a slice of a stored run: any slice, whether or not its card names it as one of people.

    Args:
        run: A run with its store.
        slice: Name of a slice: ``gender``; ``identities`` where each column is a group.
        metric: A metric of the task, ``selection_rate``, ``true_positive_rate``, ``false_positive_rate``, ``equalized_odds``,
            ``subgroup_auc``, ``bpsn_auc``, ``bnsp_auc``, ``positive_aeg`` or ``negative_aeg``; several as a list. Default: the task's
            score and all of these that it has.
        label: Label against the rest; default: the positive one, else every label.
        limit: Gap that is allowed, in the metric's own units; ``default``: 0.05 for fractions, none for others; None: nothing is judged.
        task: ``suite/task`` or ``task``; default: every task that has the slice, views of tasks aside.
        model: One of the models; default: all.

    Raises:
        ConfigError: No task that was meant has such a slice; or the task or model is not in the run.
        BenchwrightError: A metric or the label is none of the task's.
        StoreError: The store does not hold the records.
    """
    metrics = (metric,) if isinstance(metric, str) else tuple(metric)
    store = Store(locate(run.store))
    return GroupGaps(
        find_gaps(
            run, store, slice, metrics=tuple(filter(None, metrics)), label=label, limit=limit, task=task, model=model
        )
    )


def find_gaps(
    run: Run,
    store: Store,
    slice: str,
    *,
    metrics: Sequence[str] = (),
    label: str = "",
    limit: float | DefaultLimit | None = "default",
    task: str | None = None,
    model: str | None = None,
) -> tuple[GroupGap, ...]:
    """As `group_gaps`, from a store that is open."""
    found: list[GroupGap] = []
    known: set[str] = set()
    for cell in _cells_of(run, task, model):
        card = run.tasks.get(cell.task_path)
        if card is None or cell.status != "scored" or cell.key is None or card.behaviour:
            continue
        if card.view_of and task is None:
            continue  # its variants are no further items of a group: an item would count as often as it was changed
        records = store.read_records(cell.key)
        known |= {name for record in records for name in record.slices}
        known |= {IDENTITIES} if card.membership is not None else set()
        found += gaps_of_cell(cell, card, records, (slice,), metrics=metrics, label=label, limit=limit)
    if not found:
        raise ConfigError(
            [
                BenchwrightError(
                    f"no item has the slice {slice!r}",
                    expected=f"one of: {', '.join(sorted(known)) or '(no slices)'}",
                    hint="name a column when the run is made: slice=COLUMN or identities=COLUMN of a file of your own",
                )
            ]
        )
    return tuple(found)


def _cells_of(run: Run, task: str | None, model: str | None) -> list[CellResult]:
    """Cells of a task (any if None) and a model (any if None). Raises ConfigError where there is none."""
    cells = [
        cell
        for cell in run.cells
        if (task is None or task in (cell.task, cell.task_path)) and (model is None or model == cell.model)
    ]
    if cells:
        return cells
    asked = f"task {task!r}" if task is not None else f"model {model!r}"
    there = dict.fromkeys((cell.task_path if task else cell.model) for cell in run.cells)
    raise ConfigError(
        [
            BenchwrightError(
                f"no {asked} in {run.name}",
                expected=f"one of: {', '.join(there)}",
                hint=f"benchwright show {run.name}",
            )
        ]
    )


def gap_rows(gap: GroupGap) -> list[dict[str, Any]]:
    """A flat row for each group."""
    about = {
        "model": gap.model,
        "suite": gap.suite,
        "task": gap.task,
        "split": gap.split,
        "slice": gap.slice,
        "metric": gap.metric,
        "label": gap.label,
    }
    ratio = gap.ratio
    judged = {
        "gap": gap.gap.value,
        "gap_low": gap.gap.low,
        "gap_high": gap.gap.high,
        "limit": gap.gap.limit,
        "verdict": gap.gap.verdict,
        "needed": gap.gap.needed,
        "ratio": None if ratio is None else ratio.value,
        "ratio_low": None if ratio is None else ratio.low,
        "ratio_high": None if ratio is None else ratio.high,
    }
    return [
        {
            **about,
            "group": group.group,
            "n": group.n,
            "used": group.used,
            "value": group.score.value,
            "low": group.score.low,
            "high": group.score.high,
            **judged,
        }
        for group in gap.groups
    ]
