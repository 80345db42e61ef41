"""Run models cell by cell and shard by shard; each finished shard is written atomically under a lease."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
import numpy as np

from benchwright import environment, kinds, missing_labels, registry, shards
from benchwright.answers import answers_of
from benchwright.behind import Behind
from benchwright.coded import Coded
from benchwright.errors import BenchwrightError, StoreError
from benchwright.example_table import ExampleTable, blinded
from benchwright.items import call, count
from benchwright.kinds import CheckOutput
from benchwright.measuring.machine import arithmetic_facts
from benchwright.precision.subject import Subject
from benchwright.precision.token_budget import has_auto, without_auto
from benchwright.prediction_table import PredictionTable
from benchwright.store import Store
from benchwright.store.folder import Cell
from benchwright.text_columns import characters
from benchwright.types import (
    SCHEMA,
    Adapter,
    CellPlace,
    Context,
    Derives,
    Describes,
    Example,
    HasVariants,
    LabelMap,
    ModelRef,
    PlannedCell,
    Prediction,
    ReadsAhead,
    Record,
    Session,
    Task,
)

if TYPE_CHECKING:
    from benchwright.store.stored_records import StoredRecords

_POLL_SECONDS = 0.1


class Progress(Protocol):
    """Callbacks for the progress of a run."""

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """A cell begins, with ``done`` of ``total`` examples finished earlier."""

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """More examples are finished."""

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Progress of a long step other than prediction, such as training."""

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """A step of a hardware profile begins, and so many seconds are left to measure, as far as presets say (None: nothing is
        measured yet); nothing may be drawn until the next step, since drawing takes the processor from the model.
        """

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """A cell ends."""


class NoProgress:
    """Progress callbacks that do nothing."""

    def start(self, cell: PlannedCell, total: int, done: int) -> None:
        """Nothing."""

    def advance(self, cell: PlannedCell, examples: int) -> None:
        """Nothing."""

    def tell(self, cell: PlannedCell, what: str, done: int, total: int) -> None:
        """Nothing."""

    def measure(self, cell: PlannedCell, what: str, left: float | None) -> None:
        """Nothing."""

    def finish(self, cell: PlannedCell, outcome: Outcome) -> None:
        """Nothing."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Outcome of a cell: ``reason`` is empty unless it failed; ``fresh`` counts examples predicted by this process."""

    place: CellPlace
    reason: str = ""
    fresh: int = 0
    seconds: float = 0.0


class CellFailed(Exception):
    """More examples failed than the error budget allows."""


def cost(cell: PlannedCell) -> int:
    """Estimated cost of a cell: characters of its inputs."""
    examples = cell.examples
    if isinstance(examples, ExampleTable):
        return sum(characters(column) for column in examples.inputs.values())
    return sum(map(characters, (list(example.inputs.values()) for example in examples)))


def stored_outcome(cell: PlannedCell, store: Store, errors: int) -> Outcome:
    """The outcome of a cell that is in the store: no result where more examples lack an answer than this budget allows."""
    return Outcome(place=cell.place, reason=_too_many_unanswered(cell, store, errors))


def run_cell(cell: PlannedCell, store: Store, *, errors: int, shard: int, progress: Progress) -> Outcome:
    """Compute a cell, sharing its shards with any other process at the same.

    A failed cell is an outcome with its reason, not an exception. Errors of the store (no space, not writable) are raised,
    because they affect every other cell too.
    """
    started = time.perf_counter()
    worker = _Worker(cell=cell, store=store, errors=errors, shard=shard, progress=progress)
    try:
        worker.run()
        seconds = time.perf_counter() - started
        outcome = Outcome(
            place=cell.place, reason=_too_many_unanswered(cell, store, errors), fresh=worker.fresh, seconds=seconds
        )
    except (CellFailed, BenchwrightError) as error:
        if isinstance(error, StoreError):
            raise
        reason = error.line if isinstance(error, BenchwrightError) else str(error)
        outcome = Outcome(place=cell.place, reason=reason, fresh=worker.fresh, seconds=time.perf_counter() - started)
    finally:
        worker.close()
    progress.finish(cell, outcome)
    return outcome


def _too_many_unanswered(cell: PlannedCell, store: Store, errors: int) -> str:
    """Why a finished cell exceeds the error budget of this run; "" if it does not. The run that made it may have allowed more."""
    assert cell.id is not None
    errored = store.read_ledger(cell.id).errored
    if errored <= errors:
        return ""
    what = f"{count(errored, 'example')} without an answer in the store"
    return f"{what} (error budget {errors}; raise it with --errors N)"


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a model is asked for a shard.

    Attributes:
        examples: Those of the shard.
        questions: What the model is shown: each of them, or where equal inputs are one question each distinct one.
        answers: For each example the place of its question; None: they stand in the same order.
    """

    examples: Sequence[Example]
    questions: Sequence[Example]
    answers: Sequence[int] | None = None


class _Worker:
    """One process working on one cell; holds the open session."""

    def __init__(self, *, cell: PlannedCell, store: Store, errors: int, shard: int, progress: Progress) -> None:
        self.cell, self.store, self.budget, self.progress = cell, store, errors, progress
        self.fresh = 0
        self.broken = 0
        self.session: Session | None = None
        assert cell.id is not None
        self.key: str = cell.id
        self.shard = shard
        self.parts: tuple[Sequence[int], ...] = ()
        self.pending: list[int] = []
        self.writing = Behind()
        self.following: tuple[int, _Asked] | None = None

    def run(self) -> None:
        """Compute every shard that no other process computes, wait for the others, join all."""
        if self.store.is_complete(self.key):
            return
        self.parts = shards.cut(self.cell, begin_cell(self.cell, self.store, shard=self.shard).shard)
        every = range(len(self.parts))
        self.pending = [number for number in every if not self.store.has_shard(self.key, number)]
        done = sum(len(self.parts[number]) for number in every if number not in set(self.pending))
        self.progress.start(self.cell, len(self.cell.examples), done)
        while not self.store.is_complete(self.key):
            self.pending = [number for number in self.pending if not self._settled(number)]
            self.writing.wait()
            if not self.pending:
                self.store.finish_cell(self.key, len(self.parts), {}, places=shards.restore(self.parts))
            if self.pending or not self.store.is_complete(self.key):
                time.sleep(_POLL_SECONDS)

    def close(self) -> None:
        """Release the model; what is computed is written first, whatever broke off the rest."""
        try:
            self.writing.close()
        finally:
            if self.session is not None:
                self.session.close()
                self.session = None

    def _settled(self, number: int) -> bool:
        """Whether the shard is finished, by this or another process; False while another process works on it."""
        if self.store.has_shard(self.key, number):
            return True
        with ExitStack() as held:
            mine = held.enter_context(self.store.lease_shard(self.key, number))
            if self.store.is_complete(self.key) or self.store.has_shard(self.key, number):
                return True
            if not mine:
                return False
            if self.session is None:
                self.session = self._ready()  # before the clock: opening, and training what is opened, is no prediction
            started = time.perf_counter()
            asked = self._asked(number)
            self._read_ahead(number)
            records = self._records(asked)
            self.writing.do(partial(self._write, number, records, time.perf_counter() - started, held.pop_all()))
        self.fresh += len(records)
        self.progress.advance(self.cell, len(records))
        return True

    def _write(self, number: int, records: Sequence[Record], seconds: float, held: ExitStack) -> None:
        """Write a shard while the next one is computed; its lease ends with that."""
        with held:
            self.store.write_shard(self.key, number, records, self.cell.task, seconds)

    def _asked(self, number: int) -> _Asked:
        """What the model is asked for a shard."""
        if self.following is not None and self.following[0] == number:
            found, self.following = self.following[1], None
            return found
        examples = self._examples(number)
        blind = blinded(examples)
        if not shards.has_distinct_inputs_predicted_once(self.cell):
            return _Asked(examples=examples, questions=blind)
        several = list(blind)
        numbers = list(shards.distinct(several))
        first = {number: row for row, number in reversed(list(enumerate(numbers)))}
        return _Asked(
            examples=examples, questions=[several[first[number]] for number in sorted(first)], answers=numbers
        )

    def _read_ahead(self, number: int) -> None:
        """Let the model read the shard that probably comes next while it computes this one."""
        session: object = self.session
        if not isinstance(session, ReadsAhead):
            return
        waiting = (other for other in self.pending if other > number and not self.store.has_shard(self.key, other))
        other = next(waiting, None)
        if other is not None:
            asked = self._asked(other)
            self.following = other, asked
            session.read_ahead(asked.questions)

    def _examples(self, number: int) -> Sequence[Example]:
        examples, part = self.cell.examples, self.parts[number]
        if isinstance(part, range):
            return examples[part.start : part.stop]
        return examples.take(part) if isinstance(examples, ExampleTable) else tuple(examples[row] for row in part)

    def _records(self, asked: _Asked) -> Sequence[Record]:
        examples, predictions = asked.examples, self._predict(asked.questions)
        if asked.answers is not None:
            predictions = [predictions[number] for number in asked.answers]
        assert self.cell.key is not None
        records = to_records(examples, predictions, self.cell.task, self.cell.key.labels)
        failed = np.flatnonzero(answers_of(self.cell.task, records).errored).tolist()
        if failed:
            self.writing.wait()  # errors are counted in what is written
        if failed and len(failed) + self.store.count_errors(self.key) > self.budget:
            more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
            first = records[failed[0]]
            raise CellFailed(_over_budget(f"{call(first)}{more}", str(first.error), self.budget))
        return records

    def _predict(self, examples: Sequence[Example]) -> Sequence[Prediction]:
        """Predictions; an example that makes the model fail is found by bisection and recorded as an error."""
        assert self.session is not None
        try:
            predictions = self.session.predict(examples)
            if not isinstance(predictions, PredictionTable):
                predictions = list(predictions)
        except BenchwrightError:
            raise
        except Exception as error:  # whatever a model throws is told in its records, and counted
            if len(examples) == 1:
                self.broken += 1
                if self.broken > self.budget:
                    raise CellFailed(
                        _over_budget(call(examples[0]), f"{type(error).__name__}: {error}", self.budget)
                    ) from error
                return [Prediction(error=f"{type(error).__name__}: {error}")]
            half = len(examples) // 2
            return [*self._predict(examples[:half]), *self._predict(examples[half:])]
        if len(predictions) != len(examples):
            raise CellFailed(f"the adapter returned {len(predictions)} predictions for {len(examples)} examples")
        return predictions

    def _ready(self) -> Session:
        """The open model; whatever an adapter throws fails the cell, and what it chose by itself is written beside it."""
        try:
            session = self._open()
        except BenchwrightError:
            raise
        except Exception as error:
            raise CellFailed(f"the model cannot be opened: {type(error).__name__}: {error}") from error
        settings = dict(session.settings) if isinstance(session, Describes) else {}
        choice = self.store.read_choice(self.key)
        if settings or choice is not None:
            self.store.write_settings(self.key, settings if choice is None else {**settings, "computed": choice.chosen})
        return session

    def _open(self) -> Session:
        return open_session(self.cell, tell=partial(self.progress.tell, self.cell), store=self.store)


def begin_cell(cell: PlannedCell, store: Store, *, shard: int) -> Cell:
    """Say in the store what a planned cell is, unless another process did; what stands there must be followed."""
    assert cell.id is not None
    assert cell.key is not None
    assert cell.facts is not None
    assert cell.dataset is not None
    place = f"{cell.suite.name}-{cell.task.name}".replace("/", "-")  # the name of a view holds that of its task
    address = f"{place}-{cell.split}-{cell.dataset.digest[:24]}"
    if not cell.is_hardware:  # no example of it is ever shown
        store.write_inputs(address, cell.dataset.examples)
    wanted = Cell(
        schema=SCHEMA,
        key=cell.key,
        task=cell.task,
        facts=cell.facts,
        shard=shard,
        total=len(cell.examples),
        origin=cell.dataset.origin,
        environment={**environment.describe(), "machine": arithmetic_facts(cell.key.device)},
        inputs=None if cell.is_hardware else address,
        counts=cell.dataset.counts,
    )
    return store.begin_cell(cell.id, wanted)


def open_session(cell: PlannedCell, *, tell: Callable[[str, int, int], None], store: Store | None = None) -> Session:
    """The model of a planned cell, ready to answer; what an adapter throws is not caught.

    A derivation first makes its checkpoint, and the adapter of that one opens it. Under ``--precision fast`` it is computed as was
    chosen for the cell, which is chosen now unless it was before; without a store, where a few texts are asked, exactly.
    """
    adapter, model, context = find_opener(cell, tell=tell)
    if context.precision == "exact" or not isinstance(adapter, HasVariants):
        return adapter.open(model, cell.task, context)
    from benchwright.precision.stored import open_as_chosen

    subject = fast_subject(cell, adapter, model, context)
    return subject.open_exact() if store is None else open_as_chosen(subject, store, str(cell.id))


def fast_subject(cell: PlannedCell, adapter: Adapter, model: ModelRef, context: Context) -> Subject:
    """What ``--precision fast`` chooses for: the model of a cell as `find_opener` found it."""
    assert cell.key is not None
    return Subject(
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


def _over_budget(examples: str, problem: str, budget: int) -> str:
    return f"example {examples} failed: {problem} (error budget {budget}; raise it with --errors N)"


def to_records(
    examples: Sequence[Example], predictions: Sequence[Prediction], task: Task, labels: LabelMap | None = None
) -> Sequence[Record]:
    """The records of examples; an answer that is not valid for the task is an error, not a wrong answer.

    Of examples and predictions in columns the records are columns too, and none is made.

    ``labels`` says what the model lacks: a neutral label is read from its probabilities where the user said how, and an item
    whose expectation needs a label that is lacking is marked ``lacks``.
    """
    kind = kinds.of(task)
    is_whole = labels is None or (labels.neutral is None and not labels.lacks)
    if (
        isinstance(examples, ExampleTable)
        and isinstance(predictions, PredictionTable)
        and kind.answers_stand_alone
        and kind.facts is None
        and not examples.metadata
        and is_whole
    ):
        return _in_columns(examples, predictions, task)
    check = kind.check_output(task)
    if labels is not None and labels.neutral is not None:
        predictions = [missing_labels.with_neutral(p, labels.neutral, task.label_names) for p in predictions]
    records = [_to_record(e, p, check, kind.facts) for e, p in zip(examples, predictions, strict=True)]
    return _marked(records, labels.lacks) if labels is not None and labels.lacks else records


def _in_columns(examples: ExampleTable, predictions: PredictionTable, task: Task) -> StoredRecords:
    """`to_records` of columns: each answer that occurs is checked once."""
    from benchwright.store.record_columns import encode_columns
    from benchwright.store.stored_records import StoredRecords

    kind = kinds.of(task)
    errors = _problems(predictions, kind.check_output(task))
    return StoredRecords(encode_columns(examples, predictions, errors, kind.column(task)))


def _problems(predictions: PredictionTable, check: CheckOutput) -> Coded | None:
    """Why predictions are no answers, in the order of `_to_record`; None where all are."""
    outputs, scores = predictions.outputs, predictions.scores
    told = [None] * len(predictions) if predictions.errors is None else predictions.errors.to_list()
    if scores is not None:
        for row in np.flatnonzero(~np.isfinite(scores).all(axis=1)).tolist():
            told[row] = told[row] or f"scores are not finite: {tuple(scores[row].tolist())}"
    some = None if scores is None else (0.0,) * scores.shape[1]
    nobody = Example(id="", index=0, inputs={})
    found = [check(Prediction(output=value, scores=some), nobody) for value in (*outputs.values, None)]
    wrong = np.array([problem is not None for problem in found])[outputs.codes]
    for row in np.flatnonzero(wrong).tolist():
        told[row] = told[row] or found[outputs.codes[row]]
    return Coded.of(one or None for one in told) if any(told) else None


def _marked(records: list[Record], lacks: tuple[str, ...]) -> list[Record]:
    return [
        msgspec.structs.replace(record, extra={**record.extra, "lacks": True})
        if missing_labels.needs_lacking(record.target, lacks)
        else record
        for record in records
    ]


def _to_record(
    example: Example,
    prediction: Prediction,
    check: CheckOutput,
    facts: Callable[[Prediction, Example], dict[str, Any]] | None,
) -> Record:
    problem, scores = prediction.error, prediction.scores
    if not problem and scores is not None and not all(map(math.isfinite, scores)):
        problem = f"scores are not finite: {scores}"
    problem = problem or check(prediction, example)
    extra = prediction.extra if facts is None else facts(prediction, example)
    if example.metadata:
        extra = {**extra, "metadata": example.metadata}
    return Record(
        id=example.id,
        target=example.target,
        output=None if problem else prediction.output,
        scores=None if problem else scores,
        slices=example.slices,
        cluster=example.cluster,
        error=problem,
        truncated=prediction.truncated,
        extra=extra if example.edits is None else {**extra, "edits": example.edits},
        official_id=example.official_id,
        group=example.group,
    )
