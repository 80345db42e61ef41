"""An example as perturbations see it: its texts, each with the places of entities, answers and options."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchwright.edits import Edit, Span, TextEdits, WordEdits
from benchwright.tags import entities
from benchwright.types import Example, Kind, Task

_WORD = re.compile(r"\S+")
_EVIDENCE = ("context", "passage", "paragraph", "premise", "document", "article")
"""Inputs that hold what a second text is judged by."""

MARKS = ".!?…"
"""Marks that end a sentence."""

_WORDS_OF_ENGLISH = """
the and with for this that from it his they have has been would you which their not but by were are an there who its
can into to than what how when where these those she our my your just about if more most very only 's n't too ever
both every
"""
_ENGLISH = frozenset(_WORDS_OF_ENGLISH.split())

PERSONS = frozenset({"per", "person", "persons", "people"})
"""What types of entities for persons are called, in small letters."""


class Item(NamedTuple):
    """What is perturbed.

    Attributes:
        id: What draws are made for, with seed, perturbation and draw: the example's id.
        kind: Of the task.
        inputs: Input name -> text, words (of a task to tag), or options (of a choice).
        gold: Input name -> places of entities (in words) and of answers (in characters). Options are gold as a whole.
        persons: Those places that are entities of a type for persons.
        evidence: The input to which a sentence can be added without a change of the question: the only text, a context, a
            passage, a premise, what stands beside a question; empty where there is none (two texts that are held against
            one another).
    """

    id: str
    kind: Kind
    inputs: Mapping[str, Any]
    gold: Mapping[str, tuple[Span, ...]] = {}
    persons: tuple[Span, ...] = ()
    evidence: str = ""


class Text(NamedTuple):
    """One text of an item. Words to tag are one text, joined by spaces; every option is a text of its own.

    Attributes:
        name: Of the input.
        option: Number of the option; -1: not one.
        text: The text.
        gold: Places of entities and answers, in characters.
        persons: Those of persons.
        starts: Of words to tag, where each begins; else None.
        evidence: Whether a sentence may be added to it.
    """

    name: str
    option: int
    text: str
    gold: tuple[Span, ...]
    persons: tuple[Span, ...]
    starts: tuple[int, ...] | None
    evidence: bool

    @property
    def is_tokenised(self) -> bool:
        """Whether punctuation stands apart from words, as in word lists and in texts that were made of them."""
        return self.starts is not None or " ." in self.text or " ," in self.text


def item_of(task: Task, example: Example) -> Item:
    """An example of a task with the places of its gold."""
    gold: dict[str, tuple[Span, ...]] = {}
    persons: tuple[Span, ...] = ()
    target = example.target
    if task.kind is Kind.TAG and target is not None:
        places, persons = entity_places(target)
        gold = {next(iter(example.inputs)): places}
    if task.kind is Kind.SPAN and target is not None:
        answers = zip(target["answer_start"], target["text"], strict=True)
        gold = {"context": tuple(sorted({(start, start + len(text)) for start, text in answers}))}
    return Item(
        id=example.id,
        kind=task.kind,
        inputs=example.inputs,
        gold=gold,
        persons=persons,
        evidence=_evidence(task, example.inputs),
    )


def entity_places(tags: Sequence[str]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Where the entities of tags are, in words, and where those that are persons."""
    found = entities(tags)
    everywhere = tuple((one.start, one.end) for one in found)
    return everywhere, tuple((one.start, one.end) for one in found if one.type.lower() in PERSONS)


def _evidence(task: Task, inputs: Mapping[str, Any]) -> str:
    names = [name for name, value in inputs.items() if isinstance(value, str)]
    if task.kind is Kind.TAG:
        return ""
    known = [name for name in _EVIDENCE if name in names]
    if len(names) == 1 or known:
        return (known or names)[0]
    others = [name for name in names if name != "question"]
    if task.kind is Kind.CHOOSE or len(others) == 1:
        return others[0] if others else ""
    return names[0] if names and "entailment" in task.label_names else ""


def texts_of(item: Item) -> list[Text]:
    """The texts of an item, in the order of its inputs."""
    return [text for name, value in item.inputs.items() for text in _texts(item, name, value)]


def _texts(item: Item, name: str, value: Any) -> Iterator[Text]:
    gold = tuple(item.gold.get(name, ()))
    if isinstance(value, str):
        yield Text(name, -1, value, gold, (), None, name == item.evidence)
    elif item.kind is Kind.TAG:
        yield _sentence(name, value, gold, item.persons)
    else:
        for number, option in enumerate(value):
            yield Text(name, number, option, ((0, len(option)),), (), None, False)


def _sentence(name: str, words: Sequence[str], gold: Sequence[Span], persons: Sequence[Span]) -> Text:
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    # A word that holds a space, or nothing, would come back as other words: it stays, and so do the gaps beside it.
    strange = [(starts[at] - 1, ends[at] + 1) for at, word in enumerate(words) if not _WORD.fullmatch(word)]
    kept = tuple(sorted([*((starts[start], ends[end - 1]) for start, end in gold), *strange]))
    named = tuple((starts[start], ends[end - 1]) for start, end in persons)
    return Text(name, -1, " ".join(words), kept, named, tuple(starts), False)


def words_in(text: Text) -> list[tuple[str, int, int]]:
    """What stands between white space: the word with its punctuation, first and last position."""
    return [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text.text)]


def end_of_words(text: str) -> int:
    """The position behind the last word, before closing marks and white space."""
    return len(text.rstrip().rstrip(MARKS).rstrip())


def is_english(text: str, *, at_least: int = 0) -> bool:
    """Whether a word stands in it that is frequent in English and none of its neighbours' words; yes, of fewer than ``at_least`` words."""
    words = text.lower().split()
    return sum(map(str.isalpha, words)) < at_least or not _ENGLISH.isdisjoint(words)


def touches(gold: Sequence[Span], start: int, end: int) -> bool:
    """Whether a place shares a character with a span, or lies within one."""
    return any(start < stop and begin < end for begin, stop in gold)


def as_word_edits(words: Sequence[str], starts: Sequence[int], edits: TextEdits) -> WordEdits:
    """Edits of words joined by spaces as edits of the list. Words that an edit leaves as they were are no part of it."""
    joined = " ".join(words)
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    found: list[Edit[tuple[str, ...]]] = []
    for first, last, group in _by_words(starts, ends, edits):
        at, pieces = starts[first], []
        for start, end, replacement in group:
            pieces += [joined[at:start], replacement]
            at = end
        new = "".join(pieces) + joined[at : ends[last]]
        begin, stop = first, last + 1
        if group[0].start >= ends[first] and new[len(words[first]) :][:1] in ("", " "):
            begin, new = first + 1, new[len(words[first]) :]
        if begin < stop and group[-1].end <= starts[last] and new[: len(new) - len(words[last])][-1:] in ("", " "):
            stop, new = last, new[: len(new) - len(words[last])]
        found.append(Edit(begin, stop, tuple(word for word in new.split(" ") if word)))
    return tuple(found)


def _by_words(
    starts: Sequence[int], ends: Sequence[int], edits: TextEdits
) -> Iterator[tuple[int, int, list[Edit[str]]]]:
    """Edits that are about the same words, with the first and the last of them."""
    groups: list[tuple[int, int, list[Edit[str]]]] = []
    for edit in edits:
        first = min(bisect_left(ends, edit.start), len(ends) - 1)
        last = max(bisect_right(starts, edit.end) - 1, first)
        if groups and first <= groups[-1][1]:
            group = groups.pop()
            first, last = group[0], max(last, group[1])
            groups.append((first, last, [*group[2], edit]))
        else:
            groups.append((first, last, [edit]))
    yield from groups
