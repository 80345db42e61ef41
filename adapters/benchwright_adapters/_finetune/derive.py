"""From a base, a recipe and a train split to a checkpoint in the store: once, whoever asks, whatever was killed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchwright import encoders
from benchwright.encoders.failures import complaint
from benchwright.errors import BenchwrightError, ModelError
from benchwright.store.lease import lease
from benchwright.types import Dataset, Kind, Task

from .base import Base
from .build import Built, build
from .chance import seeded, suit_threads
from .choices import draw_options
from .course import Course, Keeper, Moving, load
from .forward import Passes, remembered_passes, whole_passes
from .heads import reads_tokens
from .layers import Layout, ever_trained, let_move, lowest_trained, read_layout
from .loop import Job, run
from .material import Material
from .optimiser import make_optimiser
from .prepare import prepare
from .publish import publish, read_story, tell_story
from .recipe import Recipe
from .rows import Rows, divide
from .scale import fold, measure_scale

_POLL_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Order:
    """A checkpoint that is wanted.

    Attributes:
        digest: What it is called, in full.
        place: Where it will lie.
        side: A folder for what is only needed until then, on the same disk.
        base: What training starts from.
        recipe: How.
        task: The task that is trained.
        dataset: Its train split.
        device: ``cpu`` or ``cuda``.
        save_seconds: Between two states kept while training.
        tell: Called with (what, done, total).
    """

    digest: str
    place: Path
    side: Path
    base: Base
    recipe: Recipe
    task: Task
    dataset: Dataset
    device: str
    save_seconds: float
    tell: Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class _Bench:
    """A model with what it learns from and is judged by."""

    built: Built
    layout: Layout
    rows: Rows
    train: Material
    held: Material
    moving: Moving


def derive(order: Order) -> None:
    """Make the checkpoint unless it is there; of several processes one trains and the others wait.

    Raises:
        ModelError: The base cannot be used, the rows teach nothing, or the training fails.
        StoreError: There is no room, or the store cannot be written.
    """
    while read_story(order.place) is None:
        with lease(order.side.with_suffix(".lock")) as mine:
            if mine and read_story(order.place) is None:
                _train(order)
                shutil.rmtree(order.side, ignore_errors=True)
        if not mine:
            order.tell(f"another process trains for {order.task.name}", 0, 0)
            time.sleep(_POLL_SECONDS)


def _train(order: Order) -> None:
    rows = divide(order.task, order.dataset, order.recipe)
    with _explained(order), seeded(order.recipe.seed, order.device):
        built = build(order.base, order.recipe, order.task, rows.train, device=order.device)
        scale = measure_scale(order.task, rows.train, built.model)
        learned = (
            rows.train if order.task.kind is not Kind.CHOOSE else draw_options(order.task, rows.train, order.recipe)
        )
        train, held = (prepare(built, order.task, part, scale) for part in (learned, rows.held))
        _check_readable(order, train)
        layout = read_layout(built.model)
        bench = _Bench(
            built=built, layout=layout, rows=rows, train=train, held=held, moving=_moving(order, built, layout)
        )
        keeper = Keeper(path=order.side / "course.safetensors", seconds=order.save_seconds)
        suit_threads(built.model)
        with _passes(order, bench) as passes:
            suit_threads(built.model)  # a stand-in is smaller than the encoder whose place it takes
            job = Job(
                model=built.model,
                shown=order.base.shown,
                task=order.task,
                recipe=order.recipe,
                layout=layout,
                train=train,
                held=held,
                passes=passes,
                scale=scale,
                moving=bench.moving,
                keeper=keeper,
                tell=order.tell,
            )
            course = run(job, load(keeper, bench.moving) or Course(rows=order.recipe.batch))
        fold(scale, built.model)
        _publish(order, bench, course, remembered=passes.remembered)


def _check_readable(order: Order, train: Material) -> None:
    if not len(train.owner):
        raise ModelError(
            f"none of {train.unreadable:,} training rows of {order.task.name} can be learned from by {order.base.shown}",
            expected="rows that its tokenizer can take, of options one that is right",
            hint="check the inputs of the train split",
        )


def _moving(order: Order, built: Built, layout: Layout) -> Moving:
    parameters = dict(built.model.named_parameters())
    moved = {name: parameters[name] for name in ever_trained(order.recipe, layout, shown=order.base.shown)}
    let_move(built.model, layout, lowest_trained(order.recipe, layout, 0, shown=order.base.shown))
    return Moving(
        parameters=moved,
        optimiser=make_optimiser(moved, layout, order.recipe),
        best={},
        device=order.device,
    )


@contextmanager
def _passes(order: Order, bench: _Bench) -> Iterator[Passes]:
    """Passes through the head alone where only the head learns and that is the same; else through the whole model."""

    def tell(done: int, total: int) -> None:
        order.tell(f"reading features for {order.task.name}", done, total)

    if order.recipe.kind == "frozen":
        with remembered_passes(bench.built, bench.train, bench.held, tell=tell) as passes:
            if passes is not None:
                yield passes
                return
    with whole_passes(bench.built, bench.train, bench.held, order.recipe.precision) as passes:
        yield passes


def _publish(order: Order, bench: _Bench, course: Course, *, remembered: bool) -> None:
    story = tell_story(
        digest=order.digest,
        task=order.task,
        base=order.base,
        recipe=order.recipe,
        built=bench.built,
        rows=bench.rows,
        unreadable=bench.train.unreadable + bench.held.unreadable,
        windows=len(bench.train.owner) if reads_tokens(order.task.kind) else None,
        trained=sum(parameter.numel() for parameter in bench.moving.parameters.values()),
        course=course,
        remembered=remembered,
    )
    publish(bench.built, story, draft=order.side / "draft", place=order.place)


@contextmanager
def _explained(order: Order) -> Iterator[None]:
    """Turn what a library raises into one message: a training that fails is a failed cell, not a failed run."""
    try:
        yield
    except BenchwrightError:
        raise
    except Exception as error:
        what = f"training {order.base.shown} for {order.task.name}"
        if encoders.is_out_of_memory(error):
            hint = f"a smaller base, shorter inputs (max_length={order.recipe.max_length // 2}), or recipe=frozen"
            raise ModelError(f"{what} runs out of memory", expected="room for the model", hint=hint) from error
        raise ModelError(
            f"{what} failed: {complaint(error)}",
            expected="a base that can learn a head for the task",
            hint="another base or recipe; `benchwright doctor` shows the versions",
        ) from error
