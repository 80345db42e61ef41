"""How many samples would tell on which side of a limit a quantity lies, if it is as seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchwright import formatting
from benchwright.errors import BenchwrightError
from benchwright.hardware.find import HardwareValue, percentile_share
from benchwright.hardware.raw_latencies import latencies_behind
from benchwright.stats.intervals import z_quantile
from benchwright.store import Store

_MOST = 10_000_000
"""Samples beyond which nobody would measure."""


@dataclass(frozen=True, kw_only=True)
class WhatTells:
    """Samples that would tell (None: as long a measuring as no preset has), and the sentence that says so."""

    samples: int | None
    sentence: str


def what_tells(found: HardwareValue, limit: float, store: Store) -> WhatTells | None:
    """What would tell whether a quantity lies below or above a limit that its interval holds; None where it cannot be said.

    Of a percentile p: the share q of raw samples at or below the limit differs from p where about z^2 p (1 - p) / (q - p)^2
    independent samples were taken. Of other values the interval narrows with the root of the number of samples.
    """
    if found.value is None or found.low is None or found.high is None or found.n < 1 or not math.isfinite(limit):
        return None
    share = percentile_share(found.quantity)
    if share is None:
        half = (found.high - found.value) if limit > found.value else (found.value - found.low)
        gap = abs(limit - found.value)
        times = (half / gap) ** 2 if gap > 0 else math.inf
        if not times < _MOST:
            return None
        return WhatTells(
            samples=None, sentence=f"if it is as seen, measuring about {max(times, 1.1):.2g} times as long tells"
        )
    return _of_percentile(found, share, limit, store)


def _of_percentile(found: HardwareValue, share: float, limit: float, store: Store) -> WhatTells | None:
    try:
        raw = latencies_behind(found, store)
    except BenchwrightError:
        return None
    if not raw:
        return None
    below = float(np.mean(np.concatenate(raw) <= limit))
    if below == share:
        return None
    samples = math.ceil(z_quantile(0.95) ** 2 * share * (1 - share) / (below - share) ** 2)
    samples = max(samples, found.n + 1)  # as many were not enough: neighbours resemble one another
    if samples > _MOST:
        return None
    more = formatting.about(samples, above=found.n)
    return WhatTells(samples=samples, sentence=f"if it is as seen, {more} independent samples tell (--queries N)")
