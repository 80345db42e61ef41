"""The training configuration, from the options of a model reference and the defaults."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

from benchwright import registry
from benchwright.errors import ModelError
from benchwright.types import Context, Kind, ModelRef, Task

SHAPE_OPTIONS: Mapping[str, str] = {
    "layers": "of `tiny`: layers, 1 to 24 (default 1)",
    "hidden": "of `tiny`: width, 8 to 2048, a multiple of heads (default 128)",
    "heads": "of `tiny`: attention heads, 1 to 64 (default 4)",
    "vocab": "of `tiny`: most word pieces, 100 to 100000 (default 4000)",
}

OPTIONS: Mapping[str, str] = {
    "recipe": "full (default), frozen (only the head), partial (lowest layers frozen), gradual (one more layer an epoch)",
    "epochs": "passes over the training rows, 1 to 1000 (default by recipe)",
    "lr": "highest learning rate, above 0 to 1 (default by recipe)",
    "batch": "rows to a forward pass, 1 to 4096 (default by recipe and kind of task)",
    "accumulate": "forward passes to a step, 1 to 1024 (default 1)",
    "max_length": "most tokens to an input, 8 to 8192, in training and evaluation (default 128; span 384)",
    "doc_stride": "of span: tokens that windows of a long context share, at most half of max_length (default 128, at most a third)",
    "most_options": "of choose: options of a question that are learned from at once, 2 to 256 (default 8)",
    "schedule": "linear (default) or cosine fall of the learning rate after the warm-up",
    "warmup": "share of the steps in which the learning rate rises, 0 to 1 (default 0.1)",
    "layer_decay": "learning rate of a layer relative to the one above it, above 0 to 1 (default 1)",
    "weight_decay": "0 to 1, never on biases and norms (default 0.01)",
    "clip": "longest gradient, above 0, or 0 for no limit (default 1)",
    "dropout": "0 to 0.9, everywhere in the model (default: what the base says)",
    "hold": "share of the train split held back to choose the epoch, 0 to 0.5, at most 1000 rows (default 0.1)",
    "patience": "epochs without a better held-back score before training stops, 1 to 1000 (default 3)",
    "seed": "of the new weights, the order, the dropout and the rows held back (default: the run's)",
    "train_limit": "train on a random sample of this many rows, drawn with the seed (default: all)",
    "freeze": "of recipe=partial: how many of the lowest layers stay as they are (default: half of them)",
    "precision": "fp32 (default) or bf16, mixed (default with --precision fast on cuda)",
    "save_seconds": "seconds between checkpoints while training, 0 for each step (default 60); changes no weight",
    **SHAPE_OPTIONS,
}


Recipe = Literal["full", "frozen", "partial", "gradual"]
Schedule = Literal["linear", "cosine"]
Precision = Literal["fp32", "bf16"]

TINY = "tiny"
"""The path that means an architecture made here."""


@dataclass(frozen=True, kw_only=True)
class ArchitectureSize:
    """Size of an architecture that is trained from scratch (`tiny`)."""

    layers: int
    hidden: int
    heads: int
    vocab: int


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Everything that decides the weights besides base, data and libraries; ``OPTIONS`` says what each field means.

    Attributes:
        dropout: None keeps that of the base.
        train_limit: None trains on all rows.
        freeze: Lowest layers that stay; None, for ``partial``, is half of them, and none for other recipes.
        max_length_given: Whether the user set ``max_length``: then a model with fewer positions is an error, else inputs are shortened.
        shape: Size of an architecture made here; None for an existing base.
        doc_stride: Tokens that windows share; None for tasks without windows of a context.
        most_options: Maximum number of options per training row; None for tasks without options.
    """

    kind: Recipe
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
    shape: ArchitectureSize | None
    doc_stride: int | None = None
    most_options: int | None = None


_OF_KIND = {"doc_stride": Kind.SPAN, "most_options": Kind.CHOOSE}
"""Options that mean something for one kind of task only."""

_DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "full": {"epochs": 2, "lr": 1e-4, "batch": 32},
    "partial": {"epochs": 2, "lr": 1e-4, "batch": 32},
    "gradual": {"epochs": 4, "lr": 1e-4, "batch": 32},
    "frozen": {"epochs": 20, "lr": 1e-3, "batch": 32},
}
"""Measured on rows held back: see docs/adapters-finetune.md."""

_KIND_DEFAULTS: Mapping[Kind, Mapping[str, float]] = {
    Kind.TAG: {"epochs": 3, "lr": 3e-4, "batch": 16},
    Kind.SPAN: {"epochs": 2, "lr": 1e-4, "batch": 16},
    Kind.CHOOSE: {"epochs": 3, "lr": 1e-4, "batch": 8},
}
"""What `full` does on kinds of task where that is something else; `partial` and `gradual` follow."""

_TINY_DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "full": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "partial": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "gradual": {"epochs": 20, "lr": 5e-4, "batch": 16},
    "frozen": {"epochs": 20, "lr": 1e-3, "batch": 16},
}


def read_training_config(model: ModelRef, context: Context, task: Task | None = None) -> TrainingConfig:
    """The configuration of a model reference for the task that is trained; without a task, for one of one or two texts.

    Raises:
        ModelError: An option is not a number, out of range, or does not apply to the task or with the other options.
    """
    read = _OptionReader(model)
    asked = Kind.CLASSIFY if task is None else task.kind
    kind = cast("Recipe", read.choice("recipe", get_args(Recipe), "full"))
    _check_company(model, kind)
    _check_task(model, task, asked)
    usual = _usual(model, kind, asked)
    fast = context.precision == "fast" and context.device == "cuda"
    long = asked is Kind.SPAN or bool(task and task.placeholder)
    max_length = read.whole("max_length", 8, 8192, 384 if long else 128)
    stride = read.whole("doc_stride", 0, max_length // 2, min(128, max_length // 3))
    return TrainingConfig(
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
        doc_stride=stride if asked is Kind.SPAN else None,
        most_options=read.whole("most_options", 2, 256, 8) if asked is Kind.CHOOSE else None,
    )


def config_facts(config: TrainingConfig) -> dict[str, Any]:
    """All settings by name, without those that do not apply to the kind of task."""
    return {name: value for name, value in asdict(config).items() if value is not None or name not in _OF_KIND}


def _usual(model: ModelRef, kind: Recipe, asked: Kind) -> Mapping[str, float]:
    """Default epochs, learning rate and batch size."""
    if model.path == TINY:
        return _TINY_DEFAULTS[kind]
    if kind == "frozen" or asked not in _KIND_DEFAULTS:
        return _DEFAULTS[kind]
    usual = dict(_KIND_DEFAULTS[asked])
    return {**usual, "epochs": 2 * usual["epochs"]} if kind == "gradual" else usual


def read_save_seconds(model: ModelRef) -> float:
    """Seconds between two writes of the training state. Raises ModelError for an invalid number."""
    return _OptionReader(model).number("save_seconds", 0, math.inf, 60.0)


def _read_shape(read: _OptionReader) -> ArchitectureSize:
    shape = ArchitectureSize(
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


def _check_company(model: ModelRef, kind: Recipe) -> None:
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


def _check_task(model: ModelRef, task: Task | None, asked: Kind) -> None:
    for name, kind in _OF_KIND.items():
        if name in model.options and asked is not kind:
            raise ModelError(
                f"{model.name}: {name}={model.options[name]} on {task.name if task else 'this task'} ({asked})",
                expected=f"{name} only for tasks of kind {kind}",
                hint="leave it out, or say it for those tasks alone",
            )


@dataclass(frozen=True)
class _OptionReader:
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
