"""The stored records of one model on a task and on its identity view, from which all numbers of swaps are made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.bias.identity_scores import Given
from benchwright.bias.join import SwappedItems, dimensions_of, join_swaps
from benchwright.store import Store
from benchwright.types import Record, Task


@dataclass(frozen=True, kw_only=True, eq=False)
class SwappedView:
    """What a system answered to a task and to its identity view.

    Attributes:
        path: ``bias/identity@suite/task``.
        card: Of the view.
        keys: Cells of the task and of the view.
        originals: Records of the task.
        variants: Records of the view.
        given: What the system says its scores are.
        counts: What became of the items, as the cell says.
    """

    path: str
    card: Task
    keys: tuple[str, str]
    originals: Sequence[Record]
    variants: Sequence[Record]
    given: Given | None
    counts: dict[str, int]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions that were swapped, or looked for in vain."""
        asked = [name.partition(":")[2] for name in self.counts if name.startswith("holding:")]
        return tuple(dict.fromkeys((*asked, *dimensions_of(self.variants))))

    def items(self, dimension: str) -> SwappedItems:
        """Items and variants of a dimension, joined."""
        return join_swaps(self.card, self.originals, self.variants, dimension)


def read_swapped_view(store: Store, path: str, card: Task, keys: tuple[str, str]) -> SwappedView:
    """The records of the cells of a task and of its view.

    Args:
        store: Holds them.
        path: Of the view.
        card: Of the view.
        keys: Cells of the task and of the view.
    """
    stored = store.read_cell(keys[1])
    return SwappedView(
        path=path,
        card=card,
        keys=keys,
        originals=store.read_records(keys[0]),
        variants=store.read_records(keys[1]),
        given=stored.facts.scores,
        counts=dict(stored.counts),
    )
