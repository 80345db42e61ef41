"""Quantities about people, for every candidate: flip rates under identity swaps and gaps between groups, by their upper bound."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchwright import formatting, registry
from benchwright.bias.gaps import ModelOnTask, measure_gap
from benchwright.bias.limits import SwapEstimate, estimate_flip_rate
from benchwright.bias.swapped_view import SwappedView, read_swapped_view
from benchwright.bias.verdict import items_that_tell
from benchwright.comparison.systems import System
from benchwright.items import count
from benchwright.metrics.gathering import gather
from benchwright.quantities import Quantity, find_mean
from benchwright.selection.candidates import Candidates
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import QuantityRef, error_at
from benchwright.selection.scope import dimension_of, grouped_paths, swaps_of
from benchwright.task_path import TaskPath
from benchwright.types import GroupGap, Record, Task
from benchwright.types.bias import FEWEST_ITEMS

ALPHA = 0.05
"""Level of each bound, one-sided."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Seen:
    """One number of one candidate: value, bounds, what is said where they do not tell."""

    value: float
    low: float
    high: float
    open: Callable[[float], str]
    about: str = ""


def measure_flips(quantity: QuantityRef, candidates: Candidates) -> Measurement:
    """The flip rate under the swaps of a dimension: the largest of several dimensions, views and seeds, by its upper bound.

    Raises:
        BenchwrightError: No dimension of that name was swapped.
        NotComparable: The candidates do not answer the same items.
    """
    pairs, wanted = swaps_of(quantity, candidates.tasks), dimension_of(quantity)
    found: list[list[_Seen]] = [[] for _ in candidates.systems]
    known: dict[str, None] = {}
    for base, path in pairs:
        candidates.pairing(base)  # the same items for all, or NotComparable
        candidates.pairing(path)
        for at, system in enumerate(candidates.systems):
            for view in _views(system, base, path, candidates):
                known |= dict.fromkeys(view.dimensions)
                found[at] += [_of_dimension(view, one) for one in view.dimensions if wanted in ("", one)]
    if not all(found):
        names = list(known)
        what = f"no dimension {wanted!r} was swapped" if wanted else "no item holds a term of any dimension"
        at = max(quantity.text.find(wanted), 0) if wanted else 0
        raise error_at(quantity.text, at, what, f"one of: {', '.join(names)}", registry.suggest(wanted, names))
    return _worst(quantity, found, tuple(dict.fromkeys(path for pair in pairs for path in pair)))


def measure_gap_of(quantity: QuantityRef, candidates: Candidates) -> Measurement:
    """The gap of a metric between the groups of a slice: the largest of several tasks and seeds, by its upper bound.

    Raises:
        BenchwrightError: The slice, the metric or the label is none of the task's.
        NotComparable: The candidates do not answer the same items.
    """
    paths = grouped_paths(quantity, candidates.tasks)
    metric, slice_, label = (*quantity.arguments, "")[:3]
    found: list[list[_Seen]] = [[] for _ in candidates.systems]
    for path in paths:
        records = candidates.pairing(path).records
        for at in range(len(candidates.systems)):
            for row in candidates.rows_of(at):
                found[at].append(_of_groups(candidates.tasks[path], path, records[row], (metric, slice_, label)))
    measured = _worst(quantity, found, tuple(paths))
    own = find_mean((metric,))
    if own is None or own.unit == "fraction":
        return measured
    return replace(measured, quantity=replace(measured.quantity, unit=own.unit, high=own.width))


def _of_groups(task: Task, path: str, records: Sequence[Record], asked: tuple[str, str, str]) -> _Seen:
    metric, slice_, label = asked
    if metric == "score" and len(task.score_metrics) == 1:
        metric = task.score_metrics[0]
    gathered = gather(task, records)
    at = TaskPath.parse(path)
    place = ModelOnTask(model="", suite=at.suite, task=at.task, split=task.default_split)

    def gap(limit: float | None) -> GroupGap:
        return measure_gap(gathered, place, slice_, metric, label=label, limit=limit)

    seen = gap(None)
    about = f"{len(seen.groups)} groups of {slice_} on {path}, {seen.n:,} items"

    def tells(limit: float) -> str:
        needed = gap(limit).gap.needed
        return f"if it is as seen, {formatting.about(needed, above=seen.n)} items like these tell" if needed else ""

    value, low, high = seen.gap.value, seen.gap.low, seen.gap.high
    if value is None or low is None or high is None:
        why = seen.gap.method or "no bounds"
        return _unknown(math.nan if value is None else value, lambda _: why, about)
    return _Seen(value=value, low=low, high=high, open=tells, about=about)


def _views(system: System, base: str, path: str, candidates: Candidates) -> Iterator[SwappedView]:
    """The records of each model of a system."""
    clean = {cell.model: str(cell.key) for cell in system.cells(base)}
    for cell in system.cells(path):
        keys = (clean[cell.model], str(cell.key))
        yield read_swapped_view(system.store, path, candidates.tasks[path], keys)


def _of_dimension(view: SwappedView, dimension: str) -> _Seen:
    items = view.items(dimension)
    total = view.counts.get("items", len(view.originals))
    told = f"{count(items.n, 'item')} with a term of {dimension} on {view.path}"
    if items.unanswered:
        silent = f"{count(items.unanswered, 'item')} with a term of {dimension} not answered in full"
        return _unknown(math.nan, lambda _: silent, told)
    if not items.n:
        return _unknown(math.nan, lambda _: f"no item holds a term of {dimension}", told)
    found = estimate_flip_rate(items)
    tells = _tells(found, items.n, total)
    if items.n < FEWEST_ITEMS:
        few = f"{count(items.n, 'item')} with a term of {dimension}, fewer than {FEWEST_ITEMS}"
        return _unknown(found.found.value, lambda limit: "; ".join(filter(None, (few, tells(limit)))), told)
    high = found.found.bound(ALPHA, "upper")
    low = _lowest(found)
    if low is None or high is None:
        return _unknown(found.found.value, tells, told)
    high = max(high, low)  # one group above a limit by itself keeps it no more than all together
    return _Seen(value=found.found.value, low=low, high=high, open=tells, about=told)


def _lowest(found: SwapEstimate) -> float | None:
    """The lower bound of the flip rate, or of that of a group by itself where it is larger: alpha is shared as a gate shares it."""
    groups = [one for _, one in found.groups] if len(found.groups) > 1 else []
    level = ALPHA / 2 if groups else ALPHA
    ends = [found.found.bound(level, "lower"), *(one.bound(level / len(groups), "lower") for one in groups)]
    known = [end for end in ends if end is not None]
    return max(known) if known else None


def _unknown(value: float, why: Callable[[float], str], about: str) -> _Seen:
    return _Seen(value=value, low=-math.inf, high=math.nan, open=why, about=about)


def _tells(found: SwapEstimate, n: int, total: int) -> Callable[[float], str]:
    """How many items of the task would tell about a limit, at the rate seen."""

    def tells(limit: float) -> str:
        enough = None if found.mean is None or found.units < 2 else items_that_tell(found.mean, limit, 1 - 2 * ALPHA)
        if enough is None or enough <= n:
            return ""
        return (
            f"if it is as seen, {formatting.about(math.ceil(enough * total / n), above=total)} items of the task tell"
        )

    return tells


def _worst(quantity: QuantityRef, found: Sequence[Sequence[_Seen]], paths: tuple[str, ...]) -> Measurement:
    """Of each candidate the number that is furthest from being told to be small."""
    worst = [max(some, key=lambda one: (not math.isfinite(one.high), one.high, one.value)) for some in found]
    lows = [max(one.low for one in some) for some in found]
    values = np.array([one.value for one in worst])
    several = max(len(some) for some in found)
    flags = dict.fromkeys(f"{quantity.text}: {one.about}" for some in found for one in some)
    more = (f"{quantity.text}: the largest of {several}, each by its upper bound",) if several > 1 else ()
    return Measurement(
        quantity=Quantity(
            name=quantity.text, title=quantity.text, unit="fraction", direction="lower", low=0.0, high=1.0
        ),
        values=values,
        draws=values[:, None],
        paths=paths,
        flags=(*flags, *more),
        high=np.array([one.high for one in worst]),
        low=np.array(lows),
        open=tuple(one.open for one in worst),
    )
