"""The section `Identity swaps` of a report: for each task its rows, a chart of shifts by group, and the flipped items with their texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from benchwright.bias.flip_views import FlipView, Records, flips_of
from benchwright.errors import StoreError
from benchwright.redaction import answers_are_texts
from benchwright.render.figure_budget import Chart, Sketch
from benchwright.render.forest import ForestRow, draw_forest
from benchwright.render.grid import Grid
from benchwright.render.identity import SwapTable, swap_tables
from benchwright.types import Score, Task

MOST_ITEMS = 5
"""Flipped items of a model and dimension that a report shows."""
MOST_SHOWN = 60
"""Flipped items on a page; at least one of each model and dimension."""
MOST_GROUPS = 12
"""Groups in a chart, those that shift most; the table of groups holds all."""
MOST_CHARTS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapSection:
    """One task.

    Attributes:
        table: Its rows.
        charts: By model and dimension.
        flips: Flipped items that are shown.
        hidden: ``9 of gender, minilm``: flipped items that are not.
        withheld: Why none is shown; empty where they are.
    """

    table: SwapTable
    charts: tuple[Chart, ...]
    flips: tuple[FlipView, ...]
    hidden: int
    withheld: str


def identity_sections(
    grid: Grid, records: Records, *, inputs: bool = True, items: int = MOST_ITEMS, charts: bool = True
) -> tuple[SwapSection, ...]:
    """A section for each task that was seen through identity swaps; none for a grid without.

    Args:
        grid: Models by tasks.
        records: The records of a cell key, with their texts where the store kept them.
        inputs: Whether texts of examples, and answers made of them, may be shown.
        items: Most flipped items of a model and dimension.
        charts: Whether shifts are drawn.
    """
    tables = swap_tables(grid)
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    rows = max(1, sum(len(table.rows) for table in tables))
    each = max(1, min(items, MOST_SHOWN // rows)) if items else 0
    return tuple(
        _section(at, table, cards, records, inputs=inputs, each=each, charts=charts)
        for at, table in enumerate(tables, start=1)
    )


def _section(
    at: int,
    table: SwapTable,
    cards: Mapping[str, Task],
    records: Records,
    *,
    inputs: bool,
    each: int,
    charts: bool,
) -> SwapSection:
    withheld = ""
    if not inputs:
        texts = answers_are_texts(cards.get(table.base))
        withheld = "answers are pieces of texts, which are left out" if texts else "texts are left out"
    shown = () if withheld or not each else tuple(_flips_of(table, cards, records, each))
    total = sum(row.score.flipped for row in table.rows)
    return SwapSection(
        table=table,
        charts=tuple(_charts(at, table))[:MOST_CHARTS] if charts else (),
        flips=shown,
        hidden=total - len(shown),
        withheld=withheld if total else "",
    )


def _flips_of(table: SwapTable, cards: Mapping[str, Task], records: Records, each: int) -> Iterator[FlipView]:
    for row in table.rows:
        score = row.score
        card = cards.get(score.task_path)
        if card is None or not score.flipped:
            continue
        try:
            yield from flips_of(score, card, records, most=each, system=row.system)
        except StoreError:
            continue  # the records are gone: numbers stand without examples


def _charts(at: int, table: SwapTable) -> Iterator[Chart]:
    scale = _scale(table)
    for number, row in enumerate(table.rows, start=1):
        for place, label in enumerate(dict.fromkeys(one.label for one in row.groups), start=1):
            mine = [one for one in row.groups if one.label == label and one.shift.sort is not None]
            mine.sort(key=lambda one: -abs(one.shift.sort or 0.0))
            if not any(one.shift.sort for one in mine):
                continue  # a model that always says the same: a chart of noughts shows nothing
            shown = mine[:MOST_GROUPS]
            shifts = {group.group: group.shifts[label] for group in row.score.groups if label in group.shifts}
            name = f"swaps-{at}-{number}-{place}"
            hidden = len(mine) - len(shown)
            more = f"; the {hidden} groups that shift least are in the table" if hidden else ""
            draw = partial(
                draw_forest,
                [ForestRow(label=one.group, score=_plain(shifts[one.group])) for one in shown],
                name=name,
                title=f"{table.base}, {row.dimension}, {row.system}: shift of {label} by the group put in",
                description="One line per group; the table of groups holds the same numbers.",
                unit=table.unit,
                changes=True,
                scale=scale,
            )
            yield Chart(
                title=row.dimension,
                about=f"{row.system}: {label}{more}",
                sketch=Sketch(subject="swaps", name=name, draw=draw),
            )


def _scale(table: SwapTable) -> tuple[float, ...]:
    """Ends of all intervals that are drawn: charts of one scale show a shift of nothing as nothing."""
    shown = [(row, one) for row in table.rows for one in row.groups if one.shift.sort is not None]
    named = {(id(row), group.group): group for row in table.rows for group in row.score.groups}
    scores = [named[id(row), one.group].shifts[one.label] for row, one in shown]
    return tuple(end for score in scores for end in (score.value, score.low, score.high) if end is not None)


def _plain(score: Score) -> Score:
    return Score(metric=score.metric, value=score.value, low=score.low, high=score.high, n=score.n)
