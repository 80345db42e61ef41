"""Plan one cell: what its adapter knows of the model, how labels are tied, why it is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import msgspec

from benchwright import labels, missing_labels
from benchwright.errors import BenchwrightError, DataMissing, LabelError, ModelError, PluginError
from benchwright.explain_choice import spec_of
from benchwright.explained_cells import refuse_unexplained
from benchwright.measured_cells import refuse_untimed
from benchwright.planning.desk import PlanningDesk, context_of
from benchwright.planning.keyed_cell import CellInputs, keyed
from benchwright.precision.token_budget import refuse_auto, without_auto
from benchwright.task_refs import ResolvedTask, checkpoint_for
from benchwright.types import (
    Adapter,
    CellPlace,
    Facts,
    Identifies,
    LabelMap,
    ModelRef,
    PlannedCell,
    Task,
)


def plan_cell(desk: PlanningDesk, adapter: Adapter | None, model: ModelRef, target: ResolvedTask) -> PlannedCell | None:
    """The cell of a model and a task; None when a problem was noted instead."""
    assert adapter is not None
    blank = PlannedCell(
        model=model, suite=target.suite, task=target.task, split=target.split, status="refused", view=target.view
    )
    if target.refused:
        return replace(blank, reason=target.refused)
    if blank.is_explanation and target.base is not None:
        return _explained(desk, adapter, blank, target, target.base)
    try:
        dataset = desk.dataset(target)
    except DataMissing as error:
        return _absent(desk, blank, target, error, "missing")
    except PluginError as error:  # of a view: the library that makes it is not installed
        return _absent(desk, blank, target, error, "refused")
    except BenchwrightError as error:
        desk.problems.append(error)
        return None
    if target.task.kind not in adapter.kinds:
        kinds = ", ".join(adapter.kinds)
        given = f"the adapter {adapter.name} cannot serve {target.suite.name}/{target.task.name} ({target.task.kind})"
        return _absent(
            desk,
            blank,
            target,
            PluginError(
                given,
                expected=f"a task of kind: {kinds}",
                hint="`benchwright list adapters` says which kinds of task each can serve",
            ),
            "refused",
        )
    used: list[str] = []
    context = context_of(desk, target, dataset, used)
    blank = replace(blank, model=checkpoint_for(model, target))
    asked = CellInputs(blank=blank, target=target, adapter=adapter, context=context, dataset=dataset)
    return _stored(desk, asked) or _inspected(desk, asked, used)


def place_of(model: ModelRef, target: ResolvedTask) -> CellPlace:
    """Model, task and split of a cell."""
    return model.name, target.path, target.split


def _inspected(desk: PlanningDesk, asked: CellInputs, used: Sequence[str]) -> PlannedCell | None:
    """The cell with what its adapter finds out of the model; None when a problem was noted instead."""
    blank, target = asked.blank, asked.target
    try:
        facts = _inspect(desk, asked)
        mapping = _label_map(blank.model, _asked_card(blank, target), facts)
    except DataMissing as error:
        return _absent(desk, blank, target, error, "missing")
    except (LabelError, ModelError) as error:
        return _absent(desk, blank, target, error, "refused")
    except BenchwrightError as error:
        desk.problems.append(error)
        return None
    facts = msgspec.structs.replace(facts, notes=(*facts.notes, *dict.fromkeys(used)))
    return keyed(desk, asked, facts, mapping)


def _stored(desk: PlanningDesk, asked: CellInputs) -> PlannedCell | None:
    """The cell with the facts that it was made with, where its adapter can name it without a look at its answers and it is in the store."""
    blank, target, adapter = asked.blank, asked.target, asked.adapter
    if not isinstance(adapter, Identifies) or blank.is_hardware:
        return None
    try:
        facts = adapter.identify(blank.model, target.task, asked.context)
        mapping = _label_map(blank.model, _asked_card(blank, target), facts)
    except BenchwrightError:  # whatever it is, `inspect` tells it
        return None
    cell = keyed(desk, asked, facts, mapping)
    if cell.status != "stored" or cell.id is None:
        return None
    return replace(cell, facts=desk.store.read_cell(cell.id).facts)


def _explained(
    desk: PlanningDesk, adapter: Adapter, blank: PlannedCell, target: ResolvedTask, base: ResolvedTask
) -> PlannedCell | None:
    """The explanation of the answers of a cell, planned as that cell is; None when a problem was noted instead."""
    answered = desk.planned.get(place_of(blank.model, base)) or plan_cell(desk, adapter, blank.model, base)
    if answered is None:
        return None
    if answered.status in ("missing", "refused"):
        return replace(blank, status=answered.status, reason=answered.reason)
    cell = replace(answered, suite=blank.suite, task=blank.task, view=blank.view)
    try:
        refuse_unexplained(answered, spec_of(cell))
    except BenchwrightError as error:
        return _absent(desk, blank, target, error, "refused")
    return cell


def _asked_card(cell: PlannedCell, target: ResolvedTask) -> Task:
    """The card by whose name a model is asked: under a hardware view that of the task itself, so that a mistake is told once."""
    return target.base.task if cell.is_hardware and target.base is not None else target.task


def _inspect(desk: PlanningDesk, asked: CellInputs) -> Facts:
    """What the adapter knows of the model; for a hardware profile of the task itself, whose inputs are asked as they are.

    Raises what makes the model unusable for the task.
    """
    cell, target = asked.blank, asked.target
    refuse_auto(cell.model, asked.context.precision)
    model = without_auto(cell.model)
    if not cell.is_hardware or target.base is None:
        return asked.adapter.inspect(model, target.task, asked.context)
    base = context_of(desk, target.base, desk.dataset(target.base), [])
    facts = asked.adapter.inspect(model, target.base.task, base)
    refuse_untimed(cell.model, facts)
    return facts


def _label_map(model: ModelRef, task: Task, facts: Facts) -> LabelMap:
    if not task.labels:
        if "labels" in model.options:
            raise LabelError(
                f"{task.name} has no labels, but {model.name} was given a label map", hint="leave ?labels= out"
            )
        return LabelMap(to_task=(), origin="task")
    given = [part.strip() for part in model.options.get("labels", "").split(",") if part.strip()]
    found = labels.align(task, facts.labels, mapping=given, model=model.name)
    if labels.may_lack(task) and facts.labels is None and facts.lacks:
        found = msgspec.structs.replace(found, lacks=facts.lacks)
    if "neutral" not in model.options or not labels.may_lack(task) or len(task.labels) != 3:
        return found
    neutral = missing_labels.read_neutral(model.options["neutral"], task, found, facts, model=model.name)
    return msgspec.structs.replace(found, lacks=(), neutral=neutral)


def _absent(
    desk: PlanningDesk,
    blank: PlannedCell,
    target: ResolvedTask,
    error: BenchwrightError,
    status: Literal["missing", "refused"],
) -> PlannedCell | None:
    if target.explicit:
        desk.problems.append(error)
        return None
    # What is not installed says what to type, as nothing else that is left out can be helped so.
    return replace(blank, status=status, reason=error.line if isinstance(error, PluginError) else error.problem)
