"""The training loop: steps, epochs, a look at the rows held back after each, and the best epoch kept."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import torch

from benchwright import encoders
from benchwright.encoders.encoded import Ints
from benchwright.errors import ModelError
from benchwright.types import Task

from .batches import count_steps, order_batches
from .chance import read_generators, set_generators
from .course import Course, Held, HeldPoint, Keeper, LossPoint, Moving, save
from .forward import Passes
from .halt import Halt, halting
from .held import is_better, judge
from .layers import Layout, let_move, lowest_trained
from .losses import row_losses
from .material import Material, lines_of
from .optimiser import limit_gradient, set_rates
from .recipe import Recipe
from .scale import Scale

_POINTS = 200
"""At most about so many points of a loss curve."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Everything that a training needs and that does not change in it.

    Attributes:
        model: With its head; its encoder may be a stand-in.
        shown: How messages call its base.
        task: The task that is trained.
        recipe: How.
        layout: Depth of each parameter of the model.
        train: Rows learned from.
        held: Rows held back; may be none.
        passes: Forward passes over both.
        scale: Of the targets.
        moving: What is changed.
        keeper: Where it is kept meanwhile.
        tell: Called with (what, done, total).
    """

    model: Any
    shown: str
    task: Task
    recipe: Recipe
    layout: Layout
    train: Material
    held: Material
    passes: Passes
    scale: Scale
    moving: Moving
    keeper: Keeper
    tell: Callable[[str, int, int], None]

    @property
    def steps(self) -> int:
        """Optimiser steps of an epoch."""
        recipe = self.recipe
        return count_steps(len(self.train.owner), batch=recipe.batch, accumulate=recipe.accumulate)


def run(job: Job, course: Course) -> Course:
    """Train from where the course stands to the end, with the weights of the best epoch in the model.

    SIGINT and SIGTERM wait for the step at hand; where the training then stands is kept before they take effect.

    Raises:
        ModelError: The loss is no number any more, or memory does not suffice for one row.
        StoreError: The training cannot be kept.
    """
    with halting(lambda: save(job.keeper, course, job.moving)) as halt:
        _run(job, course, halt)
    job.moving.restore_best()
    return course


def _run(job: Job, course: Course, halt: Halt) -> None:
    clock = time.monotonic()
    while course.epoch < job.recipe.epochs and not _is_hopeless(job, course):
        lowest = lowest_trained(job.recipe, job.layout, course.epoch, shown=job.shown)
        if not job.passes.remembered:
            let_move(job.model, job.layout, lowest)
        _set_mode(job)
        for step in _steps(job, course):
            with halt.whole():
                _take(job, course, step)
                clock = _note_time(course, clock)
            if job.keeper.is_due():
                save(job.keeper, course, job.moving)
                clock = _note_time(course, clock)
        found = _look(job)
        with halt.whole():
            _finish_epoch(job, course, found)
            clock = _note_time(course, clock)


def _steps(job: Job, course: Course) -> list[list[Ints]]:
    """Steps of the epoch that are left: the batches of each."""
    recipe = job.recipe
    batches = order_batches(job.train.lengths, recipe.batch, seed=recipe.seed, epoch=course.epoch)
    size = recipe.accumulate
    return [batches[at : at + size] for at in range(0, len(batches), size)][course.position :]


def _set_mode(job: Job) -> None:
    """Dropout where something is learned; a frozen encoder gives the same states each time."""
    job.model.train()
    if job.recipe.kind == "frozen":
        job.model.base_model.eval()


def _take(job: Job, course: Course, batches: Sequence[Ints]) -> None:
    """One optimiser step."""
    moving, recipe = job.moving, job.recipe
    loss = _gradients(job, course, batches)
    if not math.isfinite(loss):
        raise ModelError(
            f"training {job.shown} for {job.task.name}: the loss is {loss} at step {course.step + 1}",
            expected="a finite loss",
            hint=f"a lower learning rate (lr={recipe.lr / 5:g})",
        )
    limit_gradient(list(moving.parameters.values()), recipe)
    total = job.steps * recipe.epochs
    set_rates(moving.optimiser, course.step, total, recipe)
    moving.optimiser.step()
    moving.optimiser.zero_grad()
    course.position += 1
    course.step += 1
    _note_loss(course, loss, total)
    job.tell(f"training for {job.task.name}, epoch {course.epoch + 1} of {recipe.epochs}", course.step, total)


def _gradients(job: Job, course: Course, batches: Sequence[Ints]) -> float:
    """Gradients of the mean loss over what a step learns from, and that loss; halves the passes when memory runs out."""
    weight = max(1, sum(int(job.train.weights[batch].sum()) for batch in batches))
    while True:
        generators = read_generators(job.moving.device)
        try:
            return sum(_back(job, part, weight) for batch in batches for part in _cut(batch, course.rows))
        except Exception as error:
            if not encoders.is_out_of_memory(error):
                raise
        job.moving.optimiser.zero_grad()
        set_generators(generators)
        _halve(job, course)


def _back(job: Job, rows: Ints, of: int) -> float:
    """Add the gradients of some rows; returns what they add to the mean loss over rows that weigh ``of``."""
    outputs = job.passes.train(lines_of(job.train, rows))
    loss = row_losses(job.task, outputs, job.train, rows).sum() / of
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


def _cut(rows: Ints, most: int) -> list[Ints]:
    return np.array_split(rows, -(-len(rows) // most))


def _halve(job: Job, course: Course) -> None:
    gc.collect()
    if job.moving.device == "cuda":
        torch.cuda.empty_cache()
    if course.rows == 1:
        raise ModelError(
            f"training {job.shown} for {job.task.name} runs out of memory on a single row",
            expected="room for a forward and a backward pass",
            hint=f"shorter inputs (max_length={max(8, job.recipe.max_length // 2)}), a smaller base, or recipe=frozen",
        )
    course.rows = max(1, min(course.rows, job.recipe.batch) // 2)


def _look(job: Job) -> Held | None:
    """How the model stands on the rows held back; it changes nothing that the training goes on from."""
    if not len(job.held.owner):
        return None
    job.model.eval()
    return judge(job.passes.held, job.held, job.task, job.scale, device=job.moving.device)


def _finish_epoch(job: Job, course: Course, found: Held | None) -> None:
    course.epoch += 1
    course.position = 0
    if found is None:
        return
    before = next((point for point in course.held if point.epoch == course.best), None)
    course.held.append(HeldPoint(epoch=course.epoch, step=course.step, **msgspec.structs.asdict(found)))
    if is_better(job.task, course.held[-1], before):
        course.best = course.epoch
        job.moving.remember_best()


def _is_hopeless(job: Job, course: Course) -> bool:
    """Whether the rows held back have shown nothing better for as many epochs as patience lasts."""
    return len(job.held.owner) > 0 and course.epoch - course.best >= job.recipe.patience and course.epoch > 0


def _note_loss(course: Course, loss: float, total: int) -> None:
    course.sum += loss
    course.count += 1
    if course.count >= max(1, total // _POINTS) or course.step == total:
        course.losses.append(LossPoint(step=course.step, loss=course.sum / course.count))
        course.sum, course.count = 0.0, 0


def _note_time(course: Course, since: float) -> float:
    now = time.monotonic()
    course.seconds += now - since
    return now
