"""What a changed answer does to the task's score: the paired difference with its interval, as comparisons measure it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchwright.answers import answers_of
from benchwright.comparison.measure_difference import measure_model_difference
from benchwright.comparison.pairing import RESAMPLES, pair_records
from benchwright.errors import NotComparable
from benchwright.types import Agreement, CellResult, PairedDifference, Record, Task


def with_change(
    found: Agreement,
    path: str,
    task: Task,
    cells: tuple[CellResult, CellResult],
    records: tuple[Sequence[Record], Sequence[Record]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Agreement:
    """The agreement with the change of the task's score beside it; without one where it cannot be compared (no gold answers).

    Args:
        found: The agreement.
        path: ``suite/task``.
        task: The card.
        cells: Of the reference and of the other model.
        records: Of the reference and of the other model, of the same items in the same order.
        seed: Of the resamples.
        resamples: How many.
    """
    if not answers_of(task, records[0]).has_gold.any():
        return found
    metric = task.score_metrics[0] if len(task.score_metrics) == 1 else "score"
    try:
        names = tuple(cell.model for cell in cells)
        pairing = pair_records(path, task, names, cells, records, seed=seed, resamples=resamples)
        if not pairing.n:
            return found
        difference = measure_model_difference(pairing, metric, randomise=False)
    except NotComparable:
        return found
    change = PairedDifference(
        value=difference.delta, low=difference.low, high=difference.high, p=difference.p, method=difference.method
    )
    return msgspec.structs.replace(found, metric=difference.metric, change=change)
