"""Redaction: a run and its records without texts of examples, for a report that others may read.

Inputs are never read for such a report. What is left of them stands in words that quote: messages of models and readers about one
example, and answers that are pieces of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from benchwright import kinds
from benchwright.alarm import CONSTANT
from benchwright.paths import with_short_paths
from benchwright.types import (
    FAILS,
    Alarm,
    CellResult,
    ExplanationSummary,
    GroupGap,
    IdentityScore,
    PrecisionChoice,
    RobustnessScore,
    Run,
    Score,
    Task,
)

LEFT_OUT = "the message is left out, as it may quote an example"
"""In place of what a model or a reader said."""

_QUOTING = ("failed", "refused")
"""Cells whose reason may quote: what the model threw, or what the file of predictions holds."""

NO_EXPLANATION = "no-explanation"
"""Code of the alarm that items have no explanation."""

_SAME = {"constant": "every answer is the same", CONSTANT: "constant baseline: every answer is the same"}


def without_texts(run: Run) -> Run:
    """The run, without sentences that quote a text of an example or an answer made of one."""
    cells = [_cell(cell, run.tasks.get(cell.task_path)) for cell in run.cells]
    views = [_view(score, run.tasks.get(score.base)) for score in run.robustness]
    swaps = [_swaps(score, run.tasks.get(score.base)) for score in run.bias]
    gaps = [_gap(gap, run.tasks.get(gap.task_path)) for gap in run.gaps]
    return run.replaced(
        cells=tuple(cells),
        robustness=tuple(views),
        bias=tuple(swaps),
        gaps=tuple(gaps),
        precisions=tuple(_choice(choice, _without_quote) for choice in run.precisions),
        explanations=tuple(map(_explained, run.explanations)),
    )


def _choice(choice: PrecisionChoice, say: Callable[[str], str]) -> PrecisionChoice:
    """A choice with why each variant was not taken, said otherwise."""
    tried = tuple(msgspec.structs.replace(one, reason=say(one.reason)) for one in choice.tried)
    return msgspec.structs.replace(choice, tried=tried)


def _without_quote(reason: str) -> str:
    """Why a variant was not taken, without what it threw."""
    return f"{FAILS} {LEFT_OUT}" if reason.startswith(FAILS) else reason


def left_out(_: str) -> str:
    """In place of any message."""
    return LEFT_OUT


def with_short_reasons(run: Run) -> Run:
    """The run; absolute paths in why a cell has no score, which name users and machines, are cut to their last two parts."""
    cells = tuple(
        msgspec.structs.replace(cell, reason=with_short_paths(cell.reason)) if cell.reason else cell
        for cell in run.cells
    )
    precisions = tuple(_choice(choice, with_short_paths) for choice in run.precisions)
    return run.replaced(cells=cells, precisions=precisions)


def answers_are_texts(task: Task | None) -> bool:
    """Whether answers are spans of the texts of an example; True for an unknown task."""
    return task is None or kinds.of(task).answers_are_texts(task)


def _cell(cell: CellResult, task: Task | None) -> CellResult:
    changed = cell
    if cell.status in _QUOTING and cell.reason:
        changed = msgspec.structs.replace(changed, reason=LEFT_OUT)
    if not answers_are_texts(task):
        return changed
    return msgspec.structs.replace(
        changed,
        alarms=_unquoted(cell.alarms),
        score=None if cell.score is None else _score(cell.score),
        scores=tuple(_score(score) for score in cell.scores),
    )


def _view(score: RobustnessScore, task: Task | None) -> RobustnessScore:
    if not answers_are_texts(task):
        return score
    return msgspec.structs.replace(
        score,
        alarms=_unquoted(score.alarms),
        clean=_score(score.clean),
        perturbed=_score(score.perturbed),
        consistency=_score(score.consistency),
        worst=None if score.worst is None else _score(score.worst),
    )


def _swaps(score: IdentityScore, task: Task | None) -> IdentityScore:
    return msgspec.structs.replace(score, alarms=_unquoted(score.alarms)) if answers_are_texts(task) else score


def _gap(gap: GroupGap, task: Task | None) -> GroupGap:
    return msgspec.structs.replace(gap, alarms=_unquoted(gap.alarms)) if answers_are_texts(task) else gap


def _explained(one: ExplanationSummary) -> ExplanationSummary:
    """The summary; why items have no explanation is what a model or a method threw at one of them."""
    alarms = (
        msgspec.structs.replace(told, sentence=f"{told.sentence.partition(':')[0]}: {LEFT_OUT}")
        if told.code == NO_EXPLANATION
        else told
        for told in one.alarms
    )
    return msgspec.structs.replace(one, alarms=tuple(alarms))


def _score(score: Score) -> Score:
    return msgspec.structs.replace(score, alarms=_unquoted(score.alarms))


def _unquoted(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    return tuple(msgspec.structs.replace(one, sentence=_SAME[one.code]) if one.code in _SAME else one for one in alarms)
