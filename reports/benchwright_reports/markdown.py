"""GitHub-flavoured Markdown, short enough for a pull request comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright.behaviour_report.rates import Rate
from benchwright.behaviour_report.section import BehaviourSection, behaviour_sections
from benchwright.bias.report_section import SwapSection, identity_sections
from benchwright.hardware.report_section import HardwareSection, SweepCell, SweepMap, hardware_sections
from benchwright.render.api import (
    CellView,
    Figure,
    GapTable,
    RankTier,
    Records,
    Remark,
    RobustnessTable,
    SuiteTable,
    SwapTable,
    TaskDetail,
    build_grid,
    clip,
    detail,
    gap_tables,
    machine_line,
    markdown_html_text,
    markdown_table,
    markdown_text,
    note_markdown,
    provenance,
    ratio_text,
    remarks,
    robustness_tables,
    sentences,
    summarise,
    with_marks,
)
from benchwright.report_content.run_order import named_order, put_in_order
from benchwright.types import LatencyRatio, ReportOptions, Run

LIMIT = 65_000
"""Characters a comment may have, a little below what GitHub takes."""
MOST_ALARMS = 40
FLIPS = 2
"""Flipped items of a model and dimension of identity swaps."""
_SIGNS = {"alarm": "⚠ ", "note": ""}
_MARKS = {RankTier.BEST: "● ", RankTier.LEADING: "○ ", RankTier.NEAR: "○ "}
_READING = (
    "● best, no other interval reaches it · ○ not separable from best (intervals overlap) · **bold** best value. "
    "Fractions, correlations and MCC are × 100. Intervals (95 %) are about this checkpoint on other "
    "items from the same source; overlap is only indicative: `benchwright compare` tests the difference."
)

_BEHAVIOUR = (
    "A case fails if any example of it that is judged fails; cases that cannot be judged are not applicable and in no rate. MFT: the known "
    "answer; INV: a harmless change leaves the answer; DIR: a change moves it the right way. A model that always says the same passes "
    "every INV. Flips: INV cases with any other answer, whatever the tolerance."
)
_ROBUSTNESS = (
    "Clean and perturbed: the score on items whose inputs were changed and on their variants; the difference is paired by item. "
    "Consistency: variants answered as their original is, right or wrong (100 for a model that always says the same). "
    "Worst case: items answered correctly as they are and in every variant; it falls with the variants of an item."
)
_SWAPS = (
    "Flip rate: mean over items of the share of variants, with the words for another group of people put in, that are answered otherwise than "
    "the original. ✓ within: the whole 95 % interval is at or below the limit. ✗ exceeds: the whole interval is above it, or that of one group "
    "put in is. ? cannot tell: neither, or fewer than 50 items hold a term; this is no pass. Each verdict is about these words in this task; a "
    "swap can change what is right, so read the flipped items."
)
_GAPS = (
    "Gap: largest minus smallest value between groups, with one-sided 95 % bounds. ✓ within: the upper bound is at or below the limit. ✗ exceeds: "
    "the lower bound is above it. ? cannot tell: neither; this is no pass. “Within” says that this metric differs by no more than the limit "
    "between these groups, not that the model is fair."
)
_HARDWARE = (
    "p50 to p99: latency of one query, text in and answer out. Models were measured one after another: `benchwright profile A B --interleave` tells "
    "a small difference. Nothing here compares with another machine."
)
_VERDICTS = {"within": "✓", "exceeds": "✗", "cannot tell": "?"}


@dataclass(frozen=True, kw_only=True)
class MarkdownReport:
    """The comment: findings, alarms, a table per suite, then all metrics as far as they fit."""

    name: str = "markdown"
    suffix: str = ".md"

    def render(self, runs: Sequence[Run], records: Records, options: ReportOptions = ReportOptions()) -> str:  # noqa: B008 - frozen
        """Markdown of fewer than 65,000 characters; what does not fit is named. Records are read of behavioural tests and identity swaps."""
        order = options.order or named_order(runs)
        runs = put_in_order(runs)
        grid = build_grid(runs, order)
        tables = summarise(grid)
        title = options.title or " · ".join(dict.fromkeys(run.name for run in runs)) or "No run"
        blocks = [_header(title, options.author, remarks.list_findings(grid, tables)), *_notes(options)]
        blocks += _boxes(remarks.list_warnings(runs, grid), remarks.list_alarms(grid))
        versions = provenance.versions(runs)
        blocks += [("table of " + table.suite, _suite_table(table, versions[table.suite])) for table in tables]
        blocks += [("", _READING)]
        for section in behaviour_sections(grid, records, cases=0):
            blocks += [(f"behavioural tests of {section.name}", _behaviour(section)), *_behaviour_tests(section)]
        blocks += [(f"robustness on {table.base}", _robustness(table)) for table in robustness_tables(grid)]
        for swaps in identity_sections(grid, records, inputs=options.inputs, items=FLIPS, charts=False):
            blocks += [(f"identity swaps of {swaps.table.base}", _swaps(swaps.table)), *_swaps_in_full(swaps)]
        for gaps in gap_tables(grid):
            about = f"gaps between groups of {gaps.slice} in {gaps.base}"
            blocks += [(about, _gaps(gaps)), (f"groups of {gaps.slice} in {gaps.base}", _gaps_in_full(gaps))]
        for measured in hardware_sections(runs, grid, charts=False):
            about = f"hardware of {measured.table.base} on machine {measured.machine}"
            blocks += [
                (about, _hardware(measured)),
                *((f"sweep of {one.system}", _sweep(one)) for one in measured.sweeps),
            ]
        blocks += [("", _recompute(runs))]
        for column in grid.columns:
            item = detail(grid, column, _no_records, examples=0)
            if item.metrics:
                blocks.append((f"metrics of {column.name}", _metrics(item)))
        return _fit(blocks)


def _no_records(_key: str) -> tuple[()]:
    return ()


def _header(title: str, author: str, sentences: Sequence[str]) -> tuple[str, str]:
    title = clip(title, 200)
    by = [f"Report by {markdown_text(clip(author, 200))}", ""] if author else []
    shown = [f"- {markdown_text(clip(text, 1000))}" for text in sentences]
    return "", "\n".join([f"## benchwright: {markdown_text(title)}", "", *by, *shown])


def _notes(options: ReportOptions) -> list[tuple[str, str]]:
    """What the author says, apart from what was found."""
    if not options.notes:
        return []
    head = f"### Note by {markdown_text(clip(options.author, 200))}" if options.author else "### The author's note"
    about = "*Written by whoever made this report. benchwright measured and checked nothing of it.*"
    written = [note_markdown(text, top=3) for text in options.notes]
    return [("the author's note", "\n\n".join([head, about, *written, "---"]))]


def _boxes(warnings: Sequence[str], alarms: Sequence[Remark]) -> list[tuple[str, str]]:
    blocks = []
    if warnings:
        lines = [f"- {markdown_text(clip(text, 400))}" for text in warnings[:MOST_ALARMS]]
        blocks.append(("cautions", "\n".join(["### Before comparing", "", *lines, *_rest(len(warnings))])))
    for title, told in (
        ("alarms", [one for one in alarms if one.level in ("problem", "alarm")]),
        ("caveats", [one for one in alarms if one.level == "caveat"]),
        ("notes", [one for one in alarms if one.level == "note"]),
    ):
        lines = [
            f"- **{markdown_text(one.system)}** on {markdown_text(one.where)}: {markdown_text(clip(one.text, 600))}"
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
    if cell.state == "unmeasured":
        return "<br>".join(part for part in ("not measured", markdown_text(clip(cell.reason, 110))) if part)
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


def _behaviour(section: BehaviourSection) -> str:
    """Each model over all cases, then capabilities by types with a column for each model."""
    systems = [f"**{markdown_text(row.system)}**" for row in section.systems]
    whole = [
        [
            name,
            _rate(row.rate),
            markdown_text(row.rate.left_out or "–"),
            markdown_text(row.flips),
            markdown_text("; ".join(sentences(row.alarms))) or "–",
        ]
        for name, row in zip(systems, section.systems, strict=True)
    ]
    places = [
        [markdown_text(capability), test_type, *(_rate(rate) for rate in rates)]
        for capability, test_type, rates in section.places()
    ]
    return "\n".join(
        [
            f"### Behavioural tests of {markdown_text(section.name)}: failure rates, lower is better",
            "",
            *markdown_table(
                ["Model", "Failure rate", "Left out", "Flip rate of INV", "Alarms"], whole, right=range(1, 4)
            ),
            "",
            *markdown_table(["Capability", "Type", *systems], places, right=range(2, 2 + len(systems))),
            "",
            _BEHAVIOUR,
        ]
    )


def _behaviour_tests(section: BehaviourSection) -> list[tuple[str, str]]:
    """The tests in a block of their own, which may be left out where there is no room."""
    systems = [f"**{markdown_text(row.system)}**" for row in section.systems]
    rows = [
        [markdown_text(clip(test.name, 120)), markdown_text(test.capability), test.type, *map(_rate, test.rates)]
        for test in section.tests
    ]
    if not rows:
        return []
    more = f", the first {len(rows)} of {len(rows) + section.hidden_tests}" if section.hidden_tests else ""
    title = f"<details><summary>{markdown_html_text(clip(section.name, 200))}: all tests{more}</summary>"
    table = markdown_table(["Test", "Capability", "Type", *systems], rows, right=range(3, 3 + len(systems)))
    hint = f"Failing cases with their texts: {markdown_text(f'benchwright show RUN --task {section.name} --worst N')}"
    return [(f"tests of {section.name}", "\n".join([title, "", *table, "", hint, "", "</details>"]))]


def _rate(rate: Rate) -> str:
    below = (rate.between, rate.counted, rate.left_out, rate.flips)
    return "<br>".join([rate.text, *(f"<sub>{markdown_text(part)}</sub>" for part in below if part)])


def _robustness(table: RobustnessTable) -> str:
    heads = ["Perturbation", "Model", "Clean", "Perturbed", "Difference", "Consistency", "Worst case", "Variants"]
    heads += ["Items changed", "Alarms and notes"]
    rows = [
        [
            markdown_text(f"{row.perturbation}, severity {row.severity}"),
            f"**{markdown_text(row.system)}**",
            *(
                f"{one.text}<br><sub>{markdown_text(one.between)}</sub>" if one.between else one.text
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


def _swaps(table: SwapTable) -> str:
    """Flip rates and verdicts by dimension and model."""
    heads = ["Dimension", "Model", "Items with a term", "Flip rate", "Verdict", "Highest by group"]
    heads += ["Shift, size", "Gap"] if table.has_scores else []
    heads += ["Alarms and notes"]
    rows = [
        [
            markdown_text(row.dimension),
            f"**{markdown_text(row.system)}**",
            "<br>".join(markdown_text(part) for part in (row.holding, *row.left_out)),
            _figure(row.flip_rate),
            "<br>".join(
                [
                    f"{_VERDICTS[row.state]} **{row.state}**",
                    *(f"<sub>{markdown_text(one)}</sub>" for one in row.reasons),
                ]
            ),
            _figure(row.highest),
            *((_figure(row.size), _figure(row.gap)) if table.has_scores else ()),
            markdown_text(clip("; ".join(sentences(row.alarms)), 200)) or "–",
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    head = f"### Identity swaps in {markdown_text(table.base + split)}: flip rate × 100, limit {table.limit}"
    return "\n".join([head, "", *markdown_table(heads, rows, right=(2, 3)), "", _SWAPS])


def _gaps(table: GapTable) -> str:
    """Gaps and verdicts by metric and model."""
    heads = ["Metric", "Model", "Gap", "Verdict", "Highest and lowest", "Smallest / largest", "Alarms and notes"]
    rows = [
        [
            "<br>".join(
                [markdown_text(row.metric), *([f"<sub>{markdown_text(row.known_as)}</sub>"] if row.known_as else [])]
            ),
            f"**{markdown_text(row.system)}**",
            _figure(row.gap),
            "<br>".join(
                [
                    f"{_VERDICTS[row.state]} **{row.state}**",
                    *(f"<sub>{markdown_text(one)}</sub>" for one in (row.limit, *row.reasons)),
                ]
            )
            if row.state
            else "– <sub>no limit</sub>",
            markdown_text(row.between or "–"),
            _figure(row.ratio),
            markdown_text(clip("; ".join(sentences(row.alarms)), 200)) or "–",
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    head = f"### Gaps between groups of {markdown_text(table.slice)} in {markdown_text(table.base + split)}"
    sizes = f"Items: {markdown_text(table.sizes)}. Values × 100 where they are fractions."
    return "\n".join([head, "", sizes, "", *markdown_table(heads, rows, right=(2, 5)), "", _GAPS])


def _gaps_in_full(table: GapTable) -> str:
    """Values by group, in a block that may be left out where there is no room."""
    rows = [
        [
            markdown_text(row.metric),
            f"**{markdown_text(row.system)}**",
            markdown_text(one.group) + (" <sub>few</sub>" if one.few else ""),
            markdown_text(one.size),
            _figure(one.figure),
        ]
        for row in table.rows
        for one in row.groups
    ]
    base = markdown_html_text(clip(f"{table.base}: values by group of {table.slice}", 200))
    heads = ["Metric", "Model", "Group", "Items", "Value"]
    body = markdown_table(heads, rows, right=(4,))
    return "\n".join([f"<details><summary>{base}</summary>", "", *body, "", "</details>"])


def _figure(one: Figure) -> str:
    return "<br>".join(
        [markdown_text(one.text), *([f"<sub>{markdown_text(one.between)}</sub>"] if one.between else [])]
    )


def _swaps_in_full(section: SwapSection) -> list[tuple[str, str]]:
    """The groups, and some flipped items, in blocks that may be left out where there is no room."""
    base = section.table.base
    blocks = [(f"groups of {base}", _swapped_groups(section.table))]
    return [*blocks, (f"flipped items of {base}", _flipped_items(section))] if section.flips else blocks


def _swapped_groups(table: SwapTable) -> str:
    rows = [
        [
            markdown_text(row.dimension),
            f"**{markdown_text(row.system)}**",
            markdown_text(one.group),
            one.items,
            _figure(one.flip_rate),
            markdown_text(one.label or "–"),
            _figure(one.shift),
        ]
        for row in table.rows
        for one in row.groups
    ]
    base = markdown_html_text(clip(table.base, 200))
    heads = ["Dimension", "Model", "Group put in", "Items", "Flip rate", "Shift of", "Shift"]
    title = f"<details><summary>{base}: shifts by group put in</summary>"
    return "\n".join([title, "", *markdown_table(heads, rows, right=(3, 4, 6)), "", "</details>"])


def _flipped_items(section: SwapSection) -> str:
    rows = [
        [
            markdown_text(clip(one.name, 60)) if not at else "",
            f"{markdown_text(one.dimension)}, **{markdown_text(one.system)}**" if not at else "",
            markdown_text(answer.role),
            "<br>".join(
                markdown_text(clip(with_marks(pieces), 300)) or "as in the original" for _, pieces in answer.texts
            )
            or "not kept",
            "<br>".join(
                [
                    markdown_text(answer.answer),
                    *([f"<sub>{markdown_text(answer.scores)}</sub>"] if answer.scores else []),
                ]
            ),
        ]
        for one in section.flips
        for at, answer in enumerate(one.answers)
    ]
    base = markdown_html_text(clip(section.table.base, 200))
    more = f"{len(section.flips)} of {len(section.flips) + section.hidden}"
    title = f"<details><summary>{base}: flipped items, {more}; [-removed-] {{+inserted+}}</summary>"
    heads = ["Item", "Dimension, model", "Group", "Text", "Answer"]
    return "\n".join([title, "", *markdown_table(heads, rows), "", "</details>"])


def _hardware(section: HardwareSection) -> str:
    """What was measured of each model on one machine, why values are missing, then ratios of an interleaved session."""
    table = section.table
    heads = ["Model", *map(markdown_text, section.heads), "Alarms and notes"]
    rows = [
        [
            f"**{markdown_text(row.system)}**",
            *(_figure(row.figure(name)) for name in section.quantities),
            markdown_text(clip("; ".join(sentences(row.own)), 200)) or "–",
        ]
        for row in table.rows
    ]
    split = f", {table.split} split" if table.split else ""
    lines = [f"### Hardware: {markdown_text(table.base + split)}, machine {markdown_text(section.machine)}", ""]
    lines += [markdown_text(f"{machine_line(table.machine)}; {' and '.join(table.presets)}"), ""]
    lines += [*markdown_table(heads, rows, right=range(1, len(heads) - 1)), "", _HARDWARE]
    lines += ["", *(f"- {markdown_text(clip(text[2:], 400))}" for text in section.reasons)]
    if section.ratios:
        ratios = [
            [markdown_text(one.model), markdown_text(one.against), *map(markdown_text, ratio_text(one)), _noise(one)]
            for one in section.ratios
        ]
        columns = ["Model", "Against", "Ratio of latencies", "95 % interval", "A/A check of the machine"]
        lines += ["", *markdown_table(columns, ratios, right=(2,))]
    return "\n".join(lines)


def _noise(ratio: LatencyRatio) -> str:
    if ratio.noise is None:
        return markdown_text(f"no verdict: {ratio.reason}")
    return f"{'⚠ too noisy to tell' if ratio.noisy else 'quiet enough'}: {100 * ratio.noise:.1f} %"


def _sweep(found: SweepMap) -> str:
    heads = ["Batch", *(f"{length} tokens" if length else "texts as they are" for length in found.lengths)]
    rows = [[str(batch), *map(_sweep_cell, cells)] for batch, cells in found.rows]
    title = f"<details><summary>{markdown_html_text(clip(found.system, 200))}: inputs a second by batch size and length</summary>"
    table = markdown_table(heads, rows, right=range(len(heads)))
    marked = any(cell and cell.saturated for _, cells in found.rows for cell in cells)
    legend = ["▪ saturated: from here on a larger batch brings no more throughput", ""] if marked else []
    return "\n".join([title, "", *table, "", *legend, "</details>"])


def _sweep_cell(cell: SweepCell | None) -> str:
    if cell is None:
        return "–"
    parts = [f"{cell.figures[0].text}{' ▪' if cell.saturated else ''}", markdown_text(clip(cell.reason, 90))]
    return "<br>".join(part for part in (*parts, "" if cell.steady else "not steady") if part)


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
