"""The section `Differences` of a report: paired differences against the reference, from its runs and records alone.

With up to `MOST` models p is adjusted over every pair of them, as `benchwright compare` does; of more models each is compared with the
reference alone, and the family is that.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from benchwright import items, unranked
from benchwright.comparison.difference import Difference
from benchwright.comparison.pairwise import adjusted, pair_of, with_adjusted
from benchwright.comparison.report_answers import ComparedTask, Records, answers_on, compared_with, run_of_cells
from benchwright.comparison.result import Pair, Refusal
from benchwright.comparison.right_answers import what_is_right
from benchwright.comparison.text import number_texts, verdict_text
from benchwright.formatting import UNDEFINED, count
from benchwright.quantities import metric_title
from benchwright.render.grid import Column, Grid
from benchwright.types import Run, Task

MOST = 12
"""Most models whose every pair is in the family of tests."""
MOST_LINES = 40
"""Most rows of the table, the largest real differences first."""
_MOST_NAMED = 6
_PLACES = {"worse": 0, "better": 1, "higher": 2, "lower": 2}
"""Verdicts that say a difference is there, losses first."""


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
    about: str = ""
    """What the score is, and that lower is better where it is."""
    is_real: bool = False
    """Whether the verdict says that there is a difference, and not in an exploratory test."""
    right: str = ""
    """What counts as right among ``flips``: ``an exact match``; empty where the score is the share of right answers."""
    items: str = ""
    """``on the 2,040 cases that both have``, where the value of another table is over more; else empty."""

    @property
    def fixed(self) -> str:
        """``96, 59``: items that only the model, and that only the reference answers correctly; a dash where nothing is right or wrong."""
        return self.flips.replace(" fixed", "").replace(" broken", "") or UNDEFINED

    @property
    def sign(self) -> str:
        """Beside the verdict of a difference that is there: which way it goes."""
        return {"worse": "▼ ", "better": "▲ "}.get(self.verdict, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """A model against the reference over all tasks.

    Attributes:
        told: Verdict -> how many tasks have it.
        fixed: Items that only the model answers correctly, over tasks whose answers are right or wrong; None without such a task.
        broken: Items that only the reference answers correctly.
        latency: What its latency is beside that of the reference, in words; empty where both were not measured on one machine.
    """

    system: str
    told: Mapping[str, int]
    fixed: int | None
    broken: int | None
    latency: str = ""

    @property
    def others(self) -> int:
        """Tasks on which the model is shown to be neither better nor worse."""
        return sum(self.told.values()) - self.told.get("worse", 0) - self.told.get("better", 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class DifferenceSection:
    """The section: rows against the reference, what could not be compared, how many tests p is adjusted for, and which tasks are in
    no family of tests.

    Attributes:
        first: Label of the reference.
        lines: Real losses first, largest first; then real gains, then the rest; baselines after all others; at most `MOST_LINES`.
        hidden: How many more there are.
        refused: What was not compared, and why.
        family: Tests over which p is adjusted (Holm).
        of_pairs: Whether these are of every pair of models; else of each model and the reference.
        systems: Models of the report.
        exploratory: Tasks in no family of tests, each with the reason.
        tallies: One for each model that was compared.
        differences: The numbers of all lines, hidden ones too, in their order, with p adjusted.
        pairs: ``suite/task`` of a ranked task -> all pairs of the models that compare there, with p adjusted over all of these; empty
            where not every pair was tested.
    """

    first: str
    lines: tuple[DifferenceRow, ...]
    refused: tuple[str, ...]
    hidden: int = 0
    family: int = 0
    of_pairs: bool = True
    systems: int = 2
    exploratory: str = ""
    tallies: tuple[Tally, ...] = ()
    differences: tuple[Difference, ...] = ()
    pairs: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)


class DifferenceFinder:
    """Collects what models differ by, task after task: answers of a task need not be kept until the next one is read."""

    def __init__(self, grid: Grid, reference: int, baselines: Collection[int] = ()) -> None:
        self.grid, self.reference = grid, reference
        self._baselines = frozenset(grid.systems[at].label for at in baselines)
        self.every_pair = len(grid.systems) <= MOST
        self._found: list[tuple[int, Difference]] = []
        self._pairs: list[tuple[Pair, ...]] = []
        self._paths: list[str] = []
        self._cards: dict[str, Task] = {}
        self._columns: dict[str, Column] = {}
        self._refused: list[Refusal] = []

    def add(self, answers: ComparedTask | None, refused: Iterable[Refusal] = ()) -> None:
        """Take in the answers of a task, and what could not be compared there."""
        self._refused += refused
        if answers is None:
            return
        card, estimates, metric = answers.card, answers.estimates, answers.metric
        if (
            answers.kept[0] != self.reference
        ):  # a task that the reference lacks: its pairs are tested, and none is shown
            if self.every_pair and not card.unranked:
                self._pairs.append(self._tests(answers))
                self._paths.append(answers.column.name)
            return
        each = [estimates.difference(metric, 0, at, randomise=False) for at in range(1, len(answers.kept))]
        if card.unranked:
            each = [msgspec.structs.replace(one, exploratory=True) for one in each]
        self._found += [(len(self._pairs), one) for one in each]
        self._pairs.append(() if card.unranked else self._tests(answers))
        self._paths.append(answers.column.name)
        self._cards[answers.column.name] = card
        self._columns[answers.column.name] = answers.column

    def _tests(self, answers: ComparedTask) -> tuple[Pair, ...]:
        estimates, metric = answers.estimates, answers.metric
        if self.every_pair:
            return estimates.pairs(metric)
        labels = estimates.labels
        return tuple(
            pair_of(metric, labels[0], labels[at], estimates.estimate(metric, 0, at)) for at in range(1, len(labels))
        )

    def section(self) -> DifferenceSection | None:
        """The section; None where there was nothing to compare."""
        if not self._found and not self._refused and not any(self._pairs):
            return None
        groups = adjusted(self._pairs)
        told = sorted((with_adjusted(one, groups[at]) for at, one in self._found), key=self._order)
        labels = [system.label for system in self.grid.systems]
        lines = [self._line(one) for one in told[:MOST_LINES]]
        return DifferenceSection(
            first=self.grid.systems[self.reference].label,
            lines=tuple(lines),
            refused=tuple(_reasons(self._refused)),
            hidden=len(told) - len(lines),
            family=sum(pair.p is not None for group in groups for pair in group),
            of_pairs=self.every_pair,
            systems=len(self.grid.systems),
            exploratory=unranked.listed(self._cards),
            tallies=tuple(_tallies(told, sorted(labels, key=self._baselines.__contains__))),
            differences=tuple(told),
            pairs={path: group for path, group in zip(self._paths, groups, strict=True) if group and self.every_pair},
        )

    def _line(self, one: Difference) -> DifferenceRow:
        at = next(position for position, system in enumerate(self.grid.systems) if system.label == one.second)
        cell = self._columns[one.path].cells.get(at)
        score = cell.score if cell is not None else None
        fewer = score is not None and one.n < score.n
        return _line(
            one, self._cards[one.path], shared=f"on the {items.count(one.n, one.unit)} that both have" if fewer else ""
        )

    def _order(self, one: Difference) -> tuple[bool, bool, int, float, str, str]:
        """Candidates before baselines; real differences first, losses before gains, large before small ones; exploratory ones last."""
        size = abs(one.delta) if one.delta is not None and math.isfinite(one.delta) else -1.0
        place = _PLACES.get(one.verdict, 3)
        return one.second in self._baselines, one.exploratory, place, -size, one.path, one.second


def differences_of(
    runs: Sequence[Run], grid: Grid, records: Records, *, reference: int = 0
) -> DifferenceSection | None:
    """Task scores of all models against those of the reference; None for one model, or where there is nothing to compare."""
    if len(grid.systems) < 2:
        return None
    finder, owners = DifferenceFinder(grid, reference), run_of_cells(runs)
    for column in grid.columns:
        first = compared_with(column, reference)
        if first is not None:
            answers, refused = answers_on(grid, column, first, records, owners)
            finder.add(answers, refused if first == reference else ())
    return finder.section()


def _reasons(refused: Sequence[Refusal]) -> list[str]:
    """A line for each model and reason, with the tasks it is about."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in refused:
        found.setdefault((one.system, one.reason), {})[one.path] = None
    return [
        f"{', '.join(list(paths)[:_MOST_NAMED])}{_more(len(paths))}, {system}: {reason}"
        for (system, reason), paths in found.items()
    ]


def _more(paths: int) -> str:
    return f" and {paths - _MOST_NAMED} more tasks" if paths > _MOST_NAMED else ""


def _tallies(told: Sequence[Difference], labels: Sequence[str]) -> Iterable[Tally]:
    for label in labels:
        mine = [one for one in told if one.second == label]
        flips = [(one.fixed, one.broken) for one in mine if one.fixed is not None and one.broken is not None]
        if mine:
            yield Tally(
                system=label,
                told=Counter("exploratory" if one.exploratory else one.verdict for one in mine),
                fixed=sum(fixed for fixed, _ in flips) if flips else None,
                broken=sum(broken for _, broken in flips) if flips else None,
            )


def _line(one: Difference, card: Task, *, shared: str) -> DifferenceRow:
    value, change, between, p, adjusted = number_texts(one, card.score_metrics)
    flips = "" if one.fixed is None or one.broken is None else f"{count(one.fixed)} fixed, {count(one.broken)} broken"
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
        about=_about(one, card),
        is_real=one.is_real and not one.exploratory,
        right=what_is_right(card) if flips else "",
        items=shared,
    )


def _about(one: Difference, card: Task) -> str:
    titles = " and ".join(metric_title(name, card) for name in card.score_metrics)
    what = titles if len(card.score_metrics) == 1 else f"mean of {titles}"
    return f"{what}, lower is better" if one.direction == "lower" else what
