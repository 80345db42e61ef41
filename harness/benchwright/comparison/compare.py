"""`compare`: paired differences of stored systems to the first one, task by task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import msgspec

from benchwright import registry
from benchwright.comparison.averages import averages_of
from benchwright.comparison.comparable_answers import gc_paused
from benchwright.comparison.cost import costs
from benchwright.comparison.difference import Difference, as_json
from benchwright.comparison.pairwise import adjusted, rank_ranges, with_adjusted
from benchwright.comparison.result import SCHEMA, Average, ComparisonData, Pair, RankRange, Refusal, SystemRow
from benchwright.comparison.slices import FDR, FLOOR, MINIMUM, judge_slices
from benchwright.comparison.systems import System, alarms_of, read_systems
from benchwright.comparison.task import ComparisonOptions, TaskOutcome, compare_task
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.limit_checks import check_draws, level_problem
from benchwright.store import Store, locate
from benchwright.task_path import TaskPath, is_hardware_view, is_identity_view
from benchwright.types import Run

_THREADS = 2
"""Tasks worked on at once: while one draws, which needs no interpreter, another is read."""

EXAMPLES = 3
"""Examples of what was fixed and of what was broken, when two systems are compared."""


class Comparison(ComparisonData, frozen=True, kw_only=True):
    """The result of `compare`: printed as text, shown as a table in notebooks; see `to_json` and `to_pandas`."""

    def to_pandas(self) -> Any:
        """A DataFrame with one row per difference, slices and averages included."""
        from benchwright.results import to_frame

        rows = (*self.differences, *self.slices)
        return to_frame([as_json(one) | {"alarms": self.alarms_about(one)} for one in rows])

    def __str__(self) -> str:
        from benchwright.comparison.text import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from benchwright.comparison.text import to_html

        return to_html(self)


def compare(
    first: str | Run,
    *others: str | Run,
    store: str | Path | Store | None = None,
    metric: str | Sequence[str] | None = None,
    task: str | Sequence[str] | None = None,
    confidence: float = 0.95,
    slices: bool | None = None,
    flips: int | None = None,
    fdr: float = FDR,
    floor: float = FLOOR,
    minimum: int = MINIMUM,
    missing: Literal["pairwise", "wrong"] = "pairwise",
    resamples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Paired differences of stored systems to the first one, on every task on which they are comparable.

    Args:
        first: ``RUN`` or ``RUN:MODEL``, what the others are compared with; a run of several models stands for all of them,
            ``RUN:M+N`` for one model trained with two seeds, M and N.
        others: The others.
        store: Store folder; default: as on the command line.
        metric: Only these metrics, or ``score``; default: the score and every metric of the card.
        task: Only these tasks: ``suite/task``, or a task's name.
        confidence: Of intervals; p is adjusted (Holm) over every pair of systems on the score of each task and on official
            means. Other metrics are exploratory and not adjusted, unless only they are requested.
        slices: Whether slices are compared; default: if there are two systems.
        flips: Number of examples to show of each kind (fixed, broken); default: 3 for two systems, else 0.
        fdr: Level of Benjamini-Hochberg over slices.
        floor: Minimum effect: smallest difference of a slice that is reported.
        minimum: Minimum number of items of a slice.
        missing: Items without an answer: ``pairwise`` compares each pair on the items that both answered, ``wrong`` counts
            an unanswered item as wrong.
        resamples: Of every bootstrap and randomisation.
        seed: Of both.

    Raises:
        NotComparable: No task can be compared; the message gives the reasons.
        BenchwrightError: A run, model, task or metric does not exist, or there are fewer than two systems.
    """
    place = store if isinstance(store, Store) else Store(locate(str(store) if store else None))
    _check_level(confidence)
    check_draws(resamples, seed)
    systems = read_systems(place, [run.name if isinstance(run, Run) else run for run in (first, *others)])
    asked = ComparisonOptions(
        metrics=(metric,) if isinstance(metric, str) else tuple(metric or ()),
        slices=len(systems) == 2 if slices is None else slices,
        minimum=minimum,
        flips=(EXAMPLES if len(systems) == 2 else 0) if flips is None else flips,
        confidence=confidence,
        resamples=resamples,
        seed=seed,
        missing=missing,
    )
    paths = _paths(systems, (task,) if isinstance(task, str) else tuple(task or ()))
    _check_metrics(systems, paths, asked.metrics)
    with gc_paused(), ThreadPoolExecutor(_THREADS) as pool:
        outcomes = dict(zip(paths, pool.map(lambda path: compare_task(systems, path, asked), paths), strict=True))
    refused = [why for outcome in outcomes.values() for why in outcome.refused]
    tasks = [outcome.comparison for outcome in outcomes.values() if outcome.comparison is not None]
    if not tasks:
        raise _nothing(refused, systems)
    averages = averages_of(systems, outcomes, confidence=confidence)
    wanted = not asked.metrics or "score" in asked.metrics
    result = Comparison(
        schema=SCHEMA,
        systems=_systems(systems, [found.path for found in tasks]),
        tasks=tuple(tasks),
        averages=averages.found if wanted else (),
        average_pairs=averages.pairs if wanted else {},
        refused=(*refused, *(averages.refused if wanted else ())),
        missing=missing,
        alarms=alarms_of(systems, {found.path: [one.metric for one in found.differences] for found in tasks}),
        confidence=confidence,
        fdr=fdr,
        floor=floor,
        minimum=minimum,
    )
    return _adjusted(result, outcomes)


def _check_level(confidence: float) -> None:
    """Refuse a confidence so low that differences by chance would often be significant."""
    problem = level_problem(round(1 - confidence, 12), as_confidence=True)
    if problem is not None:
        raise BenchwrightError(f"confidence: {problem.what}", expected=problem.expected)


def _systems(systems: Sequence[System], paths: Sequence[str]) -> tuple[SystemRow, ...]:
    return tuple(
        SystemRow(label=system.label, run=system.run.name, models=system.models, also=system.also, cost=cost)
        for system, cost in zip(systems, costs(systems, paths), strict=True)
    )


def _adjusted(result: Comparison, outcomes: Mapping[str, TaskOutcome]) -> Comparison:
    """The result with adjusted p (Holm over all pairs, Benjamini-Hochberg over all slices) and the rank ranges."""
    found = iter(adjusted([*(task.pairs for task in result.tasks), *result.average_pairs.values()]))
    level = 1 - result.confidence
    by_slice = _judged_slices(result)
    tasks = []
    for task in result.tasks:
        pairs = next(found)
        estimates = outcomes[task.path].estimates
        assert estimates is not None
        higher = all(one.direction == "higher" for one in task.differences if one.metric_name == task.leading)
        leading = [pair for pair in pairs if pair.metric == task.leading]
        values = {label: estimates.value(task.leading, at) for at, label in enumerate(estimates.labels)}
        tasks.append(
            msgspec.structs.replace(
                task,
                pairs=pairs,
                differences=tuple(with_adjusted(one, pairs) for one in task.differences),
                slices=by_slice[task.path],
                places=rank_ranges(values, leading, level=level, higher=higher),
            )
        )
    means = {name: next(found) for name in result.average_pairs}
    averages: tuple[Average, ...] = tuple(
        msgspec.structs.replace(
            one, difference=with_adjusted(one.difference, means[f"{one.suite} {one.difference.metric}"])
        )
        for one in result.averages
    )
    every = [pair for task in tasks for pair in task.pairs] + [pair for some in means.values() for pair in some]
    return msgspec.structs.replace(
        result,
        tasks=tuple(tasks),
        averages=averages,
        average_pairs=means,
        average_places={name: _average_places(name, averages, pairs, level) for name, pairs in means.items()},
        family=sum(pair.p is not None for pair in every),
        slice_family=sum(one.p is not None for task in result.tasks if not task.unranked for one in task.slices),
    )


def _judged_slices(result: Comparison) -> dict[str, tuple[Difference, ...]]:
    """``suite/task`` -> its slices with adjusted p: one family over the slices of all tasks, but for each unranked task, which has its own."""
    families = [[task for task in result.tasks if not task.unranked]]
    families += [[task] for task in result.tasks if task.unranked]
    found: dict[str, tuple[Difference, ...]] = {}
    for family in families:
        judged = iter(judge_slices([one for task in family for one in task.slices], fdr=result.fdr, floor=result.floor))
        found |= {task.path: tuple(next(judged) for _ in task.slices) for task in family}
    return found


def _average_places(
    name: str, averages: Sequence[Average], pairs: Sequence[Pair], level: float
) -> tuple[RankRange, ...]:
    mine = [one.difference for one in averages if f"{one.suite} {one.difference.metric}" == name]
    values = {one.second: one.b for one in mine} | {one.first: one.a for one in mine}
    ordered = dict.fromkeys([mine[0].first, *(one.second for one in mine)]) if mine else {}
    known = {label: float("nan") if values[label] is None else float(values[label] or 0.0) for label in ordered}
    return rank_ranges(known, pairs, level=level, higher=True)


def _paths(systems: Sequence[System], wanted: Sequence[str]) -> list[str]:
    """Tasks on which some system has a result, in order of appearance, or the requested ones."""
    known = list(dict.fromkeys(path for system in systems for path in system.paths))
    if not wanted:  # the accuracy on swapped items is no task of its own: what swaps do is `Run.bias`
        return [path for path in known if not is_identity_view(path)]
    found = []
    for text in wanted:
        matches = [path for path in known if text in (path, _bare(path))]
        if not matches:
            raise BenchwrightError(
                f"no task {text!r} with results",
                expected=f"one of: {', '.join(known)}",
                hint=registry.suggest(text, known) or "use one of these",
            )
        found += matches
    return list(dict.fromkeys(found))


def _bare(path: str) -> str:
    """The name of a task within its suite; a view is named by its whole path alone."""
    at = TaskPath.parse(path)
    return "" if at.view else at.task


def _check_metrics(systems: Sequence[System], paths: Sequence[str], metrics: Sequence[str]) -> None:
    known = ["score"]
    for path in paths:
        card = next(system.run.tasks[path] for system in systems if path in system.run.tasks)
        known += [name for name in card.metrics if name not in known]
    for name in metrics:
        if name not in known:
            raise BenchwrightError(
                f"no metric {name!r} on these tasks",
                expected=f"one of: {', '.join(known)}",
                hint=registry.suggest(name, known) or "use one of these",
            )


def _nothing(refused: Sequence[Refusal], systems: Sequence[System]) -> NotComparable:
    reasons = "; ".join(dict.fromkeys(f"{one.path}: {one.reason}" for one in refused)) or "no task has results"
    cells = [cell for system in systems for cell in system.run.cells if cell.model in system.models]
    if cells and all(is_hardware_view(cell.task_path) for cell in cells):
        return NotComparable(
            "nothing can be compared: these runs hold hardware profiles alone, and no answers",
            expected="a task that both answered",
            hint="benchwright profile MODEL MODEL --suite SUITE/TASK --interleave compares times; show tells what was measured",
        )
    return NotComparable(
        f"nothing can be compared: {reasons}",
        expected="a task with the same items, gold answers, labels and settings under both",
        hint="run both on the same data: benchwright run MODEL MODEL --suite SUITE",
    )
