"""The forward pass of an open model of `transformers`, in torch."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.encoder import refuse_layer
from benchwright.checkpoints.model import (
    accepted_inputs,
    choose_max_length,
    input_columns,
    padding_token,
    stand_in,
    text_config,
    vocabulary_size,
)
from benchwright.checkpoints.open_model import OpenCheckpoint
from benchwright.checkpoints.settings import Dtype
from benchwright.checkpoints.tokenizer import quiet
from benchwright.checkpoints.vectors import refuse_blind_first
from benchwright.checkpoints.work import read_work
from benchwright.encoders import (
    Batch,
    EncoderSession,
    HeadOutputs,
    ModelInputs,
    NullThreshold,
    ProbeError,
    Tokenizing,
    codec_for,
    complaint,
    usual_length,
)
from benchwright.encoders.batches import free_token
from benchwright.encoders.flat import Buffer, FlatPlan
from benchwright.encoders.gradients import Differentiates, GradientSession
from benchwright.encoders.pooled import HIDDEN
from benchwright.encoders.stages import StageTimes
from benchwright.encoders.work import EncoderWork
from benchwright.errors import ModelError
from benchwright.types import EmbeddingTask, LabelMap, Task

from .even import even_out
from .fill import fill_products
from .flat.linear import restore
from .flat.memory import keep_freed_memory
from .flat.model import FlatModel
from .flat.proof import prove
from .flat.trial import TriedModel
from .settings import EncoderSettings
from .stages import UNTIMED, ForwardStages, TimedStages

_OUTPUTS = ("logits", "start_logits", "end_logits")

TOKENS = {"cpu": 1024, "cuda": 32768}
"""Tokens of a buffer."""

_FLAT = "flat: scaled dot products over texts of equal length"
_ROUTES = "its experts multiply as many rows as tokens of all texts choose them"
_EXPERTS = ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts")
"""How configurations call the number of experts among which a layer chooses for each token."""

_KERNEL = "flat: the kernel of torch for varying lengths"


def _routes_tokens(model: Any) -> bool:
    """Whether layers of a model choose among experts."""
    counts = [getattr(text_config(model), name, None) for name in _EXPERTS]
    return any(isinstance(count, int) and count > 1 for count in counts)


class TorchForward:
    """A model in evaluation mode on its device.

    Args:
        opened: Model and tokenizer.
        dtype: What it computes in.
        layer: Layer whose vectors are given; None: what the head gives.
        asked: The attention that the user asked for, which the model is set to; only ``flat`` reads buffers. None: nothing was said.

    Attributes:
        flat: Whether it reads buffers, which is proved here, or why it does not.
    """

    _rowwise = False
    """Whether a head for tokens is asked for a constant number of them instead of a buffer."""

    def __init__(
        self, opened: OpenCheckpoint, dtype: Dtype, *, layer: int | None = None, asked: str | None = None
    ) -> None:
        model, tokenizer = opened.model, opened.tokenizer
        self._layer = None if layer is None else _checked_layer(layer, model, opened.shown)
        self.model, self._device = model, opened.device
        self._pad = padding_token(model, tokenizer)
        self._accepted = accepted_inputs(model)
        self._shape = _for_options if type(model).__name__.endswith("ForMultipleChoice") else _as_it_is
        end = model.config.eos_token_id if getattr(model.config, "is_encoder_decoder", False) else None
        self.inputs = ModelInputs(
            vocabulary=vocabulary_size(model),
            fill={"input_ids": self._pad or 0, "token_type_ids": tokenizer.pad_token_type_id},
            end_token=end if isinstance(end, int) else None,
            dtype=dtype,
        )
        import torch

        if self._device == "cpu":
            keep_freed_memory()
        own = str(getattr(model.config, "_attn_implementation", None) or "eager")
        routes = _routes_tokens(model)
        if routes:
            found: FlatModel | str = _ROUTES
        else:
            found = self._prove(opened, dtype) if asked in (None, "flat") else f"attention {asked} was asked for"
        self._flat = None if isinstance(found, str) else found
        if isinstance(found, str):
            fill_products(self.model)
            self.flat = FlatPlan(tokens=None, reason=found, fills_products=True, is_alone=routes)
        else:
            self.flat = FlatPlan(tokens=TOKENS[self._device])
        if self._device == "cpu":
            even_out(self.model)
        self.settings = {
            "attention": own if self._flat is None else _KERNEL if self._flat.by_kernel else _FLAT,
            "linear layers": "torch"
            if self._flat is None or not self._flat.is_fused
            else "oneDNN, bias and GELU in one pass",
            "dtype": dtype,
            "threads": str(torch.get_num_threads()),
        }

    def _prove(self, opened: OpenCheckpoint, dtype: Dtype) -> FlatModel | str:
        """The model as one that reads buffers, or why it is none."""
        special = {token for token in opened.tokenizer.all_special_ids if token is not None}
        tried = TriedModel(
            model=self.model,
            device=self._device,
            special=frozenset(special),
            padding=self._pad,
            layer=self._layer,
            rowwise=self._rowwise,
            single=dtype == "float32",
        )
        with quiet():
            return prove(tried)

    def __call__(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """Raw outputs in single precision, on the host."""
        return self._compute(batch, UNTIMED)

    def compute(self, buffer: Buffer) -> Mapping[str, NDArray[np.float32]]:
        """Raw outputs of a buffer in single precision, on the host; see `encoders.flat.ComputesBuffers`."""
        return self._compute_flat(buffer, UNTIMED)

    def in_stages(self, batch: Batch | Buffer, stages: StageTimes) -> Mapping[str, NDArray[np.float32]]:
        """The same, with the copies told from computing; the device is waited for at the end of each."""
        timed = TimedStages(stages, self._device)
        return self._compute_flat(batch, timed) if isinstance(batch, Buffer) else self._compute(batch, timed)

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self._device

    def use_plain_layers(self) -> None:
        """Let linear layers compute as the class says, since others will stand in their place."""
        if self._flat is not None and self._flat.is_fused:
            restore(self._flat.base)
            self._flat = replace(self._flat, is_fused=False)
            self.settings["linear layers"] = "torch"

    def compile_layers(self, tokens: int, shown: str) -> None:
        """Compile the layers for buffers of so many tokens; raises ModelError, in which ``shown`` is the model, where that fails."""
        from .flat.compiled import compile_layers

        assert self._flat is not None, "a model that reads no buffers was to be compiled"
        single = self.inputs.dtype == "float32" and "products" not in self.settings
        began = time.perf_counter()
        with quiet():
            self._flat = compile_layers(self._flat, tokens, single=single, shown=shown)
        seconds = time.perf_counter() - began
        self.settings["compiled"] = f"layers, for buffers of {tokens} tokens (when opened, in {seconds:.0f} s)"

    @property
    def work(self) -> EncoderWork | str:
        """Operations of the model by its configuration, or why they are not known."""
        return read_work(self.model.config.to_dict(), type(self.model).__name__)

    def _compute(self, batch: Batch, stages: ForwardStages) -> Mapping[str, NDArray[np.float32]]:
        import torch

        with torch.inference_mode():
            with stages.to_device():
                inputs = self._tensors(batch)
            with stages.forward():
                found = self._outputs(inputs)
            with stages.to_host():
                return {name: values.float().cpu().numpy() for name, values in found.items()}

    def _compute_flat(self, buffer: Buffer, stages: ForwardStages) -> Mapping[str, NDArray[np.float32]]:
        import torch

        flat = self._flat
        assert flat is not None, "a model that reads no buffers was given one"
        with torch.inference_mode():
            with stages.to_device():
                inputs, layout = flat.prepare(buffer)
            with stages.forward():
                states = flat.states(inputs, layout)
                found = {HIDDEN: states} if flat.head is None else flat.read(buffer, states)
            with stages.to_host():
                return {name: values.float().cpu().numpy() for name, values in found.items()}

    def _outputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What the model gives, by name, on its device."""
        if self._layer is not None:
            return {HIDDEN: self._hidden(inputs, self._layer)}
        found = self.model(**inputs)
        given = {name: getattr(found, name, None) for name in _OUTPUTS}
        return {name: values for name, values in given.items() if values is not None}

    def _tensors(self, batch: Batch) -> dict[str, Any]:
        """What the model is given of a batch, on its device."""
        import torch

        columns = dict(batch.columns)
        if self._pad is None:
            free = free_token(batch)
            text_config(self.model).pad_token_id = free
            columns["input_ids"] = np.where(batch.mask, columns["input_ids"], free)
        if "attention_mask" in self._accepted:
            columns["attention_mask"] = batch.mask.astype(np.int64)
        return {name: torch.from_numpy(self._shape(values)).to(self._device) for name, values in columns.items()}

    def _hidden(self, inputs: Mapping[str, Any], layer: int) -> Any:
        """Vectors of the tokens of a layer; those below the last are asked for only where one of them is wanted."""
        if layer == -1:
            return self.model(**inputs).last_hidden_state
        return self.model(**inputs, output_hidden_states=True).hidden_states[layer]

    def release(self) -> None:
        """Give back memory that nothing uses."""
        gc.collect()
        if self._device == "cuda":
            import torch

            torch.cuda.empty_cache()

    def close(self) -> None:
        """Give back the model; closing twice is safe."""
        if self.model is None:
            return
        restore(self.model)  # no layer holds itself, so that all are freed at once and nothing is collected for it
        self.model = self._flat = None
        if self._device == "cuda":
            self.release()


def _checked_layer(layer: int, model: Any, shown: str) -> int:
    """The layer that a model gives its vectors of; -1 for the last, by whichever number."""
    count = getattr(model.config, "encoder_layers", None) or model.config.num_hidden_layers
    refuse_layer(layer, count, shown)
    return -1 if layer == count else layer


def _for_options(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows x 1 x tokens: multiple-choice heads want a dimension for options, of which each row has one."""
    return column[:, None, :]


def _as_it_is(column: NDArray[np.int64]) -> NDArray[np.int64]:
    return column


def open_session(
    opened: OpenCheckpoint,
    task: Task,
    settings: EncoderSettings,
    labels: LabelMap,
    *,
    forward: TorchForward,
    threshold: NullThreshold | None,
) -> EncoderSession:
    """A session that answers for a task with an open checkpoint.

    Args:
        opened: Model and tokenizer.
        task: What is answered.
        settings: Lengths, precision, budget, and how answers are read.
        labels: How the model's outputs are tied to the task's labels.
        forward: How the model computes.
        threshold: Above which null score there is no answer; None where every question has one.

    Raises:
        ModelError: The head has other outputs than the task, the model cannot read as many tokens as were asked for, or it
            fails on a short text; said of the precision, where in single precision it does not.
    """
    config = opened.model.config
    head = HeadOutputs(count=config.num_labels, labels=labels, names=config.id2label)
    codec = codec_for(task, _tokenizing(opened, task, settings), head, settings.codec_options(threshold))

    def attempt() -> EncoderSession:
        made = GradientSession if isinstance(forward, Differentiates) else EncoderSession
        return made(codec, forward, token_budget=settings.token_budget, quiet=quiet)

    try:
        session = attempt()
        if isinstance(task, EmbeddingTask) and settings.pooling == "cls":
            refuse_blind_first(forward, codec.tokenizing, task)
        return session  # noqa: TRY300 - what is raised above belongs to opening
    except ProbeError as error:
        if settings.dtype == "float32" or not _works_in_single(opened.model, attempt):
            raise
        cause = error.__cause__ or error
        raise ModelError(
            f"{opened.shown} does not compute in {settings.dtype}: {complaint(cause)}. In float32 it does",
            expected="a precision that the code of this family is written for",
            hint="type ?dtype=float32 after the model (`--precision fast` on a GPU takes bfloat16 where nothing is said)",
        ) from cause


def _tokenizing(opened: OpenCheckpoint, task: Task, settings: EncoderSettings) -> Tokenizing:
    model, tokenizer = opened.model, opened.tokenizer
    return Tokenizing(
        tokenizer=tokenizer,
        max_length=choose_max_length(settings.max_length, model, tokenizer, opened.shown, default=usual_length(task)),
        names=input_columns(model),
        stand_in=stand_in(model, tokenizer),
        source=opened.read.source,
        note=opened.read.note,
        shown=opened.shown,
    )


def _works_in_single(model: Any, attempt: Callable[[], object]) -> bool:
    """Whether the same weights give numbers in single precision, or were too large for the other already."""
    if any(bool(parameter.isinf().any()) for parameter in model.parameters()):
        return True
    try:
        model.float()
        attempt()
    except Exception:
        return False
    return True
