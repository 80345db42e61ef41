"""`compare`: two to many stored systems, task by task, against the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from benchwright import registry
from benchwright.comparison.averages import Scores, averages_of
from benchwright.comparison.collection import without_collection
from benchwright.comparison.cost import costs
from benchwright.comparison.result import SCHEMA, Average, Comparison, Refusal, System
from benchwright.comparison.sides import Side, alarms_of, read_sides
from benchwright.comparison.slices import FDR, FLOOR, MINIMUM, judge_slices
from benchwright.comparison.task import Asked, compare_task
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.limits import level_problem
from benchwright.stats.multiplicity import holm
from benchwright.store import Store, locate
from benchwright.types import Run

_THREADS = 2
"""Tasks worked on at once: while one draws, which needs no interpreter, another is read."""

EXAMPLES = 3
"""Examples of what was fixed and of what was broken, when two systems are compared."""


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
    resamples: int = 10_000,
    seed: int = 0,
) -> Comparison:
    """Paired differences of stored systems to the first one, on every task that allows them.

    Args:
        first: ``RUN`` or ``RUN:MODEL``, what the others are compared with; a run of several models stands for all of them,
            ``RUN:M+N`` for a recipe whose seeds are M and N.
        others: The others.
        store: Store folder; default: as on the command line.
        metric: Only these metrics, or ``score``; default: the score and every metric of the card.
        task: Only these tasks: ``suite/task``, or a task's name.
        confidence: Of intervals; p-values are adjusted (Holm) over all differences of the result.
        slices: Whether slices are compared; default: when two systems are.
        flips: Examples of each kind (fixed, broken); default: 3 when two systems are compared, else none.
        fdr: Level of Benjamini-Hochberg over slices.
        floor: Smallest difference of a slice that is told as one.
        minimum: Fewest items of a slice.
        resamples: Of every bootstrap and randomisation.
        seed: Of both.

    Raises:
        NotComparable: Nothing can be compared; the reasons are in the message.
        BenchwrightError: A run, model, task or metric is not there, or fewer than two systems are meant.
    """
    place = store if isinstance(store, Store) else Store(locate(str(store) if store else None))
    _check_level(confidence)
    sides = read_sides(place, [run.name if isinstance(run, Run) else run for run in (first, *others)])
    asked = Asked(
        metrics=(metric,) if isinstance(metric, str) else tuple(metric or ()),
        slices=len(sides) == 2 if slices is None else slices,
        minimum=minimum,
        flips=(EXAMPLES if len(sides) == 2 else 0) if flips is None else flips,
        confidence=confidence,
        resamples=resamples,
        seed=seed,
    )
    paths = _paths(sides, (task,) if isinstance(task, str) else tuple(task or ()))
    _check_metrics(sides, paths, asked.metrics)
    scores, tasks, refused = Scores(), [], list[Refusal]()
    with without_collection(), ThreadPoolExecutor(_THREADS) as pool:
        for found, why in pool.map(lambda path: compare_task(sides, path, asked, scores), paths):
            refused += why
            if found is not None:
                tasks.append(found)
    if not tasks:
        raise _nothing(refused)
    averages, places, more = averages_of(sides, scores, confidence=confidence)
    wanted = not asked.metrics or "score" in asked.metrics
    result = Comparison(
        schema=SCHEMA,
        systems=_systems(sides, [found.path for found in tasks]),
        tasks=tuple(tasks),
        averages=averages if wanted else (),
        average_places=places if wanted else {},
        refused=(*refused, *(more if wanted else ())),
        alarms=alarms_of(sides, [found.path for found in tasks]),
        confidence=confidence,
        fdr=fdr,
        floor=floor,
        minimum=minimum,
    )
    return _adjusted(result)


def _check_level(confidence: float) -> None:
    """Refuse a confidence at which chance alone would tell systems apart."""
    problem = level_problem(round(1 - confidence, 12), as_confidence=True)
    if problem is not None:
        raise BenchwrightError(f"confidence: {problem.what}", expected=problem.expected)


def _systems(sides: Sequence[Side], paths: Sequence[str]) -> tuple[System, ...]:
    return tuple(
        System(label=side.label, run=side.run.name, models=side.models, cost=cost)
        for side, cost in zip(sides, costs(sides, paths), strict=True)
    )


def _adjusted(result: Comparison) -> Comparison:
    """The same with Holm over all differences, and Benjamini-Hochberg over all slices."""
    every = result.differences
    tested = [at for at, one in enumerate(every) if one.p is not None]
    adjusted = dict(zip(tested, holm([every[at].p or 0.0 for at in tested]).tolist(), strict=True))
    told = iter([msgspec.structs.replace(one, p_adjusted=adjusted.get(at)) for at, one in enumerate(every)])
    by_slice = iter(judge_slices(result.slices, fdr=result.fdr, floor=result.floor))
    tasks = tuple(
        msgspec.structs.replace(
            task,
            differences=tuple(next(told) for _ in task.differences),
            slices=tuple(next(by_slice) for _ in task.slices),
        )
        for task in result.tasks
    )
    averages: tuple[Average, ...] = tuple(
        msgspec.structs.replace(average, difference=next(told)) for average in result.averages
    )
    sliced = sum(one.p is not None for one in result.slices)
    return msgspec.structs.replace(result, tasks=tasks, averages=averages, family=len(tested), slice_family=sliced)


def _paths(sides: Sequence[Side], wanted: Sequence[str]) -> list[str]:
    """Tasks that some side has a result on, in order of appearance, or those that were asked for."""
    known = list(dict.fromkeys(path for side in sides for path in side.paths))
    if not wanted:
        return known
    found = []
    for text in wanted:
        matches = [path for path in known if text in (path, path.partition("/")[2])]
        if not matches:
            raise BenchwrightError(
                f"no task {text!r} with results",
                expected=f"one of: {', '.join(known)}",
                hint=registry.suggest(text, known),
            )
        found += matches
    return list(dict.fromkeys(found))


def _check_metrics(sides: Sequence[Side], paths: Sequence[str], metrics: Sequence[str]) -> None:
    known = ["score"]
    for path in paths:
        card = next(side.run.tasks[path] for side in sides if path in side.run.tasks)
        known += [name for name in card.metrics if name not in known]
    for name in metrics:
        if name not in known:
            raise BenchwrightError(
                f"no metric {name!r} on these tasks",
                expected=f"one of: {', '.join(known)}",
                hint=registry.suggest(name, known),
            )


def _nothing(refused: Sequence[Refusal]) -> NotComparable:
    told = "; ".join(dict.fromkeys(f"{one.path}: {one.reason}" for one in refused)) or "no task has results"
    return NotComparable(
        f"nothing can be compared: {told}",
        expected="a task with the same items, gold answers, labels and settings under both",
        hint="run both on the same data: benchwright run MODEL MODEL --suite SUITE",
    )
