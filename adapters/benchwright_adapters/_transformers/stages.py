"""Where the time of a forward pass in torch goes: to the device, computed, back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from benchwright.encoders.stages import StageTimes


class ForwardStages(Protocol):
    """What is made around the parts of a forward pass; ``to_host`` may lie inside of ``forward``."""

    def to_device(self) -> AbstractContextManager[None]:
        """Around making tensors of a batch and copying them."""

    def forward(self) -> AbstractContextManager[None]:
        """Around what the model computes."""

    def to_host(self) -> AbstractContextManager[None]:
        """Around copying outputs back."""


class _Untimed:
    """Nothing is made, so that a pass which is measured as a whole waits for nothing inside."""

    def to_device(self) -> AbstractContextManager[None]:
        return nullcontext()

    def forward(self) -> AbstractContextManager[None]:
        return nullcontext()

    def to_host(self) -> AbstractContextManager[None]:
        return nullcontext()


UNTIMED: ForwardStages = _Untimed()


class TimedStages:
    """Each part measured, and the device waited for at its end.

    On a processor nothing is copied between memories: making tensors belongs to ``collate``, and giving them back as arrays to
    ``post_process``. On a GPU the events of its own clock are read beside ``forward``.
    """

    def __init__(self, stages: StageTimes, device: str) -> None:
        self._stages, self._cuda = stages, device == "cuda"

    def to_device(self) -> AbstractContextManager[None]:
        """Around making tensors of a batch and copying them."""
        return self._copied_there() if self._cuda else self._stages.during("collate")

    def forward(self) -> AbstractContextManager[None]:
        """Around what the model computes."""
        return self._timed_by_events() if self._cuda else self._stages.during("forward")

    def to_host(self) -> AbstractContextManager[None]:
        """Around copying outputs back, which waits for them by itself."""
        return self._stages.during("device_to_host" if self._cuda else "post_process")

    @contextmanager
    def _copied_there(self) -> Iterator[None]:
        import torch

        with self._stages.during("host_to_device"):
            yield
            torch.cuda.synchronize()

    @contextmanager
    def _timed_by_events(self) -> Iterator[None]:
        import torch

        event: Any = torch.cuda.Event
        begin, end = event(enable_timing=True), event(enable_timing=True)
        with self._stages.during("forward"):
            begin.record()
            yield
            end.record()
            torch.cuda.synchronize()
        self._stages.add_device_time(begin.elapsed_time(end) / 1000)
