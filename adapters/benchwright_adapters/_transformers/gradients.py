"""Integrated gradients of an open model of `transformers`, by captum, along the embeddings of its tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders import Batch, is_out_of_memory
from benchwright.encoders.gradients import TokenGradients
from benchwright.encoders.places import OutputPlace
from benchwright.errors import ModelError, PluginError
from benchwright.types import Removal

from .forward import TorchForward

OTHERS = "leave_one_out, shap and lime need no gradients"


class GradientForward(TorchForward):
    """A `TorchForward` that gives gradients too."""

    def no_gradients(self) -> str | None:
        """Why this model has none that can be followed back to its tokens; None if it has."""
        dtype = self.inputs.dtype
        if dtype != "float32":
            return f"gradients are taken in float32, and the model computes in {dtype}: leave ?dtype= and --precision fast out"
        if "products" in self.settings:
            return (
                "gradients are taken in float32, and products of the model are in whole numbers: leave ?quantize= out"
            )
        if getattr(self.model.config, "is_encoder_decoder", False):
            return f"an encoder with a decoder reads a text twice, so that no one way leads to it: {OTHERS}"
        if self._table() is None:
            return f"the model has no table of embeddings of tokens to follow them back to: {OTHERS}"
        return None

    def baseline(self, removal: Removal, tokenizer: Any) -> tuple[int, str]:
        """Padding or the mask token, and what it is called; the other one where the tokenizer has only that.

        Raises:
            ModelError: It has neither.
        """
        padding = tokenizer.pad_token_id if self._pad is None else self._pad
        both = (padding, tokenizer.mask_token_id)
        found = next((one for one in (both if removal == "delete" else both[::-1]) if one is not None), None)
        if found is None or found >= self.inputs.vocabulary:
            raise ModelError(
                "the tokenizer has neither padding nor a mask token, which the baseline is made of",
                expected="a pad_token in tokenizer_config.json",
                hint=OTHERS,
            )
        return int(found), str(tokenizer.convert_ids_to_tokens(int(found)))

    def integrate(
        self, row: Batch, baseline: NDArray[np.int64], places: Sequence[OutputPlace], *, steps: int, lines: int
    ) -> TokenGradients:
        """As `encoders.gradients.Differentiates`, in smaller batches where memory runs out.

        Raises:
            PluginError: captum is not installed.
            ModelError: Memory does not hold one line, or the model gives numbers that are none.
        """
        if find_spec("captum") is None:
            raise PluginError(
                "integrated gradients need captum",
                expected="captum installed",
                hint='pip install "benchwright[explain]"',
            )
        self.model.requires_grad_(requires_grad=False)  # those of weights are not wanted
        most = min(lines, steps)
        while True:
            found = self._tried(row, baseline, places, steps, most)
            if found is not None:
                return found
            self.release()
            if most == 1:
                tokens = int(row.lengths[0])
                raise ModelError(f"out of memory on a backward pass of a single input of {tokens} tokens", hint=OTHERS)
            most //= 2

    def _tried(
        self, row: Batch, baseline: NDArray[np.int64], places: Sequence[OutputPlace], steps: int, lines: int
    ) -> TokenGradients | None:
        """None where memory did not suffice; on return nothing of what failed is referenced."""
        try:
            return self._integrate(row, baseline, places, steps, lines)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _integrate(
        self, row: Batch, baseline: NDArray[np.int64], places: Sequence[OutputPlace], steps: int, lines: int
    ) -> TokenGradients:
        import torch
        from captum.attr import IntegratedGradients

        table, inputs = self._table(), self._tensors(row)
        ids = torch.from_numpy(np.stack([row.columns["input_ids"][0], baseline])).to(self._device)
        with torch.no_grad():
            full, base = table(ids).split(1)
        passes = 0

        def number(embeddings: Any) -> Any:
            nonlocal passes
            passes += 1
            many = {name: values.expand(len(embeddings), *values.shape[1:]) for name, values in inputs.items()}
            with _table_gives(table, embeddings, ids[:1].expand(len(embeddings), -1)):
                return _number(self._outputs(many), places)

        with torch.no_grad():
            ends = number(torch.cat([full, base])).double().cpu().tolist()
        way = IntegratedGradients(number)
        found = way.attribute(full, baselines=base, n_steps=steps, internal_batch_size=lines)
        values = found[0].double().sum(dim=-1).cpu().numpy()
        if not (np.isfinite(values).all() and np.isfinite(ends).all()):
            raise ModelError("the model gives gradients that are not numbers", hint=OTHERS)
        return TokenGradients(values=values, full=ends[0], base=ends[1], passes=2 * passes - 1)

    def _table(self) -> Any:
        """The layer that makes vectors of ids; None where there is none."""
        try:
            found = self.model.get_input_embeddings()
        except NotImplementedError:
            return None
        return found if hasattr(found, "num_embeddings") else None


@contextmanager
def _table_gives(table: Any, embeddings: Any, ids: Any) -> Iterator[None]:
    """Meanwhile the table gives these vectors, lines x tokens x numbers, for these ids; positions and the like are made of the ids.

    Raises:
        ModelError: It was asked for something else (a row filled up to a block), or not exactly once, so that the vectors are not
            all that the model knows of the text.
    """
    asked = 0

    def gives(_: Any, given: tuple[Any, ...], __: Any) -> Any:
        nonlocal asked
        asked += 1
        if given[0].shape == ids.shape and bool((given[0] == ids).all()):
            return embeddings
        if given[0].shape == ids.T.shape and bool((given[0] == ids.T).all()):  # XLNet counts tokens first
            return embeddings.transpose(0, 1)
        raise ModelError("the model asks its table of embeddings for other tokens than the text's", hint=OTHERS)

    hook = table.register_forward_hook(gives)
    try:
        yield
    finally:
        hook.remove()
    if asked != 1:
        raise ModelError(f"the model asks its table of embeddings {asked} times: no one way leads to it", hint=OTHERS)


def _number(outputs: Mapping[str, Any], places: Sequence[OutputPlace]) -> Any:
    """For each line the weighted sum of its outputs at the places, as `encoders.places.number_at` makes it of raw outputs."""
    import torch

    raw = (
        outputs["logits"]
        if "logits" in outputs
        else torch.stack([outputs["start_logits"], outputs["end_logits"]], dim=1)
    )
    flat = raw.reshape(len(raw), -1).float()
    found = []
    for place in places:
        own = flat[:, torch.from_numpy(place.at).to(flat.device)]
        found.append(place.weight * place.sign * (own.amax(dim=1) if place.highest else own.logsumexp(dim=1)))
    return torch.stack(found).sum(dim=0)
