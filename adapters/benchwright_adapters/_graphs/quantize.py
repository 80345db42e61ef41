"""Weights, or weights and activations, of a graph in INT8."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchwright.data.api import is_file
from benchwright.encoders import Encoded
from benchwright.errors import DataMissing, ModelError
from benchwright.types import Context, Example, Task

from .export import silent

_FLAGS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8"})
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


def quantize_onnx(graph: Path, made: Path, *, reduced: bool) -> None:
    """Dynamic quantisation of ONNX Runtime: weights by channel, activations by the whole run.

    Args:
        graph: In single precision.
        made: Where the quantised one is written.
        reduced: Whether weights keep 7 bits, for processors whose sums of INT8 products saturate.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with silent():
        quantize_dynamic(str(graph), str(made), weight_type=QuantType.QInt8, per_channel=True, reduce_range=reduced)


def quantize_openvino(graph: Path, made: Path, rows: Encoded | None, columns: Sequence[str]) -> None:
    """Post-training quantisation by NNCF.

    Args:
        graph: In single precision.
        made: Where the quantised one is written.
        rows: What activations are calibrated on; None: weights alone are quantised.
        columns: Inputs of the graph.
    """
    import nncf
    import openvino

    with silent():
        model = openvino.Core().read_model(graph)
        if rows is None:
            done = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
        else:
            given = list(_inputs(rows, columns))
            data = nncf.Dataset(given)
            done = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(given))
        openvino.save_model(done, made, compress_to_fp16=False)


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


def copy_folder(source: Path, folder: Path, *, but: Sequence[str]) -> None:
    """Files of a folder, without some."""
    for path in source.iterdir():
        if path.is_file() and path.name not in but:
            shutil.copyfile(path, folder / path.name)
