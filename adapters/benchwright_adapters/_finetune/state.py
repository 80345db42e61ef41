"""Resumable training state and the file it is saved to."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch

from benchwright.data.api import is_file
from benchwright.errors import StoreError
from benchwright.store.atomic import beside, store_errors

from .validation import EpochValidation

_FORMAT = 1
_MOST_OFTEN = 10
"""At least this many times the seconds that a file takes to write lie between two of them."""

_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class LossPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Mean loss of the steps since the point before, ``step`` the last of them, counted from 1."""

    step: int
    loss: float


class TrainingState(msgspec.Struct, kw_only=True):
    """Progress of a training; together with weights, optimiser moments and generators all that the next step depends on.

    Attributes:
        epoch: Finished epochs.
        position: Finished steps of the epoch.
        step: Finished steps.
        rows: Most rows to a forward pass; less than asked for once memory ran out.
        sum: Losses of the steps since the last point of the curve.
        count: Those steps.
        losses: The loss curve.
        validation: Metric and loss on the validation rows, per epoch.
        best_epoch: Counted from 1; 0 before the first validation.
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
    validation: list[EpochValidation] = []
    best_epoch: int = 0
    seconds: float = 0.0
    restarts: int = 0


@dataclass(kw_only=True)
class StateFile:
    """The file that the training state is written to at intervals.

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
        """Whether the next write is due."""
        pause = max(self.seconds, _MOST_OFTEN * self.cost) if self.seconds else 0.0
        return time.monotonic() - self.last >= pause


@dataclass(frozen=True, kw_only=True)
class Trainables:
    """Trained parameters, optimiser, and the best values so far.

    Attributes:
        parameters: Parameters that are trained in any epoch, by name.
        optimiser: Optimiser of these parameters.
        best: Parameter values after the best epoch, in main memory; empty before the first.
        device: Where the model is.
    """

    parameters: Mapping[str, torch.nn.Parameter]
    optimiser: torch.optim.AdamW
    best: dict[str, torch.Tensor]
    device: str

    def remember_best(self) -> None:
        """Copy the current values as the best ones."""
        self.best.update({name: p.detach().to("cpu", copy=True) for name, p in self.parameters.items()})

    def restore_best(self) -> None:
        """Restore the best values; without any, the last ones stay."""
        with torch.no_grad():
            for name, value in self.best.items():
                self.parameters[name].copy_(value)


def save(state_file: StateFile, state: TrainingState, trainables: Trainables) -> None:
    """Write everything into one file atomically; tensors as safetensors, the state in its header.

    Raises:
        StoreError: There is no room, or the folder cannot be written.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    started = time.monotonic()
    header = {"format": str(_FORMAT), "state": msgspec.json.encode(state).decode()}
    with store_errors(state_file.path):
        try:
            with beside(state_file.path) as draft:
                save_file(_tensors(trainables), draft, metadata=header)
        except SafetensorError as error:
            raise StoreError(
                f"a training cannot be kept at {state_file.path}: {error}",
                expected="room for weights and optimiser; what was kept before stays",
                hint="free some space or choose another --store, then run the same command",
            ) from error
    state_file.last = time.monotonic()
    state_file.cost = state_file.last - started


def load(state_file: StateFile, trainables: Trainables) -> TrainingState | None:
    """Restore weights, moments and generators, and return the state; None without a usable file."""
    from safetensors import SafetensorError, safe_open

    if not is_file(state_file.path):
        return None
    try:
        with safe_open(state_file.path, framework="pt") as file:
            header = file.metadata() or {}
            if header.get("format") != str(_FORMAT):
                return None
            state = msgspec.json.decode(header["state"], type=TrainingState)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a handle, no mapping
    except (SafetensorError, OSError, KeyError, msgspec.DecodeError):
        return None
    _put_back(tensors, trainables)
    state.restarts += 1
    return state


def _tensors(trainables: Trainables) -> dict[str, torch.Tensor]:
    tensors = {f"generator/{name}": state for name, state in read_generators(trainables.device).items()}
    for name, parameter in trainables.parameters.items():
        tensors[f"weight/{name}"] = parameter.detach().contiguous()
        tensors |= {
            f"{moment}/{name}": value for moment, value in trainables.optimiser.state.get(parameter, {}).items()
        }
    return tensors | {f"best/{name}": value for name, value in trainables.best.items()}


def _put_back(tensors: Mapping[str, torch.Tensor], trainables: Trainables) -> None:
    with torch.no_grad():
        for name, parameter in trainables.parameters.items():
            parameter.copy_(tensors[f"weight/{name}"])
            moments: dict[str, Any] = {
                moment: tensors[f"{moment}/{name}"].clone().to(parameter.device)
                for moment in _MOMENTS
                if f"{moment}/{name}" in tensors
            }
            if moments:
                trainables.optimiser.state[parameter] = moments
    trainables.best.update({name[5:]: value.clone() for name, value in tensors.items() if name.startswith("best/")})
    set_generators({name[10:]: value for name, value in tensors.items() if name.startswith("generator/")})


def read_generators(device: str) -> dict[str, torch.Tensor]:
    """State of each generator that training draws from, as bytes."""
    states = {"cpu": torch.get_rng_state()}
    if device == "cuda":
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_generators(states: dict[str, torch.Tensor]) -> None:
    """Restore the states of the generators."""
    torch.set_rng_state(states["cpu"])
    if "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"])
