"""`select`: requirements first, then the objective, then the uncertainty of the choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from benchwright.comparison.systems import System, read_system, read_systems
from benchwright.errors import BenchwrightError, ConfigError, NotComparable
from benchwright.hardware.find import without_profiles
from benchwright.limit_checks import check_draws
from benchwright.registry import suggest
from benchwright.selection.candidates import Candidates, absent_paths, asked_paths, make_candidates
from benchwright.selection.conclude import Selection, conclude, invalidated, known
from benchwright.selection.constraints import check_constraint, constraint_warnings, refuse_contradictions
from benchwright.selection.decision import make_decision, unmeasured_in
from benchwright.selection.evaluator import Evaluator
from benchwright.selection.joined_profiles import join_profiles
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import (
    EACH,
    QuantityRef,
    Question,
    Requirement,
    error_at,
    parse_quantity,
    parse_requirements,
    parse_weights,
)
from benchwright.selection.result import MeasuredColumn
from benchwright.selection.scope import is_bounded, left_out, needed_paths, spread
from benchwright.store import Store, locate
from benchwright.task_path import TaskPath
from benchwright.types import Run, Task

RESAMPLES = 4_000
"""Probabilities are then within 1.6 points (two standard errors); twelve models on ten tasks take seconds."""


def select(
    runs: str | Run | Sequence[str | Run],
    *,
    require: str | Sequence[str] = (),
    maximize: str | Sequence[str] | None = None,
    minimize: str | Sequence[str] = (),
    weights: str | Mapping[str, float] | None = None,
    tasks: str | Sequence[str] = (),
    task: str | Sequence[str] = (),
    parent: str | None = None,
    ignore_unmeasured: bool = False,
    store: str | Path | Store | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Selection:
    """The best of several stored models under requirements, with the probability that it is the best.

    Args:
        runs: ``RUN`` (all of its models), ``RUN:MODEL``, ``RUN:M1+M2`` (seeds of one model), or runs.
        require: Requirements, such as ``accuracy >= best - 0.01`` or ``size_bytes <= 50 MB``.
        maximize: Objectives that should be high; the first decides. Default: ``score``, unless something is minimized.
        minimize: Objectives that should be low, in the same order of priority.
        weights: Objective -> weight; then the weighted sum of scaled objectives decides.
        tasks: ``suite/task``, ``suite`` or a task's name: only these.
        task: The same, as `compare` calls it; both together are one list.
        parent: ``RUN:MODEL`` to compute retained quality and size ratios for; ``parent`` in requirements.
        ignore_unmeasured: Skip requirements on quantities that are not measured yet, with a note.
        store: Store folder; default: as on the command line.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.

    Raises:
        ConfigError: Mistakes in requirements, objectives or weights.
        NotComparable: Records do not match, or no model is complete.
        BenchwrightError: A run, a model or a task does not exist.
    """
    check_draws(resamples, seed)
    place = store if isinstance(store, Store) else Store(locate(str(store) if store else None))
    given = [runs] if isinstance(runs, str | Run) else list(runs)
    only = [*_several(tasks), *_several(task)]
    wanted = _question(require, maximize, minimize, weights)
    systems = _candidates(place, [run.name if isinstance(run, Run) else run for run in given])
    other = read_system(place, parent) if parent else None
    cards = _cards([*systems, *([other] if other else [])], only)
    paths = needed_paths(wanted.quantities, cards)
    candidates = make_candidates(systems, other, paths, seed=seed, resamples=resamples)
    found = choose(
        candidates, wanted, Evaluator(candidates, _named_places(systems, only)), ignore_unmeasured=ignore_unmeasured
    )
    told = left_out(wanted.quantities, cards)
    if told:
        found = msgspec.structs.replace(found, flags=(*found.flags, f"in no mean unless named: {told}"))
    absent = [path for path in without_profiles(absent_paths(systems)) if _is_meant(path, only)]
    if not absent or all(quantity.task and quantity.task != EACH for quantity in wanted.quantities):
        return found
    told = f"measured by nobody, and in no mean: {', '.join(absent)}"
    return msgspec.structs.replace(found, flags=(*found.flags, told))


def _question(
    require: str | Sequence[str],
    maximize: str | Sequence[str] | None,
    minimize: str | Sequence[str],
    weights: str | Mapping[str, float] | None,
) -> Question:
    low = _several(minimize)
    high = (() if low else ("score",)) if maximize is None else _several(maximize)
    if not low and not high:
        raise BenchwrightError("nothing to maximize or minimize", expected="--maximize score", hint="--maximize score")
    rules = parse_requirements(_several(require))
    objectives = [(parse_quantity(text), True) for text in high] + [(parse_quantity(text), False) for text in low]
    texts = [quantity.text for quantity, _ in objectives]
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        raise BenchwrightError(f"{twice} is an objective twice", expected="each once", hint="name it once")
    given = parse_weights(weights) if isinstance(weights, str) else weights
    return Question(
        requirements=rules, objectives=tuple(objectives), weights=None if given is None else _weights(given, objectives)
    )


def _weights(given: Mapping[str, float], objectives: Sequence[tuple[QuantityRef, bool]]) -> tuple[float, ...]:
    """Weights in the order of the objectives, summing to 1."""
    texts = [quantity.text for quantity, _ in objectives]
    problems = [
        BenchwrightError(
            f"weights: {name} is no objective",
            expected=f"one of: {', '.join(texts)}",
            hint=suggest(name, texts) or "use one of these",
        )
        for name in given
        if name not in texts
    ]
    problems += [
        BenchwrightError(
            f"weights: {text} has none",
            expected="a weight for each objective",
            hint="--weights score=0.7,size_bytes=0.3, one for each objective",
        )
        for text in texts
        if text not in given
    ]
    problems += [
        BenchwrightError(
            f"weights: {name}={weight:g}", expected="a number from 0", hint="--weights score=0.7,size_bytes=0.3"
        )
        for name, weight in given.items()
        if not 0 <= weight < float("inf")
    ]
    if not problems and not sum(given.values()) > 0:
        problems = [BenchwrightError("weights: all are 0", expected="one above 0", hint="--weights score=1")]
    if problems:
        raise ConfigError(problems, where="weights")
    total = sum(given.values())
    return tuple(given[text] / total for text in texts)


def _candidates(store: Store, texts: Sequence[str]) -> tuple[System, ...]:
    try:
        return join_profiles(read_systems(store, texts))
    except BenchwrightError as error:
        if error.expected != "two or more":
            raise
        raise BenchwrightError(
            error.problem, expected="two or more to select from", hint="benchwright select RUN:MODEL RUN:MODEL ..."
        ) from None


def _cards(systems: Sequence[System], only: Sequence[str]) -> dict[str, Task]:
    """``suite/task`` -> card of the requested tasks. Raises BenchwrightError for one that does not exist."""
    known = without_profiles(asked_paths(systems))
    timed = tuple(dict.fromkeys(profile.base for system in systems for profile in system.run.profiles))
    if not known and timed:
        return {}
    if not known:
        reasons = dict.fromkeys(cell.reason for system in systems for cell in system.run.cells if cell.reason)
        raise NotComparable(
            f"no task was measured: {'; '.join(reasons)}",
            expected="a run with results",
            hint="run the models first: benchwright run MODEL... --suite SUITE",
        )
    for text in only:
        if not any(_is_meant(path, [text]) for path in known):
            raise BenchwrightError(
                f"no task {text!r} in these runs",
                expected=f"one of: {', '.join(known)}",
                hint=suggest(text, known) or "use one of these",
            )
    chosen = [path for path in known if _is_meant(path, only)]
    return {path: next(s.run.tasks[path] for s in systems if path in s.run.tasks) for path in chosen}


def _is_meant(path: str, only: Sequence[str]) -> bool:
    """Whether a task, or the task that a view is of, is among those named."""
    base = path.rpartition("@")[2]
    return not only or any(
        text in (path, base, TaskPath.parse(path).task) or base.startswith(f"{text}/") for text in only
    )


def _named_places(systems: Sequence[System], only: Sequence[str]) -> list[str]:
    """Tasks that were measured and that are among those named; empty where none is named."""
    timed = dict.fromkeys(profile.base for system in systems for profile in system.run.profiles)
    return [path for path in timed if _is_meant(path, only)] if only else []


def _several(values: str | Sequence[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)


def choose(
    candidates: Candidates, question: Question, evaluator: Evaluator, *, ignore_unmeasured: bool = False
) -> Selection:
    """The result of a selection. Raises BenchwrightError if the question does not fit the candidates; NotComparable."""
    unmeasured: list[str] = []
    each = _for_each_task(question, evaluator)
    _resample(candidates, question, each, evaluator)
    objectives = tuple(evaluator.measure(quantity) for quantity, _ in question.objectives)
    _check_directions(question, objectives)
    asked = [(one, evaluator.measure(one.quantity)) for one in each]
    refuse_contradictions(asked)
    constraints = tuple(check_constraint(one, measurement, candidates) for one, measurement in asked)
    told = tuple(one for one in constraints if not one.unknown[: candidates.n_candidates].all())
    unmeasured += [one.requirement.text for one in constraints if one not in told]
    decision = make_decision(candidates, question, objectives, told)
    open_ = unmeasured_in(decision)
    if open_ and ignore_unmeasured:  # requirements may be left out, objectives may not
        unmeasured += [one.requirement.text for one in told if one.requirement.text in open_]
        told = tuple(one for one in told if one.requirement.text not in open_)
        decision = make_decision(candidates, question, objectives, told)
        open_ = unmeasured_in(decision)
    found = _with_measured(conclude(decision, evaluator), candidates, [one for _, one in asked])
    flags = [text for one, measurement in asked for text in constraint_warnings(one, measurement)]
    flags += [*found.flags, *(flag for _, measurement in asked for flag in measurement.flags)]
    flags += [f"not measured: {text}" for text in unmeasured]
    flags += ["rules that are not measured were left out"] if unmeasured and ignore_unmeasured else []
    flags += [f"not measured: {text}" for text in open_]
    found = msgspec.structs.replace(
        found, unmeasured=tuple(dict.fromkeys([*unmeasured, *open_])), flags=tuple(dict.fromkeys(flags))
    )
    return invalidated(found) if open_ or (unmeasured and not ignore_unmeasured) else found


def _with_measured(found: Selection, candidates: Candidates, asked: Sequence[Measurement]) -> Selection:
    """The result with the values that requirements on hardware profiles went by."""
    raw = {one.name: one for one in asked if one.is_raw and one.name not in [old.text for old in found.objectives]}
    if not raw:
        return found
    at = {name: number for number, name in enumerate(candidates.names)}
    rows = tuple(
        msgspec.structs.replace(
            row,
            values={**row.values, **{name: known(float(one.values[at[row.model]])) for name, one in raw.items()}},
        )
        for row in found.candidates
    )
    columns = tuple(MeasuredColumn(text=name, value_unit=one.quantity.unit) for name, one in raw.items())
    return msgspec.structs.replace(found, candidates=rows, measured=columns)


def _for_each_task(question: Question, evaluator: Evaluator) -> list[Requirement]:
    """Requirements on measured quantities; one on ``each:`` becomes one per task. Raises NotComparable."""
    for quantity, _ in question.objectives:
        if is_bounded(quantity):
            raise error_at(
                quantity.text,
                0,
                f"{quantity.name} is held against a limit",
                f"--require '{quantity.text} <= 0.05'",
            )
    return [
        replace(one, quantity=quantity)
        for one in question.requirements
        for quantity in spread(one.quantity, evaluator.paths(one.quantity) if one.quantity.task == EACH else ())
    ]


def _resample(
    candidates: Candidates, question: Question, requirements: Sequence[Requirement], evaluator: Evaluator
) -> None:
    """Resample every needed task once."""
    for quantity in (*(quantity for quantity, _ in question.objectives), *(one.quantity for one in requirements)):
        evaluator.request(quantity)
    if candidates.parent is not None:
        for path in candidates.tasks:
            evaluator.needs.add(path, "score")
    evaluator.resample()


def _check_directions(question: Question, measured: Sequence[Measurement]) -> None:
    for (quantity, high), found in zip(question.objectives, measured, strict=True):
        if found.quantity.neutral is not None:
            raise error_at(
                quantity.text,
                0,
                f"neither high nor low values of {quantity.text} are better: {found.quantity.better}",
                f"rules that keep it near there, as --require '{quantity.text} <= ...', and an objective that has a best end",
            )
        if high != found.higher:
            better, verb = ("higher", "maximize") if found.higher else ("lower", "minimize")
            raise error_at(quantity.text, 0, f"{better} values of {quantity.text} are better", f"--{verb}")
