"""The content hash of a split. The same rows give the same hash whichever file or hub copy they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from benchwright.arrow_arrays import bytes_array, number_array
from benchwright.coded import Coded
from benchwright.data.row_numbers import is_reordered
from benchwright.example_table import ExampleTable
from benchwright.text_columns import Texts
from benchwright.types import Example, Task

if TYPE_CHECKING:
    import pyarrow as pa

_SCHEME = b"benchwright-content-1\n"
_CHUNK = 512
_MANY = 1 << 16
"""Rows of columns that are written at once."""


def content_digest(examples: Sequence[Example], task: Task) -> str:
    """SHA-256, in hex, over the inputs (in the order of `task.inputs`) and the target of every example, in order.

    Where gold tags are read strictly otherwise than their IOB2 form says, that reading is in it too, and so are the metadata of items
    and the rows' own numbers where they are their places in another order. Every value is written with its type and length before it, so no two
    different splits write the same bytes. Other ids, slices and clusters are not in it: they are told by position or by columns
    that not every copy has.
    """
    hasher = hashlib.sha256(_SCHEME + encoded(list(task.inputs)))
    for part in _columns(examples, task) or _rows(examples, task):
        hasher.update(part)
    return hasher.hexdigest()


def _rows(examples: Sequence[Example], task: Task) -> Iterator[bytes]:
    names = tuple(task.inputs)
    reordered = is_reordered(examples, task)
    parts: list[bytes] = []
    of_target = _encoder_of_targets() if task.behaviour else encoded
    for count, example in enumerate(examples, 1):
        inputs = example.inputs
        parts.extend([encoded(inputs[name]) for name in names])
        parts.append(of_target(example.target))
        if example.strict is not None:
            parts.append(encoded({"strict": example.strict}))
        if example.metadata:
            parts.append(encoded({"metadata": example.metadata}))
        if reordered:
            parts.append(encoded({"key": example.official_id}))
        if count % _CHUNK == 0:
            yield b"".join(parts)
            parts.clear()
    yield b"".join(parts)


def _columns(examples: Sequence[Example], task: Task) -> Iterator[pa.Buffer] | None:
    """The same bytes from columns of texts, in far less time; None where the items are something else."""
    if not isinstance(examples, ExampleTable) or examples.strict is not None or examples.metadata:
        return None
    texts = [column for name in task.inputs if isinstance(column := examples.inputs[name], Texts)]
    if not texts or len(texts) < len(task.inputs) or any(column.lacks_some for column in texts):
        return None
    if is_reordered(examples, task):
        return None
    return _joined(texts, examples.targets, of_target=_encoder_of_targets() if task.behaviour else encoded)


def _joined(texts: Sequence[Texts], targets: Coded | None, *, of_target: Callable[[Any], bytes]) -> Iterator[pa.Buffer]:
    import pyarrow as pa
    from pyarrow import compute

    of_bytes = pa.large_binary()
    s, colon, nothing = bytes_array([b"s", b":", b""])
    known = bytes_array([*(map(of_target, targets.values) if targets else ()), encoded(None)])
    for start in range(0, len(texts[0]), _MANY):
        parts: list[Any] = []
        for column in texts:
            some = column.array.slice(start, _MANY)
            parts += [s, compute.binary_length(some).cast(pa.large_string()).cast(of_bytes), colon, some.cast(of_bytes)]
        if targets is None:
            parts.append(known[0])
        else:
            codes = targets.codes[start : start + _MANY]
            # -1, no answer, is the last one that is known
            parts.append(known.take(number_array(codes % len(known))))
        whole = compute.binary_join_element_wise(*parts, nothing)
        yield _bytes_of(whole)


def _bytes_of(array: pa.LargeBinaryArray) -> pa.Buffer:
    """All values of a new array, one after the other."""
    _, offsets, values = array.buffers()
    found: pa.Buffer = values.slice(0, int(np.frombuffer(offsets, dtype=np.int64)[len(array)]))
    return found


def _encoder_of_targets() -> Callable[[Any], bytes]:
    """`encoded` for what is expected of cases, which many rows share: each is encoded once, without what is said of its test."""
    known: dict[int, tuple[Any, bytes]] = {}

    def encode(value: Any) -> bytes:
        found = known.get(id(value))
        if found is None:
            # Rows that a head is learned from have plain answers.
            is_told = isinstance(value, Mapping)
            told = {name: part for name, part in value.items() if name != "description"} if is_told else value
            found = known[id(value)] = (value, encoded(told))  # the value is kept, or another might get its id
        return found[1]

    return encode


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
