"""Perturbed inputs as Markdown."""

from __future__ import annotations

from benchwright.alarm import sentences
from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.render.robustness import RobustnessTable
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock
from benchwright.tables import markdown_table

_ROBUSTNESS = (
    "Clean and perturbed: the score on items whose inputs were changed and on their variants; the difference is paired by item. "
    "Consistency: variants answered as their original is, right or wrong (100 for a model that always says the same). "
    "Worst case: items answered correctly as they are and in every variant; it falls with the variants of an item."
)


def robustness(content: ReportContent) -> list[MarkdownBlock]:
    """A table for each task whose items were seen perturbed."""
    return [MarkdownBlock(f"robustness on {table.base}", _table(table)) for table in content.robustness]


def _table(table: RobustnessTable) -> str:
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
