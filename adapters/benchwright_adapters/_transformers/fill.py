"""Products of few rows filled up inside a model: in single precision their numbers depend on how many rows there are.

A head that reads one vector of each text multiplies as many rows as a batch has lines, an encoder as many as it has tokens. Filled up
where they are few, batches need no lines that nobody asks for.
"""

from __future__ import annotations

from typing import Any

from benchwright.encoders.batches import LEAST_ROWS

_SHAPE = "_rows_before_filling"


def fill_products(model: Any) -> None:
    """From now on every linear layer of a model multiplies at least `LEAST_ROWS` rows; what it gives for the filling is cut off."""
    import torch

    for module in model.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_pre_hook(_fill)
            module.register_forward_hook(_cut)


def _fill(module: Any, given: tuple[Any, ...]) -> tuple[Any, ...] | None:
    import torch

    if torch.compiler.is_compiling():  # a graph is made for one shape, and fills nothing up
        return None
    values = given[0]
    rows = values.numel() // values.shape[-1]
    if not 0 < rows < LEAST_ROWS:
        return None
    setattr(module, _SHAPE, values.shape[:-1])
    flat = values.reshape(rows, -1)
    return (flat[[*range(rows), *[0] * (LEAST_ROWS - rows)]],)


def _cut(module: Any, _: tuple[Any, ...], found: Any) -> Any:
    shape = getattr(module, _SHAPE, None)
    if shape is None:
        return None
    delattr(module, _SHAPE)
    return found[: shape.numel()].reshape(*shape, -1)
