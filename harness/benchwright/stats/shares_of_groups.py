"""Shares in groups that have no item in common: bounds of pairs from hits out of trials, clusters as many trials as they are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchwright.stats.intervals import Share, share_of
from benchwright.stats.jackknife import FEW
from benchwright.stats.share_pairs import SharePair, is_below, is_ratio_above, lower_ratio, upper_difference

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SharesOfGroups:
    """Hits out of trials in groups that have no item and no cluster in common.

    Groups without a trial, or whose trials all lie in one cluster, have no value here.

    Attributes:
        shares: Group -> its share.
        worth: Of groups in clusters: independent trials that theirs are worth; where left out, `effective_trials`.
    """

    shares: Mapping[str, Share]
    worth: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[str, Share]:
        return {name: share for name, share in self.shares.items() if share.trials > 0 and not _is_one_cluster(share)}

    @property
    def names(self) -> tuple[str, ...]:
        """Groups with trials."""
        return tuple(self._known)

    @property
    def values(self) -> Floats:
        """Shares."""
        return np.array([share.hits / share.trials for share in self._known.values()])

    @property
    def items(self) -> float:
        """Trials in all."""
        return sum(share.trials for share in self._known.values())

    @property
    def method(self) -> str:
        """Score bounds."""
        together = any(share.together for share in self._known.values())
        return "score bounds of pairs" + (", clustered" if together else "")

    def upper(self, alpha: float) -> Floats:
        """Score bounds of the differences (k, k)."""
        return upper_difference(self._pairs(1.0), alpha)

    def is_below(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those bounds are at most a limit (k, k)."""
        return is_below(self._pairs(scale), limit, alpha)

    def lowest_ratio(self, alpha: float) -> Floats:
        """Score bounds of the ratios (k, k)."""
        return lower_ratio(self._pairs(1.0), alpha)

    def is_ratio_above(self, limit: float, alpha: float, scale: float) -> NDArray[np.bool_]:
        """Whether those are at least a limit (k, k)."""
        return is_ratio_above(self._pairs(scale), limit, alpha)

    def _pairs(self, scale: float) -> SharePair:
        known = list(self._known.values())
        trials = np.array([self.worth.get(name, effective_trials(self._known[name])) for name in self.names]) * scale
        hits = self.values * trials
        df = np.maximum(np.array([share.units for share in known]) * scale - 1, 1.0)
        return SharePair(
            *np.broadcast_arrays(
                hits[:, None], trials[:, None], hits[None], trials[None], np.minimum(df[:, None], df[None])
            )
        )


def _is_one_cluster(share: Share) -> bool:
    return share.together and share.units < 2


def effective_trials(share: Share) -> float:
    """Independent trials that a share in clusters is worth: trials / max(1, design effect).

    At 0 % and 100 %, where no design effect can be seen, the number of units.
    """
    if not share.together:
        return share.trials
    value = share.hits / share.trials
    variance = value * (1 - value) / share.trials
    return share.trials / max(1.0, share.se**2 / variance) if variance > 0 else float(share.units)


def worth_of(hits: Floats, trials: Floats, share: Share | None = None) -> float:
    """Independent trials that those of units (U) are worth, where several trials of a unit move together.

    `effective_trials`; but where hits or misses lie in fewer than 10 units, a few of them decide what the design effect seems to
    be, and the trials of a unit count as one: Kish's number of units, (sum t)^2 / (sum t^2). ``share`` is `share_of` of the two, where it is known.
    """
    found = effective_trials(share or share_of(hits, trials))
    few = min(int((hits > 0).sum()), int((hits < trials).sum())) < FEW
    return min(found, float(trials.sum() ** 2 / (trials @ trials))) if few and trials.any() else found
