"""The options of the two adapters, a line of help for each, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, cast, get_args

from benchwright.checkpoints.settings import READING, ReadingSettings, read_choice, read_count, read_reading
from benchwright.environment import threads
from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef, Task

Runtime = Literal["onnx", "openvino"]
Quantize = Literal["none", "int8", "weights"]
Precision = Literal["f32", "bf16"]

NAMES: Mapping[Runtime, str] = {"onnx": "ONNX Runtime", "openvino": "OpenVINO"}

_THREADS = "threads that one forward pass computes with (default: the processors that may be used)"

ONNX: Mapping[str, str] = {
    **READING,
    "file": "which graph of the folder (default: model.onnx, onnx/model.onnx, or the only one there); model.safetensors: export that",
    "quantize": "int8: dynamic quantisation, one text to a run, since its activations are scaled over all that share one",
    "providers": "execution providers of ONNX Runtime in order, CUDAExecutionProvider,CPUExecutionProvider (default: by --device)",
    "threads": _THREADS,
    "opset": "version of the operators that a checkpoint is exported with (default: that of the exporter)",
}
OPENVINO: Mapping[str, str] = {
    **READING,
    "file": "which graph of the folder (default: openvino_model.xml, model.onnx, or the only one there); model.safetensors: export that",
    "quantize": "int8: weights and activations, calibrated on rows of the train split; weights: weights alone",
    "precision": "f32 (default) or bf16: what products are computed in",
    "threads": _THREADS,
    "calibration": "rows of the train split that INT8 is calibrated on (default 300)",
}

_OPSETS = (18, 23)


@dataclass(frozen=True, kw_only=True)
class GraphSettings(ReadingSettings):
    """How a graph is found, made and run.

    Attributes:
        runtime: What runs it.
        file: The graph that the user names; "" where none is named.
        quantize: What is stored in INT8.
        providers: Execution providers of ONNX Runtime; empty: by the device.
        threads: To a forward pass.
        opset: Of an export; None: the exporter's own.
        precision: What OpenVINO computes products in.
        calibration: Rows of the train split that are looked at.
    """

    runtime: Runtime
    file: str = ""
    quantize: Quantize = "none"
    providers: tuple[str, ...] = ()
    threads: int = 1
    opset: int | None = None
    precision: Precision = "f32"
    calibration: int = 300


def read_settings(model: ModelRef, task: Task, context: Context, runtime: Runtime) -> GraphSettings:
    """The settings; raises ModelError for a value that is not among the possible ones, or not for this task or device."""
    options = model.options
    helps = ONNX if runtime == "onnx" else OPENVINO
    reading = read_reading(model, task, context)
    if runtime == "openvino" and context.device != "cpu":
        raise ModelError(
            f"{model.name}: the adapter openvino computes on the processor, not on {context.device}",
            expected="--device cpu",
            hint="type --device cpu, or onnx: with CUDAExecutionProvider",
        )
    kinds: tuple[str, ...] = ("none", "int8") if runtime == "onnx" else get_args(Quantize)
    opset = read_count(model, "opset", helps["opset"], least=_OPSETS[0]) if "opset" in options else None
    if opset is not None and opset > _OPSETS[1]:
        raise ModelError(
            f"{model.name}: opset={opset}", expected=f"{_OPSETS[0]} to {_OPSETS[1]}", hint=f"?opset={_OPSETS[1]}"
        )
    return GraphSettings(
        **asdict(reading),
        runtime=runtime,
        file=options.get("file", ""),
        quantize=cast("Quantize", read_choice(model, "quantize", kinds, "none")),
        providers=tuple(part.strip() for part in options.get("providers", "").split(",") if part.strip()),
        threads=read_count(model, "threads", helps["threads"]) if "threads" in options else threads(),
        opset=opset,
        precision=cast("Precision", read_choice(model, "precision", get_args(Precision), "f32")),
        calibration=read_count(model, "calibration", helps["calibration"], least=32)
        if "calibration" in options
        else 300,
    )


def variant_of(settings: GraphSettings, *, before: Quantize = "none", stored: str = "") -> str:
    """What computes a model, in the few words of a table.

    Args:
        settings: What the user asks for.
        before: How the graph that was given was quantised when it was made here.
        stored: What a graph that was made elsewhere keeps its weights in; empty: single precision.
    """
    computed = "bfloat16" if settings.precision == "bf16" else "float32"
    beside = ", bfloat16 beside" if settings.precision == "bf16" else ""
    quantize = before if settings.quantize == "none" else settings.quantize
    if quantize == "none" and stored:
        is_whole = stored.startswith("INT")
        told = f"{stored}{beside}" if is_whole or settings.runtime == "onnx" else f"{stored} weights, {computed}"
        return f"{NAMES[settings.runtime]}, {told}"
    made = {
        ("onnx", "int8"): "INT8, dynamic",
        ("openvino", "int8"): f"INT8, calibrated{beside}",
        ("openvino", "weights"): f"INT8 weights, {computed}",
    }
    return f"{NAMES[settings.runtime]}, {made.get((settings.runtime, quantize), computed)}"
