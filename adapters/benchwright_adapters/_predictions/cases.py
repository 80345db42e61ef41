"""Rows that answer a whole case of behavioural tests: a list of answers, one for each example of the case, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchwright.errors import PredictionsError
from benchwright.types import Example, Task

from .rows import PredictionRow, listed, shown

_ROW = '{"test": "Synonyms", "case": 17, "COLUMN": ["Ann", "Bo"]}'


def check_column(column: str | None, task: Task, form: str) -> None:
    """Raise where a column of lists is named and nothing could be read from it."""
    if column is None:
        return
    if not task.behaviour:
        raise PredictionsError(
            f"?column={column} of {task.name}, which has no cases of several examples",
            expected="a task of behavioural tests",
            hint="leave ?column= out: a row answers one item",
        )
    if form not in ("jsonl", "json"):
        raise PredictionsError(
            f"?column={column} of a file in the form {form}",
            expected="rows of JSON, a case in each",
            hint="leave ?column= out, or write the answers as JSON lines",
        )


def rows_of_cases(
    rows: Iterable[PredictionRow], items: Sequence[Example], column: str, name: str
) -> Iterator[PredictionRow]:
    """A row for each example of each case, in the order of the rows; cases that the split lacks keep their name.

    Raises:
        PredictionsError: A row does not name its case, or does not hold an answer for each of its examples (line named).
    """
    examples: dict[str, list[Example]] = {}
    for example in items:
        examples.setdefault(example.group or example.id, []).append(example)
    for row in rows:
        where = f"{name}, line {row.line}"
        case = _case(row, where)
        answers = row.fields.get(column)
        if not isinstance(answers, list):
            raise PredictionsError(
                f"{where}: `{column}` is {shown(answers)}",
                expected="a list with an answer for each example of the case",
                hint=f"this row has: {listed(row.fields)}",
            )
        asked = examples.get(case)
        if asked is None:
            yield PredictionRow(fields={"id": case, "answer": None}, line=row.line)
            continue
        if len(asked) != len(answers):
            raise PredictionsError(
                f"{where}: {len(answers)} answers to the {len(asked)} examples of {case}",
                expected="one for each, in the order of the examples",
                hint="the file was made for a suite with other variants; predict this one again",
            )
        for example, answer in zip(asked, answers, strict=True):
            yield PredictionRow(fields={"id": example.id, "answer": answer}, line=row.line)


def _case(row: PredictionRow, where: str) -> str:
    test, case = row.fields.get("test"), row.fields.get("case")
    if not isinstance(test, str) or isinstance(case, bool) or not isinstance(case, str | int):
        raise PredictionsError(
            f"{where}: no `test` and `case`",
            expected=_ROW,
            hint=f"name the case in every row; this one has: {listed(row.fields)}",
        )
    return f"{test}/{case}"
