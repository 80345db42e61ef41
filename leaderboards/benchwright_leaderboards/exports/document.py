"""A board's content as documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.formatting import finite
from benchwright.quantities import SCORE, quantity_of
from benchwright.types import Alarm, Score, Task
from benchwright_leaderboards.alarm_marks import placed, placed_line
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.entries import Cost, Submission, TaskResult
from benchwright_leaderboards.exports.documents import (
    SCHEMA,
    AlarmDocument,
    BoardDocument,
    CostDocument,
    DifferenceDocument,
    EntryDocument,
    ModelDocument,
    OptimismDocument,
    RankingDocument,
    RankRange,
    RescoredDocument,
    ResultDocument,
    RulesDocument,
    ScoreDocument,
    SubmissionDocument,
    TaskDocument,
    WithdrawalDocument,
    WorstSliceDocument,
)
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.table_view import rank_meaning
from benchwright_leaderboards.task_cards import task_cards

MADE_WITH = f"benchwright {benchwright.__version__}"
Rows = Mapping[str, Mapping[str, BoardRow]]
"""``suite/task`` -> entry id -> its row there."""


def board_document(content: BoardContent) -> BoardDocument:
    """The whole board; metrics beside the tasks' scores are in `model_document`.

    Raises:
        StoreError: A run cannot be read.
    """
    rows = rows_by_task(content)
    return about_board(
        content, rows, tuple(entry_document(content, row, rows, every=False) for row in content.overview.rows)
    )


def versions_of(result: TaskResult) -> list[str]:
    """NAME@VERSION of the metrics that a result was scored with."""
    return [score.metric for score in _whole(result)]


def about_board(
    content: BoardContent,
    rows: Rows,
    entries: tuple[EntryDocument, ...],
    versions: Mapping[str, set[str]] | None = None,
) -> BoardDocument:
    """The whole board, with these entries; ``versions``: of all results by task, where they are known."""
    spec, cards = content.board.spec, task_cards(content.board)
    return BoardDocument(
        schema=SCHEMA,
        made_with=MADE_WITH,
        digest=content.digest,
        updated=content.updated,
        title=spec.title,
        text=spec.text,
        url=spec.url,
        ranking=_ranking(content),
        rules=RulesDocument(
            whole_splits=spec.rules.whole_splits, adapters=spec.rules.adapters, attempts=spec.rules.attempts
        ),
        machine=spec.machine,
        measured_on=spec.measured_on,
        baselines=spec.baselines,
        missing_baselines=content.board.missing_baselines,
        tasks=tuple(_task(content, path, cards.get(path), rows, versions) for path in spec.weights),
        entries=entries,
        submissions=tuple(map(_submission, content.board.submissions)),
    )


def model_document(content: BoardContent, row: BoardRow, rows: Rows) -> ModelDocument:
    """An entry, by its row of the overview, with every metric."""
    return about_model(content, row, entry_document(content, row, rows, every=True))


def about_model(content: BoardContent, row: BoardRow, entry: EntryDocument) -> ModelDocument:
    """The document of an entry, with the entry as it is told there."""
    return ModelDocument(
        schema=SCHEMA,
        made_with=MADE_WITH,
        board=content.board.spec.title,
        entries=len(content.overview.rows),
        entry=entry,
        note=row.entry.submission.note,
    )


def rows_by_task(content: BoardContent) -> Rows:
    """The rows of every task by entry."""
    return {table.name: {row.entry.entry.id: row for row in table.rows} for table in content.tasks}


def _task(
    content: BoardContent, path: str, card: Task | None, rows: Rows, known: Mapping[str, set[str]] | None
) -> TaskDocument:
    spec = content.board.spec
    there = rows[path].values()
    versions = (
        {name for row in there if row.result for name in versions_of(row.result)} if known is None else known[path]
    )
    return TaskDocument(
        path=path,
        digest=spec.digest(path) or "",
        weight=content.ranking.weights.get(path, 0.0),
        declared=spec.weights[path],
        score=card.score_metrics if card else (),
        versions=tuple(sorted(versions)),
        better=_direction(card),
        split=card.default_split if card else None,
        ranked=sum(row.place is not None for row in there),
        unranked=content.ranking.unranked.get(path, ""),
        optimism=_optimism(content, path),
        caveats=_alarms(content.words[path].caveats),
        description=card.description if card else "",
        licence=card.licence if card else "",
        citation=card.citation if card else "",
    )


def _ranking(content: BoardContent) -> RankingDocument:
    found = content.ranking
    return RankingDocument(
        level=round(LEVEL, 12),
        family=found.family,
        rejected=found.rejected,
        critical=found.critical,
        attempts=found.attempts,
        optimism=_optimism(content, MEAN),
        not_averaged=found.not_averaged,
        meaning=rank_meaning(content, content.overview),
    )


def _optimism(content: BoardContent, name: str) -> OptimismDocument | None:
    one = content.ranking.optimism.get(name)
    if one is None:
        return None
    return OptimismDocument(best=one.best, expected=one.expected, if_equal=one.if_equal, entries=one.entries)


def _direction(card: Task | None) -> str | None:
    if card is None:
        return None
    try:
        return quantity_of(SCORE, card).direction
    except BenchwrightError:  # a metric that is not installed here
        return None


def entry_document(content: BoardContent, row: BoardRow, rows: Rows, *, every: bool) -> EntryDocument:
    """An entry, by its row of the overview; ``every``: with every metric."""
    entry, submission, taken = row.entry.entry, row.entry.submission, row.entry.withdrawn
    return EntryDocument(
        id=entry.id,
        name=entry.name,
        status=row.status,
        reasons=row.reasons,
        withdrawn=None if taken is None else WithdrawalDocument(at=taken.at, reason=taken.reason),
        rank=_range(row),
        mean=None if row.score is None else _score(row.score),
        difference=_difference(row),
        baseline=row.is_baseline,
        team=submission.team,
        attempt=entry.attempt,
        submission=submission.id,
        added=submission.added,
        adapter=entry.adapter,
        model=entry.model,
        trained_on=entry.trained_on,
        same_as=entry.same_as,
        twin_of=content.ranking.twins.get(entry.id, ""),
        cost=_cost(entry.cost),
        alarms=tuple(placed_line(one) for one in placed(row.entry, rows) if one.severity == "alarm"),
        results=tuple(
            _result(result, rows[result.path][entry.id], every=every)
            for result in entry.results
            if entry.id in rows.get(result.path, {})
        ),
    )


def _cost(cost: Cost) -> CostDocument:
    return CostDocument(**{name: getattr(cost, name) for name in CostDocument.__struct_fields__})


def _result(result: TaskResult, row: BoardRow, *, every: bool) -> ResultDocument:
    return ResultDocument(
        task=result.path,
        status=row.status,
        reasons=row.reasons,
        rank=_range(row),
        score=_score(result.score),
        difference=_difference(row),
        worst_slice=_worst(result),
        digest=result.digest,
        answers=result.records,
        limit=result.limit,
        alarms=None if result.alarms is None else _alarms(result.alarms),
        metrics=tuple(map(_score, _whole(result))) if every else (),
    )


def _worst(result: TaskResult) -> WorstSliceDocument | None:
    one = result.worst
    return None if one is None else WorstSliceDocument(slice=one.slice, n=one.n, gap=one.gap)


def _alarms(found: Iterable[Alarm]) -> tuple[AlarmDocument, ...]:
    return tuple(AlarmDocument(code=one.code, severity=one.severity, sentence=one.sentence) for one in found)


def _submission(one: Submission) -> SubmissionDocument:
    return SubmissionDocument(
        id=one.id,
        digest=one.digest,
        team=one.team,
        added=one.added,
        note=one.note,
        entries=tuple(entry.id for entry in one.entries),
        rescored=tuple(
            RescoredDocument(
                entry=was.entry,
                task=was.path,
                at=was.at,
                before=finite(was.before.score.value) if was.before else None,
                why=was.why,
            )
            for was in one.history
        ),
    )


def _difference(row: BoardRow) -> DifferenceDocument | None:
    one = row.difference
    if one is None:
        return None
    return DifferenceDocument(
        baseline=one.baseline,
        delta=one.delta,
        low=finite(one.low),
        high=finite(one.high),
        p=finite(one.p),
        verdict=one.verdict,
    )


def _whole(result: TaskResult | None) -> Iterable[Score]:
    return (score for score in result.scores if score.slice is None) if result else ()


def _range(row: BoardRow) -> RankRange | None:
    return None if row.place is None else RankRange(low=row.place[0], high=row.place[1])


def _score(score: Score) -> ScoreDocument:
    return ScoreDocument(
        metric=score.metric,
        value=finite(score.value),
        low=finite(score.low),
        high=finite(score.high),
        se=finite(score.se),
        n=score.n,
        unit=score.unit or "example",
        clusters=score.clusters,
        method=score.method,
        unanswered=score.errored,
        skipped=score.skipped,
        notes=tuple(alarm.sentence for alarm in score.alarms) if score.alarms else (),
    )
