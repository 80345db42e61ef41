"""Multiple testing: Holm (family-wise error), Benjamini-Hochberg (false discovery rate), empirical-Bayes shrinkage of slices.

The worst of many small slices looks worse than it is: empirical Bayes shrinks each towards the common mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchwright.errors import BenchwrightError
from benchwright.stats.checks import finite

Floats = NDArray[np.float64]

_HALVINGS = 200


def holm(p: ArrayLike) -> Floats:
    """Adjusted p (k) in the order given; rejecting those <= alpha keeps the family-wise error at alpha (Holm 1979).

    Raises:
        BenchwrightError: A value is NaN or outside [0, 1].
    """
    values, order = _sorted(p)
    steps = values[order] * np.arange(values.size, 0, -1)
    return _unsort(np.minimum(np.maximum.accumulate(steps), 1.0), order)


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """Adjusted p (k) in the order given; rejecting those <= q keeps the false discovery rate at q (1995).

    Raises:
        BenchwrightError: A value is NaN or outside [0, 1].
    """
    values, order = _sorted(p)
    steps = values[order] * values.size / np.arange(1, values.size + 1)
    return _unsort(np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0), order)


def _sorted(p: ArrayLike) -> tuple[Floats, NDArray[np.intp]]:
    values = finite("p", p, 1)
    if ((values < 0) | (values > 1)).any():
        raise BenchwrightError("p holds values outside [0, 1]", expected="probabilities")
    return values, np.argsort(values, kind="stable")


def _unsort(adjusted: Floats, order: NDArray[np.intp]) -> Floats:
    placed = np.empty_like(adjusted)
    placed[order] = adjusted
    return placed


@dataclass(frozen=True, kw_only=True, eq=False)
class Shrunk:
    """Shrunken scores.

    Attributes:
        values: Shrunken scores (s).
        weights: How much of each slice's own score remains, from 0 to 1 (s).
        centre: The value that scores are shrunk towards.
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
