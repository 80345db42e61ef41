"""What methods say of models' answers, and how far each can be believed, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.formatting import clip, count, plain_change
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.explained_words import FEWEST, WordMean
from benchwright.report_content.explanation_verdicts import MEASURES, AgreementRow, MeasureCells, MethodRow
from benchwright.report_content.explanations import ExplainedTask
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded
from benchwright.tables import markdown_table

_HOW = (
    "Comprehensiveness: how far the explained number falls without the words that count most (higher is better); sufficiency: with these alone (lower is "
    "better); tau: agreement with what leaving out each word does. Each is held against random attributions of the same words, with 95 % intervals of the gap."
)
_MARKS = {"more": "● ", "same": "≈ ", "less": "▼ "}
_MOST_WORDS = 5


def explanations(content: ReportContent) -> list[MarkdownBlock]:
    """For each task a table of methods, then agreement and words by label, folded."""
    blocks = []
    tasks = content.explanations.tasks if content.explanations else ()
    first = next((task for task in tasks if task.rows), None)
    for task in tasks:
        blocks.append(MarkdownBlock(f"explanations of {task.name}", _task(task, told=task is first)))
        if task.agreement:
            blocks.append(MarkdownBlock(f"agreement between methods on {task.name}", _agreement(task.agreement)))
        if task.told_words:
            blocks.append(MarkdownBlock(f"words that count most on {task.name}", _words(task)))
    return blocks


def _task(task: ExplainedTask, *, told: bool) -> str:
    """A table with what is said beside it; ``told``: and how to read it."""
    names = [name for name in MEASURES if any(one.metric == name for row in task.rows for one in row.measures)]
    heads = ["Model", "Method", "Verdict", *(MEASURES[name] for name in names), "Items", "Queries", "Time"]
    rows = [
        [
            f"**{markdown_text(row.system)}**",
            "<br>".join([markdown_text(row.title), *([f"<sub>{markdown_text(row.unit)}</sub>"] if row.unit else ())]),
            f"{_MARKS.get(row.trust, '')}{markdown_text(row.verdict)}",
            *(_measure(row.measure(name)) for name in names),
            "<br>".join([row.items, *(f"<sub>{one}</sub>" for one in row.left_out)]),
            f"{row.computed}<br><sub>{row.judging} to judge</sub>",
            row.seconds,
        ]
        for row in task.rows
    ]
    split = f", {task.split} split" if task.split else ""
    lines = [f"### Explanations of {markdown_text(task.name + split)}", ""]
    lines += [f"Explained: {markdown_text(clip(task.chosen, 300))}.", ""] if task.chosen else []
    lines += [*markdown_table(heads, rows, right=range(3, len(heads))), *(["", _HOW] if told else [])] if rows else []
    remarks = [
        f"- {f'**{markdown_text(clip(whom, 200))}**: ' if whom else ''}{markdown_text(clip(text, 400))}"
        for _, whom, text in task.remarks
    ]
    remarks += [f"- {markdown_text(clip(text, 400))}" for text in (*task.missing, *task.problems)]
    return "\n".join([*lines, *([""] if remarks and rows else []), *remarks]).rstrip()


def _measure(one: MeasureCells) -> str:
    known = one.gap.sort is not None
    below = [one.gap.between, f"{one.value}, random {one.random}" if known else ""]
    return "<br>".join([one.gap.text, *(f"<sub>{markdown_text(text)}</sub>" for text in below if text)])


def _agreement(rows: Sequence[AgreementRow]) -> str:
    heads = ["Model", "Methods", "Tau", f"Same of {rows[0].top} top words", "Items"]
    cells = [
        [
            f"**{markdown_text(one.system)}**",
            markdown_text(one.methods),
            markdown_text(one.tau.line),
            markdown_text(f"{one.overlap.line} (random {one.random})"),
            count(one.items),
        ]
        for one in rows
    ]
    return folded("Agreement between methods", markdown_table(heads, cells, right=(2, 3, 4)))


def _words(task: ExplainedTask) -> str:
    heads = ["Model", "Method", "Explained number", "Words that raise it", "Words that lower it"]
    rows = [
        [
            f"**{markdown_text(one.system)}**",
            markdown_text(one.method),
            markdown_text(clip(one.label, 60)),
            _few(one.raising),
            _few(one.lowering),
        ]
        for one in task.told_words
    ]
    how = f"Means over the items that hold a word, {FEWEST} at least, with how many these are; upper and lower case alike."
    if task.wordless:
        how += f" No word of {FEWEST} items or more counts for {markdown_text(clip(task.wordless, 400))}."
    return folded("Words that count most, by label", [*markdown_table(heads, rows), "", how])


def _few(words: Sequence[WordMean]) -> str:
    return (
        ", ".join(f"{markdown_text(one.word)} {plain_change(one.mean)} ({one.items})" for one in words[:_MOST_WORDS])
        or "–"
    )


def card_lines(content: ReportContent) -> list[str]:
    """One line for each method on each task, for a model card; those that are not there say why."""
    tasks = content.explanations.tasks if content.explanations else ()
    return [
        line
        for task in tasks
        for line in (
            *(
                f"- {markdown_text(row.title)} on {markdown_text(task.name)}: {markdown_text(row.verdict)}{_gap(row)}"
                for row in task.rows
                if row.trust != "baseline"
            ),
            *(f"- On {markdown_text(task.name)} {markdown_text(clip(text, 400))}" for text in task.missing),
        )
    ]


def _gap(row: MethodRow) -> str:
    gap = row.measure("comprehensiveness").gap
    if gap.sort is None:
        return ""
    return f" (gap of comprehensiveness {markdown_text(gap.line)}, {count(row.summary.items)} items)"
