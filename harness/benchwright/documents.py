"""Read untrusted JSON and TOML: malformed input raises one error with its line and never crashes the parser."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

T = TypeVar("T")

LARGEST_TOML = 1_000_000
"""Bytes of a file of settings; a larger one is none."""
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
"""Escapes of JSON one after another; group 1 is half of a surrogate pair: no character, and nothing to write down again."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONSTANT = re.compile(r"(?<![\w\"])-?(?:NaN|Infinity)\b")
_DOTTED = re.compile(
    r"(?<![\w\"'.-])(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')(?:[ \t]*\.[ \t]*(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')){64}"
)
"""A key of 65 parts, which takes the parser time and memory that grow with their square."""
DEEPEST = 100
"""Levels of lists and objects within one another; no data set has as many, and whatever walks values has a limit."""
_DEEP = f"it is nested too deeply, more than {DEEPEST} levels"
_BRACKET = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\[\]{}]')
_HALVED = "half of a surrogate pair is no character"
_DIGITS = re.compile(r"\d{4301,}")
_LARGE = re.compile(r"(?<![\w\".])-?\d[\d.]*[eE]\+?\d{3,}")
_TOLD = re.compile(r" \(at line (\d+), column \d+\)$")
_LARGEST_WHOLE = 2**63
"""Whole numbers of TOML have 64 bits."""


class Unreadable(ValueError):
    """A document that cannot be read.

    Attributes:
        why: What is wrong with it, without a place.
        line: The 1-based line of the mistake, None if unknown.
    """

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.line = line

    def at(self, name: str) -> str:
        """``NAME, line 3``, or the name alone."""
        return name if self.line is None else f"{name}, line {self.line}"


def read_json(text: str | bytes, *, once: bool = False) -> Any:
    """The value of a JSON document.

    Args:
        text: JSON as the standard has it: no NaN, no infinities.
        once: Refuse an object that has a key twice, which is slower.

    Raises:
        Unreadable: It is not JSON, not UTF-8, nested too deeply, or holds a number or a character that nothing can hold.
    """
    return _json(text, Any, once=once)


def read_json_as(text: str | bytes, kind: type[T]) -> T:
    """The value of a JSON document of a known form; raises Unreadable where it has another, or as `read_json` does."""
    found: T = _json(text, kind)
    return found


class Versioned(msgspec.Struct, frozen=True, kw_only=True):
    """What every version of a file of ours says of itself."""

    schema: int


class HasSchema(Protocol):
    """A file of ours that says which version of its form it has."""

    @property
    def schema(self) -> int:
        """The version."""
        ...


V = TypeVar("V", bound=HasSchema)


def read_own_json(path: Path, kind: type[V], schema: int) -> V | None:
    """What a file of ours says; None where there is none, or it is another's of this name, damaged, or of another version.

    Args:
        path: The file.
        kind: Its form.
        schema: Its version.
    """
    try:
        found = read_json_as(path.read_bytes(), kind) if path.is_file() else None
    except (OSError, ValueError):
        return None
    return found if found is not None and found.schema == schema else None


def reader_of(kind: type[T]) -> Callable[[str], T]:
    """`read_json_as` for many small documents of one form, such as the lines of a file: several times faster.

    A key that stands twice in one object is refused: it has two values, and a reader would take either.
    """
    decode = msgspec.json.Decoder(kind).decode

    def read(text: str) -> T:
        try:
            value = decode(text)
        except (msgspec.DecodeError, RecursionError, ValueError):
            return read_json_as(text, kind)
        if _may_be_deep(text):
            read_json_as(text, kind)
        if text.count(":") > (len(value) if isinstance(value, dict) else 0):  # or it is a colon in a text
            json.loads(text, object_pairs_hook=_distinct)
        return value

    return read


def read_toml(content: bytes) -> dict[str, Any]:
    """The table in a TOML document, a byte-order mark dropped.

    Raises:
        Unreadable: It is not TOML, not UTF-8, nested too deeply, too large, or holds a number of too many digits.
    """
    if len(content) > LARGEST_TOML:
        raise Unreadable(f"it has more than {LARGEST_TOML:,} bytes, which no file of settings has")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_not_utf8(error), content.count(b"\n", 0, error.start) + 1) from error
    dotted = _DOTTED.search(text)
    if dotted:
        raise Unreadable(_DEEP, _line(text, dotted.start()))
    try:
        table = tomllib.loads(text)
    except RecursionError as error:
        raise Unreadable(_DEEP, _deep_line(text)) from error
    except tomllib.TOMLDecodeError as error:
        told = _TOLD.search(str(error))
        raise Unreadable(_TOLD.sub("", str(error)), int(told[1]) if told else None) from error
    except ValueError as error:  # of numbers that Python refuses to spell
        raise _number(error, text) from error
    if _depth(table) > DEEPEST:
        raise Unreadable(_DEEP, _deep_line(text))
    if any(isinstance(value, int) and not -_LARGEST_WHOLE <= value < _LARGEST_WHOLE for value in _leaves(table)):
        raise Unreadable("it holds a whole number of more than 64 bits")
    return table


def read_toml_file(path: Path) -> tuple[dict[str, Any], bytes]:
    """The table in a file of settings, and its bytes; of a device that has no end no more is read than a file may have.

    Raises:
        Unreadable: As `read_toml`.
        OSError, ValueError: There is no such file, or it cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_TOML + 1)
    return read_toml(content), content


def half_pair(text: str) -> int | None:
    """The 1-based line of the first half of a surrogate pair in JSON, escaped or not; None where there is none."""
    halves = (found for found in _ESCAPE.finditer(text) if found[1]) if "\\ud" in text or "\\uD" in text else iter(())
    found = _SURROGATE.search(text) or next(halves, None)
    return None if found is None else _line(text, found.start())


def check_json(text: str) -> None:
    """Refuse what `read_json` refuses, but for NaN and the infinities, which are left to the caller.

    Raises:
        Unreadable: As `read_json` does.
    """
    try:
        value = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise _explained(text, error) from error
    half = half_pair(text)
    if half is not None:
        raise Unreadable(_HALVED, half)
    if _may_be_deep(text) and _depth(value) > DEEPEST:
        raise Unreadable(_DEEP, _deep_line(text))


def _json(text: str | bytes, kind: Any, *, once: bool = False) -> Any:
    try:
        value = msgspec.json.decode(_without_mark(text), type=kind)
        if once:
            json.loads(text, object_pairs_hook=_distinct)
    except RecursionError as error:
        raise Unreadable(_DEEP, _deep_line(text)) from error
    except (msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise _explained(text, error) from error
    if _may_be_deep(text) and _depth(value) > DEEPEST:
        raise Unreadable(_DEEP, _deep_line(text))
    return value


def _without_mark(text: str | bytes) -> str | bytes:
    return text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(b"\xef\xbb\xbf")


def _may_be_deep(text: str | bytes) -> bool:
    """Whether a text may be nested too deeply, by its number of brackets; fast for short texts."""
    if isinstance(text, str):
        return text.count("[") + text.count("{") > DEEPEST
    return text.count(b"[") + text.count(b"{") > DEEPEST


def _depth(value: Any) -> int:
    """Levels of lists and objects in a value, counted without recursion and to one more than are allowed."""
    level, depth = [value], 0
    while depth <= DEEPEST and (inner := [one for one in level if isinstance(one, list | dict)]):
        level = [one for each in inner for one in (each.values() if isinstance(each, dict) else each)]
        depth += 1
    return depth


def _leaves(value: Any) -> list[Any]:
    level, found = [value], []
    while level:
        inner = [one for one in level if isinstance(one, list | dict)]
        found += [one for one in level if not isinstance(one, list | dict)]
        level = [one for each in inner for one in (each.values() if isinstance(each, dict) else each)]
    return found


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _deep_line(text: str | bytes) -> int | None:
    """The line that goes a level too far."""
    plain, depth = text if isinstance(text, str) else text.decode("utf-8", "replace"), 0
    for found in _BRACKET.finditer(plain):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEEPEST:
            return _line(plain, found.start())
    return None


def _explained(text: str | bytes, error: Exception) -> Unreadable:
    """What is wrong, and in which line: the standard library counts lines, and says more than the fast parser."""
    if isinstance(error, Unreadable):
        return error
    try:
        plain = text if isinstance(text, str) else text.decode("utf-8-sig")
    except UnicodeDecodeError as undecodable:
        assert isinstance(text, bytes)
        return Unreadable(_not_utf8(undecodable), text.count(b"\n", 0, undecodable.start) + 1)
    half = half_pair(plain)
    try:
        json.loads(plain, parse_constant=_refuse)
    except RecursionError:
        return Unreadable(_DEEP, _deep_line(plain))
    except json.JSONDecodeError as told:
        return Unreadable(f"{told.msg[0].lower()}{told.msg[1:]} (column {told.colno})", told.lineno)
    except Unreadable as told:
        found = _CONSTANT.search(plain)
        return Unreadable(told.why, _line(plain, found.start()) if found else None)
    except ValueError as told:
        return _number(told, plain)
    if half is not None:
        return Unreadable(_HALVED, half)
    for large in _LARGE.finditer(plain):
        if math.isinf(float(large[0])):
            return Unreadable("a number is too large to hold", _line(plain, large.start()))
    return Unreadable(str(error))


def _refuse(name: str) -> Any:
    raise Unreadable(f"{name} is no number of JSON")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        raise Unreadable(f"the key {next(name for name in times if times[name] > 1)!r} stands twice in one object")
    return found


def _not_utf8(error: UnicodeDecodeError) -> str:
    return f"byte 0x{error.object[error.start]:02x} at offset {error.start} is not UTF-8"


def _number(error: ValueError, text: str) -> Unreadable:
    found = _DIGITS.search(text)
    if found is None:
        return Unreadable(str(error))
    return Unreadable("a number has too many digits", _line(text, found.start()))
