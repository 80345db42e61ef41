"""What a run costs beside its forward passes: ``python benchmarks/host_share.py MODEL SUITE/TASK --data DIR [--split S] [--limit N] [--rounds 3]``.

A real run of a checkpoint (planned, computed, written, scored, in a store of its own), whose moments are told apart by stage; then the pure
loop: the very buffers or batches of that run, computed again by the same open model and nothing else. Both in turns, several rounds, of which
medians are shown. On a busy machine read processor seconds; with one thread to compute (``OMP_NUM_THREADS=1``) they are what a calm one takes.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import benchwright
from benchwright import run
from benchwright.encoders import session
from benchwright.execution import worker
from benchwright.store import Store

Seconds = tuple[float, float]
"""Wall and processor."""

BEFORE, PURE = ("plan", "open"), "pure forward loop"
"""What happens before the first text is read, and the loop beside which the rest is held."""


def now() -> Seconds:
    return time.perf_counter(), time.process_time()


class Stages:
    """Seconds by stage; a stage inside of another takes its time from the outer one.

    Wall time is that of the thread that computes; what reads ahead and writes behind meanwhile is in the processor seconds of its stage.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, Seconds] = {}
        self._stack: list[str] = []
        self._since = now()
        self._undo: list[Callable[[], None]] = []

    @contextmanager
    def during(self, stage: str) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        self._enter(stage)
        try:
            yield
        finally:
            self._enter(None)

    def _enter(self, stage: str | None) -> None:
        moment = now()
        if self._stack:
            known = self.seconds.get(self._stack[-1], (0.0, 0.0))
            self.seconds[self._stack[-1]] = (
                known[0] + moment[0] - self._since[0],
                known[1] + moment[1] - self._since[1],
            )
        self._since = moment
        if stage is None:
            self._stack.pop()
        else:
            self._stack.append(stage)

    def watch(self, owner: Any, name: str, stage: str) -> None:
        """Count a function of a module, a class or a value as a stage, until `restore`."""
        plain, own = getattr(owner, name), name in vars(owner)

        def watched(*given: Any, **options: Any) -> Any:
            with self.during(stage):
                return plain(*given, **options)

        setattr(owner, name, watched)
        self._undo.append(lambda: setattr(owner, name, plain) if own else delattr(owner, name))

    def restore(self) -> None:
        while self._undo:
            self._undo.pop()()


class WatchedForward:
    """A forward pass whose calls are counted and kept, and which stays open until it has computed them again."""

    def __init__(self, forward: Any, stages: Stages) -> None:
        self.forward, self._stages = forward, stages
        self.calls: list[tuple[str, Any]] = []
        self.release, self.inputs, self.settings = forward.release, forward.inputs, forward.settings
        self.work = getattr(forward, "work", "not asked")
        self.flat = getattr(forward, "flat", None)

    def __call__(self, batch: Any) -> Any:
        return self._ask("__call__", batch)

    def compute(self, buffer: Any) -> Any:
        return self._ask("compute", buffer)

    def close(self) -> None:
        """Nothing yet."""

    def _ask(self, name: str, batch: Any) -> Any:
        self.calls.append((name, batch))
        with self._stages.during("forward"):
            return getattr(self.forward, name)(batch)

    def again(self) -> Seconds:
        """Seconds of the same calls and nothing else."""
        began = now()
        for name, batch in self.calls:
            getattr(self.forward, name)(batch)
        ended = now()
        self.forward.close()
        return ended[0] - began[0], ended[1] - began[1]


def measure(model: str, task: str, settings: dict[str, Any], profile: cProfile.Profile | None) -> dict[str, Seconds]:
    """Seconds by stage of one run, and of its pure loop."""
    stages, forwards = Stages(), []
    opened = worker.open_session

    def open_watched(*given: Any, **options: Any) -> Any:
        with stages.during("open"):
            found = opened(*given, **options)
        found.forward = WatchedForward(found.forward, stages)
        forwards.append(found.forward)
        for name, stage in (("encode", "tokenise"), ("pick", "pick"), ("decode", "decode")):
            stages.watch(found.codec, name, stage)
        return found

    stages.watch(run, "make_plan", "plan")
    stages.watch(session.EncoderSession, "run", "plan and fill batches")
    stages.watch(session.EncoderSession, "_decode", "decode")
    stages.watch(worker, "to_records", "records")
    stages.watch(worker, "begin_cell", "write")
    stages.watch(Store, "write_shard", "write")
    stages.watch(Store, "finish_cell", "write")
    stages.watch(run, "score_cell", "score")
    worker.open_session = open_watched
    try:
        with tempfile.TemporaryDirectory() as store, stages.during("the rest"):
            if profile is not None:
                profile.enable()
            benchwright.evaluate(model, task, store=store, **settings)
            if profile is not None:
                profile.disable()
    finally:
        stages.restore()
        worker.open_session = opened
    return stages.seconds | {PURE: forwards[0].again()}


def shares(found: dict[str, Seconds], at: int) -> tuple[float, float]:
    """Seconds from the first text to the stored score, and these as a multiple of the pure loop."""
    total = sum(seconds[at] for stage, seconds in found.items() if stage not in (*BEFORE, PURE))
    return total, total / found[PURE][at]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("task")
    parser.add_argument("--data", required=True)
    parser.add_argument("--split")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="also the functions that take most")
    parser.add_argument("--out", help="a file for the figures")
    options = parser.parse_args()
    settings = {"data": options.data} | {
        name: value for name in ("split", "limit") if (value := getattr(options, name)) is not None
    }
    measure(options.model, options.task, settings, None)  # imports, and files that are read for the first time
    profile = cProfile.Profile() if options.profile else None
    rounds = [measure(options.model, options.task, settings, profile) for _ in range(options.rounds)]
    stages = dict.fromkeys(stage for one in rounds for stage in one)
    middle = {
        stage: tuple(statistics.median(one.get(stage, (0.0, 0.0))[at] for one in rounds) for at in (0, 1))
        for stage in stages
    }
    print(f"{options.model} on {options.task}: medians of {options.rounds} runs, seconds")
    print(f"{'stage':28}{'wall':>9}{'processor':>11}")
    for stage, (wall, processor) in sorted(middle.items(), key=lambda one: -one[1][1]):
        print(f"{stage:28}{wall:9.3f}{processor:11.3f}")
    ratios = [statistics.median(shares(one, at)[1] for one in rounds) for at in (0, 1)]
    print(f"texts to stored scores / pure forward loop: {ratios[0]:.3f} by wall, {ratios[1]:.3f} by processor")
    if options.out:
        with open(options.out, "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(
                {"model": options.model, "task": options.task, "rounds": rounds, "ratios": ratios}, file, indent=1
            )
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
