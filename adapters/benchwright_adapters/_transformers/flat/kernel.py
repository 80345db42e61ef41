"""The kernel of torch for texts of varying lengths in one buffer (FlashAttention on CUDA): what it takes, and how the installed release is asked.

Its arguments grew: up to 2.10 there is no window, 2.11 knows neither ``num_splits`` nor ``enable_gqa`` (there fewer heads of keys need no
word), and 2.12 refuses the one where FlashAttention 3 is not activated. Sources: docs.pytorch.org of each, pull requests 171578, 176905 and 179760 of
pytorch, 2683 and 3855 of torchtitan.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

_STEP, _WIDEST = 8, 256
"""Numbers of a head that FlashAttention 2 takes: a multiple of the one, at most the other. Only torch's own scaled dot product pads them."""

_AMPERE = (8, 0)
"""Compute capability that it needs."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What a token sees: ``causal``: only tokens before it; ``window``: only those at most so far away, None: all."""

    causal: bool = False
    window: int | None = None

    @property
    def sides(self) -> tuple[int, int]:
        """Tokens to the left and to the right, -1 for all."""
        around = -1 if self.window is None else self.window
        return around, 0 if self.causal else around


def takes(query: Any, key: Any, value: Any) -> bool:
    """Whether the kernel computes attention over such tensors, each 1 x heads x tokens x numbers."""
    is_half = query.element_size() == 2 and query.dtype == key.dtype == value.dtype
    widths = {one.shape[-1] for one in (query, key, value)}
    if not is_half or len(widths) > 1 or widths.pop() not in range(_STEP, _WIDEST + 1, _STEP):
        return False
    return _computes_on(query.device) and find_kernel() is not None


@cache
def _computes_on(device: Any) -> bool:
    import torch

    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= _AMPERE


class Kernel:
    """The function of the installed torch.

    Args:
        function: ``varlen_attn``.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._names = frozenset(inspect.signature(function).parameters)
        self._is_one_split = "num_splits" in self._names

    def attend(
        self, states: tuple[Any, Any, Any], offsets: Any, longest: int, *, scaling: float | None, reach: Reach
    ) -> Any:
        """Attention within texts.

        One split of the keys is asked for where that can be said, since more of them depend on the longest text beside; FlashAttention 2 splits none
        of texts that lie in one buffer.

        Args:
            states: Queries, keys, values, each tokens x heads x numbers.
            offsets: Where texts begin, and the end of the last: int32, on the device.
            longest: Tokens of the longest text.
            scaling: Factor of the products; None: one over the root of the numbers of a head.
            reach: What a token sees.

        Returns:
            Tokens x heads x numbers; behind the end of the last text anything.
        """
        given: dict[str, Any] = {"scale": scaling, "window_size": reach.sides}
        if "enable_gqa" in self._names:
            given["enable_gqa"] = states[0].shape[1] != states[1].shape[1]
        places = (offsets, offsets, longest, longest)
        if self._is_one_split:
            try:
                return self._function(*states, *places, num_splits=1, **given)
            except RuntimeError as error:
                if "num_splits" not in str(error):
                    raise
                self._is_one_split = False
        return self._function(*states, *places, **given)


@cache
def find_kernel() -> Kernel | None:
    """The kernel of the installed torch; None where it has none, or one without windows."""
    try:
        from torch.nn.attention.varlen import varlen_attn
    except ImportError:
        return None
    return Kernel(varlen_attn) if "window_size" in inspect.signature(varlen_attn).parameters else None
