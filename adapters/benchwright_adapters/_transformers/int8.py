"""Products of layers in whole numbers of 8 bits: weights with a scale for each output, activations with least and largest of each row.

A scale for each row, and sums of whole numbers, which are exact: what a row gives does not depend on the rows beside it. The product is
that of oneDNN, which torch brings; on a GPU torchao does the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from benchwright.encoders.failures import complaint
from benchwright.errors import ModelError

_MOST = 127
"""Largest whole number of a weight."""
_ALL, _HALF = 255, 127
"""Largest whole number of an activation: where products of 8 bits are right, and where a processor adds two of them in 16 bits, which the whole
range overflows."""
_LEAST = 1e-12
"""Least scale: of a row of equal numbers."""


@torch.library.custom_op("benchwright::int8_product", mutates_args=())
def _product(rows: torch.Tensor, packed: torch.Tensor, scales: torch.Tensor, zeros: torch.Tensor) -> torch.Tensor:
    """Rows of whole numbers times a packed matrix, by the scales of its outputs."""
    found: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
        rows, 1.0, 0, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
    )
    return found


@_product.register_fake
def _(rows: torch.Tensor, _packed: torch.Tensor, scales: torch.Tensor, *_: Any) -> torch.Tensor:
    return rows.new_empty((rows.shape[0], scales.shape[0]), dtype=torch.float32)


class Int8Linear(nn.Module):
    """Stands in the place of a linear layer.

    Args:
        weight: Outputs x inputs.
        bias: Of the outputs; None: there is none.
        most: Largest whole number of an activation.
        rows: Rows that it will mostly be given, for which the matrix is packed; any other number is right too.
    """

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor | None, *, most: int, rows: int) -> None:
        super().__init__()
        whole, scales = _whole(weight.detach().float().contiguous())  # packing reads memory as it lies
        self.sums = whole.float().sum(1) * scales
        self.weight = torch.ops.onednn.qlinear_prepack(whole, [rows, weight.shape[1]])
        self.scales, self.zeros = scales, torch.zeros(len(scales), dtype=torch.int64)
        self.bias = torch.zeros(len(scales)) if bias is None else bias.detach().float()
        self.most = most

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """As `torch.nn.Linear`, in the type of its input; rows that are no numbers give none."""
        rows = states.reshape(-1, states.shape[-1]).float()
        low, high = torch.aminmax(rows, dim=-1, keepdim=True)
        scales = ((high - low) / self.most).clamp_min(_LEAST)
        whole = ((rows - low) / scales).round_().to(torch.uint8)
        found = _product(whole, self.weight, self.scales, self.zeros)
        shifted = torch.addcmul(self.bias, low, self.sums)
        return torch.addcmul(shifted, found, scales).to(states.dtype).view(*states.shape[:-1], -1)


def quantise(model: Any, *, device: str, rows: int, shown: str) -> str:
    """Put whole numbers in the place of the linear layers inside numbered layers of an encoder; heads and embeddings stay.

    Args:
        model: The encoder without its head; changed.
        device: ``cpu``: by torch; ``cuda``: by torchao.
        rows: Rows that its layers will mostly be given.
        shown: How messages call the model.

    Returns:
        What computes the products, for the settings beside a result.

    Raises:
        ModelError: There is no such layer, or this build of torch has no such product, or a wrong one.
    """
    found = list(_layers(model))
    if not found:
        raise ModelError(
            f"{shown}: quantize=int8 finds no linear layer among its numbered layers",
            expected="an encoder of linear layers",
            hint="leave ?quantize= out",
        )
    if device == "cuda":
        return _by_torchao(model)
    most = _right_range(shown)
    for parent, name, layer in found:
        weight = layer.weight if isinstance(layer, nn.Linear) else layer.weight.t()
        setattr(parent, name, Int8Linear(weight, layer.bias, most=most, rows=rows))
    bits = "8 bits" if most == _ALL else "8 bits (activations 7: this processor overflows with more)"
    return f"torch, oneDNN: {bits}, a scale for each row"


def _layers(model: Any) -> Iterator[tuple[Any, str, Any]]:
    """Module around, name and layer of each linear layer inside a numbered one; GPT-2 calls its own `Conv1D`."""
    for path, parent in model.named_modules():
        if not any(part.isdigit() for part in path.split(".")):
            continue
        for name, layer in list(parent.named_children()):
            if type(layer) is nn.Linear or type(layer).__name__ == "Conv1D":
                yield parent, name, layer


def _whole(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A matrix in whole numbers, the even one of two that are equally near, and the scale of each output."""
    scales = (weight.abs().amax(1) / _MOST).clamp_min(_LEAST)
    return torch.round(weight / scales[:, None]).to(torch.int8), scales


def _right_range(shown: str) -> int:
    """The largest whole number of an activation with which products are right here, tried with the largest ones."""
    for most in (_ALL, _HALF):
        try:
            wrong = _largest_error(most)
        except (AttributeError, RuntimeError) as error:
            raise ModelError(
                f"{shown}: quantize=int8 needs products that this build of torch lacks: {complaint(error)}",
                expected="torch with oneDNN, on a processor that it knows",
                hint="leave ?quantize= out, or take ?dtype=bfloat16",
            ) from error
        if wrong == 0:
            return most
    raise ModelError(
        f"{shown}: quantize=int8, and products of 8 bits are wrong on this processor",
        expected="exact sums of whole numbers",
        hint="leave ?quantize= out, or take ?dtype=bfloat16",
    )


def _largest_error(most: int) -> float:
    """How far products of the largest numbers are from their sums in 64 bits."""
    draw = torch.Generator().manual_seed(0)
    rows = torch.full((16, 64), most)
    signs = torch.randint(0, 2, (16, 1), generator=draw) * 2 - 1
    matrix = (signs * _MOST).expand(16, 64).to(torch.int8).contiguous()
    packed = torch.ops.onednn.qlinear_prepack(matrix, [16, 64])
    ones, zeros = torch.ones(16), torch.zeros(16, dtype=torch.int64)
    found = _product(rows.to(torch.uint8), packed, ones, zeros)
    return float((found.long() - rows @ matrix.long().t()).abs().max())


def _by_torchao(model: Any) -> str:
    from torchao.quantization import Int8DynamicActivationInt8WeightConfig, quantize_

    def chosen(layer: Any, path: str) -> bool:
        return type(layer) is nn.Linear and any(part.isdigit() for part in path.split("."))

    quantize_(model, Int8DynamicActivationInt8WeightConfig(), filter_fn=chosen)
    return "torchao: 8 bits, a scale for each row"
