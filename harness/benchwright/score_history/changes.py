"""Differences between measurements of a line: paired item by item where the records of both are at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import msgspec

from benchwright import registry
from benchwright.comparison.comparable_answers import ComparableAnswers, gc_paused, read_answers
from benchwright.comparison.difference import CONFIDENCE, Difference, way_of
from benchwright.comparison.measure_difference import measure_difference
from benchwright.comparison.pairing import Replicates
from benchwright.comparison.slices import slice_of
from benchwright.comparison.systems import System
from benchwright.errors import BenchwrightError, PluginError
from benchwright.quantities import SCORE, bare
from benchwright.score_history.lines import LineQuery, StoredPoint, card_of
from benchwright.score_history.result import Change
from benchwright.stats.multiplicity import holm
from benchwright.store import Store
from benchwright.types import RESULTS, AnyTask, CellResult, ModelRef, Run, RunSpec

NOT_PAIRED = "not paired"

_SAME = 1e-9
"""Two computations of one value may differ by this much."""


def find_change(store: Store, before: StoredPoint, after: StoredPoint, wanted: LineQuery) -> Change:
    """The later value minus the earlier one; both are known to be of the same data, metric and rules."""
    against = before.run.name if wanted.by == "name" else f"{before.run.name}:{before.cell.model}"
    unpaired = partial(_unpaired, before, after, against)
    if wanted.is_hardware:
        return unpaired("they were measured in two sessions, so no query of one belongs to one of the other")
    outdated = version_now(after, wanted)
    if outdated:
        return unpaired(f"both are by {after.point.metric}, and {outdated} is what is installed")
    try:
        with gc_paused():
            found = _paired(store, before, after, wanted)
    except BenchwrightError as error:
        return unpaired(error.problem)
    why = _is_of_other_values(found, before, after)
    return unpaired(why) if why else _change(found, against)


def version_now(one: StoredPoint, wanted: LineQuery) -> str:
    """The installed version of the metric where a value is by another one; empty where it is the same."""
    if wanted.is_hardware:
        return ""
    names = one.point.metric.split("+")
    try:
        now = "+".join(f"{bare(name)}@{registry.get('metrics', bare(name)).version}" for name in names)
    except PluginError:
        return "no version"
    return "" if now == one.point.metric else now


def _paired(store: Store, before: StoredPoint, after: StoredPoint, wanted: LineQuery) -> Difference:
    systems = [_system(store, one) for one in (before, after)]
    answers: ComparableAnswers = read_answers(systems, after.cell.path)
    pairing = answers.pairing()
    if wanted.slice is not None:
        pairing = slice_of(pairing, wanted.slice)
    metric = wanted.metric
    if metric == SCORE and len(answers.task.score_metrics) == 1:
        metric = answers.task.score_metrics[0]
    two = (Replicates(label=before.run.name, models=(0,)), Replicates(label=after.run.name, models=(1,)))
    found = measure_difference(pairing, metric, *two, confidence=0.95, slice=wanted.slice)
    return msgspec.structs.replace(found, exploratory=answers.task.unranked)


def _system(store: Store, one: StoredPoint) -> System:
    """The model as a system of a run that holds this cell alone: nothing else of it is asked for."""
    card = card_of(one.run.card_bytes(one.cell.path))
    tasks: dict[str, AnyTask] = {one.cell.path: card} if card is not None else {}
    cell = CellResult(
        model=one.cell.model,
        suite=one.cell.suite,
        task=one.cell.task,
        split=one.cell.split,
        status="scored",
        key=one.cell.key,
    )
    run = Run(
        schema=RESULTS,
        name=one.run.name,
        spec=RunSpec(models=(ModelRef(name=one.cell.model, adapter=""),), suites=()),
        cells=(cell,),
        aggregates=(),
        environment={},
        created=one.run.created,
        complete=one.run.complete,
        tasks=tasks,
        suites=dict(one.run.suites),
    )
    return System(label=one.run.name, run=run, models=(one.cell.model,), store=store)


def _is_of_other_values(found: Difference, before: StoredPoint, after: StoredPoint) -> str:
    """Why a paired difference does not belong to the stored values: over the same items it would be their difference."""
    card = card_of(after.run.card_bytes(after.cell.path))
    if found.left_out or (card is not None and card.behaviour):  # cases are paired where both are applicable
        return ""
    for value, one in ((found.a, before), (found.b, after)):
        stored = one.point.value
        if value is not None and stored is not None and not math.isclose(value, stored, rel_tol=_SAME, abs_tol=_SAME):
            return f"the records of {one.run.name} give {value:.6g}, and its stored value is {stored:.6g}"
    return ""


def _change(found: Difference, against: str) -> Change:
    return Change(
        against=against,
        value=found.delta,
        low=found.low,
        high=found.high,
        p=found.p,
        verdict=found.verdict,
        paired=True,
        n=found.n,
        fixed=found.fixed,
        broken=found.broken,
        method=found.method,
        flags=found.flags,
    )


def _unpaired(before: StoredPoint, after: StoredPoint, against: str, why: str) -> Change:
    one, other = before.point.value, after.point.value
    value = other - one if one is not None and other is not None else None
    return Change(against=against, value=value, verdict=NOT_PAIRED, paired=False, why=why)


def adjust(changes: Sequence[Change | None]) -> tuple[tuple[Change | None, ...], int]:
    """Changes with p adjusted (Holm) over all that have one, their verdicts after that, and how many those are."""
    tested = [at for at, one in enumerate(changes) if one is not None and one.p is not None]
    adjusted = dict(zip(tested, holm([changes[at].p or 0.0 for at in tested]).tolist(), strict=True))  # type: ignore[union-attr]
    found = [
        one if one is None or at not in adjusted else _with_adjusted(one, adjusted[at])
        for at, one in enumerate(changes)
    ]
    return tuple(found), len(tested)


def _with_adjusted(one: Change, p: float) -> Change:
    way = way_of(one.low, one.high, p, level=1 - CONFIDENCE)
    verdict = one.verdict if way or not one.is_real else "not distinguishable"
    return msgspec.structs.replace(one, p_adjusted=p, verdict=verdict)
