"""Sentences of hub copies, which may not say which document they belong to."""

from __future__ import annotations

from typing import Any


def sentence(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `document`: what the copy calls it, or None, so that the sentence stands alone."""
    if "document" in row:
        return [row]
    known = next((row[name] for name in ("document_id", "doc_id") if row.get(name) is not None), None)
    return [{**row, "document": known}]
