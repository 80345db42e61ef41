"""Any part of a report as plain data: texts, numbers, lists and objects, as JSON has them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from benchwright.render.grid import Column, Grid
from benchwright.report_content.slices import EverySlice
from benchwright.types import CellResult, ReportOptions, Run, Task

_ELSEWHERE: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Run, lambda run: run.name),
    (Task, lambda task: task.name),
    (Column, lambda column: column.name),
    (
        CellResult,
        lambda cell: {"model": cell.model, "task": cell.task_path, "split": cell.split, "status": cell.status},
    ),
)
"""What stands in a place of its own in a report, and is named where it is meant."""
_DROPPED = (Markup, Grid, ReportOptions, EverySlice)
"""Drawings, and what is told elsewhere."""


def plain(value: Any) -> Any:
    """The value as ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` or None; a number that is not finite is None.

    A field of a dataclass or struct is a key. Fields that hold drawings or functions are left out, and so are those that begin
    with an underscore.
    """
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    for kind, name in _ELSEWHERE:
        if isinstance(value, kind):
            return name(value)
    fields = _fields(value)
    if fields is not None:
        return {name: plain(one) for name, one in fields if _is_told(name, one)}
    if isinstance(value, Mapping):
        return {_key(name): plain(one) for name, one in value.items() if _is_told("", one)}
    return _other(value)


def _other(value: Any) -> Any:
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted((plain(one) for one in value), key=str)
    if hasattr(value, "tolist"):  # numbers and arrays of numpy
        return plain(value.tolist())
    if isinstance(value, Iterable):
        return [plain(one) for one in value if _is_told("", one)]
    raise TypeError(f"a {type(value).__name__} is no part of a report")


def _fields(value: Any) -> list[tuple[str, Any]] | None:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, msgspec.Struct):
        return [(name, getattr(value, name)) for name in value.__struct_fields__]
    return None


def _is_told(name: str, value: Any) -> bool:
    return not name.startswith("_") and not isinstance(value, _DROPPED) and not _is_drawn(value)


def _is_drawn(value: Any) -> bool:
    """Whether it is a function, or a pair with a drawing, as charts are."""
    return callable(value) and not isinstance(value, type) and _fields(value) is None


def _key(name: Any) -> str:
    found = plain(name)
    return found if isinstance(found, str) else " & ".join(map(str, found)) if isinstance(found, list) else str(found)
