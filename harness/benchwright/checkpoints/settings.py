"""Options of every adapter that reads a checkpoint: how inputs are cut, batches sized and answers read, whatever computes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast, get_args

from benchwright.errors import ModelError
from benchwright.tags import SCHEMES, Scheme
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    Context,
    ModelRef,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

if TYPE_CHECKING:
    from benchwright.encoders import CodecOptions, NullThreshold, Truncation
    from benchwright.encoders.codec import Pooling

READING: Mapping[str, str] = {
    "max_length": "most tokens to an input (default: what tokenizer and positions allow, at most 512; 384 for questions on a text)",
    "truncation": "longest_first (default), only_first or only_second: which text of a pair or option is cut",
    "token_budget": "tokens to a forward pass (default 1024 on cpu, 32768 on cuda)",
    "doc_stride": "tokens that windows over a long input share (default 128 for questions, half a window for tags)",
    "n_best": "starts and ends of an answer that are tried in each window (default 20)",
    "max_answer_length": "most tokens to an answer (default 30)",
    "null_threshold": "say no answer above this null score (default: the checkpoint's own, else 0)",
    "scheme": "how a head writes tags: IOB1, IOB2, BIOES or IO (default: BIOES or IO where the names of its outputs show it, else IOB2)",
    "prefix_space": "true or false: whether a byte-level tokenizer puts a blank before each word to be tagged",
}

Dtype = Literal["float32", "bfloat16", "float16"]

_BUDGETS = {"cpu": 1024, "cuda": 32768}
_MOST_TOKENS = 2**20
"""Of a forward pass: every buffer is filled up to its size, so that a slip of the keys would take all memory of the machine."""
_MOST = 2**31 - 1
"""Of any other whole number."""
_SHOWN = 60
"""Characters of a refused value."""
_PAIRED = (ClassificationTask, RegressionTask, ChoiceTask)
_SERVES: Mapping[str, tuple[type[Task], ...]] = {
    "truncation": _PAIRED,
    "doc_stride": (TaggingTask, SpanTask),
    "n_best": (SpanTask,),
    "max_answer_length": (SpanTask,),
    "null_threshold": (SpanTask,),
    "prefix_space": (TaggingTask,),
    "scheme": (TaggingTask,),
}
"""Kinds of task that an option says something about; any other option serves all."""


@dataclass(frozen=True, kw_only=True)
class ReadingSettings:
    """How inputs are cut and batched, and answers read.

    Attributes:
        max_length: Most tokens to an input; None: decided by tokenizer and model when they are open.
        truncation: Which text of a pair is cut.
        token_budget: Tokens of a buffer, or most of a batch.
        doc_stride: Tokens that windows over a long input share; None: decided when the length is known.
        n_best: Starts and ends of an answer tried in each window.
        max_answer_length: Most tokens to an answer.
        null_threshold: Above this null score there is no answer; None: the checkpoint's own, or 0.
        prefix_space: Whether words to be tagged follow a blank; None: as the family demands, or as saved.
        scheme: How the head writes tags, where the user says so.
        pooling: How vectors of tokens become one.
        scaled: Whether that vector is scaled to length 1.
    """

    max_length: int | None
    truncation: Truncation
    token_budget: int
    doc_stride: int | None = None
    n_best: int = 20
    max_answer_length: int = 30
    null_threshold: float | None = None
    prefix_space: bool | None = None
    scheme: Scheme | None = None
    pooling: Pooling = "mean"
    scaled: bool = False

    def codec_options(self, threshold: NullThreshold | None) -> CodecOptions:
        """What of them the codec of a task takes; ``threshold`` is None where every question has an answer."""
        from benchwright.encoders import CodecOptions

        return CodecOptions(
            truncation=self.truncation,
            doc_stride=self.doc_stride,
            n_best=self.n_best,
            max_answer_length=self.max_answer_length,
            threshold=threshold,
            scheme=self.scheme,
            pooling=self.pooling,
            scaled=self.scaled,
        )


def read_reading(model: ModelRef, task: Task, context: Context) -> ReadingSettings:
    """The settings; raises ModelError for a value that is not among the possible ones, or not for this task."""
    from benchwright.encoders import Truncation

    options = model.options
    if context.device not in _BUDGETS:
        raise ModelError(
            f"{model.name}: the adapter {model.adapter} knows no device {context.device!r}",
            expected="cpu or cuda",
            hint="--device cpu",
        )
    _check_served(model, task)
    truncation = read_choice(model, "truncation", get_args(Truncation), "longest_first")
    if truncation == "only_second" and len(task.inputs) < 2:
        raise ModelError(
            f"{model.name}: truncation=only_second on {task.name}, whose examples are one text",
            expected="longest_first or only_first",
            hint="leave ?truncation= out",
        )
    return ReadingSettings(
        max_length=_count(model, "max_length") if "max_length" in options else None,
        truncation=cast("Truncation", truncation),
        token_budget=_count(model, "token_budget", most=_MOST_TOKENS)
        if "token_budget" in options
        else _BUDGETS[context.device],
        doc_stride=_count(model, "doc_stride", least=0) if "doc_stride" in options else None,
        n_best=_count(model, "n_best") if "n_best" in options else 20,
        max_answer_length=_count(model, "max_answer_length") if "max_answer_length" in options else 30,
        null_threshold=_number(model, "null_threshold") if "null_threshold" in options else None,
        prefix_space=read_choice(model, "prefix_space", ("true", "false"), "") == "true"
        if "prefix_space" in options
        else None,
        scheme=_scheme(model),
    )


def _check_served(model: ModelRef, task: Task) -> None:
    """Refuse options that would be in the key and change nothing."""
    for name in model.options:
        if not isinstance(task, _SERVES.get(name, Task)):
            raise ModelError(
                f"{model.name}: {name} says nothing about {task.name}, a task of kind {task.kind}",
                expected=f"{name} on tasks of kind {' or '.join(one.kind for one in _SERVES[name])}",
                hint=f"leave ?{name}= out for this task",
            )
    if "null_threshold" in model.options and not task.unanswerable:
        raise ModelError(
            f"{model.name}: null_threshold on {task.name}, where every question has an answer",
            expected="a task with unanswerable questions (squad/v2)",
            hint="leave ?null_threshold= out for this task",
        )


def _scheme(model: ModelRef) -> Scheme | None:
    """The scheme by any of its names."""
    given = model.options.get("scheme")
    if given is None:
        return None
    found = SCHEMES.get(given.upper())
    if found is None:
        raise ModelError(f"{model.name}: scheme={given}", expected=f"one of: {', '.join(SCHEMES)}", hint="?scheme=IOB2")
    return found


def read_choice(model: ModelRef, name: str, choices: tuple[str, ...], default: str) -> str:
    """An option that is one of a few words; raises ModelError for any other."""
    value = model.options.get(name, default)
    if value not in choices:
        raise ModelError(
            f"{model.name}: {name}={value}", expected=f"one of: {', '.join(choices)}", hint=f"?{name}={choices[0]}"
        )
    return value


def read_count(model: ModelRef, name: str, help_: str, *, least: int = 1, most: int = _MOST) -> int:
    """An option that is a whole number; raises ModelError, with its line of help, for anything else."""
    value = model.options[name]
    digits = value.lstrip("0") or value[-1:]
    if not (value.isascii() and value.isdigit() and len(digits) <= len(str(most)) and least <= int(digits) <= most):
        expected = f"a whole number, at least {least}" + (
            f" and at most {most}" if len(digits) >= len(str(most)) else ""
        )
        shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
        raise ModelError(f"{model.name}: {name}={shown}", expected=expected, hint=help_)
    return int(digits)


def _count(model: ModelRef, name: str, *, least: int = 1, most: int = _MOST) -> int:
    return read_count(model, name, READING[name], least=least, most=most)


def _number(model: ModelRef, name: str) -> float:
    try:
        value = float(model.options[name])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ModelError(f"{model.name}: {name}={model.options[name]}", expected="a number", hint=READING[name])
    return value
