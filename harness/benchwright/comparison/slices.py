"""Differences by slice: Benjamini-Hochberg over all of them, an effect floor, a minimum of items, shrunken differences."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchwright.comparison.difference import Difference
from benchwright.comparison.pairing import Pairing, label_slices, slices_of
from benchwright.quantities import members_of
from benchwright.stats.intervals import z_quantile
from benchwright.stats.multiplicity import benjamini_hochberg, shrink

FDR = 0.1
FLOOR = 0.01
MINIMUM = 30


def large_slices(pairing: Pairing, minimum: int, metric: str) -> tuple[dict[str, Pairing], dict[str, int]]:
    """Slices of at least ``minimum`` items, and the number of items of all others; of labels too, where that metric is theirs."""
    wanted = set(members_of(metric, pairing.task))
    labels = {slice: part for slice, part in label_slices(pairing).items() if wanted <= set(part.task.metrics)}
    found = {**slices_of(pairing), **labels}
    sizes = {slice: part.n if part.about is None else part.about for slice, part in found.items()}
    small = {slice: size for slice, size in sizes.items() if size < minimum}
    return {slice: part for slice, part in found.items() if slice not in small}, small


def judge_slices(found: Sequence[Difference], *, fdr: float, floor: float) -> tuple[Difference, ...]:
    """Differences of slices with adjusted p, floor and shrunken delta; those without p keep none.

    All that are given are one family for Benjamini-Hochberg. They are shrunken towards the mean of the slices of one
    task, metric and pair of systems.
    """
    tested = [at for at, one in enumerate(found) if one.p is not None]
    adjusted = dict(zip(tested, benjamini_hochberg([found[at].p or 0.0 for at in tested]).tolist(), strict=True))
    shrunken = _shrunken(found)
    return tuple(
        msgspec.structs.replace(one, p_adjusted=adjusted.get(at), level=fdr, floor=floor, shrunken=shrunken.get(at))
        for at, one in enumerate(found)
    )


def _shrunken(found: Sequence[Difference]) -> dict[int, float]:
    families: dict[tuple[str, ...], list[int]] = {}
    for at, one in enumerate(found):
        if one.delta is not None and _error(one):
            families.setdefault((one.path, one.metric, one.first, one.second), []).append(at)
    drawn: dict[int, float] = {}
    for members in families.values():
        deltas = [found[at].delta or 0.0 for at in members]
        errors = [_error(found[at]) or 0.0 for at in members]
        drawn.update(zip(members, shrink(deltas, errors).values.tolist(), strict=True))
    return drawn


def _error(one: Difference) -> float | None:
    """Standard error as the interval tells it: slices without a differing answer have one too."""
    if one.low is None or one.high is None:
        return None
    return (one.high - one.low) / (2 * z_quantile(one.confidence))
