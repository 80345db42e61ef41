"""Terms for groups of people, by dimension: the values, and the lexicons that ship."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, cast

from benchwright.documents import read_toml
from benchwright.errors import ConfigError, PluginError

DIMENSIONS: tuple[str, ...] = ("gender", "religion", "ethnicity", "age", "disability", "nationality")
"""Those that ship, in the order in which they are listed."""

Forms = Mapping[str, tuple[tuple[str, ...], ...]]
"""What a term is in a sentence (``person``, ``adjective``) -> terms, each with its spellings, of which the first is written; the n-th term
of one group answers to the n-th of another."""

DimensionKind = Literal["words", "names", "places"]
"""``words``: exchanged, each for its counterpart. ``names``: given names, drawn. ``places``: countries and what belongs to each, drawn;
the n-th of every list of a group belongs to one country, an empty text says that there is no such word."""


class Entry(NamedTuple):
    """A term where it stands in a lexicon.

    Attributes:
        group: ``muslim``.
        form: ``adjective``.
        at: Its place in the list of that form.
        text: As it is written.
    """

    group: str
    form: str
    at: int
    text: str

    @property
    def is_proper(self) -> bool:
        """Whether it is written with a capital wherever it stands: Muslim, the Netherlands."""
        return any(map(str.isupper, self.text))


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """One group of people."""

    name: str
    forms: Forms

    @property
    def terms(self) -> tuple[str, ...]:
        """Its distinct terms, in all their spellings."""
        return tuple(dict.fromkeys(entry.text for entry in self.entries()))

    def entries(self) -> Iterator[Entry]:
        """Its terms with their places."""
        for form, terms in self.forms.items():
            yield from (Entry(self.name, form, at, text) for at, term in enumerate(terms) for text in term)

    def counterpart(self, entry: Entry) -> str | None:
        """What stands for a term of another group: the one at its place, else the first of its form; None without that form."""
        terms = self.forms.get(entry.form, ())
        if not terms:
            return None
        spelled = terms[entry.at if entry.at < len(terms) else 0]
        return spelled[0] if spelled else None


@dataclass(frozen=True, kw_only=True, eq=False)
class Dimension:
    """What people are told apart by, with its groups.

    Attributes:
        name: ``religion``.
        title: For tables: ``Religion``.
        kind: How its terms are found and replaced.
        groups: Two or more.
        ambiguous: Terms that are also names or common words, in small letters.
        not_before: Words behind a term that make it something else (Indian summer), in small letters.
        not_after: Words before a term that do.
        left_with: Words that leave an item as it is.
        bound: Terms that are taken only before one of ``person_words``, or behind a form of "to be" (old, blind).
        person_words: Words for a person of any group (neighbour, people).
        whole: An item in which a term is left since it might mean something else is left as a whole.
        unnamed: An item that holds a known given name, or an entity that is a person, is left as a whole.
    """

    name: str
    title: str
    groups: tuple[Group, ...]
    kind: DimensionKind = "words"
    ambiguous: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    left_with: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    person_words: frozenset[str] = frozenset()
    whole: bool = False
    unnamed: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether several variants of a group are drawn."""
        return self.kind != "words"

    def group(self, name: str) -> Group:
        """The group of that name."""
        return next(group for group in self.groups if group.name == name)


SETS = ("ambiguous", "not_before", "not_after", "left_with", "bound", "person_words")
"""Keys of a dimension that are lists of words."""


def dimension_of(name: str, table: Mapping[str, object]) -> Dimension:
    """A dimension from a table whose form was checked: its settings, and a table for each group."""
    sets = {key: frozenset(str(word).lower() for word in _texts(table[key])) for key in SETS if key in table}
    groups = tuple(
        Group(name=group, forms={form: tuple(map(spellings, _texts(terms))) for form, terms in forms.items()})
        for group, forms in table.items()
        if isinstance(forms, Mapping)
    )
    return Dimension(
        name=name,
        title=str(table.get("title", name.replace("_", " ").capitalize())),
        kind=cast("DimensionKind", table.get("kind", "words")),
        groups=groups,
        whole=bool(table.get("whole", False)),
        unnamed=bool(table.get("unnamed", False)),
        **sets,
    )


def spellings(term: str) -> tuple[str, ...]:
    """The spellings of a term: ``Quran | Koran`` has two; an empty text has none."""
    return tuple(filter(None, (" ".join(part.split()) for part in term.split("|"))))


def _texts(value: object) -> Sequence[str]:
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()


@cache
def built_in(name: str) -> Dimension:
    """The dimension of that name that ships."""
    content = files("benchwright.identity").joinpath("lexicons", f"{name}.toml").read_bytes()
    return dimension_of(name, read_toml(content)[name])


def chosen(names: Iterable[str], own: Sequence[Dimension] = ()) -> tuple[Dimension, ...]:
    """The dimensions of a view.

    Args:
        names: Which; none: those of the user's lexicon, or without one all that ship.
        own: Of the user's lexicon; one that is called as one that ships takes its place.

    Raises:
        ConfigError: There is none of a name.
    """
    known = {dimension.name: dimension for dimension in own}
    wanted = tuple(dict.fromkeys(names)) or tuple(known) or DIMENSIONS
    problems = [_unknown(name, known) for name in wanted if name not in known and name not in DIMENSIONS]
    if problems:
        raise ConfigError(problems, where="dimensions")
    return tuple(known[name] if name in known else built_in(name) for name in wanted)


def _unknown(name: str, own: Iterable[str]) -> PluginError:
    there = list(dict.fromkeys((*own, *DIMENSIONS)))
    close = get_close_matches(name, there, n=3, cutoff=0.6)
    return PluginError(
        f"unknown dimension {name!r}",
        expected=f"one or more of: {', '.join(there)}",
        hint=f"did you mean {' or '.join(close)}?"
        if close
        else "a dimension of your own stands in a lexicon: ?lexicon=FILE.toml",
    )
