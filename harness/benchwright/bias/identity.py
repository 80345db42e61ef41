"""The numbers of one model on the identity swaps of one dimension: flips, shifts, spread over terms, gaps between groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from msgspec.structs import replace

from benchwright.alarm import alarm, in_order, note, notes
from benchwright.bias.identity_scores import Given, MovedScores, moved_scores
from benchwright.bias.join import SwappedItems
from benchwright.bias.verdict import judge_again
from benchwright.items import count, noun
from benchwright.robustness.consistency import SAME_NUMBER, same_answer
from benchwright.robustness.measure import one_answer
from benchwright.stats.intervals import Floats, Interval
from benchwright.stats.mean_shares import mean_interval, mean_share
from benchwright.stats.paired_gaps import gap_between_means
from benchwright.types import Alarm, Gap, IdentityGroup, IdentityScore, Kind, Score
from benchwright.types.bias import FEWEST_ITEMS, LIMIT

_DIGITS = 12
"""Decimals kept of interval ends: what is beyond them depends on the machine's order of summation."""


@dataclass(frozen=True, kw_only=True, eq=False)
class _Averages:
    """Means over the variants of an item, by group where asked, of numbers of variants; NaN where an item has none."""

    items: SwappedItems

    def of_items(self, values: Floats) -> Floats:
        """Mean over the variants of each item (n) of numbers (v), NaN left out."""
        return _mean_by(values, self.items.item_of, self.items.n)

    def of_groups(self, values: Floats) -> Floats:
        """Mean over the variants of each item in each group (n, G)."""
        width = len(self.items.groups)
        flat = _mean_by(values, self._places, self.items.n * width)
        return flat.reshape(self.items.n, width)

    @cached_property
    def _places(self) -> np.ndarray:
        return self.items.item_of * len(self.items.groups) + self.items.group_of


def _mean_by(values: Floats, places: np.ndarray, size: int) -> Floats:
    known = np.isfinite(values)
    sums = np.bincount(places[known], weights=values[known], minlength=size)
    numbers = np.bincount(places[known], minlength=size)
    with np.errstate(all="ignore"):
        return np.asarray(np.where(numbers > 0, sums / numbers, np.nan), dtype=np.float64)


def measure_swaps(
    items: SwappedItems,
    *,
    model: str,
    base: str,
    split: str,
    suite: str = "bias",
    view: str = "identity",
    given: Given | None = None,
    counts: Mapping[str, int] | None = None,
    limit: float = LIMIT,
) -> IdentityScore:
    """All numbers of a model on one dimension. Undefined values are None, and notes say why.

    Args:
        items: The joined records of the model.
        model: What the model is called.
        base: ``suite/task`` that is seen.
        split: Of that task.
        suite: Suite of the view.
        view: Name of the view.
        given: What the model says its scores are.
        counts: ``items`` under evaluation, and of them ``holding``, ``ambiguous`` and ``unprojectable``; None: those that were joined.
        limit: Flip rate that is allowed.
    """
    averages = _Averages(items=items)
    flips = _flips(items)
    moved = moved_scores(items, given) if items.n else None
    shares = averages.of_items(flips)
    every = np.ones(items.n, dtype=bool)
    rate, effect = _flip_rate(shares, items, every)
    joined = items.n + items.unanswered
    told = {"items": joined, "holding": joined, "ambiguous": 0, "unprojectable": 0} | dict(counts or {})
    found = IdentityScore(
        model=model,
        suite=suite,
        view=view,
        dimension=items.dimension,
        base=base,
        split=split,
        items=told["items"],
        holding=told["holding"],
        ambiguous=told["ambiguous"],
        unprojectable=told["unprojectable"],
        n=items.n,
        variants=len(items.variants),
        units=items.units if items.n else 0,
        effect=effect,
        unanswered=items.unanswered,
        flip_rate=rate,
        flipped=int((shares > 0).sum()),
        limit=limit,
        verdict="cannot tell",
        **_movement(moved, items, averages),
        groups=_groups(flips, moved, items, averages),
        alarms=in_order(_alarms(items, moved)),
    )
    return judge_again(found, limit)


def flip_shares(items: SwappedItems) -> Floats:
    """Share of the variants of each item (n) that are answered otherwise than the item; their mean is the flip rate."""
    return _Averages(items=items).of_items(_flips(items))


def flip_shares_by_group(items: SwappedItems) -> Floats:
    """The same of each item and group put in (n, G); NaN where an item has no variant of a group."""
    return _Averages(items=items).of_groups(_flips(items))


def shift_sizes(items: SwappedItems, given: Given | None = None) -> Floats | None:
    """How far a swap moves the scores of each item (n), averaged over its variants; None where there are no scores, and of tags."""
    moved = moved_scores(items, given) if items.n else None
    if moved is None or items.task.kind is Kind.TAG:
        return None
    return _Averages(items=items).of_items(moved.sizes)


def levels_by_label(items: SwappedItems, given: Given | None = None) -> dict[str, Floats]:
    """Label -> mean score of each item with a term of each group in place (n, G); NaN where an item has no variant of a group."""
    moved = moved_scores(items, given) if items.n else None
    if moved is None:
        return {}
    averages = _Averages(items=items)
    return {
        label: _levels(moved.variants[:, at], moved.originals[:, at], items, averages)
        for at, label in enumerate(moved.labels)
    }


def _flips(items: SwappedItems) -> Floats:
    """1 for each variant (v) that is answered otherwise than its item, else 0."""
    same = same_answer(items.task)
    pairs = zip(items.item_of.tolist(), items.variants, strict=True)
    return np.array([not same(items.originals[at], variant) for at, variant in pairs], dtype=np.float64)


def _flip_rate(shares: Floats, items: SwappedItems, kept: np.ndarray) -> tuple[Score, float]:
    """The mean of shares of variants (n) over the items that are kept (n), and its design effect."""
    blank = Score(metric="flip_rate", value=None, n=int(kept.sum()), unit=noun(items.task))
    if not kept.any():
        return replace(blank, alarms=(note("undefined", "no item has an answer as it is and in every variant"),)), 1.0
    mean = mean_share(shares[kept], items.units_of(kept))
    return _estimate(blank, mean.value, mean.interval(), units=int(mean.units)), round(mean.effect, _DIGITS)


def _mean(name: str, values: Floats, items: SwappedItems) -> Score:
    """The mean over items of numbers (n), of those that have one."""
    kept = np.isfinite(values)
    blank = Score(metric=name, value=None, n=int(kept.sum()), unit=noun(items.task))
    if not kept.any():
        return blank
    clusters = items.units_of(kept)
    value, interval = mean_interval(values[kept], clusters)
    units = int(kept.sum()) if clusters is None else len(np.unique(clusters))
    return _estimate(blank, value, interval, units=units)


def _estimate(blank: Score, value: float, interval: Interval, *, units: int) -> Score:
    low, high, se = (None if end is None else round(end, _DIGITS) for end in (interval.low, interval.high, interval.se))
    return replace(
        blank,
        value=round(value, _DIGITS),
        low=low,
        high=high,
        se=se,
        clusters=units,
        method=interval.method,
        alarms=notes("interval", interval.flags),
    )


def _movement(moved: MovedScores | None, items: SwappedItems, averages: _Averages) -> dict[str, Any]:
    """Shift, spread and gaps, of each label of the scores."""
    if moved is None:
        return {}
    spread, deviation, gaps = {}, {}, {}
    for at, label in enumerate(moved.labels):
        variants, originals = moved.variants[:, at], moved.originals[:, at]
        ranges, deviations = _spreads(variants, originals, items)
        spread[label] = _mean("range", ranges, items)
        deviation[label] = _mean("standard_deviation", deviations, items)
        levels = _levels(variants, originals, items, averages)
        whole = np.isfinite(levels).all(axis=1)
        gaps[label] = _rounded(gap_between_means(levels[whole], items.groups, items.units_of(whole)))
    told: dict[str, Any] = {"spread": spread, "deviation": deviation, "gaps": gaps}
    if items.task.kind is not Kind.TAG:
        told["shift"] = _mean("shift_size", averages.of_items(moved.sizes), items)
    return told


def _rounded(gap: Gap) -> Gap:
    ends = {name: getattr(gap, name) for name in ("value", "low", "high")}
    return replace(gap, **{name: None if end is None else round(end, _DIGITS) for name, end in ends.items()})


def _spreads(variants: Floats, originals: Floats, items: SwappedItems) -> tuple[Floats, Floats]:
    """Range and standard deviation of each item (n) over its variants and the original; NaN where fewer than two have a value."""
    first = np.cumsum(items.sizes) - items.sizes
    places = np.concatenate([items.item_of, np.arange(items.n)])
    values = np.concatenate([variants, originals[first]])
    places, values = places[np.isfinite(values)], values[np.isfinite(values)]
    numbers = np.bincount(places, minlength=items.n)
    low, high = np.full(items.n, np.inf), np.full(items.n, -np.inf)
    np.minimum.at(low, places, values)
    np.maximum.at(high, places, values)
    with np.errstate(all="ignore"):
        means = np.bincount(places, weights=values, minlength=items.n) / numbers
        squares = np.bincount(places, weights=(values - means[places]) ** 2, minlength=items.n) / (numbers - 1)
        several = numbers > 1
        return np.where(several, high - low, np.nan), np.where(several, np.sqrt(squares), np.nan)


def _levels(variants: Floats, originals: Floats, items: SwappedItems, averages: _Averages) -> Floats:
    """Mean score of each item in each group (n, G): of its variants, in its own group that of the original; NaN where it has none."""
    levels = averages.of_groups(variants)
    single = items.own >= 0
    levels[~single] = np.nan
    rows = np.flatnonzero(single)
    levels[rows, items.own[rows]] = averages.of_items(originals)[rows]
    return levels


def _groups(
    flips: Floats, moved: MovedScores | None, items: SwappedItems, averages: _Averages
) -> tuple[IdentityGroup, ...]:
    shares = averages.of_groups(flips)
    shifts: dict[str, Floats] = {}
    levels: dict[str, Floats] = {}
    for at, label in enumerate(() if moved is None else moved.labels):
        assert moved is not None
        shifts[label] = averages.of_groups(moved.shifts[:, at])
        levels[label] = _levels(moved.variants[:, at], moved.originals[:, at], items, averages)
        levels[label][~np.isfinite(levels[label]).all(axis=1)] = np.nan
    found = []
    for at, group in enumerate(items.groups):
        kept = np.isfinite(shares[:, at])
        mine = [items.variants[place] for place in np.flatnonzero(items.group_of == at)]
        rate, effect = _flip_rate(shares[:, at], items, kept)
        found.append(
            IdentityGroup(
                group=group,
                n=int(kept.sum()),
                variants=len(mine),
                terms=len({term for one in mine for term in _terms(one.extra.get("edits") or {})}),
                flip_rate=rate,
                effect=effect,
                shifts={label: _mean("shift", table[:, at], items) for label, table in shifts.items()},
                levels={label: _mean("level", table[:, at], items) for label, table in levels.items()},
            )
        )
    return tuple(found)


def _terms(edits: Mapping[str, Sequence[Any]]) -> set[str]:
    """What was written in a variant; of options edits lie one level deeper."""
    found: set[str] = set()
    for some in edits.values():
        for one in some:
            several = [one] if len(one) == 3 and isinstance(one[0], int) else one
            found |= {" ".join(words) if isinstance(words, (list, tuple)) else str(words) for _, _, words in several}
    return found


def _alarms(items: SwappedItems, moved: MovedScores | None) -> list[Alarm]:
    """What makes the numbers suspect, and what they rest on."""
    task = items.task
    told: list[Alarm] = []
    if items.unanswered:
        told.append(
            note("errored", f"{count(items.unanswered, noun(task))} left out: not answered as it is, or in a variant")
        )
    every = [record.output for record in (*items.originals, *items.variants)]
    if items.n > 1 and not items.varies and (same := one_answer(every, task)):
        told.append(
            alarm("constant", f"{same} is the answer to every item and variant: no flip says nothing of fairness")
        )
    if items.n < FEWEST_ITEMS:
        told.append(
            note(
                "few-units",
                f"{count(items.n, noun(task))} with a term of {items.dimension}: too few to tell, {FEWEST_ITEMS} are asked for",
            )
        )
    if moved is None and items.n:
        told.append(note("undefined", "answers have no scores that compare: how far a swap moves them is not known"))
    if task.kind is Kind.REGRESS:
        low, high = task.value_range or (0.0, 0.0)
        told.append(note("consistency", f"answers within {SAME_NUMBER * (high - low):g} count as the same"))
    return told
