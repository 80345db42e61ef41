"""The options of the adapter, a line of help for each, and what they say."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from typing import Literal, cast, get_args

from benchwright.checkpoints.settings import READING, Dtype, ReadingSettings, read_choice, read_reading
from benchwright.errors import ModelError, PluginError
from benchwright.types import Context, FillTask, ModelRef, Task

OPTIONS: Mapping[str, str] = {
    **READING,
    "dtype": "float32, bfloat16 or float16 (default float32; --precision fast tries others by itself)",
    "quantize": "int8: the products of its layers in whole numbers of 8 bits, activations with a scale for each row",
    "compile": "true: its layers compiled for the one shape of a buffer when it is opened (needs a C++ compiler)",
    "attn": "flat, sdpa or eager: the attention that runs, or the model is refused (default: flat where that is proved)",
    "prune": "a share such as 0.3: that part of each weight matrix of its layers, the smallest, is zero",
}

Attention = Literal["flat", "sdpa", "eager"]
Integers = Literal["int8"]


@dataclass(frozen=True, kw_only=True)
class EncoderSettings(ReadingSettings):
    """How inputs are cut and computed, and answers read.

    Attributes:
        dtype: What the model computes in.
        quantize: Whole numbers that the products of its layers are computed in; None: in ``dtype`` as all else.
        compiled: Whether its layers are compiled for buffers.
        attention: The attention that the user asked for; None: whichever is fastest and proved.
        prune: Share of the weights of its layers that is zero; None: they are as they were saved.
    """

    dtype: Dtype
    quantize: Integers | None = None
    compiled: bool = False
    attention: Attention | None = None
    prune: float | None = None


def read_settings(model: ModelRef, task: Task, context: Context) -> EncoderSettings:
    """The settings.

    Raises:
        ModelError: A value is not among the possible ones, not for this task, or not beside the others.
        PluginError: A library that one of them needs is not installed.
    """
    reading, options = read_reading(model, task, context), model.options
    dtype = read_choice(model, "dtype", get_args(Dtype), "float32")
    quantize = read_choice(model, "quantize", get_args(Integers), "") if "quantize" in options else None
    attention = read_choice(model, "attn", get_args(Attention), "") if "attn" in options else None
    settings = EncoderSettings(
        **asdict(reading),
        dtype=cast("Dtype", dtype),
        quantize=cast("Integers | None", quantize),
        compiled=read_choice(model, "compile", ("true", "false"), "false") == "true",
        attention=cast("Attention | None", attention),
        prune=read_share(model) if "prune" in options else None,
    )
    _check_together(model, task, settings)
    _check_tools(model, settings, context)
    return settings


def read_share(model: ModelRef) -> float:
    """The share of weights to be pruned; raises ModelError unless it lies between 0 and 1."""
    try:
        share = float(model.options["prune"])
    except ValueError:
        share = math.nan
    if not 0 < share < 1:
        raise ModelError(
            f"{model.name}: prune={model.options['prune']}",
            expected="a share of the weights, above 0 and below 1",
            hint="?prune=0.3",
        )
    return share


def absent_compiler() -> str:
    """That there is no C++ compiler where torch looks for one; empty where there is."""
    compiler = os.environ.get("CXX") or "g++"
    return "" if shutil.which(compiler) else f"there is no C++ compiler ({compiler})"


def _check_together(model: ModelRef, task: Task, settings: EncoderSettings) -> None:
    """Refuse options that cannot stand beside each other, or beside what the task reads."""
    if settings.quantize and settings.dtype == "float16":
        raise ModelError(
            f"{model.name}: quantize={settings.quantize} with dtype=float16, which sums of its products overflow",
            expected="float32 or bfloat16 around them",
            hint=f"?quantize={settings.quantize}&dtype=bfloat16",
        )
    if settings.compiled and settings.attention in ("sdpa", "eager"):
        raise ModelError(
            f"{model.name}: compile=true with attn={settings.attention}, whose batches have many shapes",
            expected="buffers of one shape, for which a layer is compiled once",
            hint=f"leave ?attn= out, or compile it not: ?attn={settings.attention}",
        )
    keeps_weights = isinstance(task, FillTask) and task.rule == "aula"
    if keeps_weights and (settings.compiled or settings.attention not in (None, "eager")):
        raise ModelError(
            f"{model.name}: the rule of {task.name} reads weights of the attention, which only `eager` keeps",
            expected="?attn=eager, or no such option",
            hint="leave ?attn= and ?compile= out for this task",
        )


def _check_tools(model: ModelRef, settings: EncoderSettings, context: Context) -> None:
    """Refuse what programs and libraries that are not here are needed for."""
    if settings.compiled and context.device == "cuda" and find_spec("triton") is None:
        raise PluginError(
            f"{model.name}: compile=true on cuda needs triton",
            expected="a CUDA build of torch, which brings it",
            hint="leave ?compile= out, or type --device cpu",
        )
    absent = absent_compiler()
    if settings.compiled and absent:
        raise ModelError(
            f"{model.name}: compile=true, and {absent}",
            expected="g++ on the path, or CXX set to the name of another",
            hint="install one (apt install g++, dnf install gcc-c++), or leave ?compile= out",
        )
    if settings.quantize and context.device == "cuda" and find_spec("torchao") is None:
        raise PluginError(
            f"{model.name}: quantize={settings.quantize} on cuda needs torchao",
            expected="torchao installed",
            hint='pip install "benchwright[quantize]", or type --device cpu',
        )
