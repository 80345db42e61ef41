"""Predictions and split are matched one to one by index or id, or refused with every kind of mismatch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchwright.errors import PredictionsError
from benchwright.types import Example, Task

from .rows import Row

_SHOWN = 3


def match(rows: Sequence[Row], items: Sequence[Example], *, name: str, task: Task) -> list[tuple[Row, Example]]:
    """Each row with its example, in the order of the rows.

    Raises:
        PredictionsError: An index or id is absent, malformed, duplicated, missing or foreign; all kinds in one message.
    """
    by_index = {example.index: example for example in items}
    by_id = {example.id: example for example in items}
    pairs: list[tuple[Row, Example]] = []
    foreign: list[str] = []
    for row in rows:
        found = _find(row, by_index, by_id, name)
        if found is None:
            foreign.append(f"{_given(row)} (line {row.line})")
        else:
            pairs.append((row, found))
    seen = Counter(example.id for _, example in pairs)
    duplicated = [f"{key} ({count} times)" for key, count in seen.items() if count > 1]
    missing = [f"{example.index}" for example in items if example.id not in seen]
    problems = [
        f"{len(found)} {kind}: {', '.join(found[:_SHOWN])}{', ...' if len(found) > _SHOWN else ''}"
        for kind, found in (("missing (by index)", missing), ("duplicated", duplicated), ("foreign", foreign))
        if found
    ]
    if problems:
        raise PredictionsError(
            f"{name} does not fit {task.name}: {'; '.join(problems)}",
            expected=f"each of the {len(items)} rows exactly once, as `index` 0 to {len(items) - 1} or `id`",
            hint="predict the whole split, in any order; indices are 0-based rows in file order",
        )
    return pairs


def _find(row: Row, by_index: dict[int, Example], by_id: dict[str, Example], name: str) -> Example | None:
    if "id" in row.fields:
        return by_id.get(str(row.fields["id"]))
    value = row.fields.get("index", row.fields.get("idx"))
    if value is None:
        raise PredictionsError(
            f"{name}, line {row.line}: neither `index` nor `id`",
            expected="`index`, the 0-based row of the split, or `id`, an example id",
            hint=f"the row has: {', '.join(row.fields)}",
        )
    if isinstance(value, str) and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PredictionsError(f"{name}, line {row.line}: the index {value!r} is not a whole number")
    return by_index.get(value)


def _given(row: Row) -> str:
    return str(row.fields.get("id", row.fields.get("index", row.fields.get("idx"))))
