"""The training loop: steps, epochs, a validation after each, and the weights of the best epoch."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch

from benchwright import encoders
from benchwright.encoders.encoded import Ints
from benchwright.errors import ModelError

from .config import TrainingConfig
from .data import count_steps, order_batches
from .features import Features, lines_of
from .forward import ForwardPasses
from .heads import TargetScaler
from .interrupts import SignalGuard, interruptible
from .losses import row_losses
from .model import BuiltModel
from .optim import ParameterDepths, first_trainable, limit_gradient, set_rates, set_trainable
from .state import LossPoint, StateFile, Trainables, TrainingState, read_generators, save, set_generators
from .validation import EpochValidation, ValidationResult, is_better, validate

_POINTS = 200
"""At most about so many points of a loss curve."""


@dataclass(frozen=True, kw_only=True)
class TrainingLoop:
    """Everything that the training loop needs and does not change.

    Attributes:
        built: The model with its task, head and codec; its encoder may be a stand-in.
        config: The training configuration.
        layout: Depth of each parameter of the model.
        train: Training features.
        validation: Validation features, to choose the epoch; may be none.
        forward: Forward passes over both.
        scaler: Standardises the targets.
        trainables: Trained parameters and optimiser.
        state_file: File of the resumable state.
        tell: Called with (what, done, total) to report progress.
    """

    built: BuiltModel
    config: TrainingConfig
    layout: ParameterDepths
    train: Features
    validation: Features
    forward: ForwardPasses
    scaler: TargetScaler
    trainables: Trainables
    state_file: StateFile
    tell: Callable[[str, int, int], None]

    @property
    def steps(self) -> int:
        """Optimiser steps of an epoch."""
        config = self.config
        return count_steps(len(self.train), batch=config.batch, accumulate=config.accumulate)


def run(loop: TrainingLoop, state: TrainingState) -> TrainingState:
    """Train from a state to the end and load the weights of the best epoch; returns the last state.

    SIGINT and SIGTERM wait for the step at hand; the state after it is written before they take effect.

    Raises:
        ModelError: The loss is NaN or infinite, or one row does not fit into memory.
        StoreError: The state cannot be written.
    """
    with interruptible(lambda: save(loop.state_file, state, loop.trainables)) as guard:
        _run(loop, state, guard)
    loop.trainables.restore_best()
    return state


def _run(loop: TrainingLoop, state: TrainingState, guard: SignalGuard) -> None:
    clock = time.monotonic()
    while state.epoch < loop.config.epochs and not _is_hopeless(loop, state):
        lowest = first_trainable(loop.config, loop.layout, state.epoch, shown=loop.built.shown)
        if not loop.forward.cached:
            set_trainable(loop.built.model, loop.layout, lowest)
        _set_mode(loop)
        for step in _steps(loop, state):
            with guard.uninterrupted():
                _take(loop, state, step)
                clock = _note_time(state, clock)
            if loop.state_file.is_due():
                save(loop.state_file, state, loop.trainables)
                clock = _note_time(state, clock)
        result = _validate(loop)
        with guard.uninterrupted():
            _finish_epoch(loop, state, result)
            clock = _note_time(state, clock)


def _steps(loop: TrainingLoop, state: TrainingState) -> list[list[Ints]]:
    """The batches of each remaining step of the epoch."""
    config = loop.config
    batches = order_batches(loop.train.lengths, config.batch, seed=config.seed, epoch=state.epoch)
    size = config.accumulate
    return [batches[at : at + size] for at in range(0, len(batches), size)][state.position :]


def _set_mode(loop: TrainingLoop) -> None:
    """Training mode for trained modules; a frozen encoder stays in evaluation mode (no dropout)."""
    loop.built.model.train()
    if loop.config.kind == "frozen":
        loop.built.model.base_model.eval()


def _take(loop: TrainingLoop, state: TrainingState, batches: Sequence[Ints]) -> None:
    """One optimiser step."""
    trainables, config = loop.trainables, loop.config
    loss = _gradients(loop, state, batches)
    if not math.isfinite(loss):
        raise ModelError(
            f"training {loop.built.shown} for {loop.built.task.name}: the loss is {loss} at step {state.step + 1}",
            expected="a finite loss",
            hint=f"a lower learning rate (lr={config.lr / 5:g})",
        )
    limit_gradient(list(trainables.parameters.values()), config)
    total = loop.steps * config.epochs
    set_rates(trainables.optimiser, state.step, total, config)
    trainables.optimiser.step()
    trainables.optimiser.zero_grad()
    state.position += 1
    state.step += 1
    _note_loss(state, loss, total)
    loop.tell(f"training for {loop.built.task.name}, epoch {state.epoch + 1} of {config.epochs}", state.step, total)


def _gradients(loop: TrainingLoop, state: TrainingState, batches: Sequence[Ints]) -> float:
    """Gradients of the mean loss over the rows of a step, and that loss; halves the passes when memory runs out."""
    weight = max(1, sum(int(loop.train.weights[batch].sum()) for batch in batches))
    while True:
        generators = read_generators(loop.built.device)
        try:
            return sum(_back(loop, part, weight) for batch in batches for part in _cut(batch, state.rows))
        except Exception as error:
            if not encoders.is_out_of_memory(error):
                raise
        loop.trainables.optimiser.zero_grad()
        set_generators(generators)
        _halve(loop, state)


def _back(loop: TrainingLoop, rows: Ints, of: int) -> float:
    """Add the gradients of some rows; returns what they add to the mean loss over rows that weigh ``of``."""
    outputs = loop.forward.train(lines_of(loop.train, rows))
    loss = row_losses(loop.built.task, outputs, loop.train, rows).sum() / of
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def _cut(rows: Ints, most: int) -> list[Ints]:
    return np.array_split(rows, -(-len(rows) // most))


def _halve(loop: TrainingLoop, state: TrainingState) -> None:
    gc.collect()
    if loop.built.device == "cuda":
        torch.cuda.empty_cache()
    if state.rows == 1:
        raise ModelError(
            f"training {loop.built.shown} for {loop.built.task.name} runs out of memory on a single row",
            expected="room for a forward and a backward pass",
            hint=f"shorter inputs (max_length={max(8, loop.config.max_length // 2)}), a smaller base, or recipe=frozen",
        )
    state.rows = max(1, min(state.rows, loop.config.batch) // 2)


def _validate(loop: TrainingLoop) -> ValidationResult | None:
    """The validation result, None without validation rows; restores all generators and modes."""
    if not len(loop.validation):
        return None
    loop.built.model.eval()
    return validate(loop.forward.validation, loop.validation, loop.built, loop.scaler)


def _finish_epoch(loop: TrainingLoop, state: TrainingState, result: ValidationResult | None) -> None:
    state.epoch += 1
    state.position = 0
    if result is None:
        return
    before = next((point for point in state.validation if point.epoch == state.best_epoch), None)
    state.validation.append(EpochValidation(epoch=state.epoch, step=state.step, **msgspec.structs.asdict(result)))
    if is_better(loop.built.task, state.validation[-1], before):
        state.best_epoch = state.epoch
        loop.trainables.remember_best()


def _is_hopeless(loop: TrainingLoop, state: TrainingState) -> bool:
    """Whether validation has not improved for ``patience`` epochs."""
    return len(loop.validation) > 0 and state.epoch - state.best_epoch >= loop.config.patience and state.epoch > 0


def _note_loss(state: TrainingState, loss: float, total: int) -> None:
    state.sum += loss
    state.count += 1
    if state.count >= max(1, total // _POINTS) or state.step == total:
        state.losses.append(LossPoint(step=state.step, loss=state.sum / state.count))
        state.sum, state.count = 0.0, 0


def _note_time(state: TrainingState, since: float) -> float:
    now = time.monotonic()
    state.seconds += now - since
    return now
