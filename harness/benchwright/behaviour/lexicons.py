"""Lists of words for templates: our own short ones, and those of a user's files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchwright.csv_text import NotDelimitedError, records
from benchwright.documents import Unreadable, read_json, read_toml
from benchwright.errors import DataError

Lexicons = Mapping[str, tuple[Any, ...]]
"""Name of a list -> its values: texts, numbers, mappings or lists."""

_WORDS = "words"
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_ENDINGS = "a file that ends in .txt, .csv, .tsv or .json"
_LISTS = '["good", ...] or {"adj": ["good", ...], ...}'
LARGEST = 20_000_000
"""Bytes of a file of words; a larger one is none."""


@cache
def built_in() -> Lexicons:
    """The lists of the project, by name.

    People: ``female``, ``male``, ``unisex``, ``first_name`` (all three), ``last_name``; of one origin
    ``female_arabic``, ``male_arabic``, ``last_name_arabic`` and so on; ``person`` has the fields first, last, gender and
    origin. Places: ``country``, ``nationality``, ``capital``, ``city``; ``place`` has the fields country, nationality and
    capital. Words: adjectives, verbs, professions, food, animals and more (`benchwright.behaviour.words`).
    ``antonym`` and ``synonym`` hold pairs.
    """
    words = _table("words")
    pairs = {"antonym": words.pop("antonyms"), "synonym": words.pop("synonyms")}
    found = {name: tuple(values) for name, values in words.items()}
    found.update({name: tuple(map(tuple, values)) for name, values in pairs.items()})
    return MappingProxyType(_people(_table("people")["origins"]) | _places(_table("places")) | found)


def read_lexicons(path: Path) -> dict[str, tuple[Any, ...]]:
    """The lists in a file.

    Args:
        path: ``NAME.txt``: a value a line, empty lines and lines that start with ``#`` left out. ``NAME.csv`` or
            ``NAME.tsv``: a row a value, a mapping of its header's columns; of one column, the cells themselves.
            ``NAME.json``: a list of values, or an object of lists by name.

    Returns:
        Name -> values; the name is that of the file, where the file does not say: ``pet-names.txt`` is ``pet_names``.

    Raises:
        DataError: There is no such file, or it cannot be read.
    """
    text = _text(path)
    if path.suffix == ".txt":
        lines = (line.strip() for line in text.splitlines())
        return _named(path, [line for line in lines if line and not line.startswith("#")])
    if path.suffix == ".json":
        return _from_json(path, text)
    if path.suffix in _DELIMITERS:
        return _named(path, _rows(path, text))
    raise DataError(f"{path}: words are not read from {path.suffix or 'a file without an ending'}", expected=_ENDINGS)


def _people(origins: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    by_list = {"female": "female", "male": "male", "unisex": "unisex", "last_name": "last"}
    for name, key in by_list.items():
        found[name] = tuple(one for names in origins.values() for one in names.get(key, ()))
        found.update({f"{name}_{origin}": tuple(names[key]) for origin, names in origins.items() if key in names})
    found["first_name"] = found["female"] + found["male"] + found["unisex"]
    found["person"] = tuple(
        {"first": first, "last": last, "gender": gender, "origin": origin}
        for origin, names in origins.items()
        for gender in ("female", "male")
        for first, last in zip(names[gender], names["last"], strict=True)
    )
    return found


def _places(table: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    fields = ("country", "nationality", "capital")
    rows = table["countries"]
    found: dict[str, tuple[Any, ...]] = {"place": tuple(dict(zip(fields, row, strict=True)) for row in rows)}
    found.update({field: tuple(row[place] for row in rows) for place, field in enumerate(fields)})
    found.update({name: tuple(values) for name, values in table.items() if name != "countries"})
    return found


def _table(name: str) -> dict[str, Any]:
    return read_toml(files("benchwright.behaviour").joinpath(_WORDS, f"{name}.toml").read_bytes())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}", expected=_ENDINGS) from error
    if len(content) > LARGEST:
        raise DataError(f"{path} has more than {LARGEST:,} bytes", expected="a file of words")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        reason = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise DataError(f"{path}, line {line}: {reason}", expected="text in UTF-8", hint="save it as UTF-8") from error


def _named(path: Path, values: Sequence[Any]) -> dict[str, tuple[Any, ...]]:
    if not values:
        raise DataError(f"{path} has no values", expected="one at least")
    return {re.sub(r"\W", "_", path.stem): tuple(values)}


def _from_json(path: Path, text: str) -> dict[str, tuple[Any, ...]]:
    try:
        value = read_json(text, once=True)
    except Unreadable as error:
        raise DataError(f"{error.at(str(path))}: {error.why}", expected=_LISTS) from error
    if isinstance(value, list):
        return _named(path, value)
    if isinstance(value, dict) and value and all(isinstance(one, list) and one for one in value.values()):
        return {name: tuple(values) for name, values in value.items()}
    raise DataError(f"{path} holds no lists", expected=_LISTS)


def _rows(path: Path, text: str) -> list[Any]:
    try:
        header, *rows = records(text, _DELIMITERS[path.suffix]) or [(1, [])]
    except NotDelimitedError as error:
        where = f"{path}, line {error.line}"
        raise DataError(f"{where}: {error}", expected="cells with a separator between, as in the header") from error
    names = header[1]
    if len(set(names)) < len(names):
        raise DataError(f"{path}: the header names a column twice", expected="a name for each column")
    for line, cells in rows:
        if len(cells) != len(names):
            raise DataError(
                f"{path}, line {line}: {len(cells)} cells",
                expected=f"{len(names)}, as in the header",
                hint="quote commas",
            )
    if len(names) == 1:
        return [cells[0] for _, cells in rows]
    return [dict(zip(names, cells, strict=True)) for _, cells in rows]
