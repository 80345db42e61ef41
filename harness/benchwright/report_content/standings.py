"""Where each model stands on each task: the best, tied with the best, or shown to be behind; and who is shown to be better than whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from benchwright.comparison.difference import CONFIDENCE
from benchwright.comparison.pairwise import leader
from benchwright.comparison.report_section import DifferenceSection
from benchwright.comparison.result import Pair
from benchwright.formatting import finite
from benchwright.render.grid import Column, Grid, RankTier, rank_tiers

Place = Literal["best", "top", "tied", "behind", "alone", "fewer"]
"""``best``: better than every other; ``top``: the best score, not told apart from others; ``tied``: not told apart from the best; ``behind``:
worse than the best; ``alone``: nothing to compare with; ``fewer``: scored on fewer items than others, so not compared.
"""

_TIERS: Mapping[RankTier, Place] = {
    RankTier.BEST: "best",
    RankTier.LEADING: "top",
    RankTier.NEAR: "tied",
    RankTier.BEHIND: "behind",
    RankTier.ALONE: "alone",
    RankTier.FEWER: "fewer",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The models on one task, by positions in ``grid.systems``.

    Attributes:
        column: The task.
        places: Place of each model with a score.
        tested: Whether places are those of paired differences with adjusted p; else intervals that overlap stand in for them, which is no
            test.
        gains: Each tested pair in both orders -> by how much the first is better, on the scale of the score; None where undefined.
        ahead: Tested pairs of which the first is shown to be better, as `way_of` has it.
    """

    column: Column
    places: Mapping[int, Place]
    tested: bool = False
    gains: Mapping[tuple[int, int], float | None] = field(default_factory=dict)
    ahead: frozenset[tuple[int, int]] = frozenset()

    @property
    def is_ranked(self) -> bool:
        """Whether the task says which model is better: it is ranked, and its score has a better end."""
        return self.column.is_ranked and self.column.direction is not None


def standings_of(grid: Grid, differences: DifferenceSection | None) -> tuple[Standing, ...]:
    """The standing of every task, in the order of the columns; views and hardware have none.

    A task whose scores all pairs were tested of is judged by those tests, any other by intervals: there a score on fewer items is not compared.
    """
    at = {system.label: position for position, system in enumerate(grid.systems)}
    pairs = differences.pairs if differences is not None else {}
    beaten = _beaten_pairs(at, differences)
    return tuple(
        _without_beaten(
            _standing(column, [(at[one.first], at[one.second], one) for one in pairs.get(column.name, ())]),
            beaten.get(column.name, set()),
        )
        for column in grid.columns
        if not column.is_view and not column.is_hardware
    )


def _beaten_pairs(at: Mapping[str, int], differences: DifferenceSection | None) -> dict[str, set[tuple[int, int]]]:
    """Task -> the pairs of which the first is shown to be better by the difference that the page shows."""
    found: dict[str, set[tuple[int, int]]] = {}
    for one in differences.differences if differences is not None else ():
        if one.verdict in ("better", "worse") and not one.exploratory and one.first in at and one.second in at:
            pair = (at[one.second], at[one.first]) if one.verdict == "better" else (at[one.first], at[one.second])
            found.setdefault(one.path, set()).add(pair)
    return found


def _without_beaten(standing: Standing, beaten: set[tuple[int, int]]) -> Standing:
    """Where intervals decide, a model that a test shows to be worse than one with the best score is not told to be near it."""
    if standing.tested:
        return standing
    first = {one for one, place in standing.places.items() if place in ("best", "top")}
    behind = {
        one
        for one, place in standing.places.items()
        if place == "tied" and any((best, one) in beaten for best in first)
    }
    return replace(standing, places={**standing.places, **dict.fromkeys(behind, "behind")}) if behind else standing


def count_unbeaten(standings: Sequence[Standing], among: Iterable[int]) -> dict[int, int]:
    """On how many ranked tasks each of some models has a score and no model is shown to be better; 0 where nothing was tested."""
    tested = [one for one in standings if one.is_ranked and one.gains]
    return {at: sum(at in one.places and all(worse != at for _, worse in one.ahead) for one in tested) for at in among}


def place_of(tier: RankTier) -> Place:
    """The place that a rank tier stands for, where intervals decide."""
    return _TIERS[tier]


def _standing(column: Column, pairs: Sequence[tuple[int, int, Pair]]) -> Standing:
    ranked = column.is_ranked and column.direction is not None
    tiers = rank_tiers(column.scores(), column.leads_by)
    places: dict[int, Place] = {one: _TIERS[tier] for one, tier in tiers.items()}
    if not pairs or not ranked:
        return Standing(column=column, places=places)
    higher = column.direction == "higher"
    gains: dict[tuple[int, int], float | None] = {}
    ahead: set[tuple[int, int]] = set()
    for one, other, pair in pairs:
        delta = None if pair.delta is None else pair.delta if higher else -pair.delta
        gains[other, one], gains[one, other] = delta, None if delta is None else -delta
        better = leader(pair, level=1 - CONFIDENCE, higher=higher)
        if better:
            ahead.add((one, other) if better == pair.first else (other, one))
    valued, full = list(places), [one for one, place in places.items() if place != "fewer"]
    tested = _are_tested(valued, gains)
    if tested:
        places |= _by_pairs(valued, ahead) if len(full) < len(valued) else _by_tests(column, valued, ahead)
    elif _are_tested(full, gains):  # those on fewer items, which another limit or split keeps apart, stay what they are
        tested = True
        places |= _by_tests(column, full, ahead)
    return Standing(column=column, places=places, tested=tested, gains=gains, ahead=frozenset(ahead))


def _are_tested(several: Sequence[int], gains: Mapping[tuple[int, int], float | None]) -> bool:
    return len(several) > 1 and all(two in gains for two in combinations(several, 2))


def _by_pairs(valued: Sequence[int], ahead: set[tuple[int, int]]) -> dict[int, Place]:
    """Places where scores are of different items, so that none is the highest: each pair was tested on the items that both have."""
    unbeaten = [one for one in valued if not any((other, one) in ahead for other in valued)]
    is_best = len(unbeaten) == 1 and all((unbeaten[0], other) in ahead for other in valued if other != unbeaten[0])
    return {one: ("best" if is_best else "tied") if one in unbeaten else "behind" for one in valued}


def _by_tests(column: Column, full: Sequence[int], ahead: set[tuple[int, int]]) -> dict[int, Place]:
    sign = 1 if column.direction == "higher" else -1
    values = {one: sign * (finite(score.value) or 0.0) for one, score in column.scores().items() if one in full}
    first = [one for one in full if values[one] == max(values.values())]
    behind = {one for one in full if any((best, one) in ahead for best in first)}
    is_alone = len(behind) == len(full) - 1
    return {
        one: "behind" if one in behind else ("best" if is_alone else "top") if one in first else "tied" for one in full
    }
