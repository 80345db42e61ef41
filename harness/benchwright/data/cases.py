"""The first cases of each behavioural test."""

from __future__ import annotations

from dataclasses import replace

from benchwright.behaviour.columns import CASE, TEST
from benchwright.data.rows import Rows


def first_cases(rows: Rows, most: int) -> Rows:
    """The rows of the first cases of each test, in file order, and a note that counts them.

    Args:
        rows: Rows with the columns of test and case (`benchwright.behaviour.columns`).
        most: Cases of a test that are taken.
    """
    seen: dict[str, dict[str, int]] = {}
    kept = []
    for number, row in enumerate(rows.cells):
        cases = seen.setdefault(row[TEST], {})
        if cases.setdefault(row[CASE], len(cases)) < most:
            kept.append(number)
    taken, all_ = sum(min(len(cases), most) for cases in seen.values()), sum(map(len, seen.values()))
    if taken == all_:
        return rows
    note = f"the first {most:,} cases of each of {len(seen):,} tests: {taken:,} of {all_:,} cases (all of them: ?cases=all)"
    return replace(rows.take(kept), notes=(*rows.notes, note))
