"""Rows of a behavioural suite in the portable format (docs/behaviour.md): an example of a case a row."""

from __future__ import annotations

from pathlib import Path

from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_format import read_suite
from benchwright.data.rows import Rows
from benchwright.types import Files


def read(path: Path, _layout: Files, *, shown: str) -> Rows:
    """Rows of a suite. Raises DataError where it holds what the format does not have, naming the line."""
    suite = read_suite(path, shown=shown)
    cells = list(rows_of(suite))
    lines = [
        line for test in suite.tests for case, line in zip(test.cases, test.lines, strict=True) for _ in case.examples
    ]
    columns = dict.fromkeys(cells[0])
    for row in cells:
        if row.keys() != columns.keys():
            columns.update(dict.fromkeys(row))
    return Rows(file=shown, columns=tuple(columns), cells=cells, lines=lines)
