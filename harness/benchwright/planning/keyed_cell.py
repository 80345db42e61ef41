"""The key of a planned cell, and what the store holds under it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchwright.measured_cells import key_fields, status_of
from benchwright.planning.desk import PlanningDesk
from benchwright.planning.first_examples import first_examples
from benchwright.spec_checks import ENGINE_OPTIONS
from benchwright.store.folder import key_id
from benchwright.task_refs import ResolvedTask
from benchwright.types import (
    DAMAGED,
    ENGINE,
    KEY,
    RERUN_ALWAYS,
    Adapter,
    CellKey,
    Context,
    Dataset,
    Facts,
    LabelMap,
    PlannedCell,
    ReadsFiles,
    Status,
)


@dataclass(frozen=True, kw_only=True)
class CellInputs:
    """A cell whose data were read, before its model is looked at.

    Attributes:
        blank: The cell with model, task and split alone.
        target: Its task, with the split and the view.
        adapter: Opens the model.
        context: What the adapter is lent.
        dataset: The split under evaluation.
    """

    blank: PlannedCell
    target: ResolvedTask
    adapter: Adapter
    context: Context
    dataset: Dataset


def keyed(desk: PlanningDesk, asked: CellInputs, facts: Facts, mapping: LabelMap) -> PlannedCell:
    """The cell with its key, its examples, and whether it is stored, resumed or computed; `PlannedCell.id` names it in the store."""
    blank, target, adapter, dataset = asked.blank, asked.target, asked.adapter, asked.dataset
    spec, model, task = desk.spec, blank.model, blank.task
    limit = target.least(spec.limit)
    measured = key_fields(blank.view, desk.machine(), desk.token, model.name) if blank.is_hardware else {}
    whole = len(dataset.examples) if target.base is None else len(desk.dataset(target.base).examples)
    # options that name files: the digest holds their content, and no machine path enters a key
    aside = {*ENGINE_OPTIONS, *(adapter.files if isinstance(adapter, ReadsFiles) else ())}
    key = CellKey(
        schema=KEY,
        engine=ENGINE,
        model=facts.digest or f"run:{desk.token}:{model.name}",
        adapter=adapter.name,
        adapter_version=adapter.version,
        options={name: value for name, value in sorted(model.options.items()) if name not in aside},
        versions=facts.versions,
        task=blank.task_path,
        kind=task.kind,
        inputs=tuple(task.inputs),
        split=blank.split,
        limit=limit if limit is not None and limit < whole else None,
        seed=spec.seed,
        data=dataset.digest,
        labels=mapping,
        precision=spec.precision,
        device=spec.device,
        card=desk.card(target, task, dataset) if _is_told_by_card(desk, blank) else "",
        **measured,
    )
    name = key_id(key)
    status, reason = status_of(desk.store, name, desk.rerun) if measured else _status(desk, name)
    return replace(
        blank,
        status=status,
        reason=reason,
        adapter=adapter,
        context=asked.context,
        facts=facts,
        dataset=dataset,
        examples=first_examples(dataset.examples, key.limit if target.base is None or measured else None),
        key=key,
        id=name,
    )


def _status(desk: PlanningDesk, name: str) -> tuple[Status, str]:
    if desk.store.is_complete(name) and desk.rerun != "always":
        if desk.store.is_intact(name):
            return "stored", "same model, data and settings"
        return ("missing", f"{DAMAGED}, and --rerun never") if desk.rerun == "never" else ("run", DAMAGED)
    if desk.rerun == "never":
        return "missing", "not in the store, and --rerun never"
    if desk.rerun == "always":
        return "run", RERUN_ALWAYS
    if desk.store.is_begun_otherwise(name):
        return "run", DAMAGED
    started = any((desk.store.cell_folder(name) / "shards").glob("*.parquet"))
    return ("resume", "continues after its last finished shard") if started else ("run", "not in the store")


def _is_told_by_card(desk: PlanningDesk, cell: PlannedCell) -> bool:
    """Whether what stands beside inputs and targets may change while they stay: in a user's own data, in tests, in views."""
    return (cell.suite.name, cell.task.name) in desk.own or cell.task.behaviour or bool(cell.task.view_of)
