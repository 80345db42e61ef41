"""Rows of the table of a model page as HTML: written without a template, since every page of a board is written again after each entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from benchwright.formatting import UNDEFINED, count
from benchwright.inert import html_text
from benchwright_leaderboards.model_content import DifferenceCell, ModelLine

Counts = Mapping[str, tuple[int | None, int | None]]
"""``suite/task`` -> items that only the entry answers correctly, and that only the other does."""
_REAL = {"▲": " real", "▼": " real down"}


def rows_html(lines: Sequence[ModelLine], counts: Mapping[str, Counts], root: str) -> Markup:
    """The rows.

    Args:
        lines: That of the mean first.
        counts: By id of the other entry.
        root: What leads from the page to the folder of the site.
    """
    return Markup("\n".join(_row(line, counts, root) for line in lines))  # noqa: S704 - every text goes through html_text


def _row(line: ModelLine, counts: Mapping[str, Counts], root: str) -> str:
    title = html_text(line.title)
    name = f'<a href="{root}{html_text(line.page)}">{title}</a>' if line.page else title
    rank = f"{line.rank}{_line(f'of {count(line.of)}')}" if line.rank else UNDEFINED + _line(html_text(line.why))
    silent = _line(f"{count(line.errored)} without an answer") if line.errored else ""
    cells = "".join(_difference(cell, counts.get(cell.other, {}).get(line.path)) for cell in line.cells)
    mean = "" if line.path else ' class="mean"'
    return (
        f"<tr{mean}>"
        f'<th scope="row">{name}{_line(html_text(line.metric))}</th><td class="num">{rank}</td>'
        f'<td class="num">{line.score}{_line(line.between)}{_line(html_text(line.alarm))}</td>'
        f'<td class="num">{html_text(line.n) or UNDEFINED}{silent}</td>{cells}</tr>'
    )


def _difference(cell: DifferenceCell, flips: tuple[int | None, int | None] | None) -> str:
    fixed, broken = flips or (None, None)
    told = "" if fixed is None else _line(f"{count(fixed)} fixed, {count(broken)} broken")
    return (
        f'<td class="num{_REAL.get(cell.sign, "")}"><b>{cell.sign}</b> {cell.change}'
        f"{_line(cell.between)}{_line(cell.told)}{told}</td>"
    )


def _line(text: str) -> str:
    return f'<span class="line">{text}</span>' if text else ""
