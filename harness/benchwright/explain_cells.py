"""Planned explanations become attachments of the cells whose answers they explain, a few items at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from benchwright.errors import BenchwrightError, StoreError
from benchwright.execute import stored_outcome
from benchwright.execution.opening import open_session
from benchwright.execution.outcome import Outcome, Progress
from benchwright.explain_choice import base_of, choice_of, spec_of
from benchwright.explanations.attachment import attachment_spec
from benchwright.explanations.explain import explain_items
from benchwright.plan import Plan
from benchwright.store import Store, attachments
from benchwright.store.attachment_leases import lease_items, remove_leases
from benchwright.store.attachment_table import impossible
from benchwright.types import (
    Example,
    Explanation,
    PlannedCell,
    Prediction,
    Record,
    Session,
)

PART = 16
"""Items that a process takes for itself at a time, and writes together; a killed process loses as many at most. Their variants share
batches: twice as many would take an eighth less of a processor's time (measured), and be shown and safe half as often. The number is fixed, so
that an undisturbed run repeats to the last bit.
"""

_PART_SECONDS = 10.0
"""A part is written so long after its first item was finished, however few there are."""

_SHOWN_SECONDS = 2.0
"""Items that are finished within so long are told together: those that share batches end at once, and a rate after the first of them says nothing."""

_POLL_SECONDS = 0.1


def explain_cells(cells: Sequence[PlannedCell], plan: Plan, store: Store, *, progress: Progress) -> Iterator[Outcome]:
    """Outcomes of planned explanations; the cells that they are about are in the store by now, or failed.

    Args:
        cells: Explanations.
        plan: That they are of.
        store: Holds the answers, and takes the attachments.
        progress: Is told of items.

    Raises:
        StoreError: The store cannot be written.
    """
    desk = _Desk(plan=plan, store=store, progress=progress)
    try:
        for cell in cells:
            began = time.perf_counter()
            worker = _Worker(desk=desk, cell=cell)
            try:
                worker.run()
                reason = ""
            except StoreError:
                raise
            except BenchwrightError as error:
                reason = error.line
            except Exception as error:  # whatever a model or a library throws fails its own cell alone
                reason = f"{type(error).__name__}: {error}"
            seconds = time.perf_counter() - began
            outcome = Outcome(place=cell.place, reason=reason, fresh=worker.fresh, seconds=seconds)
            progress.finish(cell, outcome)
            yield outcome
    finally:
        desk.close()


@dataclass(kw_only=True)
class _Desk:
    """What the explanations of a run share: the plan, the store, and the model that was opened last."""

    plan: Plan
    store: Store
    progress: Progress
    _key: str = ""
    _session: Session | None = None

    def session(self, cell: PlannedCell, base: PlannedCell) -> Session:
        """The model of a cell, which stays open for the next explanation of the same answers."""
        if self._session is None or self._key != base.id:
            self.close()
            tell = partial(self.progress.tell, cell)
            self._session, self._key = open_session(base, tell=tell, store=self.store), str(base.id)
        return self._session

    def close(self) -> None:
        """Release the model."""
        if self._session is not None:
            self._session.close()
            self._session = None


@dataclass(kw_only=True)
class _Worker:
    """One process at work on one explanation."""

    desk: _Desk
    cell: PlannedCell
    fresh: int = 0

    def run(self) -> None:
        """Explain every item that no other process explains, and wait for the others."""
        cell, desk, key = self.cell, self.desk, str(self.cell.id)
        base, seed = base_of(cell, desk.plan.runnable), desk.plan.spec.seed
        _refuse_unanswered(base, desk)
        spec = spec_of(cell)
        wanted = set(choice_of(cell, desk.plan.runnable, desk.store, seed=seed).ids)
        if not wanted:
            desk.progress.start(cell, 0, 0)
            return
        name = attachments.begin(desk.store, key, attachment_spec(spec, base.task, seed=seed))
        attachments.remove_damaged(desk.store, key, name)
        there = attachments.read_ids(desk.store, key, name)
        missing = {example.id: example for example in cell.examples if example.id in wanted - there}
        desk.progress.start(cell, len(wanted), len(wanted) - len(missing))
        records = {one.id: one for one in desk.store.read_records(key) if one.id in missing} if missing else {}
        while missing:
            with lease_items(desk.store, key, name, missing, most=PART) as mine:
                self._take_out(missing, attachments.read_ids(desk.store, key, name))
                items = [(missing[one], records[one]) for one in mine if one in missing]
                if items:
                    self._explain(items, base, name)
                    for example, _ in items:
                        del missing[example.id]
            if not mine:
                time.sleep(_POLL_SECONDS)
        remove_leases(desk.store, key, name)

    def _take_out(self, missing: dict[str, Example], there: set[str]) -> None:
        """Forget what other processes have explained meanwhile."""
        done = [one for one in missing if one in there]
        for one in done:
            del missing[one]
        if done:
            self.desk.progress.advance(self.cell, len(done))

    def _explain(self, items: Sequence[tuple[Example, Record]], base: PlannedCell, name: str) -> None:
        """Explain items and write them part by part; what is finished is kept, whatever ends the others."""
        if any(not why_unanswered(record) for _, record in items):
            self.desk.session(self.cell, base)  # before the clock: opening and training explain nothing
        parts = _Parts(store=self.desk.store, key=str(self.cell.id), name=name)
        untold, since = 0, 0.0
        try:
            for found in self._found(items, base):
                parts.add(found)
                self.fresh, untold, now = self.fresh + 1, untold + 1, time.perf_counter()
                since = now if untold == 1 else since
                if now - since >= _SHOWN_SECONDS:
                    self.desk.progress.advance(self.cell, untold)
                    untold = 0
        finally:
            parts.write()
            if untold:
                self.desk.progress.advance(self.cell, untold)

    def _found(self, items: Sequence[tuple[Example, Record]], base: PlannedCell) -> Iterator[Explanation]:
        answered = [(blind(example), said(record)) for example, record in items if not why_unanswered(record)]
        for _, record in items:
            if why := why_unanswered(record):
                yield Explanation(id=record.id, error=why)
        if answered:
            seed, session = self.desk.plan.spec.seed, self.desk.session(self.cell, base)
            scores = None if base.facts is None else base.facts.scores
            for one in explain_items(session, base.task, answered, spec_of(self.cell), seed=seed, scores=scores):
                wrong = impossible(one)
                yield Explanation(id=one.id, words=one.words, error=f"no explanation can be: {wrong}") if wrong else one


@dataclass(kw_only=True)
class _Parts:
    """Explanations that are finished and not written yet."""

    store: Store
    key: str
    name: str

    def __post_init__(self) -> None:
        self.found: list[Explanation] = []
        self.began = self.first = time.perf_counter()

    def add(self, one: Explanation) -> None:
        """Take one more."""
        if not self.found:
            self.first = time.perf_counter()
        self.found.append(one)
        if len(self.found) >= PART or time.perf_counter() - self.first >= _PART_SECONDS:
            self.write()

    def write(self) -> None:
        """Write what was taken, if anything was."""
        if self.found:
            found, self.found = self.found, []
            attachments.add(self.store, self.key, self.name, found, seconds=time.perf_counter() - self.began)
        self.began = time.perf_counter()


def blind(example: Example) -> Example:
    """The example without its gold answer."""
    return msgspec.structs.replace(example, target=None, strict=None, rationale=None, edits=None)


def said(record: Record) -> Prediction:
    """The prediction that a record holds."""
    return Prediction(
        output=record.output,
        scores=record.scores,
        extra=record.extra,
        truncated=record.truncated,
        error=record.error,
    )


def why_unanswered(record: Record) -> str:
    """Why there is no answer to explain; empty where there is one."""
    if record.error is not None:
        return f"the model gave no answer to it: {record.error}"
    return "" if record.output is not None else "the model gave no answer to it"


def _refuse_unanswered(base: PlannedCell, desk: _Desk) -> None:
    """Raise BenchwrightError where the answers that are to be explained are not there, or more are lacking than the run allows."""
    if not desk.store.is_complete(str(base.id)):
        raise BenchwrightError("the answers that it explains are not there", hint="see why the task itself failed")
    if reason := stored_outcome(base, desk.store, desk.plan.spec.errors).reason:
        raise BenchwrightError(f"the answers that it explains are not used: {reason}")
