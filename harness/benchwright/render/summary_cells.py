"""Cells and column heads of a summary table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchwright.render.grid import RankTier
from benchwright.types import Alarm


@dataclass(frozen=True, kw_only=True, slots=True)
class CellView:
    """One cell of a summary table, ready to print.

    Attributes:
        state: ``score``, ``problem`` (failed, missing, refused, undefined, no average), ``absent`` (not in the run) or ``unmeasured`` (of
            hardware: no time or memory of the model was measured).
        sort: What the cell sorts by; None sorts last.
        n: Scored examples, where they differ from the column's; else empty.
        headline: Short word for a problem: ``failed``, ``no average``.
        reason: Why, in the words of the run.
    """

    state: Literal["score", "problem", "absent", "unmeasured"]
    value: str = ""
    between: str = ""
    sort: float | None = None
    tier: RankTier | None = None
    n: str = ""
    errored: int = 0
    truncated: int = 0
    alarms: tuple[Alarm, ...] = ()
    headline: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A column head: its title and small lines below it.

    Attributes:
        anchor: Id of the section that tells more; empty when there is none.
    """

    title: str
    lines: tuple[str, ...] = ()
    anchor: str = ""
    aggregate: bool = False
