"""The history of a board: what was added, withdrawn and computed anew, what ranks changed with each submission, and attempts under one name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.comparison.result import Pair
from benchwright.formatting import value
from benchwright_leaderboards.alarm_marks import has_alarm, results_on
from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.entries import Rescored, Submission
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.releases import read_releases

Ranks = Mapping[str, tuple[int, int]]
Kind = Literal["added", "withdrawn", "rescored", "released"]
MOST_TESTS = 150_000
"""Tests of pairs that are gone through to say which ranks changed; the newest submissions first, those beyond it are told without."""
MOST_CHANGES = 12
"""Changes of ranks, and results scored anew, that are listed for one event."""


@dataclass(frozen=True, kw_only=True)
class RankChange:
    """Entries whose rank range on the mean a submission changed alike; ``before`` is empty where they came with it."""

    entries: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class BoardEvent:
    """Something that happened to a board.

    Attributes:
        at: When, ISO 8601 in UTC.
        kind: What.
        entries: Ids that it is about; of a release its name.
        team: Who entered them.
        note: What was said of it: note of a team, reason of a withdrawal, what changed in a metric.
        digest: Of the submission or release; empty elsewhere.
        changes: Ranks on the mean that it changed, at most `MOST_CHANGES`; None: not looked for.
        more: How many more there are.
        lines: Scores before and after, of results that were computed anew.
    """

    at: str
    kind: Kind
    entries: tuple[str, ...]
    team: str = ""
    note: str = ""
    digest: str = ""
    changes: tuple[RankChange, ...] | None = None
    more: int = 0
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AttemptLine:
    """Entries of one team under one name, in the order in which they came: id and mean of each."""

    team: str
    name: str
    attempts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class BoardHistory:
    """A history.

    Attributes:
        events: Newest first.
        attempts: Names that were entered more than once.
        untold: Submissions whose changes of ranks were not looked for, since there are too many pairs.
    """

    events: tuple[BoardEvent, ...]
    attempts: tuple[AttemptLine, ...]
    untold: int


def find_history(content: BoardContent) -> BoardHistory:
    """The history of a board. Raises StoreError where a release cannot be read."""
    changes = _changes(content)
    added = [_added(one, changes.get(one.id)) for one in content.board.submissions if one.entries]
    events = [*added, *_withdrawn(content), *_rescored(content), *_released(content)]
    events.sort(key=lambda one: (one.at, one.kind, one.entries), reverse=True)
    return BoardHistory(
        events=tuple(events),
        attempts=tuple(_attempts(content)),
        untold=sum(one.kind == "added" and one.changes is None for one in events),
    )


def _added(one: Submission, found: Sequence[RankChange] | None) -> BoardEvent:
    return BoardEvent(
        at=one.added,
        kind="added",
        entries=tuple(entry.id for entry in one.entries),
        team=one.team,
        note=one.note,
        digest=one.digest,
        changes=None if found is None else tuple(found[:MOST_CHANGES]),
        more=0 if found is None else max(0, len(found) - MOST_CHANGES),
    )


def _withdrawn(content: BoardContent) -> Iterator[BoardEvent]:
    for name, one in content.board.withdrawals.items():
        yield BoardEvent(at=one.at, kind="withdrawn", entries=(name,), note=one.reason)


def _rescored(content: BoardContent) -> Iterator[BoardEvent]:
    """One event for results that were computed anew at one moment for one reason."""
    groups: dict[tuple[str, str], list[Rescored]] = {}
    for submission in content.board.submissions:
        for one in submission.history:
            groups.setdefault((one.at, one.why), []).append(one)
    if not groups:
        return
    now = {(one.entry.id, result.path): result for one in content.board.entries for result in one.entry.results}
    for (at, why), several in groups.items():
        lines = []
        for one in several[:MOST_CHANGES]:
            after = now.get((one.entry, one.path))
            before = None if one.before is None else one.before.score.value
            lines.append(
                f"{one.entry} on {one.path}: {value(before)}, now {value(after.score.value if after else None)}"
            )
        yield BoardEvent(
            at=at,
            kind="rescored",
            entries=tuple(dict.fromkeys(one.entry for one in several)),
            note=why,
            lines=tuple(lines),
            more=max(0, len(several) - MOST_CHANGES),
        )


def _released(content: BoardContent) -> Iterator[BoardEvent]:
    for one in read_releases(content.board.root):
        yield BoardEvent(at=one.made, kind="released", entries=(one.name,), digest=one.digest)


def _attempts(content: BoardContent) -> Iterator[AttemptLine]:
    means = {row.entry.entry.id: row.value if row.status == "ranked" else None for row in content.overview.rows}
    paths = content.board.spec.weights
    alarmed = {one.entry.id: " (! alarm)" for one in content.board.entries if has_alarm(results_on(one.entry, paths))}
    groups: dict[tuple[str, str], list[str]] = {}
    for one in content.board.entries:
        groups.setdefault((one.submission.team, one.entry.name), []).append(one.entry.id)
    for (team, name), ids in groups.items():
        if len(ids) > 1:
            told = tuple((id_, value(means.get(id_)) + alarmed.get(id_, "")) for id_ in ids)
            yield AttemptLine(team=team, name=name, attempts=told)


def _changes(content: BoardContent) -> dict[str, list[RankChange]]:
    """Submission -> the ranks on the mean that it changed, by today's tests of the entries that still stand."""
    if not _is_complete(content):
        return {}
    submissions = [one for one in content.board.submissions if one.entries]
    tests = sum(len(pairs) for pairs in content.ranking.pairs.values())
    first = max(0, len(submissions) - (MOST_TESTS // tests if tests else len(submissions)))
    known = [{entry.id for entry in one.entries} for one in submissions]
    before: Ranks = _ranks_of(content, set().union(*known[:first])) if first else {}
    found = {}
    for at in range(first, len(submissions)):
        after = _ranks_of(content, set().union(*known[: at + 1]))
        found[submissions[at].id] = _between(before, after)
        before = after
    return found


def _is_complete(content: BoardContent) -> bool:
    """Whether every pair of entries of the mean is at hand; of a large board only those of pages are."""
    ranked = {name for name in content.ranking.places.get(MEAN, {}) if name not in content.ranking.twins}
    held = {(one.first, one.second) for one in content.ranking.pairs.get(MEAN, ()) if {one.first, one.second} <= ranked}
    return len(held) == len(ranked) * (len(ranked) - 1) // 2


def ranks_among(content: BoardContent, ids: Iterable[str]) -> Ranks:
    """Rank ranges on the mean of some entries alone, with p adjusted over the pairs of these; those without a mean are left out."""
    return _ranks_of(content, set(ids))


def _ranks_of(content: BoardContent, ids: set[str]) -> Ranks:
    from benchwright.comparison.pairwise import adjusted

    ranking = content.ranking
    groups = [[pair for pair in pairs if pair.first in ids and pair.second in ids] for pairs in ranking.pairs.values()]
    tested = dict(zip(ranking.pairs, adjusted(groups), strict=True))
    whole = [name for name in ranking.places.get(MEAN, {}) if name in ids and name not in ranking.twins]
    return _counted(whole, tested.get(MEAN, ()))


def _counted(names: Sequence[str], pairs: Sequence[Pair]) -> Ranks:
    """First and last rank of each, by the pairs that are told apart."""
    from benchwright.comparison.pairwise import leader

    above, below = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for pair in pairs:
        ahead = leader(pair, level=LEVEL, higher=True)
        if ahead:
            below[ahead] += 1
            above[pair.first if ahead == pair.second else pair.second] += 1
    return {name: (1 + above[name], len(names) - below[name]) for name in names}


def _between(before: Ranks, after: Ranks) -> list[RankChange]:
    """Entries by how their range changed: new ones first, then by rank."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, place in sorted(after.items(), key=lambda one: (one[0] in before, one[1], one[0])):
        if before.get(name) != place:
            was = _rank(before[name]) if name in before else ""
            groups.setdefault((was, _rank(place)), []).append(name)
    return [RankChange(entries=tuple(names), before=was, after=now) for (was, now), names in groups.items()]


def _rank(place: tuple[int, int]) -> str:
    return str(place[0]) if place[0] == place[1] else f"{place[0]}–{place[1]}"
