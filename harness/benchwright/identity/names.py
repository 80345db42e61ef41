"""Given names in the texts of an item, and the surnames behind them: alike everywhere or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from benchwright.identity.find import Found, Match, Occurrence, matches
from benchwright.identity.grammar import BEHIND_A_NOUN, DETERMINERS
from benchwright.identity.lexicon import Dimension
from benchwright.identity.words import Casing, Word, casing_of, edge, is_first, words_of
from benchwright.perturbations.name_list import FEMALE, MALE, NOT_AFTER, NOT_BEFORE
from benchwright.perturbations.texts import Text

SURNAME = "surname"
"""The form of names that are taken only behind a given name of their group."""

_FORMAL = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "professor",
        "prof",
        "president",
        "senator",
        "governor",
        "mayor",
        "judge",
        "justice",
        "captain",
        "general",
        "colonel",
        "major",
        "sergeant",
        "minister",
        "chancellor",
        "secretary",
        "coach",
    ]
)
"""Titles behind which a single name is a surname: Mr. Hussein."""
_ROYAL = frozenset(["king", "queen", "prince", "princess", "emperor", "empress", "duke", "duchess"])
"""Titles that make a name that of a ruler."""
_FAMILIAR = frozenset(
    [
        "sir",
        "dame",
        "miss",
        "actor",
        "actress",
        "singer",
        "director",
        "writer",
        "uncle",
        "aunt",
        "brother",
        "sister",
        "father",
        "mother",
        "mom",
        "dad",
        "little",
        "young",
        "old",
        "poor",
        "dear",
    ]
)
_TITLES = _FORMAL | _ROYAL | _FAMILIAR
"""Words with a capital that may stand before a given name without being a name themselves."""

_Answer = Literal["taken", "first", "left", "no"]
"""A name; a name unless it is only a word that begins a sentence; something else that is written with a capital; no name at all."""


class _Seen(NamedTuple):
    at: int
    match: Match
    answer: _Answer


def find_names(texts: Sequence[Text], dimension: Dimension, *, tagged: bool = False) -> Found:
    """The names of an item.

    A name that is left somewhere (of a street, behind another name) is left everywhere; one that may be a word where it begins a
    sentence is a name there if it is one elsewhere.

    Args:
        texts: Of the item.
        dimension: With the forms ``female``, ``male`` or others for given names, and ``surname``.
        tagged: Whether gold entities are known: names are then taken inside of persons alone.
    """
    given, surnames = [], []
    for at, text in enumerate(texts):
        for match in matches(text.text, dimension):
            if match.entries[0].form == SURNAME:
                surnames.append((at, match))
            else:
                given.append(_Seen(at, match, _answer(match, text, dimension, tagged=tagged)))
    stay = {_key(one.match) for one in given if one.answer == "left"}
    known = {_key(one.match) for one in given if one.answer == "taken"} - stay
    taken = [one for one in given if one.answer in ("taken", "first") and _key(one.match) in known]
    left = sum(one.answer in ("taken", "first", "left") for one in given) - len(taken)
    found = [Occurrence(one.at, one.match.start, one.match.end, one.match.entries[0], one.match.first) for one in taken]
    found += _surnames(taken, surnames, texts, tagged=tagged)
    return Found(sorted(found), left)


def is_anybody_named(texts: Sequence[Text], dimension: Dimension, *, tagged: bool = False) -> bool:
    """Whether a given name stands in an item: one that could be exchanged, that may be one at the beginning of a sentence, or another
    one of a woman or a man that is no word.
    """
    for text in texts:
        casing = casing_of(text.text)
        for word in words_of(text.text):
            if word.low in _GIVEN and (casing in ("lower", "upper") or word.is_capital):
                return True
    return any(
        _answer(match, text, dimension, tagged=tagged) in ("taken", "first")
        for text in texts
        for match in matches(text.text, dimension)
        if match.entries[0].form != SURNAME
    )


_OTHER_NAMES = """
Alexander Alfred Amanda Annie Arnold Barack Basil Benedict Bernard Bertha Boris Bruno Cecilia Clara Conrad Dmitry
Donna Dorothy Edgar Edmund Emanuel Emmanuel Ernest Ethel Evelyn Fiona Francis Franklin Friedrich Gertrude Gerard Gloria
Gustav Hans Harriet Heinrich Herbert Hermann Hillary Ingrid Isaac Isabella Jerome Joan Johann Johannes Josef Julius Karl Katarina
Katrina Klaus Leon Leonardo Lewis Louis Lucas Ludwig Lydia Marcus Margot Matilda Maurice Mikhail Mildred Napoleon Natalia
Natasha Nikita Nikola Nikolai Olga Oscar Otto Pierre Priscilla Ramona Rasmus Rebekah Roland Ronald Rosalind Rudolf
Sabrina Sebastian Sigmund Sophie Stefan Svetlana Sylvia Tatiana Theodore Ulrich Ursula Vanessa Vera Viktor Vincent
Vladimir Walter Wilhelm Winston Yuri
Aidan Amelia Andy Ann Ava Barb Becky Ben Beth Betsy Billy Bob Bobby Carl Cathy Charlie Chloe Craig Dan Danny Dave Debbie Doug Dylan
Eddie Ella Evan Fred Freddie Gina Greg Janie Jenny Jessie Jill Jimmy Jo Joe Joey Johnny Josh Kathy Katy Kenny Kim Lena Liam Liz Lizzie
Logan Lola Luke Madonna Maggie Matt Meg Mia Noah Owen Pam Peggy Pete Phil Rick Ricky Rita Ron Ronnie Sally Sam Sammy Sonia
Sonya Steve Susie Tanya Tatyana Ted Teddy Terri Terry Tim Timmy Tina Tommy Tony Tracy Vicky Wendy Zoe
"""
_GIVEN = frozenset(map(str.lower, (*FEMALE, *MALE, *_OTHER_NAMES.split())))
"""Given names beside those of the lexicon, that are no words."""


def _key(match: Match) -> str:
    return match.written.lower()


def _answer(match: Match, text: Text, dimension: Dimension, *, tagged: bool) -> _Answer:
    casing = casing_of(match.text)
    is_word = _key(match) in dimension.ambiguous
    if not _is_written_so(match, casing) or (casing in ("lower", "upper") and is_word):
        return "no"
    if tagged:
        return _in_person(match, text) if edge(match.text, match.start, match.end) == "free" else "left"
    if edge(match.text, match.start, match.end) != "free" or _is_of_a_place(match, dimension, casing):
        return "left"
    if _is_titled_surname(match, casing) or _has_epithet(match) or (is_word and _is_a_time_or_place(match)):
        return "left"
    if casing != "sentence":
        return "left" if is_word else "taken"
    if _follows_a_name(match):
        return "left"
    if not is_word:
        return "taken"
    return "first" if is_first(match.text, match.start) else "taken"


def _is_written_so(match: Match, casing: Casing) -> bool:
    """Whether it is written as a name is: with a capital wherever there are capitals."""
    written = match.written
    if casing in ("lower", "upper"):
        return True
    return written[:1].isupper() and (not written.isupper() or len(written) < 2)


def _is_of_a_place(match: Match, dimension: Dimension, casing: Casing) -> bool:
    """Whether words around it make it a street, a saint, a storm, a book (Daniel 7)."""
    before, behind = _before(match), match.behind
    if behind is not None and behind.text.isdigit():
        return True
    if before is not None and before.low in NOT_AFTER | dimension.not_after:
        return True
    return (
        behind is not None
        and behind.low in NOT_BEFORE | dimension.not_before
        and (casing == "lower" or behind.is_capital)
    )


def _is_titled_surname(match: Match, casing: Casing) -> bool:
    """Whether it stands alone behind a title that goes with surnames, or behind that of a ruler."""
    before, behind = _before(match), match.behind
    if before is None or before.low in _ROYAL:
        return before is not None
    alone = behind is None or not (behind.is_capital or casing in ("lower", "upper"))
    return before.low in _FORMAL and alone


def _has_epithet(match: Match) -> bool:
    """Whether a ruler or a saint is named: Richard the Lionheart, William of Orange."""
    behind, words = match.behind, match.words
    if behind is None or behind.low not in ("the", "of") or match.last + 2 >= len(words):
        return False
    return words[match.last + 2].is_capital


def _is_a_time_or_place(match: Match) -> bool:
    """Whether a word that is also a month, a town or a thing stands where these do: in April, the Rose, Chase, Maryland."""
    before = match.before
    if _key(match) in _MONTHS and not (match.behind is not None and match.behind.is_capital):
        return True
    if before is not None and (before.low in _BEFORE_A_TIME | DETERMINERS or before.text.isdigit()):
        return True
    return match.text[match.end : match.end + 2] == ", " and match.text[match.end + 2 : match.end + 3].isupper()


_MONTHS = frozenset({"april", "may", "june"})
"""Names that are months too: taken only before a surname."""
_BEFORE_A_TIME = frozenset(
    [
        "in",
        "on",
        "at",
        "near",
        "from",
        "since",
        "until",
        "till",
        "during",
        "around",
        "through",
        "late",
        "early",
        "mid",
        "last",
        "next",
        "this",
        "of",
        "to",
        "into",
        "via",
    ]
)


def _in_person(match: Match, text: Text) -> _Answer:
    """A name where it is the first word of a person, or stands behind a title in one; none where gold says that there is no person."""
    for start, end in text.persons:
        if start <= match.start and match.end <= end:
            first = not text.text[start : match.start].strip()
            titled = match.before is not None and match.before.low in _TITLES
            return "taken" if first or titled else "left"
    return "no"


def _follows_a_name(match: Match) -> bool:
    """Whether the word before it makes it a surname or a part of another name: Elton John, Prince Edward Island."""
    before = _before(match)
    if before is None or not before.is_capital or before.low in _TITLES:
        return False
    return not (is_first(match.text, before.start) and before.low in BEHIND_A_NOUN)


def _before(match: Match) -> Word | None:
    """The word before it; an abbreviation (Mr., F.) is one."""
    if match.before is not None or not match.first:
        return match.before
    word = match.words[match.first - 1]
    between = match.text[word.end : match.start]
    return word if between.strip() == "." and (word.low in _TITLES | NOT_AFTER or len(word.text) == 1) else None


def _surnames(
    given: Iterable[_Seen], surnames: Sequence[tuple[int, Match]], texts: Sequence[Text], *, tagged: bool
) -> Iterator[Occurrence]:
    """Surnames that stand behind a given name of their group somewhere in the item, wherever they stand."""
    behind = {
        (one.at, one.match.behind.start): one.match.entries[0].group for one in given if one.match.behind is not None
    }
    keys = {_key(match) for at, match in surnames if behind.get((at, match.start)) == match.entries[0].group}
    for at, match in surnames:
        if _key(match) not in keys or not _is_written_so(match, casing_of(match.text)):
            continue
        if edge(match.text, match.start, match.end) != "free":
            continue
        inside = any(start <= match.start and match.end <= end for start, end in texts[at].persons)
        if inside or not tagged:
            yield Occurrence(at, match.start, match.end, match.entries[0], match.first)
