"""Who is compared: a model of a stored run, or several seeds of one recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright import registry
from benchwright.alarm import carried
from benchwright.errors import BenchwrightError, NotComparable
from benchwright.store import Store
from benchwright.types import CellResult, Placed, Run


@dataclass(frozen=True, kw_only=True)
class Side:
    """A model of a run, or several of one recipe.

    Attributes:
        label: How it is called: the model's name, with the run's where two would be called alike.
        run: The run.
        models: Names of the models; several are seeds of one recipe, whose scores are averaged.
        store: Where its records are.
    """

    label: str
    run: Run
    models: tuple[str, ...]
    store: Store

    @property
    def is_recipe(self) -> bool:
        """Whether several seeds stand for one recipe."""
        return len(self.models) > 1

    def cells(self, path: str) -> tuple[CellResult, ...]:
        """Its cells of a task (``suite/task``) in the order of ``models``; only those that were planned."""
        found = {cell.model: cell for cell in self.run.cells if f"{cell.suite}/{cell.task}" == path}
        return tuple(found[model] for model in self.models if model in found)

    @property
    def paths(self) -> tuple[str, ...]:
        """Tasks, as ``suite/task``, of which it has a scored cell of every model."""
        wanted = dict.fromkeys(f"{cell.suite}/{cell.task}" for cell in self.run.cells)
        return tuple(
            path
            for path in wanted
            if len(self.cells(path)) == len(self.models) and all(c.status == "scored" for c in self.cells(path))
        )


def alarms_of(sides: Sequence[Side], paths: Sequence[str]) -> tuple[Placed, ...]:
    """What goes with the numbers of sides on tasks, alarms first; of a recipe, each seed's."""
    found = [
        told
        for side in sides
        for path in paths
        for cell in side.cells(path)
        for told in carried(f"{side.label} ({cell.model})" if side.is_recipe else side.label, cell)
    ]
    return tuple(sorted(found, key=lambda told: told.severity == "note"))


def read_side(store: Store, text: str) -> Side:
    """The side meant by ``RUN``, ``RUN:MODEL`` or ``RUN:MODEL+MODEL`` (seeds of one recipe).

    Raises:
        BenchwrightError: The run has several models and none is named, or has no model of that name.
        StoreError: There is no such run.
    """
    return one_side(*_read(store, text), store=store)


def read_sides(store: Store, texts: Sequence[str]) -> tuple[Side, ...]:
    """The sides meant by several texts; a bare ``RUN`` stands for all of its models, and labels are made different.

    Raises:
        BenchwrightError: Fewer than two sides, a side twice, or a model that its run does not have.
        StoreError: There is no such run.
    """
    found: list[Side] = []
    for text in texts:
        run, models = _read(store, text)
        if models:
            found.append(one_side(run, models, store=store))
        else:
            found += [one_side(run, (model,), store=store) for model in _names(run)]
    if len(found) < 2:
        raise BenchwrightError(
            f"{' '.join(texts)} is one model", expected="two or more", hint="benchwright compare RUN:MODEL RUN:MODEL"
        )
    return _told_apart(found)


def one_side(run: Run, models: Sequence[str], *, store: Store) -> Side:
    """A side of a run; without ``models`` its only one.

    Raises:
        BenchwrightError: The run has several models and none is named, or has no model of that name.
    """
    known = _names(run)
    if not models:
        if len(known) != 1:
            raise BenchwrightError(
                f"{run.name} is a run of {len(known)} models",
                expected=f"one of: {', '.join(known)}",
                hint=f"say which: {run.name}:{known[0]}" if known else "run it again with a model",
            )
        models = known
    for model in models:
        if model not in known:
            hint = registry.suggest(model, known)
            raise BenchwrightError(
                f"no model {model!r} in {run.name}", expected=f"one of: {', '.join(known)}", hint=hint
            )
    return Side(label="+".join(models), run=run, models=tuple(models), store=store)


def _read(store: Store, text: str) -> tuple[Run, tuple[str, ...]]:
    name, _, models = text.partition(":")  # no name of a run holds a colon
    return store.read_run(name), tuple(part for part in models.split("+") if part)


def _names(run: Run) -> tuple[str, ...]:
    return tuple(model.name for model in run.spec.models)


def _told_apart(sides: Sequence[Side]) -> tuple[Side, ...]:
    labels = [side.label for side in sides]
    found = [
        Side(
            label=side.label if labels.count(side.label) == 1 else f"{side.run.name}:{side.label}",
            run=side.run,
            models=side.models,
            store=side.store,
        )
        for side in sides
    ]
    if len({side.label for side in found}) < len(found):
        twice = next(side.label for side in found if [other.label for other in found].count(side.label) > 1)
        raise NotComparable(f"{twice} is named twice", expected="different models", hint="name each once")
    return tuple(found)
