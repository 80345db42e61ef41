"""What the options of the adapter say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from benchwright.bulk import Truncation
from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef, Task

from .options import OPTIONS

Dtype = Literal["float32", "bfloat16", "float16"]

_BUDGETS = {"cpu": 4096, "cuda": 32768}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How inputs are cut and computed. ``max_length`` None: decided by tokenizer and model when they are open."""

    max_length: int | None
    truncation: Truncation
    dtype: Dtype
    token_budget: int


def read_settings(model: ModelRef, task: Task, context: Context) -> Settings:
    """The settings; raises ModelError for a value that is not among the possible ones, or not for this task."""
    options = model.options
    if context.device not in _BUDGETS:
        raise ModelError(
            f"{model.name}: the adapter transformers knows no device {context.device!r}", expected="cpu or cuda"
        )
    truncation = _choice(model, "truncation", get_args(Truncation), "longest_first")
    if truncation == "only_second" and len(task.inputs) < 2:
        raise ModelError(
            f"{model.name}: truncation=only_second on {task.name}, whose examples are one text",
            expected="longest_first or only_first",
            hint="leave ?truncation= out",
        )
    fast = context.precision == "fast" and context.device == "cuda"
    return Settings(
        max_length=_count(model, "max_length") if "max_length" in options else None,
        truncation=cast("Truncation", truncation),
        dtype=cast("Dtype", _choice(model, "dtype", get_args(Dtype), "bfloat16" if fast else "float32")),
        token_budget=_count(model, "token_budget") if "token_budget" in options else _BUDGETS[context.device],
    )


def _choice(model: ModelRef, name: str, choices: tuple[str, ...], default: str) -> str:
    value = model.options.get(name, default)
    if value not in choices:
        raise ModelError(f"{model.name}: {name}={value}", expected=f"one of: {', '.join(choices)}")
    return value


def _count(model: ModelRef, name: str) -> int:
    value = model.options[name]
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ModelError(f"{model.name}: {name}={value}", expected="a whole number, at least 1", hint=OPTIONS[name])
    return int(value)
