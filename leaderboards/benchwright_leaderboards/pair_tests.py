"""What the tests of a board say of two entries, on a task or on the mean."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchwright.comparison.difference import way_of
from benchwright.comparison.result import Pair
from benchwright.types import Frozen
from benchwright_leaderboards.ranking import LEVEL, Ranking

Verdict = Literal["better", "worse", "tied", "same", "untested"]
SIGNS: Mapping[Verdict, str] = {"better": "▲", "worse": "▼", "tied": "=", "same": "=", "untested": ""}
"""Beside a difference, so that colour is never alone."""
WORDS: Mapping[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "tied": "not told apart",
    "same": "the same model",
    "untested": "not tested",
}
Rule = Literal["adjusted", "critical", "alone"]


class PairTest(Frozen, frozen=True, kw_only=True):
    """What the board's tests say of an entry beside another, on a task or on the mean.

    Attributes:
        delta: Score of the entry minus that of the other; None where undefined.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Two-sided p at no difference; None where it was not tested.
        p_adjusted: After Holm over all tests of the board.
        verdict: ``better`` or ``worse`` where the interval excludes 0 and p is small enough, by ``rule``.
        rule: ``adjusted``: the adjusted p is at most the board's level. ``critical``: the pair is one of the board's tests, whose adjusted p is
            not kept on a large board: p is at most `Ranking.critical`, which is the same decision. ``alone``: it is none of these tests, and
            p is at most the level as it stands.
    """

    delta: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    verdict: Verdict
    rule: Rule = "adjusted"


@dataclass(frozen=True)
class PairTests:
    """The pairs of a ranking by their two entries, each looked up once."""

    ranking: Ranking
    _known: dict[str, dict[tuple[str, str], Pair]] = field(default_factory=dict, init=False, repr=False)

    def find(self, name: str, mine: str, other: str, *, higher: bool = True) -> PairTest | None:
        """The test of an entry beside another, by ids; None where the pair is in no test of the board.

        Args:
            name: ``suite/task``, or `ranking.MEAN`.
            mine: The entry that is spoken of.
            other: The other.
            higher: Whether a higher score is better there.
        """
        twins = self.ranking.twins
        mine, other = twins.get(mine, mine), twins.get(other, other)
        if mine == other:
            return PairTest(delta=0.0, low=None, high=None, p=None, p_adjusted=None, verdict="same")
        known = self._of(name)
        pair = known.get((other, mine))
        if pair is not None:
            return as_test(pair, higher=higher)
        pair = known.get((mine, other))
        return None if pair is None else as_test(_turned(pair), higher=higher)

    def told(self, names: Sequence[str], mine: str, other: str) -> bytes:
        """What `find` gives of an entry beside another in some tables, p left out but for its verdict: equal bytes, equal tests."""
        numbers = array("d")
        twins = self.ranking.twins
        mine, other = twins.get(mine, mine), twins.get(other, other)
        way, back = (other, mine), (mine, other)
        for name in names:  # a hundred thousand times in a build of a large board
            known = self._of(name)
            pair, turned = known.get(way), 0
            if pair is None:
                pair, turned = known.get(back), 8
            if mine == other or pair is None:
                numbers.extend((_NONE, _NONE, _NONE, 1 if mine == other else 2))
                continue
            delta, low, high, p, whole = pair.delta, pair.low, pair.high, pair.p, pair.p_adjusted
            whole = p if whole is None else whole
            numbers.append(_NONE if delta is None else delta)
            numbers.append(_NONE if low is None else low)
            numbers.append(_NONE if high is None else high)
            numbers.append(turned + (3 if p is None or whole is None else 4 if whole <= LEVEL else 5))
        return numbers.tobytes()

    def _of(self, name: str) -> dict[tuple[str, str], Pair]:
        """The pairs of a table by their entries."""
        known = self._known.get(name)
        if known is None:
            known = {(pair.first, pair.second): pair for pair in self.ranking.pairs.get(name, ())}
            self._known[name] = known
        return known


_NONE = float("nan")


def as_test(pair: Pair, *, higher: bool, rule: Rule = "adjusted", level: float = LEVEL) -> PairTest:
    """The pair as a test of its second entry beside its first; ``level``: what its p, adjusted where it is, is held against."""
    if pair.delta is None or pair.p is None:
        verdict: Verdict = "untested"
    else:
        p = pair.p if pair.p_adjusted is None else pair.p_adjusted
        way = way_of(pair.low, pair.high, p, level=level) if pair.delta else 0
        verdict = "tied" if not way else "better" if (way > 0) == higher else "worse"
    return PairTest(
        delta=pair.delta,
        low=pair.low,
        high=pair.high,
        p=pair.p,
        p_adjusted=pair.p_adjusted,
        verdict=verdict,
        rule=rule,
    )


def _turned(pair: Pair) -> Pair:
    """The pair with its entries in the other order."""
    return Pair(
        metric=pair.metric,
        first=pair.second,
        second=pair.first,
        delta=_minus(pair.delta),
        p=pair.p,
        p_adjusted=pair.p_adjusted,
        low=_minus(pair.high),
        high=_minus(pair.low),
    )


def _minus(number: float | None) -> float | None:
    return None if number is None else 0.0 - number
