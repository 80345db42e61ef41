"""Answers that a model wrote as texts to questions with options: which option each is, or that it is none, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from benchwright.errors import PredictionsError
from benchwright.spelling import spelling
from benchwright.types import ChoiceTask, Example, Prediction, Task

from .rows import PredictionRow, listed, shown, whole

NO_OPTION = "no option's text"
_BLANKS = re.compile(r"\s+")
_OUTSIDE = " .\"'{}"


def asks_for_texts(column: str | None, task: Task) -> bool:
    """Whether a named column holds answers to questions with options that are called by number."""
    return column is not None and isinstance(task, ChoiceTask) and not task.by_text


def choose_by_text(row: PredictionRow, example: Example, column: str, name: str) -> Prediction:
    """The option that a row's field names: its 0-based number as a JSON number, or its text.

    Texts are equal without regard to letter case, blanks, and full stops, quotes and braces at either end. One that is no option's,
    or that of several, is no answer.

    Raises:
        PredictionsError: The row has no such field, or holds neither a text nor the number of an option in it.
    """
    where, options = f"{name}, line {row.line}", example.inputs["options"]
    given = row.fields.get(column)
    if isinstance(given, str):
        return _of_text(given, options)
    number = whole(given)
    if number is None or number >= len(options):
        raise PredictionsError(
            f"{where}: no answer in `{column}`" if given is None else f"{where}: `{column}` is {shown(given)}",
            expected=f"the text of an option, or a number from 0 to {len(options) - 1}",
            hint=f"name the field of the answers with ?column=; this row has: {listed(row.fields)}",
        )
    return Prediction(output=number)


def _of_text(given: str, options: Sequence[Any]) -> Prediction:
    wanted = _plain(given)
    found = [at for at, option in enumerate(options) if _plain(str(option)) == wanted]
    if len(found) == 1:
        return Prediction(output=found[0])
    said = f"the text of {len(found)} options" if found else NO_OPTION
    return Prediction(error=f"{said}: {shown(given)}")


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text).casefold().strip(_OUTSIDE)


def check_some_match(answers: Sequence[Prediction], column: str, name: str) -> tuple[str, ...]:
    """A note that counts the answers that are no option's.

    Raises:
        PredictionsError: Not one of them is.
    """
    lost = sum(answer.error is not None for answer in answers)
    if lost == len(answers):
        raise PredictionsError(
            f"{name}: not one of the {lost:,} texts in `{column}` is that of an option",
            expected="the text of an option of the row's question",
            hint="name the field of the answers with ?column=, or give `label`, the 0-based number of the option",
        )
    told = f"{lost:,} of {len(answers):,} answers are no option's text: they count as not given, none is guessed"
    return (told,) if lost else ()


def with_ids(rows: Sequence[PredictionRow], fields: str, name: str) -> list[PredictionRow]:
    """The rows called by the fields that ``?id=`` names, several joined by ``/``.

    Raises:
        PredictionsError: A row lacks one of them.
    """
    wanted = fields.split("/")
    made = []
    for row in rows:
        parts = [spelling(row.fields.get(one)) for one in wanted]
        if None in parts:
            raise PredictionsError(
                f"{name}, line {row.line}: no `{wanted[parts.index(None)]}`",
                expected=f"the fields that ?id={fields} names in every row",
                hint=f"this row has: {listed(row.fields)}",
            )
        rest = {key: value for key, value in row.fields.items() if key not in ("id", "index", "idx")}
        made.append(PredictionRow(fields={**rest, "id": "/".join(map(str, parts))}, line=row.line))
    return made
