"""The content hash of a split: the same rows give the same digest whichever file or hub copy they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from benchwright.data.numbering import is_reordered
from benchwright.types import Example, Task

_SCHEME = b"benchwright-content-1\n"
_CHUNK = 512


def content_digest(examples: Sequence[Example], task: Task) -> str:
    """SHA-256, in hex, over the inputs (in the order of `task.inputs`) and the target of every example, in order.

    Where gold tags are read strictly otherwise than their IOB2 form says, that reading is in it too, and so are the rows' own
    numbers where they are their places in another order. Every value is written with its type and length before it, so no two
    different splits write the same bytes. Other ids, slices and clusters are not in it: they are told by position or by columns
    that not every copy has.
    """
    names = tuple(task.inputs)
    reordered = is_reordered(examples, task)
    hasher = hashlib.sha256(_SCHEME + encoded(list(names)))
    parts: list[bytes] = []
    for count, example in enumerate(examples, 1):
        inputs = example.inputs
        parts.extend([encoded(inputs[name]) for name in names])
        parts.append(encoded(example.target))
        if example.strict is not None:
            parts.append(encoded({"strict": example.strict}))
        if reordered:
            parts.append(encoded({"key": example.official_id}))
        if count % _CHUNK == 0:
            hasher.update(b"".join(parts))
            parts.clear()
    hasher.update(b"".join(parts))
    return hasher.hexdigest()


def encoded(value: Any) -> bytes:
    """Canonical bytes of a JSON value; tuples are lists, objects are in key order. Raises TypeError for anything else.

    A whole number written as 3 and as 3.0 differ: targets have one type by the kind of their task.
    """
    if isinstance(value, str):
        data = value.encode("utf-8", "surrogatepass")
        return b"s%d:%b" % (len(data), data)
    if value is None:
        return b"n"
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, float):
        return b"d%b;" % repr(value).encode()
    if isinstance(value, list | tuple):
        return b"l%d:%b" % (len(value), b"".join([encoded(item) for item in value]))
    if isinstance(value, dict):
        items = [encoded(key) + encoded(value[key]) for key in sorted(value)]
        return b"m%d:%b" % (len(items), b"".join(items))
    raise TypeError(f"{type(value).__name__} is not a JSON value")
