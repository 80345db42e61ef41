"""What an option list says about the training, with the defaults of its recipe filled in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from benchwright import registry
from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef, Task
from benchwright.types import Kind as TaskKind

from .options import OPTIONS, SHAPE_OPTIONS

Kind = Literal["full", "frozen", "partial", "gradual"]
Schedule = Literal["linear", "cosine"]
Precision = Literal["fp32", "bf16"]

TINY = "tiny"
"""The path that means an architecture made here."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Size of the architecture that is made here."""

    layers: int
    hidden: int
    heads: int
    vocab: int


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides the weights besides base, data and libraries; ``OPTIONS`` says what each field means.

    Attributes:
        dropout: None keeps that of the base.
        train_limit: None trains on all rows.
        freeze: Lowest layers that stay; None, for ``partial``, is half of them, and none for other recipes.
        max_length_given: Whether a model with fewer positions is a mistake, or shortens the inputs.
        shape: None for a base that exists.
        doc_stride: Tokens that windows share; None for tasks without windows of a context.
        most_options: Options learned from at once; None for tasks without options.
    """

    kind: Kind
    epochs: int
    lr: float
    batch: int
    accumulate: int
    max_length: int
    max_length_given: bool
    schedule: Schedule
    warmup: float
    layer_decay: float
    weight_decay: float
    clip: float
    dropout: float | None
    hold: float
    patience: int
    seed: int
    train_limit: int | None
    freeze: int | None
    precision: Precision
    shape: Shape | None
    doc_stride: int | None = None
    most_options: int | None = None


_OF_KIND = {"doc_stride": TaskKind.SPAN, "most_options": TaskKind.CHOOSE}
"""Options that mean something for one kind of task only."""

_DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "full": {"epochs": 2, "lr": 1e-4, "batch": 32},
    "partial": {"epochs": 2, "lr": 1e-4, "batch": 32},
    "gradual": {"epochs": 4, "lr": 1e-4, "batch": 32},
    "frozen": {"epochs": 20, "lr": 1e-3, "batch": 32},
}
"""Measured on held-back rows: see docs/adapters-finetune.md."""

_KIND_DEFAULTS: Mapping[TaskKind, Mapping[str, float]] = {
    TaskKind.TAG: {"epochs": 3, "lr": 3e-4, "batch": 16},
    TaskKind.SPAN: {"epochs": 2, "lr": 1e-4, "batch": 16},
    TaskKind.CHOOSE: {"epochs": 3, "lr": 1e-4, "batch": 8},
}
"""What `full` does on kinds of task where that is something else; `partial` and `gradual` follow."""

_TINY_DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "full": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "partial": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "gradual": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "frozen": {"epochs": 20, "lr": 1e-3, "batch": 16},
}


def read_recipe(model: ModelRef, context: Context, task: Task | None = None) -> Recipe:
    """The recipe of a model reference for the task that is trained; without one, for a task of one or two texts.

    Raises:
        ModelError: An option is no number, out of its range, or means nothing beside the others or for the task.
    """
    read = _Reader(model)
    asked = TaskKind.CLASSIFY if task is None else task.kind
    kind = cast("Kind", read.choice("recipe", get_args(Kind), "full"))
    _check_company(model, kind)
    _check_task(model, task, asked)
    usual = _usual(model, kind, asked)
    fast = context.precision == "fast" and context.device == "cuda"
    long = asked is TaskKind.SPAN or bool(task and task.placeholder)
    max_length = read.whole("max_length", 8, 8192, 384 if long else 128)
    stride = read.whole("doc_stride", 0, max_length // 2, min(128, max_length // 3))
    return Recipe(
        kind=kind,
        epochs=read.whole("epochs", 1, 1000, int(usual["epochs"])),
        lr=read.number("lr", 0, 1, usual["lr"], above=True),
        batch=read.whole("batch", 1, 4096, int(usual["batch"])),
        accumulate=read.whole("accumulate", 1, 1024, 1),
        max_length=max_length,
        max_length_given="max_length" in model.options,
        schedule=cast("Schedule", read.choice("schedule", get_args(Schedule), "linear")),
        warmup=read.number("warmup", 0, 1, 0.1),
        layer_decay=read.number("layer_decay", 0, 1, 1.0, above=True),
        weight_decay=read.number("weight_decay", 0, 1, 0.01),
        clip=read.number("clip", 0, math.inf, 1.0),
        dropout=read.number("dropout", 0, 0.9, 0.0) if "dropout" in model.options else None,
        hold=read.number("hold", 0, 0.5, 0.1),
        patience=read.whole("patience", 1, 1000, 3),
        seed=read.whole("seed", 0, 2**32 - 1, context.seed),
        train_limit=read.whole("train_limit", 1, 2**31, 1) if "train_limit" in model.options else None,
        freeze=read.whole("freeze", 0, 1000, 0) if "freeze" in model.options else None,
        precision=cast("Precision", read.choice("precision", get_args(Precision), "bf16" if fast else "fp32")),
        shape=_read_shape(read) if model.path == TINY else None,
        doc_stride=stride if asked is TaskKind.SPAN else None,
        most_options=read.whole("most_options", 2, 256, 8) if asked is TaskKind.CHOOSE else None,
    )


def recipe_facts(recipe: Recipe) -> dict[str, Any]:
    """All settings by name; what means nothing for the kind of task is left out."""
    return {name: value for name, value in asdict(recipe).items() if value is not None or name not in _OF_KIND}


def _usual(model: ModelRef, kind: Kind, asked: TaskKind) -> Mapping[str, float]:
    """Epochs, rate and rows where nothing is said."""
    if model.path == TINY:
        return _TINY_DEFAULTS[kind]
    if kind == "frozen" or asked not in _KIND_DEFAULTS:
        return _DEFAULTS[kind]
    usual = dict(_KIND_DEFAULTS[asked])
    return {**usual, "epochs": 2 * usual["epochs"]} if kind == "gradual" else usual


def read_save_seconds(model: ModelRef) -> float:
    """Seconds between checkpoints; raises ModelError for what is no number of seconds."""
    return _Reader(model).number("save_seconds", 0, math.inf, 60.0)


def _read_shape(read: _Reader) -> Shape:
    shape = Shape(
        layers=read.whole("layers", 1, 24, 1),
        hidden=read.whole("hidden", 8, 2048, 128),
        heads=read.whole("heads", 1, 64, 4),
        vocab=read.whole("vocab", 100, 100_000, 4000),
    )
    if shape.hidden % shape.heads:
        raise ModelError(
            f"{read.model.name}: hidden={shape.hidden} with heads={shape.heads}",
            expected="a width that is a multiple of the number of heads",
            hint=f"hidden={shape.heads * max(1, round(shape.hidden / shape.heads))}",
        )
    return shape


def _check_company(model: ModelRef, kind: Kind) -> None:
    if "freeze" in model.options and kind != "partial":
        raise ModelError(
            f"{model.name}: freeze={model.options['freeze']} with recipe={kind}",
            expected="recipe=partial, which freezes the lowest layers",
            hint=f"recipe=partial&freeze={model.options['freeze']}",
        )
    strange = [name for name in SHAPE_OPTIONS if name in model.options]
    if strange and model.path != TINY:
        raise ModelError(
            f"{model.name}: {strange[0]}={model.options[strange[0]]} with the base {model.path}",
            expected=f"{', '.join(SHAPE_OPTIONS)} only with `finetune:{TINY}`",
            hint=f"leave {strange[0]} out: the base says it",
        )
    if "labels" in model.options:
        raise ModelError(
            f"{model.name}: labels={model.options['labels']} for a head that is trained here",
            expected="no label map: the head answers with the task's own labels",
            hint="leave ?labels= out",
        )


def _check_task(model: ModelRef, task: Task | None, asked: TaskKind) -> None:
    for name, kind in _OF_KIND.items():
        if name in model.options and asked is not kind:
            raise ModelError(
                f"{model.name}: {name}={model.options[name]} on {task.name if task else 'this task'} ({asked})",
                expected=f"{name} only for tasks of kind {kind}",
                hint="leave it out, or say it for those tasks alone",
            )


@dataclass(frozen=True)
class _Reader:
    """Options of a model as numbers and choices."""

    model: ModelRef

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.model.options.get(name, default)
        if value not in choices:
            hint = registry.suggest(value, choices)
            raise ModelError(f"{self.model.name}: {name}={value}", expected=f"one of: {', '.join(choices)}", hint=hint)
        return value

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        text = self.model.options.get(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError as error:
            raise self._refusal(name, f"a whole number, {low} to {high}") from error
        if not low <= value <= high:
            raise self._refusal(name, f"a whole number, {low} to {high}")
        return value

    def number(self, name: str, low: float, high: float, default: float, *, above: bool = False) -> float:
        text = self.model.options.get(name)
        if text is None:
            return default
        end = "" if math.isinf(high) else f", at most {high:g}"
        expected = f"a number {'above' if above else 'of at least'} {low:g}{end}"
        try:
            value = float(text)
        except ValueError as error:
            raise self._refusal(name, expected) from error
        if not math.isfinite(value) or not low <= value <= high or (above and value == low):
            raise self._refusal(name, expected)
        return value

    def _refusal(self, name: str, expected: str) -> ModelError:
        return ModelError(
            f"{self.model.name}: {name}={self.model.options[name]}", expected=expected, hint=f"{name}: {OPTIONS[name]}"
        )
