"""Whom an entry is compared with on its page: its baseline, and its neighbours in rank; and what the board's tests say of a pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchwright.comparison.difference import way_of
from benchwright.comparison.result import Pair
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.ranking import LEVEL, Ranking

Role = Literal["baseline", "above", "below"]
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

MOST_PAGES = 300
"""Pages of pairs on a site; of a board of more entries `board serve` makes them, and pages of models have the differences all the same."""


@dataclass(frozen=True, kw_only=True)
class Counterpart:
    """Another entry, and what it is to the entry of a page.

    Attributes:
        entry: The other entry.
        roles: One or more: the baseline may be a neighbour too.
    """

    entry: PlacedEntry
    roles: tuple[Role, ...]

    @property
    def title(self) -> str:
        """``baseline``, ``next above``, ``baseline and next below``."""
        words = {"baseline": "baseline", "above": "next above", "below": "next below"}
        return " and ".join(words[role] for role in self.roles)


def counterparts_of(content: BoardContent) -> dict[str, tuple[Counterpart, ...]]:
    """Entry id -> whom it is compared with: the baseline that all tables refer to, then the rows above and below among the ranked ones."""
    ranked = [row.entry for row in content.overview.of("ranked")]
    placed = {row.entry.entry.id: row.entry for row in content.overview.rows}
    baseline = placed.get(content.baseline)
    found = {row.entry.entry.id: _merged([("baseline", baseline)]) for row in content.overview.of("partial")}
    for at, one in enumerate(ranked):
        above = ranked[at - 1] if at else None
        below = ranked[at + 1] if at + 1 < len(ranked) else None
        found[one.entry.id] = _merged([("baseline", baseline), ("above", above), ("below", below)])
    return {name: tuple(other for other in found.get(name, ()) if other.entry.entry.id != name) for name in placed}


def _merged(known: Sequence[tuple[Role, PlacedEntry | None]]) -> tuple[Counterpart, ...]:
    """Each entry once, with all that it is."""
    roles: dict[str, tuple[Role, ...]] = {}
    for role, one in known:
        if one is not None:
            roles[one.entry.id] = (*roles.get(one.entry.id, ()), role)
    entries = {one.entry.id: one for _, one in known if one is not None}
    return tuple(Counterpart(entry=entries[name], roles=several) for name, several in roles.items())


def paired_on_site(content: BoardContent) -> tuple[tuple[str, str], ...]:
    """The pairs whose pages a site has, by ids: each entry with its baseline and its neighbours; none where these are more than `MOST_PAGES`,
    and none in a release, which keeps no texts.
    """
    if content.release:
        return ()
    found = [(mine, other.entry.entry.id) for mine, others in counterparts_of(content).items() for other in others]
    return tuple(found) if len(found) <= MOST_PAGES else ()


@dataclass(frozen=True, kw_only=True)
class PairTest:
    """What the board's tests say of an entry beside another, on a task or on the mean.

    Attributes:
        delta: Score of the entry minus that of the other; None where undefined.
        low: Lower end of its 95 % interval.
        high: Upper end.
        p: Two-sided p at no difference; None where it was not tested.
        p_adjusted: After Holm over all tests of the board.
        verdict: ``better`` or ``worse`` where the interval excludes 0 and the adjusted p is at most the board's level.
    """

    delta: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    verdict: Verdict


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
        mine, other = (self.ranking.twins.get(each, each) for each in (mine, other))
        if mine == other:
            return PairTest(delta=0.0, low=None, high=None, p=None, p_adjusted=None, verdict="same")
        if name not in self._known:
            self._known[name] = {(pair.first, pair.second): pair for pair in self.ranking.pairs.get(name, ())}
        known = self._known[name]
        pair = known.get((other, mine))
        if pair is not None:
            return as_test(pair, higher=higher)
        pair = known.get((mine, other))
        return None if pair is None else as_test(_turned(pair), higher=higher)


def as_test(pair: Pair, *, higher: bool, level: float = LEVEL) -> PairTest:
    """The pair as a test of its second entry beside its first."""
    if pair.delta is None or pair.p is None:
        verdict: Verdict = "untested"
    else:
        p = pair.p if pair.p_adjusted is None else pair.p_adjusted
        way = way_of(pair.low, pair.high, p, level=level) if pair.delta else 0
        verdict = "tied" if not way else "better" if (way > 0) == higher else "worse"
    return PairTest(
        delta=pair.delta, low=pair.low, high=pair.high, p=pair.p, p_adjusted=pair.p_adjusted, verdict=verdict
    )


def _turned(pair: Pair) -> Pair:
    """The pair with its entries in the other order."""
    import msgspec

    return msgspec.structs.replace(
        pair,
        first=pair.second,
        second=pair.first,
        delta=_minus(pair.delta),
        low=_minus(pair.high),
        high=_minus(pair.low),
    )


def _minus(number: float | None) -> float | None:
    return None if number is None else 0.0 - number
