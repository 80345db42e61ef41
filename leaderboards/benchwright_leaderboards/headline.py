"""Who leads, in honest sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright_leaderboards.alarm_marks import has_alarm, results_on
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable
from benchwright_leaderboards.entries import TaskResult

_NAMED = 2
"""Entries that are named of several; the others are counted."""


def lead_sentence(table: BoardTable) -> str:
    """One sentence about the first rank: one entry that is shown to be the best, or those that cannot be told apart."""
    ranked = table.of("ranked")
    placed = [row for row in ranked if row.place is not None]
    if not ranked:
        return "No entry is ranked yet."
    if not placed:
        return f"{_named(ranked)} {'is' if len(ranked) == 1 else 'are'} not ranked."
    if len(placed) == 1:
        return f"{_named(placed)} is the only ranked entry: there is nothing to hold it against."
    first = [row for row in placed if row.place and row.place[0] == 1]
    if len(first) == 1 and first[0].place == (1, 1):
        others = len(placed) - 1
        return f"{first[0].entry.entry.id} is shown to be better than {'the other entry' if others == 1 else f'each of the {others:,} others'} (rank 1)."
    ranges = {row.rank for row in first}
    return f"No single best: {_named(first)} cannot be told apart ({f'ranks {ranges.pop()}' if len(ranges) == 1 else 'each may be the first'})."


def leaders(table: BoardTable) -> str:
    """Those that no other entry is shown to be better than; empty where nobody is ranked."""
    return _named([row for row in table.rows if row.place is not None and row.place[0] == 1])


def further_sentences(content: BoardContent, table: BoardTable) -> Iterator[str]:
    """What stands below it: who is better than the baseline, who is not ranked."""
    missing = content.board.missing_baselines
    if missing:
        yield f"A baseline of this board is missing: {', '.join(missing)}."
    held = [row for row in table.of("ranked") if row.difference is not None]
    if held:
        baseline = held[0].difference.baseline if held[0].difference else ""
        ways = [_way(row) for row in held]
        better, worse = ways.count(1), ways.count(-1)
        text = f"Against the baseline {baseline}, {better:,} of {len(held):,} {'is' if better == 1 else 'are'} shown to be better"
        yield f"{text}, {worse:,} worse." if worse else f"{text}."
    yield from _alarmed(content, table)
    for status, what in (("partial", "partial"), ("stale", "stale"), ("withdrawn", "withdrawn")):
        if several := len(table.of(status)):  # type: ignore[arg-type]
            yield f"{several:,} {'entry is' if several == 1 else 'entries are'} {what} and not ranked."


def _alarmed(content: BoardContent, table: BoardTable) -> Iterator[str]:
    """How many ranked entries have an alarm beside their number, and which of the first ones do."""
    found = [row for row in table.of("ranked") if has_alarm(results_of(content, row))]
    if not found:
        return
    first = [row for row in found if row.place is not None and row.place[0] == 1]
    named = f", {_named(first)} among those that may be first" if first else ""
    several = "entry has" if len(found) == 1 else "entries have"
    yield f"! {len(found):,} ranked {several} an alarm{named}: see the marks below the names."


def results_of(content: BoardContent, row: BoardRow) -> Sequence[TaskResult]:
    """The results that the number of a row is made of: that on the task; of the overview those on all tasks of the board."""
    return results_on(row.entry.entry, content.board.spec.weights) if row.result is None else (row.result,)


def _named(rows: tuple[BoardRow, ...] | list[BoardRow]) -> str:
    names = [row.entry.entry.id for row in rows]
    if not names:
        return ""
    if len(names) <= _NAMED + 1:
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"


def _way(row: BoardRow) -> int:
    one = row.difference
    return 0 if one is None else one.way
