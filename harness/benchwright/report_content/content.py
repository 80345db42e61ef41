"""Everything a report says, assembled once for all formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.behaviour_report.section import BehaviourSection, behaviour_sections
from benchwright.bias.report_section import SwapSection, identity_sections
from benchwright.comparison.report_section import DifferenceSection
from benchwright.hardware.report_section import HardwareSection, hardware_sections
from benchwright.render import provenance, remarks
from benchwright.render.details import Records, TaskDetail, decide_shown, detail
from benchwright.render.gaps import GapSection, gap_sections
from benchwright.render.grid import Grid, build_grid
from benchwright.render.remarks import Remark
from benchwright.render.robustness import RobustnessTable, robustness_tables
from benchwright.render.summary import SuiteTable, summarise
from benchwright.render.variants import PrecisionSection, precision_section
from benchwright.report_content.alarm_causes import AlarmList, find_alarms
from benchwright.report_content.between import find_between
from benchwright.report_content.calibration import CalibrationSection, find_calibration
from benchwright.report_content.candidates import CandidateTable, candidate_table
from benchwright.report_content.examples import ExampleSection, find_examples
from benchwright.report_content.explanations import ExplanationSection, find_explanations
from benchwright.report_content.headline import headline
from benchwright.report_content.history import HistorySection, find_history
from benchwright.report_content.how_run import HowRun, find_how_run
from benchwright.report_content.ledger import LedgerSection, find_ledger
from benchwright.report_content.progress import ProgressSection, find_progress
from benchwright.report_content.roles import Roles, find_roles
from benchwright.report_content.run_order import named_order, put_in_order
from benchwright.report_content.slices import SliceSection
from benchwright.report_content.standings import Standing, standings_of
from benchwright.report_content.trade_offs import TradeOffSection, find_trade_offs
from benchwright.report_content.training import TrainingLine, find_training
from benchwright.report_content.verdict import ReportVerdict, find_verdict
from benchwright.types import ReportOptions, Run


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportContent:
    """A report as values.

    Attributes:
        headline: When, which runs, how much was answered, on what: one line.
        runs: In an order that does not depend on the command line.
        grid: Its positions do not depend on the command line either; `Grid.rows` has the order of that, for rows that nothing sorts.
        standings: Where each model stands on each task, in the order of the columns.
        verdict: What is said first; None where there is no model.
        candidates: The first table; None where there is nothing to show.
        causes: Alarms by cause, as the cells of that table point at them.
        roles: Which model is the reference, and which are baselines; None where there is no model.
    """

    title: str
    headline: str
    runs: tuple[Run, ...]
    options: ReportOptions
    grid: Grid
    progress: ProgressSection | None
    roles: Roles | None
    standings: tuple[Standing, ...]
    verdict: ReportVerdict | None
    candidates: CandidateTable | None
    causes: AlarmList
    findings: tuple[str, ...]
    warnings: tuple[str, ...]
    alarms: tuple[Remark, ...]
    tables: tuple[SuiteTable, ...]
    versions: dict[str, str]
    trade_offs: TradeOffSection | None
    differences: DifferenceSection | None
    slices: SliceSection | None
    behaviour: tuple[BehaviourSection, ...]
    robustness: tuple[RobustnessTable, ...]
    identity: tuple[SwapSection, ...]
    gaps: tuple[GapSection, ...]
    calibration: CalibrationSection | None
    explanations: ExplanationSection | None
    precision: PrecisionSection | None
    hardware: tuple[HardwareSection, ...]
    details: tuple[TaskDetail, ...]
    training: tuple[TrainingLine, ...]
    examples: ExampleSection | None
    history: HistorySection | None
    ledger: LedgerSection | None
    how_run: HowRun


def assemble(
    runs: Sequence[Run], records: Records, options: ReportOptions, *, with_examples: bool = True
) -> ReportContent:
    """The content of a report over runs. Same input, same content, whatever the order of runs.

    Args:
        runs: That the report is over.
        records: Gives the records of a cell key.
        options: What was asked for.
        with_examples: Whether examples are chosen and read; a format that shows none says no, as that takes time.
    """
    order = options.order or named_order(runs)
    runs = put_in_order(runs)
    grid = build_grid(runs, order)
    tables = summarise(grid)
    shown = decide_shown(grid)
    roles = find_roles(grid, options, runs)
    differences, slices = find_between(runs, grid, records, roles)
    standings = standings_of(grid, differences)
    causes = find_alarms(grid)
    return ReportContent(
        title=options.title or " · ".join(dict.fromkeys(run.name for run in runs)) or "No run",
        headline=headline(runs, grid),
        runs=runs,
        options=options,
        grid=grid,
        roles=roles,
        standings=standings,
        candidates=candidate_table(runs, grid, roles, standings, causes),
        causes=causes,
        verdict=find_verdict(runs, grid, roles, standings, differences),
        progress=find_progress(runs, options),
        findings=remarks.list_findings(grid, tables),
        warnings=remarks.list_warnings(runs, grid),
        alarms=remarks.list_alarms(grid),
        tables=tables,
        versions=provenance.versions(runs),
        trade_offs=find_trade_offs(grid, roles, differences),
        differences=differences,
        slices=slices,
        behaviour=tuple(behaviour_sections(grid, records, inputs=options.inputs)),
        robustness=tuple(robustness_tables(grid)),
        identity=tuple(identity_sections(grid, records, inputs=options.inputs)),
        gaps=tuple(gap_sections(grid)),
        calibration=find_calibration(grid, records),
        explanations=find_explanations(runs, grid, records, options, items=with_examples),
        precision=precision_section(grid),
        hardware=tuple(hardware_sections(runs, grid)),
        examples=find_examples(grid, records, options) if with_examples else None,
        details=tuple(detail(grid, column, records, shown) for column in grid.columns if not column.is_hardware),
        training=find_training(grid),
        history=find_history(runs, grid, options),
        ledger=find_ledger(grid, records),
        how_run=find_how_run(runs, grid, options),
    )
