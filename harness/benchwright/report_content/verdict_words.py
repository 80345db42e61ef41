"""Two models beside one another in a sentence: on how many tasks one is better, by how much where it is most, and what is not told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchwright.comparison.difference import Difference
from benchwright.comparison.report_section import DifferenceSection
from benchwright.formatting import count, interval, points, shorten
from benchwright.render.grid import Column, Grid
from benchwright.report_content.cost_words import latencies_of, main_table
from benchwright.report_content.duel import Duel
from benchwright.report_content.standings import Standing

LONGEST_NAME = 48
"""Characters of a name within a sentence."""
MOST_NAMED = 4
"""Names in one sentence; more are counted."""


class Words:
    """Names of models and tasks as sentences call them, and amounts as they are told."""

    def __init__(self, grid: Grid, standings: Sequence[Standing], differences: DifferenceSection | None) -> None:
        self.grid = grid
        self.names = shorten([system.label for system in grid.systems], LONGEST_NAME)
        titles = [one.column.task for one in standings]
        self.titles = {
            one.column.name: one.column.task if titles.count(one.column.task) == 1 else one.column.name
            for one in standings
        }
        at = {system.label: position for position, system in enumerate(grid.systems)}
        self.intervals: dict[tuple[str, int, int], Difference] = {}
        for one in differences.differences if differences is not None else ():
            if one.first in at and one.second in at:
                self.intervals[one.path, at[one.second], at[one.first]] = one

    def task(self, standing: Standing) -> str:
        """A task by its name alone, where no other suite has one of that name."""
        return self.titles[standing.column.name]

    def amount(self, standing: Standing, better: int, worse: int) -> str:
        """``12.60 points [6.70, 18.40]``: by how much the first is better; the interval where it was computed."""
        unit = standing.column.unit
        gain = standing.gains.get((better, worse))
        ends = self.ends(standing.column, better, worse)
        between = interval(*ends, unit) if ends is not None else ""
        return f"{points(None if gain is None else abs(gain), unit)} {between}".rstrip()

    def ends(self, column: Column, better: int, worse: int) -> tuple[float, float] | None:
        """The interval of how much the first is better; None where it was not computed."""
        sign, found = self._between(column, better, worse)
        if found is None or found.low is None or found.high is None:
            return None
        turned = sign if column.direction == "higher" else -sign
        low, high = sorted((turned * found.low, turned * found.high))
        return low, high

    def is_taken_back(self, column: Column, one: int, other: int) -> bool:
        """Whether two are told apart by their own test and no more once p is adjusted."""
        _, found = self._between(column, one, other)
        return found is not None and found.is_taken_back

    def _between(self, column: Column, one: int, other: int) -> tuple[int, Difference | None]:
        """The difference of two, and whether it is the first minus the second (1) or the other way round (-1)."""
        found = self.intervals.get((column.name, one, other))
        return (1, found) if found is not None else (-1, self.intervals.get((column.name, other, one)))


def duel_text(duel: Duel, words: Words, *, name: str) -> str:
    """``A is better than B on 3 of 4 tasks, most on reviews, by 12.60 points [6.70, 18.40] (accuracy); ...``."""
    other = words.names[duel.other]
    if not duel.compared:
        if duel.unscored:
            return (
                f"{name} and {other} cannot be compared: one of them has no score on {_tasks_of(duel.unscored, words)}"
            )
        return f"{name} and {other} have no task in common that compares them"
    without = f"; one of them has no score on {_tasks_of(duel.unscored, words)}" if duel.unscored else ""
    return f"{_told(duel, words, name=name)}{without}"


def _tasks_of(several: Sequence[Standing], words: Words) -> str:
    return listed([words.task(one) for one in several])


def _told(duel: Duel, words: Words, *, name: str) -> str:
    other = words.names[duel.other]
    if not duel.better and not duel.worse:
        several = f"any of {count(len(duel.tied))} tasks" if len(duel.tied) > 1 else words.task(duel.tied[0])
        return f"{name} cannot be told apart from {other} on {several}{_may_be(duel, words)}"
    parts = []
    if duel.better:
        parts.append(f"better than {other} on {share_text(duel, words)}")
    if duel.worse:
        parts.append(f"worse{'' if duel.better else f' than {other}'} on {share_text(duel, words, worse=True)}")
    told = f"{name} is {', and '.join(parts)}"
    if len(duel.tied) > 1:
        return f"{told}; on the other {count(len(duel.tied))} they cannot be told apart"
    return f"{told}; on {words.task(duel.tied[0])} they cannot be told apart" if duel.tied else told


def share_text(duel: Duel, words: Words, *, worse: bool = False) -> str:
    """``3 of 4 tasks, most on reviews, by 12.60 points [6.70, 18.40] (accuracy)``; a task alone by its name.

    The largest difference is that of the largest share of the scale; of metrics with units of their own any may be told.
    """
    several, who = (duel.worse, (duel.other, duel.subject)) if worse else (duel.better, (duel.subject, duel.other))
    largest = max(several, key=lambda one: abs(one.gains.get(who) or 0.0))
    about = f"{words.task(largest)}, by {words.amount(largest, *who)} ({largest.column.metric})"
    every = duel.answered
    if every == 1:
        return about
    if len(several) == 1:
        return f"1 of {count(every)} tasks, {about}"
    share = f"all {count(every)}" if len(several) == every else f"{count(len(several))} of {count(every)}"
    return f"{share} tasks, most on {about}"


def beaten_text(
    beaten: Sequence[int], duels: Mapping[int, Duel], words: Words, *, name: str, amount: bool = False
) -> str:
    """``it is better than B and C, on 9 to 30 of 30 tasks each, and worse on none``, with the nearest of many.

    ``amount``: with the nearest of any number, and by how much where it is most, as no other sentence tells an amount.
    """
    shares = {at: (len(duels[at].better), duels[at].answered) for at in beaten}
    if len(beaten) == 1:
        (at,) = beaten
        rest = ", and worse on none" if len(duels[at].compared) > 1 else ""
        return f"{name} is better than {words.names[at]} on {share_text(duels[at], words)}{rest}"
    counts, tasks = sorted(better for better, _ in shares.values()), {every for _, every in shares.values()}
    low, high = counts[0], counts[-1]
    of = f" of {count(max(tasks))}" if len(tasks) == 1 else ""
    many = f"{count(low)}" if low == high else f"{count(low)} to {count(high)}"
    noun = "task" if (max(tasks) if of else high) == 1 else "tasks"
    rest = ", and worse on none" if max(tasks) > 1 else ""
    told = f"{name} is better than {listed([words.names[at] for at in beaten])}, on {many}{of} {noun} each{rest}"
    if amount:
        nearest = min(beaten, key=lambda at: (shares[at][0] / shares[at][1], _largest(duels[at]), words.names[at]))
        return f"{told}; the nearest is {words.names[nearest]}, on {share_text(duels[nearest], words)}"
    if low == high or len(beaten) <= MOST_NAMED:
        return told
    nearest = min(beaten, key=lambda at: (shares[at][0] / shares[at][1], words.names[at]))
    return (
        f"{told}; the nearest is {words.names[nearest]}, on {count(shares[nearest][0])} of {count(shares[nearest][1])}"
    )


def _largest(duel: Duel) -> float:
    """The largest difference by which the subject is better."""
    return max(abs(one.gains.get((duel.subject, duel.other)) or 0.0) for one in duel.better)


def cheapest_text(among: Sequence[int], words: Words) -> str:
    """Which of some models has the lowest latency that was measured on one machine; empty where fewer than two were measured."""
    table = main_table(words.grid)
    found = latencies_of(words.grid, table) if table is not None else {}
    measured = {at: one for at, one in found.items() if at in among}
    if len(measured) < 2:
        return ""
    in_order = sorted(measured, key=lambda at: (measured[at].seconds, words.names[at]))
    first, last = in_order[0], in_order[-1]
    steady = "" if all(one.steady for one in measured.values()) else " (not shown to be steady)"
    near = [words.names[at] for at in in_order[1:] if measured[at].overlaps(measured[first])]
    beside = f" (the interval of {listed(near)} overlaps with it)" if near else ""
    lowest = f"{words.names[first]} has the lowest median latency measured, {measured[first].text}{beside}"
    if len(near) == len(in_order) - 1:
        return f"{lowest}{steady}"
    return f"{lowest}, and {words.names[last]} the highest, {measured[last].text}{steady}"


def listed(names: Sequence[str]) -> str:
    """``A, B, C, D and 3 more``."""
    if len(names) > MOST_NAMED + 1:
        return f"{', '.join(names[:MOST_NAMED])} and {count(len(names) - MOST_NAMED)} more"
    return joined(names)


def joined(parts: Sequence[str]) -> str:
    """``A, B and C``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _may_be(duel: Duel, words: Words) -> str:
    """What the difference on a single task may be, as nothing is told apart there."""
    if len(duel.tied) != 1:
        return ""
    (only,) = duel.tied
    ends = words.ends(only.column, duel.subject, duel.other)
    if ends is None:
        return ""
    unit = only.column.unit
    low, high = ends
    if words.is_taken_back(only.column, duel.subject, duel.other):
        ahead, behind = (duel.subject, duel.other) if low > 0 else (duel.other, duel.subject)
        way = "better" if low > 0 else "worse"
        return f" once p is adjusted ({words.amount(only, ahead, behind)} {way} before that)"
    if low > 0 or high < 0:  # the interval alone would tell them apart, and their own test does not
        return ""
    return f": it may be {points(-low, unit)} worse or {points(high, unit)} better"
