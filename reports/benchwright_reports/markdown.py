"""GitHub-flavoured Markdown, short enough for a pull request comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.render.api import Records, markdown_text
from benchwright.report_content.content import ReportContent, assemble
from benchwright.report_content.markdown.behaviour import behaviour
from benchwright.report_content.markdown.blocks import Block, fit
from benchwright.report_content.markdown.differences import differences
from benchwright.report_content.markdown.gaps import gaps
from benchwright.report_content.markdown.hardware import hardware
from benchwright.report_content.markdown.identity import identity
from benchwright.report_content.markdown.robustness import robustness
from benchwright.report_content.markdown.summary import all_metrics, suite_tables
from benchwright.report_content.markdown.top import header, notes, remarks
from benchwright.types import ReportOptions, Run

LIMIT = 65_000
"""Characters a comment may have, a little below what GitHub takes."""


@dataclass(frozen=True, kw_only=True)
class MarkdownReport:
    """The comment: what the page says, in its order, as far as it fits."""

    name: str = "markdown"
    suffix: str = ".md"

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """Markdown of fewer than 65,000 characters; what does not fit is named."""
        content = assemble(runs, records, options)
        blocks = [header(content), *notes(options), *remarks(content), *suite_tables(content)]
        for section in (differences, behaviour, robustness, identity, gaps, hardware):
            blocks += section(content)
        return fit([*blocks, _again(content), *all_metrics(content)], LIMIT)


def _again(content: ReportContent) -> Block:
    names = " · ".join(markdown_text(f"benchwright show {run.name}") for run in content.runs)
    return Block("", f"Computed from stored predictions; again, without a model: {names}" if names else "")


report = MarkdownReport()
