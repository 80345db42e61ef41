"""What is asked of a history, held against what a store has: every mistake is told with what there is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import get_args

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.quantities import MEASURED, SCORE, bare, meant_by
from benchwright.score_history.lines import LineQuery, Series, paths_with
from benchwright.score_history.result import LineBy
from benchwright.score_history.stored import StoredRun, moment
from benchwright.store import Store
from benchwright.task_path import TaskPath


def read_wanted(metric: str, slice: str | None, by: str) -> LineQuery:
    """What is wanted, by bare names. Raises BenchwrightError for what cannot be meant."""
    if by not in get_args(LineBy):
        raise BenchwrightError(f"by={by!r}", expected="name, source or one", hint='by="name"')
    if slice is not None and "=" not in slice:
        raise BenchwrightError(f"the slice {slice!r}", expected="NAME=VALUE", hint="--slice domain=film")
    name = bare(metric)
    if slice is not None and name in MEASURED:
        raise BenchwrightError(
            f"{name} of the slice {slice}", expected="hardware is measured on all items", hint="leave --slice out"
        )
    return LineQuery(metric=name, slice=slice, by=by)  # type: ignore[arg-type]


def read_date(text: str | None) -> datetime | None:
    """The moment that an ISO 8601 date means, in UTC. Raises BenchwrightError for what is none."""
    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise BenchwrightError(
            f"{text!r} is no date", expected="a date as ISO 8601 writes it, in UTC", hint="--since 2026-11-01"
        )
    return found


def find_paths(runs: Sequence[StoredRun], wanted: LineQuery, task: str | None, store: Store) -> list[str]:
    """Tasks that are meant. Raises where no run has them."""
    known = list(paths_with(runs, wanted))
    if not runs:
        raise BenchwrightError(
            f"no run in {store.root} can be read" if store.run_names() else f"no run in {store.root}",
            expected="a store with runs",
            hint="benchwright run MODEL --suite SUITE makes one; --store DIR names another folder",
        )
    if not known and wanted.is_hardware:
        raise BenchwrightError(
            f"no run holds hardware profiles, so there is no {wanted.metric}",
            expected="runs of `benchwright profile`, or with --suite hardware",
            hint="benchwright profile MODEL --suite SUITE/TASK",
        )
    if task is None:
        return known
    found = [path for path in known if task == path or task in _shorter(path)]
    if not found:
        raise BenchwrightError(
            f"no run has a task {task!r}" + (f" with {wanted.metric}" if wanted.is_hardware else ""),
            expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}",
            hint=registry.suggest(task, known) or "benchwright list runs",
        )
    return found


def _shorter(path: str) -> tuple[str, ...]:
    """What a path may also be called: a task by its name; a hardware view by its task."""
    at = TaskPath.parse(path)
    if at.view.startswith("hardware/"):
        return (f"{at.suite}/{at.task}", at.task)
    return () if at.view else (at.task,)


def find_models(runs: Sequence[StoredRun], paths: Sequence[str], patterns: Sequence[str]) -> Collection[str] | None:
    """Names that the patterns mean; None: all. Raises for a pattern that means none."""
    asked = [pattern for pattern in patterns if pattern]
    if not asked:
        return None
    here = set(paths)
    known = list(dict.fromkeys(cell.model for run in runs for cell in run.cells if cell.path in here))
    found = {pattern: [name for name in known if name == pattern or fnmatchcase(name, pattern)] for pattern in asked}
    problems = [
        BenchwrightError(
            f"no run has a model {pattern!r} on {', '.join(paths[:3])}{', ...' if len(paths) > 3 else ''}",
            expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}",
            hint=registry.suggest(pattern, known) or "benchwright list runs",
        )
        for pattern, names in found.items()
        if not names
    ]
    if problems:
        raise ConfigError(problems)
    return {name for names in found.values() for name in names}


def check_found(series: Sequence[Series], wanted: LineQuery, task: str | None) -> None:
    """Raise where no run has the metric or the slice: it is misspelled, or was never measured."""
    if any(point.point.is_measured for one in series for point in one.points):
        return
    if any(point.point.status != "absent" for one in series for point in one.points) and wanted.slice is None:
        cards = [card for one in series if (card := one.card) is not None]
        if wanted.metric == SCORE or any(wanted.metric in card.metrics for card in cards) or wanted.is_hardware:
            return  # there is such a metric, and every cell failed
    metrics = list(dict.fromkeys(name for one in series if (card := one.card) is not None for name in card.metrics))
    what = f"no run has {wanted.metric}" + (f" of the slice {wanted.slice}" if wanted.slice else "")
    slices = sorted({name for one in series for name in _slices(one)}) if wanted.slice else []
    known = slices or ([] if wanted.is_hardware else [SCORE, *metrics])
    meant = ", ".join(meant_by(wanted.metric))
    raise BenchwrightError(
        f"{what} on {task}" if task else what,
        expected=f"one of: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        if known
        else "a measured quantity",
        hint=(f"did you mean {meant}?" if meant else "")
        or registry.suggest(wanted.slice or wanted.metric, known)
        or "benchwright show RUN --task SUITE/TASK lists metrics and slices",
    )


def _slices(series: Series) -> set[str]:
    """Slices that the last cell of a line has scores of."""
    scores = series.points[-1].cell.read_scores() if series.points else ()
    return {score.slice for score in scores if score.slice is not None}
