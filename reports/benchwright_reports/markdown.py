"""GitHub-flavoured Markdown, short enough for a pull request comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.render.api import (
    CellView,
    RankTier,
    Records,
    Remark,
    RobustnessTable,
    SuiteTable,
    TaskDetail,
    build_grid,
    clip,
    detail,
    markdown_html_text,
    markdown_table,
    markdown_text,
    provenance,
    remarks,
    robustness_tables,
    sentences,
    summarise,
)
from benchwright.types import ReportOptions, Run

LIMIT = 65_000
"""Characters a comment may have, a little below what GitHub takes."""
MOST_ALARMS = 40
_SIGNS = {"alarm": "⚠ ", "note": ""}
_MARKS = {RankTier.BEST: "● ", RankTier.LEADING: "○ ", RankTier.NEAR: "○ "}
_READING = (
    "● best, no other interval reaches it · ○ not separable from best (intervals overlap) · **bold** best value. "
    "Fractions, correlations and MCC are × 100. Intervals (95 %) are about this checkpoint on other "
    "items from the same source; overlap is only indicative: `benchwright compare` tests the difference."
)

_ROBUSTNESS = (
    "Clean and perturbed: the score on items whose inputs were changed and on their variants; the difference is paired by item. "
    "Consistency: variants answered as their original is, right or wrong (100 for a model that always says the same). "
    "Worst case: items answered correctly as they are and in every variant; it falls with the variants of an item."
)


@dataclass(frozen=True, kw_only=True)
class MarkdownReport:
    """The comment: findings, alarms, a table per suite, then all metrics as far as they fit."""

    name: str = "markdown"
    suffix: str = ".md"

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """Markdown of fewer than 65,000 characters; what does not fit is named. Records are not read."""
        grid = build_grid(runs)
        tables = summarise(grid)
        title = options.title or " · ".join(run.name for run in runs) or "No run"
        blocks = [_header(title, remarks.list_findings(grid, tables))]
        blocks += _boxes(remarks.list_warnings(runs, grid), remarks.list_alarms(grid))
        versions = provenance.versions(runs)
        blocks += [("table of " + table.suite, _suite_table(table, versions[table.suite])) for table in tables]
        blocks += [("", _READING)]
        blocks += [(f"robustness on {table.base}", _robustness(table)) for table in robustness_tables(grid)]
        blocks += [("", _recompute(runs))]
        for column in grid.columns:
            item = detail(grid, column, _no_records, examples=0)
            if item.metrics:
                blocks.append((f"metrics of {column.name}", _metrics(item)))
        return _fit(blocks)


def _no_records(_key: str) -> tuple[()]:
    return ()


def _header(title: str, sentences: Sequence[str]) -> tuple[str, str]:
    title = clip(title, 200)
    shown = [f"- {markdown_text(clip(text, 1000))}" for text in sentences]
    return "", "\n".join([f"## benchwright: {markdown_text(title)}", "", *shown])


def _boxes(warnings: Sequence[str], alarms: Sequence[Remark]) -> list[tuple[str, str]]:
    blocks = []
    if warnings:
        lines = [f"- {markdown_text(clip(text, 400))}" for text in warnings[:MOST_ALARMS]]
        blocks.append(("cautions", "\n".join(["### Before comparing", "", *lines, *_rest(len(warnings))])))
    for title, told in (
        ("alarms", [one for one in alarms if one.level != "note"]),
        ("notes", [one for one in alarms if one.level == "note"]),
    ):
        lines = [
            f"- **{markdown_text(one.system)}** on {markdown_text(one.where)}: {markdown_text(clip(one.text, 300))}"
            for one in told[:MOST_ALARMS]
        ]
        if lines:
            blocks.append((title, "\n".join([f"### {title.capitalize()}", "", *lines, *_rest(len(told))])))
    return blocks


def _rest(number: int) -> list[str]:
    return [f"- and {number - MOST_ALARMS} more"] if number > MOST_ALARMS else []


def _suite_table(table: SuiteTable, version: str) -> str:
    heads = ["Model"]
    for head in table.heads:
        lines = "".join(f"<br><sub>{markdown_text(line)}</sub>" for line in head.lines)
        heads.append(f"{markdown_text(head.title)}{lines}")
    rows = [[f"**{markdown_text(row.label)}**", *(_cell(cell) for cell in row.cells)] for row in table.rows]
    about = [markdown_text(table.suite) + (f" version {markdown_text(version)}" if version else "")]
    about += [f"{markdown_text(table.split)} split"] if table.split else []
    about.append(f"rows {markdown_text(table.order)}")
    partial = [f"**Partial table**: {markdown_text(table.partial)}.", ""] if table.partial else []
    return "\n".join(
        [f"### {', '.join(about)}", "", *partial, *markdown_table(heads, rows, right=range(1, len(heads)))]
    )


def _cell(cell: CellView) -> str:
    if cell.state == "absent":
        return "–"
    if cell.state == "problem":
        parts = [f"**{markdown_text(cell.headline)}**", markdown_text(clip(cell.reason, 110))]
    else:
        top = cell.tier in {RankTier.BEST, RankTier.LEADING}
        value = f"**{cell.value}**" if top else cell.value
        mark = _MARKS.get(cell.tier, "") if cell.tier else ""
        parts = [f"{mark}{value}", f"<sub>{markdown_text(cell.between)}</sub>" if cell.between else ""]
    parts += [cell.n, f"**{cell.errored:,} errored**" if cell.errored else ""]
    parts += [f"{cell.truncated:,} truncated" if cell.truncated else ""]
    parts += [f"{_SIGNS[one.severity]}{markdown_text(clip(one.sentence, 90))}" for one in cell.alarms]
    return "<br>".join(part for part in parts if part)


def _metrics(item: TaskDetail) -> str:
    heads = [
        "Metric",
        "Model",
        "Value",
        "95 % interval",
        "n",
        "Errored",
        "Skipped",
        "Truncated",
        "Interval by",
        "Alarms and notes",
    ]
    rows = [
        [
            *map(
                markdown_text, (row.metric, row.system, row.value, row.between or "–", row.n, row.errored, row.skipped)
            ),
            *map(markdown_text, (row.truncated, row.method or "–", "; ".join(sentences(row.alarms)) or "–")),
        ]
        for row in item.metrics
    ]
    name = ", ".join(part for part in (item.column.name, item.column.split) if part)
    title = f"<details><summary>{markdown_html_text(clip(name, 200))}: all metrics</summary>"
    return "\n".join([title, "", *markdown_table(heads, rows, right=range(2, 8)), "", "</details>"])


def _robustness(table: RobustnessTable) -> str:
    heads = ["Perturbation", "Model", "Clean", "Perturbed", "Difference", "Consistency", "Worst case", "Variants"]
    heads += ["Items changed", "Alarms and notes"]
    rows = [
        [
            markdown_text(f"{row.perturbation}, severity {row.severity}"),
            f"**{markdown_text(row.system)}**",
            *(
                f"{one.text}<br><sub>{one.between}</sub>" if one.between else one.text
                for one in (row.clean, row.perturbed, row.difference, row.consistency, row.worst)
            ),
            *("<br>".join(filter(None, part)) for part in ((row.variants, row.most), (row.changed, *row.left_out))),
            markdown_text(clip("; ".join(sentences(row.alarms)), 200)) or "–",
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    head = f"### Robustness on {markdown_text(table.base + split)}: {markdown_text(table.metric)}, {table.direction} is better"
    return "\n".join([head, "", *markdown_table(heads, rows, right=range(2, 9)), "", _ROBUSTNESS])


def _recompute(runs: Sequence[Run]) -> str:
    names = " · ".join(markdown_text(f"benchwright show {run.name}") for run in runs)
    return f"Computed from stored predictions; again, without a model: {names}" if runs else ""


def _fit(blocks: Sequence[tuple[str, str]]) -> str:
    """Blocks in order as long as they fit; those with a name that do not fit are counted at the end."""
    room = LIMIT - 400
    kept: list[str] = []
    dropped: list[str] = []
    for name, text in blocks:
        if text and len(text) + 2 <= room:
            kept.append(text)
            room -= len(text) + 2
        elif text:
            dropped.append(name or "text")
    if dropped:
        names = ", ".join(markdown_text(clip(name, 60)) for name in dropped[:3]) + (
            " and more" if len(dropped) > 3 else ""
        )
        kept.append(
            f"Left out to stay short: {len(dropped)} parts ({names}); the HTML and CSV reports hold everything."
        )
    return "\n\n".join(kept) + "\n"


report = MarkdownReport()
