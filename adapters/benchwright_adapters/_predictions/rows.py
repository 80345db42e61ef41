"""Rows of a predictions file, whatever its form; the form is told from the content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from benchwright.delimited import delimiter_of
from benchwright.errors import PredictionsError
from benchwright.types import Example, Kind, Task

from .columns import read_columns
from .header import check_header
from .json_text import EXAMPLE, is_object, load, members
from .nested import flatten
from .row import Row, lines_of
from .tables import read_csv, read_parquet, read_tsv

_LEADING = b"\xef\xbb\xbf \t\r\n"
FORMS = ("jsonl", "json", "tsv", "csv", "parquet", "conll", "lines")


class Content(NamedTuple):
    """All rows of a file, and the form they had; rows of ``conll`` and ``lines`` are counted, not named."""

    form: str
    rows: list[Row]


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
    of_marks: Callable[[str, str], Iterator[Row]] = partial(read_csv, delimiter=mark or ",")
    readers: dict[str, Callable[[str, str], Iterator[Row]]] = {
        "jsonl": _jsonl,
        "json": _json,
        "tsv": read_tsv,
        "csv": of_marks,
        "conll": read_columns,
    }
    rows = readers[form](text, name)
    return Content(form, list(flatten(rows, name) if task.kind is Kind.CLASSIFY else rows))


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


def decode(content: bytes, name: str) -> str:
    """The text of a file, without a byte-order mark.

    Raises:
        PredictionsError: It is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(f"{name} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error


def detect(content: bytes, task: Task) -> str:
    """The form of a file, told from its first bytes and, for JSON, from whether its first line stands alone."""
    if content[:4] == b"PAR1":
        return "parquet"
    start = content[:4096].lstrip(_LEADING)
    if start[:1] in (b"[", b"{") and not (task.kind is Kind.TAG and _is_word(start)):
        if start.startswith(b"["):
            return "json"
        return "jsonl" if _has_rows(content) else "json"
    if task.kind is Kind.TAG:
        return "conll"
    return "tsv" if b"\t" in start.split(b"\n", 1)[0] else "csv"


def _is_word(start: bytes) -> bool:
    """Whether a bracket that opens a file is of its first word: rows of JSON go on with an object, or with a key."""
    return re.match(rb"\[\s*(\{|\]|$)|\{\s*(\"|\}|$)", start) is None


def _has_rows(content: bytes) -> bool:
    """Whether objects stand one a line; a lone object is a row when it has an index or id, else answers by id."""
    first, _, rest = content.lstrip(_LEADING).partition(b"\n")
    if not is_object(first):
        return False
    return bool(rest.strip()) or bool({"index", "id", "idx"} & set(json.loads(first)))


def _jsonl(text: str, name: str) -> Iterator[Row]:
    for number, line in lines_of(text):
        if line.strip():
            yield _row(load(line, f"{name}, line {number}"), number, name)


def _json(text: str, name: str) -> Iterator[Row]:
    for number, key, value in members(text, name):
        if key is None:
            yield _row(value, number, name)
        else:
            yield Row(fields={"id": key, "answer": value}, line=number, keyed=True)


def _row(value: Any, line: int, name: str) -> Row:
    if not isinstance(value, dict):
        raise PredictionsError(
            f"{name}, line {line}: not a JSON object",
            expected=EXAMPLE,
            hint="write one object a line, as in the example",
        )
    return Row(fields=value, line=line)


def _lines(text: str, name: str, task: Task) -> Iterator[Row]:
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
        yield Row(fields={"answer": answer}, line=number, place=number - 1)
