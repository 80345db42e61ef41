"""The model that a process owns: planned, opened, asked; every step with its clock readings and raw samples."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.measuring.clock import RealClock
from benchwright.measuring.interleaved import timed
from benchwright.measuring.page_cache import evict
from benchwright.profiling import loops, subject
from benchwright.profiling.messages import (
    Answer,
    Block,
    EvictFiles,
    FirstCall,
    MakeCheckpoint,
    Offline,
    OpenModel,
    PlanModel,
    ReadMemory,
    Shape,
    SingleStream,
    WarmUp,
)
from benchwright.profiling.questions import ModelBroken, Questions, told
from benchwright.profiling.subject import Subject, Tell
from benchwright.types import Describes, Facts, PlannedCell, Reading, Samples, Session, Task

Query = Sequence[int]


class MeasuredModel:
    """A model in this process, from plan to end; commands are methods, answers are values.

    Args:
        tell: Called with (what, done, total) during long steps that are not timed.
        ready: When this process began to run Python, on the clock of `RealClock`.
    """

    def __init__(self, tell: Tell, *, ready: float) -> None:
        self._tell, self._ready = tell, ready
        self._clock = RealClock()
        self._cell: PlannedCell | None = None
        self._seed = 0
        self._known: Subject | None = None
        self._session: Session | None = None
        self._questions: Questions | None = None
        self._cold: bool | None = None
        self._started = self._opening = 0.0
        self._called: set[Shape] = set()
        self._cycles: dict[Shape, list[Query]] = {}
        self._steady: dict[Shape, bool] = {}

    # what comes before the clock

    def plan(self, command: PlanModel) -> Answer:
        """Plan the cell, as `jobs.run_job` does."""
        self._cell, self._seed = subject.plan_again(command.job, command.machine), command.job.spec.seed
        if not self._cell.examples:
            raise ModelBroken("there is no input to ask: the split is empty")
        return Answer()

    def make_checkpoint(self, _: MakeCheckpoint) -> Answer:
        """Let a derivation make its checkpoint; in a process of its own, so that training warms nothing up that is measured."""
        assert self._subject.inputs
        return Answer()

    def evict(self, _: EvictFiles) -> Answer:
        """Take the model's files out of the page cache."""
        done = evict(self._subject.files)
        self._cold = done.cold
        if done.cold:
            return Answer()
        return Answer(readings=(Reading(quantity="cold_start", value=None, reason=done.reason, phase="start"),))

    # start

    def open(self, command: OpenModel) -> Answer:
        """Import the libraries and open the model, on the clock."""
        known = self._subject
        trained: list[str] = []

        def train(task: Task) -> Any:
            trained.append(task.name)
            return known.context.train(task)

        subject.give_back_memory()
        _reset_peak()
        self._started, self._opening = command.started, self._clock.now()
        try:
            self._session = known.adapter.open(known.model, known.task, replace(known.context, train=train))
        except BenchwrightError:
            raise
        except Exception as error:
            raise ModelBroken(f"the model cannot be opened: {told(error)}") from error
        opened = self._clock.now()
        self._questions = Questions(self._session, known.inputs)
        return Answer(
            samples=(
                _timed("interpreter", self._ready - self._started),
                _timed("planning", self._opening - self._ready),
                _timed("load", opened - self._opening),
            ),
            readings=_sizes(known.facts),
            settings=dict(self._session.settings) if isinstance(self._session, Describes) else {},
            notes=("opening the model includes training it",) if trained else (),
        )

    def first_call(self, _: FirstCall) -> Answer:
        """Seconds of the very first query, one input, which ends the start of the model: process start to first answer.

        What was read to plan the cell lies between the start of the process and the opening of the model, and is left out.
        """
        ask = self._asking
        query = self._queries(Shape())[0]
        began = self._clock.now()
        ask(query)
        answered = self._clock.now()
        ask.check_first()
        self._called.add(Shape())
        start = (self._ready - self._started) + (answered - self._opening)
        return Answer(
            samples=(
                _timed("cold_start" if self._cold else "warm_start", start),
                Samples(quantity="first_call", values=(answered - began,), phase="first_call"),
            )
        )

    # measuring

    def warm_up(self, command: WarmUp) -> Answer:
        """Ask until it is steady."""
        shape, cycle = self._shape(command.shape), self._next(command.shape)
        found = loops.warm_up(self._clock, self._asking, cycle, loops.limits_of(command.spec))
        self._steady[shape] = found.steady
        samples = [_labelled(one, shape) for one in found.samples(batch=shape.batch)]
        self._turn(shape, sum(len(one.values) for one in samples if one.quantity == "latency"))
        if shape in self._called:  # the call that was the first of this warm-up was not the first of the shape
            samples = [one for one in samples if one.quantity != "first_call"]
        self._called.add(shape)
        return Answer(samples=tuple(samples), steady=found.steady)

    def single_stream(self, command: SingleStream) -> Answer:
        """The headline: one query after the other."""
        shape, cycle = self._shape(command.shape), self._next(command.shape)
        limits = loops.limits_of(command.spec)
        found = loops.single_stream(self._clock, self._asking, cycle, limits, steady=self._steady.get(shape, False))
        self._turn(shape, len(found.values))
        return Answer(samples=(_labelled(found, shape),), notes=self._notes(command.shape))

    def offline(self, command: Offline) -> Answer:
        """All at once, again and again until the time is over."""
        shape = self._shape(command.shape)
        limits = loops.limits_of(command.spec)
        passes = self._queries(shape) if shape.batch else [list(range(len(self._subject.inputs)))]
        found = loops.offline(self._clock, self._asking, passes, limits, steady=self._steady.get(shape, False))
        return Answer(samples=(_labelled(found, shape),), notes=self._notes(command.shape))

    def block(self, command: Block) -> Answer:
        """So many queries, of an interleaved session."""
        shape = self._shape(command.shape)
        queries, ask = self._queries(shape), self._asking
        counted = 0

        def query(number: int) -> None:
            nonlocal counted
            counted += ask(queries[number % len(queries)])

        found = timed(query, self._clock)(command.first, command.queries)
        samples = Samples(
            quantity="latency",
            values=found.seconds,
            batch=shape.batch,
            inputs=shape.batch * len(found.seconds),
            wall=found.wall,
        )
        return Answer(samples=(_labelled(samples, shape),))

    def read_memory(self, _: ReadMemory) -> Answer:
        """Peaks of memory since the model was about to be opened."""
        return Answer()

    def close(self) -> None:
        """Release the model."""
        if self._session is not None:
            session, self._session = self._session, None
            with contextlib.suppress(Exception):  # everything was measured; what goes wrong now changes no number
                session.close()

    @property
    def _subject(self) -> Subject:
        """The model and its inputs; when it is first asked for, all else that was read for planning is forgotten."""
        if self._known is None:
            assert self._cell is not None
            self._known = subject.subject_of(self._cell, seed=self._seed, tell=self._tell)
            self._cell = None
        return self._known

    @property
    def _asking(self) -> Questions:
        assert self._questions is not None
        return self._questions

    def _shape(self, shape: Shape) -> Shape:
        """The shape that can be had: no input twice in one query, since equal ones are computed once."""
        return msgspec.structs.replace(shape, batch=min(shape.batch, len(self._subject.inputs)))

    def _notes(self, shape: Shape) -> tuple[str, ...]:
        held = self._shape(shape).batch
        notes = [self._asking.note]
        if held != shape.batch:
            notes.append(f"batches of {held} where {shape.batch} were asked for: the task has no more distinct inputs")
        return tuple(note for note in notes if note)

    def _queries(self, shape: Shape) -> list[Query]:
        """The cycle of queries of a shape, from its beginning."""
        if shape not in self._cycles:
            self._cycles[shape] = [*loops.shuffled(len(self._subject.inputs), shape.batch, self._seed)]
        return self._cycles[shape]

    def _next(self, shape: Shape) -> list[Query]:
        return self._queries(self._shape(shape))

    def _turn(self, shape: Shape, asked: int) -> None:
        """Let the cycle go on where it was left: what warmed the model up is not asked again at once."""
        cycle = self._queries(shape)
        at = asked % len(cycle)
        self._cycles[shape] = [*cycle[at:], *cycle[:at]]


def _timed(quantity: str, seconds: float) -> Samples:
    return Samples(quantity=quantity, values=(seconds,), phase="start")


def _labelled(samples: Samples, shape: Shape) -> Samples:
    return msgspec.structs.replace(samples, batch=shape.batch, length=shape.length)


def _sizes(facts: Facts) -> tuple[Reading, ...]:
    told_of = {"size_bytes": facts.size_bytes, "parameters": facts.parameters}
    return tuple(
        Reading(
            quantity=name,
            value=None if value is None else float(value),
            reason="" if value is not None else "the adapter does not say",
            source="files of the model" if value is not None else "",
            phase="start",
        )
        for name, value in told_of.items()
    )


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        handle = os.open("/proc/self/clear_refs", os.O_WRONLY)
        try:
            os.write(handle, b"5")
        finally:
            os.close(handle)
