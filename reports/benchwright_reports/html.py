"""One self-contained HTML page over one or several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from benchwright.behaviour_report.section import behaviour_sections
from benchwright.bias.report_section import identity_sections
from benchwright.comparison.report_section import differences_of
from benchwright.hardware.report_section import hardware_sections
from benchwright.render.api import (
    MOST_LOOKED_AT,
    Column,
    ForestRow,
    Grid,
    Records,
    SuiteTable,
    TaskDetail,
    anchor,
    answers_are_texts,
    build_grid,
    detail,
    draw_curves,
    draw_forest,
    draw_histogram,
    gap_sections,
    place,
    provenance,
    remarks,
    render_page,
    robustness_tables,
    severity_curves,
    summarise,
)
from benchwright.types import ReportOptions, Run

EXAMPLES = 5
"""Bad examples per model and task, fewer on pages with many results."""
MOST_EXAMPLES = 400
"""Bad examples on one page, at least one per result."""


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
        grid = build_grid(runs)
        tables = summarise(grid)
        cells = max(1, sum(len(column.cells) for column in grid.columns))
        examples = max(1, min(EXAMPLES, MOST_EXAMPLES // cells))
        details = [
            detail(grid, column, records, examples=0 if _is_withheld(column, options) else examples)
            for column in grid.columns
            if not column.is_hardware
        ]
        robustness = robustness_tables(grid)
        return render_page(
            "report.html.j2",
            title=options.title or " · ".join(run.name for run in runs) or "No run",
            runs=runs,
            systems=grid.systems,
            facts=provenance.list_facts(runs, grid),
            findings=remarks.list_findings(grid, tables),
            warnings=remarks.list_warnings(runs, grid),
            alarms=remarks.list_alarms(grid),
            tables=tables,
            versions=provenance.versions(runs),
            panels=_panels(grid, tables),
            differences=differences_of(runs, grid, records),
            behaviour=behaviour_sections(grid, records, inputs=options.inputs),
            anchors={column.name: anchor(grid, column) for column in grid.columns},
            robustness=robustness,
            identity=identity_sections(grid, records, inputs=options.inputs),
            gaps=gap_sections(grid),
            hardware=hardware_sections(runs, grid),
            severities=[severity_curves(table, name=f"severity-{at}") for at, table in enumerate(robustness, start=1)],
            details=details,
            pictures={item.anchor: _histograms(item) for item in details},
            curves={item.anchor: _curves(item) for item in details},
            models=provenance.list_models(grid),
            machines=provenance.list_machines(grid),
            settings=provenance.list_settings(runs),
        )


def _is_withheld(column: Column, options: ReportOptions) -> bool:
    """Whether examples would show texts that were to be left out: answers to questions are pieces of them."""
    return not options.inputs and answers_are_texts(column.card)


def _panels(grid: Grid, tables: Sequence[SuiteTable]) -> list[Panel]:
    order = {table.suite: [row.system for row in table.rows] for table in tables}
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
