"""Rows of the table of a model page as HTML, written without a template, and in pieces between the cells of ranks: every page of a board is written
again after each entry, and on nearly all of them nothing but these cells has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, pairwise

from markupsafe import Markup

from benchwright.formatting import UNDEFINED, count
from benchwright.inert import html_text
from benchwright_leaderboards.model_content import DifferenceCell, ModelLine, Stand

Counts = Mapping[str, tuple[int | None, int | None]]
"""``suite/task`` -> items that only the entry answers correctly, and that only the other does."""
_REAL = {"▲": " real", "▼": " real down"}


def row_pieces(lines: Sequence[ModelLine], counts: Mapping[str, Counts], root: str) -> list[str]:
    """The rows as HTML without the cells of their ranks: what stands before the first, between each two, and after the last.

    Args:
        lines: That of the mean first.
        counts: By id of the other entry.
        root: What leads from the page to the folder of the site.
    """
    rows = [_row(line, counts, root) for line in lines]
    between = (f"{behind}\n{before}" for (_, behind), (before, _) in pairwise(rows))
    return [rows[0][0], *between, rows[-1][1]]


def put_ranks(pieces: Sequence[str], stands: Sequence[Stand]) -> Markup:
    """The rows, with the cells of ranks in their places."""
    cells = [*map(_rank, stands), ""]
    return Markup("".join(chain.from_iterable(zip(pieces, cells, strict=True))))  # noqa: S704 - every text goes through html_text


def _rank(stand: Stand) -> str:
    text = f"{stand.rank}{_line(f'of {count(stand.of)}')}" if stand.rank else UNDEFINED + _line(html_text(stand.why))
    return f'<td class="num">{text}</td>'


def _row(line: ModelLine, counts: Mapping[str, Counts], root: str) -> tuple[str, str]:
    """What stands before the cell of the rank, and behind it."""
    title = html_text(line.title)
    name = f'<a href="{root}{html_text(line.page)}">{title}</a>' if line.page else title
    silent = _line(f"{count(line.errored)} without an answer") if line.errored else ""
    cells = "".join(_difference(cell, counts.get(cell.other, {}).get(line.path)) for cell in line.cells)
    mean = "" if line.path else ' class="mean"'
    score = f"{line.score}{_line(line.between)}{_line(html_text(line.alarm))}"
    before = f'<tr{mean}><th scope="row">{name}{_line(html_text(line.metric))}</th>'
    return (
        before,
        f'<td class="num">{score}</td><td class="num">{html_text(line.n) or UNDEFINED}{silent}</td>{cells}</tr>',
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
