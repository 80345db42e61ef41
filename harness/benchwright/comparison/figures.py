"""Numbers of a comparison as text: values and changes in points, probabilities, weights."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchwright import registry
from benchwright.errors import PluginError
from benchwright.render.numbers import NOTHING


def is_hundredfold(metrics: Sequence[str]) -> bool:
    """Whether a mean of these metrics is read times 100: all are fractions, correlations or MCC."""
    try:
        found = [registry.get("metrics", name) for name in metrics]
    except PluginError:
        return False
    return all(metric.low >= -1 and metric.high <= 1 for metric in found)


def value(number: float | None, *, hundredfold: bool) -> str:
    """``84.23`` for 0.8423."""
    if number is None or not math.isfinite(number):
        return NOTHING
    return f"{100 * number:.2f}" if hundredfold else f"{number:.5g}"


def change(number: float | None, *, hundredfold: bool) -> str:
    """``+1.20`` for a difference of 0.012."""
    if number is None or not math.isfinite(number):
        return NOTHING
    text = f"{100 * number:+.2f}" if hundredfold else f"{number:+.5g}"
    return "0.00" if text in ("+0.00", "-0.00") else text


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
