"""Lines of the table of candidates: one quantity with a cell for each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from benchwright.report_content.standings import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateCell:
    """A model on a line.

    Attributes:
        state: ``score``; ``problem``: failed, missing, refused, undefined; ``absent``: in no run; ``unmeasured``: a cost that nobody measured.
        text: The value, or the problem in a word.
        between: Its interval; empty without one.
        mark: ``best``: shown to be better than every other; ``tied``: not told apart from the best; ``highest`` and ``near``: the same by
            intervals alone; empty elsewhere.
        is_top: Whether it is the best value of the line.
        lines: What stands below it in small letters.
        sort: What it sorts by; None sorts last.
        signs: Numbers of alarms that are about it.
        tone: Of a verdict on bias: ``within``, ``exceeds``, ``cannot-tell``.
    """

    state: Literal["score", "problem", "absent", "unmeasured"]
    text: str
    between: str = ""
    mark: Literal["best", "tied", "highest", "near", ""] = ""
    is_top: bool = False
    lines: tuple[str, ...] = ()
    sort: float | None = None
    signs: tuple[int, ...] = ()
    tone: str = ""


ABSENT = CandidateCell(state="absent", text="not run")
UNMEASURED = CandidateCell(state="unmeasured", text="not measured")


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateLine:
    """A task, an average, a verdict or a cost.

    Attributes:
        title: What it is.
        notes: Metric, items, and what must be known of it.
        anchor: Id of the section that tells more; empty where there is none.
        kind: ``task``, ``average``, ``bias`` or ``cost``.
        cells: One for each model.
    """

    title: str
    notes: tuple[str, ...]
    anchor: str
    kind: Literal["task", "average", "bias", "cost"]
    cells: tuple[CandidateCell, ...]

    def in_order(self, systems: Sequence[int]) -> CandidateLine:
        """The line with its cells in the order of these positions."""
        return replace(self, cells=tuple(self.cells[at] for at in systems))


@dataclass(frozen=True, kw_only=True, slots=True)
class LineGroup:
    """Lines with a heading: a suite, bias, cost.

    Attributes:
        title: The heading.
        about: What all of its lines have in common; empty without.
        lines: The lines.
    """

    title: str
    about: str
    lines: tuple[CandidateLine, ...]


def with_places(
    cells: Sequence[CandidateCell], places: Mapping[int, Place], *, tested: bool
) -> tuple[CandidateCell, ...]:
    """Cells with the marks of their places: of paired tests, or of intervals where ``tested`` is False."""
    marks = (
        {"best": "best", "top": "tied", "tied": "tied"}
        if tested
        else {"best": "highest", "top": "highest", "tied": "near"}
    )
    return tuple(
        replace(
            cell,
            mark=marks.get(places.get(at, ""), ""),  # type: ignore[arg-type]
            is_top=places.get(at) in ("best", "top"),
            lines=(*cell.lines, "not compared") if places.get(at) == "fewer" else cell.lines,
        )
        for at, cell in enumerate(cells)
    )
