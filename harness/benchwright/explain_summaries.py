"""What a method says of a model on a task, from the attachment: items, faithfulness against random attributions, price."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import msgspec

from benchwright.alarm import in_order
from benchwright.explain_choice import choice_of, spec_of
from benchwright.explanations.alarms import BASELINE, alarms_of, plausibility_notes
from benchwright.explanations.attachment import attachment_spec
from benchwright.explanations.methods import method_named
from benchwright.explanations.plausibility import plausibility_scores
from benchwright.explanations.reading import removal_of, scale_of
from benchwright.explanations.scores import (
    TOP,
    Clusters,
    agreement,
    drift,
    faithfulness_scores,
    is_distinguishable,
    stability,
)
from benchwright.store import Store, attachments
from benchwright.types import (
    Example,
    ExplainSpec,
    Explanation,
    ExplanationSummary,
    MethodAgreement,
    PlannedCell,
    QueryCount,
    ScoreScale,
    Task,
)


def summarise_cell(cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, seed: int) -> ExplanationSummary:
    """The summary of a planned explanation that is in the store."""
    spec, key = spec_of(cell), str(cell.id)
    chosen = choice_of(cell, every, store, seed=seed)
    name = attachments.name_of(attachment_spec(spec, cell.task, seed=seed))
    there = attachments.read(store, key, name, chosen.ids)
    found = summarise(
        [there[one] for one in chosen.ids if one in there],
        spec=spec,
        task=cell.task,
        model=cell.model.name,
        examples=cell.examples,
        base=cell.task.view_of,
    )
    return msgspec.structs.replace(
        found,
        split=cell.split,
        key=key,
        attachment=name,
        ids=chosen.ids,
        chosen=chosen.text,
        seconds=attachments.read_seconds(store, key, name, chosen.ids),
    )


def summarise(
    found: Sequence[Explanation],
    *,
    spec: ExplainSpec,
    task: Task,
    model: str,
    examples: Sequence[Example],
    base: str,
) -> ExplanationSummary:
    """The summary of explanations, wherever they are from: of no cell and of no attachment.

    Args:
        found: What is summed up.
        spec: What was asked for.
        task: Whose items they are.
        model: Whose answers.
        examples: Their items among others.
        base: ``suite/task``.
    """
    clusters = {example.id: example.cluster for example in examples}
    scores, steady = faithfulness_scores(found, clusters), stability(found, clusters)
    away = drift(found)
    scale = _scale(found) or scale_of(task, spec.scale)
    rationales = {example.id: example.rationale for example in examples if example.rationale is not None}
    plausible = plausibility_scores(found, rationales, clusters)
    return ExplanationSummary(
        model=model,
        method=spec.method,
        base=base,
        split="",
        key="",
        attachment="",
        spec=spec,
        ids=tuple(one.id for one in found),
        chosen="",
        items=sum(bool(one.attributions) for one in found),
        failed=sum(one.error is not None for one in found),
        empty=sum(one.error is None and not one.attributions for one in found),
        targets=sum(len(one.attributions) for one in found),
        scale=scale,
        removal=removal_of(task, spec.removal),
        faithfulness=scores,
        is_distinguishable=is_distinguishable(scores, away),
        drift=away,
        stability=steady.value,
        stability_n=steady.n,
        draws=getattr(method_named(spec.method), "draws", False),
        plausibility=plausible,
        alarms=in_order(
            (
                *alarms_of(found, scores, steady, spec=spec, scale=scale),
                *plausibility_notes(found, plausible, {example.id: example.target for example in examples}),
            )
        ),
        queries=_summed(found),
    )


def agreements(
    summaries: Sequence[ExplanationSummary], cells: Sequence[PlannedCell], store: Store
) -> tuple[MethodAgreement, ...]:
    """How far each two explanations of a model's answers to a task agree, in the order of the summaries.

    Random attributions are left out: that they agree with nothing is known, and ``overlap_random`` says what chance gives.
    """
    clusters = {
        str(cell.id): {example.id: example.cluster for example in cell.examples}
        for cell in cells
        if cell.is_explanation
    }
    return agreements_of(summaries, clusters, store)


def agreements_of(
    summaries: Sequence[ExplanationSummary], clusters: Mapping[str, Clusters], store: Store
) -> tuple[MethodAgreement, ...]:
    """The same, given the clusters of the items of each cell."""
    return tuple(
        _agreement(one, other, clusters[one.key], store)
        for one, other in combinations([one for one in summaries if one.method != BASELINE], 2)
        if (one.model, one.key, one.base) == (other.model, other.key, other.base) and one.attachment != other.attachment
    )


def _agreement(one: ExplanationSummary, other: ExplanationSummary, clusters: Clusters, store: Store) -> MethodAgreement:
    both = set(one.ids) & set(other.ids)
    first, second = (attachments.read(store, side.key, side.attachment, ids=both) for side in (one, other))
    found = agreement({item: first[item] for item in one.ids if item in first}, second, clusters)
    return MethodAgreement(
        model=one.model,
        base=one.base,
        split=one.split,
        methods=(one.method, other.method),
        attachments=(one.attachment, other.attachment),
        tau=found.tau.value,
        tau_low=found.tau.low,
        tau_high=found.tau.high,
        n=found.tau.n,
        overlap=found.overlap.value,
        overlap_low=found.overlap.low,
        overlap_high=found.overlap.high,
        overlap_random=found.overlap_random,
        overlap_n=found.overlap.n,
        top=TOP,
        undefined=found.undefined,
        reason=found.tau.reason,
    )


def _scale(found: Sequence[Explanation]) -> ScoreScale | None:
    """What was explained of most items."""
    told = Counter(one.scale for one in found if one.attributions and one.scale)
    return told.most_common(1)[0][0] if told else None


def _summed(found: Iterable[Explanation]) -> QueryCount:
    counts = [one.queries for one in found]
    return QueryCount(**{name: sum(getattr(one, name) for one in counts) for name in QueryCount.__struct_fields__})
