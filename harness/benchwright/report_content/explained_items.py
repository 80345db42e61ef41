"""Items with what methods say of models' answers to them: which are shown, in which order, and with which values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.explanations.shown import largest_of, ranked_words, shade
from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.items import call
from benchwright.render.examples import given, gold, texts_of
from benchwright.render.shaded_text import ShadedText
from benchwright.report_content.example_answers import CellAnswers, read_answers
from benchwright.report_content.example_choice import ERRORED, NOT_RIGHT, RIGHT
from benchwright.report_content.explanation_verdicts import Trust, method_name, trust_of
from benchwright.types import Attribution, Explanation, ExplanationSummary, Record, Task

TOP = 3
"""Words that are told with their values beside a heat map."""
_LONGEST = 200
_FLOORS = {"probability": 0.05, "agreement": 0.05, "logit": 0.2}
"""What has the deepest colour at least: words that hardly move an answer shall not look as if they decided it."""
_VERDICTS = {RIGHT: "right", NOT_RIGHT: "wrong", ERRORED: "errored"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a method says of a model's items.

    Attributes:
        at: Position of the model.
        explanations: By id, in dataset order.
    """

    at: int
    summary: ExplanationSummary
    explanations: Mapping[str, Explanation]


@dataclass(frozen=True, kw_only=True)
class AnswersOf:
    """Records of a cell, and what came of them."""

    card: Task | None
    rows: Sequence[Record]
    answers: CellAnswers | None

    @cached_property
    def _places(self) -> dict[str, int]:
        ids = self.answers.ids if self.answers is not None else [row.id for row in self.rows]
        return {id_: at for at, id_ in enumerate(ids)}

    def record(self, id_: str) -> Record | None:
        """The record of an item."""
        at = self._places.get(id_)
        return None if at is None else self.rows[at]

    def inputs(self, id_: str) -> Mapping[str, Any]:
        """Its texts; none where they were not kept."""
        record = self.record(id_)
        return {} if record is None else texts_of(record)

    def verdict(self, id_: str) -> str:
        """``right``, ``wrong``, ``errored`` or ``none``."""
        if self.answers is None or id_ not in self._places:
            return "none"
        return _VERDICTS.get(int(self.answers.verdicts[self._places[id_]]), "none")

    def confidence(self, id_: str) -> float | None:
        """Probability of the model's own answer."""
        if self.answers is None or id_ not in self._places:
            return None
        found = self.answers.confidence[self._places[id_]]
        return float(found) if np.isfinite(found) else None


def read_answers_of(card: Task | None, rows: Sequence[Record]) -> AnswersOf:
    """Records with what is right of them."""
    return AnswersOf(card=card, rows=rows, answers=None if card is None or not rows else read_answers(card, rows))


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemMap:
    """What a method says of one number of a model's answer to an item.

    Attributes:
        target: Name of the number that is explained.
        values: Of the item's words, in their order.
        full: The number itself.
        base: The number with every word taken away.
        largest: The value that has the deepest colour.
        top: Words that count most, with their values.
        comprehensiveness: Of this item; None where it was not measured.
        random_comprehensiveness: Likewise of random attributions.
        trust: Of the method on this model, over all items.
    """

    method: str
    title: str
    target: str
    values: tuple[float, ...]
    full: float
    base: float | None
    largest: float
    decimals: int
    top: tuple[tuple[str, float], ...]
    comprehensiveness: float | None
    random_comprehensiveness: float | None
    trust: Trust
    _texts: tuple[ShadedText, ...] = ()

    @property
    def texts(self) -> tuple[ShadedText, ...]:
        """The inputs in pieces."""
        return self._texts


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelMaps:
    """A model's answer to an item, and what methods say of it.

    Attributes:
        notes: Methods without an explanation of it, and why.
    """

    system: str
    answer: str
    verdict: str
    confidence: float | None
    maps: tuple[ItemMap, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedItem:
    """An item.

    Attributes:
        why: What makes it worth a look: ``only a is right``.
        group: Of a behavioural case or a cluster of variants; empty elsewhere.
        words: Texts of its words, in reading order.
        differ: Whether models are explained towards different numbers, so that colours are not to be compared.
    """

    id: str
    gold: str
    why: str
    group: str
    words: tuple[str, ...]
    models: tuple[ModelMaps, ...]
    differ: bool


def find_items(
    card: Task | None, told: Sequence[Told], answers: Mapping[int, AnswersOf], labels: Sequence[str], *, limit: int
) -> tuple[ExplainedItem, ...]:
    """At most ``limit`` items: those that models disagree on first, then wrong and errored ones, then the others, each in dataset order."""
    ids = list(dict.fromkeys(id_ for one in told for id_ in one.explanations))
    chosen = sorted(ids, key=lambda id_: (_rank([answers[at].verdict(id_) for at in _who(told)]), ids.index(id_)))
    page = _Page(card=card, told=told, answers=answers, labels=labels)
    return tuple(_item(page, id_) for id_ in chosen[:limit])


def _who(told: Sequence[Told]) -> list[int]:
    return list(dict.fromkeys(one.at for one in told))


def _rank(verdicts: Sequence[str]) -> int:
    if "right" in verdicts and ("wrong" in verdicts or "errored" in verdicts):
        return 0
    return 1 if "wrong" in verdicts else 2 if "errored" in verdicts else 3


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    card: Task | None
    told: Sequence[Told]
    answers: Mapping[int, AnswersOf]
    labels: Sequence[str]


def _item(page: _Page, id_: str) -> ExplainedItem:
    who = _who(page.told)
    record = next((found for at in who if (found := page.answers[at].record(id_)) is not None), None)
    first = next((one.explanations[id_] for one in page.told if id_ in one.explanations), None)
    words = () if record is None or first is None else tuple(_word_texts(texts_of(record), first))
    models = tuple(_model(page, at, id_) for at in who)
    targets = [frozenset(one.target for one in model.maps) for model in models if model.maps]
    return ExplainedItem(
        id=id_ if record is None else clip(visible(call(record)), 120),
        gold=_gold(page.card, record),
        why=_why(page, who, id_),
        group="" if record is None or record.group is None else record.group,
        words=words,
        models=models,
        differ=len(set(targets)) > 1,
    )


def _gold(card: Task | None, record: Record | None) -> str:
    known = card is not None and record is not None and record.target is not None
    return clip(gold(card, record), _LONGEST) if known else ""  # type: ignore[arg-type]


def _why(page: _Page, who: Sequence[int], id_: str) -> str:
    verdicts = {at: page.answers[at].verdict(id_) for at in who}
    right = [page.labels[at] for at, one in verdicts.items() if one == "right"]
    wrong = [page.labels[at] for at, one in verdicts.items() if one in ("wrong", "errored")]
    if right and wrong:
        return (
            f"only {right[0]} is right" if len(right) == 1 else f"{len(right)} of {len(right) + len(wrong)} are right"
        )
    if len(who) > 1 and wrong and not right:
        return "none is right"
    return ""


def _word_texts(inputs: Mapping[str, Any], explanation: Explanation) -> Iterator[str]:
    for word in explanation.words:
        value = inputs.get(word.input)
        if isinstance(value, list | tuple) and word.start < len(value):
            yield visible(value[word.start])
        else:
            yield visible(str(value)[word.start : word.end])


def _model(page: _Page, at: int, id_: str) -> ModelMaps:
    answers = page.answers[at]
    record = answers.record(id_)
    maps: list[ItemMap] = []
    notes: list[str] = []
    for told in page.told:
        if told.at != at:
            continue
        explanation = told.explanations.get(id_)
        name = method_name(told.summary.method)
        if explanation is None:
            notes.append(f"{name}: not explained")
        elif explanation.error is not None:
            notes.append(f"{name}: no explanation: {clip(visible(explanation.error), _LONGEST)}")
        elif not explanation.attributions:
            notes.append(f"{name}: nothing to explain in this answer")
        else:
            try:
                maps += _maps(told, explanation, {} if record is None else texts_of(record))
            except BenchwrightError as error:
                notes.append(f"{name}: {error.problem}")
    return ModelMaps(
        system=page.labels[at],
        answer=_answer(page.card, record),
        verdict=answers.verdict(id_),
        confidence=answers.confidence(id_),
        maps=tuple(maps),
        notes=tuple(notes),
    )


def _answer(card: Task | None, record: Record | None) -> str:
    if record is None:
        return "not asked"
    if record.error is not None:
        return clip(visible(record.error), _LONGEST)
    known = card is not None and card.single_label and record.output in card.label_names
    if known or card is None:
        return clip(visible(str(record.output)), _LONGEST)
    return clip(visible(given(card, record)), _LONGEST)


def _maps(told: Told, explanation: Explanation, inputs: Mapping[str, Any]) -> Iterator[ItemMap]:
    summary = told.summary
    largest = max(largest_of(*explanation.attributions), _floor(summary))
    texts = list(_word_texts(inputs, explanation))
    for one in explanation.attributions:
        faith = one.faithfulness
        yield ItemMap(
            method=summary.method,
            title=method_name(summary.method),
            target=clip(visible(one.target.name), _LONGEST),
            values=one.values,
            full=one.full,
            base=one.base,
            largest=largest,
            decimals=2 if summary.scale == "logit" else 3,
            top=_top(texts, one),
            comprehensiveness=None if faith is None else faith.comprehensiveness,
            random_comprehensiveness=None if faith is None else faith.random_comprehensiveness,
            trust=trust_of(summary),
            _texts=shade(inputs, explanation, one, largest=largest),
        )


def _top(texts: Sequence[str], one: Attribution) -> tuple[tuple[str, float], ...]:
    return tuple((clip(texts[at], 40), one.values[at]) for at in ranked_words(one)[:TOP] if one.values[at])


def _floor(summary: ExplanationSummary) -> float:
    return 0.0 if summary.method == "random" else _FLOORS[summary.scale]
