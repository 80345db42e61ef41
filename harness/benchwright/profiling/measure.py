"""Which commands make a profile: scenarios of one model in fresh processes, several processes at once, several models in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from benchwright.measuring.clock import RealClock
from benchwright.measuring.interleaved import AskBlock, BlockTimes, calibrate, design_of, interleave
from benchwright.measuring.presets import limits_of
from benchwright.measuring.sweep import QUANTILES
from benchwright.profiling.gathered import Gathered
from benchwright.profiling.instrumented import wants_rate
from benchwright.profiling.messages import (
    Answer,
    Block,
    Command,
    EvictFiles,
    FirstCall,
    MakeCheckpoint,
    Offline,
    OpenModel,
    PlanModel,
    ReadMemory,
    Serve,
    Shape,
    SingleStream,
    Stages,
    Sweep,
    Together,
    WarmUp,
)
from benchwright.profiling.parent import PATIENCE, ModelProcess, ProcessFailed, Tell
from benchwright.profiling.surroundings import surroundings
from benchwright.types import CellJob, ModelRef, ProfileSpec, Reading

_NOTICE = 0.25
"""Seconds before processes that begin together are told when."""

_MOST_IN_TURN = 60.0
"""Seconds that the rounds of an interleaved session are expected to take at most, for the time left alone."""

_START = 5.0
"""Seconds that a process takes to begin, plan and open a model, about: for the time left alone."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A model on a task, and the cells of it that are measured together.

    Attributes:
        job: Of one of the cells: what the process plans again.
        machine: Fingerprint in its key.
        cells: Specification of each cell, filled in, by its key.
        derives: Whether a checkpoint is made before the model can be opened.
    """

    job: CellJob
    machine: str
    cells: Mapping[str, ProfileSpec]
    derives: bool = False


@dataclass(kw_only=True)
class Watch:
    """What goes on, for the eyes of a user.

    Attributes:
        say: Called with what begins and the seconds left in all.
        tell: Called with (what, done, total) in long steps that are not timed.
        left: Seconds that the presets of what is not measured yet take.
        patience: Seconds for which a process may be silent beyond what it was asked to take.
        checkpoints: What derivations made, by the key of the cell.
    """

    say: Callable[[str, float], None]
    tell: Tell
    left: float = 0.0
    patience: float = PATIENCE
    checkpoints: dict[str, ModelRef] = field(default_factory=dict)

    def step(self, what: str, seconds: float) -> None:
        """A step begins that takes about so many seconds."""
        self.say(what, self.left)
        self.left = max(0.0, self.left - seconds)


def seconds_of(spec: ProfileSpec, models: int = 1) -> float:
    """About how long measuring takes, by the preset; what a model needs to open is not known before."""
    limits = limits_of(spec)
    one = _START + limits.cap + _expected(spec)
    if spec.scenario == "interleaved":
        design = design_of(spec)
        opening = len(design.rounds_of_sets) * (models + 1) * (_START + limits.cap)
        return opening + min(design.budget, _MOST_IN_TURN)
    if spec.scenario == "concurrency":
        return one * len(spec.concurrency)
    return one * (spec.processes or 1)


def measure_alone(wanted: Wanted, watch: Watch) -> list[Gathered]:
    """The scenarios of one model, one after the other in one process, all of it again in as many fresh processes as the preset asks.

    A scenario that fails leaves the others; a process that dies ends all that it had not finished.
    """
    found = [Gathered(key=key, spec=spec) for key, spec in wanted.cells.items()]
    if not _make_checkpoint(wanted, found, watch):
        return found
    for number in range(max(_processes(one.spec) for one in found)):
        mine = [one for one in found if _processes(one.spec) > number and not one.reason]
        if mine:
            _one_process(wanted, mine, number, watch)
    for one in found:
        _say_what_is_not_known(one)
    return found


def _say_what_is_not_known(found: Gathered) -> None:
    """Of a single process, whose files were taken out of the page cache, no start with warm files is known."""
    starts = {one.quantity for one in found.samples}
    if "cold_start" in starts and "warm_start" not in starts:
        why = "there was one process, and its files were taken out of the page cache first; preset=standard has three"
        found.readings.append(Reading(quantity="warm_start", value=None, reason=why, phase="start"))


def _processes(spec: ProfileSpec) -> int:
    return spec.processes or 1


def _one_process(wanted: Wanted, mine: Sequence[Gathered], number: int, watch: Watch) -> None:
    with _started(watch) as process:
        try:
            start = list(_start(process, wanted, watch, evict=number == 0))
        except ProcessFailed as error:
            _fail(mine, str(error))
            return
        for one in mine:
            for answer in start:
                one.add(answer, process=number)
            try:
                for answer in _scenario(process, one.spec, watch):
                    one.add(answer, process=number)
                one.note(process.note)
            except ProcessFailed as error:
                one.reason = str(error)
            if not process.is_alive:
                _fail([other for other in mine[mine.index(one) :] if not other.reason], one.reason)
                return
        process.finish()


def _fail(cells: Sequence[Gathered], reason: str) -> None:
    for one in cells:
        one.reason = reason


@contextmanager
def _started(watch: Watch, *, processes: int = 1) -> Iterator[ModelProcess]:
    environ = surroundings(processes=processes)
    with ModelProcess(environ, tell=watch.tell, patience=watch.patience) as process:
        yield process


def _make_checkpoint(wanted: Wanted, found: Sequence[Gathered], watch: Watch) -> bool:
    """Whether the model can be opened: of a derivation the checkpoint is made, in a process that measures nothing."""
    if not wanted.derives:
        return True
    with _started(watch) as process:
        try:
            process.ask(PlanModel(job=wanted.job, machine=wanted.machine))
            made = process.ask(MakeCheckpoint()).checkpoint
        except ProcessFailed as error:
            _fail(found, str(error))
            return False
    if made is not None:
        watch.checkpoints[wanted.job.key] = made
    return True


def _plan(wanted: Wanted, watch: Watch) -> PlanModel:
    return PlanModel(job=wanted.job, machine=wanted.machine, checkpoint=watch.checkpoints.get(wanted.job.key))


def _start(process: ModelProcess, wanted: Wanted, watch: Watch, *, evict: bool) -> Iterator[Answer]:
    """From the start of the process to its first answer."""
    watch.step("opening the model", _START)
    process.ask(_plan(wanted, watch))
    if evict:
        yield process.ask(EvictFiles())
    yield process.ask(OpenModel(started=process.started))
    yield process.ask(FirstCall())


def _scenario(process: ModelProcess, spec: ProfileSpec, watch: Watch) -> Iterator[Answer]:
    """A scenario of a process that stands ready: warm-up, what is measured, memory."""
    limits = limits_of(spec)
    name = spec.scenario.replace("_", " ")
    if spec.scenario == "sweep":
        watch.step("sweep", _expected(spec))
        yield process.ask(Sweep(spec=spec), seconds=_points(spec) * (limits.cap + limits.most_seconds))
        return
    for shape in _shapes(spec):
        watch.step(f"{name}: warming up", limits.cap)
        yield process.ask(WarmUp(shape=shape.warm, spec=spec), seconds=limits.cap)
        watch.step(f"{name}: measuring", _expected(spec))
        yield process.ask(_command(shape, spec), seconds=limits.search_seconds + limits.most_seconds)
    yield process.ask(ReadMemory())
    for number, shape in enumerate(_shapes(spec)):  # after memory was read: stages copy what a query does not
        watch.step(f"{name}: stages", 1.0)
        yield process.ask(Stages(shape=shape, spec=spec, rate=not number and wants_rate(spec.preset)), seconds=60.0)


def _expected(spec: ProfileSpec) -> float:
    """About how long the measuring of a scenario takes, by its preset."""
    limits = limits_of(spec)
    if spec.scenario == "sweep":
        return _points(spec) * limits.cap
    return limits.search_seconds if spec.scenario == "server" and spec.rate is None else limits.least_seconds


def _points(spec: ProfileSpec) -> int:
    """Of a sweep, as many lengths as are taken from the texts where none are named."""
    return len(spec.batches) * len(spec.lengths or QUANTILES[spec.preset])


def _shapes(spec: ProfileSpec) -> list[Shape]:
    batch = spec.batch or (0 if spec.scenario == "offline" else 1)
    return [Shape(batch=batch, length=length) for length in spec.lengths or (0,)]


def _command(shape: Shape, spec: ProfileSpec) -> Command:
    if spec.scenario == "offline":
        return Offline(shape=shape, spec=spec)
    if spec.scenario == "server":
        return Serve(shape=shape, spec=spec)
    return SingleStream(shape=shape, spec=spec)


def measure_concurrency(wanted: Wanted, watch: Watch) -> list[Gathered]:
    """One model in several processes at once, each with a copy: for each number of processes fresh ones, which begin together."""
    (key, spec), *_ = wanted.cells.items()
    found = Gathered(key=key, spec=spec)
    if not _make_checkpoint(wanted, [found], watch):
        return [found]
    try:
        for level in spec.concurrency:
            _at_once(wanted, spec, level, found, watch)
    except ProcessFailed as error:
        found.reason = str(error)
    return [found]


def _at_once(wanted: Wanted, spec: ProfileSpec, level: int, found: Gathered, watch: Watch) -> None:
    limits = limits_of(spec)
    shape = _shapes(spec)[0]
    with ExitStack() as stack:
        copies = [stack.enter_context(_started(watch, processes=level)) for _ in range(level)]
        watch.step(f"{level} at once: opening", _START)
        _all(copies, lambda _: _plan(wanted, watch))
        opened = _all(copies, lambda copy: OpenModel(started=copy.started))
        _all(copies, lambda _: FirstCall())
        watch.step(f"{level} at once: warming up", limits.cap)
        warm = _all(copies, lambda _: WarmUp(shape=shape, spec=spec), seconds=limits.cap)
        watch.step(f"{level} at once: measuring", limits.least_seconds)
        begin = RealClock().now() + _NOTICE
        together = Together(shape=shape, spec=spec, begin=begin, concurrency=level)
        measured = _all(copies, lambda _: together, seconds=limits.most_seconds)
        memory = _all(copies, lambda _: ReadMemory())
        for answers in (warm, measured, memory):
            for number, answer in enumerate(answers):
                found.add(answer, process=number, concurrency=level)
        found.settings.update(opened[0].settings)
        found.settings[f"threads of {level} at once"] = surroundings(processes=level)["OMP_NUM_THREADS"]
        found.note(*(copy.note for copy in copies))
        for copy in copies:
            copy.finish()


def _all(
    copies: Sequence[ModelProcess], of: Callable[[ModelProcess], Command], *, seconds: float = 0.0
) -> list[Answer]:
    """Answers of all, who were asked before any was waited for."""
    for copy in copies:
        copy.send(of(copy))
    return [copy.wait(seconds=seconds) for copy in copies]


@dataclass(kw_only=True)
class _Seat:
    """A model of an interleaved session, or the second copy of the first."""

    wanted: Wanted
    found: Gathered
    process: ModelProcess
    is_copy: bool = False
    shape: Shape = field(default_factory=Shape)
    number: int = 0

    def block(self, first: int, queries: int) -> BlockTimes:
        """A block of the model, as `interleave` asks for it."""
        (one,) = self.process.ask(Block(shape=self.shape, first=first, queries=queries)).samples
        return BlockTimes(seconds=one.values, wall=one.wall, inputs=one.inputs, tokens=one.tokens)


def measure_interleaved(models: Sequence[Wanted], watch: Watch) -> list[Gathered]:
    """Several models in turn, block by block, with a second copy of the first among them: all of one session, or none.

    All processes are opened anew for each set of rounds, since two processes of one model differ by more than their blocks show. One that fails ends the session for all, since the others would have been compared with it.
    """
    found = [Gathered(key=key, spec=spec) for one in models for key, spec in one.cells.items()]
    for wanted, mine in zip(models, found, strict=True):
        if not _make_checkpoint(wanted, [mine], watch):
            _fail([one for one in found if not one.reason], f"{wanted.job.place[0]} failed: {mine.reason}")
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
    models: Sequence[Wanted], found: Sequence[Gathered], stack: ExitStack, watch: Watch, number: int
) -> list[_Seat]:
    """All models of a set open and warm, in the order that `interleave` wants: the first, its copy, the others."""
    order = [(models[0], found[0], False), (models[0], found[0], True)]
    order += [(one, mine, False) for one, mine in zip(models[1:], found[1:], strict=True)]
    seats = []
    for wanted, mine, is_copy in order:
        shape = _shapes(mine.spec)[0]
        process = stack.enter_context(_started(watch))
        seat = _Seat(wanted=wanted, found=mine, process=process, is_copy=is_copy, shape=shape, number=number)
        seats.append(seat)
        with _blamed(seat):
            start = list(_start(process, wanted, watch, evict=number == 0 and not is_copy))
            limits = limits_of(mine.spec)
            watch.step(f"{wanted.job.place[0]}: warming up", limits.cap)
            warm = process.ask(WarmUp(shape=shape, spec=mine.spec), seconds=limits.cap)
            if not is_copy:
                for answer in (*start, warm):
                    mine.add(answer, process=number)
    return seats


@contextmanager
def _blamed(seat: _Seat) -> Iterator[None]:
    try:
        yield
    except ProcessFailed as error:
        raise _SeatFailed(seat, str(error)) from error


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
    watch.step(
        f"in turn: rounds {rounds.start + 1} to {rounds.stop} of {design.rounds}",
        min(design.budget, _MOST_IN_TURN) * len(rounds) / design.rounds,
    )
    seed, batch = seats[0].wanted.job.spec.seed, seats[0].shape.batch
    samples = interleave(asks, design, queries=queries, seed=seed, batch=batch, rounds=rounds)
    for seat, mine in zip(seats, samples, strict=True):
        seat.found.add(Answer(samples=mine, notes=notes), process=seat.number)
        with _blamed(seat):
            if not seat.is_copy:
                seat.found.add(seat.process.ask(ReadMemory()), process=seat.number)
            seat.found.note(seat.process.note)
            seat.process.finish()
    return queries
