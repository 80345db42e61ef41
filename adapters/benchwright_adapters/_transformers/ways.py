"""Faster ways of computing a checkpoint, which ``--precision fast`` may choose among."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from msgspec.structs import replace

from benchwright.checkpoints.locate import locate_checkpoint
from benchwright.checkpoints.weights import CHECKPOINTS
from benchwright.data.api import is_file
from benchwright.types import Context, ModelRef, ModelVariant

from .settings import absent_compiler

DECIDES = frozenset({"dtype", "quantize", "compile", "prune", "attn"})
"""Options that say how a checkpoint is computed: where one of them is given, nothing else is tried."""

_TIMES = 2.0
"""A data type is tried where the machine multiplies it so many times as fast as ``float32``."""

_COMPILING = 20.0
"""Seconds that the layers of a model are compiled in, about, on two cores; torch remembers them for the next time."""


_CALIBRATING = 60.0
"""Seconds that exporting a model and calibrating it takes, about; what is made is kept in the store."""


def faster_ways(model: ModelRef, context: Context) -> Iterator[ModelVariant]:
    """Ways that may be tried, most promising first; none where the reference says itself how it is computed.

    Args:
        model: The reference.
        context: Says the device.
    """
    if DECIDES & set(model.options) or any("?" in text for text in model.tasks.values()):
        return
    if context.device == "cpu":
        whole = _with(model, quantize="int8")
        compiled = _with(whole, compile="true")
        yield ModelVariant(name="INT8, compiled", model=compiled, preparing=_COMPILING, absent=absent_compiler())
    for dtype in ("bfloat16", "float16") if context.device == "cuda" else ("bfloat16",):
        yield ModelVariant(name=dtype, model=_with(model, dtype=dtype), dtype=dtype, times=_TIMES)
    if context.device == "cpu":
        yield ModelVariant(name="INT8", model=whole)
        yield from _by_openvino(model, context)


def _by_openvino(model: ModelRef, context: Context) -> Iterator[ModelVariant]:
    """The same checkpoint in OpenVINO, in whole numbers with scales that are calibrated on train rows, whatever graphs lie beside it."""
    absent = "" if find_spec("openvino") and find_spec("nncf") else "openvino and nncf are not installed"
    folder = locate_checkpoint(model, context, only=("config.json", *CHECKPOINTS), fetch=False).folder
    named = next((name for name in CHECKPOINTS if is_file(folder / name)), CHECKPOINTS[0])
    other = replace(_with(model, quantize="int8", file=named), adapter="openvino")
    yield ModelVariant(name="OpenVINO, INT8", model=other, preparing=_CALIBRATING, absent=absent)


def _with(model: ModelRef, **options: str) -> ModelRef:
    return replace(model, options={**model.options, **options})
