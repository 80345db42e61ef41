"""What an ONNX file says of itself, read without a library: inputs, outputs, opsets, tensors, files beside it.

The file is a protocol buffer (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); weights are skipped, so that a file of
gigabytes is read in milliseconds and a hostile one costs nothing.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.data.api import is_file
from benchwright.errors import ModelError

_KNOWN_DOMAINS = frozenset(
    {"", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc"}
)
"""Domains of operators that ONNX Runtime has itself; any other would need a library of the model's own."""

_FLOATS = {1: "float32", 10: "float16", 11: "float64", 16: "bfloat16"}
_INTEGERS = {2: "uint8", 3: "int8", 21: "uint4", 22: "int4"}
_INPUTS = {6: "int32", 7: "int64"}
_DEEPEST = 16
_LENGTH_DELIMITED = 2
_HINT = "export the model again, or name its checkpoint: it is exported here"


@dataclass(frozen=True, kw_only=True)
class GraphPort:
    """An input or an output: its name, element type ("" where it is none that is read here), and axes (None: not stated)."""

    name: str
    dtype: str
    axes: int | None


@dataclass(kw_only=True)
class OnnxFile:
    """What is read of a file.

    Attributes:
        path: The file.
        inputs: Those that must be given; tensors with a value of their own are none.
        outputs: In the order of the graph.
        opset: Version of the operators of ONNX itself; 0 where it states none.
        domains: Domains of operators.
        operators: Their names.
        own_domains: Domains of functions that the file defines itself.
        named: Tensors that have a value.
        beside: Files with weights, as the graph names them.
        numbers: Numbers in tensors, by element type.
    """

    path: Path
    inputs: list[GraphPort] = field(default_factory=list)
    outputs: list[GraphPort] = field(default_factory=list)
    opset: int = 0
    domains: set[str] = field(default_factory=set)
    beside: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    operators: set[str] = field(default_factory=set)
    own_domains: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    @property
    def files(self) -> tuple[Path, ...]:
        """The file and those beside it, by name."""
        return (self.path, *(self.path.parent / name for name in sorted(self.beside)))

    @property
    def is_dynamic(self) -> bool:
        """Whether activations are quantised by what shares a run."""
        return any(name.startswith("DynamicQuantize") for name in self.operators)

    @property
    def parameters(self) -> int | None:
        """Numbers in its weights; None where some are quantised, since scales and zero points are none."""
        if any(self.numbers.get(name) for name in _INTEGERS.values()):
            return None
        return sum(self.numbers.get(name, 0) for name in _FLOATS.values())


def read_onnx(path: Path, shown: str) -> OnnxFile:
    """Read a file, and refuse what is never loaded.

    Args:
        path: The file.
        shown: How messages call the model.

    Raises:
        ModelError: It is no ONNX file or damaged, names files outside of its folder or absent ones, or asks for operators of a library
            of its own.
    """
    found = OnnxFile(path=path)
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        _read_model(memoryview(content), found)  # unmapped when the last view of it is gone
    except OSError as error:
        raise ModelError(f"{shown}: {path.name} cannot be read ({error.strerror or error})", hint=_HINT) from error
    except (ValueError, IndexError, UnicodeDecodeError, RecursionError) as error:
        raise ModelError(
            f"{shown}: {path.name} is no ONNX file, or a damaged one",
            expected="a model as an exporter wrote it",
            hint=_HINT,
        ) from error
    if not found.outputs or not found.inputs:
        raise ModelError(
            f"{shown}: {path.name} holds no graph with inputs and outputs",
            expected="a model as an exporter wrote it",
            hint=_HINT,
        )
    _check_domains(found, shown)
    _check_beside(found, shown)
    return found


def float_tensors(path: Path) -> Iterator[NDArray[Any]]:
    """The initialisers of a file in single and half precision; those that cannot be read are left out."""
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    for graph in _parts(memoryview(content), 7):
        for tensor in _parts(graph, 5):
            kind = {1: "<f4", 10: "<f2"}.get(_number(tensor, 2))
            held = _content_of(tensor, path.parent) if kind else b""
            if kind and len(held) and len(held) % int(kind[-1]) == 0:
                yield np.frombuffer(held, kind)


def _content_of(tensor: memoryview, folder: Path) -> bytes | memoryview:
    """The bytes of a tensor of numbers, in the file or beside it."""
    said = {_text(entry, 1): _text(entry, 2) for entry in _parts(tensor, 13)}
    if "location" not in said:
        return next((held for number in (9, 4) for held in _parts(tensor, number)), b"")
    offset, length = said.get("offset", "0"), said.get("length", "0")
    if not (offset.isdigit() and length.isdigit() and is_file(folder / said["location"])):
        return b""
    with (folder / said["location"]).open("rb") as file:
        file.seek(min(int(offset), 2**62))
        return file.read(min(int(length), (folder / said["location"]).stat().st_size))


def _check_domains(found: OnnxFile, shown: str) -> None:
    strange = sorted(found.domains - _KNOWN_DOMAINS - found.own_domains)
    if strange:
        raise ModelError(
            f"{shown}: {found.path.name} uses operators of {', '.join(strange)}, which a library of its own would bring",
            expected="operators that ONNX Runtime has itself; libraries that come with a model are never loaded",
            hint="export the model without custom operators",
        )


def _check_beside(found: OnnxFile, shown: str) -> None:
    for name in sorted(found.beside):
        posix, windows = PurePosixPath(name), PureWindowsPath(name)
        if (
            posix.is_absolute()
            or windows.drive
            or windows.root
            or ".." in windows.parts
            or "\0" in name
            or not name
            or "_ORT_MEM_ADDR_" in name
        ):
            raise ModelError(
                f"{shown}: {found.path.name} takes weights from {name[:80]!r}, outside of its folder",
                expected="files beside the graph, or below its folder",
                hint="do not use this file; fetch the model again from whom you trust",
            )
        if not is_file(found.path.parent / name):
            raise ModelError(
                f"{shown}: {found.path.name} takes weights from {name}, which is not there",
                expected=f"{name} beside {found.path.name}",
                hint="fetch or copy that file too",
            )


def _fields(view: memoryview) -> Iterator[tuple[int, int, int | memoryview]]:
    """Number, wire type and value of each field of a message; values of fixed width are skipped as 0."""
    at, end = 0, len(view)
    while at < end:
        key, at = _varint(view, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = _varint(view, at)
            yield number, wire, value
        elif wire == _LENGTH_DELIMITED:
            size, at = _varint(view, at)
            if size > end - at:
                raise ValueError("a field longer than its message")
            yield number, wire, view[at : at + size]
            at += size
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
            if at > end:
                raise ValueError("a field longer than its message")
            yield number, wire, 0
        else:
            raise ValueError(f"wire type {wire}")


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    found = shift = 0
    while True:
        byte = view[at]
        at += 1
        found |= (byte & 0x7F) << shift
        if byte < 0x80:
            return found, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _parts(view: memoryview, number: int) -> Iterator[memoryview]:
    """The messages and texts in one field."""
    for key, _, value in _fields(view):
        if key == number and isinstance(value, memoryview):
            yield value


def _text(view: memoryview, number: int) -> str:
    return next((str(value, "utf-8") for value in _parts(view, number)), "")


def _number(view: memoryview, number: int) -> int:
    return next((value for key, _, value in _fields(view) if key == number and isinstance(value, int)), 0)


def _read_model(view: memoryview, found: OnnxFile) -> None:
    for key, _, value in _fields(view):
        if not isinstance(value, memoryview):
            continue
        if key == 8 and _text(value, 1) in ("", "ai.onnx"):
            found.opset = max(found.opset, _number(value, 2))
        elif key == 7:
            _read_graph(value, found, depth=0)
        elif key == 25:
            found.own_domains.add(_text(value, 10))
            for node in _parts(value, 7):
                _read_node(node, found, depth=0)


def _read_graph(view: memoryview, found: OnnxFile, *, depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError("graphs inside graphs")
    for key, _, value in _fields(view):
        if not isinstance(value, memoryview):
            continue
        if key == 1:
            _read_node(value, found, depth=depth)
        elif key == 5:
            _read_tensor(value, found)
        elif key == 15:
            for tensor in _parts(value, 1):
                _read_tensor(tensor, found)
    if not depth:
        found.outputs = [_port(value) for value in _parts(view, 12)]
        found.inputs = [port for port in map(_port, _parts(view, 11)) if port.name not in found.named]


def _read_node(view: memoryview, found: OnnxFile, *, depth: int) -> None:
    found.domains.add(_text(view, 7))
    found.operators.add(_text(view, 4))
    for attribute in _parts(view, 5):
        for key, _, value in _fields(attribute):
            if isinstance(value, memoryview):
                if key in (5, 10):
                    _read_tensor(value, found)
                elif key in (6, 11):
                    _read_graph(value, found, depth=depth + 1)


def _read_tensor(view: memoryview, found: OnnxFile) -> None:
    sizes: list[int] = []
    dtype = 0
    for key, wire, value in _fields(view):
        if key == 1:
            sizes += _packed(value) if isinstance(value, memoryview) else [value]
        elif key == 2 and wire == 0 and isinstance(value, int):
            dtype = value
        elif key == 8 and isinstance(value, memoryview):
            found.named.add(str(value, "utf-8"))
        elif key == 13 and isinstance(value, memoryview) and _text(value, 1) == "location":
            found.beside.add(_text(value, 2))
    name = _FLOATS.get(dtype) or _INTEGERS.get(dtype)
    if name and sizes:
        found.numbers[name] = found.numbers.get(name, 0) + math.prod(sizes)


def _packed(view: memoryview) -> list[int]:
    found, at = [], 0
    while at < len(view):
        value, at = _varint(view, at)
        found.append(value)
    return found


def _port(view: memoryview) -> GraphPort:
    kind = next(_parts(next(_parts(view, 2), view[:0]), 1), view[:0])
    shape = next(_parts(kind, 2), None)
    dtype = _number(kind, 1)
    return GraphPort(
        name=_text(view, 1),
        dtype=_INPUTS.get(dtype) or _FLOATS.get(dtype, ""),
        axes=None if shape is None else sum(1 for _ in _parts(shape, 1)),
    )
