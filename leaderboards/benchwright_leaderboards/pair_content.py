"""Any two entries of a board beside one another: differences task by task, what the first has right and the other has not, and examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.alarm import lines
from benchwright.comparison.right_answers import what_is_right
from benchwright.formatting import change, interval, interval_of_change, name_some, p_value, value
from benchwright.items import count
from benchwright.quantities import Unit
from benchwright.report_content.examples import ExampleItem, ExampleSection, ExampleTask, find_examples
from benchwright.types import ReportOptions
from benchwright_leaderboards.alarm_marks import RESCORE, UNKNOWN, placed, results_on
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.entry_grid import entry_grid
from benchwright_leaderboards.pages import slug
from benchwright_leaderboards.pair_estimates import PairFinder
from benchwright_leaderboards.pair_tests import SIGNS, WORDS, PairTest, PairTests
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.right_items import RightItems, count_fixed, right_items
from benchwright_leaderboards.task_words import TaskWords, words_of

MOST_FLIPS = 3
"""Fixed items of a task that stand on a page without its script, and as many broken ones."""
_BAD = frozenset({"wrong", "partly", "errored"})


@dataclass(frozen=True, kw_only=True)
class PairVerdict:
    """A difference, written.

    Attributes:
        change: The first minus the other; a dash where there is none.
        between: Its 95 % interval.
        p: Two-sided p at no difference.
        adjusted: p after Holm over all tests of the board; empty where it is not known.
        rule: How ``told`` was decided (`PairTest.rule`); empty where there is no difference.
        sign: ``▲``, ``▼``, ``=`` beside the verdict in ``told``.
    """

    change: str
    between: str
    p: str
    adjusted: str
    sign: str
    told: str
    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class PairLine:
    """Two entries on a task, or on the mean (``path`` empty), written.

    Attributes:
        page: Address of the task's page below the site; empty for the mean.
        mine: Score of the first entry.
        other: Score of the other.
        verdict: What the difference is.
        n: What was scored: ``872 examples``; empty for the mean, whose tasks count different things.
        fixed: Items that only the first answers correctly; None where answers are not right or wrong.
        broken: Items that only the other does.
        right: What counts as right there, where the score is no share of right answers.
        why: Why there is no difference; empty where there is one.
    """

    path: str
    title: str
    metric: str
    page: str
    mine: str
    mine_between: str
    other: str
    other_between: str
    verdict: PairVerdict
    n: str
    fixed: int | None = None
    broken: int | None = None
    right: str = ""
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class FlipList:
    """Items of a task that exactly one of two entries answers correctly, for a page without its script."""

    task: ExampleTask
    fixed: tuple[ExampleItem, ...]
    broken: tuple[ExampleItem, ...]


@dataclass(frozen=True, kw_only=True)
class PairContent:
    """The page of two entries.

    Attributes:
        first: Row of the entry that is spoken of; differences are its score minus that of ``second``.
        second: Row of the other.
        mean: The line on the board's mean.
        tasks: Lines on the tasks, in the order of the board.
        family: Tests over which p is adjusted.
        critical: What p of such a test must not exceed to tell two entries apart.
        alarms: Alarms about the numbers of either, a line each.
    """

    first: BoardRow
    second: BoardRow
    mean: PairLine
    tasks: tuple[PairLine, ...]
    family: int
    critical: str
    alarms: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, str]:
        """Of the first entry and the second."""
        return self.first.entry.entry.id, self.second.entry.entry.id

    @property
    def tally(self) -> Mapping[str, int]:
        """Verdict in words -> how many tasks have it."""
        found: dict[str, int] = {}
        for line in self.tasks:
            found[line.verdict.told] = found.get(line.verdict.told, 0) + 1
        return found


@dataclass(frozen=True, kw_only=True)
class PairExamples:
    """Examples of a pair: the browser's section, None without any, and its flips."""

    section: ExampleSection | None
    flips: tuple[FlipList, ...]


@dataclass(frozen=True, kw_only=True)
class PairRoom:
    """What pages of pairs of a board share, found once."""

    content: BoardContent
    words: Mapping[str, TaskWords]
    tests: PairTests
    rows: Mapping[str, BoardRow]

    @property
    def paths(self) -> list[str]:
        """Tasks of the board."""
        return [task.path for task in self.content.board.spec.task]


def pair_room(content: BoardContent) -> PairRoom:
    """What pages of pairs share."""
    return PairRoom(
        content=content,
        words=words_of(content.board),
        tests=PairTests(content.ranking),
        rows={row.entry.entry.id: row for row in content.overview.rows},
    )


def pair_content(room: PairRoom, first: str, second: str) -> PairContent:
    """Two entries of a board, by ids; differences are first minus second, and equal `benchwright compare SECOND FIRST --missing wrong`.

    Raises:
        KeyError: There is no such entry.
    """
    one, other = room.rows[first], room.rows[second]
    finder = PairFinder(room.tests, one.entry, other.entry)
    rights = [right_items(row.entry, room.paths) for row in (one, other)]
    return PairContent(
        first=one,
        second=other,
        mean=_mean(finder, one, other),
        tasks=tuple(_line(finder, room.words[path], rights) for path in room.paths),
        family=room.content.ranking.family,
        critical=p_value(room.content.ranking.critical),
        alarms=tuple(line for row in (one, other) for line in _alarms(room, row)),
    )


def _alarms(room: PairRoom, row: BoardRow) -> Iterator[str]:
    """Alarms about an entry on tasks of the board, and whether they were looked for."""
    name = row.entry.entry.id
    yield from lines(told for told in placed(row.entry, room.paths) if told.severity == "alarm")
    unknown = [result.path for result in results_on(row.entry.entry, room.paths) if result.alarms is None]
    if unknown:
        yield f"{UNKNOWN.sign} {name} on {name_some(unknown, 3)}: {UNKNOWN.text}; {RESCORE}"


def _mean(finder: PairFinder, one: BoardRow, other: BoardRow) -> PairLine:
    found, why = finder.on_mean()
    if found is not None and found.verdict == "untested":
        why = "one of them has no score on a task"
    scores = [row.score for row in (one, other)]
    lines = [("–", "") if score is None else (value(score.value), interval(score.low, score.high)) for score in scores]
    return PairLine(
        path=MEAN,
        title="Weighted mean",
        metric="",
        page="",
        mine=lines[0][0],
        mine_between=lines[0][1],
        other=lines[1][0],
        other_between=lines[1][1],
        n="",
        why=why,
        verdict=_written(found, "fraction"),
    )


def _line(finder: PairFinder, words: TaskWords, rights: list[Mapping[str, RightItems]]) -> PairLine:
    one, other, path = finder.one, finder.other, words.path
    scores = [None if result is None else result.score for result in (one.entry.result(path), other.entry.result(path))]
    found, why = finder.on_task(path, higher=words.higher)
    if found is not None and found.verdict == "untested":
        why = _unscored(finder, path)
    fixed, broken = count_fixed(one, other, path, *rights) if found is not None else (None, None)
    written = [
        (value(None), "")
        if score is None
        else (value(score.value, words.unit), interval(score.low, score.high, words.unit))
        for score in scores
    ]
    return PairLine(
        path=path,
        title=path,
        metric=words.metric,
        page=f"tasks/{slug(path)}.html",
        mine=written[0][0],
        mine_between=written[0][1],
        other=written[1][0],
        other_between=written[1][1],
        n="" if found is None or scores[0] is None else count(scores[0].n, scores[0].unit or "example"),
        fixed=fixed,
        broken=broken,
        right=what_is_right(words.card) if words.card is not None and fixed is not None else "",
        why=why,
        verdict=_written(found, words.unit),
    )


def _unscored(finder: PairFinder, path: str) -> str:
    """Why a pair with results has no test."""
    results = {one.entry.id: one.entry.result(path) for one in (finder.one, finder.other)}
    lacking = [name for name, result in results.items() if result is None or result.score.value is None]
    return f"no score of {' and '.join(lacking)}" if lacking else "no test of this metric"


def _written(found: PairTest | None, unit: Unit) -> PairVerdict:
    if found is None:
        return PairVerdict(change=value(None), between="", p="", adjusted="", sign="", told="not compared")
    return PairVerdict(
        change=change(found.delta, unit),
        between=interval_of_change(found.low, found.high, unit),
        p=p_value(found.p),
        adjusted="" if found.p_adjusted is None else p_value(found.p_adjusted),
        sign=SIGNS[found.verdict],
        told=WORDS[found.verdict],
        rule=found.rule,
    )


def pair_examples(rows: Sequence[BoardRow], paths: list[str], *, inputs: bool) -> PairExamples:
    """Chosen items with the answers of both, and items that one of them alone answers correctly; the entries by their rows of the overview."""
    side = entry_grid([row.entry for row in rows], paths, inputs=inputs)
    section = find_examples(side.grid, side.records, ReportOptions(inputs=inputs))
    lists = () if section is None else tuple(_flips(section))
    return PairExamples(section=section, flips=lists)


def _flips(section: ExampleSection) -> Iterator[FlipList]:
    for task in section.tasks:
        fixed, broken = list[ExampleItem](), list[ExampleItem]()
        for item in task.items:
            said = {answer.model: answer.verdict for answer in item.answers}
            if said.get(0) == "right" and said.get(1) in _BAD:
                fixed.append(item)
            if said.get(1) == "right" and said.get(0) in _BAD:
                broken.append(item)
        if fixed or broken:
            yield FlipList(task=task, fixed=tuple(fixed[:MOST_FLIPS]), broken=tuple(broken[:MOST_FLIPS]))
