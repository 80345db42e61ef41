"""A user's lexicon, read from TOML: every mistake in it is told at once.

[dialect]                                  # a dimension
title = "Dialect"
ambiguous = ["tyke"]                       # words that also mean something else

[dialect.northern]                         # a group: form -> terms; the n-th answers to the n-th of the other groups
person = ["Northerner"]
persons = ["Northerners"]

[dialect.southern]
person = ["Southerner"]
persons = ["Southerners"]
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from benchwright.documents import LARGEST_TOML, Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.identity.lexicon import SETS, Dimension, DimensionKind, dimension_of, spellings
from benchwright.identity.words import words_of
from benchwright.spelling import difference, look

_HINT = "docs/identity-swaps.md shows a lexicon"
_KINDS = get_args(DimensionKind)
_SWITCHES = ("whole", "unnamed")
_SETTINGS = ("title", "kind", *_SWITCHES, *SETS)


def read_lexicon(path: Path) -> tuple[Dimension, ...]:
    """The dimensions of a user's lexicon.

    Raises:
        ConfigError: With all that is wrong with it: no such file, no TOML, an empty group, a single group, a term in two groups of
            a dimension, what is no text or no word.
    """
    try:
        table, _ = read_toml_file(path)
    except Unreadable as error:
        raise ConfigError(
            [BenchwrightError(error.at(path.name) + f": {error.why}", expected="a lexicon as TOML", hint=_HINT)],
            where="lexicon",
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigError([_unreadable(path, error)], where="lexicon") from None
    problems = list(_problems(table, path.name))
    if problems:
        raise ConfigError(problems, where="lexicon")
    return tuple(dimension_of(name, dimension) for name, dimension in table.items())


def _unreadable(path: Path, error: Exception) -> BenchwrightError:
    why = "is a folder" if path.is_dir() else "there is no such file" if not path.exists() else type(error).__name__
    return BenchwrightError(
        f"lexicon={path}: {why}", expected=f"a TOML file of at most {LARGEST_TOML:,} bytes", hint=_HINT
    )


def _problems(table: Mapping[str, Any], file: str) -> Iterator[BenchwrightError]:
    if not table:
        yield _wrong(file, "it is empty", "a table [DIMENSION.GROUP] for each group")
    for name, dimension in table.items():
        where = f"{file}: {name}"
        if not isinstance(dimension, dict):
            yield _wrong(where, f"it is {_kind(dimension)}", "a dimension: tables [DIMENSION.GROUP]")
            continue
        if not name.isidentifier():
            yield _wrong(where, "it cannot be typed as an option", "a name of letters, digits and _")
        yield from _settings(where, dimension)
        yield from _groups(where, dimension)


def _settings(where: str, dimension: Mapping[str, Any]) -> Iterator[BenchwrightError]:
    for key, value in dimension.items():
        if isinstance(value, dict):
            continue
        if key not in _SETTINGS:
            yield _wrong(
                f"{where}.{key}", f"it is {_kind(value)}", f"a group (a table), or one of: {', '.join(_SETTINGS)}"
            )
        elif key in SETS and not _are_texts(value):
            yield _wrong(f"{where}.{key}", f"it is {_kind(value)}", "a list of words")
        elif key == "kind" and value not in _KINDS:
            yield _wrong(f"{where}.kind", f"it is {value!r}", f"one of: {', '.join(_KINDS)}")
        elif key in _SWITCHES and not isinstance(value, bool):
            yield _wrong(f"{where}.{key}", f"it is {_kind(value)}", "true or false")
        elif key == "title" and not (isinstance(value, str) and value.strip()):
            yield _wrong(f"{where}.title", f"it is {_kind(value)}", "a text")


def _groups(where: str, dimension: Mapping[str, Any]) -> Iterator[BenchwrightError]:
    groups = {name: forms for name, forms in dimension.items() if isinstance(forms, dict)}
    if len(groups) < 2:
        given = f"it has the group {next(iter(groups))} alone" if groups else "it has no group"
        yield _wrong(where, given, "two groups or more, each a table [DIMENSION.GROUP]")
    homes: dict[str, dict[str, str]] = {}
    for name, forms in groups.items():
        if not forms:
            yield _wrong(f"{where}.{name}", "the group is empty", 'terms by form: person = ["..."]')
        for form, terms in forms.items():
            places = dimension.get("kind") == "places"
            yield from _terms(f"{where}.{name}.{form}", terms, blank=places)
            for term in (spelled for one in _listed(terms) for spelled in spellings(str(one))):
                homes.setdefault(look(term), {}).setdefault(name, term)
    for found in homes.values():
        if len(found) > 1:
            yield _wrong(where, _twice(found), "a term in one group")
    yield from _no_common_form(where, groups)
    if dimension.get("kind") == "places":
        yield from _unequal(where, groups)


def _twice(found: Mapping[str, str]) -> str:
    """Group -> term: terms that are one, or look like one."""
    one, *others = found.values()
    in_groups = f"in the groups {' and '.join(found)}"
    other = next((term for term in others if _plain(term) != _plain(one)), None)
    if other is None:
        return f"{one!r} stands {in_groups}"
    return f"{one!a} and {other!a}, which look alike, stand {in_groups} ({difference(one, other)})"


def _plain(term: str) -> str:
    return unicodedata.normalize("NFC", term).lower()


def _unequal(where: str, groups: Mapping[str, Any]) -> Iterator[BenchwrightError]:
    """Lists of a group of places that are not as long as one another, or not those of the other groups."""
    known = {form for forms in groups.values() for form in forms}
    for name, forms in groups.items():
        lengths = {form: len(_listed(terms)) for form, terms in forms.items()}
        if len(set(lengths.values())) > 1:
            shown = ", ".join(f"{form} {length}" for form, length in lengths.items())
            yield _wrong(
                f"{where}.{name}", f"its lists have other lengths: {shown}", 'as many terms in each, "" for none'
            )
        if set(forms) != known:
            lacking = ", ".join(sorted(known - set(forms)))
            yield _wrong(f"{where}.{name}", f"it has no {lacking}", "the same forms in every group of places")


def _listed(terms: Any) -> list[Any]:
    return [terms] if isinstance(terms, str) else terms if isinstance(terms, list) else []


def _terms(where: str, terms: Any, *, blank: bool) -> Iterator[BenchwrightError]:
    listed = [term for term in _listed(terms) if not (blank and term == "")]
    if not listed:
        yield _wrong(where, f"it is {_kind(terms)}", "a list of terms, at least one")
    for term in listed:
        if not isinstance(term, str) or not all(map(words_of, term.split("|"))):
            shown = repr(term) if isinstance(term, str) else _kind(term)
            yield _wrong(where, f"it holds {shown}", "terms with a letter or a digit")
    spelled = [one for term in listed for one in spellings(str(term))]
    twice = [term for term, count in Counter(spelled).items() if count > 1]
    if twice:
        yield _wrong(where, f"it holds {twice[0]!r} twice", "each term once")


def _no_common_form(where: str, groups: Mapping[str, Any]) -> Iterator[BenchwrightError]:
    """A group that shares no form with any other can be exchanged for none."""
    for name, forms in groups.items():
        others = {form for other, some in groups.items() if other != name for form in some}
        if forms and others and not set(forms) & others:
            yield _wrong(
                f"{where}.{name}",
                f"it has the forms {', '.join(forms)}",
                f"a form of another group: {', '.join(others)}",
            )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _kind(value: Any) -> str:
    names = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}
    if value in ([], ""):
        return "empty"
    return next((name for kind, name in names.items() if type(value) is kind), "something else")


def _wrong(where: str, given: str, expected: str) -> BenchwrightError:
    return BenchwrightError(f"{where}: {given}", expected=expected, hint=_HINT)
