"""How a measured quantity varies when its raw samples are drawn anew: what choices compute their probabilities from."""

from __future__ import annotations

import numpy as np

from benchwright.errors import BenchwrightError
from benchwright.hardware.find import HardwareValue, percentile_share
from benchwright.hardware.raw_latencies import Floats, latencies_behind
from benchwright.stats.intervals import z_quantile
from benchwright.stats.order_statistics import nearest_rank, percentile_of
from benchwright.store import Store


def draws_of(found: HardwareValue, store: Store, rng: np.random.Generator, resamples: int) -> Floats:
    """Draws (R) of a quantity; all of them NaN where it has no value, all equal where its interval has no end.

    Of a percentile: the k-th smallest of a bootstrap resample of the raw samples. Its place is that of the k-th smallest of as many
    uniform numbers, Beta(k, n + 1 - k), so that no resample is ever made; of samples that resemble their neighbours n is what they are
    worth, as for the interval. Of other values: normal, with the width of their interval, twice that of the side that has an end where one has none.
    """
    if found.value is None:
        return np.full(resamples, np.nan)
    if found.low is None and found.high is None:
        return np.full(resamples, found.value)
    share = percentile_share(found.quantity)
    series = _stored(found, store) if share is not None else ()
    if share is not None and series:
        return percentile_draws(series, share, rng, resamples)
    sides = [abs(end - found.value) for end in (found.low, found.high) if end is not None]
    drawn: Floats = rng.normal(found.value, sum(sides) / len(sides) / z_quantile(0.95), resamples)
    return np.maximum(drawn, 0.0)


def percentile_draws(series: tuple[Floats, ...], share: float, rng: np.random.Generator, resamples: int) -> Floats:
    """Draws (R) of a percentile of pooled samples, one series for each process in the order of time."""
    pooled = np.sort(np.concatenate(series))
    count = max(percentile_of(series, share).worth, 1)
    rank = nearest_rank(share, count)
    places = np.ceil(rng.beta(rank, count + 1 - rank, resamples) * pooled.size).astype(int)
    drawn: Floats = pooled[np.clip(places, 1, pooled.size) - 1]
    return drawn


def _stored(found: HardwareValue, store: Store) -> tuple[Floats, ...]:
    try:
        return latencies_behind(found, store)
    except BenchwrightError:
        return ()
