"""Which items belong to which group of people: by the values of a column, or by several columns of which each is a group.

Groups come from columns that the user names, never from words in a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright.errors import BenchwrightError
from benchwright.metrics.columns import Columns
from benchwright.types import Task

Members = NDArray[np.bool_]

IDENTITIES = "identities"
"""Name of the slice whose groups are columns: `Task.membership` says from which value on a cell is a member."""
MEMBER = "yes"
"""Value of such a column for an item that is a member; others have ``no``, and what was not annotated has none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """Groups of one slice.

    Attributes:
        slice: Name of the slice.
        members: Group -> whether each item is in it (n), groups by name.
        outside: Items in no group.
        are_apart: Whether no item, and no cluster of items, is in two groups.
    """

    slice: str
    members: Mapping[str, Members]
    outside: int
    are_apart: bool


def slices_of_people(task: Task) -> tuple[str, ...]:
    """Names of the slices of a task whose values are groups of people."""
    if task.membership is not None:
        return (IDENTITIES,) if task.identities else ()
    return task.identities


def has_groups(task: Task, slice_: str | None) -> bool:
    """Whether a task's items say which group they are of: by a slice of that name, or by one that its card says is of people."""
    if task.view_of or task.behaviour:
        return False
    people = slices_of_people(task)
    return bool(people) if slice_ is None else slice_ in task.slices or slice_ in people


def group_items(columns: Columns, slice: str) -> Groups:
    """The groups of a slice; a cell that lists several values (`Task.slice_separator`) puts its item into several groups.

    Raises:
        BenchwrightError: No item has such a slice.
    """
    found = memberships(columns.task, columns.slices, slice)
    if not found:
        known = sorted({name for item in columns.slices for name in item})
        if columns.task.membership is not None:
            known.append(IDENTITIES)
        raise BenchwrightError(
            f"{columns.task.name} has no slice {slice!r}",
            expected=f"one of: {', '.join(known) or '(no slices)'}",
            hint="slices are columns that the task names: slice=COLUMN or identities=COLUMN of a file of your own",
        )
    every = np.stack([found[name] for name in sorted(found)])
    return Groups(
        slice=slice,
        members={name: found[name] for name in sorted(found)},
        outside=int((~every.any(axis=0)).sum()),
        are_apart=not bool((every.sum(axis=0) > 1).any()) and not _share_a_cluster(every, columns.cluster_codes),
    )


def memberships(task: Task, slices: Sequence[Mapping[str, str]], slice: str) -> dict[str, Members]:
    """Group -> whether each item is in it (n); empty where no item has the slice."""
    if slice == IDENTITIES and task.membership is not None:
        found = {
            name: np.array([item.get(name) == MEMBER for item in slices], dtype=np.bool_) for name in task.identities
        }
        return {name: inside for name, inside in found.items() if inside.any()}
    rows: dict[str, list[int]] = {}
    for row, item in enumerate(slices):
        value = item.get(slice)
        if value is None:
            continue
        parts = value.split(task.slice_separator) if task.slice_separator else [value]
        for part in dict.fromkeys(name for part in parts if (name := part.strip())):
            rows.setdefault(part, []).append(row)
    groups: dict[str, Members] = {}
    for name, places in rows.items():
        inside = np.zeros(len(slices), dtype=np.bool_)
        inside[places] = True
        groups[name] = inside
    return groups


def _share_a_cluster(every: NDArray[np.bool_], codes: NDArray[np.intp] | None) -> bool:
    """Whether the items of some cluster are in more than one group."""
    if codes is None:
        return False
    clusters = int(codes.max()) + 1 if codes.size else 0
    seen = np.stack([np.bincount(codes[inside], minlength=clusters) > 0 for inside in every])
    return bool((seen.sum(axis=0) > 1).any())
