"""Rows of AX-g with the number of their pair."""

from __future__ import annotations

from typing import Any


def winogender(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `pair`, half its `idx` whichever order the rows come in, and `gold`, its label as written.

    Raises ValueError without a whole `idx`.
    """
    index = str(row.get("idx"))
    if not (index.isascii() and index.isdigit()):
        raise ValueError(f"'idx' is {row.get('idx')!r}, not the row's whole number, by which pairs are told")
    return [{**row, "pair": str(int(index) // 2), "gold": str(row.get("label"))}]
