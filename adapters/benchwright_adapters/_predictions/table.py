"""Rows of a predictions file, whatever its form, told from the content: JSON, TSV, CSV, Parquet, CoNLL columns, plain lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from benchwright.delimited import OTHERS, NotDelimitedError, delimiter_of, named, records
from benchwright.documents import Unreadable
from benchwright.errors import PredictionsError
from benchwright.types import Example, Kind, Task

from .conll import read_columns
from .json import has_rows, multirc_answers, read_document, read_rows
from .rows import LEADING, PredictionRow, decode, lines_of, listed, shown, whole

FORMS = ("jsonl", "json", "tsv", "csv", "parquet", "conll", "lines")


class Content(NamedTuple):
    """All rows of a file, and the form they had; rows of ``conll`` and ``lines`` are counted, not named."""

    form: str
    rows: list[PredictionRow]


def read(
    content: bytes,
    items: Sequence[Example],
    *,
    name: str,
    task: Task,
    form: str | None = None,
    delimiter: str | None = None,
) -> Content:
    """All rows of a predictions file; the split's items tell a table from answers one a line in the message alone.

    Raises:
        PredictionsError: The form is unknown, the text is not UTF-8, or a row is malformed (file and line named).
    """
    mark = _delimiter(delimiter, form)
    form = form or ("csv" if mark else detect(content, task))
    if form not in FORMS:
        raise PredictionsError(
            f"unknown format {form!r} for {name}", expected=f"one of: {', '.join(FORMS)}", hint="?format=jsonl"
        )
    if not content.strip():
        raise PredictionsError(
            f"{name} is empty",
            expected=f"one prediction for every row of {task.name}",
            hint="write the predictions again; the system that made the file may have failed",
        )
    if form == "parquet":
        return Content(form, read_parquet(content, name))
    text = decode(content, name)
    if form == "lines":
        return Content(form, list(_lines(text, name, task)))
    if form in ("tsv", "csv"):
        check_header(text, name, items, mark or ("\t" if form == "tsv" else ","))
    of_marks: Callable[[str, str], Iterator[PredictionRow]] = partial(read_csv, delimiter=mark or ",")
    readers: dict[str, Callable[[str, str], Iterator[PredictionRow]]] = {
        "jsonl": read_rows,
        "json": read_document,
        "tsv": read_tsv,
        "csv": of_marks,
        "conll": read_columns,
    }
    rows = readers[form](text, name)
    return Content(form, list(multirc_answers(rows, name) if task.kind is Kind.CLASSIFY else rows))


def _delimiter(given: str | None, form: str | None) -> str | None:
    """The mark that stands between cells, where the user named one."""
    if given is None:
        return None
    mark = delimiter_of(given)
    if mark is None or form not in (None, "csv"):
        what = (
            f"?delimiter={given} is no mark that can stand between cells"
            if mark is None
            else f"?delimiter= beside ?format={form}"
        )
        raise PredictionsError(what, expected="such as ; or | or tab, of a CSV file", hint="?delimiter=;")
    return mark


def detect(content: bytes, task: Task) -> str:
    """The form of a file, told from its first bytes and, for JSON, from whether its first line stands alone."""
    if content[:4] == b"PAR1":
        return "parquet"
    start = content[:4096].lstrip(LEADING)
    if start[:1] in (b"[", b"{") and not (task.kind is Kind.TAG and _is_word(start)):
        if start.startswith(b"["):
            return "json"
        return "jsonl" if has_rows(content) else "json"
    if task.kind is Kind.TAG:
        return "conll"
    return "tsv" if b"\t" in start.split(b"\n", 1)[0] else "csv"


def _is_word(start: bytes) -> bool:
    """Whether a bracket that opens a file is of its first word: rows of JSON go on with an object, or with a key."""
    return re.match(rb"\[\s*(\{|\]|$)|\{\s*(\"|\}|$)", start) is None


def _lines(text: str, name: str, task: Task) -> Iterator[PredictionRow]:
    """One answer a line; an empty line is the empty answer of a span or generate task, and else a mistake."""
    may_be_empty = task.kind in (Kind.SPAN, Kind.GENERATE)
    for number, line in lines_of(text.removesuffix("\n")):
        if not line.strip() and not may_be_empty:
            raise PredictionsError(
                f"{name}, line {number}: empty",
                expected="one answer in every line",
                hint="write the answer in that line, or rows of JSON with `index`",
            )
        answer: Any = line.split() if task.kind is Kind.TAG else line
        yield PredictionRow(fields={"answer": answer}, line=number, place=number - 1)


def read_tsv(text: str, name: str) -> Iterator[PredictionRow]:
    """Rows below a header, cells between TABs as they are."""
    yield from _table(((number, line.split("\t")) for number, line in lines_of(text) if line), name)


def read_csv(text: str, name: str, delimiter: str = ",") -> Iterator[PredictionRow]:
    """Rows below a header, with the usual quotes; a cell may be of any length."""
    try:
        yield from _table(iter(records(text, delimiter)), name)
    except NotDelimitedError as error:
        raise PredictionsError(
            f"{name}, line {error.line}: not CSV ({error})",
            hint="put cells that hold commas, quotes or line breaks in double quotes, or write JSON lines",
        ) from error


def _table(lines: Iterator[tuple[int, list[str]]], name: str) -> Iterator[PredictionRow]:
    """Rows below a header; none in a text of blank lines alone."""
    number, first = next(lines, (1, []))
    if not first:
        raise PredictionsError(
            f"{name} is empty",
            expected="a header and one row for every example of the split",
            hint="write the predictions again, with a header",
        )
    header = _checked_header([cell.strip() for cell in first], f"{name}, line {number}")
    for number, cells in lines:
        if len(cells) != len(header):
            given = f"{name}, line {number}: {len(cells)} cells"
            raise PredictionsError(
                given,
                expected=f"{len(header)}: {listed(header)}",
                hint="give that line a cell for each column of the header; a TAB or comma within a cell needs quotes (CSV) or JSON lines",
            )
        yield PredictionRow(fields=dict(zip(header, cells, strict=True)), line=number)


def _checked_header(header: list[str], where: str) -> list[str]:
    repeated = [column for column, count in Counter(header).items() if count > 1]
    if repeated:
        raise PredictionsError(
            f"{where}: the column {shown(repeated[0])} is repeated",
            expected="each column once",
            hint="rename or remove one of the two columns",
        )
    return header


def read_parquet(content: bytes, name: str) -> list[PredictionRow]:
    """Rows of a Parquet file; the line of a row is its 1-based number. Where the file names its classes, a number is a name."""
    from benchwright.data.formats.parquet import class_names_of, read_table, values_of

    try:
        table = read_table(content)
        rows, classes = values_of(table), class_names_of(table)
    except Unreadable as error:
        raise PredictionsError(
            f"{name} is not a readable Parquet file: {error.why}",
            expected="columns with names of their own, of texts, numbers, and lists of them",
            hint="write it again with pandas' to_parquet, or as JSON lines",
        ) from error
    classes = {column: names for column, names in classes.items() if names != tuple(map(str, range(len(names))))}
    return [
        PredictionRow(
            fields={
                column: _by_name(value, classes[column], f"{name}, line {number}: {column!r}")
                if column in classes
                else value
                for column, value in fields.items()
            },
            line=number,
        )
        for number, fields in enumerate(rows, start=1)
    ]


def _by_name(value: Any, names: Sequence[str], what: str) -> Any:
    """The name of a class that the file gives by its number; of a list, the names."""
    if isinstance(value, list):
        return [_by_name(item, names, what) for item in value]
    number = whole(value)
    is_text = isinstance(value, str) and (number is None or value.strip() in names)
    if value is None or isinstance(value, bool) or is_text:
        return value
    if number is None or number >= len(names):
        raise PredictionsError(
            f"{what} holds {shown(value)}, and the file names {len(names)} classes",
            expected=f"a number from 0 to {len(names) - 1}: {listed(names)}",
            hint="mend that number, or write the names of the labels instead of numbers",
        )
    return names[number]


_NAMES = frozenset({"index", "id", "idx"})


def check_header(text: str, name: str, items: Sequence[Example], delimiter: str) -> None:
    """Raise unless the first line of a table with a delimiter between cells has a column that says which row of the split is meant.

    Raises:
        PredictionsError: With `?format=lines` to type where there are as many lines as rows.
    """
    lines = [(number, line) for number, line in lines_of(text) if line.strip()]
    if not lines or (delimiter != "\t" and lines[0][1].count('"') % 2):  # a quoted line break: the reader knows better
        return
    number, first = lines[0]
    cells = _header_cells(first, delimiter)
    if _NAMES & set(cells):
        return
    hint = "write the names of the columns into the first line, or JSON lines, or give the file that answers this task"
    if sum(1 for _ in lines_of(text.removesuffix("\n"))) == len(items):  # an empty line may be an empty answer
        hint = "one answer a line, in the order of the split? ?format=lines"
    other = next((mark for mark in (*OTHERS, ",") if _NAMES & set(_header_cells(first, mark))), None)
    if other is not None:
        hint = f"the cells seem to be separated otherwise: ?delimiter={named(other)}"
    form = {"\t": "TSV", ",": "CSV"}.get(delimiter, f"CSV with {delimiter!r}")
    raise PredictionsError(
        f"{name}, line {number}: no column `index` or `id`, read as {form} with the columns {listed(cells)}",
        expected="`index`, the 0-based row of the split, or `id`, an example id or the data's own",
        hint=hint,
    )


def _header_cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
