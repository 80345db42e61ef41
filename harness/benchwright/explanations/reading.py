"""How the answers of an open session are read and how words are taken away from it: decided once for all of its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from benchwright.errors import BenchwrightError
from benchwright.explanations.variants import STAND_IN
from benchwright.types import ExplainSpec, Kind, Removal, ScoreScale, ScoresTargets, Session, Task

Given = Literal["probabilities", "logits", "log-probabilities"]
"""What the scores of a model's predictions are, as `Facts.scores` says."""

VERSION = 1
"""Raised when the same answers have other words, targets or numbers than before."""

KINDS = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
"""Kinds of answers that are explained."""

_IN_PLACE = (Kind.TAG, Kind.SPAN)


@dataclass(frozen=True, kw_only=True)
class SessionReading:
    """How numbers are read, and how words are taken away.

    Attributes:
        scale: What is explained where the model gives scores.
        scores: What its scores are; None: nobody said it, and they are explained as they are.
        scorer: The session, if it gives numbers of targets by itself.
        removal: How words are taken away.
        mask: What stands for a word then; None: it is left out.
    """

    scale: ScoreScale
    scores: Given | None
    scorer: ScoresTargets | None
    removal: Removal
    mask: str | None


def read_session(session: Session, task: Task, spec: ExplainSpec, *, scores: Given | None = None) -> SessionReading:
    """How an open session is read.

    Args:
        session: Answers for the task.
        task: What it answers.
        spec: What is asked for.
        scores: What the scores of its predictions are (`Facts.scores`).
    """
    scorer = session if isinstance(session, ScoresTargets) else None
    removal = removal_of(task, spec.removal)
    token = scorer.mask if scorer is not None and removal == "mask" else ""
    return SessionReading(
        scale=scale_of(task, spec.scale),
        scores=scores,
        scorer=scorer,
        removal=removal,
        mask=None if removal == "delete" else token or STAND_IN,
    )


def removal_of(task: Task, asked: Removal | None) -> Removal:
    """How words are taken away, if nobody says: places of tags and answers must stay."""
    return asked or ("mask" if task.kind in _IN_PLACE else "delete")


def scale_of(task: Task, asked: ScoreScale | None) -> ScoreScale:
    """What is explained, if nobody says; a predicted value always as it is."""
    if task.kind is Kind.REGRESS:
        return "value"
    return asked or ("logit" if task.kind is Kind.SPAN else "probability")


def refuse(task: Task, spec: ExplainSpec) -> BenchwrightError | None:
    """Why answers to a task are not explained as asked, known before anything is opened; None: they are."""
    if task.kind not in KINDS:
        return BenchwrightError(
            f"answers of kind {task.kind} are not explained",
            expected=f"a task of kind {', '.join(KINDS)}",
            hint="choose another task",
        )
    if spec.removal == "delete" and task.kind in _IN_PLACE:
        what = "tags" if task.kind is Kind.TAG else "an answer"
        return BenchwrightError(
            f"removal=delete for {task.name}: without its words {what} would stand somewhere else",
            expected="removal=mask, which keeps every place",
            hint="leave removal away",
        )
    return None
