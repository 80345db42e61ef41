"""Scores of slices drawn towards their mean: small slices say little, and the worst of many looks worse than it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite

Floats = NDArray[np.float64]

_HALVINGS = 200


@dataclass(frozen=True, kw_only=True, eq=False)
class Shrunk:
    """Shrunken scores.

    Attributes:
        values: Shrunken scores (s).
        weights: How much of each slice's own score remains, from 0 to 1 (s).
        centre: What the scores are drawn to.
        tau: Estimated standard deviation of the true scores between slices, in points of the score; 0 when the observed
            ones differ no more than their errors explain.
    """

    values: Floats
    weights: Floats
    centre: float
    tau: float


def shrink(values: ArrayLike, errors: ArrayLike, centre: float | None = None) -> Shrunk:
    """Empirical-Bayes estimates w x + (1 - w) centre with w = tau^2 / (tau^2 + SE^2), for scores (s) and their errors (s).

    tau is Paule and Mandel's estimate (1982). The centre is the mean with weights 1 / (tau^2 + SE^2), unless given. With
    tau 0 all slices get the centre; one slice alone is its own centre.

    Raises:
        BenchwrightError: No slice, NaN, shapes that differ, or an error that is not above 0.
    """
    scores, spread = finite("values", values, 1), finite("errors", errors, 1)
    if not scores.size or scores.shape != spread.shape or (spread <= 0).any():
        raise BenchwrightError(
            f"{scores.size} values and {spread.size} errors, the smallest {spread.min(initial=np.inf):g}",
            expected="a standard error above 0 for each slice",
            hint="a slice at 0 % or 100 % has an error too: half its Wilson interval over z",
        )
    variances = spread**2
    between = _paule_mandel(scores, variances)
    precision = 1 / (between + variances)
    middle = float(precision @ scores / precision.sum()) if centre is None else float(finite("centre", centre))
    weights = between * precision
    return Shrunk(values=weights * scores + (1 - weights) * middle, weights=weights, centre=middle, tau=between**0.5)


def _paule_mandel(scores: Floats, variances: Floats) -> float:
    """The variance between slices at which the weighted sum of squares equals its expectation s - 1; 0 if none does."""

    def excess(between: float) -> float:
        precision = 1 / (between + variances)
        return float(precision @ (scores - precision @ scores / precision.sum()) ** 2) - (scores.size - 1)

    if scores.size < 2 or excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, float(np.ptp(scores)) ** 2 * scores.size
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return high
