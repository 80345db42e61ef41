"""Signals that end a training: they wait for the step that is being taken, its outcome is kept, and then they are delivered."""

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


class Halted(BaseException):
    """A signal came; raised only where the training stands between two steps, or when a second one insists."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(kw_only=True)
class Halt:
    """Whether somebody wants the training to end.

    Attributes:
        asked: The signal that waits for the end of a step.
        inside: Whether something is being done that must be whole or not done at all.
        torn: Whether a second signal broke into that: what stands then is no state to go on from.
    """

    asked: int | None = None
    inside: bool = False
    torn: bool = False

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Something that a first signal waits for; it is raised at the end."""
        self.inside = True
        yield
        self.inside = False
        if self.asked is not None:
            raise Halted(self.asked)

    def hear(self, number: int, _frame: FrameType | None) -> None:
        """Remember the signal, or raise it where nothing is being done or it comes again."""
        if self.inside and self.asked is None:
            self.asked = number
            return
        self.torn = self.inside
        raise Halted(number)


@contextmanager
def halting(keep: Callable[[], None]) -> Iterator[Halt]:
    """While this is open, SIGINT and SIGTERM end what is inside between two steps: ``keep`` is called, then the signal is
    delivered to whoever heard it before.

    Signals that are ignored stay so. Outside the main thread nothing is done: Python delivers no signal there.
    """
    halt = Halt()
    if threading.current_thread() is not threading.main_thread():
        yield halt
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    heard = {number: old for number, old in before.items() if old not in (signal.SIG_IGN, None)}
    for number in heard:
        signal.signal(number, halt.hear)
    came: int | None = None
    try:
        yield halt
    except Halted as halted:
        came = halted.number
        if not halt.torn:
            halt.asked, halt.inside = None, True  # one more signal waits for the file; the next one does not
            keep()
    finally:
        for one, old in heard.items():
            signal.signal(one, old)
    if came is not None:
        _deliver(came, heard[signal.Signals(came)])


def _deliver(number: int, old: Any) -> None:
    """Do what the signal would have done; a program that handles it by returning has its training ended all the same."""
    if callable(old):
        old(number, None)
    else:
        os.kill(os.getpid(), number)
    raise KeyboardInterrupt
