"""What is known of a metric in every group of a slice before a gap is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from benchwright.stats.gaps import GroupEstimates
from benchwright.types import Alarm, GroupValue

_DIGITS = 12


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """A metric in every group, and what bounds of pairs are made from.

    Attributes:
        values: By name; those without a value are there too.
        estimates: The groups that have a value and bounds.
        notes: What is to be known of them.
    """

    values: tuple[GroupValue, ...]
    estimates: GroupEstimates
    notes: tuple[Alarm, ...] = ()


def rounded(end: float | None) -> float | None:
    """An end of an interval without what depends on the machine's order of summation."""
    return None if end is None else round(end, _DIGITS)
