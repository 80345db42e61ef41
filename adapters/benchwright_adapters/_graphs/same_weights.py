"""Whether a graph holds the weights of a checkpoint that lies beside it, by their numbers, whatever a tensor is called or turned to.

An exporter renames and transposes matrices, so that a tensor is known by a sum over its bit patterns, and over their squares, in which
order does not count. Nothing is computed, and no library that exports is needed.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.files import CheckpointFiles

from .onnx_file import float_tensors

Fingerprint = tuple[int, int, int]

_CHUNK = 2**22
_DATA = re.compile(rb"<data\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_IR_TYPES: dict[bytes, str] = {b"f32": "<f4", b"f16": "<f2"}


def lost_tensors(checkpoint: CheckpointFiles, graph: Path) -> tuple[list[str], int]:
    """Names of the tensors of a checkpoint that a graph does not hold as they are, in half precision either; and how many there are."""
    tensors = float_tensors(graph) if graph.suffix == ".onnx" else _ir_tensors(graph)
    held = {fingerprint(values) for values in tensors}
    lost, count = [], 0
    for name, values in checkpoint_tensors(checkpoint):
        count += 1
        if fingerprint(values) not in held:
            with np.errstate(over="ignore"):
                half = values.astype(np.float16)
            if fingerprint(half) not in held:
                lost.append(name)
    return lost, count


def fingerprint(values: NDArray[Any]) -> Fingerprint:
    """Count, sum and sum of squares of the bit patterns of numbers, which are equal for equal numbers in any order."""
    bits = values.reshape(-1).view(np.uint32 if values.dtype.itemsize == 4 else np.uint16)
    total = squares = 0
    for at in range(0, len(bits), _CHUNK):
        part = bits[at : at + _CHUNK].astype(np.uint64)
        total += int(part.sum())
        squares += int((part * part).sum(dtype=np.uint64))  # wraps around, alike in any order
    return len(bits), total, squares % 2**64


def checkpoint_tensors(checkpoint: CheckpointFiles) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Every tensor of numbers of a checkpoint in single precision."""
    for path in checkpoint.weights.files:
        if path.suffix != ".safetensors":
            continue
        with path.open("rb") as file:
            start = 8 + int.from_bytes(file.read(8), "little")
            here = json.loads(file.read(start - 8))
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        for name, tensor in checkpoint.weights.tensors.items():
            if name in here:
                found = _single(
                    np.frombuffer(content, np.uint8)[start + tensor.begin : start + tensor.end], tensor.dtype
                )
                if found is not None:
                    yield name, found


def _single(content: NDArray[np.uint8], dtype: str) -> NDArray[np.float32] | None:
    if dtype == "BF16":
        return (np.frombuffer(content.tobytes(), "<u2").astype(np.uint32) << 16).view(np.float32)
    kind = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}.get(dtype)
    return None if kind is None else np.frombuffer(content.tobytes(), kind).astype(np.float32)


def _ir_tensors(graph: Path) -> Iterator[NDArray[Any]]:
    """The constants of a graph in OpenVINO's form that are numbers; those that its weights do not reach are none."""
    weights = np.fromfile(graph.with_suffix(".bin"), np.uint8)
    for found in _DATA.finditer(graph.read_bytes()):
        said = dict(_ATTRIBUTE.findall(found[1]))
        kind, offset, size = _IR_TYPES.get(said.get(b"element_type", b"")), said.get(b"offset"), said.get(b"size")
        if kind and offset and size and offset.isdigit() and size.isdigit():
            part = weights[int(offset) : int(offset) + int(size)]
            if len(part) == int(size) and len(part) % int(kind[-1]) == 0:
                yield np.frombuffer(part.tobytes(), kind)
