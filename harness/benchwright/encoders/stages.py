"""Where the time of a query goes: each moment of the instrumented pass belongs to one stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.batches import Batch
from benchwright.encoders.flat import Buffer
from benchwright.types.hardware import FORWARD_DEVICE, Stage

_Outputs = Mapping[str, NDArray[np.float32]]


class StageTimes:
    """Seconds by stage, added up over the batches of a query.

    A stage inside of another takes its time from the outer one, so that the stages add up to the time from the first to the last.

    Args:
        clock: Seconds from any origin; None: nothing is measured, and `during` costs nothing.

    Attributes:
        seconds: Stage -> its seconds; stages that never began are absent.
    """

    def __init__(self, clock: Callable[[], float] | None) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._since = 0.0
        self.seconds: dict[str, float] = {}

    def during(self, stage: Stage) -> AbstractContextManager[None]:
        """A context whose time is that of a stage, but for the stages inside of it."""
        return nullcontext() if self._clock is None else self._measured(stage)

    def add_device_time(self, seconds: float) -> None:
        """Add what the device itself says of a forward pass; it lies within the stage ``forward`` and is none of its own."""
        self.seconds[FORWARD_DEVICE] = self.seconds.get(FORWARD_DEVICE, 0.0) + seconds

    @contextmanager
    def _measured(self, stage: Stage) -> Iterator[None]:
        outer = self._enter(stage)
        try:
            yield
        finally:
            self._enter(outer)

    def _enter(self, stage: str | None) -> str | None:
        """Begin a stage; the one that ends by it, or None."""
        assert self._clock is not None
        now, ended = self._clock(), self._stage
        if ended is not None:
            self.seconds[ended] = self.seconds.get(ended, 0.0) + now - self._since
        self._stage, self._since = stage, now
        return ended


UNTIMED = StageTimes(None)
"""Of the pass that is measured as a whole: no clock is read inside, and no device waited for."""


@runtime_checkable
class StagedForward(Protocol):
    """A `Forward` that moves inputs to a device and outputs back, and can tell these from computing."""

    def in_stages(self, batch: Batch | Buffer, stages: StageTimes) -> _Outputs:
        """What it gives for a batch, or computes for a buffer, with ``host_to_device``, ``forward`` and ``device_to_host`` measured, the device waited for at the
        end of each.
        """


def staged(forward: Any, stages: StageTimes, *, is_flat: bool = False) -> Callable[[Any], _Outputs]:
    """What computes batches, or buffers, and measures its stages; where a forward has none of its own all of it is ``forward``."""
    whole: Callable[[Any], _Outputs] = forward.compute if is_flat else forward
    if stages is UNTIMED:
        return whole
    if isinstance(forward, StagedForward):
        return partial(_in_parts, forward, stages)
    return partial(_whole, whole, stages)


def _in_parts(forward: StagedForward, stages: StageTimes, batch: Batch | Buffer) -> _Outputs:
    return forward.in_stages(batch, stages)


def _whole(forward: Callable[[Any], _Outputs], stages: StageTimes, batch: Batch | Buffer) -> _Outputs:
    with stages.during("forward"):
        return forward(batch)
