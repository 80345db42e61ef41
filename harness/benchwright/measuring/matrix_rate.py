"""The best matrix product of this machine, measured in the process of the model: what a forward pass is held against."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchwright.measuring.clock import Clock
from benchwright.types import Reading

QUANTITY = "matrix_rate"

_SIZES = {
    "cpu": ((512, 768, 768), (1024, 768, 3072), (1024, 1024, 1024)),
    "cuda": ((4096,) * 3, (8192,) * 3),
}
"""Rows, depth and columns of the products that are tried: those of a base encoder, and square ones that fill the caches."""

_SECONDS = 0.25
"""How long each is repeated; the best repetition counts, since everything that disturbs makes it slower."""

_WARM = 2
"""Products before the first that is timed: kernels are loaded, caches filled, clocks raised."""


@dataclass(frozen=True, kw_only=True)
class _Product:
    """One product of matrices that are made: how it is run to its end, and what it costs."""

    run: Callable[[], None]
    flops: float


def matrix_rate(dtype: str, clock: Clock, *, device: str = "cpu", seconds: float = _SECONDS) -> Reading:
    """Floating-point operations a second of the best matrix product found, with the library, data type and threads that are in use.

    It takes about ``seconds`` for each of two or three shapes, longer where a single product does. With torch in the process torch computes it, else NumPy; torch is never
    imported for it.

    Args:
        dtype: As the session says in ``settings``: ``float32``, ``bfloat16``, ``float16``.
        clock: What time is read from.
        device: ``cpu`` or ``cuda``.
        seconds: How long each shape is repeated.

    Returns:
        FLOP/s, a product and its sum counted as two; None with the reason where that data type cannot be multiplied here.
    """
    try:
        make, source = _library(dtype, device)
        best = max(_rate(make(shape), clock, seconds) for shape in _SIZES.get(device, _SIZES["cpu"]))
    except Exception as error:  # a library may refuse a data type or memory in any way
        return Reading(
            quantity=QUANTITY, value=None, reason=f"no product of {dtype} matrices here: {error}", phase="start"
        )
    return Reading(quantity=QUANTITY, value=best, source=source, phase="start")


def _rate(product: _Product, clock: Clock, seconds: float) -> float:
    """Operations a second of the fastest repetition."""
    for _ in range(_WARM):
        product.run()
    began = clock.now()
    best = 0.0
    while True:
        before = clock.now()
        product.run()
        now = clock.now()
        if now > before:
            best = max(best, product.flops / (now - before))
        if now - began >= seconds:
            return best


def _library(dtype: str, device: str) -> tuple[Callable[[tuple[int, int, int]], _Product], str]:
    """What makes products, and how its source is called."""
    torch = sys.modules.get("torch")
    if torch is not None:
        kind = getattr(torch, dtype)
        return lambda shape: _torch_product(torch, kind, device, shape), (
            f"torch, {dtype}, {'GPU' if device == 'cuda' else _threads(torch.get_num_threads())}"
        )
    if dtype not in ("float32", "float64", ""):
        raise ValueError("NumPy multiplies no such numbers at speed, and torch is not loaded")
    return lambda shape: _numpy_product(np.dtype(dtype or "float32"), shape), f"NumPy, {dtype or 'float32'}"


def _threads(count: int) -> str:
    return f"{count} thread{'' if count == 1 else 's'}"


def _torch_product(torch: Any, kind: Any, device: str, shape: tuple[int, int, int]) -> _Product:
    """A product in torch; the device is waited for at its end."""
    rows, depth, columns = shape
    made = torch.Generator(device=device).manual_seed(0)
    left, right = (
        torch.randn(size, generator=made, device=device, dtype=torch.float32).to(kind)
        for size in ((rows, depth), (depth, columns))
    )
    out = torch.empty((rows, columns), device=device, dtype=kind)

    def run() -> None:
        with torch.inference_mode():
            torch.matmul(left, right, out=out)
        if device == "cuda":
            torch.cuda.synchronize()

    return _Product(run=run, flops=2.0 * rows * depth * columns)


def _numpy_product(kind: np.dtype[Any], shape: tuple[int, int, int]) -> _Product:
    rows, depth, columns = shape
    draw = np.random.default_rng(0)
    left, right = draw.standard_normal((rows, depth)).astype(kind), draw.standard_normal((depth, columns)).astype(kind)
    out = np.empty((rows, columns), dtype=kind)

    def run() -> None:
        np.matmul(left, right, out=out)

    return _Product(run=run, flops=2.0 * rows * depth * columns)
