"""Whether what a run tells of explanations is what their attachments say: computed anew, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.explain_cells import said
from benchwright.explain_summaries import agreements_of, summarise
from benchwright.explanations.alarms import PLAUSIBILITY_NOTES
from benchwright.explanations.reading import SessionReading, removal_of, scale_of
from benchwright.explanations.shown import refuse_misplaced
from benchwright.explanations.stored import ExplainedItem, read_explained
from benchwright.explanations.targets import targets_of
from benchwright.hardware.same_numbers import differences
from benchwright.render.examples import texts_of
from benchwright.store import Store, attachments
from benchwright.store.untold_targets import without_text
from benchwright.types import Example, ExplanationSummary, Run, Task


def recheck_explanations(store: Store, run: Run) -> list[str]:
    """One line for each summary, agreement and item of which a run, or an attachment, says what the rest does not bear out.

    Plausibility is left out: the words that people marked are not in a store.
    """
    problems = []
    for told in run.explanations:
        place = f"{told.method} for {told.model} on {told.base}"
        if not store.is_complete(told.key):
            continue  # told as a cell that is gone
        try:
            problems += [f"{place}: {line}" for line in _of_summary(store, run, told)]
        except BenchwrightError as error:
            problems.append(f"{place}: {error.problem}")
    return [*problems, *_doubled(run), *_of_agreement(store, run)]


def _of_summary(store: Store, run: Run, told: ExplanationSummary) -> Iterator[str]:
    if not any(
        (cell.model, cell.key, cell.status) == (told.model, told.key, "explained")
        and cell.task_path.partition("@")[2] == told.base
        for cell in run.cells
    ):
        yield "the run has no such cell"
        return
    about = attachments.read_spec(store, told.key, told.attachment)
    if {about.method, told.spec.method} != {told.method}:
        yield f"its attachment is by {about.method}, and {told.spec.method} was asked for"
        return
    if len(set(told.ids)) != len(told.ids):
        yield "an item is told twice"
        return
    task, items = store.read_cell(told.key).task, read_explained(store, told)
    yield from (line for item in items for line in _of_item(task, item))
    if two := attachments.read_contradictions(store, told.key, told.attachment):
        yield f"two parts of its attachment explain {min(two)!r} differently"
    yield from _numbers(task, items, told)


def _numbers(task: Task, items: Sequence[ExplainedItem], told: ExplanationSummary) -> Iterator[str]:
    """What a summary tells otherwise than the items give."""
    examples = [_example(item) for item in items]
    explanations = [item.explanation for item in items]
    fresh = summarise(explanations, spec=told.spec, task=task, model=told.model, examples=examples, base=told.base)
    same = ("split", "key", "attachment", "ids", "chosen", "seconds", "plausibility")
    found = msgspec.structs.replace(fresh, **{name: getattr(told, name) for name in same})
    for name, one, again in differences(told, found):
        yield f"{name.replace('_', ' ')} is {one!r}, its attachment says {again!r}"
    codes, others = ({alarm.code for alarm in one.alarms} - set(PLAUSIBILITY_NOTES) for one in (told, fresh))
    if codes != others:
        lacking, more = ", ".join(sorted(others - codes)), ", ".join(sorted(codes - others))
        yield f"its alarms lack {lacking or 'nothing'} and have {more or 'nothing'} more than its attachment gives"


def _of_item(task: Task, item: ExplainedItem) -> Iterator[str]:
    """Words and targets that are not those of the item and its answer; nothing where its texts were not kept."""
    inputs = dict(texts_of(item.record))
    if not inputs or not item.explanation.attributions:
        return
    try:
        refuse_misplaced(inputs, item.explanation)
        reading = SessionReading(
            scale=scale_of(task, None), scores=None, scorer=None, removal=removal_of(task, None), mask=None
        )
        wanted = targets_of(task, _example(item), said(item.record), reading).targets
    except BenchwrightError as error:
        yield error.problem
        return
    given = tuple(one.target for one in item.explanation.attributions)
    if given not in (wanted, tuple(without_text(one, task) for one in wanted)):
        names = ", ".join(one.name for one in given)
        yield f"{item.record.id}: it explains {names}, and the answer is {', '.join(one.name for one in wanted) or 'nothing'}"


def _example(item: ExplainedItem) -> Example:
    """As far as a record tells of it."""
    record = item.record
    return Example(id=record.id, index=0, inputs=dict(texts_of(record)), target=record.target, cluster=record.cluster)


def _doubled(run: Run) -> Iterator[str]:
    counted = Counter((one.model, one.key, one.attachment) for one in run.explanations)
    for (model, _, name), times in counted.items():
        if times > 1:
            yield f"the explanation {name} of {model} is told {times} times"


def _of_agreement(store: Store, run: Run) -> Iterator[str]:
    """What is told of the agreement of two methods, and is not what both say."""
    if not run.explanation_agreement:
        return
    clusters = {}
    for told in run.explanations:
        if told.key not in clusters and store.is_complete(told.key):
            clusters[told.key] = {record.id: record.cluster for record in store.read_records(told.key)}
    whole = [one for one in run.explanations if one.key in clusters]
    try:
        fresh = {(one.model, one.base, one.attachments): one for one in agreements_of(whole, clusters, store)}
    except BenchwrightError:
        return  # told as that of a summary
    for one in run.explanation_agreement:
        found = fresh.get((one.model, one.base, one.attachments))
        place = f"agreement of {' and '.join(one.methods)} for {one.model} on {one.base}"
        if found is None:
            yield f"{place}: the run has no two such explanations"
            continue
        yield from (
            f"{place}: {name.replace('_', ' ')} is {mine!r}, their attachments say {again!r}"
            for name, mine, again in differences(one, found)
        )
