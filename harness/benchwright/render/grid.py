"""Grid of systems by tasks: results of each model of each run, and rank tiers per task.

A model leads where its interval is above all others; that intervals overlap is an indication only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol, TypeVar

from benchwright.formatting import finite
from benchwright.quantities import Quantity, Unit, find_mean, metric_title
from benchwright.task_path import is_explain_view, is_hardware_view, task_path
from benchwright.types import (
    AggregateScore,
    CellResult,
    ExplanationSummary,
    GroupGap,
    IdentityScore,
    MethodAgreement,
    ModelRef,
    PrecisionChoice,
    Profile,
    RobustnessScore,
    Run,
    Score,
    Task,
    VariantAgreement,
)


class _HasModel(Protocol):
    @property
    def model(self) -> str:
        """What it is told of."""


OfModel = TypeVar("OfModel", bound=_HasModel)


@dataclass(frozen=True, kw_only=True, slots=True)
class GridRow:
    """A row of the report: one model of one run.

    Attributes:
        label: The model's name; ``run:model`` when several runs hold a model of that name.
        also: Other names, ``run:model``, that mean the same stored answers: one model is one row.
    """

    label: str
    run: str
    model: str
    ref: ModelRef | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A task on one split, with the results of every system that has one, by the system's position.

    Attributes:
        card: The task as the first run used it, by which it is described; None when no run kept it.
        repeated: Positions of systems that hold more than one result here; the first is shown, and said so.
        cards: The task as the run of each system used it, by position, where that is another one: data of your own of one name, say.
    """

    suite: str
    task: str
    split: str
    card: Task | None
    cells: dict[int, CellResult]
    repeated: frozenset[int] = frozenset()
    cards: Mapping[int, Task] = field(default_factory=dict)

    def card_of(self, at: int) -> Task | None:
        """The task as the run of a system used it, by which its records are read."""
        return self.cards.get(at, self.card)

    @property
    def name(self) -> str:
        """``suite/task``."""
        return task_path(self.suite, self.task)

    def scores(self) -> dict[int, Score]:
        """Task scores of the systems that have one."""
        found = {}
        for position, cell in self.cells.items():
            if cell.status == "scored" and cell.score is not None:
                found[position] = cell.score
        return found

    @property
    def quantity(self) -> Quantity | None:
        """What the task score is; None if the run has no card, or its metrics are not installed."""
        return find_mean(self.card.score_metrics) if self.card else None

    @property
    def unit(self) -> Unit:
        """How the task score is written; ``number`` where nobody knows what it is."""
        return self.quantity.unit if self.quantity else "number"

    @property
    def is_view(self) -> bool:
        """Whether a task's items are seen changed here; the sections `Robustness` and `Identity swaps` hold the scores beside those of
        the task.
        """
        return self.card is not None and bool(self.card.view_of)

    @property
    def is_hardware(self) -> bool:
        """Whether models are measured on the items here, and not judged; the section `Hardware` holds the numbers."""
        return is_hardware_view(self.name)

    @property
    def is_ranked(self) -> bool:
        """Whether its scores are ranked: those of an unranked task are not, whatever their intervals."""
        return self.card is None or not self.card.unranked

    @property
    def direction(self) -> Literal["higher", "lower"] | None:
        """Which end of the task score is better; None where that is unknown."""
        return self.quantity.direction if self.quantity and self.quantity.neutral is None else None

    @property
    def leads_by(self) -> Literal["higher", "lower"] | None:
        """Which end leads where intervals alone decide; None for an unranked task, and for results of tasks that only share a name."""
        return self.direction if self.is_ranked and not self.cards else None

    @property
    def metric(self) -> str:
        """What the task score is, in words."""
        if self.card is None:
            return "task score"
        names = [metric_title(name, self.card) for name in self.card.score_metrics]
        return names[0] if len(names) == 1 else f"mean of {' and '.join(names)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """Everything several runs measured, as one table.

    Explanations are no column: they judge no model, and stand beside the answers that they explain.

    Attributes:
        systems: In an order that does not depend on how runs were named; their positions here are those of all sections.
        rows: Positions of systems in the order of the command line: the order of rows that nothing sorts, and of nothing else.
        explanations: What methods say of each model, by its position.
        agreement: How far two methods say the same of it.
        unexplained: Explanations that were asked for and are not there: failed, refused, unfinished.
    """

    systems: tuple[GridRow, ...]
    columns: tuple[Column, ...]
    aggregates: tuple[tuple[int, AggregateScore], ...]
    rows: tuple[int, ...]
    robustness: tuple[tuple[int, RobustnessScore], ...] = ()
    bias: tuple[tuple[int, IdentityScore], ...] = ()
    gaps: tuple[tuple[int, GroupGap], ...] = ()
    variants: tuple[tuple[int, VariantAgreement], ...] = ()
    precisions: tuple[tuple[int, PrecisionChoice], ...] = ()
    profiles: tuple[tuple[int, Profile], ...] = ()
    explanations: tuple[tuple[int, ExplanationSummary], ...] = ()
    agreement: tuple[tuple[int, MethodAgreement], ...] = ()
    unexplained: tuple[tuple[int, CellResult], ...] = ()

    @property
    def suites(self) -> tuple[str, ...]:
        """Names of suites in order of appearance."""
        return tuple(dict.fromkeys(column.suite for column in self.columns))

    def of_suite(self, suite: str) -> tuple[Column, ...]:
        """The columns of a suite."""
        return tuple(column for column in self.columns if column.suite == suite)


def build_grid(runs: Sequence[Run], order: Sequence[tuple[str, str]] = ()) -> Grid:
    """The grid of several runs: systems in run order, tasks in order of appearance.

    Args:
        runs: In an order that does not depend on the command line, as `report_content.run_order.put_in_order` gives them.
        order: ``(run, model)`` in the order of the command line; models that it does not name come last.
    """
    systems = label_systems(runs)
    position = {(number, system.model): at for at, (number, system) in enumerate(systems)}
    first = _first_names(runs)
    position = {name: position[first[name]] for name in first}
    said = _Said(runs, position)
    return Grid(
        systems=tuple(system for _, system in systems),
        columns=_columns(runs, position),
        aggregates=_aggregates(runs, position),
        rows=_rows(runs, position, order),
        robustness=said.once(lambda run: run.robustness, lambda one: (one.task_path, one.split)),
        bias=said.once(lambda run: run.bias, lambda one: (one.task_path, one.split, one.dimension)),
        gaps=said.once(lambda run: run.gaps, lambda one: (one.task_path, one.split, one.slice, one.metric, one.label)),
        variants=said.once(lambda run: run.variants, lambda one: (one.task_path, one.split, one.key)),
        precisions=said.once(lambda run: run.precisions, lambda one: (one.task_path, one.split, one.key)),
        profiles=_profiles(runs, position),
        explanations=said.once(lambda run: run.explanations, lambda one: (one.base, one.split, one.attachment)),
        agreement=said.once(lambda run: run.explanation_agreement, lambda one: (one.base, one.split, *one.attachments)),
        unexplained=_unexplained(runs, position),
    )


_Position = Mapping[tuple[int, str], int]
"""Number of a run and name of a model in it -> position of the system."""


@dataclass(frozen=True)
class _Said:
    """What runs say of each of their models."""

    runs: Sequence[Run]
    position: _Position

    def once(
        self, of: Callable[[Run], Iterable[OfModel]], place: Callable[[OfModel], tuple[str, ...]]
    ) -> tuple[tuple[int, OfModel], ...]:
        """What runs say of each model at each place, by position; a model that several runs hold is told of once, by the first."""
        kept: dict[tuple[int, tuple[str, ...]], OfModel] = {}
        for number, run in enumerate(self.runs):
            for one in of(run):
                at = self.position.get((number, one.model))
                if at is not None:
                    kept.setdefault((at, place(one)), one)
        return tuple(sorted(((at, one) for (at, _), one in kept.items()), key=lambda one: one[0]))


def _columns(runs: Sequence[Run], position: _Position) -> tuple[Column, ...]:
    """A column for each task, in order of appearance; of cells of one model on it in several runs the first, and whether they differ."""
    cells: dict[tuple[str, str, str], dict[int, CellResult]] = {}
    repeated: dict[tuple[str, str, str], set[int]] = {}
    cards: dict[tuple[str, str, str], dict[int, Task]] = {}
    for number, run in enumerate(runs):
        for cell in run.cells:
            if is_explain_view(cell.task_path):
                continue
            key, row = (cell.suite, cell.task, cell.split), position[number, cell.model]
            known = cells.setdefault(key, {}).setdefault(row, cell)
            card = run.tasks.get(cell.task_path)
            if known is cell and card is not None and card != _card(runs, cell.task_path):
                cards.setdefault(key, {})[row] = card
            is_other = known is not cell and (cell.key is None or known.key != cell.key)
            if is_other and not is_hardware_view(cell.task_path):
                repeated.setdefault(key, set()).add(row)
    return tuple(
        Column(
            suite=suite,
            task=task,
            split=split,
            card=_card(runs, task_path(suite, task)),
            cells=found,
            repeated=frozenset(repeated.get((suite, task, split), ())),
            cards=cards.get((suite, task, split), {}),
        )
        for (suite, task, split), found in cells.items()
    )


def _profiles(runs: Sequence[Run], position: _Position) -> tuple[tuple[int, Profile], ...]:
    """Each hardware profile once, by the model that it is of."""
    found: dict[tuple[int, str, str], tuple[int, Profile]] = {}
    for number, run in enumerate(runs):
        for profile in run.profiles:
            at = position.get((number, profile.model))
            if at is not None:
                found.setdefault((at, profile.task_path, profile.key or str(number)), (at, profile))
    return tuple(sorted(found.values(), key=lambda one: one[0]))


def _unexplained(runs: Sequence[Run], position: _Position) -> tuple[tuple[int, CellResult], ...]:
    """Explanations that were asked for and are not there."""
    found = [
        (position[number, cell.model], cell)
        for number, run in enumerate(runs)
        for cell in run.cells
        if is_explain_view(cell.task_path) and cell.status != "explained"
    ]
    return tuple(sorted(found, key=lambda one: one[0]))


def _rows(
    runs: Sequence[Run], position: Mapping[tuple[int, str], int], order: Sequence[tuple[str, str]]
) -> tuple[int, ...]:
    """Positions in the order in which models are named first, then those that are not named."""
    named = [at for name in order for (number, model), at in position.items() if (runs[number].name, model) == name]
    return tuple(dict.fromkeys((*named, *sorted(position.values()))))


def _aggregates(runs: Sequence[Run], position: Mapping[tuple[int, str], int]) -> tuple[tuple[int, AggregateScore], ...]:
    """Official averages of each model; of several runs that hold it, the first that has a value, as another may lack tasks."""
    kept: dict[tuple[int, str, str], AggregateScore] = {}
    for number, run in enumerate(runs):
        for one in run.aggregates:
            key = (position[number, one.model], one.suite, one.name)
            if key not in kept or (kept[key].value is None and one.value is not None):
                kept[key] = one
    return tuple((at, one) for (at, _, _), one in kept.items())


def label_systems(runs: Sequence[Run]) -> list[tuple[int, GridRow]]:
    """Position of the run and system, with labels that are unique among all of them."""
    first = _first_names(runs)
    every = [(number, run, model) for number, run in enumerate(runs) for model in _models(run)]
    found = [(number, run, model) for number, run, model in every if first[number, model] == (number, model)]
    often = Counter(model for _, _, model in found)
    taken: Counter[str] = Counter()
    systems = []
    for number, run, model in found:
        label = f"{run.name}:{model}" if often[model] > 1 else model
        taken[label] += 1
        if taken[label] > 1:
            label = f"{label} ({taken[label]})"
        ref = next((ref for ref in run.spec.models if ref.name == model), None)
        also = tuple(
            f"{runs[other].name}:{name}"
            for (other, name), known in first.items()
            if known == (number, model) and (other, name) != known
        )
        systems.append((number, GridRow(label=label, run=run.name, model=model, ref=ref, also=also)))
    return systems


def _first_names(runs: Sequence[Run]) -> dict[tuple[int, str], tuple[int, str]]:
    """Run and model -> the first that is the same stored model: equal cells on every task that both have, one at least."""
    keys: dict[tuple[int, str], dict[tuple[str, str, str], str | None]] = {}
    for number, run in enumerate(runs):
        for model in _models(run):
            keys[number, model] = {
                (cell.suite, cell.task, cell.split): cell.key
                for cell in run.cells
                if cell.model == model and cell.status == "scored"
            }
    found: dict[tuple[int, str], tuple[int, str]] = {}
    for name, mine in keys.items():
        found[name] = next((known for known in found.values() if _is_same(keys[known], mine)), name)
    by_name = {f"{runs[number].name}:{model}": (number, model) for number, model in found}
    for number, run in enumerate(runs):
        for model, scored in run.same_models.items():
            if (number, model) in found and scored in by_name:
                found[number, model] = found[by_name[scored]]
    return found


def _is_same(one: dict[tuple[str, str, str], str | None], other: dict[tuple[str, str, str], str | None]) -> bool:
    shared = one.keys() & other.keys()
    return bool(shared) and all(one[place] is not None and one[place] == other[place] for place in shared)


def _models(run: Run) -> list[str]:
    asked = [ref.name for ref in run.spec.models]
    seen = [cell.model for cell in run.cells] + [score.model for score in run.aggregates]
    return list(dict.fromkeys(asked + seen))


def _card(runs: Sequence[Run], name: str) -> Task | None:
    return next((run.tasks[name] for run in runs if name in run.tasks), None)


class RankTier(StrEnum):
    """Where a score stands among the scores of its column."""

    BEST = "best"
    """The best score, and no other interval reaches its own."""
    LEADING = "leading"
    """The best score, but not separable from others."""
    NEAR = "near"
    """Not separable from the best: intervals overlap, or one of the two has none."""
    BEHIND = "behind"
    """Its interval and the best one's do not overlap."""
    ALONE = "alone"
    """Nothing to compare it with, or no agreed direction."""
    FEWER = "fewer"
    """Scored on fewer items than others of the column, so not compared."""


def rank_tiers(scores: Mapping[int, Score], direction: Literal["higher", "lower"] | None) -> dict[int, RankTier]:
    """Rank tier of each score with a value.

    Overlap of two intervals is only an indication: models on the same items are compared by their paired difference, which
    is sharper. Scores on fewer items than the most complete one are not compared.

    Args:
        scores: Position of the system -> task score.
        direction: Which end is better; None if unknown: no system leads then.
    """
    valued = {at: score for at, score in scores.items() if finite(score.value) is not None}
    most = max((score.n for score in valued.values()), default=0)
    full = {at: score for at, score in valued.items() if score.n == most}
    found = {at: RankTier.FEWER for at in valued if at not in full}
    if len(full) < 2 or direction is None:
        return found | dict.fromkeys(full, RankTier.ALONE)
    sign = 1 if direction == "higher" else -1
    top = max(sign * (finite(score.value) or 0.0) for score in full.values())
    leaders = [at for at, score in full.items() if sign * (finite(score.value) or 0.0) == top]
    near = {at for at, score in full.items() if any(_overlap(score, full[leader]) for leader in leaders)}
    near |= set(leaders)
    for at in full:
        if at in leaders:
            found[at] = RankTier.LEADING if len(near) > 1 else RankTier.BEST
        else:
            found[at] = RankTier.NEAR if at in near else RankTier.BEHIND
    return found


def _overlap(one: Score, other: Score) -> bool:
    ends = [finite(end) for end in (one.low, one.high, other.low, other.high)]
    low, high, other_low, other_high = ends
    if low is None or high is None or other_low is None or other_high is None:
        return True
    return low <= other_high and other_low <= high
