"""Activations that are computed alike wherever in a tensor a number stands.

On a CPU torch shares a tensor out among threads and takes each share in steps of a vector register. What is left of a share, fewer numbers than a
step, is computed one by one, and for some functions (SiLU, the tangent's GELU, sigmoid, Mish, ...) with other last digits. Where the shares end depends
on how many threads there are: with 5 or 10 of them, on the 314,573rd number of 1,024 tokens x 1,536. Filled up to a multiple of threads and steps,
nothing is left of a share.
"""

from __future__ import annotations

from typing import Any

_UNEVEN = frozenset(
    (
        "ELU",
        "GELUTanh",
        "Mish",
        "MishActivation",
        "PytorchGELUTanh",
        "QuickGELUActivation",
        "SiLU",
        "SiLUActivation",
        "Sigmoid",
        "Softplus",
    )
)
"""Classes of activations whose last digits depend on the step."""

_EVEN_IN_ONE_PIECE = frozenset(("GELU", "GELUActivation"))
"""Classes that are computed alike everywhere in a tensor that lies in one piece, by oneDNN, and not in half of a wider one (ModernBERT's)."""

_STEP = 64
"""Numbers of a step, or a multiple of it: two registers of 512 bits, of 16 bits a number."""

_SHARE = 32768
"""Fewest numbers for which torch asks another thread."""

_BEFORE = "_shape_before_evening"


def even_out(model: Any) -> None:
    """From now on the activations of a model are given whole steps for each thread; what they give for the filling is cut off."""
    for module in model.modules():
        is_tanh = type(module).__name__ == "GELU" and getattr(module, "approximate", "none") != "none"
        if is_tanh or type(module).__name__ in _UNEVEN:
            module.register_forward_pre_hook(_fill)
            module.register_forward_hook(_cut)
        elif type(module).__name__ in _EVEN_IN_ONE_PIECE:
            module.register_forward_pre_hook(_gather)


def even_size(count: int, threads: int) -> int:
    """The least number from ``count`` on of which each thread gets whole steps."""
    sharing, size = 0, count
    while sharing != (sharing := max(1, min(threads, -(-size // _SHARE)))):
        size = -(-count // (_STEP * sharing)) * _STEP * sharing
    return size


def _fill(module: Any, given: tuple[Any, ...]) -> tuple[Any, ...] | None:
    import torch

    values = given[0]
    if torch.compiler.is_compiling() or values.device.type != "cpu":
        return None
    count = values.numel()
    more = even_size(count, torch.get_num_threads()) - count
    if not more and values.is_contiguous():
        return None
    setattr(module, _BEFORE, values.shape)
    return (torch.cat([values.reshape(-1), values.new_zeros(more)]),)


def _gather(_: Any, given: tuple[Any, ...]) -> tuple[Any, ...] | None:
    import torch

    values = given[0]
    if torch.compiler.is_compiling() or values.device.type != "cpu" or values.is_contiguous():
        return None
    return (values.contiguous(),)


def _cut(module: Any, _: tuple[Any, ...], found: Any) -> Any:
    shape = module.__dict__.pop(_BEFORE, None)
    return None if shape is None else found[: shape.numel()].view(shape)
