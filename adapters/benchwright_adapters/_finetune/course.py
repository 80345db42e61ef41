"""How far a training is, and the file it is kept in so that it continues after a kill."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch

from benchwright.errors import StoreError
from benchwright.paths import is_file
from benchwright.store.atomic import beside, speaking

from .chance import read_generators, set_generators

_FORMAT = 1
_DEAREST = 10
"""At least this many times the seconds that a file takes to write lie between two of them."""

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A look at the rows held back: the metric (None where undefined), the mean loss, and the best null threshold."""

    metric: float | None
    loss: float
    threshold: float | None = None


class LossPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Mean loss of the steps since the point before, ``step`` the last of them, counted from 1."""

    step: int
    loss: float


class HeldPoint(Held, frozen=True, kw_only=True):
    """A look after an epoch, counted from 1."""

    epoch: int
    step: int


class Course(msgspec.Struct, kw_only=True):
    """Where a training stands; with weights, moments and generators it is all that the next step depends on.

    Attributes:
        epoch: Finished epochs.
        position: Finished steps of the epoch.
        step: Finished steps.
        rows: Most rows to a forward pass; less than asked for once memory ran out.
        sum: Losses of the steps since the last point of the curve.
        count: Those steps.
        losses: The loss curve.
        held: A look at the held-back rows per epoch.
        best: Epoch (from 1) with the best look; 0 before the first.
        seconds: Spent so far, restarts included.
        restarts: How often it was continued.
    """

    rows: int
    epoch: int = 0
    position: int = 0
    step: int = 0
    sum: float = 0.0
    count: int = 0
    losses: list[LossPoint] = []
    held: list[HeldPoint] = []
    best: int = 0
    seconds: float = 0.0
    restarts: int = 0


@dataclass(kw_only=True)
class Keeper:
    """Writes the file of a training now and then.

    Attributes:
        path: The file.
        seconds: Between two writes; 0 writes after each step.
        cost: Seconds that the last write took.
        last: When it ended.
    """

    path: Path
    seconds: float
    cost: float = 0.0
    last: float = field(default_factory=time.monotonic)

    def is_due(self) -> bool:
        """Whether it is time to write again."""
        pause = max(self.seconds, _DEAREST * self.cost) if self.seconds else 0.0
        return time.monotonic() - self.last >= pause


@dataclass(frozen=True, kw_only=True)
class Moving:
    """What a training changes.

    Attributes:
        parameters: Those that ever move, by name.
        optimiser: Over them.
        best: Their values after the best epoch, in main memory; empty before the first.
        device: Where the model is.
    """

    parameters: Mapping[str, torch.nn.Parameter]
    optimiser: torch.optim.AdamW
    best: dict[str, torch.Tensor]
    device: str

    def remember_best(self) -> None:
        """Keep the values as they are now."""
        self.best.update({name: p.detach().to("cpu", copy=True) for name, p in self.parameters.items()})

    def restore_best(self) -> None:
        """Put the best values back; without any, the last ones stay."""
        with torch.no_grad():
            for name, value in self.best.items():
                self.parameters[name].copy_(value)


def save(keeper: Keeper, course: Course, moving: Moving) -> None:
    """Write everything into one file, whole or not at all; tensors as safetensors, the course in its header.

    Raises:
        StoreError: There is no room, or the folder cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    started = time.monotonic()
    header = {"format": str(_FORMAT), "course": msgspec.json.encode(course).decode()}
    with speaking(keeper.path):
        try:
            with beside(keeper.path) as draft:
                save_file(_tensors(moving), draft, metadata=header)
        except SafetensorError as error:
            raise StoreError(
                f"a training cannot be kept at {keeper.path}: {error}",
                expected="room for weights and optimiser; what was kept before stays",
                hint="free some space or choose another --store, then run the same command",
            ) from error
    keeper.last = time.monotonic()
    keeper.cost = keeper.last - started


def load(keeper: Keeper, moving: Moving) -> Course | None:
    """Put weights, moments and generators where they were, and return the course; None where nothing usable was kept."""
    from safetensors import SafetensorError, safe_open

    if not is_file(keeper.path):
        return None
    try:
        with safe_open(keeper.path, framework="pt") as file:
            header = file.metadata() or {}
            if header.get("format") != str(_FORMAT):
                return None
            course = msgspec.json.decode(header["course"], type=Course)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a handle, no mapping
    except (SafetensorError, OSError, KeyError, msgspec.DecodeError):
        return None
    _put_back(tensors, moving)
    course.restarts += 1
    return course


def _tensors(moving: Moving) -> dict[str, torch.Tensor]:
    found = {f"generator/{name}": state for name, state in read_generators(moving.device).items()}
    for name, parameter in moving.parameters.items():
        found[f"weight/{name}"] = parameter.detach().contiguous()
        found |= {f"{moment}/{name}": value for moment, value in moving.optimiser.state.get(parameter, {}).items()}
    return found | {f"best/{name}": value for name, value in moving.best.items()}


def _put_back(tensors: Mapping[str, torch.Tensor], moving: Moving) -> None:
    with torch.no_grad():
        for name, parameter in moving.parameters.items():
            parameter.copy_(tensors[f"weight/{name}"])
            moments: dict[str, Any] = {
                moment: tensors[f"{moment}/{name}"].clone().to(parameter.device)
                for moment in _MOMENTS
                if f"{moment}/{name}" in tensors
            }
            if moments:
                moving.optimiser.state[parameter] = moments
    moving.best.update({name[5:]: value.clone() for name, value in tensors.items() if name.startswith("best/")})
    set_generators({name[10:]: value for name, value in tensors.items() if name.startswith("generator/")})
