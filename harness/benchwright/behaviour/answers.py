"""Whether two answers are the same, by kind: labels, sets of labels, numbers, entities carried through edits, cleaned texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from benchwright.edits import Edit, project
from benchwright.tags import Entity, entities
from benchwright.types import Kind

_ARTICLE = re.compile(r"(?:a|an|the)\s+")
Edits = Sequence[tuple[int, int, Any]]


def clean(text: str) -> str:
    """A text without letter case, blanks around it, final dots and one leading article, as the SQuAD suite's answers are compared.

    CheckList strips a *set of characters* (``[a,the,an,in,at] ``), which makes "ractor" of "tractor"; all failure counts of
    the released suite are the same without that slip.
    """
    bare = text.strip().lower().strip(".").strip()
    return _ARTICLE.sub("", bare, count=1) if _ARTICLE.match(bare) else bare


def cleaned(text: Any, rule: str) -> str:
    """A text as the rule of an expectation compares it: ``article`` (`clean`) or ``none``."""
    return clean(str(text)) if rule == "article" else str(text)


def substituted(text: str, pair: tuple[str, str] | None) -> str:
    """A text with the old word of a pair replaced by the new one, wherever it stands as a whole."""
    if pair is None or not pair[0]:
        return text
    return re.sub(rf"(?<!\w){re.escape(pair[0])}(?!\w)", lambda _: pair[1], text)


def is_same(kind: Kind, first: Any, second: Any, tolerance: float) -> bool:
    """Whether two answers are the same, no edits between them: numbers differ by no more than the tolerance, sets and entities
    are equal whatever their order, words at a slot where the first is, everything else is equal.
    """
    if kind is Kind.REGRESS:
        return distance(first, second) <= tolerance
    if kind is Kind.TAG:
        return set(entities(list(first))) == set(entities(list(second)))
    if kind is Kind.FILL and isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return list(first[:1]) == list(second[:1])
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return set(first) == set(second)
    return bool(first == second)


def distance(first: Any, second: Any) -> float:
    """Absolute difference of two numbers; infinite where one of them is none."""
    numbers = isinstance(first, int | float) and isinstance(second, int | float)
    return abs(gain(first, second)) if numbers else float("inf")


def gain(first: float, second: float) -> float:
    """How much larger the second number is, to nine decimals: 2.2 and 2.3 are 0.1 apart, and not a little more in binary."""
    return round(second - first, 9)


def differing_entities(original: Sequence[str], variant: Sequence[str], edits: Edits | None) -> int | None:
    """How many entities of two tagged sentences have no counterpart, once those of the original are carried through the edits.

    An entity that an edit cuts (`benchwright.edits.project`) has no counterpart to be asked for: it is left out, and so is whatever is found in
    what is left of it and in the words that the edit put there. None: nothing can be compared, because edits cut every entity of the original, or there are
    none and the sentences have different lengths.
    """
    found = set(entities(list(variant)))
    if edits is None:
        return len(set(entities(list(original))) ^ found) if len(original) == len(variant) else None
    carried: set[Entity] = set()
    blurred: list[tuple[int, int]] = []
    changes = [Edit(*edit) for edit in edits]
    for entity in entities(list(original)):
        place = (entity.start, entity.end)
        span = project(place, changes)
        if span is not None:
            carried.add(entity._replace(start=span[0], end=span[1]))
        elif (left := project(place, changes, "extend")) is not None:
            blurred.append(left)
    clear = {one for one in found if not any(one.start < end and start < one.end for start, end in blurred)}
    kept = {one for one in carried if not any(one.start < end and start < one.end for start, end in blurred)}
    return len(kept ^ clear) if kept or clear or not blurred else None


def wanted(gold: Any) -> tuple[str, ...]:
    """Texts that are right, of a gold that is one text or several."""
    return tuple(map(str, gold)) if isinstance(gold, list | tuple) else (str(gold),)
