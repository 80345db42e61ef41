"""A checkpoint of `transformers` as a graph: traced once with any number of rows and tokens, compared, and written in either form."""

from __future__ import annotations

import io
import logging
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.derived import not_finite
from benchwright.checkpoints.encoder import find_layer
from benchwright.checkpoints.files import CheckpointFiles
from benchwright.checkpoints.model import (
    accepted_inputs,
    count_positions,
    input_columns,
    padding_token,
    text_config,
    vocabulary_size,
)
from benchwright.checkpoints.open_model import OpenCheckpoint, open_checkpoint
from benchwright.encoders.failures import complaint, explained
from benchwright.errors import ModelError

from .no_telemetry import forbid_telemetry
from .settings import NAMES, Runtime

HEADS = ("logits", "start_logits", "end_logits")
HIDDEN = "last_hidden_state"
GRAPHS: Mapping[Runtime, str] = {"onnx": "model.onnx", "openvino": "openvino_model.xml"}

TOLERANCE = 1e-3
"""Largest difference of a raw output, relative to the largest of them where that is above 1, that is still the same model."""

_EXTERNAL = 1_500_000_000
"""Bytes of weights from which on they lie beside an ONNX file: one message holds at most two gigabytes."""

_TRACED, _TRIED = (2, 7), ((1, 3), (3, 41))
"""Rows and tokens that the model is traced with, and others that the graph is tried on, in the last the first row padded."""

_PADDED = 3

GraphInputs = Mapping[str, NDArray[Any]]
"""Inputs of a graph by name."""


@dataclass(frozen=True, kw_only=True)
class Traced:
    """A model and what it is exported as.

    Attributes:
        opened: Model and tokenizer.
        program: The traced program of torch.
        inputs: Names of its inputs, in order.
        outputs: Names of its outputs, in order.
        layer: Of vectors their layer.
        padding: Id that pads; None: it has none.
    """

    opened: OpenCheckpoint
    program: Any
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    layer: int | None
    padding: int | None

    @property
    def vocabulary(self) -> int:
        """Ids that the model has embeddings for."""
        return vocabulary_size(self.opened.model)

    @property
    def positions(self) -> int | None:
        """Longest input that it has positions for."""
        return count_positions(self.opened.model)

    @property
    def parameters(self) -> int:
        """Numbers in its weights."""
        return sum(int(parameter.numel()) for parameter in self.opened.model.parameters())


def trace(checkpoint: CheckpointFiles, *, auto: str, layer: int | None = None) -> Traced:
    """Trace a checkpoint, opened in single precision by ``auto``, with any number of rows and tokens.

    Args:
        checkpoint: Its files.
        auto: Class of `transformers` that opens it.
        layer: Where vectors are wanted, the layer that they are of; None: what the head gives.

    Raises:
        ModelError: It cannot be opened, some of its weights are not finite, or its code cannot be traced.
    """
    import torch

    opened = open_checkpoint(checkpoint, dtype="float32", device="cpu", exact=True, auto=auto)
    model = opened.model
    _refuse_infinite(model, checkpoint.shown)
    padding = padding_token(model, opened.tokenizer)
    if padding is None:
        # No token is this one: the last token of each row is found, rows being of one length.
        text_config(model).pad_token_id = -1
    # Only what the tokenizer gives: segments of zeros are not always none at all, GPT-2 looks up a word for them.
    given = {*opened.tokenizer(["a"]), "attention_mask"}
    read = [*input_columns(model), *({"attention_mask"} & accepted_inputs(model))]
    names = tuple(name for name in read if name in given)
    if layer is not None:
        layer = find_layer(layer, model, checkpoint.shown)
    wrapped = _wrapper(model, names, layer)
    with explained(_cannot_be(checkpoint.shown, "traced")), silent():
        example = _examples(names, vocabulary_size(model), *_TRACED)
        with torch.inference_mode():
            wrapped(*example)
        free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
        program = torch.export.export(wrapped, example, dynamic_shapes={"values": (free,) * len(names)}, strict=False)
    return Traced(
        opened=opened, program=program, inputs=names, outputs=tuple(wrapped.names), layer=layer, padding=padding
    )


def _refuse_infinite(model: Any, shown: str) -> None:
    """Refuse weights that are no numbers: runtimes compute with them as they like, and whole numbers hide them."""
    import torch

    for name, values in model.named_parameters():
        if not bool(torch.isfinite(values).all()):
            raise not_finite(shown, name)


def write_graph(traced: Traced, folder: Path, runtime: Runtime, *, opset: int | None = None) -> Path:
    """The graph as a file of a runtime.

    Raises:
        ModelError: An operation of the model has no counterpart there.
    """
    path = folder / GRAPHS[runtime]
    with explained(_cannot_be(traced.opened.shown, f"exported for {NAMES[runtime]}")), silent():
        (_write_onnx if runtime == "onnx" else _write_openvino)(traced, path, opset)
    return path


def copy_files(files: Sequence[Path], folder: Path) -> None:
    """Files by content, whatever links lead to them."""
    for path in files:
        shutil.copyfile(path, folder / path.name)


def compare(traced: Traced, run: Callable[[GraphInputs], Sequence[NDArray[Any]]], runtime: Runtime) -> float:
    """The largest difference between raw outputs of graph and model on random ids, in other shapes than the model was traced with.

    Raises:
        ModelError: It is larger than rounding explains: the graph would be another model.
    """
    import torch

    worst = 0.0
    wrapped = _wrapper(traced.opened.model, traced.inputs, traced.layer)
    for rows, tokens in _TRIED:
        length = tokens if traced.positions is None else min(tokens, traced.positions)
        example = _examples(traced.inputs, traced.vocabulary, rows, length)
        if rows > 1 and traced.padding is not None and length > _PADDED:
            _pad_first(dict(zip(traced.inputs, example, strict=True)), traced.padding)
        with torch.inference_mode():
            wanted = [values.numpy() for values in wrapped(*example)]
        with explained(_cannot_be(traced.opened.shown, f"run by {NAMES[runtime]}")):
            given = run({name: value.numpy() for name, value in zip(traced.inputs, example, strict=True)})
        for one, other in zip(given, wanted, strict=True):
            if one.shape != other.shape:
                raise _other_model(traced.opened.shown, runtime, f"gives {one.shape} where it gives {other.shape}")
            worst = max(worst, float(np.abs(one - other).max() / max(1.0, float(np.abs(other).max()))))
    if not worst <= TOLERANCE:
        raise _other_model(traced.opened.shown, runtime, f"differs from it by {worst:.2g}")
    return worst


def _other_model(shown: str, runtime: Runtime, how: str) -> ModelError:
    return ModelError(
        f"{shown}: its graph for {NAMES[runtime]} {how}",
        expected=f"raw outputs within {TOLERANCE:g} of those of the checkpoint",
        hint="this family is not exported faithfully by the installed versions: use `transformers:`",
    )


def _write_onnx(traced: Traced, path: Path, opset: int | None) -> None:
    import torch

    made = torch.onnx.export(
        traced.program,
        dynamo=True,
        input_names=list(traced.inputs),
        output_names=list(traced.outputs),
        opset_version=opset,
        verbose=False,
    )
    assert made is not None
    weights = sum(p.numel() * p.element_size() for p in traced.opened.model.parameters())
    made.save(str(path), external_data=weights > _EXTERNAL)


def _write_openvino(traced: Traced, path: Path, _opset: int | None) -> None:
    forbid_telemetry()
    import openvino

    made = openvino.convert_model(traced.program)
    for port, name in zip((*made.inputs, *made.outputs), (*traced.inputs, *traced.outputs), strict=True):
        port.get_tensor().set_names({name})
    openvino.save_model(made, path, compress_to_fp16=False)


def _wrapper(model: Any, names: Sequence[str], layer: int | None) -> Any:
    """A module that takes inputs by position and gives outputs that are tensors alone; ``names`` of it are those of the outputs."""
    import torch

    options = type(model).__name__.endswith("ForMultipleChoice")

    class Plain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.names: list[str] = []

        def forward(self, *values: Any) -> tuple[Any, ...]:
            given = [value.unsqueeze(1) for value in values] if options else values
            inputs = dict(zip(names, given, strict=True))
            if layer is not None and layer != -1:
                self.names = [HIDDEN]
                return (self.model(**inputs, output_hidden_states=True).hidden_states[layer],)
            found = self.model(**inputs)
            self.names = [
                name for name in (HEADS if layer is None else (HIDDEN,)) if getattr(found, name, None) is not None
            ]
            return tuple(getattr(found, name) for name in self.names)

    return Plain().eval()


def _examples(names: Sequence[str], vocabulary: int, rows: int, tokens: int) -> tuple[Any, ...]:
    """Random ids, always the same, without those that often pad; masks of ones, segments of zeros."""
    import torch

    draw = np.random.default_rng(17)
    low = min(5, vocabulary - 1)
    ids = torch.from_numpy(draw.integers(low, min(vocabulary, 2**15), size=(rows, tokens)))
    others = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "token_type_ids": torch.zeros_like(ids)}
    return tuple(others[name] for name in names)


def _pad_first(inputs: dict[str, Any], padding: int) -> None:
    """Cut the first row short, in place."""
    inputs["input_ids"][0, -_PADDED:] = padding
    if "attention_mask" in inputs:
        inputs["attention_mask"][0, -_PADDED:] = 0


@contextmanager
def silent() -> Iterator[None]:
    """No warnings, log lines and progress bars of exporters meanwhile: only the console prints."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _cannot_be(shown: str, what: str) -> Callable[[BaseException], ModelError]:
    """The error for whatever an exporter raises."""
    return lambda error: ModelError(
        f"{shown} cannot be {what}: {complaint(error)}",
        expected="a model whose every operation has a counterpart there, for any number of rows and tokens",
        hint="use `transformers:`, or export it elsewhere and name that folder",
    )
