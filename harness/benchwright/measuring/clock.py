"""What time is read from: the real clock of this machine, or one that a test moves by hand."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Seconds since any fixed moment, which never run backwards."""

    def now(self) -> float:
        """Seconds since a moment that stays the same for this clock."""

    def sleep(self, seconds: float) -> None:
        """Come back ``seconds`` from now or later; at once where that is 0 or less."""


class RealClock:
    """``time.perf_counter``: nanoseconds, never set back.

    On Linux it counts from the start of the machine (``CLOCK_MONOTONIC``), so that readings of several processes can be compared.
    The functions are those that stood in ``time`` when this module was imported: a model that replaces them there, to freeze the
    time of what it tests, does not stop this clock.
    """

    _FUNCTIONS = (time.perf_counter, time.sleep)

    def now(self) -> float:
        """Seconds, from the start of the machine on Linux."""
        return self._FUNCTIONS[0]()

    def sleep(self, seconds: float) -> None:
        """Give the processor away for that long; the system may wake us later, never earlier."""
        if seconds > 0:
            self._FUNCTIONS[1](seconds)


class ProcessorClock:
    """Processor seconds of all threads of this process: they stand still while other programs have the processor."""

    def now(self) -> float:
        """Seconds, from the start of the process."""
        return time.process_time()

    def sleep(self, seconds: float) -> None:
        """Wait for so long by the real clock, in which this one stands still."""
        RealClock().sleep(seconds)


class SimulatedClock:
    """Stands still until it is moved: a simulated model moves it by the time that it would have taken."""

    def __init__(self, start: float = 0.0) -> None:
        """Begin at ``start`` seconds."""
        self._now = start

    def now(self) -> float:
        """Where it was moved to, in seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move on by exactly ``seconds``."""
        self._now += max(seconds, 0.0)
