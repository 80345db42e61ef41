"""A model that is to be measured: what is wanted of it, and its process from the start to its first answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchwright.profiling.gathered import GatheredSamples
from benchwright.profiling.messages import (
    Answer,
    EvictFiles,
    FirstCall,
    MakeCheckpoint,
    OpenModel,
    PlanModel,
    Shape,
    Tell,
)
from benchwright.profiling.parent import ModelProcess, ProcessFailed
from benchwright.profiling.patience import PATIENCE
from benchwright.profiling.surroundings import surroundings
from benchwright.types import CellJob, ModelRef, ProfileSpec

START = 5.0
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


def fail(cells: Sequence[GatheredSamples], reason: str) -> None:
    """Note of each cell why there is nothing."""
    for one in cells:
        one.reason = reason


@contextmanager
def started(watch: Watch, *, processes: int = 1) -> Iterator[ModelProcess]:
    """A fresh process for one of so many that work at the same time; it is ended on the way out."""
    environ = surroundings(processes=processes)
    with ModelProcess(environ, tell=watch.tell, patience=watch.patience) as process:
        yield process


def make_checkpoint(wanted: Wanted, found: Sequence[GatheredSamples], watch: Watch) -> bool:
    """Whether the model can be opened: of a derivation the checkpoint is made, in a process that measures nothing."""
    if not wanted.derives:
        return True
    with started(watch) as process:
        try:
            process.ask(PlanModel(job=wanted.job, machine=wanted.machine))
            made = process.ask(MakeCheckpoint()).checkpoint
        except ProcessFailed as error:
            fail(found, str(error))
            return False
    if made is not None:
        watch.checkpoints[wanted.job.key] = made
    return True


def plan_of(wanted: Wanted, watch: Watch) -> PlanModel:
    """What tells a process which model it owns."""
    return PlanModel(job=wanted.job, machine=wanted.machine, checkpoint=watch.checkpoints.get(wanted.job.key))


def start(process: ModelProcess, wanted: Wanted, watch: Watch, *, evict: bool) -> Iterator[Answer]:
    """From the start of the process to its first answer."""
    watch.step("opening the model", START)
    process.ask(plan_of(wanted, watch))
    if evict:
        yield process.ask(EvictFiles())
    yield process.ask(OpenModel(started=process.started))
    yield process.ask(FirstCall())


def shapes_of(spec: ProfileSpec) -> list[Shape]:
    """The shapes that are asked in a scenario, one for each length."""
    batch = spec.batch or (0 if spec.scenario == "offline" else 1)
    return [Shape(batch=batch, length=length) for length in spec.lengths or (0,)]
