"""Refusals of the statistics: what cannot be computed with, named by argument."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError

Floats = NDArray[np.float64]


def finite(name: str, values: ArrayLike, *dimensions: int) -> Floats:
    """The values as numbers. Raises BenchwrightError for NaN, infinity, or another number of dimensions."""
    numbers = np.asarray(values, dtype=np.float64)
    if dimensions and numbers.ndim not in dimensions:
        raise BenchwrightError(
            f"{name} has {numbers.ndim} dimensions", expected=" or ".join(f"{count}" for count in dimensions)
        )
    bad = int((~np.isfinite(numbers)).sum())
    if bad:
        raise BenchwrightError(
            f"{name} holds {bad} of {numbers.size} values that are NaN or infinite",
            expected="finite numbers only",
            hint="leave undefined items or resamples out, and say how many",
        )
    return numbers


def within(name: str, value: float, low: float, high: float, *, ends: bool = False) -> float:
    """The value, if strictly between the bounds (or equal to one with ``ends``). Raises BenchwrightError otherwise."""
    inside = low <= value <= high if ends else low < value < high
    if not inside:
        raise BenchwrightError(
            f"{name} is {value!r}",
            expected=f"a number {'from' if ends else 'between'} {low:g} {'to' if ends else 'and'} {high:g}",
        )
    return float(value)


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """The value, if known. Raises BenchwrightError otherwise."""
    if value not in known:
        raise BenchwrightError(f"{name} is {value!r}", expected=f"one of: {', '.join(known)}")
    return value


def whole(name: str, value: float, least: int = 0) -> int:
    """The value as an int. Raises BenchwrightError for a fraction or a number below ``least``."""
    if value != value or abs(value) == float("inf") or int(value) != value or value < least:  # noqa: PLR0124 (NaN)
        raise BenchwrightError(f"{name} is {value!r}", expected=f"a whole number, {least} or more")
    return int(value)


def cluster_codes(clusters: ArrayLike, items: int) -> NDArray[np.intp]:
    """Clusters numbered 0 .. C-1 (items). Raises BenchwrightError when there is not one name per item."""
    names = np.asarray(clusters)
    if names.shape != (items,):
        raise BenchwrightError(f"clusters has the shape {names.shape}", expected=f"one cluster per item: ({items},)")
    if names.dtype.kind == "f":
        finite("clusters", names)
    codes: NDArray[np.intp] = np.unique(names, return_inverse=True)[1].reshape(-1)
    return codes
