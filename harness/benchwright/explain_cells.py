"""Planned explanations become attachments of the cells whose answers they explain, a few items at a time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchwright import environment, kinds
from benchwright.errors import BenchwrightError, StoreError
from benchwright.execute import Outcome, Progress, open_session
from benchwright.explanations.explain import explain_items
from benchwright.explanations.faithfulness import JUDGING
from benchwright.explanations.methods import method_named
from benchwright.explanations.reading import removal_of, scale_of
from benchwright.store import Store, attachments
from benchwright.types import AttachmentSpec, Example, ExplainSpec, PlannedCell, Prediction, Record, Task

PART = 16
"""Items to a part: a killed process loses as many at most."""


def explain_cells(
    cells: Sequence[PlannedCell], every: Sequence[PlannedCell], store: Store, *, seed: int, progress: Progress
) -> Iterator[Outcome]:
    """Outcomes of planned explanations; the cells that they are about are in the store by now, or failed.

    Args:
        cells: Explanations.
        every: All cells of the plan, those that are explained among them.
        store: Holds the answers, and takes the attachments.
        seed: Of the run.
        progress: Is told of items.

    Raises:
        StoreError: The store cannot be written.
    """
    for cell in cells:
        began = time.perf_counter()
        try:
            fresh, reason = _explain(cell, every, store, seed=seed, progress=progress), ""
        except StoreError:
            raise
        except BenchwrightError as error:
            fresh, reason = 0, error.line
        outcome = Outcome(place=cell.place, reason=reason, fresh=fresh, seconds=time.perf_counter() - began)
        progress.finish(cell, outcome)
        yield outcome


def _explain(cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, seed: int, progress: Progress) -> int:
    """Explain what is missing; returns how many items that were."""
    spec, key = spec_of(cell), str(cell.id)
    if not store.is_complete(key):
        raise BenchwrightError("the answers that it explains are not there", hint="type the same command again")
    wanted = set(chosen_items(cell, every, store, seed=seed))
    name = attachments.begin(store, key, attachment_spec(spec, cell.task, seed=seed))
    attachments.remove_damaged(store, key, name)
    there = attachments.read_ids(store, key, name)
    examples = [example for example in cell.examples if example.id in wanted]
    missing = [example for example in examples if example.id not in there]
    progress.start(cell, len(examples), len(examples) - len(missing))
    if not missing:
        return 0
    records = {record.id: record for record in store.read_records(key)}
    base = _base(cell, every)
    scores = None if base.facts is None else base.facts.scores
    session = open_session(base, tell=lambda what, done, total: progress.tell(cell, what, done, total))
    try:
        for begin in range(0, len(missing), PART):
            started = time.perf_counter()
            part = [(blind(example), said(records[example.id])) for example in missing[begin : begin + PART]]
            found = list(explain_items(session, base.task, part, spec, seed=seed, scores=scores))
            attachments.add(store, key, name, found, seconds=time.perf_counter() - started)
            progress.advance(cell, len(part))
    finally:
        session.close()
    return len(missing)


def spec_of(cell: PlannedCell) -> ExplainSpec:
    """What a planned explanation asks for."""
    assert cell.view is not None
    assert cell.view.explain is not None
    return cell.view.explain


def _base(cell: PlannedCell, every: Sequence[PlannedCell]) -> PlannedCell:
    return next(one for one in every if one.id == cell.id and not one.is_explanation)


def blind(example: Example) -> Example:
    """The example without its gold answer."""
    return msgspec.structs.replace(example, target=None, strict=None, edits=None)


def said(record: Record) -> Prediction:
    """The prediction that a record holds."""
    return Prediction(output=record.output, scores=record.scores, extra=record.extra, error=record.error)


def attachment_spec(spec: ExplainSpec, task: Task, *, seed: int) -> AttachmentSpec:
    """All that decides the values of an item."""
    method = method_named(spec.method)
    return AttachmentSpec(
        schema=attachments.FORMAT,
        method=spec.method,
        version=method.version,
        versions=environment.versions(*method.packages),
        options={
            "evaluations": str(spec.evaluations or method.evaluations),
            "removal": removal_of(task, spec.removal),
            "scale": scale_of(task, spec.scale),
            "seeds": str(spec.seeds),
            "steps": str(spec.steps),
            "faithfulness": str(JUDGING) if spec.faithfulness else "no",
        },
        seed=seed,
    )


def chosen_items(cell: PlannedCell, every: Sequence[PlannedCell], store: Store, *, seed: int) -> tuple[str, ...]:
    """Ids of the items that are explained, in dataset order."""
    spec = spec_of(cell)
    ids = [example.id for example in cell.examples]
    if spec.ids:
        named = {*spec.ids, *(example.id for example in cell.examples if str(example.index) in spec.ids)}
        ids = [one for one in ids if one in named]
    if spec.wrong:
        right = _right(cell, store)
        ids = [one for one in ids if right.get(one) is False]
    if spec.flips:
        sides = [_right(_answers(cell, every, name), store) for name in spec.flips]
        ids = [one for one in ids if sides[0].get(one) is not None and sides[0].get(one) != sides[1].get(one)]
    if spec.examples is not None:
        drawn = sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())[: spec.examples]
        ids = [one for one in ids if one in set(drawn)]
    return tuple(ids)


def _answers(cell: PlannedCell, every: Sequence[PlannedCell], model: str) -> PlannedCell:
    for one in every:
        if (
            one.model.name == model
            and one.view is None
            and one.task_path == cell.task.view_of
            and one.split == cell.split
        ):
            return one
    raise BenchwrightError(
        f"flips names {model}, which is no model of the run", hint="flips=A,B names two of its models"
    )


def _right(cell: PlannedCell, store: Store) -> Mapping[str, bool]:
    is_correct = kinds.of(cell.task).is_correct
    if is_correct is None:
        raise BenchwrightError(
            f"an answer to {cell.task_path} is not right or wrong by itself", hint="choose items with examples or ids"
        )
    found: dict[str, bool] = {}
    for record in store.read_records(str(cell.id)):
        verdict = None if record.target is None else is_correct(record.target, record.output, cell.task)
        if verdict is not None:
            found[record.id] = verdict and record.error is None
    return found
