"""Whom an entry is compared with on its page: its baseline, and its neighbours in rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardContent

Role = Literal["baseline", "above", "below"]
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
