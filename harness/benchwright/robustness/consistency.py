"""Self-consistency and worst case, item by item: whether a variant is answered as its original is, and whether all are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from benchwright import kinds
from benchwright.answer_text import normaliser
from benchwright.edits import Edit, apply, project
from benchwright.metrics.columns import Floats
from benchwright.robustness.join import ViewedItems
from benchwright.tags import entities
from benchwright.types import Kind, Record, Task

SAME_NUMBER = 0.05
"""Two numbers count as the same answer when they differ by no more than this share of the task's range (0.25 on STS-B's 0 to 5)."""

Same = Callable[[Record, Record], bool]
"""Whether the answer to a variant is that to its original."""


def shares_of_consistent(items: ViewedItems, same: Same | None = None) -> Floats:
    """Share of its variants that are answered as the original is, of each item (n), in [0, 1]."""
    is_same = same or same_answer(items.task)
    found = np.fromiter(
        (
            is_same(items.originals[at], variant)
            for at, variant in zip(items.item_of.tolist(), items.variants, strict=True)
        ),
        np.float64,
        len(items.variants),
    )
    shares: Floats = np.bincount(items.item_of, weights=found, minlength=items.n) / np.maximum(items.sizes, 1)
    return shares


def are_right_throughout(items: ViewedItems) -> Floats | None:
    """Whether the original and every variant of an item are answered correctly (n), 1 or 0; None where answers are not right or
    wrong.
    """
    is_correct = kinds.of(items.task).is_correct
    if is_correct is None:
        return None
    task = items.task
    every = [is_correct(record.target, record.output, task) for record in (*items.originals, *items.variants)]
    if None in every:
        return None
    right = np.array(every, dtype=np.float64)
    found: Floats = right[: items.n].copy()
    np.minimum.at(found, items.item_of, right[items.n :])
    return found


def same_answer(task: Task) -> Same:
    """The function that compares answers of a kind of task.

    Labels, sets of labels, options: equal. Numbers: they differ by at most `SAME_NUMBER` of the task's range, or of nothing where
    the range is not known. Tags: the entities, with their types, at the places to which the edits carry them. Spans: the texts, the
    original's with the edits that lie within it, as the task's scripts normalise them. Options by text: the text that stands for
    the original's.
    """
    if task.kind is Kind.REGRESS:
        low, high = task.value_range or (0.0, 0.0)
        width = SAME_NUMBER * (high - low) + 1e-9
        return lambda original, variant: abs(original.output - variant.output) <= width
    if task.kind is Kind.TAG:
        return _same_entities
    if task.kind is Kind.SPAN:
        plain = normaliser(task.normalisation)
        return lambda original, variant: plain(expected_text(original, variant)) == plain(str(variant.output))
    if task.kind is Kind.CHOOSE and task.by_text:
        return lambda original, variant: bool(variant.output in _expected_options(original, variant))
    if task.multilabel:
        return lambda original, variant: set(original.output) == set(variant.output)
    return lambda original, variant: bool(original.output == variant.output)


def _edits(variant: Record) -> Mapping[str, Any]:
    found: Mapping[str, Any] = variant.extra.get("edits") or {}
    return found


def _same_entities(original: Record, variant: Record) -> bool:
    edits = [Edit(start, end, tuple(words)) for some in _edits(variant).values() for start, end, words in some]
    carried = [(one.type, project((one.start, one.end), edits)) for one in entities(original.output)]
    there = {(kind, place) for kind, place in carried if place is not None}
    return there == {(one.type, (one.start, one.end)) for one in entities(variant.output)}


def expected_text(original: Record, variant: Record) -> str:
    """The original's answer as it stands in the variant's context.

    The model says where its answer begins (``extra["start"]``); without that the first place in the context counts where the
    texts were kept, and else the answer as it is.
    """
    answer = str(original.output)
    edits = [Edit(*one) for one in _edits(variant).get("context", ())]
    context = original.extra.get("inputs", {}).get("context", "")
    start = original.extra.get("start", context.find(answer) if context else -1)
    if not answer or not edits or start is None or start < 0:
        return answer
    end = start + len(answer)
    within = [_clipped(edit, start, end) for edit in edits if edit.start < end and edit.end > start]
    return apply(answer, within)


def _clipped(edit: Edit[str], start: int, end: int) -> Edit[str]:
    """An edit as an edit of what stands from ``start`` to ``end``.

    Of one that crosses an end and keeps the length (a word in capitals, a letter for another) the part within is known; any other
    is taken whole.
    """
    low, high = max(edit.start, start), min(edit.end, end)
    written = edit.replacement
    if len(written) == edit.end - edit.start:
        written = written[low - edit.start : high - edit.start]
    return Edit(low - start, high - start, written)


def _expected_options(original: Record, variant: Record) -> Sequence[str]:
    """What may stand for the original's option: the option at its place, where the texts were kept."""
    options = original.extra.get("inputs", {}).get("options", ())
    changed = _edits(variant).get("options", ())
    if not changed:
        return (str(original.output),)
    found = [
        apply(option, [Edit(*one) for one in some])
        for option, some in zip(options, changed, strict=True)
        if option == original.output
    ]
    return found or (str(original.output),)
