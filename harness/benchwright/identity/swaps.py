"""Exchanges of one group for another in an item: which there are, their edits, and why there are no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from benchwright.edits import Edit
from benchwright.identity.find import Found, Occurrence, find
from benchwright.identity.grammar import article_for
from benchwright.identity.lexicon import Dimension, Entry, Forms, Group, built_in
from benchwright.identity.names import find_names, is_anybody_named
from benchwright.identity.words import Word, cased, lows_of, words_of
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.perturb import Changes, changes_by_input
from benchwright.perturbations.texts import Item, Text, texts_of
from benchwright.types import Kind


class Swap(NamedTuple):
    """One exchange in an item.

    Attributes:
        dimension: ``religion``.
        source: Group whose terms stood there: ``muslim``.
        target: Group whose terms stand there now.
        changes: What is changed in which input.
        terms: The new terms, in the order of the text, each once.
    """

    dimension: str
    source: str
    target: str
    changes: Changes
    terms: tuple[str, ...]


class Swaps(NamedTuple):
    """What was made of an item in one dimension.

    Attributes:
        dimension: Its name.
        swaps: The variants.
        taken: Terms that the rules take.
        left: Terms that were left since they might mean something else.
        formless: Variants that there are not since the other group has no form for a term.
    """

    dimension: str
    swaps: tuple[Swap, ...] = ()
    taken: int = 0
    left: int = 0
    formless: int = 0


Replace = Callable[[Occurrence], str | None]
"""From a term in the item to what stands for it; None: it stays."""


def swaps_of(item: Item, dimensions: Sequence[Dimension], *, seed: int = 0, names: int = 1) -> tuple[Swaps, ...]:
    """The exchanges that an item allows, by dimension; nothing else decides them than the arguments.

    Args:
        item: Texts, with the places of gold answers.
        dimensions: Whose terms are exchanged.
        seed: Of the run; with the item's id, the dimension and the group it decides what is drawn.
        names: Variants of each group where terms are drawn.
    """
    texts = texts_of(item)
    scenes = (_Scene(item, texts, _found(item, texts, dimension), dimension) for dimension in dimensions)
    return tuple(_swaps(scene, seed, names) for scene in scenes)


def _found(item: Item, texts: Sequence[Text], dimension: Dimension) -> Found:
    tagged = item.kind is Kind.TAG and bool(item.gold)
    if dimension.kind == "names":
        return find_names(texts, dimension, tagged=tagged)
    found = find(texts, dimension)
    if dimension.unnamed and found.taken and not found.blocked:
        found.blocked = (tagged and bool(item.persons)) or is_anybody_named(texts, built_in("ethnicity"), tagged=tagged)
    return found


class _Scene(NamedTuple):
    """An item with what was found in it."""

    item: Item
    texts: Sequence[Text]
    found: Found
    dimension: Dimension


def _swaps(scene: _Scene, seed: int, names: int) -> Swaps:
    found, dimension = scene.found, scene.dimension
    if found.blocked or not found.taken:
        return Swaps(dimension.name, left=found.left + (len(found.taken) if found.blocked else 0))
    made, formless = [], 0
    for source, target in _pairs(found, dimension):
        every = _drawn(scene, source, target, seed, names) if dimension.is_drawn else [_exchange(scene, source, target)]
        for replace in every:
            swap = None if replace is None else _swap(scene, source, target, replace)
            formless += replace is None
            if swap is not None:
                made.append(swap)
    return Swaps(dimension.name, tuple(made), len(found.taken), found.left, formless)


def _pairs(found: Found, dimension: Dimension) -> Iterator[tuple[str, str]]:
    """Each group of the item with each other one; two that both stand in it once, since they change places."""
    there = list(dict.fromkeys(one.entry.group for one in found.taken))
    seen: set[frozenset[str]] = set()
    for source in there:
        for group in dimension.groups:
            pair = frozenset((source, group.name))
            if group.name == source or (not dimension.is_drawn and pair in seen):
                continue
            seen.add(pair)
            yield source, group.name


def _drawn(scene: _Scene, source: str, target: str, seed: int, names: int) -> list[Replace | None]:
    """For each draw what stands for each term of a group: different ones for different ones, none that the item holds already."""
    taken = [one for one in scene.found.taken if one.entry.group == source]
    slots: dict[str, list[tuple[str, int]]] = {}
    for one in taken:
        slot = _slot(one.entry, scene.dimension)
        known = slots.setdefault(slot[0], [])
        if slot not in known:
            known.append(slot)
    there = frozenset[str]().union(*(lows_of(text.text) for text in scene.texts))
    group = scene.dimension.group(target)
    chosen: list[dict[tuple[str, int], int]] = [{} for _ in range(names)]
    for kind, some in slots.items():
        wanted = (kind,) if kind else tuple(dict.fromkeys(one.entry.form for one in taken))
        free = [at for at, said in _drawable(scene.dimension, group, wanted) if there.isdisjoint(said)]
        if len(free) < len(some):
            return [None] * names
        draws = EditDraws(seed, scene.item.id, "identity", scene.dimension.name, target, kind)
        order = [free[at] for at in draws.order(len(free))]
        for draw in range(names):
            for number, slot in enumerate(some):
                chosen[draw][slot] = order[(draw * len(some) + number) % len(order)]
    return [
        partial(_from_draw, dimension=scene.dimension, source=source, forms=group.forms, chosen=one) for one in chosen
    ]


def _slot(entry: Entry, dimension: Dimension) -> tuple[str, int]:
    """What terms of one person or country share: a name its list and place, whatever belongs to a country its place alone."""
    return (entry.form if dimension.kind == "names" else "", entry.at)


@lru_cache(1 << 10)
def _drawable(dimension: Dimension, group: Group, forms: tuple[str, ...]) -> tuple[tuple[int, frozenset[str]], ...]:
    """Places of a group that can be drawn, with the words that say what they are: of none a term is lacking, ambiguous or needs an
    article of its own.
    """
    lists = [group.forms.get(form, ()) for form in forms]
    found = []
    for at in range(min(map(len, lists))):
        terms = [one[at] for one in lists]
        spelled = [spelling for term in terms for spelling in term]
        if all(term and not term[0].startswith("the ") for term in terms) and dimension.ambiguous.isdisjoint(
            map(str.lower, spelled)
        ):
            said = frozenset(word.low for spelling in spelled for word in words_of(spelling)) - _COMMON
            found.append((at, said))
    return tuple(found)


_COMMON = frozenset({"person", "people", "new", "south", "north", "saudi", "united", "of"})
"""Words of terms that may stand in an item without saying what the term says."""


def _from_draw(
    one: Occurrence,
    *,
    dimension: Dimension,
    source: str,
    forms: Forms,
    chosen: Mapping[tuple[str, int], int],
) -> str | None:
    if one.entry.group != source:
        return None
    return forms[one.entry.form][chosen[_slot(one.entry, dimension)]][0]


def _exchange(scene: _Scene, source: str, target: str) -> Replace | None:
    """What stands for each term of two groups that change places; None where one of them has no form for one."""
    other = {source: scene.dimension.group(target), target: scene.dimension.group(source)}
    taken = [one.entry for one in scene.found.taken if one.entry.group in other]
    if any(other[entry.group].counterpart(entry) is None for entry in taken):
        return None

    def replace(one: Occurrence) -> str | None:
        group = other.get(one.entry.group)
        return None if group is None else group.counterpart(one.entry)

    return replace


def _swap(scene: _Scene, source: str, target: str, replace: Replace) -> Swap | None:
    proposed: list[list[Edit[str]]] = [[] for _ in scene.texts]
    terms = []
    for one in scene.found.taken:
        new = replace(one)
        if new is not None:
            terms.append(new)
            proposed[one.at] += _edits(scene.texts[one.at].text, one, new)
    changes = changes_by_input(scene.item, scene.texts, map(sorted, proposed))
    return Swap(scene.dimension.name, source, target, changes, tuple(dict.fromkeys(terms))) if changes else None


def _edits(text: str, one: Occurrence, new: str) -> Iterator[Edit[str]]:
    """The edit of a term, and that of an article before it that does not fit any more."""
    old = text[one.start : one.end]
    written = cased(new, old, one.entry.text)
    article = words_of(text)[one.word - 1] if one.word else None
    if article is not None and article.low in ("a", "an") and text[article.end : one.start].isspace():
        fitting = article_for(written)
        if article.low == article_for(old) and article.low != fitting:
            yield Edit(article.start, article.end, _as(article, fitting, old))
    end = one.end
    # Carlos' book -> Ali's book
    possessive = text[end : end + 1] in ("'", "’") and text[end + 1 : end + 2] == " " and text.count(text[end]) % 2
    if possessive and old[-1:] in "sS" and written[-1:] not in "sS":
        yield Edit(one.start, end + 1, f"{written}{text[end]}s")
        return
    yield Edit(one.start, end, written)


def _as(article: Word, new: str, term: str) -> str:
    if article.text.isupper() and (len(article.text) > 1 or (len(term) > 1 and term.isupper())):
        return new.upper()
    return new.capitalize() if article.is_capital else new
