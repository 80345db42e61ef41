"""The section `Calibration` of a report: whether a model that says 80 % is right in 80 of 100 cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchwright import kinds
from benchwright.answers import AnswerArrays, answers_of
from benchwright.coded import Coded
from benchwright.errors import BenchwrightError
from benchwright.formatting import change, finite, fixed, interval_of_change
from benchwright.render.details import Records
from benchwright.render.grid import Column, Grid
from benchwright.render.shown_number import ShownNumber
from benchwright.stats.calibration import (
    Brier,
    CalibrationError,
    Mean,
    brier,
    brier_items,
    calibration_error,
    mean_over_items,
)
from benchwright.types import CellResult, ChoiceTask, ClassificationTask, Task

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST = 100
"""Items below which no calibration error is told: it would be chance."""
MOST_ROWS = 30
"""Rows of the table, those with the largest errors; JSON holds all."""
MOST_DRAWN = 6
"""Panels of the reliability diagram."""
_SLACK = 1e-3
"""How far probabilities of an item may be from a sum of 1."""

NO_SCORES = "gives no scores"
NO_PROBABILITIES = "gives scores that are no probabilities (logits, or not adding up to 1)"
TOO_FEW = f"has fewer than {FEWEST} items with probabilities"
UNREADABLE = "its records cannot be read"


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationRow:
    """One model on one task.

    Attributes:
        task: ``suite/task``.
        system: Position of the model.
        label: Its name.
        n: Items that were answered with probabilities, and have a gold label.
        accuracy: Share of right answers.
        confidence: Mean probability of the answers that were given.
        excess: Mean confidence minus accuracy: above 0 where the model is too sure.
        error: The expected calibration error.
        brier: The Brier score; None where options differ in number.
        score: The Brier score with its interval; None as ``brier``.
        clustered: Whether items depend on one another, which the chance that is told of leaves out.
    """

    task: str
    system: int
    label: str
    n: int
    accuracy: float
    confidence: float
    excess: Mean
    error: CalibrationError
    brier: Brier | None
    score: Mean | None
    clustered: bool

    @property
    def excess_figure(self) -> ShownNumber:
        """The excess in points, with its interval."""
        return ShownNumber(
            text=change(self.excess.value),
            between=interval_of_change(self.excess.low, self.excess.high),
            sort=finite(self.excess.value),
        )

    @property
    def score_figure(self) -> ShownNumber | None:
        """The Brier score with its interval, four decimals."""
        if self.score is None:
            return None
        ends = [None if end is None else min(1.0, max(0.0, end)) for end in (self.score.low, self.score.high)]
        between = "" if None in ends else f"[{fixed(ends[0], 4)}, {fixed(ends[1], 4)}]"
        return ShownNumber(text=fixed(self.score.value, 4), between=between, sort=self.score.value)

    @property
    def parts(self) -> str:
        """``0.0123 − 0.1450 + 0.2499``: reliability, resolution, uncertainty."""
        one = self.brier
        if one is None:
            return ""
        return f"{fixed(one.reliability, 4)} − {fixed(one.resolution, 4)} + {fixed(one.uncertainty, 4)}"

    @property
    def verdict(self) -> str:
        """Which way confidence is off, if the interval of the excess or the calibration error shows that it is; else that chance explains it."""
        if self.excess.low is not None and self.excess.low > 0:
            return "too sure"
        if self.excess.high is not None and self.excess.high < 0:
            return "not sure enough"
        return "not calibrated" if self.error.is_shown else "no more than chance"


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationSection:
    """The section.

    Attributes:
        rows: By task, then in the order of the report.
        hidden: Rows with smaller errors that the table leaves out.
        without: Reason -> models and their tasks that have no number for it: ``majority (glue/sst2, glue/rte)``.
    """

    rows: tuple[CalibrationRow, ...]
    hidden: int
    without: Mapping[str, tuple[str, ...]]

    @property
    def shown(self) -> tuple[CalibrationRow, ...]:
        """The rows of the table: those with the largest errors, in the order of the page."""
        order = sorted(range(len(self.rows)), key=lambda at: (-self.rows[at].error.corrected, at))
        kept = set(order[:MOST_ROWS])
        return tuple(row for at, row in enumerate(self.rows) if at in kept)

    @property
    def drawn(self) -> tuple[CalibrationRow, ...]:
        """The rows whose reliability is drawn: those with the largest errors, largest first."""
        return tuple(sorted(self.rows, key=lambda row: (-row.error.corrected, row.task, row.system))[:MOST_DRAWN])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Answers:
    """Items answered with probabilities: confidence in the answer given, whether it is right, and what else is computed with."""

    confidence: NDArray[np.float64]
    correct: NDArray[np.float64]
    clusters: NDArray[np.intp]
    shares: NDArray[np.float64] | None
    gold: NDArray[np.intp]


def find_calibration(grid: Grid, records: Records) -> CalibrationSection | None:
    """The section over tasks whose answers are labels or options; None where no model answers one with probabilities.

    Views of tasks and behavioural tests are left out: their items are made, and a confidence about them says nothing of the data.
    """
    rows: list[CalibrationRow] = []
    without: dict[str, dict[str, list[str]]] = {}
    for column in grid.columns:
        for at, cell in sorted(column.cells.items()):
            card = column.card_of(at)
            if cell.status != "scored" or cell.key is None or card is None or not _has_confidence(column, card):
                continue
            label = grid.systems[at].label
            found = _of_cell(card, cell, records)
            if isinstance(found, str):
                without.setdefault(found, {}).setdefault(label, []).append(column.name)
            else:
                rows.append(_row(column, at, label, found))
    if not rows:
        return None
    told = {
        reason: tuple(f"{label} ({', '.join(paths)})" for label, paths in by_label.items())
        for reason, by_label in sorted(without.items())
    }
    return CalibrationSection(rows=tuple(rows), hidden=max(0, len(rows) - MOST_ROWS), without=told)


def _has_confidence(column: Column, card: Task) -> bool:
    if column.is_view or card.behaviour or card.multilabel or card.by_text:
        return False
    return isinstance(card, ClassificationTask | ChoiceTask)


def _of_cell(card: Task, cell: CellResult, records: Records) -> _Answers | str:
    try:
        answers = answers_of(card, records(str(cell.key)))
    except BenchwrightError:
        return UNREADABLE
    widths = answers.score_rows.widths
    scored = np.flatnonzero(answers.has_gold & ~answers.unanswered & (widths > 0))
    if not scored.size:
        return NO_SCORES
    by_width = [(width, *_of_width(answers, scored, width)) for width in np.unique(widths[scored]).tolist()]
    if not all(_are_probabilities(shares) for _, _, shares in by_width):
        return NO_PROBABILITIES
    found = _answers(answers, by_width)
    return TOO_FEW if len(found.confidence) < FEWEST else found


def _of_width(answers: AnswerArrays, rows: Rows, width: int) -> tuple[Rows, Floats]:
    """Those of some items that have so many scores, and these."""
    of_it = rows[answers.score_rows.widths[rows] == width]
    ends = np.cumsum(answers.score_rows.widths)
    return of_it, answers.score_rows.values[(ends[of_it] - width)[:, None] + np.arange(width)]


def _are_probabilities(shares: Floats) -> bool:
    return bool(
        np.isfinite(shares).all() and not (shares < 0).any() and not (np.abs(shares.sum(axis=1) - 1) > _SLACK).any()
    )


def _answers(answers: AnswerArrays, by_width: Sequence[tuple[int, Rows, Floats]]) -> _Answers:
    """Items whose answer and gold answer have a place among their scores, in their order."""
    said, meant = _places(answers.task, answers.outputs), _places(answers.task, answers.targets)
    confidence = np.full(answers.n, np.nan)
    kept = np.zeros(answers.n, dtype=np.bool_)
    for width, rows, shares in by_width:
        known = (said[rows] >= 0) & (meant[rows] >= 0) & (np.maximum(said[rows], meant[rows]) < width)
        kept[rows[known]] = True
        confidence[rows[known]] = shares[known, said[rows[known]]]
    rows = np.flatnonzero(kept)
    widths = np.unique(answers.score_rows.widths[rows])
    return _Answers(
        confidence=confidence[rows],
        correct=(said == meant)[rows].astype(np.float64),
        clusters=_numbered(answers.clusters.codes[rows]),
        shares=_of_width(answers, rows, int(widths[0]))[1] if len(widths) == 1 else None,
        gold=meant[rows],
    )


def _places(card: Task, coded: Coded) -> Rows:
    """Place of each value among what is scored; -1: none."""
    places = [kinds.of(card).position(value, card, None) for value in coded.values]
    found: Rows = np.array([*(-1 if place is None else place for place in places), -1], dtype=np.intp)[coded.codes]
    return found


def _numbered(codes: NDArray[np.int32]) -> Rows:
    """Clusters by first appearance; an item of none is one of its own."""
    own = np.where(codes >= 0, codes, -1 - np.arange(len(codes)))
    _, firsts, back = np.unique(own, return_index=True, return_inverse=True)
    order = np.empty(len(firsts), dtype=np.intp)
    order[np.argsort(firsts)] = np.arange(len(firsts))
    return order[back]


def _row(column: Column, at: int, label: str, found: _Answers) -> CalibrationRow:
    error = calibration_error(found.confidence, found.correct)
    assert error is not None  # there are `FEWEST` items at least
    return CalibrationRow(
        task=column.name,
        system=at,
        label=label,
        n=len(found.confidence),
        accuracy=float(found.correct.mean()),
        confidence=float(found.confidence.mean()),
        excess=mean_over_items(found.confidence - found.correct, found.clusters),
        error=error,
        brier=None if found.shares is None else brier(found.shares, found.gold),
        score=None if found.shares is None else mean_over_items(brier_items(found.shares, found.gold), found.clusters),
        clustered=int(found.clusters.max()) + 1 < len(found.clusters),
    )
