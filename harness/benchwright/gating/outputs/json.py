"""``verdict.json``: a gate's whole result, written and read back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from benchwright.documents import Unreadable, Versioned, read_json_as
from benchwright.errors import BenchwrightError
from benchwright.gating.result import SCHEMA, GateResult
from benchwright.inert import inert_json

T = TypeVar("T")


def write_json(result: GateResult) -> str:
    """The result as JSON: keys in the order of the schema, indented, one line end; same result, same bytes.

    A number that is not finite becomes null, and half of a surrogate pair a mark. What cannot be seen is
    written as an escape of JSON.
    """
    encoded = msgspec.json.encode(_clean(msgspec.to_builtins(result)))
    return inert_json(msgspec.json.format(encoded, indent=2).decode()) + "\n"


def read_json(text: str | bytes) -> GateResult:
    """The result that ``write_json`` wrote.

    Raises:
        BenchwrightError: It is no such file, or of another schema version.
    """
    version = _read(text, Versioned).schema
    if version != SCHEMA:
        raise BenchwrightError(f"verdict.json has the schema {version}", expected=f"schema {SCHEMA}", hint=_AGAIN)
    return _read(text, GateResult)


_AGAIN = "write it again: benchwright gate RULES.toml RUN --json verdict.json"


def _read(text: str | bytes, kind: type[T]) -> T:
    try:
        return read_json_as(text, kind)
    except Unreadable as error:
        problem = f"this is no verdict.json: {error}"
        raise BenchwrightError(problem, expected="a file that `benchwright gate --json` wrote", hint=_AGAIN) from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _writable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_writable(str(key)): _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value


def _writable(text: str) -> str:
    """The text with a mark in place of each half of a surrogate pair, which no file can hold."""
    return text.encode("utf-8", "replace").decode()
