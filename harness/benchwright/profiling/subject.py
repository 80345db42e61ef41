"""What is measured: the cell of a job planned again in the process that measures, and what of it is needed to open and ask the model."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from benchwright import registry
from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.errors import BenchwrightError, StoreError
from benchwright.execution.opening import fast_subject, find_opener, is_chosen
from benchwright.plan import make_plan
from benchwright.precision.stored import chosen_reference
from benchwright.profiling.inputs import distinct_inputs
from benchwright.profiling.messages import Tell
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.types import Adapter, CellJob, Context, Example, Facts, HasVariants, ModelRef, PlannedCell, Task


@dataclass(frozen=True, kw_only=True)
class ProfileSubject:
    """A model and its inputs, once the data were read.

    Attributes:
        adapter: Opens the model.
        model: Under this reference; of a derivation its checkpoint.
        task: Whose inputs they are.
        context: What the adapter is lent.
        facts: Of what is opened.
        inputs: Distinct inputs, without gold answers.
        seed: Of the run.
    """

    adapter: Adapter
    model: ModelRef
    task: Task
    context: Context
    facts: Facts
    inputs: tuple[Example, ...]
    seed: int


def find_files(subject: ProfileSubject) -> tuple[list[Path], str]:
    """Files that the model is read from, and why these are not known; empty: they are, also where there are none.

    Of a path of this machine all files below it, of a repository of a hub those in the cache. A model without a digest (a function) may
    read any file; one of no bytes (a constant answer) or without a path (trained when it is opened) has none, whatever its path is
    called.
    """
    facts, model = subject.facts, subject.model
    if facts.digest is None:
        return [], "the adapter does not know which files the model reads, so none was taken out of memory before"
    if not model.path or facts.size_bytes == 0:
        return [], ""
    try:
        place = Path(model.path)
        if not place.exists():
            if facts.size_bytes is None:
                return [], ""
            place = locate_checkpoint(model, subject.context, fetch=False).folder
        return [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file()), ""
    except (BenchwrightError, OSError, ValueError) as error:
        return [], f"where the files of the model lie is not known: {told_in_line(error)}"


def told_in_line(error: Exception) -> str:
    """An error in one line."""
    return error.line if isinstance(error, BenchwrightError) else str(error)


def plan_again(job: CellJob, machine: str) -> PlannedCell:
    """The planned cell of a job; the working folder is the job's from now on, since paths of models and data are relative to it.

    Args:
        job: Of any cell of the model on the task.
        machine: Fingerprint that stands in its key. This process's own may differ: it was told how many threads to use.

    Raises:
        StoreError: What is planned here is another cell.
        ConfigError: The models or the data cannot be found from here.
    """
    os.chdir(job.folder)
    plan = make_plan(job.spec, Store(Path(job.store)), token=job.token or None, only=job.place)
    for cell in plan.cells:
        if cell.key is not None and job.key in (cell.id, key_id(msgspec.structs.replace(cell.key, machine=machine))):
            return cell
    model, path, _ = job.place
    raise StoreError(
        f"{model} on {path} is no longer the cell {job.key[:12]} that was planned",
        expected="the same model, data and library versions in the process that measures",
        hint="type the command again",
    )


def is_fast(cell: PlannedCell) -> bool:
    """Whether how the model is computed is chosen before it is measured (``--precision fast``)."""
    fast = cell.context is not None and cell.context.precision == "fast"
    return fast and isinstance(cell.adapter, HasVariants)


def subject_of(
    cell: PlannedCell,
    *,
    seed: int,
    tell: Tell,
    checkpoint: ModelRef | None = None,
    store: Store | None = None,
    key: str = "",
) -> ProfileSubject:
    """What is needed of a planned cell to open and ask its model.

    Args:
        cell: The cell.
        seed: Of the run.
        tell: Told what is done to make a checkpoint.
        checkpoint: Of a derivation what it made, and of a model that is computed fast the way that was chosen; None: that is done now,
            unless it was before.
        store: Where the choice of a fast way is kept; None: nothing is chosen.
        key: Of the cell there.
    """
    assert cell.facts is not None
    assert cell.context is not None
    assert cell.key is not None
    if checkpoint is None:
        adapter, model, context = find_opener(cell, tell=tell)
        if store is not None and is_chosen(cell, adapter, context):
            model = chosen_reference(fast_subject(cell, adapter, model, context), store, key)
            adapter, context = registry.get("adapters", model.adapter), replace(context, precision="exact")
    else:
        adapter, model = registry.get("adapters", checkpoint.adapter), checkpoint
        context = replace(cell.context, labels=cell.key.labels, tell=tell)
        if isinstance(adapter, HasVariants):
            context = replace(context, precision="exact")  # its reference says what is computed
    facts = cell.facts if model is cell.model else adapter.inspect(model, cell.task, context)
    return ProfileSubject(
        adapter=adapter,
        model=model,
        task=cell.task,
        context=context,
        facts=facts,
        inputs=distinct_inputs(cell.examples),
        seed=seed,
    )
