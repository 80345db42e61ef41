"""Work on many things by processes forked from this one, which have all that it has in memory; what a process could not do is done here."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection, wait
from typing import TypeVar

R = TypeVar("R")

_CHUNK = 8
"""Things that a process is given at once: neighbours, which may share what they read."""


def processes_for(count: int, *, least: int) -> int:
    """How many processes work on so many things: one for each processor that this process may use where there are at least ``least`` things and
    forking is safe (Linux, and no thread that could hold a lock), else 1, this process itself.
    """
    if count < least or sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0))


def spread(count: int, work: Callable[[int], R], *, processes: int) -> Generator[tuple[int, R]]:
    """Each number below ``count`` once, in any order, with what ``work`` gives for it; results are pickled, so they should be small.

    A process that fails or is killed ends, and what it had not told is worked on here, where errors are raised as if there were one process.
    Close the iterator where it is not used up: it ends the processes.
    """
    if processes < 2:
        yield from ((number, work(number)) for number in range(count))
        return
    left = set(range(count))
    for number, result in _from_processes(count, work, processes):
        left.discard(number)
        yield number, result
    yield from ((number, work(number)) for number in sorted(left))


def _from_processes(count: int, work: Callable[[int], R], processes: int) -> Generator[tuple[int, R]]:
    """What the processes tell, until all have ended."""
    chunks = deque(_chunks(count, processes))
    context = multiprocessing.get_context("fork")
    started = list[tuple[Connection, multiprocessing.process.BaseProcess]]()
    try:
        for _ in range(min(processes, len(chunks))):
            mine, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, work), daemon=True)
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore", DeprecationWarning
                )  # threads of native libraries are stopped around a fork
                process.start()
            theirs.close()
            started.append((mine, process))
        for pipe, _ in started:
            _give(pipe, chunks)
        open_ = [pipe for pipe, _ in started]
        while open_:
            ready = set(map(id, wait(open_)))
            for pipe in [one for one in open_ if id(one) in ready]:
                try:
                    told = pipe.recv()
                except (EOFError, OSError):
                    open_.remove(pipe)
                    continue
                _give(pipe, chunks)
                yield from told
    finally:
        for pipe, ended in started:
            ended.terminate()
            ended.join()
            pipe.close()


def _chunks(count: int, processes: int) -> Iterator[range]:
    """The numbers in their order, in parts that become smaller towards the end, so that all processes end at about the same time."""
    start = 0
    while start < count:
        size = min(_CHUNK, max(1, (count - start) // (4 * processes)))
        yield range(start, start + size)
        start += size


def _give(pipe: Connection, chunks: deque[range]) -> None:
    """The next chunk, or word that there is none; a process that has ended is found when it is listened to."""
    with contextlib.suppress(OSError):
        pipe.send(chunks.popleft() if chunks else None)


def _serve(pipe: Connection, work: Callable[[int], object]) -> None:
    """In a process: work until there is no more. Ctrl-C reaches all processes of a terminal: this one is ended by the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what was there before need not be looked through again
    try:
        while (chunk := pipe.recv()) is not None:
            pipe.send([(number, work(number)) for number in chunk])
    except BaseException:  # it is raised where the first process does the same work
        return
