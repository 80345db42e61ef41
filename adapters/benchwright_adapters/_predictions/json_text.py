"""JSON read strictly: no key twice, nothing nested without end, and every item with its line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from benchwright.documents import Unreadable, check_json
from benchwright.errors import PredictionsError

from .cells import shown

EXAMPLE = 'rows such as {"index": 17, "label": "positive", "scores": {"negative": 0.02, "positive": 0.98}}'

_MEND = "mend that line, or write the predictions again with json.dumps"
_BLANK = re.compile(r"[ \t\r\n]*")


class _Repeated(ValueError):
    """A key stands twice in one object."""


def load(text: str, where: str) -> Any:
    """The value of a text; ``where`` opens the message.

    Raises:
        PredictionsError: It is not JSON, is nested too deeply, or an object has a key twice.
    """
    _check(text, where)
    return _take(text, 0, where)[0]


def is_object(line: bytes) -> bool:
    """Whether a line alone is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def members(text: str, name: str) -> Iterator[tuple[int, str | None, Any]]:
    """Line, key and value of each member of a JSON object; of an array, the key is None.

    Raises:
        PredictionsError: As ``load``; the text is neither an object nor an array; a key stands twice (line named).
    """
    _check(text, name)
    at = _skip(text, 0)
    if text[at] not in "[{":
        raise PredictionsError(
            f"{name} holds {shown(text[at:].strip())}, no list and no object",
            expected=EXAMPLE,
            hint="write one object a line, as in the example",
        )
    keyed, seen = text[at] == "{", set[str]()
    at, line, counted, key = _skip(text, at + 1), 1, 0, None
    while text[at] not in "]}":
        line, counted = line + text.count("\n", counted, at), at
        where = f"{name}, line {line}"
        if keyed:
            key, at = _take(text, at, where)
            if key in seen:
                raise PredictionsError(
                    f"{where}: the key {shown(key)} is repeated",
                    expected="each id once",
                    hint="remove one of the two answers",
                )
            seen.add(key)
            at = _skip(text, _skip(text, at) + 1)
        value, at = _take(text, at, where)
        yield line, key, value
        at = _skip(text, at)
        at = _skip(text, at + 1) if text[at] == "," else at


def _check(text: str, where: str) -> None:
    """Raise what is wrong with a text; what follows may then rely on it."""
    try:
        check_json(text)
    except Unreadable as error:
        place = where if ", line " in where else error.at(where)
        raise PredictionsError(f"{place}: not JSON ({error.why})", expected=EXAMPLE, hint=_MEND) from error


def _take(text: str, at: int, where: str) -> tuple[Any, int]:
    """The value that starts at a position, and where it ends."""
    try:
        return _DECODER.raw_decode(text, _skip(text, at))
    except _Repeated as error:
        raise PredictionsError(
            f"{where}: the key {error} is repeated",
            expected="each key once",
            hint="remove one of the two from that row",
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (most, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _Repeated(shown(most))
    return found


def _skip(text: str, at: int) -> int:
    """The next position that is no blank."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


_DECODER = json.JSONDecoder(object_pairs_hook=_once)
