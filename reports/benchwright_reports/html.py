"""One self-contained HTML page over one or several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.render.api import (
    MOST_LOOKED_AT,
    Column,
    ForestRow,
    Grid,
    Records,
    SuiteTable,
    TaskDetail,
    anchor,
    draw_curves,
    draw_forest,
    draw_histogram,
    note_html,
    place,
    provenance,
    render_page,
    severity_curves,
)
from benchwright.report_content.content import assemble
from benchwright.types import ReportOptions, Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """A forest plot with its caption."""

    name: str
    what: str
    drawing: Markup


@dataclass(frozen=True, kw_only=True)
class HtmlReport:
    """The page."""

    name: str = "html"
    suffix: str = ".html"

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """A whole HTML document that loads nothing; same input, same bytes."""
        content = assemble(runs, records, options)
        grid = content.grid
        return render_page(
            "report.html.j2",
            content=content,
            options=content.options,
            notes=[note_html(text, name=f"note {at}") for at, text in enumerate(content.options.notes, start=1)],
            title=content.title,
            runs=content.runs,
            systems=grid.systems,
            facts=content.facts,
            findings=content.findings,
            warnings=content.warnings,
            alarms=content.alarms,
            tables=content.tables,
            versions=content.versions,
            panels=_panels(grid, content.tables),
            differences=content.differences,
            behaviour=content.behaviour,
            anchors={column.name: anchor(grid, column) for column in grid.columns},
            robustness=content.robustness,
            identity=content.identity,
            gaps=content.gaps,
            hardware=content.hardware,
            severities=[
                severity_curves(table, name=f"severity-{at}") for at, table in enumerate(content.robustness, start=1)
            ],
            details=content.details,
            pictures={item.anchor: _histograms(item) for item in content.details},
            curves={item.anchor: _curves(item) for item in content.details},
            models=provenance.list_models(grid),
            machines=provenance.list_machines(grid),
            settings=provenance.list_settings(runs),
        )


def _panels(grid: Grid, tables: Sequence[SuiteTable]) -> list[Panel]:
    order = {table.suite: _drawn_order(table) for table in tables}
    found = []
    for column in grid.columns:
        if column.is_view:
            continue  # the sections `Robustness` and `Identity swaps` hold these numbers
        placed = place(column)
        lines = [
            ForestRow(
                label=grid.systems[at].label,
                score=column.scores().get(at),
                tier=placed.get(at),
                note=_note(column, at),
            )
            for at in order[column.suite]
        ]
        drawing = draw_forest(
            lines,
            name=f"forest-{anchor(grid, column)}",
            title=f"{column.name}: {column.metric} with 95 % intervals",
            description=f"One line per model; the table of {column.suite} holds the same numbers.",
            unit=column.quantity.unit if column.quantity else "number",
        )
        if drawing is not None:
            what = f"{column.metric}, {column.split}" if column.split else column.metric
            found.append(Panel(name=column.name, what=what, drawing=drawing))
    return found


def _drawn_order(table: SuiteTable) -> list[int]:
    """Systems as the table sorts them; in an order that the command line does not change where nothing does."""
    rows = [row.system for row in table.rows]
    return rows if table.is_sorted else sorted(rows)


def _note(column: Column, at: int) -> str:
    cell = column.cells.get(at)
    if cell is None:
        return "not run"
    return "" if cell.status == "scored" and cell.score is not None else cell.status


def _histograms(item: TaskDetail) -> list[tuple[object, Markup]]:
    looks = [look for look in item.looks if look.distribution is not None][:MOST_LOOKED_AT]
    found: list[tuple[object, Markup]] = []
    for number, look in enumerate(looks, start=1):
        assert look.distribution is not None
        drawing = draw_histogram(
            look.distribution,
            name=f"spread-{item.anchor}-{number}",
            title=f"{item.column.name}: answers of {look.system} against gold values",
            description="Bars count answers, the stepped line gold values; the table below holds the same numbers.",
        )
        found.append((look, drawing))
    return found


def _curves(item: TaskDetail) -> list[tuple[object, Markup]]:
    found: list[tuple[object, Markup]] = []
    for number, row in enumerate(item.training[:MOST_LOOKED_AT], start=1):
        name = f"training-{item.anchor}-{number}"
        title = f"{item.column.name}: loss while {row.system} was trained"
        found.append((row, draw_curves(row.training, name=name, title=title)))
    return found


report = HtmlReport()
