"""Open the model of a planned cell, as it was planned or as ``--precision fast`` chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from benchwright import registry
from benchwright.execution.records import to_records
from benchwright.precision.subject import FastSubject
from benchwright.precision.token_budget import has_auto, without_auto
from benchwright.store import Store
from benchwright.types import Adapter, Context, Derives, HasVariants, ModelRef, PlannedCell, Session


def open_session(cell: PlannedCell, *, tell: Callable[[str, int, int], None], store: Store | None = None) -> Session:
    """The model of a planned cell, ready to answer; what an adapter throws is not caught.

    A derivation first makes its checkpoint, and the adapter of that one opens it. Under ``--precision fast`` it is computed as was
    chosen for the cell, which is chosen now unless it was before; without a store, where a few texts are asked, exactly.
    """
    adapter, model, context = find_opener(cell, tell=tell)
    if not is_chosen(cell, adapter, context):
        return adapter.open(model, cell.task, context)
    from benchwright.precision.stored import open_as_chosen

    subject = fast_subject(cell, adapter, model, context)
    return subject.open_exact() if store is None else open_as_chosen(subject, store, str(cell.id))


def is_chosen(cell: PlannedCell, adapter: Adapter, context: Context) -> bool:
    """Whether ``--precision fast`` looks for something: a way of computing, or the tokens of a forward pass of a model that has one way."""
    return context.precision == "fast" and (isinstance(adapter, HasVariants) or has_auto(cell.model))


def fast_subject(cell: PlannedCell, adapter: Adapter, model: ModelRef, context: Context) -> FastSubject:
    """What ``--precision fast`` chooses for: the model of a cell as `find_opener` found it."""
    assert cell.key is not None
    return FastSubject(
        adapter=adapter,
        model=model,
        task=cell.task,
        context=context,
        examples=cell.examples,
        to_records=partial(to_records, task=cell.task, labels=cell.key.labels),
        cache=context.workdir,
        auto_budget=has_auto(cell.model),
    )


def find_opener(cell: PlannedCell, *, tell: Callable[[str, int, int], None]) -> tuple[Adapter, ModelRef, Context]:
    """Which adapter opens the model of a planned cell, under which reference; of a derivation the checkpoint is made now."""
    assert cell.adapter is not None
    assert cell.context is not None
    assert cell.key is not None
    context = replace(cell.context, labels=cell.key.labels, tell=tell)
    asked = without_auto(cell.model)
    if not isinstance(cell.adapter, Derives):
        return cell.adapter, asked, context
    model = cell.adapter.resolve(asked, cell.task, context)
    return registry.get("adapters", model.adapter), model, context
