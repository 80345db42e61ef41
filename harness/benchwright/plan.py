"""Plan a run: resolve names, hash data, align labels, make cell keys; no heavy library is imported."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.explained_cells import choice_problems, with_status
from benchwright.measured_cells import measured_together
from benchwright.planning.cell import place_of, plan_cell
from benchwright.planning.desk import PlanningDesk, Rerun
from benchwright.quantities import mixed_score
from benchwright.spec_checks import option_problems, setting_problems
from benchwright.store import Store
from benchwright.task_refs import ResolvedTask
from benchwright.types import (
    Adapter,
    CellPlace,
    Dataset,
    Example,
    ModelRef,
    PlannedCell,
    RunSpec,
    Suite,
    Task,
)
from benchwright.view_refs import resolve_targets


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a run will do, in the order it was asked for."""

    spec: RunSpec
    cells: tuple[PlannedCell, ...]
    suites: tuple[Suite, ...]

    @property
    def runnable(self) -> tuple[PlannedCell, ...]:
        """Cells that are stored or can be computed."""
        return tuple(cell for cell in self.cells if cell.status in ("run", "resume", "stored"))


def make_token() -> str:
    """A random token in place of the digest of models without one; unique per run."""
    return secrets.token_hex(16)


def make_plan(
    spec: RunSpec, store: Store, *, rerun: Rerun = "missing", token: str | None = None, only: CellPlace | None = None
) -> Plan:
    """The plan of a specification.

    A task of a whole suite that has no data here, or that a model cannot serve, is listed with the reason; one that was
    named is an error. All errors are raised together.

    Args:
        spec: What was asked for.
        store: Where finished cells are looked up.
        rerun: What becomes of those.
        token: Of an unfinished run that goes on; default: a new one, under which nothing is stored yet.
        only: The one cell that is planned; default: all of them.

    Raises:
        ConfigError: Unknown names, options or splits; named tasks without data; labels that do not match; a malformed
            file of data or predictions.
    """
    desk = PlanningDesk(
        spec=spec, store=store, rerun=rerun, token=token or make_token(), folder=Path(spec.data) if spec.data else None
    )
    desk.problems += setting_problems(spec)
    adapters = {model.adapter: _adapter(desk, model) for model in spec.models}
    targets = _targets(desk)
    desk.problems += option_problems(spec, adapters)
    if desk.problems:
        raise ConfigError(desk.problems, where="the run")
    wanted = [(model, target) for model in spec.models for target in targets if only in (None, place_of(model, target))]
    cells = []
    for model, target in wanted:
        cell = plan_cell(desk, adapters[model.adapter], model, target)
        cells.append(cell)
        if cell is not None:
            desk.planned[cell.place] = cell
    found = [cell for cell in cells if cell]
    if only is None:
        desk.problems += choice_problems(found, spec.models)
    if desk.problems:
        raise ConfigError(_distinct(desk.problems), where="the run")
    suites = {target.suite.name: target.suite for target in targets}
    planned = with_status(measured_together(found), store, rerun=rerun, seed=spec.seed)
    return Plan(spec=spec, cells=tuple(planned), suites=tuple(suites.values()))


def plan_given(spec: RunSpec, suite: Suite, task: Task, examples: Sequence[Example], store: Store) -> PlannedCell:
    """The cell of one model over items that are given instead of read; nothing of it is looked up in the store.

    Args:
        spec: Of one model.
        suite: Of the task, whose train split serves a model that needs one.
        task: What the items are items of.
        examples: The items.
        store: Where a checkpoint that is made for the model lies.

    Raises:
        ConfigError: The model cannot answer the task, or its labels do not match.
    """
    folder = Path(spec.data) if spec.data else None
    given = Dataset(examples=tuple(examples), digest="", origin="given")
    desk = PlanningDesk(spec=spec, store=store, rerun="always", token=make_token(), folder=folder, given=given)
    desk.problems += setting_problems(spec)
    (model,) = spec.models
    adapter = _adapter(desk, model)
    desk.problems += option_problems(spec, {model.adapter: adapter})
    target = ResolvedTask(suite=suite, task=task, split="given", explicit=True)  # type: ignore[arg-type]
    cell = None if desk.problems or adapter is None else plan_cell(desk, adapter, model, target)
    if desk.problems or cell is None:
        raise ConfigError(_distinct(desk.problems), where="explain")
    return cell


def _adapter(desk: PlanningDesk, model: ModelRef) -> Adapter | None:
    try:
        adapter: Adapter = registry.get("adapters", model.adapter)
    except PluginError as error:
        desk.problems.append(error)
        return None
    return adapter


def _targets(desk: PlanningDesk) -> list[ResolvedTask]:
    try:
        targets = resolve_targets(desk.spec.suites, desk.spec.on, desk.spec.split, data=desk.folder)
    except ConfigError as error:
        desk.problems.extend(error.problems)
        return []
    desk.problems += [
        BenchwrightError(
            f"{target.path}: {mixed}",
            expected="a card whose score is one metric, or fractions of which all are better high or all low",
            hint="tell the author of the suite",
        )
        for target in targets
        if (mixed := mixed_score(target.task))
    ]
    # A hardware profile alone stands there without its task.
    every = [one for target in targets for one in (target, target.base) if one is not None]
    desk.own = {(one.suite.name, one.task.name): one for one in every if one.is_made}
    return list(targets)


def _distinct(problems: Sequence[BenchwrightError]) -> list[BenchwrightError]:
    return list({str(problem): problem for problem in problems}.values())
