"""Words that count most for each label, over the items that a method explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite
from typing import Any

from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.report_content.explained_answers import AnswersOf, Told
from benchwright.report_content.item_maps import SEEN, named
from benchwright.types import Target, Word

FEWEST = 3
"""Items that a word must occur in."""
MOST = 8
"""Words of a label that are told, of those that raise its number and of those that lower it."""
MOST_LABELS = 12
"""Labels of a model and method."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class WordMean:
    """A word, case folded.

    Attributes:
        mean: Over the items that hold it; within an item over its occurrences and the targets of the label.
        items: How many these are.
    """

    word: str
    mean: float
    items: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelWords:
    """Words of a label, as a method tells them of a model.

    Attributes:
        label: A label, a type of entities, ``start`` or ``end``.
        raising: Words with a mean above 0, largest first.
        lowering: Words with one below 0, lowest first.
        items: Items with this label among their targets.
        words: Words that occur in `FEWEST` items or more.
    """

    system: str
    method: str
    label: str
    raising: tuple[WordMean, ...]
    lowering: tuple[WordMean, ...]
    items: int
    words: int


def words_by_label(
    told: Sequence[Told], answers: Mapping[int, AnswersOf], labels: Sequence[str]
) -> tuple[LabelWords, ...]:
    """For each model, method and label; random values have none."""
    return tuple(
        one
        for some in told
        if some.summary.method != "random" and some.at in answers
        for one in _of_method(some, answers[some.at], labels[some.at])
    )


def _of_method(told: Told, answers: AnswersOf, system: str) -> Iterator[LabelWords]:
    sums: dict[str, dict[str, list[float]]] = {}
    items: dict[str, int] = {}
    for id_, explanation in told.explanations.items():
        inputs = answers.inputs(id_)
        if not inputs:
            continue
        texts = [_folded(inputs, word) for word in explanation.words]
        seen: dict[str, dict[str, list[float]]] = {}
        for one in explanation.attributions:
            known = seen.setdefault(group_of(one.target), {})
            for text, value in zip(texts, one.values, strict=False):
                if text and isfinite(value):
                    known.setdefault(text, []).append(value)
        for label, found in seen.items():
            items[label] = items.get(label, 0) + 1
            for text, values in found.items():
                sums.setdefault(label, {}).setdefault(text, []).append(fsum(values) / len(values))
    often = sorted(items, key=lambda label: (-items[label], label))[:MOST_LABELS]
    for label in sorted(often):
        means = [
            WordMean(named(clip(visible(text), _LONGEST)), fsum(values) / len(values), len(values))
            for text, values in sums.get(label, {}).items()
            if len(values) >= FEWEST
        ]
        ordered = sorted(means, key=lambda one: (-one.mean, one.word))
        yield LabelWords(
            system=system,
            method=told.title,
            label=label,
            raising=tuple(one for one in ordered[:MOST] if one.mean >= SEEN),
            lowering=tuple(one for one in reversed(ordered[-MOST:]) if one.mean <= -SEEN),
            items=items[label],
            words=len(means),
        )


def group_of(target: Target) -> str:
    """What targets are gathered under: a label, the type of an entity, an end of an answer."""
    if target.label is not None:
        return target.label
    if target.edge is not None:
        return target.edge
    if target.tags:
        return target.tags[0].partition("-")[2] or target.tags[0]
    return target.name


def _folded(inputs: Mapping[str, Any], word: Word) -> str:
    value = inputs.get(word.input)
    if isinstance(value, str):
        return value[word.start : word.end].casefold()
    if isinstance(value, list | tuple):
        return " ".join(map(str, value[word.start : word.end])).casefold()
    return ""
