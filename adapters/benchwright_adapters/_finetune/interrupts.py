"""Signals during training: they wait for the current step, the state is saved, and then they are delivered."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """A signal was received; raised only between two steps, or at a second signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(kw_only=True)
class SignalGuard:
    """Defers a signal during a step.

    Attributes:
        pending: The signal that waits for the end of a step.
        busy: Whether an atomic operation is in progress.
        torn: Whether a second signal interrupted it: the state is then not valid to resume from.
    """

    pending: int | None = None
    busy: bool = False
    torn: bool = False

    @contextmanager
    def uninterrupted(self) -> Iterator[None]:
        """An atomic operation: a first signal is raised at its end."""
        self.busy = True
        yield
        self.busy = False
        if self.pending is not None:
            raise Interrupted(self.pending)

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Remember the signal, or raise it if no operation is in progress or it is the second."""
        if self.busy and self.pending is None:
            self.pending = number
            return
        self.torn = self.busy
        raise Interrupted(number)


@contextmanager
def interruptible(save: Callable[[], None]) -> Iterator[SignalGuard]:
    """While this is open, SIGINT and SIGTERM end what is inside between two steps: ``save`` is called, then the signal is
    delivered to its former handler.

    Signals that are ignored stay so. Outside the main thread nothing is done: Python delivers no signal there.
    """
    guard = SignalGuard()
    if threading.current_thread() is not threading.main_thread():
        yield guard
        return
    former = {number: signal.getsignal(number) for number in SIGNALS}
    caught = {number: old for number, old in former.items() if old not in (signal.SIG_IGN, None)}
    for number in caught:
        signal.signal(number, guard.handle)
    came: int | None = None
    try:
        yield guard
    except Interrupted as interrupted:
        came = interrupted.number
        if not guard.torn:
            guard.pending, guard.busy = None, True  # one more signal waits for the file; the next one does not
            save()
    finally:
        for one, old in caught.items():
            signal.signal(one, old)
    if came is not None:
        _deliver(came, caught[signal.Signals(came)])


def _deliver(number: int, old: Any) -> None:
    """Deliver the signal to its former handler; training ends even if that handler returns."""
    if callable(old):
        old(number, None)
    else:
        os.kill(os.getpid(), number)
    raise KeyboardInterrupt
