"""Weights, or weights and activations, of a graph in INT8."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.derived import not_finite
from benchwright.data.api import is_file
from benchwright.encoders import Encoded
from benchwright.encoders.failures import complaint, explained
from benchwright.errors import DataMissing, ModelError
from benchwright.types import Context, Example, Task

from .export import silent
from .no_telemetry import forbid_telemetry
from .onnx_file import read_onnx
from .settings import NAMES, Runtime

_FLAGS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
_FLOATS = frozenset({"f16", "f32", "f64"})
_MATRIX = 2
_LEAST = 32
"""Rows below which ranges of activations say little."""


def lacks_vnni() -> bool:
    """Whether this is an x86 processor without instructions that add INT8 products in 32 bits."""
    info = Path("/proc/cpuinfo")
    if platform.machine().lower() not in ("x86_64", "amd64") or not is_file(info):
        return False
    flags = next(
        (line for line in info.read_text(encoding="ascii", errors="replace").splitlines() if line.startswith("flags")),
        "",
    )
    return not _FLAGS & set(flags.split())


def quantize_onnx(graph: Path, made: Path, shown: str, *, reduced: bool) -> None:
    """Dynamic quantisation of ONNX Runtime: weights by channel, activations by the whole run.

    Args:
        graph: In single precision.
        made: Where the quantised one is written.
        shown: How messages call the model.
        reduced: Whether weights keep 7 bits, for processors whose sums of INT8 products saturate.

    Raises:
        ModelError: Some weights are not finite, or the library fails at it.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with TemporaryDirectory(dir=made.parent) as place, explained(_cannot_quantize(shown, "onnx")), silent():
        copy = _copy_graph(graph, Path(place))  # the library writes beside what it reads
        for tensor in onnx.load(copy).graph.initializer:
            if tensor.data_type in (1, 10, 11):  # float, float16, double
                _refuse_infinite(onnx.numpy_helper.to_array(tensor), tensor.name, shown)
        quantize_dynamic(str(copy), str(made), weight_type=QuantType.QInt8, per_channel=True, reduce_range=reduced)


def _copy_graph(graph: Path, place: Path) -> Path:
    for path in read_onnx(graph, graph.name).files:
        copy = place / path.relative_to(graph.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return place / graph.name


def quantize_openvino(graph: Path, made: Path, shown: str, rows: Encoded | None, columns: Sequence[str]) -> None:
    """Post-training quantisation by NNCF.

    Args:
        graph: In single precision.
        made: Where the quantised one is written.
        shown: How messages call the model.
        rows: What activations are calibrated on; None: weights alone are quantised.
        columns: Inputs of the graph.

    Raises:
        ModelError: Some weights are not finite, or the library fails at it.
    """
    forbid_telemetry()
    import nncf
    import openvino

    with explained(_cannot_quantize(shown, "openvino")), silent():
        model = openvino.Core().read_model(graph)
        for operation in model.get_ops():
            if operation.get_type_name() == "Constant" and operation.get_element_type().get_type_name() in _FLOATS:
                _refuse_infinite(operation.data, operation.get_friendly_name(), shown)
        if rows is None:
            done = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
        else:
            given = list(_inputs(rows, columns))
            data = nncf.Dataset(given)
            done = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(given))
        openvino.save_model(done, made, compress_to_fp16=False)


def graph_columns(graph: Path) -> list[str]:
    """Inputs of a graph, by OpenVINO."""
    forbid_telemetry()
    import openvino

    from .engines import port_name

    return [port_name(port) for port in openvino.Core().read_model(graph).inputs]


def _refuse_infinite(values: NDArray[Any], name: str, shown: str) -> None:
    """Refuse a constant that whole numbers would make something else of; a mask may hold infinities, a matrix of weights none."""
    if np.isnan(values).any() or (values.ndim == _MATRIX and np.isinf(values).any()):
        raise not_finite(shown, name)


def _cannot_quantize(shown: str, runtime: Runtime) -> Callable[[BaseException], ModelError]:
    return lambda error: ModelError(
        f"{shown} cannot be quantised for {NAMES[runtime]}: {complaint(error)}",
        expected="a graph in single precision that the installed version quantises",
        hint="leave ?quantize= out",
    )


def _inputs(rows: Encoded, columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each row alone, as the graph reads it."""
    for number in range(len(rows)):
        if number in rows.errors:
            continue
        ids = rows.row(number).astype(np.int64)[None]
        others = {name: rows.row(number, name).astype(np.int64)[None] for name in rows.columns}
        known = {"attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids), **others}
        yield {name: known[name] for name in columns}


def calibration_rows(task: Task, context: Context, count: int, shown: str) -> tuple[Example, ...]:
    """Rows of the train split, spread over it; none of those that are evaluated is among them.

    Raises:
        ModelError: There is no train split, or too little of it is left.
    """
    try:
        train = context.train(task)
    except DataMissing as error:
        raise ModelError(
            f"{shown}: quantize=int8 is calibrated on rows of a train split, and {task.name} has none ({error.problem})",
            expected="a task with a train split; the evaluated rows are never looked at",
            hint="?quantize=weights needs no calibration",
        ) from error
    examples = train.examples
    every = max(1, len(examples) // (2 * count))
    chosen = [examples[at] for at in range(0, len(examples), every)][: 2 * count]
    wanted = {text_of(example) for example in chosen}
    seen = {text for text in map(text_of, context.items()) if text in wanted}
    kept = tuple(example for example in chosen if text_of(example) not in seen)[:count]
    if len(kept) < min(_LEAST, count):
        raise ModelError(
            f"{shown}: quantize=int8 has {len(kept)} rows to be calibrated on: {len(examples):,} in the train split of {task.name}, "
            "without those that are evaluated",
            expected=f"at least {_LEAST}",
            hint="?quantize=weights needs no calibration",
        )
    return kept


def text_of(example: Example) -> str:
    """The inputs of an example as text."""
    return json.dumps(dict(example.inputs), sort_keys=True, default=list, ensure_ascii=False)


def digest_rows(examples: Sequence[Example]) -> str:
    """SHA-256 over the inputs of examples, in their order."""
    whole = hashlib.sha256()
    for example in examples:
        whole.update(text_of(example).encode("utf-8", "surrogatepass") + b"\n")
    return whole.hexdigest()
