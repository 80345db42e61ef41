"""The numbers of a task as one table: a line for each model, a column for each metric, and what is to be known of them below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.types import Alarm

MOST_NUMBERS = 900
"""Values of metrics on one page; of each task those of at least `LEAST_METRICS` metrics."""
LEAST_METRICS = 2
MOST_REMARKS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricRow:
    """One number of one model, with everything needed to believe it; texts are ready to print.

    Attributes:
        name: Of the metric, bare; ``score`` for the task score.
        metric: Its title.
    """

    system: str
    name: str
    metric: str
    value: str
    sort: float | None
    between: str
    n: str
    counted: str
    errored: str
    skipped: str
    truncated: str
    clusters: str
    method: str
    alarms: tuple[Alarm, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricColumn:
    """A metric; ``about`` is what holds of the numbers of all models: how many of what, interval by which method."""

    name: str
    title: str
    about: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricCell:
    """A number in the table.

    Attributes:
        about: What the column does not say of it: its n where models differ in it.
        mark: Severest of its remarks; empty without any.
    """

    value: str
    between: str
    about: str
    mark: Literal["", "alarm", "note"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRemark:
    """An alarm or a note of some numbers, told once: of which models, and of which metrics where not of all."""

    severity: Literal["alarm", "note"]
    sentence: str
    systems: tuple[str, ...]
    metrics: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricTable:
    """All metrics of a task by model.

    Attributes:
        lines: Label and cells of each model, the best on the first metric first; None where there is no number.
        remarks: Alarms before notes.
        hidden: Titles of metrics that are left out.
        hidden_remarks: How many remarks are left out.
    """

    columns: tuple[MetricColumn, ...]
    lines: tuple[tuple[str, tuple[MetricCell | None, ...]], ...]
    remarks: tuple[TableRemark, ...]
    hidden: tuple[str, ...]
    hidden_remarks: int


def metrics_shown(results: int) -> int:
    """How many metrics of each task a page of so many results shows."""
    return max(LEAST_METRICS, MOST_NUMBERS // max(1, results))


def tabulate(rows: Sequence[MetricRow], *, most: int, lower: bool = False) -> MetricTable | None:
    """The table of rows over the whole split; None without any.

    Args:
        rows: In the order of metrics, then of models.
        most: Metrics that are shown, the first ones.
        lower: Whether a low value of the first metric is the better one.
    """
    metrics = list(dict.fromkeys((row.name, row.metric) for row in rows))
    if not metrics:
        return None
    shown = metrics[:most]
    found = {(row.system, row.name): row for row in rows}
    columns = [_column(name, title, [row for row in rows if row.name == name]) for name, title in shown]
    systems = _sorted(list(dict.fromkeys(row.system for row in rows)), found, shown[0][0], lower=lower)
    remarks = _remarks(rows)
    return MetricTable(
        columns=tuple(columns),
        lines=tuple(
            (system, tuple(_cell(found.get((system, column.name)), column) for column in columns)) for system in systems
        ),
        remarks=tuple(remarks[:MOST_REMARKS]),
        hidden=tuple(title for _, title in metrics[most:]),
        hidden_remarks=max(0, len(remarks) - MOST_REMARKS),
    )


def _column(name: str, title: str, rows: Sequence[MetricRow]) -> MetricColumn:
    counted = {row.counted for row in rows}
    clusters = {row.clusters for row in rows if row.clusters not in (row.n, "–")}
    methods = {row.method for row in rows if row.method}
    about = [
        *(counted if len(counted) == 1 else ()),
        *(f"{clusters.pop()} clusters" for _ in range(len(clusters) == 1)),
        *(methods if len(methods) == 1 else ()),
    ]
    return MetricColumn(name=name, title=title, about=tuple(about))


def _cell(row: MetricRow | None, column: MetricColumn) -> MetricCell | None:
    if row is None:
        return None
    severities = {one.severity for one in row.alarms}
    return MetricCell(
        value=row.value,
        between=row.between,
        about="" if row.counted in column.about else row.counted,
        mark="alarm" if "alarm" in severities else "note" if severities else "",
    )


def _sorted(systems: Sequence[str], found: dict[tuple[str, str], MetricRow], metric: str, *, lower: bool) -> list[str]:
    sign = 1 if lower else -1

    def place(system: str) -> tuple[bool, float]:
        row = found.get((system, metric))
        return (True, 0.0) if row is None or row.sort is None else (False, sign * row.sort)

    return sorted(systems, key=place)


def _remarks(rows: Sequence[MetricRow]) -> list[TableRemark]:
    """Each sentence once, with whom and what it is about."""
    found: dict[tuple[str, str], list[MetricRow]] = {}
    for row in rows:
        for one in row.alarms:
            found.setdefault((one.severity, one.sentence), []).append(row)
    remarks = []
    for (severity, sentence), about in found.items():
        systems = tuple(dict.fromkeys(row.system for row in about))
        metrics = tuple(dict.fromkeys(row.metric for row in about))
        every = all(row in about for row in rows if row.system in systems)
        remarks.append(
            TableRemark(
                severity="alarm" if severity == "alarm" else "note",
                sentence=sentence,
                systems=systems,
                metrics=() if every else metrics,
            )
        )
    return sorted(remarks, key=lambda one: one.severity != "alarm")
