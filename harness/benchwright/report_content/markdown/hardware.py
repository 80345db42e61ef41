"""What was measured of models, as Markdown."""

from __future__ import annotations

from benchwright.alarm import sentences
from benchwright.formatting import clip
from benchwright.hardware.report_section import HardwareSection, SweepCell, SweepMap
from benchwright.inert import markdown_text
from benchwright.render.hardware_words import machine_line, ratio_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded, number_cell, summary_title
from benchwright.tables import markdown_table
from benchwright.types import LatencyRatio

_HARDWARE = (
    "p50 to p99: latency of one query, text in and answer out. Models were measured one after another: `benchwright profile A B --interleave` tells "
    "a small difference. Nothing here compares with another machine."
)


def hardware(content: ReportContent) -> list[MarkdownBlock]:
    """A table for each task and machine, then sweeps, folded."""
    blocks = []
    for section in content.hardware:
        blocks.append(
            MarkdownBlock(f"hardware of {section.table.base} on machine {section.machine}", _hardware(section))
        )
        blocks += [MarkdownBlock(f"sweep of {one.system}", _sweep(one)) for one in section.sweeps]
    return blocks


def _hardware(section: HardwareSection) -> str:
    """What was measured of each model on one machine, why values are missing, then ratios of an interleaved session."""
    table = section.table
    heads = ["Model", *map(markdown_text, section.heads), "Alarms and notes"]
    rows = [
        [
            f"**{markdown_text(row.system)}**",
            *(number_cell(row.figure(name)) for name in section.quantities),
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
    title = f"{summary_title(found.system)}: inputs a second by batch size and length"
    table = markdown_table(heads, rows, right=range(len(heads)))
    marked = any(cell and cell.saturated for _, cells in found.rows for cell in cells)
    legend = ["", "▪ saturated: from here on a larger batch brings no more throughput"] if marked else []
    return folded(title, [*table, *legend])


def _sweep_cell(cell: SweepCell | None) -> str:
    if cell is None:
        return "–"
    parts = [f"{cell.figures[0].text}{' ▪' if cell.saturated else ''}", markdown_text(clip(cell.reason, 90))]
    return "<br>".join(part for part in (*parts, "" if cell.steady else "not steady") if part)
