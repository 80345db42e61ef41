"""Keys and types of ``board.toml``: every mistake with its key, and the key that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.registry import suggest
from benchwright.types import Frozen


def shape_problems(table: Any, kind: type[Frozen], name: str) -> Iterator[BenchwrightError]:
    """What keeps a TOML table from being a ``kind``: keys that it does not have, that are missing, or that hold something else.

    Args:
        table: As TOML was read.
        kind: What it shall be; tables within it are looked into.
        name: What messages call the file, and the table within it.
    """
    if not isinstance(table, dict):
        yield BenchwrightError(f"{name}: {table!r:.80}", expected="a table")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key in (key for key in table if key not in fields):
        yield BenchwrightError(
            f"{name}: unknown key {key!r:.80}",
            expected=f"one of: {', '.join(fields)}",
            hint=suggest(key, fields) or "correct its name, or take the line out",
        )
    for key, field in fields.items():
        if key in table:
            yield from _value_problems(table[key], field.type, f"{name}: {key}")
        elif field.required:
            is_list = any(_is_table(one) for one in get_args(field.type))
            yield BenchwrightError(f"{name}: {key} is missing", expected=f"[[{key}]]" if is_list else f"{key} = ...")


def _value_problems(value: Any, of: Any, place: str) -> Iterator[BenchwrightError]:
    inner = next((one for one in get_args(of) if _is_table(one)), None)
    if _is_table(of):
        yield from shape_problems(value, of, place)
    elif inner is not None and isinstance(value, list):
        for number, one in enumerate(value, 1):
            called = one.get("path", number) if isinstance(one, dict) else number
            yield from shape_problems(one, inner, f"{place} {called!s:.80}")
    else:
        try:
            msgspec.convert(value, of)
        except msgspec.ValidationError as error:
            yield BenchwrightError(f"{place} = {value!r:.80}: {error}")


def _is_table(of: Any) -> bool:
    return isinstance(of, type) and issubclass(of, Frozen)
