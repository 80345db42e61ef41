"""Rows of a predictions file, whatever its form; the form is told from the content."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from benchwright.errors import PredictionsError
from benchwright.types import Kind, Task

from .cells import listed, shown
from .json_text import EXAMPLE, is_object, load, members

_LEADING = b"\xef\xbb\xbf \t\r\n"
FORMS = ("jsonl", "json", "tsv", "csv", "parquet", "conll")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its fields, its line (Parquet: 1-based row) for messages, and whether its id is a key of one object."""

    fields: dict[str, Any]
    line: int
    keyed: bool = False


def read(content: bytes, *, name: str, task: Task, form: str | None = None) -> list[Row]:
    """All rows of a predictions file.

    Raises:
        PredictionsError: The form is unknown, the text is not UTF-8, or a row is malformed (file and line named).
    """
    form = form or detect(content, task)
    if form not in FORMS:
        raise PredictionsError(
            f"unknown format {form!r} for {name}", expected=f"one of: {', '.join(FORMS)}", hint="?format=jsonl"
        )
    if not content.strip():
        raise PredictionsError(f"{name} is empty", expected=f"one prediction for every row of {task.name}")
    if form == "parquet":
        return _parquet(content, name)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(f"{name} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from error
    readers = {"jsonl": _jsonl, "json": _json, "tsv": _tsv, "csv": _csv, "conll": _conll}
    return list(readers[form](text, name))


def detect(content: bytes, task: Task) -> str:
    """The form of a file, told from its first bytes and, for JSON, from whether its first line stands alone."""
    if content[:4] == b"PAR1":
        return "parquet"
    start = content[:4096].lstrip(_LEADING)
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        return "jsonl" if _has_rows(content) else "json"
    if task.kind is Kind.TAG:
        return "conll"
    return "tsv" if b"\t" in start.split(b"\n", 1)[0] else "csv"


def _has_rows(content: bytes) -> bool:
    """Whether objects stand one a line; a lone object is a row when it has an index or id, else answers by id."""
    first, _, rest = content.lstrip(_LEADING).partition(b"\n")
    if not is_object(first):
        return False
    return bool(rest.strip()) or bool({"index", "id", "idx"} & set(json.loads(first)))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, line.removesuffix("\r")


def _jsonl(text: str, name: str) -> Iterator[Row]:
    for number, line in _lines(text):
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
        raise PredictionsError(f"{name}, line {line}: not a JSON object", expected=EXAMPLE)
    return Row(fields=value, line=line)


def _tsv(text: str, name: str) -> Iterator[Row]:
    yield from _table(((number, line.split("\t")) for number, line in _lines(text) if line), name)


def _csv(text: str, name: str) -> Iterator[Row]:
    import csv

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from _table(((reader.line_num, cells) for cells in reader if cells), name)
    except csv.Error as error:
        raise PredictionsError(f"{name}, line {reader.line_num}: not CSV ({error})") from error


def _table(lines: Iterator[tuple[int, list[str]]], name: str) -> Iterator[Row]:
    """Rows below a header."""
    number, first = next(lines)
    header = _columns([cell.strip() for cell in first], f"{name}, line {number}")
    for number, cells in lines:
        if len(cells) != len(header):
            given = f"{name}, line {number}: {len(cells)} cells"
            raise PredictionsError(given, expected=f"{len(header)}: {listed(header)}")
        yield Row(fields=dict(zip(header, cells, strict=True)), line=number)


def _columns(header: list[str], where: str) -> list[str]:
    repeated = [column for column, count in Counter(header).items() if count > 1]
    if repeated:
        raise PredictionsError(f"{where}: the column {shown(repeated[0])} is repeated", expected="each column once")
    return header


def _parquet(content: bytes, name: str) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # read_table starts native threads that may abort the interpreter as it exits
        table = pq.ParquetFile(io.BytesIO(content)).read(use_threads=False)
        _columns(table.column_names, name)
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise PredictionsError(f"{name} is not a readable Parquet file: {error}") from error
    return [Row(fields=fields, line=number) for number, fields in enumerate(rows, start=1)]


def _conll(text: str, name: str) -> Iterator[Row]:
    """Sentences in order, the prediction in the last column; ``-DOCSTART-`` lines carry no words."""
    words: list[str] = []
    tags: list[str] = []
    start, index = 1, 0
    for number, line in [*_lines(text), (0, "")]:
        cells = line.split()
        if cells and cells[0] == "-DOCSTART-":
            continue
        if cells:
            start = number if not tags else start
            words.append(cells[0])
            tags.append(cells[-1])
        elif tags:
            yield Row(fields={"index": index, "words": words, "tags": tags}, line=start)
            words, tags, index = [], [], index + 1
