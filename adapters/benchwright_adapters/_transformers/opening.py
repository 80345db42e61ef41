"""A session of an open model of `transformers`, which is asked for a short text before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchwright.checkpoints.model import choose_max_length, input_columns, stand_in
from benchwright.checkpoints.open_model import OpenCheckpoint
from benchwright.checkpoints.tokenizer import quiet
from benchwright.checkpoints.vectors import refuse_blind_first
from benchwright.encoders import (
    EncoderSession,
    HeadOutputs,
    NullThreshold,
    ProbeError,
    Tokenizing,
    codec_for,
    complaint,
    usual_length,
)
from benchwright.encoders.gradients import Differentiates, GradientSession
from benchwright.errors import ModelError
from benchwright.types import EmbeddingTask, LabelMap, Task

from .forward import TorchForward
from .settings import EncoderSettings


def open_session(
    opened: OpenCheckpoint,
    task: Task,
    settings: EncoderSettings,
    labels: LabelMap,
    *,
    forward: TorchForward,
    threshold: NullThreshold | None,
) -> EncoderSession:
    """A session that answers for a task with an open checkpoint.

    Args:
        opened: Model and tokenizer.
        task: What is answered.
        settings: Lengths, precision, budget, and how answers are read.
        labels: How the model's outputs are tied to the task's labels.
        forward: How the model computes.
        threshold: Above which null score there is no answer; None where every question has one.

    Raises:
        ModelError: The head has other outputs than the task, the model cannot read as many tokens as were asked for, or it
            fails on a short text; said of the precision, where in single precision it does not.
    """
    config = opened.model.config
    head = HeadOutputs(count=config.num_labels, labels=labels, names=config.id2label)
    codec = codec_for(task, _tokenizing(opened, task, settings), head, settings.codec_options(threshold))

    def attempt() -> EncoderSession:
        made = GradientSession if isinstance(forward, Differentiates) else EncoderSession
        return made(codec, forward, token_budget=settings.token_budget, quiet=quiet)

    try:
        session = attempt()
        if isinstance(task, EmbeddingTask) and settings.pooling == "cls":
            refuse_blind_first(forward, codec.tokenizing, task)
        return session  # noqa: TRY300 - what is raised above belongs to opening
    except ProbeError as error:
        if settings.dtype == "float32" or not _works_in_single(opened.model, attempt):
            raise
        cause = error.__cause__ or error
        raise _refuse_precision(opened.shown, settings.dtype, cause) from cause


def _refuse_precision(shown: str, dtype: str, cause: BaseException) -> ModelError:
    return ModelError(
        f"{shown} does not compute in {dtype}: {complaint(cause)}. In float32 it does",
        expected="a precision that the code of this family is written for",
        hint="type ?dtype=float32 after the model (`--precision fast` on a GPU takes bfloat16 where nothing is said)",
    )


def _tokenizing(opened: OpenCheckpoint, task: Task, settings: EncoderSettings) -> Tokenizing:
    model, tokenizer = opened.model, opened.tokenizer
    return Tokenizing(
        tokenizer=tokenizer,
        max_length=choose_max_length(settings.max_length, model, tokenizer, opened.shown, default=usual_length(task)),
        names=input_columns(model),
        stand_in=stand_in(model, tokenizer),
        source=opened.read.source,
        note=opened.read.note,
        shown=opened.shown,
    )


def _works_in_single(model: Any, attempt: Callable[[], object]) -> bool:
    """Whether the same weights give numbers in single precision, or were too large for the other already."""
    if any(bool(parameter.isinf().any()) for parameter in model.parameters()):
        return True
    try:
        model.float()
        attempt()
    except Exception:
        return False
    return True
