"""Records of a task and of a view of it, joined: the items that have variants, with an answer to all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchwright.items import base_id
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather, group_sizes
from benchwright.types import Record, Task

Codes = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class ViewedItems:
    """What one model answered to items (n) and to their variants (v).

    Attributes:
        task: The card of the task, or of the view.
        originals: Records of the items, in dataset order.
        variants: Records of their variants, in the same order, those of one item together.
        item_of: Position in ``originals`` of each variant's item (v), ascending.
        clean: Columns of the items.
        matched: Columns of the items, each as often as it has variants, which the variants are compared with: ``clean`` itself where
            all have as many, or where items are judged in groups. Otherwise items with more variants would weigh more on one side
            alone, and a model that answers every variant as it does the item would seem to lose or to win.
        perturbed: Columns of the variants, against the gold answers carried along; a unit of ``clean`` is the same unit here, with
            the same number.
        unanswered: Items with variants that are left out, because the original or a variant has no answer or no gold answer.
    """

    task: Task
    originals: tuple[Record, ...]
    variants: tuple[Record, ...]
    item_of: Codes
    clean: Columns
    matched: Columns
    perturbed: Columns
    unanswered: int = 0

    @property
    def n(self) -> int:
        """Items."""
        return len(self.originals)

    @property
    def sizes(self) -> Codes:
        """Number of variants of each item (n)."""
        return np.bincount(self.item_of, minlength=self.n)

    @property
    def n_units(self) -> int:
        """Independent units: clusters, or items."""
        return self.clean.n_clusters


def join(
    task: Task, clean: Sequence[Record], view: Sequence[Record], *, only: Collection[str] | None = None
) -> ViewedItems:
    """Join the records of one model on a task and on a view of it by the id of the item.

    An item is kept with all its variants, or, where one answer is missing, left out whole: otherwise the two scores would be about
    different items.

    Args:
        task: The card of the task, or of the view.
        clean: Records of the task.
        view: Records of the view.
        only: Ids of items; others are left out, as if they had no variant.
    """
    of_item: dict[str, list[Record]] = {}
    for record in view:
        item = base_id(record.id)
        if only is None or item in only:
            of_item.setdefault(item, []).append(record)
    paired = [(record, of_item[record.id]) for record in clean if record.id in of_item]
    kept = [(record, some) for record, some in paired if _is_scored(record) and all(map(_is_scored, some))]
    originals = [record for record, _ in kept]
    variants = [record for _, some in kept for record in some]
    item_of = np.repeat(np.arange(len(kept)), [len(some) for _, some in kept]).astype(np.intp)
    units = units_of(clean, originals)
    of_items = replace(gather(task, originals, among=group_sizes(clean)).columns, clusters=units)
    return ViewedItems(
        task=task,
        originals=tuple(originals),
        variants=tuple(variants),
        item_of=item_of,
        clean=of_items,
        matched=of_items if is_even(item_of) or any(of_items.group) else of_items.select(item_of.tolist()),
        perturbed=replace(
            gather(task, variants, among=group_sizes(view)).columns, clusters=[units[at] for at in item_of]
        ),
        unanswered=len(paired) - len(kept),
    )


def is_even(item_of: Codes) -> bool:
    """Whether all items have equally many variants; ``item_of`` is the position of each variant's item (v)."""
    return len(set(np.bincount(item_of).tolist())) <= 1


def _is_scored(record: Record) -> bool:
    return record.error is None and record.output is not None and record.target is not None


def units_of(every: Sequence[Record], kept: Sequence[Record]) -> list[str | None]:
    """The independent unit of each item, as the columns of its split have it: its cluster, else its group where no item has a
    cluster, else the item itself.
    """
    labelled = [record for record in every if record.target is not None]
    clustered = any(record.cluster is not None for record in labelled or every)
    named = [record.cluster if clustered else record.group for record in kept]
    # Two names of one form: an item that stands alone is called by its id, and so is the first item of a cluster.
    return [
        f"unit {name}" if name is not None else f"item {record.id}" for record, name in zip(kept, named, strict=True)
    ]
