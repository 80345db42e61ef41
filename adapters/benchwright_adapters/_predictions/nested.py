"""MultiRC's official submission lines, a paragraph each, as a row for every answer option."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from benchwright.errors import PredictionsError

from .cells import shown, whole
from .row import Row

_EXPECTED = '{"idx": 0, "passage": {"questions": [{"idx": 0, "answers": [{"idx": 0, "label": 0}]}]}}'


def flatten(rows: Iterable[Row], name: str) -> Iterator[Row]:
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


def _answers(row: Row, passage: dict[str, Any], where: str) -> Iterator[Row]:
    paragraph = _number(row.fields, where, "the paragraph")
    for question in _parts(passage, "questions", where):
        asked = _number(question, where, "a question")
        for answer in _parts(question, "answers", where):
            key = f"{paragraph}/{asked}/{_number(answer, where, 'an answer')}"
            if answer.get("label") is None:
                raise PredictionsError(
                    f"{where}: the answer {key} has no `label`",
                    expected=_EXPECTED,
                    hint="docs/predictions.md shows the official lines",
                )
            yield Row(fields={"id": key, "label": answer["label"]}, line=row.line)


def _parts(holder: dict[str, Any], field: str, where: str) -> list[dict[str, Any]]:
    parts = holder.get(field)
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise PredictionsError(
            f"{where}: `{field}` is {shown(parts)}",
            expected=_EXPECTED,
            hint="docs/predictions.md shows the official lines",
        )
    return parts


def _number(holder: dict[str, Any], where: str, what: str) -> int:
    number = whole(holder.get("idx"))
    if number is None:
        raise PredictionsError(
            f"{where}: {what} has the `idx` {shown(holder.get('idx'))}",
            expected=_EXPECTED,
            hint="docs/predictions.md shows the official lines",
        )
    return number
