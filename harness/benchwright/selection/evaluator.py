"""Evaluate a quantity, as typed, for every candidate: value and bootstrap resamples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from benchwright import registry
from benchwright.comparison.cost import CostValue, seconds_of, size_of
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.metrics.columns import Floats
from benchwright.quantities import BUILT_IN, COSTS, MEASURED, Direction, Quantity, meant_by
from benchwright.selection.bias_quantities import measure_flips, measure_gap_of
from benchwright.selection.candidates import Candidates
from benchwright.selection.hardware_quantities import measure_hardware, measured_places
from benchwright.selection.measurement import Measurement, TaskMeasurement
from benchwright.selection.question import QuantityRef, error_at
from benchwright.selection.scope import (
    CASE_RATES,
    GAP,
    LOSS,
    aggregate_paths,
    aggregates_of,
    behavioural_paths,
    checked_path,
    grouped_paths,
    is_of_swaps,
    swaps_of,
    views_of,
)
from benchwright.selection.views_and_cases import measure_cases, measure_loss
from benchwright.task_path import task_path

_SHARED = (*COSTS, *(name for name in MEASURED if BUILT_IN[name].unit == "bytes"))
"""What a share may be of: no times, for those of two models that were measured at different times are not compared."""


@dataclass
class Needs:
    """Metrics and slices to resample on each task."""

    metrics: dict[str, dict[str, None]] = field(default_factory=dict)
    slices: set[str] = field(default_factory=set)

    def add(self, path: str, metric: str) -> None:
        """Note that a metric of a task is needed."""
        self.metrics.setdefault(path, {})[metric] = None


class Evaluator:
    """Measures quantities of the candidates. Needs are collected first, so that each task is resampled once."""

    def __init__(self, candidates: Candidates, only: Sequence[str] = ()) -> None:
        self.candidates = candidates
        self.only = tuple(only)
        self.needs = Needs()
        self._aggregates = aggregates_of(tuple(candidates.tasks))

    def paths(self, quantity: QuantityRef) -> tuple[str, ...]:
        """Tasks of a quantity that names no task. Raises BenchwrightError for an unknown name."""
        if quantity.name in MEASURED:
            return measured_places(self.candidates, self.only)
        if quantity.name in COSTS or quantity.name == "share":
            return self.candidates.pooled
        whole = QuantityRef(
            name=quantity.name, arguments=quantity.arguments, text=quantity.text, column=quantity.column
        )
        if quantity.name == LOSS:
            return tuple(dict.fromkeys(base for base, _ in views_of(whole, self.candidates.tasks)))
        if quantity.name == GAP:
            return tuple(grouped_paths(whole, self.candidates.tasks))
        if is_of_swaps(whole):
            return tuple(dict.fromkeys(base for base, _ in swaps_of(whole, self.candidates.tasks)))
        return tuple(path for path, _ in self._parts(whole))

    def request(self, quantity: QuantityRef) -> None:
        """Note the metrics that a quantity needs. Raises BenchwrightError for unknown names."""
        if quantity.name in BUILT_IN:
            return
        if quantity.name == "share":
            self._check_share(quantity)
            return
        if quantity.name == LOSS:
            views_of(quantity, self.candidates.tasks)
            return
        if quantity.name == GAP:
            grouped_paths(quantity, self.candidates.tasks)
            return
        if is_of_swaps(quantity):
            swaps_of(quantity, self.candidates.tasks)
            return
        if quantity.name == "retained":
            self.candidates.index(quantity.arguments[0])
        for path, metric in self._parts(quantity):
            self.needs.add(path, metric)
            if quantity.name == "worst_slice":
                self.needs.slices.add(path)

    def resample(self) -> None:
        """Resample every requested task. Raises NotComparable."""
        for path, metrics in self.needs.metrics.items():
            self.candidates.prepare(path, list(metrics), slices=path in self.needs.slices)

    def measure(self, quantity: QuantityRef) -> Measurement:
        """The quantity of every candidate. Raises BenchwrightError if it is not defined on these tasks."""
        if quantity.name in COSTS:
            return self._own(quantity, quantity.name)
        if quantity.name in MEASURED:
            return measure_hardware(quantity, quantity.name, self.candidates, self.only)
        if is_of_swaps(quantity):
            return measure_flips(quantity, self.candidates)
        if quantity.name == GAP:
            return measure_gap_of(quantity, self.candidates)
        if quantity.name in CASE_RATES and quantity.arguments:
            return measure_cases(quantity, [path for path, _ in self._parts(quantity)], self.candidates)
        if quantity.name == LOSS:
            return measure_loss(quantity, self.candidates)
        special = {"share": self._share, "worst_slice": self._worst, "retained": self._retained}
        return special.get(quantity.name, self._mean)(quantity)

    def _parts(self, quantity: QuantityRef) -> list[tuple[str, str]]:
        """Tasks and metrics of a quality."""
        name = quantity.name
        if name == "retained":
            name = quantity.arguments[1] if len(quantity.arguments) > 1 else "score"
        elif name == "worst_slice":
            name = "score"
        if quantity.task:
            return [
                (checked_path(quantity, tuple(self.candidates.tasks)), self._metric(quantity, name, [quantity.task]))
            ]
        if name in self._aggregates:
            return [
                (path, "score") for path in aggregate_paths(quantity, *self._aggregates[name], self.candidates.tasks)
            ]
        pooled = behavioural_paths(quantity, self.candidates.tasks) if name in CASE_RATES else self.candidates.pooled
        metric = self._metric(quantity, name, pooled)
        return [(path, metric) for path in pooled if metric == "score" or metric in self.candidates.tasks[path].metrics]

    def _metric(self, quantity: QuantityRef, name: str, paths: Sequence[str]) -> str:
        known = dict.fromkeys(metric for path in paths for metric in self.candidates.tasks[path].metrics)
        if name == "score" or name in known:
            return name
        every = ("score", *known, *self._aggregates, *BUILT_IN, "worst_slice", "retained", "share", LOSS, GAP)
        meant = meant_by(name)
        near = f"name {' or '.join(meant)}, and the unit with the limit" if meant else registry.suggest(name, every)
        where = quantity.text.find(name)
        raise error_at(
            quantity.text, max(where, 0), f"nothing here is called {name!r}", f"one of: {', '.join(every)}", near
        )

    def _mean(self, quantity: QuantityRef) -> Measurement:
        parts = self._parts(quantity)
        weights = self._weights(quantity, [path for path, _ in parts])
        by_task = [(self.candidates.drawn(path), metric) for path, metric in parts]
        values = np.tensordot(weights, np.stack([task.values[metric] for task, metric in by_task]), axes=1)
        draws = np.zeros((len(values), self.candidates.resamples))
        for weight, (task, metric) in zip(weights, by_task, strict=True):
            draws += weight * task.draws[metric]
        whole = self._mean_quantity(quantity, parts)
        return Measurement(
            quantity=whole,
            values=self.candidates.by_candidate(values),
            draws=self.candidates.draws_by_candidate(draws),
            paths=tuple(path for path, _ in parts),
            flags=tuple(self._undefined(quantity, parts)),
            parts=tuple(self._part(*part, float(weight)) for part, weight in zip(parts, weights, strict=True)),
        )

    def _part(self, path: str, metric: str, weight: float) -> TaskMeasurement:
        drawn, pairing = self.candidates.drawn(path), self.candidates.pairing(path)
        return TaskMeasurement(
            path=path,
            metric=metric,
            weight=weight,
            values=self.candidates.by_candidate(drawn.values[metric]),
            draws=self.candidates.draws_by_candidate(drawn.draws[metric]),
            width=pairing.quantity(metric).width,
        )

    def _undefined(self, quantity: QuantityRef, parts: Sequence[tuple[str, str]]) -> Iterable[str]:
        for path, metric in parts:
            missing = ~np.isfinite(self.candidates.by_candidate(self.candidates.drawn(path).values[metric]))
            names = [name for name, bad in zip(self.candidates.names, missing, strict=True) if bad]
            if names:
                yield f"{quantity.text} is undefined for {', '.join(names)} because of {path}"

    def _weights(self, quantity: QuantityRef, paths: Sequence[str]) -> Floats:
        aggregate = None if quantity.task else self._aggregates.get(quantity.name)
        if aggregate is None:
            return np.full(len(paths), 1 / len(paths))
        suite, mean = aggregate
        found = {task_path(suite, name): weight for name, weight in mean.weights.items()}
        return np.array([found[path] for path in paths])

    def _mean_quantity(self, quantity: QuantityRef, parts: Sequence[tuple[str, str]]) -> Quantity:
        """Direction, unit and range of a mean over tasks. Raises BenchwrightError where it has none."""
        found = [self.candidates.pairing(path).quantity(metric) for path, metric in parts]
        directions = {one.direction for one in found}
        if len(directions) > 1 or (len(parts) > 1 and not all(one.unit == "fraction" for one in found)):
            raise BenchwrightError(
                f"{quantity.text} has no mean over {', '.join(path for path, _ in parts)}: their metrics differ in kind",
                expected="fractions, of which all are better high or all low",
                hint=f"name a task: {parts[0][0]}:{quantity.name}",
            )
        return replace(
            found[0],
            name=quantity.text,
            low=min(one.low for one in found),
            high=max(one.high for one in found),
        )

    def _worst(self, quantity: QuantityRef) -> Measurement:
        parts = self._parts(quantity)
        whole = self._mean_quantity(quantity, parts)
        tasks = [(path, self.candidates.drawn(path)) for path, _ in parts]
        found = [(task.worst, task.worst_draws) for _, task in tasks if task.worst is not None]
        if not found:
            raise NotComparable(
                f"{quantity.text}: no slice of {', '.join(path for path, _ in parts)} has enough items",
                expected="a task with slices",
                hint="run with more examples, or leave the rule out",
            )
        extreme = np.min if whole.direction == "higher" else np.max
        names = [f"{path} {_listed(task.slices)}" for path, task in tasks if task.slices]
        return Measurement(
            quantity=whole,
            values=self.candidates.by_candidate(extreme(np.stack([v for v, _ in found if v is not None]), axis=0)),
            draws=self.candidates.draws_by_candidate(extreme(np.stack([d for _, d in found if d is not None]), axis=0)),
            paths=tuple(path for path, _ in parts),
            flags=(f"worst of the slices {'; '.join(names)}", *(flag for _, task in tasks for flag in task.flags)),
        )

    def _retained(self, quantity: QuantityRef) -> Measurement:
        whole = self._mean(
            QuantityRef(
                name=quantity.arguments[1] if len(quantity.arguments) > 1 else "score",
                task=quantity.task,
                text=quantity.text,
            )
        )
        parent = self.candidates.index(quantity.arguments[0])
        before, drawn = whole.values[parent], whole.draws[parent]
        clear = whole.higher and before > 0 and (drawn > 0).mean() >= 0.95
        flags = () if clear else (f"{quantity.text}: the parent's value is not clearly above 0, no share is defined",)
        with np.errstate(all="ignore"):
            values = whole.values / before if clear else np.full_like(whole.values, np.nan)
            draws = np.where(drawn > 0, whole.draws / drawn, np.nan) if clear else np.full_like(whole.draws, np.nan)
        return Measurement(
            quantity=_share_of(quantity, higher=True),
            values=values,
            draws=draws,
            paths=whole.paths,
            flags=flags,
            parts=tuple(replace(part, weight=part.weight / float(before)) for part in whole.parts) if clear else (),
        )

    def _own(self, quantity: QuantityRef, name: str) -> Measurement:
        timed = name == "seconds_per_example"
        paths = tuple(self.candidates.tasks)
        found = [
            seconds_of(system, paths) if timed else size_of(system, name, paths) for system in self.candidates.systems
        ]
        machines = {amount.machine for amount in found if amount.value is not None}
        if len(machines) > 1:
            found = [CostValue(value=None, why=f"{name} of different machines cannot be compared")] * len(found)
        flags = ("seconds are those of the runs as they were, whatever else the machine did",) if timed else ()
        values = np.array([np.nan if amount.value is None else amount.value for amount in found])
        return Measurement(
            quantity=replace(BUILT_IN[name], name=quantity.text),
            values=values,
            draws=values[:, None],
            flags=flags,
            unknown=tuple(amount.why for amount in found),
        )

    def _share(self, quantity: QuantityRef) -> Measurement:
        of = quantity.arguments[0]
        whole = (
            measure_hardware(quantity, of, self.candidates, self.only) if of in MEASURED else self._own(quantity, of)
        )
        row = self.candidates.index(quantity.arguments[1])
        parent, name = whole.values[row], self.candidates.names[row]
        of_it = f"{name} has none: {whole.unknown[row]}" if whole.unknown[row] else f"{name} has 0"
        with np.errstate(all="ignore"):
            values = whole.values / (parent if parent > 0 else np.nan)
        return Measurement(
            quantity=_share_of(quantity, higher=False),
            values=values,
            draws=values[:, None],
            flags=whole.flags,
            unknown=whole.unknown if parent > 0 else (of_it,) * len(whole.unknown),
        )

    def _check_share(self, quantity: QuantityRef) -> None:
        of = quantity.arguments[0]
        if of not in _SHARED:
            meant = of if of in MEASURED else next(iter(meant_by(of)), "")
            near = registry.suggest(of, _SHARED) or "retained(MODEL) for quality"
            if meant and BUILT_IN[meant].unit not in ("bytes", "count"):
                near = "times of two models are compared in turn: benchwright profile A B --interleave, and the gate's rule of kind ratio"
            raise error_at(quantity.text, 0, f"share of {of!r}", f"share of: {', '.join(_SHARED)}", near)
        self.candidates.index(quantity.arguments[1])


def _share_of(quantity: QuantityRef, *, higher: bool) -> Quantity:
    """The quantity of a ratio: quality retained of another model, or size used."""
    low = -math.inf if higher else 0.0
    direction: Direction = "higher" if higher else "lower"
    return Quantity(name=quantity.text, title=quantity.text, unit="share", direction=direction, low=low, high=math.inf)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
