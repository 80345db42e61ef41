"""The options of the adapter, a line of help for each, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import cast, get_args

from benchwright.checkpoints.settings import READING, Dtype, ReadingSettings, read_choice, read_reading
from benchwright.types import Context, ModelRef, Task

OPTIONS: Mapping[str, str] = {
    **READING,
    "dtype": "float32, bfloat16 or float16 (default float32; bfloat16 with --precision fast on cuda)",
}


@dataclass(frozen=True, kw_only=True)
class EncoderSettings(ReadingSettings):
    """How inputs are cut and computed, and answers read.

    Attributes:
        dtype: What the model computes in.
    """

    dtype: Dtype


def read_settings(model: ModelRef, task: Task, context: Context) -> EncoderSettings:
    """The settings; raises ModelError for a value that is not among the possible ones, or not for this task."""
    reading = read_reading(model, task, context)
    fast = context.precision == "fast" and context.device == "cuda"
    dtype = read_choice(model, "dtype", get_args(Dtype), "bfloat16" if fast else "float32")
    return EncoderSettings(**asdict(reading), dtype=cast("Dtype", dtype))
