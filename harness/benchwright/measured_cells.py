"""Planned hardware profiles: what their keys hold beside those of predictions, what becomes of stored ones, which models have no time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from benchwright import callables
from benchwright.errors import ModelError
from benchwright.store import Store
from benchwright.types import DAMAGED, RERUN_ALWAYS, TOGETHER, Facts, Machine, ModelRef, PlannedCell, Status, View


def key_fields(view: View | None, machine: Machine, token: str, model: str) -> dict[str, Any]:
    """Fields of the key of a hardware profile that predictions do not have.

    The model's name is in it: of two names of one model each is measured by itself, as a check of the machine.

    Args:
        view: Of the cell, one with a profile.
        machine: Where it is measured.
        token: Of the run, which no other run has.
        model: What the model is called in the run.
    """
    assert view is not None
    return {"machine": machine.fingerprint, "profile": view.profile, "session": f"{token}:{model}"}


def status_of(store: Store, key: str, rerun: str) -> tuple[Status, str]:
    """What becomes of a hardware profile, and why: it is used again by its own run alone, since no other one has its key."""
    if store.is_complete(key) and rerun != "always":
        if store.is_intact(key):
            return "stored", "measured earlier in this run"
        return ("missing", f"{DAMAGED}, and --rerun never") if rerun == "never" else ("run", DAMAGED)
    if rerun == "never":
        return "missing", "not measured in this run, and --rerun never"
    if rerun == "always":
        return "run", RERUN_ALWAYS
    return ("run", DAMAGED) if store.is_begun_otherwise(key) else ("run", "measured anew in each run")


def measured_together(cells: Sequence[PlannedCell]) -> list[PlannedCell]:
    """All cells of a plan; those of an interleaved session are measured again unless all of them are there, since blocks are compared
    with their neighbours in time alone.
    """
    lacking = {(cell.task_path, cell.split) for cell in cells if _is_interleaved(cell) and cell.status == "run"}
    return [
        replace(cell, status="run", reason=TOGETHER)
        if _is_interleaved(cell) and cell.status == "stored" and (cell.task_path, cell.split) in lacking
        else cell
        for cell in cells
    ]


def refuse_untimed(model: ModelRef, facts: Facts) -> None:
    """Raise ModelError for what has no time of its own here: answers that were made elsewhere, functions of this session."""
    if facts.replayed:
        raise ModelError(
            f"{model.name} reads answers that were made elsewhere: there is nothing to time",
            expected="a model that computes its answers on this machine",
            hint="name the model itself: ./checkpoint, a hub id, tfidf, python:FILE.py:FUNCTION",
        )
    if model.adapter == "python" and callables.is_kept(model.path):
        raise ModelError(
            f"{model.name} is a function of this session, and each model is timed in a fresh process, which cannot import it",
            expected="python:FILE.py:FUNCTION or python:MODULE:FUNCTION",
            hint="put the function into a file: python:my_model.py:predict",
        )


def _is_interleaved(cell: PlannedCell) -> bool:
    return cell.view is not None and cell.view.profile is not None and cell.view.profile.scenario == "interleaved"
