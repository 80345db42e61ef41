"""From a quantity as typed to its value and draws for every side of a field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from benchwright import registry
from benchwright.choosing.field import Field
from benchwright.choosing.measured import Measured, Part
from benchwright.choosing.parsing import mistake
from benchwright.choosing.rules import SELF, Quantity
from benchwright.choosing.scope import checked_path, is_unmeasured, recipe_paths, recipes_of
from benchwright.comparison.cost import Amount, seconds_of, size_of
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.metrics.columns import Floats
from benchwright.quantities import BUILT_IN
from benchwright.quantities import Quantity as MetricQuantity


@dataclass
class Needs:
    """What must be drawn of each task."""

    metrics: dict[str, dict[str, None]] = field(default_factory=dict)
    slices: set[str] = field(default_factory=set)

    def add(self, path: str, metric: str) -> None:
        """A metric of a task is needed."""
        self.metrics.setdefault(path, {})[metric] = None


class Gauge:
    """Measures quantities of a field; what they need is gathered first, so that a task is drawn once."""

    def __init__(self, arena: Field) -> None:
        self.arena = arena
        self.needs = Needs()
        self._recipes = recipes_of(tuple(arena.tasks))

    def paths(self, quantity: Quantity) -> tuple[str, ...]:
        """Tasks that a quantity without a task of its own is about. Raises BenchwrightError for a name nobody has."""
        if quantity.name in SELF or quantity.name == "share" or is_unmeasured(quantity):
            return self.arena.pooled
        whole = Quantity(name=quantity.name, arguments=quantity.arguments, text=quantity.text, column=quantity.column)
        return tuple(path for path, _ in self._parts(whole))

    def ask(self, quantity: Quantity) -> None:
        """Note what a quantity needs. Raises BenchwrightError for names that nobody has."""
        if quantity.name in SELF or is_unmeasured(quantity):
            return
        if quantity.name == "share":
            self._check_share(quantity)
            return
        if quantity.name == "retained":
            self.arena.index(quantity.arguments[0])
        for path, metric in self._parts(quantity):
            self.needs.add(path, metric)
            if quantity.name == "worst_slice":
                self.needs.slices.add(path)

    def draw(self) -> None:
        """Draw every task that was asked about. Raises NotComparable."""
        for path, metrics in self.needs.metrics.items():
            self.arena.prepare(path, list(metrics), slices=path in self.needs.slices)

    def measure(self, quantity: Quantity) -> Measured:
        """The quantity of every side. Raises BenchwrightError where it cannot be made of these tasks."""
        if quantity.name in SELF:
            return self._own(quantity, quantity.name)
        special = {"share": self._share, "worst_slice": self._worst, "retained": self._retained}
        return special.get(quantity.name, self._mean)(quantity)

    def _parts(self, quantity: Quantity) -> list[tuple[str, str]]:
        """Tasks and metrics behind a quantity of quality."""
        name = quantity.name
        if name == "retained":
            name = quantity.arguments[1] if len(quantity.arguments) > 1 else "score"
        elif name == "worst_slice":
            name = "score"
        if quantity.task:
            return [(checked_path(quantity, tuple(self.arena.tasks)), self._metric(quantity, name, [quantity.task]))]
        if name in self._recipes:
            return [(path, "score") for path in recipe_paths(quantity, *self._recipes[name], tuple(self.arena.tasks))]
        metric = self._metric(quantity, name, self.arena.pooled)
        return [
            (path, metric)
            for path in self.arena.pooled
            if metric == "score" or metric in self.arena.tasks[path].metrics
        ]

    def _metric(self, quantity: Quantity, name: str, paths: Sequence[str]) -> str:
        known = dict.fromkeys(metric for path in paths for metric in self.arena.tasks[path].metrics)
        if name == "score" or name in known:
            return name
        every = ("score", *known, *self._recipes, *SELF, "worst_slice", "retained", "share")
        near = registry.suggest(name, every)
        where = quantity.text.find(name)
        raise mistake(
            quantity.text, max(where, 0), f"nothing here is called {name!r}", f"one of: {', '.join(every)}", near
        )

    def _mean(self, quantity: Quantity) -> Measured:
        parts = self._parts(quantity)
        weights = self._weights(quantity, [path for path, _ in parts])
        by_task = [(self.arena.drawn(path), metric) for path, metric in parts]
        values = np.tensordot(weights, np.stack([task.values[metric] for task, metric in by_task]), axes=1)
        draws = np.zeros((len(values), self.arena.resamples))
        for weight, (task, metric) in zip(weights, by_task, strict=True):
            draws += weight * task.draws[metric]
        whole = self._range(quantity, parts)
        return Measured(
            text=quantity.text,
            values=self.arena.of_sides(values),
            draws=self.arena.draws_of_sides(draws),
            higher=whole.direction == "higher",
            unit=whole.unit,
            low=whole.low,
            high=whole.high,
            paths=tuple(path for path, _ in parts),
            flags=tuple(self._undefined(quantity, parts)),
            parts=tuple(self._part(*part, float(weight)) for part, weight in zip(parts, weights, strict=True)),
        )

    def _part(self, path: str, metric: str, weight: float) -> Part:
        drawn, pairing = self.arena.drawn(path), self.arena.pairing(path)
        return Part(
            path=path,
            metric=metric,
            weight=weight,
            values=self.arena.of_sides(drawn.values[metric]),
            draws=self.arena.draws_of_sides(drawn.draws[metric]),
            width=pairing.quantity(metric).width,
        )

    def _undefined(self, quantity: Quantity, parts: Sequence[tuple[str, str]]) -> Iterable[str]:
        for path, metric in parts:
            missing = ~np.isfinite(self.arena.of_sides(self.arena.drawn(path).values[metric]))
            names = [name for name, bad in zip(self.arena.names, missing, strict=True) if bad]
            if names:
                yield f"{quantity.text} is undefined for {', '.join(names)} because of {path}"

    def _weights(self, quantity: Quantity, paths: Sequence[str]) -> Floats:
        recipe = None if quantity.task else self._recipes.get(quantity.name)
        if recipe is None:
            return np.full(len(paths), 1 / len(paths))
        suite, members = recipe[0], recipe[1].members
        found = {f"{suite}/{name}": 1 / (len(members) * len(member)) for member in members for name in member}
        return np.array([found[path] for path in paths])

    def _range(self, quantity: Quantity, parts: Sequence[tuple[str, str]]) -> MetricQuantity:
        """Direction, unit and range of a mean over tasks. Raises BenchwrightError where it has none."""
        found = [self.arena.pairing(path).quantity(metric) for path, metric in parts]
        directions = {one.direction for one in found}
        if len(directions) > 1 or (len(parts) > 1 and not all(one.unit == "fraction" for one in found)):
            raise BenchwrightError(
                f"{quantity.text} has no mean over {', '.join(path for path, _ in parts)}: their metrics differ in kind",
                expected="fractions, of which all are better high or all low",
                hint=f"name a task: {parts[0][0]}:{quantity.name}",
            )
        return replace(found[0], low=min(one.low for one in found), high=max(one.high for one in found))

    def _worst(self, quantity: Quantity) -> Measured:
        parts = self._parts(quantity)
        whole = self._range(quantity, parts)
        tasks = [(path, self.arena.drawn(path)) for path, _ in parts]
        found = [(task.worst, task.worst_draws) for _, task in tasks if task.worst is not None]
        if not found:
            raise NotComparable(
                f"{quantity.text}: no slice of {', '.join(path for path, _ in parts)} has enough items",
                expected="a task with slices",
                hint="run with more examples, or leave the rule out",
            )
        extreme = np.min if whole.direction == "higher" else np.max
        names = [f"{path} {_listed(task.slices)}" for path, task in tasks if task.slices]
        return Measured(
            text=quantity.text,
            values=self.arena.of_sides(extreme(np.stack([v for v, _ in found if v is not None]), axis=0)),
            draws=self.arena.draws_of_sides(extreme(np.stack([d for _, d in found if d is not None]), axis=0)),
            higher=whole.direction == "higher",
            unit=whole.unit,
            low=whole.low,
            high=whole.high,
            paths=tuple(path for path, _ in parts),
            flags=(f"worst of the slices {'; '.join(names)}", *(flag for _, task in tasks for flag in task.flags)),
        )

    def _retained(self, quantity: Quantity) -> Measured:
        whole = self._mean(
            Quantity(
                name=quantity.arguments[1] if len(quantity.arguments) > 1 else "score",
                task=quantity.task,
                text=quantity.text,
            )
        )
        parent = self.arena.index(quantity.arguments[0])
        before, drawn = whole.values[parent], whole.draws[parent]
        clear = whole.higher and before > 0 and (drawn > 0).mean() >= 0.95
        flags = () if clear else (f"{quantity.text}: the parent's value is not clearly above 0, no share is defined",)
        with np.errstate(all="ignore"):
            values = whole.values / before if clear else np.full_like(whole.values, np.nan)
            draws = np.where(drawn > 0, whole.draws / drawn, np.nan) if clear else np.full_like(whole.draws, np.nan)
        return Measured(
            text=quantity.text,
            values=values,
            draws=draws,
            higher=True,
            unit="share",
            paths=whole.paths,
            flags=flags,
            parts=tuple(replace(part, weight=part.weight / float(before)) for part in whole.parts) if clear else (),
        )

    def _own(self, quantity: Quantity, name: str) -> Measured:
        timed = name == "seconds_per_example"
        paths = tuple(self.arena.tasks)
        found = [seconds_of(side, paths) if timed else size_of(side, name, paths) for side in self.arena.sides]
        machines = {amount.machine for amount in found if amount.value is not None}
        if len(machines) > 1:
            found = [Amount(value=None, why=f"{name} of different machines cannot be compared")] * len(found)
        flags = ("seconds are those of the runs as they were, whatever else the machine did",) if timed else ()
        values = np.array([np.nan if amount.value is None else amount.value for amount in found])
        return Measured(
            text=quantity.text,
            values=values,
            draws=values[:, None],
            higher=False,
            unit=BUILT_IN[name].unit,
            low=0.0,
            flags=flags,
            unknown=tuple(amount.why for amount in found),
        )

    def _share(self, quantity: Quantity) -> Measured:
        whole = self._own(quantity, quantity.arguments[0])
        row = self.arena.index(quantity.arguments[1])
        parent, name = whole.values[row], self.arena.names[row]
        of_it = f"{name} has none: {whole.unknown[row]}" if whole.unknown[row] else f"{name} has 0"
        with np.errstate(all="ignore"):
            values = whole.values / (parent if parent > 0 else np.nan)
        return Measured(
            text=quantity.text,
            values=values,
            draws=values[:, None],
            higher=False,
            unit="share",
            low=0.0,
            flags=whole.flags,
            unknown=whole.unknown if parent > 0 else (of_it,) * len(whole.unknown),
        )

    def _check_share(self, quantity: Quantity) -> None:
        if quantity.arguments[0] not in SELF:
            near = registry.suggest(quantity.arguments[0], SELF)
            what = f"share of {quantity.arguments[0]!r}"
            raise mistake(quantity.text, 0, what, f"share of: {', '.join(SELF)}", near or "retained(MODEL) for quality")
        self.arena.index(quantity.arguments[1])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
