"""The decision and the table of candidates as Markdown."""

from __future__ import annotations

from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.report_content.candidate_line import CandidateCell, CandidateLine
from benchwright.report_content.candidates import CandidateModel, CandidateTable
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock
from benchwright.tables import markdown_table

_MARKS = {"best": "● ", "tied": "○ ", "highest": "◇ ", "near": "◇ ", "": ""}
_SAID = {
    "best": "● shown to be better than every other",
    "tied": "○ not told apart from the best",
    "highest": "◇ best or near it by intervals alone, which is no test",
    "near": "◇ best or near it by intervals alone, which is no test",
}


def candidates(content: ReportContent) -> list[MarkdownBlock]:
    """Models by tasks, averages, verdicts and costs, as the first table of the page; baselines below candidates."""
    table = content.candidates
    if table is None:
        return []
    rows = _by_line(table) if table.turned else _by_model(table)
    signs = dict.fromkeys(said for mark, said in _SAID.items() if mark in table.marks)
    legend = [
        *signs,
        *(["!N: alarm N below"] if any(cell.signs for line in table.lines for cell in line.cells) else []),
    ]
    unmeasured = f"Measured of no model: {', '.join(table.unmeasured)}." if table.unmeasured else ""
    about = " · ".join([*legend, "values with 95 % intervals; fractions, correlations and MCC × 100"])
    head = "### Candidates and tasks" + (f", models sorted {markdown_text(table.order)}" if table.order else "")
    return [
        MarkdownBlock(
            "table of candidates", "\n".join([head, "", *rows, "", about, *(["", unmeasured] if unmeasured else [])])
        )
    ]


def _by_model(table: CandidateTable) -> list[str]:
    heads = ["Model", *map(_title, table.lines)]
    rows = [[_model(one), *(_cell(line.cells[at]) for line in table.lines)] for at, one in enumerate(table.models)]
    return markdown_table(heads, rows, right=range(1, len(heads)))


def _by_line(table: CandidateTable) -> list[str]:
    heads = ["Task", *map(_model, table.models)]
    rows = [[_title(line), *map(_cell, line.cells)] for line in table.lines]
    return markdown_table(heads, rows, right=range(1, len(heads)))


def _model(one: CandidateModel) -> str:
    role = f"<br><sub>{markdown_text(one.role)}</sub>" if one.role else ""
    return f"**{markdown_text(clip(one.label, 80))}**{role}"


def _title(line: CandidateLine) -> str:
    notes = "".join(f"<br><sub>{markdown_text(clip(note, 80))}</sub>" for note in line.notes)
    return f"{markdown_text(clip(line.title, 80))}{notes}"


def _cell(cell: CandidateCell) -> str:
    text = markdown_text(clip(cell.text, 80))
    value = f"**{text}**" if cell.is_top or cell.state == "problem" else text
    parts = [f"{_MARKS[cell.mark]}{value}{''.join(f' !{number}' for number in cell.signs)}"]
    parts += [
        f"<sub>{markdown_text(part)}</sub>"
        for part in (cell.between, *(clip(line, 110) for line in cell.lines))
        if part
    ]
    return "<br>".join(parts)
