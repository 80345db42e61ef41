"""An open model whose queries are given any shape: inputs of that length, and one batch to a query."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.measuring.presets import limits_of
from benchwright.measuring.single_stream import single_stream
from benchwright.measuring.steady import Ask, warm_up
from benchwright.measuring.sweep import Point, PointTooLarge, lengths_of, sweep
from benchwright.measuring.work import read_work
from benchwright.profiling.given_lengths import inputs_of_length
from benchwright.profiling.messages import Answer, Shape, Sweep, Tell
from benchwright.profiling.meters import Meters
from benchwright.profiling.opened_model import OpenedModel
from benchwright.profiling.questions import ModelBroken, is_out_of_memory, told
from benchwright.types import (
    CountsWork,
    Example,
    Prediction,
    ProfileSpec,
    Reading,
    Samples,
    Session,
    SizesBatches,
    Task,
)

_QUERIES = 8
"""Queries of a point that differ; after these the first comes again."""

_LEAST_INPUTS = 64

_COUNTED = 2000
"""Inputs whose tokens are counted to choose lengths."""

_UNLIMITED = 2**40
"""Padded tokens to a batch where each query shall be one."""

_TOO_LARGE = "it does not fit into memory as one batch"


class SweptSession:
    """Queries of any batch and length for an open session.

    A session that cuts queries into batches by itself (`SizesBatches`) is told to make one of each query: otherwise a large query would
    be several small batches, and a sweep would say nothing of batches. What it chose by itself is set again by `restore`.

    Args:
        session: The open model.
        task: Whose texts these are.
        examples: Its distinct inputs; under the length 0 they are asked as they are.
        largest: Inputs of the largest query.
        seed: Of the inputs.
        read: What is read at the end of a point: peaks of memory.

    Attributes:
        notes: What a reader must know of the inputs.
        counts_tokens: Whether lengths are in tokens, not in words.
        shown: The point that is asked, in words.
    """

    def __init__(
        self,
        session: Session,
        task: Task,
        examples: Sequence[Example],
        *,
        largest: int,
        seed: int = 0,
        read: Callable[[Point], tuple[Reading, ...]] = lambda _: (),
    ) -> None:
        self._session, self._task, self._examples = session, task, examples
        self._count, self._seed, self._read = max(_LEAST_INPUTS, 2 * largest), seed, read
        self._made: dict[int, tuple[Example, ...]] = {}
        self._why: dict[int, str] = {}
        self._own_budget = session.token_budget if isinstance(session, SizesBatches) else None
        self._queries: list[list[Example]] = []
        self.notes: list[str] = []
        self.counts_tokens = True
        self.shown = ""

    def begin(self, point: Point) -> Ask:
        """What asks a query of a point. Raises PointTooLarge where there are not enough inputs of its length."""
        inputs, batch = self._inputs(point.length), point.batch
        self.shown = f"batch {batch} of length {point.length}"
        if len(inputs) < batch:
            raise PointTooLarge(
                self._why[point.length] or f"the task has no more than {len(inputs)} distinct inputs of this length"
            )
        self._queries = [
            [inputs[(number * batch + at) % len(inputs)] for at in range(batch)]
            for number in range(min(_QUERIES, len(inputs)))
        ]
        if isinstance(self._session, SizesBatches):
            self._session.token_budget = _UNLIMITED
        queries, predict = self._queries, self._session.predict

        def ask(number: int) -> None:
            examples = queries[number % len(queries)]
            try:
                found = predict(examples)
            except BenchwrightError:
                raise
            except Exception as error:
                if is_out_of_memory(error):
                    raise PointTooLarge(_TOO_LARGE) from error
                raise ModelBroken(f"the model fails on a batch of {batch}: {told(error)}") from error
            _check(found, examples)

        return ask

    def end(self, point: Point) -> tuple[Reading, ...]:
        """Peaks of memory, and the work of the queries."""
        work = read_work(self._session, self._queries, batch=point.batch, length=point.length)
        return (*self._read(point), *work)

    def restore(self) -> None:
        """Let the session batch again as it did before."""
        if self._own_budget is not None and isinstance(self._session, SizesBatches):
            self._session.token_budget = self._own_budget

    def _inputs(self, length: int) -> tuple[Example, ...]:
        """Inputs of a length, made once; while lengths are counted the session is asked nothing that is timed."""
        if length not in self._made:
            if length:
                made = inputs_of_length(
                    self._session, self._task, self._examples, length=length, count=self._count, seed=self._seed
                )
                self._made[length], self._why[length] = made.examples, made.note
                self.counts_tokens = self.counts_tokens and made.counted == "tokens"
                if made.examples and made.note:
                    self.notes.append(made.note)
            else:
                self._made[length], self._why[length] = tuple(self._examples[: self._count]), ""
        return self._made[length]


def sweep_model(opened: OpenedModel, command: Sweep, *, tell: Tell) -> Answer:
    """A sweep of an open model: the grid of the specification, or lengths taken from the texts of the task."""
    spec, session, known = command.spec, opened.session, opened.subject
    batched = opened.batch_as("sweep")
    limits = limits_of(spec)
    lengths = spec.lengths or _lengths(session, known.inputs, spec)
    swept = SweptSession(
        session,
        known.task,
        known.inputs,
        largest=max(spec.batches),
        seed=known.seed,
        read=_read_memory(opened.meters),
    )

    def warm(ask: Ask) -> Samples:
        opened.meters.begin()
        return warm_up(ask, opened.clock, limits, cycle=_QUERIES).samples

    def measure(ask: Ask, steady: bool) -> Samples:  # noqa: FBT001 - of the protocol
        gc.collect()
        found = single_stream(ask, opened.clock, limits, steady=steady)
        swept.notes += [f"{swept.shown}: {note}" for note in found.notes]
        return found.samples[0]

    try:
        found = sweep(
            swept,
            [Point(length=length, batch=batch) for length in lengths for batch in spec.batches],
            opened.clock,
            warm_up=warm,
            measure=measure,
            most_seconds=limits.most_seconds,
            bound=spec.bound,
            seed=known.seed,
            on_point=tell,
        )
    finally:
        swept.restore()
    counted = [_counted(one, swept.counts_tokens) for one in found.samples]
    return Answer(
        samples=tuple(counted),
        readings=tuple(found.readings),
        notes=tuple(dict.fromkeys(swept.notes)),
        settings=batched,
        state=opened.meters.state(),
    )


def _lengths(session: Session, inputs: Sequence[Example], spec: ProfileSpec) -> tuple[int, ...]:
    """Lengths of a sweep where none are named: quantiles of those of the texts; without tokens the texts as they are."""
    if not isinstance(session, CountsWork):
        return (0,)
    return lengths_of(session.count_tokens(list(inputs[:_COUNTED])), spec.preset) or (0,)


def _counted(one: Samples, in_tokens: bool) -> Samples:  # noqa: FBT001 - a fact of the sweep
    """Samples of a point with inputs and tokens: every query has as many."""
    inputs = len(one.values) * one.batch
    return msgspec.structs.replace(one, inputs=inputs, tokens=inputs * one.length if in_tokens else 0)


def _read_memory(meters: Meters) -> Callable[[Point], tuple[Reading, ...]]:
    """What reads the peaks of a point."""
    return lambda point: meters.read(Shape(batch=point.batch, length=point.length))


def _check(found: Sequence[Prediction], examples: Sequence[Example]) -> None:
    """Raise PointTooLarge where memory ran out and the session went on in smaller batches, ModelBroken without answers."""
    if len(found) != len(examples):
        raise ModelBroken(f"the adapter returned {len(found)} predictions for {len(examples)} examples")
    if any("token_budget" in one.extra for one in found) or any("out of memory" in (one.error or "") for one in found):
        raise PointTooLarge(_TOO_LARGE)
    if all(one.error is not None for one in found):
        raise ModelBroken(f"the model has no answer: {found[0].error}")
