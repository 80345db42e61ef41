"""Planned explanations: which models and tasks have none, and how much of each is in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import metadata
from typing import Any

from benchwright import registry
from benchwright.errors import BenchwrightError, ModelError, PluginError, StoreError
from benchwright.explain_choice import choice_of, spec_of, unknown_names, why_not_chosen
from benchwright.explanations.attachment import attachment_spec
from benchwright.explanations.methods import method_named
from benchwright.explanations.reading import refuse
from benchwright.store import Store, attachments
from benchwright.types import ExplainSpec, MayHaveGradients, ModelRef, PlannedCell


def refuse_unexplained(base: PlannedCell, spec: ExplainSpec) -> None:
    """Raise BenchwrightError for answers that cannot be explained as asked for: read from a file, or chosen by a rightness they lack."""
    assert base.facts is not None
    if base.facts.replayed:
        raise ModelError(
            f"{base.model.name} reads answers that were made elsewhere: it cannot be asked about an item without some of its words",
            expected="a model that answers here",
            hint="name the model itself: ./checkpoint, a hub id, tfidf, python:FILE.py:FUNCTION",
        )
    adapter: Any = base.adapter
    has_none = isinstance(adapter, MayHaveGradients) and not adapter.gradients
    if has_none and getattr(method_named(spec.method), "gradients", False):
        raise ModelError(
            f"{spec.method} needs gradients, and {base.model.adapter} models have none",
            expected="a checkpoint opened by torch: ./checkpoint, a hub id, finetune:./encoder",
            hint="--method shap, lime or leave_one_out explain any model that answers",
        )
    if unexplained := refuse(base.task, spec):
        raise unexplained
    if wrong := why_not_chosen(spec, base.task):
        raise wrong
    lacking = [name for name in method_named(spec.method).packages if not _is_installed(name)]
    if lacking:
        raise PluginError(
            f"{spec.method} needs {', '.join(lacking)}, which {'is' if len(lacking) == 1 else 'are'} not installed",
            hint='pip install "benchwright[explain]"',
        )


def choice_problems(cells: Sequence[PlannedCell], models: Iterable[ModelRef]) -> list[BenchwrightError]:
    """What is wrong with the choice of items: names of models and items that there are not."""
    names = [model.name for model in models]
    specs = {spec_of(cell) for cell in cells if cell.is_explanation}
    asked = dict.fromkeys(name for spec in specs for name in spec.flips)
    strangers = [
        BenchwrightError(
            f"flips names {name!r}, which is no model of the run",
            expected=f"two of: {', '.join(names)}",
            hint=registry.suggest(name, names) or "flips=A,B names two models of the same run",
        )
        for name in asked
        if name not in names
    ]
    return [*strangers, *unknown_names(cell for cell in cells if cell.is_explanation)]


def with_status(cells: Sequence[PlannedCell], store: Store, *, rerun: str, seed: int) -> list[PlannedCell]:
    """All cells of a plan; explanations of answers that are in the store say how many of their items are explained already."""
    return [
        _with_status(cell, cells, store, rerun=rerun, seed=seed)
        if cell.is_explanation and cell.status not in ("missing", "refused")
        else cell
        for cell in cells
    ]


def _with_status(
    cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, rerun: str, seed: int
) -> PlannedCell:
    """An explanation that was planned as its base was: ``stored`` where its answers are, until this is said."""
    if cell.status != "stored":
        return replace(cell, status="run", reason="explains the answers of the task, once these are there")
    name = attachments.name_of(attachment_spec(spec_of(cell), cell.task, seed=seed))
    try:
        chosen = choice_of(cell, every, store, seed=seed)
        there = attachments.read_ids(store, str(cell.id), name).intersection(chosen.ids)
    except StoreError as error:
        return _unless_never(cell, rerun, f"computed anew: {error.problem}")
    except BenchwrightError:  # answers that the choice depends on are not there yet
        return _unless_never(cell, rerun, "chosen by answers that are not there yet")
    if not chosen.ids:
        return replace(cell, status="stored", reason=f"nothing to explain: {chosen.text}")
    if len(there) == len(chosen.ids):
        return replace(cell, status="stored", reason=f"explained earlier: {chosen.text}")
    if there:
        told = f"{chosen.text}: {len(there):,} explained earlier"
        return replace(_unless_never(cell, rerun, told), status="missing" if rerun == "never" else "resume")
    return _unless_never(cell, rerun, f"explains {chosen.text}")


def _unless_never(cell: PlannedCell, rerun: str, reason: str) -> PlannedCell:
    if rerun == "never":
        return replace(cell, status="missing", reason="not all of it is in the store, and --rerun never")
    return replace(cell, status="run", reason=reason)


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True
