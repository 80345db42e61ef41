"""Words of a text in place of others of their list: names, places, professions, synonyms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import permutations
from typing import Any

from benchwright.behaviour.changes import Variant, edited
from benchwright.behaviour.draws import Draws
from benchwright.behaviour.item_texts import only_text, texts_in, with_texts
from benchwright.behaviour.lexicons import built_in
from benchwright.behaviour.word_forms import with_article
from benchwright.edits import Edit, apply
from benchwright.errors import BenchwrightError

Lists = Sequence[Sequence[str]]

_SEAM = "\x00"
"""Stands between the texts of an item while they are one; no word and no space."""
_ENDS = frozenset(("", *'.!?…:;"”)'))
_ARTICLE = re.compile(r"\b([Aa]n?)\s+$")


def change_names(text: Any, *, n: int = 3, seed: int = 0, lists: Lists | None = None) -> list[Variant]:
    """Up to ``n`` variants, in each of which one name has become another of its list, everywhere in the text.

    Known are the names of our lists (female, male, unisex, last name) or of ``lists``, written as there; a name is exchanged
    for one of the same list. Several names of a text take turns.
    """
    words = built_in()
    known = lists or (words["female"], words["male"], words["unisex"], words["last_name"])
    return swap_words(text, lists=known, n=n, seed=seed)


def change_locations(text: Any, *, n: int = 3, seed: int = 0, lists: Lists | None = None) -> list[Variant]:
    """As `change_names`, of countries, and of cities and capitals."""
    words = built_in()
    return swap_words(text, lists=lists or (words["country"], (*words["city"], *words["capital"])), n=n, seed=seed)


def swap_words(text: Any, *, lists: Lists, n: int = 3, seed: int = 0) -> list[Variant]:
    """Up to ``n`` variants, in each of which one word of the lists has become another of its list, everywhere in the text.

    Args:
        text: What is changed: a text, or an item of several, in all of which the word is another then.
        lists: Words or phrases that may stand for one another; one that several lists have is of the first.
        n: How many variants, at most; they are distinct.
        seed: Decides with the text which.

    Returns:
        Variants with their edits and ``substitute``. An article before the word goes with its sound.
    """
    _check(n)
    frozen = tuple(map(tuple, lists))
    whole = _joined(text)
    found = dict.fromkeys(match[0] for match in _matcher(frozen).finditer(whole))
    others = [iter(_others(whole, word, frozen, found, seed)) for word in found]
    variants: list[Variant] = []
    while others and len(variants) < n:
        turn = others.pop(0)
        pair = next(turn, None)
        if pair is not None:
            variants.append(_changed(text, _edits(whole, frozen, *pair), pair))
            others.append(turn)
    return variants


def replace_words(text: Any, *, pairs: Iterable[Any] | None = None, both_ways: bool = True) -> list[Variant]:
    """A variant for each word that has a counterpart in ``pairs``, changed everywhere in the text.

    Args:
        text: What is changed: a text, or an item of several.
        pairs: Words that stand for one another, in pairs or larger groups: synonyms for an INV test, antonyms for a DIR
            test; rows of a file (`read_lexicons`) will do. None: our synonyms.
        both_ways: Whether any word of a group becomes any other; False: the first one becomes the others.
    """
    whole = _joined(text)
    groups = [_group(one) for one in (built_in()["synonym"] if pairs is None else pairs)]
    directed = [pair for group in groups for pair in permutations(group, 2) if both_ways or pair[0] == group[0]]
    return [
        _changed(text, edits, (old, new))
        for old, new in dict.fromkeys(directed)
        if (edits := _edits(whole, ((old,),), old, new))
    ]


def add_phrases(text: str, *, phrases: Sequence[str], before: bool = False) -> list[Variant]:
    """A variant for each phrase, which stands behind the text as a sentence of its own, or before it."""
    text = only_text(text)
    if isinstance(phrases, str) or not phrases:
        raise BenchwrightError(f"phrases={phrases!r}", expected="a list of phrases")
    seam = " " if text.rstrip()[-1:] in _ENDS else ". "
    at = 0 if before else len(text.rstrip())
    return [edited(text, (Edit(at, at, f"{phrase} " if before else seam + phrase),)) for phrase in phrases]


def _group(given: Any) -> tuple[str, ...]:
    words = tuple(given.values()) if isinstance(given, Mapping) else tuple(given)
    if isinstance(given, str) or len(words) < 2 or not all(isinstance(word, str) and word for word in words):
        raise BenchwrightError(f"{given!r} is no pair of words", expected='[("big", "large"), ...]')
    return words


def _check(n: int) -> None:
    if n < 1:
        raise BenchwrightError(f"n={n!r}", expected="a whole number of at least 1")


def _joined(item: Any) -> str:
    """The texts of an item as one."""
    return _SEAM.join(texts_in(item))


def _changed(item: Any, edits: tuple[Edit[str], ...], pair: tuple[str, str]) -> Variant:
    if isinstance(item, str):
        return edited(item, edits, pair)
    texts = iter(apply(_joined(item), edits).split(_SEAM))
    return Variant(with_texts(item, texts), None, pair)


def _others(
    text: str, word: str, lists: tuple[tuple[str, ...], ...], found: Iterable[str], seed: int
) -> Iterator[tuple[str, str]]:
    """Words that can take the place of one, in an order drawn for it; never one that the text has already."""
    of_list = next(values for values in lists if word in values)
    for place in Draws(seed, "swap", text, word).distinct(len(of_list)):
        if of_list[place] not in found:
            yield word, of_list[place]


def _edits(text: str, lists: tuple[tuple[str, ...], ...], old: str, new: str) -> tuple[Edit[str], ...]:
    edits: list[Edit[str]] = []
    for match in _matcher(lists).finditer(text):
        if match[0] != old:
            continue
        article = _ARTICLE.search(text, 0, match.start())
        if article is not None:
            right = with_article(new).split(" ", 1)[0]
            if right != article[1].lower():
                edits.append(
                    Edit(article.start(1), article.end(1), right if article[1].islower() else right.capitalize())
                )
        edits.append(Edit(match.start(), match.end(), new))
    return tuple(edits)


@lru_cache(maxsize=64)
def _matcher(lists: tuple[tuple[str, ...], ...]) -> re.Pattern[str]:
    """The words of the lists, the longest first, so that New York is no York."""
    words = sorted({word for values in lists for word in values}, key=lambda word: (-len(word), word))
    if not words or any(not word for word in words):
        raise BenchwrightError("the lists hold no words, or an empty one", expected="words or phrases")
    return re.compile(rf"(?<![\w-])(?<!\w['’])(?:{'|'.join(map(re.escape, words))})(?![\w-])")
