"""Terms of a dimension in the texts of an item: whole words, the longest first; those that might mean something else are left."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from benchwright.identity.grammar import BEHIND_A_NOUN, VERBS, is_apart, noun_form, pronoun_form
from benchwright.identity.lexicon import Dimension, Entry
from benchwright.identity.words import Word, casing_of, edge, is_first, lows_of, words_of
from benchwright.perturbations.texts import Text, touches

_OFFICES = """
president vice minister prime chancellor ambassador embassy government parliament senator senate army navy air king queen
emperor pope bishop foreign secretary state general colonel captain mr mrs ms dr professor americans american
"""
_OFFICES_NEARBY = frozenset(_OFFICES.split())
"""Words with a capital that a term may stand beside without being a part of a name."""
_TO_BE = frozenset(
    [
        "am",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "become",
        "becomes",
        "became",
        "became",
        "born",
        "who",
        "went",
        "go",
        "goes",
        "grew",
    ]
)
_CALLED = frozenset({"named", "called"})
_COUNTING = frozenset(
    [
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "dozen",
        "many",
        "several",
        "most",
        "some",
        "few",
        "other",
        "all",
        "both",
    ]
)
_PERSONAL = frozenset(["i", "you", "he", "she", "we", "who"])
_TITLED = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "miss",
        "prof",
        "professor",
        "sir",
        "dame",
        "lady",
        "lord",
        "king",
        "queen",
        "prince",
        "princess",
        "president",
    ]
)


class Occurrence(NamedTuple):
    """A term that is taken.

    Attributes:
        at: Number of the text.
        start: First character.
        end: The one behind the last.
        entry: Which term, in which form.
        word: Number of its first word in the text.
    """

    at: int
    start: int
    end: int
    entry: Entry
    word: int


@dataclass
class Found:
    """What stands in an item of a dimension.

    Attributes:
        taken: Terms that are exchanged.
        left: How many were left since they might mean something else.
        blocked: Whether the item is left as a whole.
    """

    taken: list[Occurrence] = field(default_factory=list)
    left: int = 0
    blocked: bool = False


class Match(NamedTuple):
    """A place that spells a term.

    Attributes:
        text: Where.
        words: Of that text.
        first: Number of its first word.
        last: Number of its last word.
        entries: What it may be.
    """

    text: str
    words: tuple[Word, ...]
    first: int
    last: int
    entries: tuple[Entry, ...]

    @property
    def start(self) -> int:
        """First character."""
        return self.words[self.first].start

    @property
    def end(self) -> int:
        """The character behind the last."""
        return self.words[self.last].end

    @property
    def written(self) -> str:
        """What stands there."""
        return self.text[self.start : self.end]

    @property
    def before(self) -> Word | None:
        """The word before it with nothing but white space between."""
        if not self.first or is_apart(self.text, self.words[self.first - 1], self.words[self.first]):
            return None
        return self.words[self.first - 1]

    @property
    def behind(self) -> Word | None:
        """The word behind it with nothing but white space between."""
        if self.last + 1 >= len(self.words) or is_apart(self.text, self.words[self.last], self.words[self.last + 1]):
            return None
        return self.words[self.last + 1]

    @property
    def neighbours(self) -> tuple[str, str]:
        """The words before and behind it in small letters, where no more than a space or a hyphen is between; empty: none."""
        before = self.words[self.first - 1] if self.first else None
        behind = self.words[self.last + 1] if self.last + 1 < len(self.words) else None
        return (
            before.low if before and self.text[before.end : self.start].strip() in ("", "-") else "",
            behind.low if behind and self.text[self.end : behind.start].strip() in ("", "-") else "",
        )


Pattern = tuple[tuple[str, ...], tuple[str, ...], tuple[Entry, ...]]
"""Words of a term in small letters, what stands between them, and which terms are spelled so."""


@lru_cache(64)
def patterns(dimension: Dimension) -> dict[str, tuple[Pattern, ...]]:
    """First word in small letters -> the terms that begin so, the longest first."""
    spelled: dict[str, list[Entry]] = {}
    for group in dimension.groups:
        for entry in group.entries():
            spelled.setdefault(_plain(entry.text.lower()), []).append(entry)
    found: dict[str, list[Pattern]] = {}
    for spelling, entries in spelled.items():
        words = words_of(spelling)
        between = tuple(_gap(spelling[one.end : two.start]) for one, two in itertools.pairwise(words))
        found.setdefault(words[0].low, []).append((tuple(word.low for word in words), between, tuple(entries)))
    return {word: tuple(sorted(some, key=lambda pattern: -len(pattern[0]))) for word, some in found.items()}


def _plain(text: str) -> str:
    return text.replace("’", "'").replace("‘", "'")


def _gap(text: str) -> str:
    return re.sub(r"\s+", " ", _plain(text))


def matches(text: str, dimension: Dimension) -> Iterator[Match]:
    """Places that spell a term as whole words, the longest first, none over another."""
    index = patterns(dimension)
    if lows_of(text).isdisjoint(index):
        return
    words, free = words_of(text), 0
    for at, word in enumerate(words):
        if at < free or word.low not in index:
            continue
        found = _match(text, words, at, index[word.low])
        if found is not None:
            yield found
            free = found.last + 1


def _match(text: str, words: tuple[Word, ...], at: int, among: Sequence[Pattern]) -> Match | None:
    """The longest of several terms that stands at a word."""
    for spelled, between, entries in among:
        last = at + len(spelled) - 1
        if last >= len(words) or any(words[at + n].low != word for n, word in enumerate(spelled)):
            continue
        if any(_gap(text[words[at + n].end : words[at + n + 1].start]) != gap for n, gap in enumerate(between)):
            continue
        if edge(text, words[at].start, words[last].end) != "inside":
            return Match(text, words, at, last, entries)
    return None


def find(texts: Sequence[Text], dimension: Dimension) -> Found:
    """The terms of a dimension of words or places in the texts of an item.

    A term that is left somewhere is left everywhere, so that nothing is said of two; one that is left only since it begins a sentence
    is a term there if it is one elsewhere.
    """
    blocked = _is_left(texts, dimension)
    seen: list[tuple[int, Match, Entry | None, bool]] = []
    for at, text in enumerate(texts):
        for match in matches(text.text, dimension):
            doubt = _doubt(match, text, dimension)
            entry = None if doubt == "sure" else _entry_of(match)
            seen.append((at, match, entry, doubt == "first"))
    stay = {_key(match, dimension) for _, match, entry, _ in seen if entry is None}
    known = {_key(match, dimension) for _, match, entry, first in seen if entry is not None and not first} - stay
    taken = [
        Occurrence(at, match.start, match.end, entry, match.first)
        for at, match, entry, _ in seen
        if entry is not None and _key(match, dimension) in known
    ]
    left = len(seen) - len(taken)
    return Found(taken, left, blocked or (dimension.whole and left > 0))


_Doubt = Literal["none", "first", "sure"]
"""A term; one unless it is another word that begins a sentence; something else, or nobody can tell."""


def _key(match: Match, dimension: Dimension) -> tuple[str, object]:
    """What is one thing in an item: a spelling, or a country with all that belongs to it."""
    entry = match.entries[0]
    return (entry.group, entry.at) if dimension.kind == "places" else (entry.group, match.written.lower())


def _doubt(match: Match, text: Text, dimension: Dimension) -> _Doubt:
    if _cuts_gold(match, text) or _is_ambiguous(match, dimension):
        return "sure"
    if match.written.lower() not in dimension.ambiguous:
        return "none"
    return "first" if is_first(match.text, match.start) else "none"


def _is_left(texts: Sequence[Text], dimension: Dimension) -> bool:
    if not dimension.left_with:
        return False
    other = [phrase for phrase in dimension.left_with if not phrase.isalnum()]
    return any(
        not dimension.left_with.isdisjoint(lows_of(text.text)) or any(phrase in text.text.lower() for phrase in other)
        for text in texts
    )


def _cuts_gold(match: Match, text: Text) -> bool:
    """Whether a term of a sentence to tag is a part of an entity; one that is the whole of it is none."""
    if text.starts is None or not touches(text.gold, match.start, match.end):
        return False
    return (match.start, match.end) not in text.gold


def _is_ambiguous(match: Match, dimension: Dimension) -> bool:
    """Whether a place that spells a term may mean something else, by the rules that docs/identity-swaps.md states."""
    term, written = match.entries[0], match.written
    casing = casing_of(match.text)
    side = edge(match.text, match.start, match.end)
    if side == "joined" or (side == "hyphen" and not term.is_proper):
        return True
    before, behind = match.neighbours
    if behind in dimension.not_before or before in dimension.not_after:
        return True
    if term.form == "title":
        return not _is_title(match, casing)
    if written.lower() in dimension.bound and not _is_of_person(match, dimension):
        return True
    if written.lower() in dimension.ambiguous and not _is_certain(match, casing):
        return True
    return casing in ("sentence", "title") and _is_part_of_name(match, dimension, casing)


def _is_title(match: Match, casing: str) -> bool:
    """Mr before a name; Miss too, but not the verb."""
    rest = match.text[match.end :].lstrip(". ")
    return rest[:1].isupper() if casing != "lower" else match.written != "miss"


def _is_of_person(match: Match, dimension: Dimension) -> bool:
    """Whether what is also said of things is said of a person here: before a word for one, or behind *she is* and the like."""
    if match.behind is not None and match.behind.low in dimension.person_words:
        return True
    if match.before is None or match.before.low not in _TO_BE or match.first < 2:
        return False
    if match.behind is not None and match.behind.low not in BEHIND_A_NOUN:
        return False
    subject = match.words[match.first - 2]
    return subject.low in _PERSONAL | dimension.person_words and not is_apart(match.text, subject, match.before)


def _is_certain(match: Match, casing: str) -> bool:
    """Whether an ambiguous word can be meant as a term: with a capital beside no other capital, and no name that somebody is called."""
    if casing != "sentence" or not match.written[:1].isupper():
        return False
    if match.before is not None and match.before.low in _CALLED:
        return False
    return not any(
        word is not None and word.is_capital and word.low not in _OFFICES_NEARBY
        for word in (match.before, match.behind)
    )


def _is_part_of_name(match: Match, dimension: Dimension, casing: str) -> bool:
    """Whether capitals around a term make a name of it: Muslim Brotherhood, Burger King, Father Ted."""
    term, index = match.entries[0], patterns(dimension)
    capital = match.written[:1].isupper()
    if not capital:
        return False
    first = is_first(match.text, match.start)
    behind = match.behind
    named_behind = behind is not None and behind.is_capital and behind.low not in index
    if not term.is_proper:
        return named_behind or (casing == "title" or not first)
    if casing == "title":
        return False
    before = match.before
    named_before = (
        before is not None
        and before.is_capital
        and before.low not in index
        and not (is_first(match.text, before.start) and before.low in BEHIND_A_NOUN | {"many", "some", "most", "young"})
        and not (is_first(match.text, before.start) and before.low not in _TITLED)
    )
    return (named_behind and behind is not None and behind.low not in _OFFICES_NEARBY) or (
        named_before and before is not None and before.low not in _OFFICES_NEARBY
    )


def _entry_of(match: Match) -> Entry | None:
    """The term in the form in which it stands; None where that cannot be told."""
    entries = {entry.form: entry for entry in reversed(match.entries)}
    roles = {form.rpartition("_")[2]: entry for form, entry in entries.items()}
    if "possessive" in entries and (entries.keys() & {"object", "possessive_pronoun"}):
        form = pronoun_form(entries, match.text, match.words, match.last)
        return None if form is None else entries[form]
    if "adjective" not in roles:
        return match.entries[0]
    form = noun_form(roles, match.text, match.words, match.first, match.last)
    stands_for_people = form == "adjective" and "person" not in roles and roles[form].is_proper and _is_noun(match)
    return None if stands_for_people else roles[form]


def _is_noun(match: Match) -> bool:
    """Whether an adjective stands for people: the Chinese, two Irish."""
    form = noun_form({"adjective", "person"}, match.text, match.words, match.first, match.last)
    before = match.before
    counted = before is not None and (before.low in _COUNTING or before.low.isdigit())
    return form == "person" or (counted and (match.behind is None or match.behind.low in BEHIND_A_NOUN | VERBS))
