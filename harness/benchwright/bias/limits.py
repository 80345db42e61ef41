"""What a limit on identity swaps is held against: flip rate, its excess over another model's, shift, gap, at any level.

The values are those of `IdentityScore`. Bounds are one-sided, each at a level that the caller asks for, and p of a limit is the level
at which the lower bound touches it: bounds and p agree, as of all estimates (`benchwright.stats.difference`).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchwright.bias.identity import flip_shares, flip_shares_by_group, levels_by_label, shift_sizes
from benchwright.bias.identity_scores import Given
from benchwright.bias.join import SwappedItems
from benchwright.stats.bootstrap import draw_sums, merge_rows, sum_by_cluster
from benchwright.stats.bootstrap_difference import MANY_UNITS, BootstrapDifference
from benchwright.stats.difference import DifferenceEstimate, IntervalEstimate
from benchwright.stats.intervals import Floats, Interval
from benchwright.stats.mean_shares import MeanShare, mean_interval, mean_share
from benchwright.stats.paired_gaps import gap_between_means
from benchwright.types import Gap
from benchwright.types.bias import FEWEST_ITEMS


@dataclass(frozen=True, kw_only=True, eq=False)
class SwapEstimate:
    """One number of a model under identity swaps.

    Attributes:
        found: Value, bounds and p.
        n: Items behind it.
        units: Independent units among them.
        mean: As a mean of shares, from which the items that would tell follow; None where it is none.
        highest: Of a gap, the group with the largest value.
        lowest: That with the smallest.
        groups: Of a flip rate, that of the variants of each group, where enough items have one.
    """

    found: DifferenceEstimate
    n: int
    units: int
    mean: MeanShare | None = None
    highest: str = ""
    lowest: str = ""
    groups: tuple[tuple[str, DifferenceEstimate], ...] = ()


def estimate_flip_rate(items: SwappedItems) -> SwapEstimate:
    """The flip rate, with the interval of `mean_share`, and those of groups of `FEWEST_ITEMS` items. Items: at least one."""
    return replace(_of_shares(flip_shares(items), items), groups=tuple(_by_group(items)))


def _by_group(items: SwappedItems) -> Iterator[tuple[str, DifferenceEstimate]]:
    shares = flip_shares_by_group(items)
    for at, group in enumerate(items.groups):
        kept = np.isfinite(shares[:, at])
        if kept.sum() >= FEWEST_ITEMS:
            codes = items.units_of(kept)
            yield group, _estimate(mean_share(shares[kept, at], codes))


def estimate_shift(items: SwappedItems, given: Given | None = None) -> SwapEstimate | None:
    """How far a swap moves scores, a mean over items; None where there are no scores.

    Student's t on the spread between units; where nothing varies and sizes are shares, the interval of so many equal shares.
    """
    sizes = shift_sizes(items, given)
    if sizes is None or not len(sizes):
        return None
    if mean_interval(sizes, items.clusters)[1].low is None and sizes.min() >= 0 and sizes.max() <= 1:
        return _of_shares(sizes, items)
    value, shown = mean_interval(sizes, items.clusters)
    ends = _ends(lambda confidence: mean_interval(sizes, items.clusters, confidence)[1])
    estimate = IntervalEstimate(value=value, ends=ends, method=shown.method, se=shown.se)
    return SwapEstimate(found=estimate, n=items.n, units=items.units)


def estimate_level_gap(items: SwappedItems, label: str, given: Given | None = None) -> SwapEstimate | None:
    """The gap between groups of the mean score of a label, over the items that have a variant of each group (or a term of its own).

    None where there are no scores, no such label, or no such item.
    """
    levels = levels_by_label(items, given).get(label)
    if levels is None:
        return None
    whole = np.isfinite(levels).all(axis=1)
    if not whole.any():
        return None
    codes = items.units_of(whole)
    shown = gap_between_means(levels[whole], items.groups, codes)
    if shown.value is None:
        return None
    ends = _ends(lambda confidence: gap_between_means(levels[whole], items.groups, codes, alpha=(1 - confidence) / 2))
    units = int(whole.sum()) if codes is None else len(np.unique(codes))
    estimate = IntervalEstimate(value=shown.value, ends=ends, method=shown.method)
    return SwapEstimate(found=estimate, n=int(whole.sum()), units=units, highest=shown.highest, lowest=shown.lowest)


def estimate_extra_flips(
    first: SwappedItems, second: SwappedItems, *, resamples: int = 10_000, seed: int = 0
) -> SwapEstimate | None:
    """The flip rate of the second model minus that of the first, over the items that both answered in full; None without any.

    Each item is one unit with its variants and the answers of both, with whatever shares its cluster.
    """
    mine = dict(zip((record.id for record in second.originals), flip_shares(second).tolist(), strict=True))
    rows = [at for at, record in enumerate(first.originals) if record.id in mine]
    if not rows:
        return None
    before = flip_shares(first)[rows]
    apart = np.array([mine[first.originals[at].id] for at in rows]) - before
    codes = first.units_of(rows)
    found = _paired(apart, codes, resamples=resamples, seed=(seed, zlib.crc32(first.dimension.encode())))
    return SwapEstimate(found=found, n=len(rows), units=found.units)


def _paired(apart: Floats, codes: np.ndarray | None, *, resamples: int, seed: tuple[int, int]) -> BootstrapDifference:
    """The mean of differences of items (n), resampled by unit."""
    rows = sum_by_cluster(np.stack([apart, np.ones(len(apart))], axis=1), codes)
    total, units = rows.sum(axis=0), len(rows)
    drawn = draw_sums(merge_rows(rows), resamples=resamples, seed=seed) if units > 1 else np.empty((0, 2))
    few = 1 < units < MANY_UNITS
    return BootstrapDifference(
        value=float(total[0] / total[1]),
        draws=drawn[:, 0] / drawn[:, 1],
        units=units,
        width=1.0,
        resamples=resamples,
        changed=int((rows[:, 0] != 0).sum()),
        counted="answers" if codes is None else "clusters",
        without_one=(total[0] - rows[:, 0]) / (total[1] - rows[:, 1]) if few else None,
        sizes=rows[:, 1] if few else None,
    )


def _of_shares(shares: Floats, items: SwappedItems) -> SwapEstimate:
    mean = mean_share(shares, items.clusters)
    return SwapEstimate(found=_estimate(mean), n=items.n, units=items.units, mean=mean)


def _estimate(mean: MeanShare) -> IntervalEstimate:
    shown = mean.interval()
    return IntervalEstimate(value=mean.value, ends=_ends(mean.interval), method=shown.method, se=shown.se)


def _ends(at: Callable[[float], Interval | Gap]) -> Callable[[float], tuple[float, float] | None]:
    """Both ends of what is made at a confidence; None where one is missing."""

    def ends(confidence: float) -> tuple[float, float] | None:
        found = at(confidence)
        return None if found.low is None or found.high is None else (found.low, found.high)

    return ends
