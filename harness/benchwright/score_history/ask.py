"""`history`: values of models over the runs of a store, what changed between them, and which changes are real."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchwright.errors import BenchwrightError
from benchwright.quantities import SCORE
from benchwright.score_history.compared_lines import LAST, find_lines
from benchwright.score_history.lines import find_series
from benchwright.score_history.question import check_found, find_models, find_paths, read_date, read_wanted
from benchwright.score_history.result import SCHEMA, HistoryData, LineBy, as_json, rows
from benchwright.score_history.stored import read_runs
from benchwright.store import Store, locate


class History(HistoryData, frozen=True, kw_only=True):
    """The result of `history`: printed as text, shown as a table in notebooks; see `to_json` and `to_pandas`."""

    def to_json(self) -> dict[str, Any]:
        """JSON values, as ``benchwright history --format json`` prints them."""
        return as_json(self)

    def to_pandas(self) -> Any:
        """A DataFrame with one row per point."""
        from benchwright.results import to_frame

        return to_frame(rows(self))

    def __str__(self) -> str:
        from benchwright.score_history.text import to_text

        return to_text(self)

    def _repr_html_(self) -> str:
        from benchwright.score_history.text import to_html

        return to_html(self)


def history(
    task: str | None = None,
    metric: str = SCORE,
    *,
    model: str | Sequence[str] = (),
    by: LineBy = "name",
    slice: str | None = None,
    last: int | None = LAST,
    since: str | None = None,
    store: str | Path | Store | None = None,
) -> History:
    """Values of models over the runs of a store, oldest first.

    A line is what carries one name from run to run, whatever its checkpoint is: a point for each measurement, with its interval.
    Each point is held against the one before it, item by item where the records of both are in the store. Where the data, the
    metric's version, the rules of the task, the split, the limit, the suite's version or (of hardware) the machine changed, values on
    the two sides are not compared. p of all changes that are shown is adjusted together (Holm 1979).

    Args:
        task: ``suite/task``, a task's name, or of a hardware quantity ``hardware/SCENARIO@suite/task``; None: every task.
        metric: ``score``, a metric of the task, or a quantity of hardware profiles such as ``latency_p50``.
        model: Only these models; ``*`` stands for any letters.
        by: What makes points one line: the model's ``name``, its ``source`` (adapter and path), or ``one`` line of everything chosen.
        slice: Scores of the slice ``name=value``.
        last: Most points of a line that are shown; None: all.
        since: Only points of runs that were begun on that date (ISO 8601, UTC) or later.
        store: Store folder; default: as on the command line.

    Raises:
        BenchwrightError: No run has such a task, metric, slice or model; a date or a number is none.
        StoreError: The store cannot be read.
    """
    place = store if isinstance(store, Store) else Store(locate(str(store) if store else None))
    runs, skipped = read_runs(place)
    wanted = read_wanted(metric, slice, by)
    begun = read_date(since)
    if last is not None and last < 1:
        raise BenchwrightError(f"last={last}", expected="1 or more, or None for all", hint="last=20")
    paths = find_paths(runs, wanted, task, place)
    series = find_series(
        runs, wanted, paths=paths, models=find_models(runs, paths, [model] if isinstance(model, str) else model)
    )
    check_found(series, wanted, task)
    series = tuple(one for one in series if not all(point.point.status == "absent" for point in one.points))
    adjusted, family = find_lines(place, series, wanted, last=last, since=begun, only_last=task is None)
    return History(
        schema=SCHEMA,
        metric=wanted.metric,
        task=task or "",
        by=by,
        runs=len(runs),
        lines=tuple(adjusted),
        slice=slice,
        since=since or "",
        skipped=skipped,
        family=family,
    )
