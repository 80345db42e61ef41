"""Quality against cost as Markdown."""

from __future__ import annotations

from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, number_cell
from benchwright.report_content.trade_offs import TradeOff
from benchwright.tables import markdown_table

_ABOUT = (
    "A model is dominated where another costs no more and is no worse, and is better in one of the two. Intervals decide only what they can: "
    "“may be dominated” means that they do not tell."
)


def trade_offs(content: ReportContent) -> list[MarkdownBlock]:
    """For each task and machine the costs of each model with its place by the Pareto front, and what a latency budget allows."""
    items = content.trade_offs.items if content.trade_offs else ()
    return [MarkdownBlock(f"quality against cost on {item.base}", _item(item)) for item in items]


def _item(item: TradeOff) -> str:
    heads = [
        "Model",
        "Score",
        *(f"{axis.short} ({axis.scenario.replace('_', ' ')})" if axis.scenario else axis.short for axis in item.axes),
    ]
    rows = [
        [
            f"**{markdown_text(row.label)}**{'<br><sub>baseline</sub>' if row.is_baseline else ''}",
            number_cell(row.quality),
            *(
                "<br>".join(
                    [
                        number_cell(cell.figure),
                        *([f"<sub>{markdown_text(clip(cell.told, 110))}</sub>"] if cell.told else []),
                    ]
                )
                for cell in row.costs
            ),
        ]
        for row in item.rows
    ]
    head = f"### Quality against cost: {markdown_text(item.base)} on machine {markdown_text(item.machine)}"
    quality = f"Quality: {markdown_text(f'{item.quality}, {item.rule}; {item.decided_by}')}. {_ABOUT}"
    left_out = [
        f"- not in the table, {markdown_text(reason)}: {markdown_text(clip(', '.join(labels), 300))}"
        for reason, labels in item.left_out
    ]
    lines = [head, "", quality, "", *markdown_table(heads, rows, right=range(1, len(heads)))]
    lines += ["", *left_out] if left_out else []
    return "\n".join([*lines, *_steps(item)])


def _steps(item: TradeOff) -> list[str]:
    if not item.steps:
        return []
    rows = [
        [
            markdown_text(f"{step.budget} {step.until}".strip()),
            markdown_text(
                f"{step.best} {step.score}".strip()
                if step.best
                else "none" + (f" (a baseline does: {step.instead})" if step.instead else "")
            ),
            markdown_text(clip(", ".join(step.tied), 200) or "–"),
            markdown_text(clip(", ".join(step.perhaps), 200) or "–"),
        ]
        for step in item.steps
    ]
    heads = ["Latency budget", "Best that fits for certain", "Not told apart from it", "May fit, and may be as good"]
    return ["", *markdown_table(heads, rows)]
