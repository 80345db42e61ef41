"""In which numbers a graph that was made elsewhere keeps its weights, in the words of a table."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import cast, get_args

from .onnx_file import OnnxFile
from .settings import Quantize
from .source import GraphSource

_CONSTANT = re.compile(rb"<data\b([^>]*)>")
_KIND = re.compile(rb'\belement_type="(\w+)"')
_SIZE = re.compile(rb'\bsize="(\d{1,18})"')
_WORDS = {"f16": "float16", "bf16": "bfloat16", "f64": "float64"}
_WHOLE = {"i8": "INT8", "u8": "INT8", "i4": "INT4", "u4": "INT4"}
_ONNX = {"float32": "f32", "float16": "f16", "bfloat16": "bf16", "float64": "f64"}
_ONNX |= {"int8": "i8", "uint8": "u8", "int4": "i4", "uint4": "u4"}


def quantized_before(source: GraphSource) -> Quantize:
    """How a graph that was made here was quantised then; ``none`` of any other, and of a checkpoint."""
    found = "none" if source.report is None else source.report.quantize
    return cast("Quantize", found) if found in get_args(Quantize) else "none"


def stored_as(source: GraphSource) -> str:
    """The numbers that most of its weights are kept in: ``INT8``, ``INT8, dynamic``, ``float16``; empty: single precision, or a checkpoint."""
    if source.graph is None:
        return ""
    held = _of_onnx(source.onnx) if source.onnx is not None else _of_ir(source.graph)
    most = max(held, key=lambda kind: held[kind], default="f32")
    words = _WHOLE.get(most) or _WORDS.get(most, "")
    return f"{words}, dynamic" if most in _WHOLE and source.onnx is not None and source.onnx.is_dynamic else words


def _of_onnx(file: OnnxFile) -> Counter[str]:
    """Numbers by element type."""
    return Counter({_ONNX[name]: count for name, count in file.numbers.items() if name in _ONNX})


def _of_ir(graph: Path) -> Counter[str]:
    """Bytes of constants by element type, as OpenVINO's form names them; of ids and shapes none."""
    held: Counter[str] = Counter()
    for found in _CONSTANT.finditer(graph.read_bytes()):
        kind, size = _KIND.search(found[1]), _SIZE.search(found[1])
        if kind and size and (name := kind[1].decode()) in {"f32", *_WORDS, *_WHOLE}:
            held[name] += int(size[1])
    return held
