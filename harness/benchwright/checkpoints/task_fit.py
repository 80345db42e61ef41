"""Whether the head of a checkpoint fits a task, and what its answers are; asked before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from benchwright.checkpoints.config import find_threshold
from benchwright.checkpoints.head import CheckpointHead
from benchwright.checkpoints.head_checks import check_head, check_scheme
from benchwright.checkpoints.settings import ReadingSettings
from benchwright.encoders.codec import NullThreshold
from benchwright.encoders.masked import rule_of
from benchwright.errors import ModelError
from benchwright.types import ChoiceTask, ClassificationTask, FillTask, ModelRef, TaggingTask, Task


def fit_notes(
    head: CheckpointHead, task: Task, model: ModelRef, settings: ReadingSettings, config: Mapping[str, Any]
) -> Iterator[str]:
    """What a reader of the numbers must know; raises ModelError where the head does not fit the task."""
    shown = model.path
    if isinstance(task, FillTask) and not task.top:
        rule_of(task)  # raises where it is none for items of this form
    yield from check_head(head, task, shown=shown, path=model.path, named_by_user=names_labels(model))
    threshold = threshold_of(task, settings, config, shown)
    if threshold is not None:
        yield threshold.note
    if isinstance(task, TaggingTask):
        yield from check_scheme(head, settings.scheme, shown)
    wanted, positions = settings.max_length, head.positions
    if wanted is not None and positions is not None and wanted > positions:
        raise ModelError(
            f"{shown}: max_length={wanted}",
            expected=f"at most its {positions} positions",
            hint=f"?max_length={positions}",
        )


def threshold_of(task: Task, settings: ReadingSettings, config: Mapping[str, Any], shown: str) -> NullThreshold | None:
    """Above which null score there is no answer; None where every question has one."""
    return find_threshold(settings.null_threshold, config, shown) if task.unanswerable else None


def scale_of(task: Task) -> Literal["probabilities", "log-probabilities"] | None:
    """What the scores of a task are; None where a rule makes something else of log-probabilities."""
    if isinstance(task, FillTask):
        return {"stereoset": "probabilities", "aula": None}.get(task.rule, "log-probabilities")
    return "probabilities" if isinstance(task, ClassificationTask | ChoiceTask) else None


def names_labels(model: ModelRef) -> bool:
    """Whether the user says what the outputs mean."""
    return bool(model.options.get("labels"))
