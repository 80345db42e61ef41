"""Rows of a predictions file, whatever its form; the form is told from the content."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import msgspec

from benchwright.errors import PredictionsError
from benchwright.types import Kind, Task

FORMS = ("jsonl", "json", "tsv", "csv", "parquet", "conll")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its fields, and its line (or 1-based row) for messages."""

    fields: dict[str, Any]
    line: int


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
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        return "jsonl" if _is_row(content.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0]) else "json"
    if task.kind is Kind.TAG:
        return "conll"
    return "tsv" if b"\t" in start.split(b"\n", 1)[0] else "csv"


def _is_row(line: bytes) -> bool:
    try:
        value = json.loads(line)
    except ValueError:
        return False
    return isinstance(value, dict) and bool({"index", "id", "idx"} & set(value))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, line.removesuffix("\r")


def _jsonl(text: str, name: str) -> Iterator[Row]:
    for number, line in _lines(text):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise PredictionsError(f"{name}, line {number}: not JSON ({error})", expected=_EXAMPLE) from error
        if not isinstance(value, dict):
            raise PredictionsError(f"{name}, line {number}: not a JSON object", expected=_EXAMPLE)
        yield Row(fields=value, line=number)


def _json(text: str, name: str) -> Iterator[Row]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise PredictionsError(f"{name}: not JSON ({error})", expected=_EXAMPLE) from error
    if isinstance(value, dict):
        for number, (key, answer) in enumerate(value.items(), start=1):
            yield Row(fields={"id": key, "answer": answer}, line=number)
        return
    for number, item in enumerate(value, start=1):
        if not isinstance(item, dict):
            raise PredictionsError(f"{name}, item {number}: not a JSON object", expected=_EXAMPLE)
        yield Row(fields=item, line=number)


def _tsv(text: str, name: str) -> Iterator[Row]:
    lines = _lines(text)
    _, first = next(lines)
    header = [cell.strip() for cell in first.split("\t")]
    for number, line in lines:
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(header):
            given = f"{name}, line {number}: {len(cells)} cells"
            raise PredictionsError(given, expected=f"{len(header)}: {', '.join(header)}")
        yield Row(fields=dict(zip(header, cells, strict=True)), line=number)


def _csv(text: str, name: str) -> Iterator[Row]:
    import csv

    reader = csv.DictReader(io.StringIO(text, newline=""))
    for fields in reader:
        if None in fields or None in fields.values():
            given = f"{name}, line {reader.line_num}: another number of cells than the header"
            raise PredictionsError(given, expected=", ".join(reader.fieldnames or ()))
        yield Row(fields=dict(fields), line=reader.line_num)


def _parquet(content: bytes, name: str) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(io.BytesIO(content))
    except pa.ArrowException as error:
        raise PredictionsError(f"{name} is not a readable Parquet file: {error}") from error
    return [Row(fields=fields, line=number) for number, fields in enumerate(table.to_pylist(), start=1)]


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


_EXAMPLE = 'rows such as {"index": 17, "label": "positive", "scores": {"negative": 0.02, "positive": 0.98}}'
