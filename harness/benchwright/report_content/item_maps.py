"""What methods say of one model's answer to an item: values of its words, ready to be drawn on one scale with those of other models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.explanations.shown import largest_of, ranked_words, shade
from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.render.examples import texts_of
from benchwright.render.shaded_text import ShadedText
from benchwright.report_content.explained_answers import LONGEST, AnswersOf, Told, said
from benchwright.report_content.explanation_verdicts import Trust, trust_of, verdict_of
from benchwright.types import Attribution, Explanation, Record

TOP = 3
"""Words that are told with their values beside a heat map."""
SEEN = 0.0005
"""What is not written as 0.000."""
_LONGEST_NAME = 60
_FLOOR = {"probability": 0.05, "agreement": 0.05}
"""What has the deepest colour at least: words that hardly move an answer shall not look as if they decided it."""
_OTHER_FLOOR = 0.2
_NUMBERS = {"probability": "probability of ", "logit": "logit of "}
_KEPT = {"start": "the answer begins at the same place", "end": "the answer ends at the same place"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemMap:
    """What a method says of one number of a model's answer to an item.

    Attributes:
        target: Name of the number that is explained.
        unit: What that number is: ``probability``, ``logit``, ``agreement`` or ``value``.
        values: Of the item's words, in their order.
        full: The number itself.
        base: The number with every word taken away.
        largest: The value that has the deepest colour: the largest of the method on this item, over all models.
        top: Words that count most, with their values.
        comprehensiveness: Of this item; None where it was not measured.
        random_comprehensiveness: Likewise of random attributions.
        trust: Of the method on this model, over all items.
        verdict: The same in words.
    """

    method: str
    title: str
    target: str
    unit: str
    values: tuple[float, ...]
    full: float
    base: float | None
    largest: float
    top: tuple[tuple[str, float], ...]
    comprehensiveness: float | None
    random_comprehensiveness: float | None
    trust: Trust
    verdict: str
    _texts: tuple[ShadedText, ...] = ()

    @property
    def texts(self) -> tuple[ShadedText, ...]:
        """The inputs in pieces."""
        return self._texts

    @property
    def number(self) -> tuple[str, str]:
        """What is explained, in words, and the name of it: ``probability of``, ``positive``."""
        if self.unit == "agreement":
            return "", _KEPT.get(
                self.target,
                "the answer stays the same" if self.target == "answer" else f"the answer stays {self.target}",
            )
        return _NUMBERS.get(self.unit, ""), self.target


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelMaps:
    """A model's answer to an item, and what methods say of it.

    Attributes:
        verdict: ``right``, ``wrong``, ``errored`` or ``none`` (not judged).
        confidence: Probability of the model's own answer.
        truncated: Whether the model read less than the whole item, so that the words behind count nothing.
        notes: Methods without an explanation of it, and why; that alone where it is the same for all.
    """

    system: str
    answer: str
    verdict: str
    confidence: float | None
    truncated: bool
    maps: tuple[ItemMap, ...]
    notes: tuple[str, ...]

    @property
    def quiet(self) -> bool:
        """Whether no method has a word that counts, so that there is no map to look at."""
        return not any(one.top for one in self.maps)

    @property
    def tags(self) -> tuple[str, ...]:
        """Verdicts of its methods that are not told from random ones, each once."""
        return tuple(dict.fromkeys(one.verdict for one in self.maps if one.trust in ("same", "less", "unknown")))


Scales = Mapping[tuple[str, str], float]
"""Method and unit -> the value that has the deepest colour."""


def unit_of(told: Told, explanation: Explanation) -> str:
    """What the numbers of an explanation are."""
    found: str = getattr(explanation, "scale", None) or told.summary.scale
    return found


def scales_of(several: Iterable[tuple[Told, Explanation]]) -> Scales:
    """The largest value of each method on an item over all models, at least what is worth the deepest colour."""
    found: dict[tuple[str, str], float] = {}
    for told, explanation in several:
        unit, method = unit_of(told, explanation), told.summary.method
        floor = 0.0 if method == "random" else _FLOOR.get(unit, _OTHER_FLOOR)
        largest = max(floor, largest_of(*explanation.attributions))
        found[method, unit] = max(largest, found.get((method, unit), 0.0))
    return found


def model_maps(id_: str, system: str, told: Sequence[Told], answers: AnswersOf, scales: Scales) -> ModelMaps:
    """What methods say of a model's answer to an item.

    Args:
        id_: Of the item.
        system: Label of the model.
        told: What its methods say.
        answers: What it said.
        scales: Of the item.
    """
    record = answers.record(id_)
    maps: list[ItemMap] = []
    absent: list[tuple[str, str]] = []
    for one in told:
        explanation = one.explanations.get(id_)
        why = _why_none(explanation)
        if explanation is None or why:
            absent.append((one.title, why))
            continue
        try:
            maps += _maps(one, explanation, record, scales)
        except BenchwrightError as error:
            absent.append((one.title, error.problem))
    alike = not maps and len({why for _, why in absent}) == 1
    return ModelMaps(
        system=system,
        answer=said(answers.card, record),
        verdict=answers.verdict(id_),
        confidence=answers.confidence(id_),
        truncated=any(one.explanations[id_].truncated for one in told if id_ in one.explanations),
        maps=tuple(maps),
        notes=(absent[0][1],) if alike else tuple(f"{title}: {why}" for title, why in absent),
    )


def _why_none(explanation: Explanation | None) -> str:
    if explanation is None:
        return "not explained"
    if explanation.error is not None:
        return f"no explanation: {clip(visible(explanation.error), LONGEST)}"
    return "" if explanation.attributions else "nothing to explain in this answer"


def _maps(told: Told, explanation: Explanation, record: Record | None, scales: Scales) -> Iterator[ItemMap]:
    summary, unit = told.summary, unit_of(told, explanation)
    inputs = {} if record is None else texts_of(record)
    largest = scales[summary.method, unit]
    texts = word_texts(inputs, explanation)
    for one in explanation.attributions:
        faith = one.faithfulness
        yield ItemMap(
            method=summary.method,
            title=told.title,
            target=clip(visible(one.target.name), _LONGEST_NAME),
            unit=unit,
            values=one.values,
            full=one.full,
            base=one.base,
            largest=largest,
            top=_top(texts, one),
            comprehensiveness=None if faith is None else faith.comprehensiveness,
            random_comprehensiveness=None if faith is None else faith.random_comprehensiveness,
            trust=trust_of(summary),
            verdict=verdict_of(summary),
            _texts=shade(inputs, explanation, one, largest=largest),
        )


def word_texts(inputs: Mapping[str, Any], explanation: Explanation) -> tuple[str, ...]:
    """Each word of an explanation as it stands in its input."""
    found = []
    for word in explanation.words:
        value = inputs.get(word.input)
        if isinstance(value, list | tuple):
            found.append(" ".join(map(str, value[word.start : word.end])))
        else:
            found.append(str(value or "")[word.start : word.end])
    return tuple(map(visible, found))


def _top(texts: Sequence[str], one: Attribution) -> tuple[tuple[str, float], ...]:
    return tuple(
        (named(clip(texts[at], 40)), one.values[at]) for at in ranked_words(one)[:TOP] if abs(one.values[at]) >= SEEN
    )


def named(word: str) -> str:
    """A word as it stands in a list of words: with quotes where it is a sign, which would be read as one of that list."""
    return word if any(map(str.isalnum, word)) else f"“{word}”"
