"""Scores that identity swaps move: probabilities of labels, numbers, and the share of swapped entities that are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from benchwright import kinds
from benchwright.bias.join import SwappedItems
from benchwright.edits import Edit, project
from benchwright.stats.intervals import Floats
from benchwright.tags import Entity, entities
from benchwright.types import Kind, Record

Given = Literal["probabilities", "logits", "log-probabilities"]
"""What a model says its scores are (`Facts.scores`)."""

VALUE, RECALL = "value", "recall"
"""Names in place of a label: of numbers, and of entities."""


@dataclass(frozen=True, kw_only=True, eq=False)
class MovedScores:
    """Scores of variants (v) beside those of their originals, by label (k).

    Attributes:
        labels: Names of the columns: labels of the task, ``value`` or ``recall``.
        variants: Of the variants (v, k); NaN where there is none (a variant that swaps no gold entity).
        originals: Of each variant's original (v, k).
        exclusive: Whether columns are probabilities of which one label gets what another loses.
    """

    labels: tuple[str, ...]
    variants: Floats
    originals: Floats
    exclusive: bool = False

    @property
    def shifts(self) -> Floats:
        """Variant minus original (v, k)."""
        found: Floats = self.variants - self.originals
        return found

    @property
    def sizes(self) -> Floats:
        """How far a swap moves the scores of each variant (v): half the sum of changes of probabilities that add up to one, else the
        mean over labels of the size of the change.
        """
        apart = np.abs(self.shifts)
        found: Floats = apart.sum(axis=1) / 2 if self.exclusive else apart.mean(axis=1)
        return found


def moved_scores(items: SwappedItems, given: Given | None = None) -> MovedScores | None:
    """The scores of a kind of task; None where answers have none that compare (texts, options, answers alone).

    Classification: probabilities of the labels. Numbers: the answers. Tags: of each variant the share of those gold entities of
    which a word was swapped that are found with type and ends, and the same of these entities in the original.

    Args:
        items: The joined records.
        given: What the model says its scores are; None: they count where they are probabilities.
    """
    task = items.task
    if task.kind is Kind.REGRESS:
        answers = np.array([[float(record.output)] for record in items.variants]).reshape(-1, 1)
        before = np.array([[float(record.output)] for record in items.originals]).reshape(-1, 1)
        return MovedScores(labels=(VALUE,), variants=answers, originals=before[items.item_of])
    if task.kind is Kind.TAG:
        return _recalls(items)
    if kinds.of(task).scored != "labels":
        return None
    variants = _probabilities(items.variants, given, multilabel=task.multilabel)
    originals = _probabilities(items.originals, given, multilabel=task.multilabel)
    if variants is None or originals is None or {variants.shape[1], originals.shape[1]} != {len(task.label_names)}:
        return None
    return MovedScores(
        labels=task.label_names,
        variants=variants,
        originals=originals[items.item_of],
        exclusive=not task.multilabel,
    )


def _probabilities(records: Sequence[Record], given: Given | None, *, multilabel: bool) -> Floats | None:
    """Probabilities (n, k) of labels; None where a record has no scores, or ones of unknown meaning."""
    rows: list[Any] = [record.scores for record in records]
    if not rows or any(row is None for row in rows) or len({len(row) for row in rows}) != 1:
        return None
    scores: Floats = np.array(rows, dtype=np.float64)
    if not np.isfinite(scores).all() and given != "log-probabilities":
        return None
    if given == "log-probabilities":
        return np.exp(scores)
    if given == "logits":
        if multilabel:
            return np.asarray(1 / (1 + np.exp(-scores)), dtype=np.float64)
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)
    return scores if scores.min() >= 0 and scores.max() <= 1 + 1e-6 else None


def _recalls(items: SwappedItems) -> MovedScores | None:
    """The share of swapped gold entities that are found; None where no variant swaps one."""
    found = np.full((len(items.variants), 2), np.nan)
    for row, (at, variant) in enumerate(zip(items.item_of.tolist(), items.variants, strict=True)):
        original = items.originals[at]
        if variant.target is None or original.target is None:
            continue
        edits = [
            Edit(start, end, tuple(words))
            for some in (variant.extra.get("edits") or {}).values()
            for start, end, words in some
        ]
        there = [one for one in entities(original.target) if any(_touch(one, edit) for edit in edits)]
        if not there:
            continue
        carried = [(one.type, project((one.start, one.end), edits)) for one in there]
        now = {(one.type, (one.start, one.end)) for one in entities(variant.output)}
        before = set(entities(original.output))
        found[row] = (sum(one in now for one in carried) / len(there), sum(one in before for one in there) / len(there))
    if np.isnan(found).all():
        return None
    return MovedScores(labels=(RECALL,), variants=found[:, :1], originals=found[:, 1:])


def _touch(entity: Entity, edit: Edit[Any]) -> bool:
    return edit.start < entity.end and entity.start < edit.end
