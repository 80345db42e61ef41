"""Records of a task and of the identity swaps of one dimension, joined: items with an answer as they are and in every variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.items import base_id
from benchwright.robustness.join import Codes, units_of
from benchwright.types import Record, Task

DIMENSION, SOURCE_GROUP, GROUP = "identity", "identity_from", "identity_to"
"""Slices of a variant: what was swapped, the group of what stood there, the group of what stands there now."""


@dataclass(frozen=True, kw_only=True, eq=False)
class SwappedItems:
    """What one model answered to items (n) and to their variants (v) of one dimension.

    Attributes:
        task: The card of the view.
        dimension: What was swapped.
        originals: Records of the items, in dataset order.
        variants: Records of their variants, in the same order, those of one item together.
        item_of: Position in ``originals`` of each variant's item (v), ascending.
        groups: Names of the groups that stand in originals or variants, sorted.
        group_of: Position in ``groups`` of each variant's group (v).
        own: Position in ``groups`` of the group that stands in each item (n); -1 where there are several.
        clusters: Unit of each item (n), coded 0 .. C-1; None where every item stands alone.
        unanswered: Items with variants that are left out, because the original or a variant has no answer.
        varies: Whether the model gives more than one answer to the task, items without a term and variants of other dimensions among them.
    """

    task: Task
    dimension: str
    originals: tuple[Record, ...]
    variants: tuple[Record, ...]
    item_of: Codes
    groups: tuple[str, ...]
    group_of: Codes
    own: Codes
    clusters: Codes | None
    unanswered: int = 0
    varies: bool = True

    @property
    def n(self) -> int:
        """Items."""
        return len(self.originals)

    @property
    def sizes(self) -> Codes:
        """Number of variants of each item (n)."""
        return np.bincount(self.item_of, minlength=self.n)

    @property
    def units(self) -> int:
        """Independent units: clusters, or items."""
        return self.n if self.clusters is None else len(np.unique(self.clusters))

    def units_of(self, kept: Any) -> Codes | None:
        """Unit of each of some items (k), coded anew; None where every item stands alone. ``kept`` says which, as an index does."""
        return None if self.clusters is None else np.unique(self.clusters[kept], return_inverse=True)[1]


def dimensions_of(view: Sequence[Record]) -> tuple[str, ...]:
    """The dimensions of the variants, in the order of their first ones."""
    return tuple(dict.fromkeys(record.slices[DIMENSION] for record in view if DIMENSION in record.slices))


def join_swaps(task: Task, clean: Sequence[Record], view: Sequence[Record], dimension: str) -> SwappedItems:
    """Join the records of one model on a task and on its identity view by the id of the item.

    An item is kept with all its variants of the dimension, or, where one answer is missing, left out whole: else groups would be
    compared over different items. No gold answer is needed.

    Args:
        task: The card of the view, or of its task.
        clean: Records of the task.
        view: Records of the view, of all dimensions.
        dimension: Which variants.
    """
    of_item: dict[str, list[Record]] = {}
    for record in view:
        if record.slices.get(DIMENSION) == dimension:
            of_item.setdefault(base_id(record.id), []).append(record)
    paired = [(record, of_item[record.id]) for record in clean if record.id in of_item]
    kept = [(record, some) for record, some in paired if _is_answered(record) and all(map(_is_answered, some))]
    originals = tuple(record for record, _ in kept)
    variants = tuple(record for _, some in kept for record in some)
    groups = sorted({record.slices.get(name, "") for record in variants for name in (SOURCE_GROUP, GROUP)})
    place = {name: at for at, name in enumerate(groups)}
    return SwappedItems(
        task=task,
        dimension=dimension,
        originals=originals,
        variants=variants,
        item_of=np.repeat(np.arange(len(kept)), [len(some) for _, some in kept]).astype(np.intp),
        groups=tuple(groups),
        group_of=np.array([place[record.slices.get(GROUP, "")] for record in variants], dtype=np.intp),
        own=np.array([_own(some, place) for _, some in kept], dtype=np.intp),
        clusters=_codes(units_of(clean, originals)),
        unanswered=len(paired) - len(kept),
        varies=len({repr(record.output) for record in (*clean, *view) if _is_answered(record)}) > 1,
    )


def _is_answered(record: Record) -> bool:
    return record.error is None and record.output is not None


def _own(variants: Sequence[Record], place: Mapping[str, int]) -> int:
    """The group that stands in an item; -1 where several do."""
    sources = {record.slices.get(SOURCE_GROUP, "") for record in variants}
    return place[sources.pop()] if len(sources) == 1 else -1


def _codes(units: Sequence[str | None]) -> Codes | None:
    numbers = {name: at for at, name in enumerate(dict.fromkeys(units))}
    if len(numbers) == len(units):
        return None
    return np.array([numbers[name] for name in units], dtype=np.intp)
