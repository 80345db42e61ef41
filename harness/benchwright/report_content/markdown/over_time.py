"""What is not finished, checkpoints that were made here, and scores of earlier runs, as Markdown."""

from __future__ import annotations

from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded
from benchwright.tables import markdown_table


def progress(content: ReportContent) -> list[MarkdownBlock]:
    """Runs that are not finished."""
    if content.progress is None:
        return []
    lines = [
        f"- {markdown_text(clip(text, 400))}" for text in (*content.progress.sentences, *content.progress.meanwhile)
    ]
    return [MarkdownBlock("", "\n".join(["### Not finished: every number below may still change", "", *lines]))]


def training(content: ReportContent) -> list[MarkdownBlock]:
    """Checkpoints that were made here, folded."""
    if not content.training:
        return []
    heads = ["Model", "Trained on", "Base", "Rows", "Weights trained", "Epoch kept", "Held back", "Time", "Recipe"]
    rows = [
        [
            f"**{markdown_text(line.row.system)}**",
            markdown_text(line.task),
            *(
                markdown_text(clip(str(text), 160)) or "–"
                for text in (
                    line.row.base,
                    line.row.rows,
                    line.row.parameters,
                    line.row.epoch,
                    line.row.held,
                    line.row.seconds,
                    line.row.recipe,
                )
            ),
        ]
        for line in content.training
    ]
    return [
        MarkdownBlock("training", folded("Checkpoints that were made here", markdown_table(heads, rows, right=(7,))))
    ]


def history(content: ReportContent) -> list[MarkdownBlock]:
    """Scores of these models in earlier runs of the store, real losses first."""
    section = content.history
    if section is None or not section.rows:
        return []
    heads = ["Task", "Model", "Last", "Change", "Verdict", "Measurements", "Against"]
    rows = [
        [
            f"{markdown_text(row.task)}<br><sub>{markdown_text(row.metric)}</sub>",
            f"**{markdown_text(row.model)}**",
            *(
                "<br>".join([markdown_text(text) or "–", *([f"<sub>{markdown_text(below)}</sub>"] if below else [])])
                for text, below in ((row.score, row.between), (row.change, row.change_between))
            ),
            markdown_text(clip(row.verdict, 200)),
            markdown_text(f"{row.measurements} from {row.first} to {row.last}"),
            markdown_text(row.since) or "–",
        ]
        for row in section.rows
    ]
    more = ["", f"And {section.left_out:,} more: `benchwright history`."] if section.left_out else []
    table = markdown_table(heads, rows, right=(2, 3))
    return [MarkdownBlock("history", "\n".join(["### History", "", *table, *more]))]
