"""Runs of one report: a model that one of them only measured, and another one scored, is one model where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchwright.hardware.same_model import StoredModel, profiles_of_same_model
from benchwright.store import Store
from benchwright.task_path import is_hardware_view
from benchwright.types import Run


def join_models(runs: Sequence[Run], store: Store) -> None:
    """Fill `Run.same_models` and `Run.apart` of runs that were put together for a report.

    A model is the same where the digest of its files, its adapter, options, versions, device and precision are: a name says nothing.
    """
    for run in runs:
        same: dict[str, str] = {}
        apart: list[str] = []
        for model in _only_measured(run):
            found = _scored_as(model, run, runs, store)
            if len(found) == 1:
                same[model] = found[0]
            elif found:
                apart.append(
                    f"{run.name}:{model} was only measured, and {' and '.join(found)} are both of that model: it stands in a row of its own."
                )
            elif any(one is not run and _scored(one) for one in runs):
                apart.append(
                    f"{run.name}:{model} was only measured, and no scored model of the other runs is the same by its files, options, "
                    "device and precision on the task whose texts it was measured on: it stands in a row of its own."
                )
        run.know(same_models=same, apart=tuple(apart))


def _only_measured(run: Run) -> list[str]:
    measured = dict.fromkeys(profile.model for profile in run.profiles)
    judged = {cell.model for cell in run.cells if not is_hardware_view(cell.task_path)}
    return [model for model in measured if model not in judged]


def _scored(run: Run) -> list[str]:
    return list(dict.fromkeys(cell.model for cell in run.cells if cell.status == "scored"))


def _scored_as(model: str, run: Run, runs: Iterable[Run], store: Store) -> list[str]:
    """Names, as ``RUN:MODEL``, of scored models that are the same; those with the same stored answers count once."""
    found: dict[frozenset[str | None], str] = {}
    for other in runs:
        if other is run:
            continue
        for name in _scored(other):
            if profiles_of_same_model(StoredModel(store, other, name), StoredModel(store, run, model)):
                keys = frozenset(cell.key for cell in other.cells if cell.model == name and cell.status == "scored")
                found.setdefault(keys, f"{other.name}:{name}")
    return list(found.values())
