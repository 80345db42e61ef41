"""The forward pass of an open model of `transformers`, in torch."""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.encoder import find_layer
from benchwright.checkpoints.model import accepted_inputs, padding_token, text_config, vocabulary_size
from benchwright.checkpoints.open_model import OpenCheckpoint
from benchwright.checkpoints.settings import Dtype
from benchwright.checkpoints.tokenizer import quiet
from benchwright.checkpoints.work import read_work
from benchwright.encoders import Batch, ModelInputs
from benchwright.encoders.batches import free_token
from benchwright.encoders.flat import Buffer, FlatPlan
from benchwright.encoders.pooled import HIDDEN
from benchwright.encoders.stages import StageTimes
from benchwright.encoders.work import EncoderWork

from . import experts
from .even import even_out
from .fill import fill_products
from .flat.heads import outputs_of
from .flat.linear import restore
from .flat.memory import keep_freed_memory
from .flat.model import FlatModel
from .flat.proof import prove
from .flat.trial import TriedModel
from .stages import UNTIMED, ForwardStages, TimedStages

TOKENS = {"cpu": 1024, "cuda": 32768}
"""Tokens of a buffer."""

_FLAT = "flat: scaled dot products over texts of equal length"
_KERNEL = "flat: the kernel of torch for varying lengths"


class TorchForward:
    """A model in evaluation mode on its device.

    Args:
        opened: Model and tokenizer.
        dtype: What it computes in.
        layer: Layer whose vectors are given; None: what the head gives.
        asked: The attention that the user asked for, which the model is set to; only ``flat`` reads buffers. None: nothing was said.
        fuses: Whether linear layers may be computed by oneDNN while a buffer is read; not where others will stand in their place.

    Attributes:
        flat: Whether it reads buffers, which is proved here, or why it does not.
    """

    _rowwise = False
    """Whether a head for tokens is asked for a constant number of them instead of a buffer."""

    def __init__(
        self,
        opened: OpenCheckpoint,
        dtype: Dtype,
        *,
        layer: int | None = None,
        asked: str | None = None,
        fuses: bool = True,
    ) -> None:
        model = opened.model
        self._layer = None if layer is None else find_layer(layer, model, opened.shown)
        self.model, self._device = model, opened.device
        self._pad, self._fuses = padding_token(model, opened.tokenizer), fuses
        self._accepted = accepted_inputs(model)
        self._shape = _for_options if type(model).__name__.endswith("ForMultipleChoice") else _as_it_is
        self.inputs = _inputs_of(opened, dtype, self._pad)
        if self._device == "cpu":
            keep_freed_memory()
        own = str(getattr(model.config, "_attn_implementation", None) or "eager")
        found = self._find_flat(opened, dtype, asked)
        self._flat = None if isinstance(found, str) else found
        self.flat = FlatPlan(tokens=TOKENS[self._device])
        if isinstance(found, str):
            fill_products(model)
            self.flat = FlatPlan(tokens=None, reason=found, fills_products=True, is_alone=found == experts.REASON)
        if self._device == "cpu":
            even_out(model)
        self.settings = self._describe(own, dtype)

    def _describe(self, own: str, dtype: Dtype) -> dict[str, str]:
        """In words, what decides the numbers; ``own``: the attention that the class has by itself."""
        import torch

        flat = self._flat
        is_fused = flat is not None and flat.is_fused
        return {
            "attention": own if flat is None else _KERNEL if flat.by_kernel else _FLAT,
            "linear layers": "oneDNN, bias and GELU in one pass" if is_fused else "torch",
            "dtype": dtype,
            "threads": str(torch.get_num_threads()),
        }

    def _find_flat(self, opened: OpenCheckpoint, dtype: Dtype, asked: str | None) -> FlatModel | str:
        """The model as one that reads buffers, or why it does not; nothing is proved where it is not to read any."""
        if experts.has_experts(self.model):
            return experts.REASON
        if asked not in (None, "flat"):
            return f"attention {asked} was asked for"
        return self._prove(opened, dtype)

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
            fuses=self._fuses,
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
        return outputs_of(self.model(**inputs))

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


def _inputs_of(opened: OpenCheckpoint, dtype: Dtype, padding: int | None) -> ModelInputs:
    """What the model reads."""
    config = opened.model.config
    end = config.eos_token_id if getattr(config, "is_encoder_decoder", False) else None
    return ModelInputs(
        vocabulary=vocabulary_size(opened.model),
        fill={"input_ids": padding or 0, "token_type_ids": opened.tokenizer.pad_token_type_id},
        end_token=end if isinstance(end, int) else None,
        dtype=dtype,
    )


def _for_options(column: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows x 1 x tokens: multiple-choice heads want a dimension for options, of which each row has one."""
    return column[:, None, :]


def _as_it_is(column: NDArray[np.int64]) -> NDArray[np.int64]:
    return column
