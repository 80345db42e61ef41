"""Every figure that a page may have, from the content: what is drawn, and under which names templates find it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from benchwright.comparison.difference import Difference
from benchwright.comparison.report_section import DifferenceSection
from benchwright.formatting import finite, value
from benchwright.quantities import Unit
from benchwright.render.details import MOST_LOOKED_AT, RecordDetails, TaskDetail
from benchwright.render.difference_chart import DifferenceLine, draw_differences
from benchwright.render.distribution import draw_histogram
from benchwright.render.figure_budget import Chart, Sketch, draw_within
from benchwright.render.forest import MOST_FOREST_ROWS
from benchwright.render.reliability_chart import ReliabilityPanel, draw_reliability
from benchwright.render.severity import severity_chart
from benchwright.render.trade_off_chart import MOST_LABELS, TradeOffPanel, TradeOffPoint, draw_trade_offs
from benchwright.report_content.calibration import CalibrationSection
from benchwright.report_content.content import ReportContent
from benchwright.report_content.pareto import FrontPlace, Spread
from benchwright.report_content.trade_offs import TradeOff, TradeOffRow


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFigures:
    """What is drawn on a page.

    Attributes:
        trade_offs: Quality against costs, for each task and machine of that section.
        differences: The forest of differences; None without.
        severities: Curves over severity; None without.
        calibration: Reliability diagrams; None without.
        spreads: Anchor of a task -> models with the distribution of their answers.
        drawn: Name -> drawing of those figures that the page has room for.
    """

    trade_offs: Sequence[Chart]
    differences: Chart | None
    severities: Chart | None
    calibration: Chart | None
    spreads: Mapping[str, Sequence[tuple[RecordDetails, Chart]]]
    drawn: Mapping[str, Markup]


def draw_figures(content: ReportContent) -> PageFigures:
    """The figures of a page, at most `figure_budget.MOST_FIGURES` of them drawn; same content, same bytes."""
    units = {column.name: column.quantity.unit for column in content.grid.columns if column.quantity}
    differences = difference_chart(content.differences, units) if content.differences else None
    severities = severity_chart(content.robustness, name="severity")
    calibration = calibration_chart(content.calibration) if content.calibration else None
    spreads = {item.anchor: tuple(_spreads(item)) for item in content.details}
    trade_offs = [trade_off_chart(item, name=f"cost-{at}") for at, item in enumerate(_items(content), start=1)]
    charts = [
        *trade_offs,
        *(chart for chart in (differences, severities, calibration) if chart is not None),
        *(chart for section in content.hardware for chart in section.charts),
        *(chart for found in spreads.values() for _, chart in found),
        *(chart for section in content.identity for chart in section.charts),
        *(chart for section in content.gaps for chart in section.charts),
    ]
    return PageFigures(
        trade_offs=trade_offs,
        differences=differences,
        severities=severities,
        calibration=calibration,
        spreads=spreads,
        drawn=draw_within(chart.sketch for chart in charts),
    )


def _items(content: ReportContent) -> tuple[TradeOff, ...]:
    return content.trade_offs.items if content.trade_offs else ()


def trade_off_chart(item: TradeOff, *, name: str) -> Chart:
    """Quality against each cost, a panel for each."""
    panels = [
        TradeOffPanel(
            title=axis.title,
            about=f"{axis.short}, {axis.scenario.replace('_', ' ')}" if axis.scenario else axis.short,
            unit=axis.unit,
            points=[
                _point(row, cell.spread, cell.place)
                for row in item.rows
                if (cell := row.costs[at]).spread is not None and cell.place is not None
            ],
        )
        for at, axis in enumerate(item.axes)
    ]
    draw = partial(
        draw_trade_offs,
        panels,
        name=name,
        quality=item.quality,
        unit=item.unit,
        is_lower_better=item.direction == "lower",
    )
    crowded = "; of many models those on the front are named" if len(item.rows) > MOST_LABELS else ""
    about = "● on the front, ○ may be dominated, ■ dominated; lines: 95 % intervals; dashed: the front of the values"
    return Chart(
        title=f"{item.quality}, {item.direction} is better",
        about=f"{about}{crowded}",
        sketch=Sketch(subject="trade-offs", name=name, draw=draw),
    )


def _point(row: TradeOffRow, cost: Spread, place: FrontPlace) -> TradeOffPoint:
    known = finite(row.score.value) or 0.0
    low, high = finite(row.score.low), finite(row.score.high)
    return TradeOffPoint(
        label=row.label,
        cost=_drawn(cost.value, cost.low, cost.high),
        quality=_drawn(known, known if low is None else low, known if high is None else high),
        state="dominated" if place.by else "perhaps" if place.maybe_by else "front",
        on_front=place.on_front,
    )


def _drawn(middle: float, low: float, high: float) -> tuple[float, float, float]:
    return middle, middle if math.isinf(low) else low, middle if math.isinf(high) else high


def calibration_chart(section: CalibrationSection, *, name: str = "reliability") -> Chart:
    """Reliability diagrams of the models and tasks with the largest calibration errors."""
    panels = [
        ReliabilityPanel(
            head=f"{row.label}, {row.task}",
            error=f"calibration error {value(row.error.corrected)}, {row.verdict}",
            bins=[(one.n, one.confidence, one.accuracy) for one in row.error.bins],
        )
        for row in section.drawn
    ]
    rest = len(section.rows) - len(panels)
    about = (
        "accuracy by confidence in bins of equally many items, 95 % intervals; dashed: calibrated; below it: too sure"
    )
    return Chart(
        title="Reliability",
        about=f"{about}; the {len(panels)} largest errors, {rest} more in the table" if rest else about,
        sketch=Sketch(subject="calibration", name=name, draw=partial(draw_reliability, panels, name=name)),
    )


def difference_chart(section: DifferenceSection, units: Mapping[str, Unit], *, name: str = "forest") -> Chart | None:
    """One forest of the largest differences, of the unit that most of them have; None where none has a value.

    Args:
        section: With the numbers of its lines.
        units: ``suite/task`` -> unit of its score.
        name: Begins the ids.
    """
    known = [one for one in section.differences if finite(one.delta) is not None]
    if not known:
        return None
    unit = Counter(units.get(one.path, "number") for one in known).most_common(1)[0][0]
    mine = [one for one in known if units.get(one.path, "number") == unit]
    shown = sorted(mine, key=lambda one: (-abs(one.delta or 0.0), one.path, one.second))[:MOST_FOREST_ROWS]
    rest = len(section.differences) - len(shown)
    draw = partial(
        draw_differences,
        [_line(one) for one in shown],
        name=name,
        title=f"Differences against {section.first}",
        description="One line per task and model, largest first; the table holds the same numbers.",
        unit=unit,
    )
    about = f"largest first, 95 % intervals; the dashed line is {section.first}"
    return Chart(
        title=f"Against {section.first}",
        about=f"{about}; {rest} more in the table" if rest else about,
        sketch=Sketch(subject="differences", name=name, draw=draw),
    )


def _short(path: str) -> str:
    """A task without its suite; a view keeps what it is a view by, as its task has a line of its own: ``sst2, keyboard_typo``."""
    view, at, base = path.partition("@")
    if not at:
        return path.rpartition("/")[2] or path
    return f"{base.rpartition('/')[2] or base}, {view.partition('/')[2] or view}"


def _line(one: Difference) -> DifferenceLine:
    return DifferenceLine(
        task=_short(one.path),
        system=one.second,
        delta=one.delta or 0.0,
        low=finite(one.low),
        high=finite(one.high),
        is_told_apart=one.is_real,
    )


def _spreads(item: TaskDetail) -> Iterator[tuple[RecordDetails, Chart]]:
    looks = [look for look in item.looks if look.distribution is not None][:MOST_LOOKED_AT]
    for number, look in enumerate(looks, start=1):
        assert look.distribution is not None
        name = f"spread-{item.anchor}-{number}"
        draw = partial(
            draw_histogram,
            look.distribution,
            name=name,
            title=f"{item.column.name}: answers of {look.system} against gold values",
            description="Bars count answers, the stepped line gold values; the table below holds the same numbers.",
        )
        about = "bars: answers, line: gold"
        yield look, Chart(title=look.system, about=about, sketch=Sketch(subject="distribution", name=name, draw=draw))
