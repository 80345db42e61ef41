"""Several models in turn: all of them open at once, with a second copy of the first, in several sets of fresh processes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchwright.measuring.clock import RealClock
from benchwright.measuring.interleaved import AskBlock, BlockTimes, Design, calibrate, design_of, interleave
from benchwright.measuring.presets import limits_of
from benchwright.profiling.gathered import GatheredSamples
from benchwright.profiling.messages import Answer, Block, ReadMemory, Shape, WarmUp
from benchwright.profiling.parent import ModelProcess, ProcessFailed
from benchwright.profiling.starting import START, Wanted, Watch, fail, make_checkpoint, shapes_of, start, started
from benchwright.types import ProfileSpec

_MOST_IN_TURN = 60.0
"""Seconds that the rounds are expected to take at most, for the time left alone."""


_TOLD_EVERY = 1.0
"""Seconds between two rounds that are told."""


def seconds_in_turn(spec: ProfileSpec, models: int) -> float:
    """About how long a session of so many models takes, by the preset."""
    design = design_of(spec)
    opening = len(design.rounds_of_sets) * (models + 1) * (START + limits_of(spec).cap)
    return opening + _seconds_of_rounds(design)


def _seconds_of_rounds(design: Design) -> float:
    return min(design.budget, _MOST_IN_TURN)


@dataclass(kw_only=True)
class _Seat:
    """A model of an interleaved session, or the second copy of the first."""

    wanted: Wanted
    found: GatheredSamples
    process: ModelProcess
    is_copy: bool = False
    shape: Shape = field(default_factory=Shape)
    number: int = 0

    def block(self, first: int, queries: int) -> BlockTimes:
        """A block of the model, as `interleave` asks for it."""
        (one,) = self.process.ask(Block(shape=self.shape, first=first, queries=queries)).samples
        return BlockTimes(seconds=one.values, wall=one.wall, inputs=one.inputs, tokens=one.tokens)


def measure_interleaved(models: Sequence[Wanted], watch: Watch) -> list[GatheredSamples]:
    """Several models in turn, block by block, with a second copy of the first among them: all of one session, or none.

    All processes are opened anew for each set of rounds, since two processes of one model differ by more than their blocks
    show. One that fails ends the session for all, since the others would have been compared with it.
    """
    found = [GatheredSamples(key=key, spec=spec) for one in models for key, spec in one.cells.items()]
    for wanted, mine in zip(models, found, strict=True):
        if not make_checkpoint(wanted, [mine], watch):
            fail([one for one in found if not one.reason], f"{wanted.job.place[0]} failed: {mine.reason}")
            return found
    queries = 0
    try:
        for number, rounds in enumerate(design_of(found[0].spec).rounds_of_sets):
            with ExitStack() as stack:
                seats = _take_seats(models, found, stack, watch, number)
                queries = _in_turn(seats, rounds, queries, watch)
    except _SeatFailed as error:
        for one in found:
            one.reason = error.reason if one is error.seat.found else f"{error.name} failed: {error.reason}"
    return found


class _SeatFailed(Exception):
    def __init__(self, seat: _Seat, reason: str) -> None:
        super().__init__(reason)
        self.seat, self.reason, self.name = seat, reason, seat.wanted.job.place[0]


def _take_seats(
    models: Sequence[Wanted], found: Sequence[GatheredSamples], stack: ExitStack, watch: Watch, number: int
) -> list[_Seat]:
    """All models of a set open and warm, in the order that `interleave` wants: the first, its copy, the others."""
    order = [(models[0], found[0], False), (models[0], found[0], True)]
    order += [(one, mine, False) for one, mine in zip(models[1:], found[1:], strict=True)]
    seats = []
    for wanted, mine, is_copy in order:
        shape = shapes_of(mine.spec)[0]
        process = stack.enter_context(started(watch))
        seat = _Seat(wanted=wanted, found=mine, process=process, is_copy=is_copy, shape=shape, number=number)
        seats.append(seat)
        with _blamed(seat):
            begun = list(start(process, wanted, watch, evict=number == 0 and not is_copy))
            limits = limits_of(mine.spec)
            watch.step(f"{wanted.job.place[0]}: warming up", limits.cap)
            warm = process.ask(WarmUp(shape=shape, spec=mine.spec), seconds=limits.cap)
            if not is_copy:
                for answer in (*begun, warm):
                    mine.add(answer, process=number)
    return seats


@contextmanager
def _blamed(seat: _Seat) -> Iterator[None]:
    try:
        yield
    except ProcessFailed as error:
        raise _SeatFailed(seat, str(error)) from error


class _Rounds:
    """Tells the rounds of a set as they pass, once a second at most: between two blocks, when nothing is under the clock.

    Args:
        watch: Is told.
        rounds: Of the set.
        each: Seconds that a round is expected to take.
    """

    def __init__(self, watch: Watch, rounds: range, each: float) -> None:
        self._watch, self._rounds, self._each = watch, rounds, each
        self._left, self._told, self._clock = watch.left, -math.inf, RealClock()

    def __call__(self, done: int, total: int) -> None:
        """So many rounds of all are done."""
        self._watch.left = max(0.0, self._left - self._each * (done - self._rounds.start))
        now = self._clock.now()
        if done in self._rounds and now - self._told >= _TOLD_EVERY:
            self._told = now
            self._watch.say(f"in turn: round {done + 1} of {total}", self._watch.left)


def _in_turn(seats: Sequence[_Seat], rounds: range, queries: int, watch: Watch) -> int:
    """Measure the rounds of a set; ``queries`` of a block as the first set found them (0: this is the first), which is returned."""
    spec, notes = seats[0].found.spec, tuple[str, ...]()
    design = design_of(spec)

    def asked(seat: _Seat) -> AskBlock:
        def block(first: int, queries: int) -> BlockTimes:
            with _blamed(seat):
                return seat.block(first, queries)

        return block

    asks = [asked(seat) for seat in seats]
    if not queries:
        queries, notes = calibrate(asks, design)
    told = _Rounds(watch, rounds, _seconds_of_rounds(design) / design.rounds)
    told(rounds.start, design.rounds)
    seed, batch = seats[0].wanted.job.spec.seed, seats[0].shape.batch
    samples = interleave(asks, design, queries=queries, seed=seed, batch=batch, rounds=rounds, on_round=told)
    for seat, mine in zip(seats, samples, strict=True):
        seat.found.add(Answer(samples=mine, notes=notes), process=seat.number)
        with _blamed(seat):
            if not seat.is_copy:
                seat.found.add(seat.process.ask(ReadMemory()), process=seat.number)
            seat.found.note(seat.process.note)
            seat.process.finish()
    return queries
