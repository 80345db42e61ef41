"""One self-contained HTML page over one or several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.render.api import Records, anchor, note_html, provenance, render_page
from benchwright.report_content.content import ReportContent, assemble
from benchwright.report_content.example_island import island
from benchwright.report_content.figures import draw_figures
from benchwright.types import ReportOptions, Run


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
            warnings=content.warnings,
            alarms=content.alarms,
            figures=draw_figures(content),
            differences=content.differences,
            behaviour=content.behaviour,
            anchors={column.name: anchor(grid, column) for column in grid.columns},
            robustness=content.robustness,
            identity=content.identity,
            gaps=content.gaps,
            hardware=content.hardware,
            details=content.details,
            examples_data=island(content.examples) if content.examples else "",
            scripts=_scripts(content),
            models=provenance.list_models(grid),
            machines=provenance.list_machines(grid),
            settings=provenance.list_settings(runs),
        )


def _scripts(content: ReportContent) -> tuple[str, ...]:
    """Those that a page needs."""
    if not content.examples:
        return ("page.js",)
    explained = content.explanations is not None and any(task.items for task in content.explanations.tasks)
    return ("page.js", "examples.js", *(("explanations.js",) if explained else ()))


report = HtmlReport()
