"""The model that a process owns: planned, opened, asked; every step with its clock readings and raw samples."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from benchwright.errors import BenchwrightError, StoreError
from benchwright.execute import find_opener
from benchwright.measuring.clock import RealClock
from benchwright.measuring.page_cache import evict
from benchwright.plan import make_plan
from benchwright.profiling.inputs import InputCycle, cycle_of
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
from benchwright.store import Store
from benchwright.store.folder import key_id
from benchwright.types import (
    Adapter,
    CellJob,
    Context,
    Derives,
    Describes,
    Example,
    Facts,
    ModelRef,
    PlannedCell,
    Prediction,
    Reading,
    Samples,
    Session,
    Task,
)

Tell = Callable[[str, int, int], None]


class ModelBroken(Exception):
    """The model cannot be opened or does not answer; the text is the reason."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is needed to open and ask a model, once its data were read."""

    adapter: Adapter
    model: ModelRef
    task: Task
    context: Context
    facts: Facts
    inputs: InputCycle
    derives: bool


class MeasuredModel:
    """A model in this process, from plan to end; commands are methods, answers are values.

    Args:
        tell: Called with (what, done, total) during long steps that are not timed.
        ready: When this process began to run Python, on the clock of `RealClock`.
    """

    def __init__(self, tell: Tell, *, ready: float) -> None:
        self._tell, self._ready = tell, ready
        self._clock = RealClock()
        self._planned = 0.0
        self._cell: PlannedCell | None = None
        self._subject: Subject | None = None
        self._session: Session | None = None
        self._cold: bool | None = None
        self._started = self._opening = self._opened = 0.0
        self._first_answer = 0.0
        self._asked: dict[Shape, int] = {}

    # what comes before the clock

    def plan(self, command: PlanModel) -> Answer:
        """Plan the cell, as `jobs.run_job` does, and choose its inputs."""
        job = command.job
        os.chdir(
            job.folder
        )  # this process has no other use of it: paths of models and data are relative to the job's folder
        self._cell = _planned(job, command.machine)
        derives = isinstance(self._cell.adapter, Derives)
        inputs = cycle_of(self._cell.examples, seed=job.spec.seed)
        if not inputs.examples:
            raise ModelBroken("there is no input to ask: the split is empty")
        self._inputs = inputs
        return Answer(derives=derives)

    def make_checkpoint(self, _: MakeCheckpoint) -> Answer:
        """Let a derivation make its checkpoint; in a process of its own, so that training warms nothing up that is measured."""
        assert self._cell is not None
        find_opener(self._cell, tell=self._tell)
        return Answer()

    def settle(self) -> None:
        """Forget all that was read for planning but is not needed to open and ask the model."""
        cell = self._cell
        if self._subject is not None or cell is None:
            return
        assert cell.adapter is not None
        assert cell.facts is not None
        adapter, model, context = find_opener(cell, tell=self._tell)
        facts = cell.facts
        derives = isinstance(cell.adapter, Derives)
        if derives:
            facts = adapter.inspect(model, cell.task, context)
        self._subject = Subject(
            adapter=adapter,
            model=model,
            task=cell.task,
            context=context,
            facts=facts,
            inputs=self._inputs,
            derives=derives,
        )
        self._cell = None
        _give_back_memory()

    def evict(self, _: EvictFiles) -> Answer:
        """Take the model's files out of the page cache."""
        self.settle()
        assert self._subject is not None
        files = files_of(self._subject)
        done = evict(files)
        self._cold = done.cold
        if done.cold:
            return Answer()
        return Answer(readings=(Reading(quantity="cold_start", value=None, reason=done.reason, phase="start"),))

    # start

    def open(self, command: OpenModel) -> Answer:
        """Import the libraries and open the model, on the clock."""
        self.settle()
        subject = self._subject
        assert subject is not None
        trained: list[str] = []

        def train(task: Task) -> Any:
            trained.append(task.name)
            return subject.context.train(task)

        context = replace(subject.context, train=train)
        self._started = command.started
        _reset_peak()
        self._opening = self._clock.now()
        try:
            self._session = subject.adapter.open(subject.model, subject.task, context)
        except BenchwrightError:
            raise
        except Exception as error:
            raise ModelBroken(f"the model cannot be opened: {_told(error)}") from error
        self._opened = self._clock.now()
        notes = ("opening the model includes training it",) if trained else ()
        return Answer(
            samples=(
                _timed("interpreter", self._ready - self._started),
                _timed("planning", self._opening - self._ready),
                _timed("load", self._opened - self._opening),
            ),
            readings=_sizes(subject.facts),
            settings=dict(self._session.settings) if isinstance(self._session, Describes) else {},
            notes=notes,
        )

    def first_call(self, command: FirstCall) -> Answer:
        """Seconds of the first query of a shape; the very first one ends the start of the model."""
        shape = self._held(command.shape)
        ask = self._asking(shape)
        began = self._clock.now()
        ask(0)
        seconds = self._clock.now() - began
        first = Samples(
            quantity="first_call", values=(seconds,), phase="first_call", batch=shape.batch, length=shape.length
        )
        start = () if self._first_answer else (self._start(began + seconds),)
        return Answer(samples=(*start, first))

    def _start(self, answered: float) -> Samples:
        """Process start to first answer; our own reading of data in between is left out."""
        self._first_answer = answered
        seconds = (self._ready - self._started) + (answered - self._opening)
        return _timed("cold_start" if self._cold else "warm_start", seconds)

    # measuring

    def warm_up(self, command: WarmUp) -> Answer:
        """Ask until it is steady."""
        from benchwright.profiling.loops import warm_up

        shape = self._held(command.shape)
        found, steady = warm_up(self._asking(shape), self._clock, cap=command.cap)
        samples = Samples(
            quantity="latency", values=found, phase="warm_up", batch=shape.batch, length=shape.length, steady=steady
        )
        return Answer(samples=(samples,), steady=steady)

    def single_stream(self, command: SingleStream) -> Answer:
        """The headline: one query after the other."""
        from benchwright.profiling.loops import single_stream

        shape = self._held(command.shape)
        values, wall = single_stream(self._asking(shape), self._clock, seconds=command.seconds, queries=command.queries)
        return Answer(samples=(_queries(values, wall, shape),), notes=self._notes(command.shape))

    def offline(self, command: Offline) -> Answer:
        """All at once, again and again until the time is over."""
        from benchwright.profiling.loops import single_stream

        inputs = self._need().inputs
        batch = command.shape.batch or len(inputs.examples)
        shape = self._held(msgspec.structs.replace(command.shape, batch=batch))
        values, wall = single_stream(self._asking(shape), self._clock, seconds=command.seconds, queries=1)
        return Answer(samples=(_queries(values, wall, shape),), notes=self._notes(command.shape))

    def block(self, command: Block) -> Answer:
        """So many queries, of an interleaved session."""
        shape = self._held(command.shape)
        ask, clock = self._asking(shape, command.start), self._clock
        times = [clock.now()]
        for number in range(command.count):
            ask(number)
            times.append(clock.now())
        values = tuple(after - before for before, after in pairwise(times))
        return Answer(samples=(_queries(values, times[-1] - times[0], shape),))

    def read_memory(self, _: ReadMemory) -> Answer:
        """Peaks of memory since the model was about to be opened."""
        return Answer()

    def close(self) -> None:
        """Release the model."""
        if self._session is not None:
            session, self._session = self._session, None
            with contextlib.suppress(Exception):  # everything was measured; what goes wrong now changes no number
                session.close()

    def _need(self) -> Subject:
        assert self._subject is not None
        return self._subject

    def _held(self, shape: Shape) -> Shape:
        return msgspec.structs.replace(shape, batch=self._need().inputs.held(shape.batch))

    def _notes(self, shape: Shape) -> tuple[str, ...]:
        held = self._held(shape).batch
        if held == shape.batch or not shape.batch:
            return ()
        return (f"batches of {held} where {shape.batch} were asked for: the task has no more distinct inputs",)

    def _asking(self, shape: Shape, start: int | None = None) -> Callable[[int], None]:
        """What asks the next query of a shape, or number ``start`` and those after it.

        The lists of inputs are made before, so that nothing but the model is timed. Without ``start`` the cycle of inputs goes on
        where it was left: what warmed the model up is not asked again at once.
        """
        inputs, session, asked = self._need().inputs, self._session, self._asked
        assert session is not None
        predict = session.predict
        count = len(inputs.examples)
        kept = min(count, _KEPT_QUERIES) if shape.batch < count else 1
        queries = [inputs.query(number, shape.batch) for number in range(kept)]
        base = asked.get(shape, 0) if start is None else start

        def ask(number: int) -> None:
            examples = queries[(base + number) % kept]
            try:
                found = predict(examples)
            except BenchwrightError:
                raise
            except Exception as error:
                raise ModelBroken(f"the model fails on example {examples[0].id}: {_told(error)}") from error
            _check(found, examples)
            if start is None:
                asked[shape] = base + number + 1

        return ask


_KEPT_QUERIES = 4096
"""Queries that are made before they are asked, at most."""


def _planned(job: CellJob, machine: str) -> PlannedCell:
    plan = make_plan(job.spec, Store(Path(job.store)), token=job.token or None, only=job.place)
    for cell in plan.cells:
        if cell.key is not None and job.key in (cell.id, key_id(msgspec.structs.replace(cell.key, machine=machine))):
            return cell
    model, path, _ = job.place
    raise StoreError(
        f"{model} on {path} is no longer the cell {job.key[:12]} that was planned",
        expected="the same model, data and library versions in the process that measures",
        hint="type the command again",
    )


def files_of(subject: Subject) -> list[Path]:
    """Files that the model is read from: those below its path; none where it is no path of this machine."""
    place = Path(subject.model.path) if subject.model.path else None
    if place is None:
        return []
    try:
        if place.is_file():
            return [place]
        return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else []
    except (OSError, ValueError):
        return []


def _check(found: Any, examples: list[Example]) -> None:
    if len(found) != len(examples):
        raise ModelBroken(f"the adapter returned {len(found)} predictions for {len(examples)} examples")
    first: Prediction = found[0]
    if first.error is not None:
        raise ModelBroken(f"the model has no answer to example {examples[0].id}: {first.error}")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of the host or of the device: torch's error is known by its name, since torch may not be here."""
    return isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"


def _told(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    if is_out_of_memory(error):
        told = f" ({text[0]})" if text else ""
        return f"it does not fit into memory{told}; next: a smaller model or batch, or more memory"
    return f"{type(error).__name__}: {text[0]}" if text else type(error).__name__


def _timed(quantity: str, seconds: float) -> Samples:
    return Samples(quantity=quantity, values=(seconds,), phase="start")


def _queries(values: tuple[float, ...], wall: float, shape: Shape) -> Samples:
    return Samples(
        quantity="latency",
        values=values,
        batch=shape.batch,
        length=shape.length,
        inputs=len(values) * shape.batch,
        wall=wall,
    )


def _sizes(facts: Facts) -> tuple[Reading, ...]:
    told = {"size_bytes": facts.size_bytes, "parameters": facts.parameters}
    return tuple(
        Reading(
            quantity=name,
            value=None if value is None else float(value),
            reason="" if value is not None else "the adapter does not say",
            source="files of the model" if value is not None else "",
            phase="start",
        )
        for name, value in told.items()
    )


def _give_back_memory() -> None:
    """What planning held is no memory of the model's: collect it, and let allocators hand their free pages back."""
    gc.collect()
    arrow = sys.modules.get("pyarrow")
    if arrow is not None:
        arrow.default_memory_pool().release_unused()
    with contextlib.suppress(OSError, AttributeError):
        import ctypes

        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        handle = os.open("/proc/self/clear_refs", os.O_WRONLY)
        try:
            os.write(handle, b"5")
        finally:
            os.close(handle)
