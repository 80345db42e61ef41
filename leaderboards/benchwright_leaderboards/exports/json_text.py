"""Documents as JSON text: an item of a list on each line; what cannot be seen, and what a page would read as HTML, are escapes of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from benchwright.inert import inert_json


class Written(str):
    """A value that is harmless JSON already."""

    __slots__ = ()


def json_text(document: Any) -> str:
    """The text of a document (a struct, or a dict of plain values); same document, same text. Values, and items of lists, may be `Written`."""
    fields = msgspec.structs.asdict(document) if isinstance(document, msgspec.Struct) else document
    parts = (f"{harmless_json(json.dumps(name))}:{_value(value)}" for name, value in fields.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def harmless_json(text: str) -> str:
    """JSON of the same values, in which what cannot be seen, and what a page would read as HTML, are escapes."""
    text = inert_json(text)
    for sign in "<>&":
        if sign in text:
            text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _value(value: Any) -> str:
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(_lines(value)) + "\n]"
    return _encoded(value)


def _lines(values: Any) -> Iterator[str]:
    for value in values:
        yield f" {_encoded(value)}"


def _encoded(value: Any) -> str:
    """A value on one line. Each by itself, since of most nothing has to be written otherwise."""
    if isinstance(value, Written):
        return value
    return harmless_json(msgspec.json.encode(value).decode())
