"""Numbers of a comparison as text: values and changes in points, probabilities, weights."""

from __future__ import annotations

from benchwright.render.numbers import NOTHING, change
from benchwright.render.numbers import number as value

__all__ = ["change", "probability", "ratio", "value", "weight"]


def probability(p: float | None) -> str:
    """``0.031``, ``0.42`` or ``<0.0001``."""
    if p is None:
        return NOTHING
    return "<0.0001" if p < 1e-4 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"


def ratio(of: float | None, is_first: bool) -> str:  # noqa: FBT001 - beside its ratio
    """``x 0.25``; nothing for the first system, whose ratio is 1."""
    if of is None or is_first:
        return ""
    return f"x {of:,.0f}" if of >= 100 else f"x {of:.3g}"


def weight(number: float | None, unit: str) -> str:
    """``90.9 MB``, ``22.7 M`` or ``1.77 ms``."""
    if number is None:
        return NOTHING
    if unit != "ms":
        for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
            if number >= factor:
                return f"{number / factor:.3g} {letter}{unit}"
    return f"{number:.3g} {unit}".rstrip()
