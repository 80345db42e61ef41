"""Faster ways of computing a checkpoint, which ``--precision fast`` may choose among."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from msgspec.structs import replace

from benchwright.types import Context, ModelRef, Variant

DECIDES = frozenset({"dtype", "quantize", "compile", "prune", "attn"})
"""Options that say how a checkpoint is computed: where one of them is given, nothing else is tried."""

_TIMES = 2.0
"""A data type is tried where the machine multiplies it so many times as fast as ``float32``."""

_COMPILING = 60.0
"""Seconds that compiling a model takes at least, on a processor of a few cores."""


def faster_ways(model: ModelRef, options: frozenset[str], context: Context) -> Iterator[Variant]:
    """Ways that may be tried, most promising first; none where the reference says itself how it is computed.

    Args:
        model: The reference.
        options: Options that the adapter knows.
        context: Says the device.
    """
    if DECIDES & set(model.options) or any("?" in text for text in model.tasks.values()):
        return
    halves = ("bfloat16", "float16") if context.device == "cuda" else ("bfloat16",)
    for dtype in halves:
        yield Variant(name=dtype, model=_with(model, dtype=dtype), dtype=dtype, times=_TIMES)
    if "quantize" in options and context.device == "cpu":
        absent = "" if find_spec("torch") else "torch is not installed"
        yield Variant(name="int8", model=_with(model, quantize="int8"), absent=absent)
    if "compile" in options:
        yield Variant(
            name=f"{halves[0]}, compiled",
            model=_with(model, dtype=halves[0], compile="true"),
            dtype=halves[0],
            times=_TIMES,
            preparing=_COMPILING,
        )


def _with(model: ModelRef, **options: str) -> ModelRef:
    return replace(model, options={**model.options, **options})
