"""What a method says of a model on a task, from the attachment: items, faithfulness against random attributions, price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchwright.explain_cells import attachment_spec, chosen_items, spec_of
from benchwright.explanations.alarms import alarms_of
from benchwright.explanations.methods import method_named
from benchwright.explanations.scores import faithfulness_scores, is_distinguishable, stability
from benchwright.explanations.targets import scale_of
from benchwright.store import Store, attachments
from benchwright.types import Explanation, ExplanationSummary, PlannedCell, QueryCount


def summarise_cell(cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, seed: int) -> ExplanationSummary:
    """The summary of a planned explanation that is in the store."""
    spec, key = spec_of(cell), str(cell.id)
    ids = chosen_items(cell, every, store, seed=seed)
    name = attachments.name_of(attachment_spec(spec, cell.task, seed=seed))
    there = attachments.read(store, key, name)
    found = [there[one] for one in ids if one in there]
    clusters = {example.id: example.cluster for example in cell.examples}
    scores, steady = faithfulness_scores(found, clusters), stability(found, clusters)
    scale = scale_of(cell.task, spec.scale)
    return ExplanationSummary(
        model=cell.model.name,
        method=spec.method,
        base=cell.task.view_of,
        split=cell.split,
        key=key,
        attachment=name,
        spec=spec,
        ids=ids,
        chosen="",
        items=sum(bool(one.attributions) for one in found),
        failed=sum(one.error is not None for one in found),
        empty=sum(one.error is None and not one.attributions for one in found),
        targets=sum(len(one.attributions) for one in found),
        scale=scale,
        removal=spec.removal,
        faithfulness=scores,
        is_distinguishable=is_distinguishable(scores),
        stability=steady.value,
        stability_n=steady.n,
        draws=getattr(method_named(spec.method), "draws", False),
        alarms=alarms_of(found, scores, steady, spec=spec, scale=scale),
        queries=_summed(found),
        seconds=attachments.read_seconds(store, key, name),
    )


def _summed(found: Iterable[Explanation]) -> QueryCount:
    counts = [one.queries for one in found]
    return QueryCount(**{name: sum(getattr(one, name) for one in counts) for name in QueryCount.__struct_fields__})
