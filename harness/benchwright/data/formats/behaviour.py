"""Rows of behavioural suites, an example of a case a row: of the portable format (docs/behaviour.md), of CheckList's released suites, of HateCheck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from benchwright.behaviour.columns import CASE, TARGET
from benchwright.behaviour.rows import rows_of
from benchwright.behaviour.suite_format import read_suite
from benchwright.behaviour.suite_types import BehaviourSuite
from benchwright.data.rows import Rows
from benchwright.errors import DataError
from benchwright.types import Files


def read(path: Path, _layout: Files, *, shown: str) -> Rows:
    """Rows of a suite. Raises DataError where it holds what the format does not have, naming the line."""
    return _rows(read_suite(path, shown=shown), shown)


def read_checklist(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of a released suite: of its archive, or of a file of its first cases (docs/checklist.md).

    Raises:
        DataError: It is neither, or holds what is refused.
    """
    from benchwright.behaviour.checklist_suites import Implications, Which, read_released

    found = read_released(
        path,
        which=cast("Which", layout.settings.get("cases", "all")),
        implications=cast("Implications", layout.settings.get("implications", "intended")),
    )
    wanted, name = layout.settings.get("suite"), found.suite.name.removeprefix("checklist-")
    if wanted and wanted != name:
        raise DataError(
            f"{shown} holds the suite {name}",
            expected=f"the suite {wanted}",
            hint=f"--suite 'checklist/{name}?path={path.name}'",
        )
    return _rows(found.suite, shown, found.notes)


def read_hatecheck(path: Path, layout: Files, *, shown: str) -> Rows:
    """Rows of HateCheck's CSV file, a case each. Raises DataError where one is no case, or stands twice, naming the line."""
    from benchwright.behaviour.hatecheck import case_of
    from benchwright.data.formats.delimited import read_csv

    rows = read_csv(path, layout, shown=shown)
    cells: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows.cells):
        try:
            found = case_of(row)
        except ValueError as error:
            raise DataError(f"{rows.where(number)}: {error}", expected=_HATECHECK, hint=_TAKE_AGAIN) from error
        before = seen.setdefault(found[CASE], number)
        if before != number:
            raise DataError(
                f"{rows.where(number)}: the case {found[CASE]} stands twice, first in {rows.unit} {rows.lines[before]}",
                expected="each case once",
                hint=_TAKE_AGAIN,
            )
        cells.append(found)
    judged = replace(rows, columns=tuple(cells[0]) if cells else (), cells=cells)
    return _pairs(judged, rows) if "pairs" in layout.settings else judged


def _pairs(judged: Rows, rows: Rows) -> Rows:
    """Each case whose reference has the other label, behind it; the other cases are left out."""
    from benchwright.behaviour.hatecheck import pair_of

    by_id = {str(row["case_id"]).strip(): number for number, row in enumerate(rows.cells)}
    numbers: list[int] = []
    cells: list[dict[str, Any]] = []
    for number, row in enumerate(rows.cells):
        name = (
            str(row.get("ref_case_id") or "").strip().removesuffix(".0")
        )  # whole numbers of a table with gaps are floats
        if not name:
            continue
        if name not in by_id:
            raise DataError(
                f"{rows.where(number)}: its reference, case {name}, is not in the file",
                expected="the whole file",
                hint=_TAKE_AGAIN,
            )
        reference = by_id[name]
        if judged.cells[reference][TARGET] != judged.cells[number][TARGET]:
            numbers += [reference, number]
            cells += pair_of(judged.cells[number], judged.cells[reference])
    return replace(judged.take(numbers), cells=cells)


_HATECHECK = "the columns functionality, case_id, test_case and label_gold (hateful or non-hateful) in every row"
_TAKE_AGAIN = "take test_suite_cases.csv of the release; docs/checklist.md says from where"


def _rows(suite: BehaviourSuite, shown: str, notes: tuple[str, ...] = ()) -> Rows:
    cells = list(rows_of(suite))
    lines = _lines(suite)
    columns = dict.fromkeys(cells[0])
    for row in cells:
        if row.keys() != columns.keys():
            columns.update(dict.fromkeys(row))
    return Rows(
        file=shown,
        columns=tuple(columns),
        cells=cells,
        lines=lines or range(1, len(cells) + 1),
        unit="line" if lines else "example",
        notes=notes,
    )


def _lines(suite: BehaviourSuite) -> Sequence[int]:
    """The line of each row; empty of an archive, which has none."""
    return [
        line for test in suite.tests for case, line in zip(test.cases, test.lines, strict=False) for _ in case.examples
    ]
