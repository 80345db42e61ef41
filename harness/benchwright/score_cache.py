"""Scores of a stored cell: read when they are there, computed from its records and kept when they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import msgspec

from benchwright import formatting, registry
from benchwright.alarm import CHECKS, alarm, as_note
from benchwright.answers import answers_of
from benchwright.bias import score_gaps, score_identity
from benchwright.errors import NotComparable, PluginError
from benchwright.hardware.of_run import score_profiles
from benchwright.hardware.same_numbers import profile_differences
from benchwright.items import count, noun
from benchwright.quantities import bare, quantity_of
from benchwright.robustness import score_views
from benchwright.store import Store
from benchwright.store.file_forms import ScoreFile
from benchwright.types import RESULTS, Alarm, GroupGap, IdentityScore, Record, RobustnessScore, Run, Score, Task
from benchwright.unanswered import count_as_wrong, counted_as_wrong, unanswered_rows

if TYPE_CHECKING:
    from benchwright.metrics.metric import Metric

RESAMPLES, SEED, CONFIDENCE = 10_000, 0, 0.95

_SLACK = 1e-5
"""Bootstrap ends may differ this much between machines; values do not."""

SLICE_MINIMUM = 5
"""Slices with fewer records than this are not scored: their intervals would span nearly everything."""


class CellScores(msgspec.Struct, frozen=True, kw_only=True):
    """The task's score, the scores by metric and slice, and the alarms of the cell."""

    score: Score
    scores: tuple[Score, ...]
    alarms: tuple[Alarm, ...]


def score_cell(store: Store, key: str, task: Task) -> CellScores:
    """Scores of a finished cell, with the metrics and the recipe that the task card names now.

    Each metric version has its own file, so a corrected metric re-scores history without a model.
    """
    metrics: list[Metric] = [registry.get("metrics", name) for name in task.metrics]
    by_label: list[Metric] = [registry.get("metrics", name) for name in task.by_label]
    kept = _read(store, key, task, metrics, by_label)
    found = kept if kept is not None else _compute(store, key, task, metrics, by_label)
    if store.read_cell(key).facts.constant:
        found = msgspec.structs.replace(found, alarms=as_note(found.alarms))
    return found


def recheck(store: Store, run: Run) -> list[str]:
    """Recompute the scores of a run from its records: one line for each number that differs."""
    from benchwright.score import gather, score_columns
    from benchwright.store.stored_records import StoredRecords

    problems = []
    for cell in run.cells:
        task = run.tasks.get(cell.task_path)
        if cell.status != "scored" or cell.key is None or task is None or not store.is_complete(cell.key):
            continue
        metrics: list[Metric] = [registry.get("metrics", name) for name in task.metrics]
        found = gather(task, StoredRecords(store.read_record_table(cell.key)))
        with _quiet():
            fresh = score_columns(found.columns, metrics, errored=found.errored, skipped=found.skipped)
        kept = _read(store, cell.key, task, metrics, [])
        told = [
            *(cell.scores or ()),
            *((cell.score,) if cell.score else ()),
            *((kept.score, *kept.scores) if kept else ()),
        ]
        values = {score.metric: (score.value, score.low, score.high, score.n) for score in fresh}
        place = f"{cell.model} on {cell.suite}/{cell.task}"
        problems += [
            f"{place}: {bare(score.metric)} is {score.value}, its records say {values[score.metric][0]}"
            for score in told
            if score.slice is None
            and score.metric in values
            and not _close((score.value, score.low, score.high, score.n), values[score.metric])
        ]
    return list(
        dict.fromkeys(
            [
                *problems,
                *_recheck_views(store, run),
                *_recheck_swaps(store, run),
                *_recheck_gaps(store, run),
                *_recheck_profiles(store, run),
            ]
        )
    )


def _recheck_views(store: Store, run: Run) -> list[str]:
    """One line for each row of robustness whose numbers are not those of its records."""
    whole = [cell for cell in run.cells if cell.key is not None and store.is_complete(cell.key)]
    fresh = {(row.model, row.view_key): row for row in score_views(store, whole, run.tasks)} if run.robustness else {}
    pairs = [(row, fresh[row.model, row.view_key]) for row in run.robustness if (row.model, row.view_key) in fresh]
    return [
        f"{told.model} on {told.task_path}: robustness is {_shown(told)}, its records say {_shown(found)}"
        for told, found in pairs
        if not _close(_numbers(told), _numbers(found))
    ]


def _recheck_swaps(store: Store, run: Run) -> list[str]:
    """One line for each row of identity swaps whose numbers are not those of its records."""
    whole = [cell for cell in run.cells if cell.key is not None and store.is_complete(cell.key)]
    places = (
        {(row.model, row.view_key, row.dimension): row for row in score_identity(store, whole, run.tasks)}
        if run.bias
        else {}
    )
    pairs = [(row, places.get((row.model, row.view_key, row.dimension))) for row in run.bias]
    return [
        f"{told.model} on {told.task_path}: the flip rate of {told.dimension} is {told.flip_rate.value}, its records say {found.flip_rate.value}"
        for told, found in pairs
        if found is not None and not _close(_swap_numbers(told), _swap_numbers(found))
    ]


def _recheck_gaps(store: Store, run: Run) -> list[str]:
    """One line for each gap between groups of people whose numbers are not those of its records."""
    if not run.gaps:
        return []
    whole = [cell for cell in run.cells if cell.key is not None and store.is_complete(cell.key)]
    fresh = {_gap_place(row): row for row in score_gaps(store, whole, run.tasks)}
    pairs = [(row, fresh.get(_gap_place(row))) for row in run.gaps]
    return [
        f"{told.model} on {told.task_path}: the gap of {told.metric} between groups of {told.slice} is {told.gap.value}, its records "
        f"say {found.gap.value}"
        for told, found in pairs
        if found is not None and not _close(_gap_numbers(told), _gap_numbers(found))
    ]


def _recheck_profiles(store: Store, run: Run) -> list[str]:
    """One line for each profile that is not, number by number, what its raw samples say; one that is lacking or told twice too."""
    whole = [cell for cell in run.cells if cell.key is not None and store.is_complete(cell.key)]
    gone = {(cell.model, cell.key) for cell in run.cells if cell not in whole}
    fresh = {(one.model, one.key): one for one in score_profiles(store, whole, run.tasks)}
    problems = []
    for told in run.profiles:
        place, found = f"{told.model} on {told.task_path}", fresh.get((told.model, told.key))
        if found is not None:
            problems += [f"{place}: {line}" for line in profile_differences(told, found)]
        elif (told.model, told.key) not in gone:
            problems.append(f"{place}: the run has no such cell with measurements")
    told_of = Counter((one.model, one.key) for one in run.profiles)
    problems += [
        f"{one.model} on {one.task_path}: it was measured, and the run tells {'nothing' if not told_of[place] else 'it twice'}"
        for place, one in fresh.items()
        if told_of[place] != 1
    ]
    return problems


def _gap_place(row: GroupGap) -> tuple[str, ...]:
    return (row.model, row.task_path, row.split, row.slice, row.metric, row.label)


def _gap_numbers(row: GroupGap) -> tuple[float | None, ...]:
    values = [end for group in row.groups for end in (group.score.value, group.n)]
    return (row.gap.value, row.gap.low, row.gap.high, *values)


def _swap_numbers(row: IdentityScore) -> tuple[float | None, ...]:
    gaps = [end for gap in row.gaps.values() for end in (gap.value, gap.low, gap.high)]
    shifts = [score.value for group in row.groups for score in group.shifts.values()]
    spread = [score.value for score in (*row.spread.values(), *row.deviation.values())]
    rate = row.flip_rate
    return (rate.value, rate.low, rate.high, row.n, row.variants, row.flipped, *gaps, *shifts, *spread)


def _numbers(row: RobustnessScore) -> tuple[float | None, ...]:
    ends = (row.difference.value, row.difference.low, row.difference.high)
    worst = row.worst.value if row.worst is not None else None
    return (row.clean.value, row.perturbed.value, *ends, row.consistency.value, worst, row.n, row.variants)


def _shown(row: RobustnessScore) -> str:
    return f"{row.clean.value} clean, {row.perturbed.value} perturbed, consistency {row.consistency.value}"


def _close(told: tuple[float | None, ...], found: tuple[float | None, ...]) -> bool:
    return len(told) == len(found) and all(
        a == b or (a is not None and b is not None and abs(a - b) < _SLACK) for a, b in zip(told, found, strict=True)
    )


def _quiet() -> AbstractContextManager[None]:
    """Arithmetic on absurd answers (1e300) overflows in a resample; the value is then undefined and flagged."""
    import numpy as np

    return np.errstate(all="ignore")


def _read(
    store: Store, key: str, task: Task, metrics: Sequence[Metric], by_label: Sequence[Metric]
) -> CellScores | None:
    names = [metric.id for metric in metrics] + [_label_name(metric) for metric in by_label]
    files = [store.read_scores(key, name) for name in names]
    whole = store.read_scores(key, _score_name(task, metrics))
    alarms = store.read_alarms(key, CHECKS)
    if alarms is None or whole is None or not all(_is_current(file) for file in (*files, whole)):
        return None
    return CellScores(
        score=whole.scores[0],
        scores=tuple(score for file in files if file for score in file.scores),
        alarms=alarms,
    )


def _is_current(file: ScoreFile | None) -> bool:
    return file is not None and (file.resamples, file.seed, file.confidence) == (RESAMPLES, SEED, CONFIDENCE)


def _compute(store: Store, key: str, task: Task, metrics: Sequence[Metric], by_label: Sequence[Metric]) -> CellScores:
    from benchwright.score import alarms, gather, score_columns, score_labels, score_slices
    from benchwright.store.stored_records import StoredRecords

    records = StoredRecords(store.read_record_table(key))
    found = gather(task, records)
    settings = {"resamples": RESAMPLES, "seed": SEED, "confidence": CONFIDENCE}
    with _quiet():
        *scores, whole = score_columns(found.columns, metrics, errored=found.errored, skipped=found.skipped, **settings)  # type: ignore[arg-type]
        slices = score_slices(task, records, metrics, minimum=SLICE_MINIMUM, **settings)  # type: ignore[arg-type]
        labels = score_labels(found.columns, by_label, errored=found.errored, skipped=found.skipped, **settings)  # type: ignore[arg-type]
        told = (*unanswered_alarms(task, records), *alarms(found.columns, task))
    every = tuple(scores) + tuple(score for score in slices if score.metric != "score")
    for metric in metrics:
        mine = tuple(score for score in every if score.metric == metric.id)
        store.write_scores(key, metric.id, _file(mine))
    for metric in by_label:
        mine = tuple(score for score in labels if score.metric == metric.id)
        store.write_scores(key, _label_name(metric), _file(mine))
    store.write_scores(key, _score_name(task, metrics), _file((whole,)))
    store.write_alarms(key, told, CHECKS)
    of_labels = _by_metric(labels, by_label)
    return CellScores(score=whole, scores=(*_by_metric(every, metrics), *of_labels), alarms=told)


def unanswered_alarms(task: Task, records: Sequence[Record]) -> tuple[Alarm, ...]:
    """An alarm with the task's score on the answered items and with unanswered ones counted as wrong; empty if all are answered."""
    from benchwright.metrics.gathering import gather_answers
    from benchwright.score import gather

    silent, labelled = int(unanswered_rows(task, records).sum()), int(answers_of(task, records).has_gold.sum())
    if not silent:
        return ()
    told = f"no answer to {silent:,} of {count(labelled, noun(task))}"
    try:
        quantity = quantity_of("score", task)
        if task.behaviour:
            counted = gather(task, [count_as_wrong(task, record) for record in records]).columns
        else:
            counted = gather_answers(counted_as_wrong(task, records)).columns
    except (NotComparable, PluginError):
        return (alarm("errored", f"{told}: the score is that of the others"),)
    columns = gather(task, records).columns
    of = {name: registry.get("metrics", name) for name in quantity.members}
    values = [
        sum(of[name].value(some) for name in quantity.members) / len(quantity.members) for some in (columns, counted)
    ]
    on_others, as_wrong = (formatting.value(value, quantity.unit) for value in values)
    name = " + ".join(quantity.members)
    return (alarm("errored", f"{told}: {name} {on_others} on the others, {as_wrong} with silence counted as wrong"),)


def _by_metric(scores: Sequence[Score], metrics: Sequence[Metric]) -> tuple[Score, ...]:
    return tuple(score for metric in metrics for score in scores if score.metric == metric.id)


def _file(scores: tuple[Score, ...]) -> ScoreFile:
    return ScoreFile(schema=RESULTS, scores=scores, resamples=RESAMPLES, seed=SEED, confidence=CONFIDENCE)


def _label_name(metric: Metric) -> str:
    """The file of a metric's scores by label; the metric's own file holds its scores over all examples and slices."""
    return f"label.{metric.id}"


def _score_name(task: Task, metrics: Sequence[Metric]) -> str:
    """The file of the task's score, named after the metrics that make it."""
    versions = {metric.name: metric.id for metric in metrics}
    return "score." + "+".join(versions.get(name, name) for name in task.score_metrics)
