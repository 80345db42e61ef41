"""Lines with what changed from one measurement to the next, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.quantities import SCORE, Quantity, metric_title, quantity_of
from benchwright.score_history.changes import adjust, find_change, version_now
from benchwright.score_history.lines import Circumstanced, LineQuery, Series, StoredPoint
from benchwright.score_history.marks import find_marks
from benchwright.score_history.result import Change, HistoryPoint, Line
from benchwright.score_history.stored import moment
from benchwright.store import Store
from benchwright.types import AnyTask, CellKey
from benchwright.unranked import why as unranked_why

LAST = 20
"""Points of a line that are shown unless more are asked for."""


def find_lines(
    store: Store,
    series: Sequence[Series],
    wanted: LineQuery,
    *,
    last: int | None = LAST,
    since: datetime | None = None,
    only_last: bool = False,
) -> tuple[list[Line], int]:
    """Lines with their changes, p adjusted over all of them, and how many those are; lines without a point are left out.

    Args:
        store: Where the records are.
        series: What becomes lines.
        wanted: Metric and slice.
        last: Most points of a line; None: all.
        since: Only points of runs that were begun then or later.
        only_last: Only the last measurement is compared with the one before it.
    """
    lines = [_line(store, one, wanted, last=last, since=since, only_last=only_last) for one in series]
    return _adjusted([line for line in lines if line.points])


def _line(
    store: Store, series: Series, wanted: LineQuery, *, last: int | None, since: datetime | None, only_last: bool
) -> Line:
    shown = [
        one
        for one in series.points
        if since is None or (moment(one.run.created) or datetime.max.replace(tzinfo=UTC)) >= since
    ]
    shown = shown if last is None else shown[-last:]
    hidden = len(series.points) - len(shown)
    before = next((one for one in reversed(series.points[:hidden]) if one.point.is_measured), None)
    card = series.card
    quantity = _quantity(wanted.metric, card)
    about = Circumstanced(store)
    points: list[HistoryPoint] = []
    stretch: list[StoredPoint] = []
    newest = next((one for one in reversed(shown) if one.point.is_measured), None)
    for one in shown:
        points.append(_point(store, before, one, wanted, about, compared=one is newest or not only_last))
        if one.point.is_measured:
            stretch = [one] if points[-1].breaks or not stretch else [*stretch, one]
            before = one
    return Line(
        name=series.name,
        path=series.path,
        metric=wanted.metric,
        title=_title(wanted, card, quantity),
        unit=quantity.unit if quantity else "number",
        direction="neither" if quantity is None or quantity.neutral is not None else quantity.direction,
        points=tuple(points),
        slice=wanted.slice,
        unranked=unranked_why(card),
        earlier=hidden,
        since=find_change(store, stretch[0], stretch[-1], wanted) if len(stretch) > 2 and not only_last else None,
    )


def _title(wanted: LineQuery, card: AnyTask | None, quantity: Quantity | None) -> str:
    if wanted.is_hardware or card is None:
        return quantity.title if quantity is not None else wanted.metric
    if wanted.metric == SCORE:
        return " and ".join(metric_title(name, card, wanted.slice) for name in card.score_metrics) or SCORE
    return metric_title(wanted.metric, card, wanted.slice)


def _quantity(metric: str, card: AnyTask | None) -> Quantity | None:
    try:
        return quantity_of(metric, card)
    except BenchwrightError:
        return None


def _point(
    store: Store,
    before: StoredPoint | None,
    one: StoredPoint,
    wanted: LineQuery,
    about: Circumstanced,
    *,
    compared: bool,
) -> HistoryPoint:
    """The point with what changed since the measurement before it, and where it is ``compared`` by how much."""
    if not one.point.is_measured:
        return one.point
    key = about.key(one)
    point = msgspec.structs.replace(one.point, digest=_digest(key), older=version_now(one, wanted))
    if before is None:
        return point
    marks = find_marks(about.of(before), about.of(one))
    point = msgspec.structs.replace(point, marks=marks)
    if point.breaks or not compared:
        return point
    return msgspec.structs.replace(point, change=find_change(store, before, one, wanted))


def _digest(key: CellKey | None) -> str:
    """The digest of a model; empty for one that has none, whose key names the run instead."""
    return "" if key is None or key.model.startswith("run:") else key.model


def _adjusted(lines: Sequence[Line]) -> tuple[list[Line], int]:
    """The lines with p of all changes adjusted together; unranked tasks are in no family."""
    flat: list[Change | None] = []
    for line in lines:
        mine = [*(point.change for point in line.points), line.since]
        flat += [None] * len(mine) if line.unranked else mine
    changes, family = adjust(flat)
    found, left = [], iter(changes)
    for line in lines:
        fresh = [next(left) for _ in line.points]
        whole = next(left)
        if not line.unranked:
            points = tuple(
                msgspec.structs.replace(point, change=change) for point, change in zip(line.points, fresh, strict=True)
            )
            line = msgspec.structs.replace(line, points=points, since=whole)  # noqa: PLW2901 - the same line, adjusted
        found.append(line)
    return found, family
