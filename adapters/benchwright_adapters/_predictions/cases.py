"""Rows that answer a whole case of behavioural tests: a list of answers, one for each example of the case, in its order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchwright.errors import DataError, PredictionsError
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
    if form not in ("jsonl", "json", "archive"):
        raise PredictionsError(
            f"?column={column} of a file in the form {form}",
            expected="rows of JSON, a case in each",
            hint="leave ?column= out, or write the answers as JSON lines",
        )


def read_archive_answers(content: bytes, items: Sequence[Example], name: str) -> Iterator[PredictionRow]:
    """The answers that a released archive of CheckList holds to the cases of the split, a row for each case; SQuAD's holds BERT's.

    Raises:
        PredictionsError: It is no such archive, or holds no answers.
    """
    from benchwright.behaviour.checklist_archive import archive_of

    asked = {example.group for example in items}
    stored = 0
    try:
        archive = archive_of(content, name)
    except DataError as error:
        raise PredictionsError(error.problem, expected=error.expected, hint=error.hint) from error
    for test in archive.tests:
        for case, answers in enumerate(test.predictions):
            stored += answers is not None
            if answers is not None and f"{test.name}/{case}" in asked:
                fields = {"test": test.name, "case": case, STORED: answers if isinstance(answers, list) else [answers]}
                yield PredictionRow(fields=fields, line=case + 1)
    if not stored:
        raise PredictionsError(
            f"{name} holds a suite without a model's answers",
            expected="an archive with stored results (of the released ones squad_suite.tar.gz), or a file of predictions",
            hint="docs/checklist.md shows the files that CheckList reads and writes",
        )


STORED = "answers"
"""Field of the answers in rows of an archive."""


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
