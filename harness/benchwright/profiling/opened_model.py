"""An open model under the clock: warm-up and scenarios, each from a command to raw samples."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from statistics import fmean

import msgspec

from benchwright.measuring.clock import Clock
from benchwright.measuring.concurrency import stream_from
from benchwright.measuring.interleaved import timed
from benchwright.measuring.offline import inputs_of_pass, offline
from benchwright.measuring.presets import limits_of
from benchwright.measuring.rate_search import search
from benchwright.measuring.server import serve
from benchwright.measuring.single_stream import Measured, single_stream
from benchwright.measuring.steady import UNSTEADY, warm_up
from benchwright.profiling.given_lengths import GivenLength, inputs_of_length
from benchwright.profiling.inputs import shuffled, spread_over_lengths
from benchwright.profiling.messages import Answer, Block, Offline, Serve, Shape, SingleStream, Together, WarmUp
from benchwright.profiling.meters import Meters
from benchwright.profiling.questions import ModelBroken, Query, Questions
from benchwright.profiling.subject import ProfileSubject
from benchwright.types import Describes, Example, FillsBatches, Reading, Samples, Session
from benchwright.types.hardware import Scenario

_LEFT_OUT = 10
"""Calls of a warm-up that say nothing of how long a query takes later."""

MOST_MADE = 256
"""Inputs that are made of one length."""

MOST_QUERIES = 4096
"""Queries of a cycle that are made before they are asked."""


class OpenedModel:
    """A model that answers, its inputs, and the clock.

    Args:
        session: The open model.
        subject: What its inputs are.
        clock: What time is read from.
        meters: Of memory and energy.

    Attributes:
        passes: Of `offline`, by the shape that was asked for: the queries of its passes.
    """

    def __init__(self, session: Session, subject: ProfileSubject, clock: Clock, meters: Meters) -> None:
        self.session, self.subject, self.clock, self.meters = session, subject, clock, meters
        self.questions = Questions(session, subject.context.device)
        self.passes: dict[Shape, list[list[Example]]] = {}
        self._made: dict[int, GivenLength] = {}
        self._cycles: dict[Shape, list[Query]] = {}
        self._asked: dict[Shape, int] = {}
        self._called: set[Shape] = set()
        self._warm: dict[Shape, tuple[float, bool]] = {}
        self.batch_as("single_stream")

    def batch_as(self, scenario: Scenario) -> dict[str, str]:
        """Batch as a scenario does: offline as in an evaluation, else without filling, which no query waits for; settings of it."""
        if not isinstance(self.session, FillsBatches):
            return {}
        self.session.is_filled = scenario == "offline"
        if not isinstance(self.session, Describes) or "batches" not in self.session.settings:
            return {}
        return {"batches": self.session.settings["batches"]}

    def first_call(self) -> tuple[float, float]:
        """When the very first query, one input, was asked, and when it was answered."""
        query = self.queries(Shape())[0]
        began = self.clock.now()
        self.questions.ask(query)
        answered = self.clock.now()
        self.questions.check_first()
        self._called.add(Shape())
        return began, answered

    def warm_up(self, command: WarmUp) -> Answer:
        """Ask queries of a shape until they take the same time; the first call of the shape is told apart."""
        self.meters.begin_scenario()
        batched = self.batch_as(command.spec.scenario)
        gc.collect()  # not within a timed query
        shape = self.shape(command.shape)
        first: tuple[Samples, ...] = ()
        if shape not in self._called:
            began = self.clock.now()
            self.questions.ask(self._next(shape)[0])
            first = (
                Samples(
                    quantity="first_call", values=(self.clock.now() - began,), phase="first_call", inputs=shape.batch
                ),
            )
            self._called.add(shape)
        cycle = self.queries(shape)
        found = warm_up(self.questions.of(cycle), self.clock, limits_of(command.spec), cycle=min(32, len(cycle)))
        later = found.samples.values[_LEFT_OUT:] or found.samples.values
        self._warm[shape] = fmean(later), found.steady
        self._asked[shape] = 32
        samples = (*first, msgspec.structs.replace(found.samples, inputs=found.calls * shape.batch))
        return Answer(samples=_labelled(samples, shape), notes=_not_steady(found.reason, shape), settings=batched)

    def single_stream(self, command: SingleStream) -> Answer:
        """The next query when the last is answered."""
        gc.collect()  # not within a timed query
        shape = self.shape(command.shape)
        before = self.questions.tokens
        asks = self.questions.of(self._next(shape))
        found, energy = self.meters.energy_of(
            lambda: single_stream(asks, self.clock, limits_of(command.spec), steady=self._is_steady(shape)), shape
        )
        (one,) = found.samples
        self._asked[shape] = self._asked.get(shape, 0) + len(one.values)
        counted = msgspec.structs.replace(
            one, inputs=len(one.values) * shape.batch, tokens=self.questions.tokens - before
        )
        return self._answer(found, (counted,), command.shape, energy)

    def offline(self, command: Offline) -> Answer:
        """Many inputs at once, pass after pass, each of as many as fill a tenth of the time; the first pass is not counted."""
        gc.collect()  # not within a timed query
        limits = limits_of(command.spec)
        warm = self.shape(command.shape.warm)
        seconds, steady = self._warm[warm]
        inputs = self.inputs(command.shape.length)
        count = inputs_of_pass(warm.batch / max(seconds, 1e-9), limits, len(inputs))
        chosen = spread_over_lengths(inputs, count, self.subject.seed)
        size = min(command.shape.batch, count) or count
        queries = [chosen[at : at + size] for at in range(0, count, size)]
        self.passes[command.shape] = queries

        def ask(_: int) -> None:
            for query in queries:
                self.questions.ask(query)

        ask(0)
        before = self.questions.tokens
        whole = msgspec.structs.replace(command.shape, batch=count)
        found, energy = self.meters.energy_of(
            lambda: offline(ask, self.clock, limits, inputs=count, steady=steady), whole
        )
        (one,) = found.samples
        counted = msgspec.structs.replace(one, tokens=self.questions.tokens - before, length=command.shape.length)
        notes = (*_passes(count, len(inputs)), *self._notes(found, command.shape))
        return Answer(samples=(counted,), readings=energy, notes=notes)

    def serve(self, command: Serve) -> Answer:
        """Queries at random times, at the rate that was asked for; without one the highest that holds the bound is searched for."""
        gc.collect()  # not within a timed query
        spec, limits = command.spec, limits_of(command.spec)
        shape = self.shape(command.shape)
        service, steady = self._warm[shape]
        ask, seed = self.questions.of(self._next(shape)), self.subject.seed
        assert spec.bound is not None
        if spec.rate is None:
            found = search(ask, self.clock, limits, bound=spec.bound, service=service, seed=seed, steady=steady)
        else:
            found = serve(ask, self.clock, limits, rate=spec.rate, bound=spec.bound, seed=seed, steady=steady)
        return self._answer(found, found.samples, command.shape)

    def together(self, command: Together) -> Answer:
        """One process of several that ask at the same time."""
        gc.collect()  # not within a timed query
        shape = self.shape(command.shape)
        found = stream_from(
            self.questions.of(self._next(shape)),
            self.clock,
            limits_of(command.spec),
            begin=command.begin,
            concurrency=command.concurrency,
            steady=self._is_steady(shape),
        )
        return self._answer(found, found.samples, command.shape)

    def block(self, command: Block) -> Answer:
        """A block of an interleaved session."""
        shape = self.shape(command.shape)
        asks = self.questions.of(self.queries(shape))
        uncounted = 0

        def ask(number: int) -> None:
            nonlocal uncounted
            asks(number)
            if number == command.first:
                uncounted = self.questions.tokens

        found = timed(ask, self.clock)(command.first, command.queries)
        samples = Samples(
            quantity="latency",
            values=found.seconds,
            inputs=shape.batch * len(found.seconds),
            tokens=self.questions.tokens - uncounted,
            wall=found.wall,
        )
        return Answer(samples=_labelled((samples,), shape))

    def inputs(self, length: int) -> Sequence[Example]:
        """Distinct inputs of a length; 0: the texts of the task as they are. Raises ModelBroken where none can be made."""
        if not length:
            return self.subject.inputs
        if length not in self._made:
            known = self.subject
            made = inputs_of_length(
                self.session, known.task, known.inputs, length=length, count=MOST_MADE, seed=known.seed
            )
            if not made.examples:
                raise ModelBroken(made.note)
            self._made[length] = made
        return self._made[length].examples

    def shape(self, shape: Shape) -> Shape:
        """The shape that can be had: no input stands twice in a query, since equal ones are computed once."""
        return msgspec.structs.replace(shape, batch=min(shape.batch, len(self.inputs(shape.length))))

    def queries(self, shape: Shape) -> list[Query]:
        """The cycle of queries of a shape that can be had, from its beginning: distinct inputs, shuffled by the seed of the run."""
        if shape not in self._cycles:
            inputs = self.inputs(shape.length)
            order = shuffled(len(inputs), self.subject.seed)
            count = min(len(inputs), MOST_QUERIES) if shape.batch < len(inputs) else 1
            self._cycles[shape] = [
                [inputs[order[(number * shape.batch + at) % len(inputs)]] for at in range(shape.batch)]
                for number in range(count)
            ]
        return self._cycles[shape]

    def _next(self, shape: Shape) -> list[Query]:
        """The cycle from where it was left: what warmed the model up is not asked again at once."""
        cycle = self.queries(shape)
        at = self._asked.get(shape, 0) % len(cycle)
        return [*cycle[at:], *cycle[:at]]

    def _is_steady(self, shape: Shape) -> bool:
        return self._warm.get(shape, (0.0, False))[1]

    def _answer(
        self, found: Measured, samples: tuple[Samples, ...], asked: Shape, readings: tuple[Reading, ...] = ()
    ) -> Answer:
        labelled = _labelled(samples, self.shape(asked))
        return Answer(samples=labelled, readings=readings, notes=self._notes(found, asked))

    def _notes(self, found: Measured, asked: Shape) -> tuple[str, ...]:
        held = self.shape(asked).batch
        fewer = f"batches of {held} where {asked.batch} were asked for: the task has no more distinct inputs"
        made = self._made.get(asked.length)
        notes = [*found.notes, self.questions.note, made.note if made else "", fewer if held != asked.batch else ""]
        return tuple(note for note in notes if note)


def _passes(count: int, available: int) -> tuple[str, ...]:
    """That not all inputs were handed over at once; empty: they were."""
    what = "1 input" if count == 1 else f"{count:,} inputs"
    return (f"passes of {what}, spread over the lengths of all {available:,}",) if count < available else ()


def _labelled(samples: Sequence[Samples], shape: Shape) -> tuple[Samples, ...]:
    return tuple(msgspec.structs.replace(one, batch=shape.batch, length=shape.length) for one in samples)


def _not_steady(reason: str, shape: Shape) -> tuple[str, ...]:
    where = f"batches of {shape.batch}: " if shape.batch != 1 else ""
    return (f"{where}{UNSTEADY}{reason}",) if reason else ()
