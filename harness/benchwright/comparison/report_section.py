"""The section `Differences` of a report: paired differences of its models, from its runs and records alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from benchwright import unranked
from benchwright.comparison.comparable_answers import ComparableAnswers, check_versions
from benchwright.comparison.difference import Difference
from benchwright.comparison.pairing import pair_records
from benchwright.comparison.pairwise import PairwiseEstimates, adjusted, with_adjusted
from benchwright.comparison.result import Pair
from benchwright.comparison.text import number_texts, verdict_text
from benchwright.errors import BenchwrightError, NotComparable, StoreError
from benchwright.render.grid import Column, Grid
from benchwright.task_path import is_identity_view
from benchwright.types import CellResult, Record, Run, Task

MOST = 12
"""Most models that a report compares; more are for `benchwright compare`."""

Records = Callable[[str], Sequence[Record]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceRow:
    """A row of the section, as text."""

    task: str
    metric: str
    system: str
    value: str
    change: str
    between: str
    p: str
    adjusted: str
    flips: str
    verdict: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceSection:
    """The section: rows against the first model, what could not be compared, how many pairs p is adjusted for, and which tasks are in
    no family of tests.

    Attributes:
        differences: The numbers of the lines, with p adjusted.
        pairs: ``suite/task`` of a ranked task -> all pairs of the models that compare there, with p adjusted over all of these.
    """

    first: str
    lines: tuple[DifferenceRow, ...]
    refused: tuple[str, ...]
    family: int = 0
    systems: int = 2
    exploratory: str = ""
    differences: tuple[Difference, ...] = ()
    pairs: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)


def differences_of(runs: Sequence[Run], grid: Grid, records: Records) -> DifferenceSection | None:
    """Task scores of all models against the first model's; None for one model, or more than `MOST`."""
    if not 2 <= len(grid.systems) <= MOST:
        return None
    found: list[tuple[int, Difference, Task]] = []
    pairs: list[tuple[Pair, ...]] = []
    paths: list[str] = []
    refused: list[str] = []
    for column in grid.columns:
        first = column.cells.get(0)
        if first is None or first.status != "scored" or column.card is None or is_identity_view(column.name):
            continue
        kept, answers = _comparable(runs, grid, column, records, refused)
        if answers is None:
            continue
        names = [grid.systems[at].label for at in kept]
        estimates, metric = PairwiseEstimates(answers, names), _metric(column.card)
        each = [estimates.difference(metric, 0, at) for at in range(1, len(kept))]
        if column.card.unranked:
            each = [msgspec.structs.replace(one, exploratory=True) for one in each]
        found += [(len(pairs), one, column.card) for one in each]
        pairs.append(() if column.card.unranked else estimates.pairs(metric))
        paths.append(column.name)
    if not found and not refused:
        return None
    cards = {column.name: column.card for column in grid.columns if column.card is not None}
    groups = adjusted(pairs)
    told = [(with_adjusted(one, groups[number]), card) for number, one, card in found]
    return DifferenceSection(
        first=grid.systems[0].label,
        lines=tuple(_line(one, card) for one, card in told),
        refused=tuple(dict.fromkeys(refused)),
        family=sum(pair.p is not None for group in groups for pair in group),
        systems=len(grid.systems),
        exploratory=unranked.listed({one.path: cards[one.path] for _, one, _ in found}),
        differences=tuple(one for one, _ in told),
        pairs={path: group for path, group in zip(paths, groups, strict=True) if group},
    )


def _comparable(
    runs: Sequence[Run], grid: Grid, column: Column, records: Records, refused: list[str]
) -> tuple[list[int], ComparableAnswers | None]:
    """Systems comparable with the first one on a task, and their answers; reasons for others go into ``refused``."""
    assert column.card is not None
    kept, read = [0], [_read(column.cells[0], records)]
    for at, cell in column.cells.items():
        if at == 0 or cell.status != "scored":
            continue
        mine = _read(cell, records)
        try:
            _check_runs(runs, grid, column, at)
            _check_records(read[0], mine)
            pair_records(column.name, column.card, (column.name, column.name), (column.cells[0], cell), (read[0], mine))
        except BenchwrightError as error:
            refused.append(f"{column.name}, {grid.systems[at].label}: {error.problem}")
        else:
            kept.append(at)
            read.append(mine)
    if len(kept) < 2:
        return kept, None
    return kept, ComparableAnswers(
        path=column.name,
        task=column.card,
        names=tuple((grid.systems[at].label,) for at in kept),
        cells=tuple((column.cells[at],) for at in kept),
        keys=tuple(() for _ in kept),
        records=tuple((some,) for some in read),
    )


def _metric(card: Task) -> str:
    return "score" if len(card.score_metrics) > 1 else card.score_metrics[0]


def _read(cell: CellResult, records: Records) -> Sequence[Record]:
    try:
        return records(str(cell.key)) if cell.key else ()
    except StoreError:
        return ()


def _check_runs(runs: Sequence[Run], grid: Grid, column: Column, at: int) -> None:
    """Raise NotComparable if labels or limits of two runs differ."""
    first, second = (next(run for run in runs if run.name == grid.systems[one].run) for one in (0, at))
    check_versions(column.suite, {grid.systems[one].label: run for one, run in ((0, first), (at, second))})
    if first.tasks[column.name].label_names != second.tasks[column.name].label_names:
        raise NotComparable("other labels")
    if first.spec.limit != second.spec.limit:
        raise NotComparable("another --limit")


def _check_records(first: Sequence[Record], second: Sequence[Record]) -> None:
    """Raise NotComparable if records are missing or texts differ."""
    if not first or not second:
        raise NotComparable("records are not at hand")
    if [one.extra.get("inputs") for one in first] != [one.extra.get("inputs") for one in second]:
        raise NotComparable("other texts")


def _line(one: Difference, card: Task) -> DifferenceRow:
    value, change, between, p, adjusted = number_texts(one, card.score_metrics)
    flips = "" if one.fixed is None else f"{one.fixed:,} fixed, {one.broken:,} broken"
    return DifferenceRow(
        task=one.path,
        metric=" + ".join(card.score_metrics),
        system=one.second,
        value=value,
        change=change,
        between=between,
        p=p,
        adjusted=adjusted,
        flips=flips,
        verdict=verdict_text(one),
    )
