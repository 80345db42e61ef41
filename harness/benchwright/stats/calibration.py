"""Calibration of probabilities: expected calibration error with equal-mass bins, its bias, and the Brier score with its parts.

All functions take independent items. Probabilities of labels have shape (n, k), confidence and verdicts shape (n).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from benchwright.stats.intervals import upper_quantile
from benchwright.stats.jackknife import influence_of_units

Floats = NDArray[np.float64]

MOST_BINS = 15
"""Bins of a reliability diagram, as Guo et al. (2017) have it."""
ITEMS_PER_BIN = 20
"""Least items to a bin, on average: with fewer items there are fewer bins."""
_DRAWS = 4_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ReliabilityBin:
    """Items of neighbouring confidence.

    Attributes:
        n: Items.
        low: Smallest confidence.
        high: Largest confidence.
        confidence: Mean confidence, in [0, 1].
        accuracy: Share of right answers.
        variance: Sum over its items of c (1 - c): the variance of its number of right answers if confidence were true.
    """

    n: int
    low: float
    high: float
    confidence: float
    accuracy: float
    variance: float

    @property
    def gap(self) -> float:
        """Mean confidence minus accuracy: above 0 where the model is too sure."""
        return self.confidence - self.accuracy


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationError:
    """The expected calibration error (ECE) of one model.

    Attributes:
        plain: Mean over items of the distance between confidence and accuracy of its bin, in [0, 1]; too large by chance alone.
        corrected: The same without the bias of bins that hold few items (Kumar et al. 2019), not below 0.
        by_chance: What 95 of 100 perfectly calibrated models with these confidences would stay at or below, as ``plain``.
        bins: What it was made of.
    """

    plain: float
    corrected: float
    by_chance: float
    bins: tuple[ReliabilityBin, ...]

    @property
    def is_shown(self) -> bool:
        """Whether it is larger than chance explains: the model is not calibrated (one-sided, level 0.05)."""
        return self.plain > self.by_chance


@dataclass(frozen=True, kw_only=True, slots=True)
class Brier:
    """Brier score: mean over items of half the squared distance between probabilities and the right label, in [0, 1], 0 is best.

    Half of what Brier (1950) writes: with two labels the mean squared error of the probability of one of them. In each equal-mass bin of
    a label's probabilities, ``value = reliability - resolution + uncertainty + within`` (Murphy 1973; Stephenson, Coelho and Jolliffe 2008).

    Attributes:
        value: The score.
        reliability: How far probabilities lie from frequencies; 0 for a calibrated model.
        resolution: How far frequencies in bins lie from those of all; larger is better.
        uncertainty: What always giving the frequencies of the labels would score; belongs to the data alone.
        within: What is left, since probabilities differ within a bin.
    """

    value: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float


def count_bins(n: int) -> int:
    """How many bins n items have: one for each `ITEMS_PER_BIN`, at most `MOST_BINS`, at least one."""
    return max(1, min(MOST_BINS, n // ITEMS_PER_BIN))


def equal_mass_ends(ordered: Floats, bins: int) -> NDArray[np.intp]:
    """Where bins of about equal size end in ascending values; equal values are never parted, so there may be fewer bins."""
    n = len(ordered)
    wanted = np.round(np.arange(1, bins + 1) * n / bins).astype(np.intp)
    moved = np.searchsorted(ordered, ordered[np.maximum(wanted, 1) - 1], side="right")
    ends: NDArray[np.intp] = np.unique(moved).astype(np.intp)
    return ends


def reliability_bins(confidence: Floats, correct: Floats, bins: int | None = None) -> tuple[ReliabilityBin, ...]:
    """Equal-mass bins of confidence, lowest first; ``correct`` is 1 where the answer is right, else 0. Empty without items."""
    n = len(confidence)
    if not n:
        return ()
    order = np.argsort(confidence, kind="stable")
    sure, right = confidence[order], correct[order]
    ends = equal_mass_ends(sure, bins or count_bins(n))
    starts = np.concatenate(([0], ends[:-1]))
    sizes = ends - starts
    means = np.add.reduceat(sure, starts) / sizes
    shares = np.add.reduceat(right, starts) / sizes
    variances = np.add.reduceat(sure * (1 - sure), starts)
    return tuple(
        ReliabilityBin(
            n=int(sizes[at]),
            low=float(sure[starts[at]]),
            high=float(sure[ends[at] - 1]),
            confidence=float(means[at]),
            accuracy=float(shares[at]),
            variance=float(max(variances[at], 0.0)),
        )
        for at in range(len(ends))
    )


def calibration_error(confidence: Floats, correct: Floats, bins: int | None = None) -> CalibrationError | None:
    """The expected calibration error of the confidence in given answers (Naeini, Cooper and Hauskrecht 2015), equal-mass bins; None without items.

    The plain estimate adds up absolute distances, so it is above 0 for a calibrated model too. The correction is that of Kumar, Liang and Ma
    (2019, ``normal_debiased_ce`` of their library), with the expectation in closed form: accuracies of bins are drawn anew around those that
    were observed, and what that adds is taken off. ``by_chance`` comes from draws around confidence itself (consistency resampling, Broecker
    and Smith 2007), normal in each bin and with a fixed seed.
    """
    found = reliability_bins(confidence, correct, bins)
    if not found:
        return None
    n = len(confidence)
    weights = np.array([one.n / n for one in found])
    gaps = np.array([abs(one.gap) for one in found])
    spreads = np.array([math.sqrt(one.accuracy * (1 - one.accuracy) / one.n) for one in found])
    plain = float(weights @ gaps)
    corrected = 2 * plain - float(weights @ _folded_normal_mean(gaps, spreads))
    calibrated = np.array([math.sqrt(one.variance) / one.n for one in found])
    draws = _distances(len(found)) @ (weights * calibrated)
    return CalibrationError(
        plain=plain,
        corrected=min(plain, max(0.0, corrected)),
        by_chance=float(np.quantile(draws, 0.95)),
        bins=found,
    )


@lru_cache(maxsize=8)
def _distances(bins: int) -> Floats:
    """Draws (`_DRAWS`, bins) of the absolute value of a standard normal number, always the same."""
    found: Floats = np.abs(np.random.default_rng(0).standard_normal((_DRAWS, bins)))
    found.setflags(write=False)
    return found


def _folded_normal_mean(means: Floats, spreads: Floats) -> Floats:
    """E|X| of normal X; the mean itself where there is no spread."""
    safe = np.where(spreads > 0, spreads, 1.0)
    ratio = means / safe
    found = safe * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2) + means * erf(ratio / math.sqrt(2))
    result: Floats = np.where(spreads > 0, found, means)
    return result


def brier_items(probabilities: Floats, gold: NDArray[np.intp]) -> Floats:
    """Half the squared distance between probabilities (n, k) and the right label, for each item (n)."""
    right = probabilities[np.arange(len(gold)), gold]
    items: Floats = ((probabilities**2).sum(axis=1) - 2 * right + 1) / 2
    return items


def brier(probabilities: Floats, gold: NDArray[np.intp], bins: int | None = None) -> Brier | None:
    """The Brier score with its parts; None without items."""
    n, labels = probabilities.shape
    if not n:
        return None
    reliability = resolution = uncertainty = 0.0
    for label in range(labels):
        happened = (gold == label).astype(np.float64)
        base = float(happened.mean())
        uncertainty += base * (1 - base)
        for one in reliability_bins(probabilities[:, label], happened, bins):
            reliability += one.n / n * one.gap**2
            resolution += one.n / n * (one.accuracy - base) ** 2
    value = float(brier_items(probabilities, gold).mean())
    parts = (reliability / 2, resolution / 2, uncertainty / 2)
    return Brier(
        value=value,
        reliability=parts[0],
        resolution=parts[1],
        uncertainty=parts[2],
        within=value - parts[0] + parts[1] - parts[2],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Mean:
    """A mean over items with its 95 % interval; no ends with fewer than two independent units."""

    value: float
    low: float | None
    high: float | None


def mean_over_items(values: Floats, clusters: NDArray[np.intp]) -> Mean:
    """The mean, its interval by Student's t: each cluster left out once, with Kish's effective number of clusters less 1 degrees of freedom.

    For items that stand alone, and clusters of one size, that is the clustered standard error of arXiv 2411.00640, appendix A.

    Args:
        values: Of each item (n), at least one.
        clusters: Number of the cluster of each item (n); items of one cluster depend on one another.
    """
    value = float(values.mean())
    units = int(np.unique(clusters).size)
    if units < 2:
        return Mean(value=value, low=None, high=None)
    influence, df = influence_of_units((values - value)[:, None], clusters)
    far = upper_quantile(0.025, df) * math.sqrt(units / (units - 1) * float((influence**2).sum()))
    return Mean(value=value, low=value - far, high=value + far)
