"""A model page as values: what the board's tables say of an entry, and its differences to its baseline and its neighbours, task by task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from benchwright.formatting import change, interval, interval_of_change, p_value, value
from benchwright.quantities import Unit
from benchwright.types import Frozen
from benchwright_leaderboards.alarm_marks import loud_word
from benchwright_leaderboards.board import PlacedEntry
from benchwright_leaderboards.content import BoardContent, BoardRow, BoardTable
from benchwright_leaderboards.counterparts import Counterpart, counterparts_of, paired_on_site
from benchwright_leaderboards.mean import sample_size
from benchwright_leaderboards.pages import digest_of_inputs, slug
from benchwright_leaderboards.pair_tests import SIGNS, WORDS, PairTests
from benchwright_leaderboards.ranking import MEAN
from benchwright_leaderboards.task_words import TaskWords, words_of


class DifferenceCell(Frozen, frozen=True, kw_only=True):
    """An entry minus another on a task, written.

    Attributes:
        other: Id of the other.
        sign: ``▲``, ``▼``, ``=`` beside the verdict in ``told``.
        change: The difference of scores; a dash where there is none.
        between: Its 95 % interval.
        adjusted: p after Holm over all tests of the board.
    """

    other: str
    sign: str
    told: str
    change: str
    between: str
    adjusted: str


class Stand(Frozen, frozen=True, kw_only=True):
    """Where an entry stands in a table.

    Attributes:
        rank: ``2``, ``1–3``; empty where it is not ranked.
        of: How many are ranked there.
        why: Why there is no score or no rank; empty otherwise.
    """

    rank: str
    of: int
    why: str = ""


class ModelLine(Frozen, frozen=True, kw_only=True):
    """An entry on a task, or on the mean (``path`` empty), written.

    Attributes:
        page: Address of the task's page below the site; empty for the mean.
        stand: Its rank.
        score: Its score.
        between: 95 % interval of the score.
        n: What was scored: ``872 examples``; empty for the mean, whose tasks count different things.
        errored: Items without an answer, counted as wrong.
        cells: One for each counterpart, in their order.
        alarm: The first alarm about it in a few words, with its sign; empty without any.
    """

    path: str
    title: str
    metric: str
    page: str
    stand: Stand
    score: str
    between: str
    n: str
    errored: int
    cells: tuple[DifferenceCell, ...]
    alarm: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelContent:
    """The page, but for what records decide.

    Attributes:
        room: What it shares with the others.
        row: Its row of the overview.
        counterparts: Whom it is compared with.
        attempts: How many entries of its team the board holds.
        has_pairs: Whether the pages of it and each of these are on the site.
    """

    room: ModelRoom
    row: BoardRow
    counterparts: tuple[Counterpart, ...]
    attempts: int
    has_pairs: bool

    @property
    def one(self) -> PlacedEntry:
        """The entry."""
        return self.row.entry

    @property
    def paths(self) -> tuple[str, ...]:
        """The tasks of the board."""
        return self.room.paths

    @property
    def of(self) -> int:
        """How many have a rank by the mean."""
        return self.room.ranked[MEAN]

    @property
    def score(self) -> str:
        """Its mean, written."""
        return value(self.row.value)

    @cached_property
    def mean(self) -> ModelLine:
        """Its line on the board's mean."""
        return _mean(self.room, self.row, self.counterparts)

    @cached_property
    def tasks(self) -> tuple[ModelLine, ...]:
        """Its lines on the tasks, in the order of the board."""
        return tuple(_task(self.room, self.row, table, self.counterparts) for table in self.room.content.tasks)

    @property
    def stands(self) -> tuple[Stand, ...]:
        """Where it stands on the mean and on the tasks: what another entry changes on most of its lines, and all that it changes there."""
        return (_stand_on_mean(self.room, self.row), *(_stand(self.room, self.row, path) for path in self.paths))

    @property
    def told(self) -> tuple[object, ...]:
        """What decides its lines beside where it stands, as JSON can hold it."""
        mine, score = self.one.entry.id, self.row.score
        others = [(other.entry.entry.id, other.entry.told) for other in self.counterparts]
        tests = [self.room.tests.told(self.room.names, mine, other).hex() for other, _ in others]
        mean = None if score is None else (score.value, score.low, score.high, score.errored)
        return self.room.told, mine, self.one.told, mean, others, tests


@dataclass(frozen=True, kw_only=True)
class ModelRoom:
    """What all model pages of a board share, found once."""

    content: BoardContent
    words: Mapping[str, TaskWords]
    tests: PairTests
    counterparts: Mapping[str, tuple[Counterpart, ...]]
    attempts: Mapping[str, int]
    rows: Mapping[str, Mapping[str, BoardRow]]
    ranked: Mapping[str, int]
    has_pairs: bool

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The tasks of the board."""
        return tuple(table.name for table in self.content.tasks)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The tables: the mean, then the tasks."""
        return MEAN, *self.paths

    @cached_property
    def told(self) -> str:
        """Digest of how the tasks are written of."""
        words = [self.words[path] for path in self.paths]
        return digest_of_inputs(self.paths, [(one.metric, one.unit, one.higher) for one in words])


def model_room(content: BoardContent) -> ModelRoom:
    """What model pages share."""
    tables = (content.overview, *content.tasks)
    attempts: dict[str, int] = {}
    for one in content.board.entries:
        attempts[one.submission.team] = attempts.get(one.submission.team, 0) + 1
    return ModelRoom(
        content=content,
        words=words_of(content.board),
        tests=PairTests(content.ranking),
        counterparts=counterparts_of(content),
        attempts=attempts,
        rows={table.name: {row.entry.entry.id: row for row in table.rows} for table in tables},
        ranked={table.name: table.ranked for table in tables},
        has_pairs=bool(paired_on_site(content)),
    )


def model_content(room: ModelRoom, row: BoardRow) -> ModelContent:
    """The page of an entry, by its row of the overview."""
    return ModelContent(
        room=room,
        row=row,
        counterparts=room.counterparts.get(row.entry.entry.id, ()),
        attempts=room.attempts[row.entry.submission.team],
        has_pairs=room.has_pairs,
    )


def _stand_on_mean(room: ModelRoom, row: BoardRow) -> Stand:
    return Stand(rank=row.rank, of=room.ranked[MEAN])


def _stand(room: ModelRoom, row: BoardRow, path: str) -> Stand:
    here, of = room.rows[path].get(row.entry.entry.id), room.ranked[path]
    if here is None:
        return Stand(rank="", of=of, why="no result")
    return Stand(rank=here.rank, of=of, why="" if here.status == "ranked" else here.status)


def _mean(room: ModelRoom, row: BoardRow, others: tuple[Counterpart, ...]) -> ModelLine:
    unit: Unit = "fraction"
    return ModelLine(
        path=MEAN,
        title="Weighted mean",
        metric="",
        page="",
        stand=_stand_on_mean(room, row),
        score=value(row.value, unit),
        between="" if row.score is None else interval(row.score.low, row.score.high, unit),
        n="",
        errored=0 if row.score is None else row.score.errored,
        cells=tuple(_cell(room, MEAN, row, other, unit, higher=True) for other in others),
    )


def _task(room: ModelRoom, row: BoardRow, table: BoardTable, others: tuple[Counterpart, ...]) -> ModelLine:
    words, here = room.words[table.name], room.rows[table.name].get(row.entry.entry.id)
    result = None if here is None else here.result
    score = None if result is None else result.score
    return ModelLine(
        path=table.name,
        title=table.title,
        metric=words.metric,
        page=f"tasks/{slug(table.name)}.html",
        stand=_stand(room, row, table.name),
        score=value(None if score is None else score.value, words.unit),
        between="" if score is None else interval(score.low, score.high, words.unit),
        n="" if score is None else sample_size(score),
        errored=0 if score is None else score.errored,
        alarm=loud_word(result),
        cells=tuple(_cell(room, table.name, row, other, words.unit, higher=words.higher) for other in others),
    )


def _cell(room: ModelRoom, name: str, row: BoardRow, other: Counterpart, unit: Unit, *, higher: bool) -> DifferenceCell:
    theirs = other.entry.entry.id
    found = room.tests.find(name, row.entry.entry.id, theirs, higher=higher)
    if found is None:
        return DifferenceCell(other=theirs, sign="", told="not tested", change=value(None), between="", adjusted="")
    return DifferenceCell(
        other=theirs,
        sign=SIGNS[found.verdict],
        told=WORDS[found.verdict],
        change=change(found.delta, unit),
        between=interval_of_change(found.low, found.high, unit),
        adjusted=p_value(found.p_adjusted),
    )
