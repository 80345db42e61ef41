"""One process at work on one cell: it computes the shards that no other process computes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchwright import shards
from benchwright.answers import answers_of
from benchwright.behind import Behind
from benchwright.errors import BenchwrightError
from benchwright.example_table import ExampleTable, blinded
from benchwright.execution.begin import begin_cell
from benchwright.execution.opening import open_session
from benchwright.execution.outcome import CellFailed, Progress
from benchwright.execution.records import to_records
from benchwright.items import call
from benchwright.prediction_table import PredictionTable
from benchwright.store import Store
from benchwright.types import Describes, Example, PlannedCell, Prediction, ReadsAhead, Record, Session

_POLL_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class _ShardInputs:
    """What a model is asked for a shard.

    Attributes:
        examples: Those of the shard.
        questions: What the model is shown: each of them, or where equal inputs are one question each distinct one.
        answers: For each example the place of its question; None: they stand in the same order.
    """

    examples: Sequence[Example]
    questions: Sequence[Example]
    answers: Sequence[int] | None = None


class CellWorker:
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
        self.following: tuple[int, _ShardInputs] | None = None

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
            self.writing.wait()  # what it raises ends the lease of this shard too, which nobody else would
            self.writing.do(partial(self._write, number, records, time.perf_counter() - started, held.pop_all()))
        self.fresh += len(records)
        self.progress.advance(self.cell, len(records))
        return True

    def _write(self, number: int, records: Sequence[Record], seconds: float, held: ExitStack) -> None:
        """Write a shard while the next one is computed; its lease ends with that."""
        with held:
            self.store.write_shard(self.key, number, records, self.cell.task, seconds)

    def _asked(self, number: int) -> _ShardInputs:
        """What the model is asked for a shard."""
        if self.following is not None and self.following[0] == number:
            found, self.following = self.following[1], None
            return found
        examples = self._examples(number)
        blind = blinded(examples)
        if not shards.has_distinct_inputs_predicted_once(self.cell):
            return _ShardInputs(examples=examples, questions=blind)
        several = list(blind)
        numbers = list(shards.distinct(several))
        first = {number: row for row, number in reversed(list(enumerate(numbers)))}
        return _ShardInputs(
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

    def _records(self, asked: _ShardInputs) -> Sequence[Record]:
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


def _over_budget(examples: str, problem: str, budget: int) -> str:
    return f"example {examples} failed: {problem} (error budget {budget}; raise it with --errors N)"
