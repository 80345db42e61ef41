"""JSON read strictly: no key twice, nothing nested without end, every item with its line; and MultiRC's official lines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from benchwright.data.api import Unreadable, check_json
from benchwright.errors import PredictionsError

from .rows import LEADING, PredictionRow, lines_of, shown, whole

EXAMPLE = 'rows such as {"index": 17, "label": "positive", "scores": {"negative": 0.02, "positive": 0.98}}'

_MEND = "mend that line, or write the predictions again with json.dumps"
_BLANK = re.compile(r"[ \t\r\n]*")


class _RepeatedKey(ValueError):
    """A key stands twice in one object."""


def load(text: str, where: str) -> Any:
    """The value of a text; ``where`` opens the message.

    Raises:
        PredictionsError: It is not JSON, is nested too deeply, or an object has a key twice.
    """
    _check(text, where)
    return _take(text, 0, where)[0]


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
    except _RepeatedKey as error:
        raise PredictionsError(
            f"{where}: the key {error} is repeated",
            expected="each key once",
            hint="remove one of the two from that row",
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        (most, _), *_ = Counter(key for key, _ in pairs).most_common(1)
        raise _RepeatedKey(shown(most))
    return found


def _skip(text: str, at: int) -> int:
    """The next position that is no blank."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


_DECODER = json.JSONDecoder(object_pairs_hook=_once)


def read_rows(text: str, name: str) -> Iterator[PredictionRow]:
    """Rows of JSON lines; blank lines count for nothing."""
    for number, line in lines_of(text):
        if line.strip():
            yield _row(load(line, f"{name}, line {number}"), number, name)


def read_document(text: str, name: str) -> Iterator[PredictionRow]:
    """Rows of one JSON document: a list of objects, or an object of answers by id."""
    for number, key, value in members(text, name):
        if key is None:
            yield _row(value, number, name)
        else:
            yield PredictionRow(fields={"id": key, "answer": value}, line=number, keyed=True)


def _row(value: Any, line: int, name: str) -> PredictionRow:
    if not isinstance(value, dict):
        raise PredictionsError(
            f"{name}, line {line}: not a JSON object",
            expected=EXAMPLE,
            hint="write one object a line, as in the example",
        )
    return PredictionRow(fields=value, line=line)


def has_rows(content: bytes) -> bool:
    """Whether objects stand one a line; a lone object is a row when it has an index or id, else answers by id."""
    first, _, rest = content.lstrip(LEADING).partition(b"\n")
    if not _is_object(first):
        return False
    return bool(rest.strip()) or bool({"index", "id", "idx"} & set(json.loads(first)))


def _is_object(line: bytes) -> bool:
    """Whether a line alone is a JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


_OFFICIAL_LINE = '{"idx": 0, "passage": {"questions": [{"idx": 0, "answers": [{"idx": 0, "label": 0}]}]}}'


def multirc_answers(rows: Iterable[PredictionRow], name: str) -> Iterator[PredictionRow]:
    """The rows; one that holds a paragraph's questions becomes a row for each answer, its id ``paragraph/question/answer``.

    Raises:
        PredictionsError: A paragraph, question or answer lacks its ``idx`` or what it should hold (line named).
    """
    for row in rows:
        passage = row.fields.get("passage")
        if isinstance(passage, dict) and "questions" in passage:
            yield from _answers(row, passage, f"{name}, line {row.line}")
        else:
            yield row


def _answers(row: PredictionRow, passage: dict[str, Any], where: str) -> Iterator[PredictionRow]:
    paragraph = _number(row.fields, where, "the paragraph")
    for question in _parts(passage, "questions", where):
        asked = _number(question, where, "a question")
        for answer in _parts(question, "answers", where):
            key = f"{paragraph}/{asked}/{_number(answer, where, 'an answer')}"
            if answer.get("label") is None:
                raise PredictionsError(
                    f"{where}: the answer {key} has no `label`",
                    expected=_OFFICIAL_LINE,
                    hint="docs/predictions.md shows the official lines",
                )
            yield PredictionRow(fields={"id": key, "label": answer["label"]}, line=row.line)


def _parts(holder: dict[str, Any], field: str, where: str) -> list[dict[str, Any]]:
    parts = holder.get(field)
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise PredictionsError(
            f"{where}: `{field}` is {shown(parts)}",
            expected=_OFFICIAL_LINE,
            hint="docs/predictions.md shows the official lines",
        )
    return parts


def _number(holder: dict[str, Any], where: str, what: str) -> int:
    number = whole(holder.get("idx"))
    if number is None:
        raise PredictionsError(
            f"{where}: {what} has the `idx` {shown(holder.get('idx'))}",
            expected=_OFFICIAL_LINE,
            hint="docs/predictions.md shows the official lines",
        )
    return number
