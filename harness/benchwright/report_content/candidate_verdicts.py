"""Verdicts on bias as lines of the table of candidates: identity swaps of each task, and gaps between groups of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchwright.formatting import name_some
from benchwright.render.gaps import gap_tables
from benchwright.render.grid import Grid
from benchwright.render.identity import swap_tables
from benchwright.report_content.candidate_line import ABSENT, CandidateCell, CandidateLine, LineGroup
from benchwright.types import BiasVerdict

_SIGNS = {"exceeds": "✗", "cannot tell": "?", "within": "✓"}
_ORDER: tuple[BiasVerdict, ...] = ("exceeds", "cannot tell", "within")
_NAMED = 3


def bias_group(grid: Grid) -> Iterator[LineGroup]:
    """The lines of verdicts; nothing where no model was judged. A verdict is about one limit, and never says that a model is fair."""
    lines = [*_swaps(grid), *_gaps(grid)]
    if lines:
        yield LineGroup(
            title="Bias",
            about="the worst verdict of each model",
            lines=tuple(lines),
        )


def _swaps(grid: Grid) -> Iterator[CandidateLine]:
    for table in swap_tables(grid):
        states = [(row.system, row.dimension, row.state) for row in table.rows]
        yield CandidateLine(
            title=f"identity swaps, {table.base}",
            notes=(f"flip rate, limit {table.limit}",),
            anchor="identity",
            kind="bias",
            cells=_cells(grid, states),
        )


def _gaps(grid: Grid) -> Iterator[CandidateLine]:
    for table in gap_tables(grid):
        states = [(row.system, row.metric, row.state) for row in table.rows if row.state is not None]
        limits = list(dict.fromkeys(row.limit for row in table.rows if row.state is not None))
        if states:
            yield CandidateLine(
                title=f"gaps by {table.slice}, {table.base}",
                notes=(limits[0] if len(limits) == 1 else "limits of their own",),
                anchor="gaps",
                kind="bias",
                cells=_cells(grid, states),
            )


def _cells(grid: Grid, states: Sequence[tuple[str, str, BiasVerdict]]) -> tuple[CandidateCell, ...]:
    return tuple(
        _cell([(what, state) for system, what, state in states if system == row.label]) for row in grid.systems
    )


def _cell(states: Iterable[tuple[str, BiasVerdict]]) -> CandidateCell:
    by_state: dict[BiasVerdict, list[str]] = {}
    for what, state in states:
        by_state.setdefault(state, []).append(what)
    worst = next((state for state in _ORDER if state in by_state), None)
    if worst is None:
        return ABSENT
    named = by_state[worst]
    shown = name_some(named, _NAMED)
    every = sum(map(len, by_state.values()))
    return CandidateCell(
        state="score",
        text=f"{_SIGNS[worst]} {worst}",
        lines=(shown if every == len(named) else f"{shown} ({len(named)} of {every})",),
        sort=float(_ORDER.index(worst)),
        tone=worst.replace(" ", "-"),
    )
