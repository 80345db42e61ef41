"""GitHub-flavoured Markdown, short enough for a pull request comment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchwright.render.api import Records
from benchwright.report_content.content import ReportContent, assemble
from benchwright.report_content.markdown.behaviour import behaviour
from benchwright.report_content.markdown.blocks import MarkdownBlock, fit
from benchwright.report_content.markdown.calibration import calibration
from benchwright.report_content.markdown.candidates import candidates
from benchwright.report_content.markdown.differences import differences
from benchwright.report_content.markdown.explanations import explanations
from benchwright.report_content.markdown.gaps import gaps
from benchwright.report_content.markdown.hardware import hardware
from benchwright.report_content.markdown.how_run import how_run, ledger
from benchwright.report_content.markdown.identity import identity
from benchwright.report_content.markdown.over_time import history, progress, training
from benchwright.report_content.markdown.robustness import robustness
from benchwright.report_content.markdown.slices import slices
from benchwright.report_content.markdown.summary import all_metrics, suite_tables
from benchwright.report_content.markdown.top import header, notes, remarks
from benchwright.report_content.markdown.trade_offs import trade_offs
from benchwright.report_content.markdown.variants import variants
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
        content = assemble(runs, records, options, with_examples=False)
        return fit([block for part in _PARTS for block in part(content)], LIMIT)


_PARTS: tuple[Callable[[ReportContent], list[MarkdownBlock]], ...] = (
    header,
    progress,
    notes,
    candidates,
    remarks,
    trade_offs,
    differences,
    slices,
    behaviour,
    robustness,
    identity,
    gaps,
    calibration,
    explanations,
    variants,
    hardware,
    training,
    history,
    ledger,
    how_run,
    suite_tables,
    all_metrics,
)
"""What a comment says, in the order of the page; what comes last is left out first."""

report = MarkdownReport()
