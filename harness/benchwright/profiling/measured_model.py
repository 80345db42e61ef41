"""The model that a process owns, from its plan to its end: what comes before the clock, the start, and then `OpenModel`."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.measuring.clock import RealClock
from benchwright.measuring.page_cache import evict
from benchwright.measuring.size import size_readings
from benchwright.profiling import subject
from benchwright.profiling.messages import (
    Answer,
    EvictFiles,
    FirstCall,
    MakeCheckpoint,
    OpenModel,
    PlanModel,
    ReadMemory,
    Sweep,
    Tell,
)
from benchwright.profiling.meters import Meters
from benchwright.profiling.opened_model import OpenedModel
from benchwright.profiling.questions import ModelBroken, told
from benchwright.profiling.subject import ProfileSubject
from benchwright.profiling.sweeping import sweep_model
from benchwright.store import Store
from benchwright.types import Describes, ModelRef, PlannedCell, Reading, Samples, Task

NO_FILES = (
    "the model has no files to be taken out of memory first: its cold start is that of a process and its libraries"
)


class MeasuredModel:
    """A model in this process; commands are methods, answers are values.

    Args:
        tell: Called with (what, done, total) during long steps that are not timed.
        ready: When this process began to run Python, on the clock of `RealClock`.
    """

    def __init__(self, tell: Tell, *, ready: float) -> None:
        self._tell, self._ready = tell, ready
        self._clock = RealClock()
        self._cell: PlannedCell | None = None
        self._seed = 0
        self._checkpoint: ModelRef | None = None
        self._store: Store | None = None
        self._key = ""
        self._known: ProfileSubject | None = None
        self._opened: OpenedModel | None = None
        self._cold = False
        self._start = 0.0

    def plan(self, command: PlanModel) -> Answer:
        """Plan the cell, as `jobs.run_job` does."""
        self._cell, self._seed = subject.plan_again(command.job, command.machine), command.job.spec.seed
        self._store, self._key = Store(Path(command.job.store)), command.job.key
        self._checkpoint = command.checkpoint
        if not self._cell.examples:
            raise ModelBroken("there is no input to ask: the split is empty")
        return Answer()

    def make_checkpoint(self, _: MakeCheckpoint) -> Answer:
        """Let a derivation make its checkpoint; in a process of its own, so that training warms nothing up that is measured."""
        return Answer(checkpoint=self._subject.model)

    def evict(self, _: EvictFiles) -> Answer:
        """Take the model's files out of the page cache."""
        files, unknown = subject.find_files(self._subject)
        done = evict(files)
        reason = unknown or done.reason
        self._cold = not reason
        if not reason:
            return Answer() if files else Answer(notes=(NO_FILES,))
        return Answer(readings=(Reading(quantity="cold_start", value=None, reason=reason, phase="start"),))

    def open(self, command: OpenModel) -> Answer:
        """Import the libraries and open the model, on the clock."""
        known = self._subject
        trained: list[str] = []

        def train(task: Task) -> Any:
            trained.append(task.name)
            return known.context.train(task)

        meters = Meters(known.context.device)
        known_before = _loaded_before()
        opening = self._clock.now()
        try:
            session = known.adapter.open(known.model, known.task, replace(known.context, train=train))
        except BenchwrightError:
            raise
        except Exception as error:
            raise ModelBroken(f"the model cannot be opened: {told(error, known.context.device)}") from error
        opened = self._clock.now()
        interpreter, load = self._ready - command.started, opened - opening
        self._start = interpreter + load
        self._opened = OpenedModel(session, known, self._clock, meters)
        return Answer(
            samples=(
                _timed("interpreter", interpreter),
                _timed("planning", opening - self._ready),
                _timed("load", load),
            ),
            readings=size_readings(known.facts),
            settings={**(session.settings if isinstance(session, Describes) else {}), **used_threads()},
            notes=tuple(
                one
                for one in (known_before, "opening the model includes training it" if trained else "", meters.note)
                if one
            ),
        )

    def first_call(self, _: FirstCall) -> Answer:
        """Seconds of the very first query, one input, which ends the start of the model: process start to first answer.

        That is process start to first answer without what is ours: planning lies before the opening of the model, and messages
        between the steps.
        """
        began, answered = self.opened.first_call()
        seconds = answered - began
        self.opened.meters.opened()
        return Answer(
            samples=(
                _timed("cold_start" if self._cold else "warm_start", self._start + seconds),
                Samples(quantity="first_call", values=(seconds,), phase="first_call"),
            )
        )

    def sweep(self, command: Sweep) -> Answer:
        """Queries of several batch sizes and lengths."""
        return sweep_model(self.opened, command, tell=self._tell)

    def read_memory(self, _: ReadMemory) -> Answer:
        """Peaks of memory of opening the model or of the scenario that has ended, and the state of the machine."""
        meters = self.opened.meters
        return Answer(readings=meters.read(), state=meters.state())

    def close(self) -> None:
        """Release the model."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            with contextlib.suppress(Exception):  # everything was measured; what goes wrong now changes no number
                opened.session.close()

    @property
    def opened(self) -> OpenedModel:
        """The model, which was opened."""
        assert self._opened is not None
        return self._opened

    @property
    def _subject(self) -> ProfileSubject:
        """The model and its inputs; when it is first asked for, all else that was read for planning is forgotten."""
        if self._known is None:
            assert self._cell is not None
            self._known = subject.subject_of(
                self._cell,
                seed=self._seed,
                tell=self._tell,
                checkpoint=self._checkpoint,
                store=self._store,
                key=self._key,
            )
            self._cell = None
        return self._known


def used_threads() -> dict[str, str]:
    """Threads that the libraries of this process compute with, as they say themselves; of those that are not loaded nothing.

    What was asked for and what is used are two things: an adapter, or the model's own code, may set another number.
    """
    found = {"threads asked for": os.environ.get("OMP_NUM_THREADS", "")}
    torch = sys.modules.get("torch")
    if torch is not None:
        found["threads of torch"] = str(torch.get_num_threads())
    if "numpy" in sys.modules:
        with contextlib.suppress(ImportError):
            import threadpoolctl

            pools = {
                f"threads of {one['internal_api']}": str(one["num_threads"]) for one in threadpoolctl.threadpool_info()
            }
            found |= dict(sorted(pools.items()))
    return {name: value for name, value in found.items() if value}


_LIBRARIES = (
    "torch",
    "transformers",
    "tensorflow",
    "jax",
    "onnxruntime",
    "openvino",
    "sklearn",
    "spacy",
    "sentence_transformers",
)


def _loaded_before() -> str:
    """Which libraries of models planning has imported, as the module of a function does: their import is in no time of the start."""
    found = [name for name in _LIBRARIES if name in sys.modules]
    if not found:
        return ""
    return f"{', '.join(found)} was imported before the model was opened: that is in no time of the start"


def _timed(quantity: str, seconds: float) -> Samples:
    return Samples(quantity=quantity, values=(seconds,), phase="start")
