"""Official averages of suites as lines of the table of candidates, under the names of their recipes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchwright.formatting import finite, interval, value
from benchwright.render.grid import Grid, rank_tiers
from benchwright.report_content.candidate_line import ABSENT, CandidateCell, CandidateLine, with_places
from benchwright.report_content.standings import place_of
from benchwright.types import AggregateScore, Score


def average_lines(grid: Grid, suite: str) -> Iterator[CandidateLine]:
    """A line for each average of a suite, in the order of the runs; no average where a task is missing.

    Averages are not tested against one another here: their marks are those of intervals.
    """
    found: dict[str, dict[int, AggregateScore]] = {}
    for at, score in grid.aggregates:
        if score.suite == suite:
            found.setdefault(score.name, {}).setdefault(at, score)
    for scores in found.values():
        first = next(iter(scores.values()))
        cells = [_cell(scores[at]) if at in scores else ABSENT for at in range(len(grid.systems))]
        places = {at: place_of(tier) for at, tier in rank_tiers(_complete(scores), "higher").items()}
        yield CandidateLine(
            title=first.title or first.name,
            notes=(f"official average {first.name}",) if first.title else ("official average",),
            anchor="",
            kind="average",
            cells=with_places(cells, places, tested=False),
        )


def _complete(scores: Mapping[int, AggregateScore]) -> dict[int, Score]:
    return {
        at: Score(metric=score.name, value=score.value, low=score.low, high=score.high)
        for at, score in scores.items()
        if not _is_missing(score)
    }


def _cell(score: AggregateScore) -> CandidateCell:
    if _is_missing(score):
        absent = f"missing: {', '.join(score.missing)}" if score.missing else score.reason
        return CandidateCell(state="problem", text="no average", lines=(absent,) if absent else ())
    return CandidateCell(
        state="score",
        text=value(score.value),
        between=interval(score.low, score.high),
        sort=finite(score.value),
    )


def _is_missing(score: AggregateScore) -> bool:
    return finite(score.value) is None or bool(score.missing)
