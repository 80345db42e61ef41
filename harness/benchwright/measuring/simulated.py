"""Models whose times are known, on a clock that stands still between calls: what the arithmetic of time is proved with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchwright.measuring.clock import SimulatedClock

Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]
"""Service times of so many calls, in seconds."""


class SimulatedModel:
    """Answers at once and moves its clock by the service time of the call.

    Args:
        clock: Which clock it moves.
        draw: Service times.
        seed: Of the draws.
        first: Seconds that the first call takes besides.
        drift: Share by which a call grows slower (faster below 0) with each second of the clock: 0.01 is 1 % a second.
        settles: Seconds after which drift ends; None: it never does.
    """

    def __init__(
        self,
        clock: SimulatedClock,
        draw: Draw,
        *,
        seed: int = 0,
        first: float = 0.0,
        drift: float = 0.0,
        settles: float | None = None,
    ) -> None:
        self._clock, self._draw, self._rng = clock, draw, np.random.default_rng(seed)
        self._first, self._drift, self._settles = first, drift, settles
        self._begun = clock.now()
        self._times, self._at = np.empty(0), 0
        self.calls = 0

    def __call__(self, number: int) -> None:
        """Take as long as the next draw says, whatever the query."""
        if self._at == self._times.size:
            self._times, self._at = self._draw(self._rng, 4096), 0
        seconds = float(self._times[self._at])
        self._at += 1
        if self._drift:
            since = self._clock.now() - self._begun
            since = since if self._settles is None else min(since, self._settles)
            seconds *= max(1 + self._drift * since, 0.05)
        if not self.calls:
            seconds += self._first
        self.calls += 1
        self._clock.sleep(seconds)


def constant(seconds: float) -> Draw:
    """Always the same time."""
    return lambda _, count: np.full(count, seconds)


def noisy(seconds: float, spread: float) -> Draw:
    """Normal with that standard deviation as a share of the mean, cut off at a tenth of it."""
    return lambda rng, count: np.maximum(rng.normal(seconds, spread * seconds, count), seconds / 10)


def bimodal(short: float, long: float, share: float) -> Draw:
    """``long`` with that share, else ``short``, each with 2 % of noise."""

    def draw(rng: np.random.Generator, count: int) -> Floats:
        return np.where(rng.random(count) < share, long, short) * rng.normal(1, 0.02, count)

    return draw


def heavy_tailed(median: float, shape: float) -> Draw:
    """Log-normal of that median; ``shape`` is the standard deviation of the logarithm: with 1, p99 is ten times the median."""
    return lambda rng, count: median * np.exp(rng.normal(0, shape, count))
