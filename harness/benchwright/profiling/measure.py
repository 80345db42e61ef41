"""Which commands make a profile of one model: its scenarios in fresh processes, or several processes of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

from benchwright.measuring.clock import RealClock
from benchwright.measuring.presets import limits_of
from benchwright.measuring.sweep import QUANTILES
from benchwright.profiling.gathered import GatheredSamples
from benchwright.profiling.instrumented import wants_rate
from benchwright.profiling.messages import (
    Answer,
    Command,
    FirstCall,
    Offline,
    OpenModel,
    ReadMemory,
    Serve,
    Shape,
    SingleStream,
    Stages,
    Sweep,
    Together,
    WarmUp,
)
from benchwright.profiling.parent import ModelProcess, ProcessFailed
from benchwright.profiling.starting import (
    START,
    Wanted,
    Watch,
    fail,
    make_checkpoint,
    plan_of,
    shapes_of,
    start,
    started,
)
from benchwright.profiling.surroundings import surroundings
from benchwright.types import ProfileSpec, Reading

_NOTICE = 0.25
"""Seconds before processes that begin together are told when."""


def seconds_of(spec: ProfileSpec) -> float:
    """About how long measuring takes, by the preset; what a model needs to open is not known before."""
    limits = limits_of(spec)
    one = START + limits.cap + _expected(spec)
    if spec.scenario == "concurrency":
        return one * len(spec.concurrency)
    return one * (spec.processes or 1)


def measure_alone(wanted: Wanted, watch: Watch) -> list[GatheredSamples]:
    """The scenarios of one model, one after the other in one process, all of it again in as many fresh processes as the preset asks.

    A scenario that fails leaves the others; a process that dies ends all that it had not finished.
    """
    found = [GatheredSamples(key=key, spec=spec) for key, spec in wanted.cells.items()]
    if not make_checkpoint(wanted, found, watch):
        return found
    for number in range(max(_processes(one.spec) for one in found)):
        mine = [one for one in found if _processes(one.spec) > number and not one.reason]
        if mine:
            _one_process(wanted, mine, number, watch)
    for one in found:
        _say_what_is_not_known(one)
    return found


def _say_what_is_not_known(found: GatheredSamples) -> None:
    """Of a single process, whose files were taken out of the page cache, no start with warm files is known."""
    starts = {one.quantity for one in found.samples}
    if "cold_start" in starts and "warm_start" not in starts:
        why = "there was one process, and its files were taken out of the page cache first; preset=standard has three"
        found.readings.append(Reading(quantity="warm_start", value=None, reason=why, phase="start"))


def _processes(spec: ProfileSpec) -> int:
    return spec.processes or 1


def _one_process(wanted: Wanted, mine: Sequence[GatheredSamples], number: int, watch: Watch) -> None:
    with started(watch) as process:
        try:
            begun = list(start(process, wanted, watch, evict=number == 0))
        except ProcessFailed as error:
            fail(mine, str(error))
            return
        for one in mine:
            for answer in begun:
                one.add(answer, process=number)
            try:
                for answer in _scenario(process, one.spec, watch):
                    one.add(answer, process=number)
                one.note(process.note)
            except ProcessFailed as error:
                one.reason = str(error)
            if not process.is_alive:
                fail([other for other in mine[mine.index(one) :] if not other.reason], one.reason)
                return
        process.finish()


def _scenario(process: ModelProcess, spec: ProfileSpec, watch: Watch) -> Iterator[Answer]:
    """A scenario of a process that stands ready: warm-up, what is measured, memory."""
    limits = limits_of(spec)
    name = spec.scenario.replace("_", " ")
    if spec.scenario == "sweep":
        watch.step("sweep", _expected(spec))
        yield process.ask(Sweep(spec=spec), seconds=_points(spec) * (limits.cap + limits.most_seconds))
        return
    for shape in shapes_of(spec):
        watch.step(f"{name}: warming up", limits.cap)
        yield process.ask(WarmUp(shape=shape.warm, spec=spec), seconds=limits.cap)
        watch.step(f"{name}: measuring", _expected(spec))
        yield process.ask(_command(shape, spec), seconds=limits.search_seconds + limits.most_seconds)
    yield process.ask(ReadMemory())
    for number, shape in enumerate(shapes_of(spec)):  # after memory was read: stages copy what a query does not
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


def _command(shape: Shape, spec: ProfileSpec) -> Command:
    if spec.scenario == "offline":
        return Offline(shape=shape, spec=spec)
    if spec.scenario == "server":
        return Serve(shape=shape, spec=spec)
    return SingleStream(shape=shape, spec=spec)


def measure_concurrency(wanted: Wanted, watch: Watch) -> list[GatheredSamples]:
    """One model in several processes at once, each with a copy: for each number of processes fresh ones, which begin together.

    A number that fails (memory, a death) leaves those that were measured, and larger ones are not tried: more copies need more of
    everything. The cell fails where none could be measured.
    """
    (key, spec), *_ = wanted.cells.items()
    found = GatheredSamples(key=key, spec=spec)
    if not make_checkpoint(wanted, [found], watch):
        return [found]
    failed: dict[int, str] = {}
    for level in spec.concurrency:
        smaller = min((one for one in failed if one < level), default=None)
        if smaller is not None:
            failed[level] = f"not tried, since {smaller} at once failed"
            continue
        try:
            _at_once(wanted, spec, level, found, watch)
        except (ProcessFailed, OSError) as error:  # OSError: no further process can be started
            failed[level] = str(error)
    if len(failed) == len(spec.concurrency):
        found.reason = next(iter(failed.values()))
    found.readings += [
        Reading(quantity="throughput", value=None, reason=reason, concurrency=level, batch=shapes_of(spec)[0].batch)
        for level, reason in failed.items()
    ]
    return [found]


def _at_once(wanted: Wanted, spec: ProfileSpec, level: int, found: GatheredSamples, watch: Watch) -> None:
    limits = limits_of(spec)
    shape = shapes_of(spec)[0]
    with ExitStack() as stack:
        copies = [stack.enter_context(started(watch, processes=level)) for _ in range(level)]
        watch.step(f"{level} at once: opening", START)
        _all(copies, lambda _: plan_of(wanted, watch))
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
