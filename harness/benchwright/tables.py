"""Tables as text, as HTML and as Markdown, each in one place.

Text is fitted to the terminal: long cells are folded, and columns that do not fit beside one another follow below.
"""

from __future__ import annotations

import shutil
import textwrap
import unicodedata
from collections.abc import Iterable, Sequence

from benchwright.inert import html_text, inert

_NARROWEST = 24
"""A column of texts is never folded below this: words stay words, and a value stays beside its interval."""
_GAP = "  "
_HEADING = 'th scope="col"'


def room() -> int | None:
    """Columns of the terminal, or those that ``COLUMNS`` says; None where lines may be as long as they are."""
    return shutil.get_terminal_size(fallback=(0, 0)).columns or None


def text_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Iterable[int] = (),
    indent: int = 0,
    width: int | None = None,
) -> list[str]:
    """Aligned inert lines under a heading; columns without any text are left out.

    Args:
        columns: Headings.
        rows: Cells, one text per heading.
        right: Numbers of the columns that are set to the right; they are never folded.
        indent: Blanks before every line.
        width: Longest line; default: `room`.

    Returns:
        Lines, none longer than ``width`` unless one column alone is. Where the columns do not fit, even with their texts
        folded, further blocks follow after an empty line, each with the leading columns of texts again.
    """
    texts = [[inert(text) for text in row] for row in (columns, *rows)]
    kept = [at for at in range(len(columns)) if not rows or any(row[at] for row in texts[1:])]
    texts = [[row[at] for at in kept] for row in texts]
    numbers = {kept.index(at) for at in right if at in kept}
    most = room() if width is None else width
    natural = [max(text_width(row[at]) for row in texts) for at in range(len(kept))]
    widths = natural if most is None else _folded(natural, numbers, most - indent)
    blocks = [list(range(len(kept)))] if most is None else _blocks(widths, numbers, most - indent)
    lines: list[str] = []
    for block in blocks:
        lines += [""] if lines else []
        for row in texts:
            lines += _row(
                [row[at] for at in block], [widths[at] for at in block], [at in numbers for at in block], indent
            )
    return [inert(line) for line in lines]  # a fold may have begun a line with what was within one


def fold_line(line: str, width: int) -> list[str]:
    """An inert line as lines of at most ``width`` columns; those after the first are set in by two blanks."""
    if text_width(line) <= width:
        return [line]
    first, *rest = _fold(line, width)
    return [first, *(f"  {part}" for part in _fold(" ".join(rest), width - 2))] if rest else [first]


def html_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    right: Iterable[int] = (),
    notes: Sequence[str] = (),
) -> str:
    """A table without style sheet or script, and ``notes`` in a list below it; every text is escaped.

    Args:
        columns: Headings.
        rows: Cells, one text per heading.
        caption: Above the table; empty for none.
        right: Numbers of the columns that are set to the right.
        notes: What must be known of its numbers.
    """
    right = set(right)

    def cells(texts: Sequence[str], tag: str) -> str:
        sides = ["right" if at in right else "left" for at, _ in enumerate(texts)]
        return "".join(
            f'<{tag} style="text-align:{side}">{html_text(text)}</{tag.split(maxsplit=1)[0]}>'
            for text, side in zip(texts, sides, strict=True)
        )

    head = f"<caption>{html_text(caption)}</caption>" if caption else ""
    head += f"<thead><tr>{cells(columns, _HEADING)}</tr></thead>"
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f"<table>{head}<tbody>{body}</tbody></table>{html_list(notes)}"


def html_list(texts: Sequence[str]) -> str:
    """Texts as an escaped list; empty where there are none."""
    return f"<ul>{''.join(f'<li>{html_text(text)}</li>' for text in texts)}</ul>" if texts else ""


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> list[str]:
    """Lines of a Markdown table. Its cells are Markdown already: text of others is to be escaped by `inert.markdown_text`.

    Args:
        columns: Headings.
        rows: Cells, one text per heading.
        right: Numbers of the columns that are set to the right.
    """
    right = set(right)
    sides = ["--:" if at in right else ":--" for at in range(len(columns))]
    return [f"| {' | '.join(line)} |" for line in (columns, sides, *rows)]


def _folded(natural: Sequence[int], numbers: set[int], most: int) -> list[int]:
    """Widths with the widest texts narrowed until the line fits, or none can be narrowed further."""
    widths = list(natural)
    while sum(widths) + len(_GAP) * (len(widths) - 1) > most:
        wide = [at for at, size in enumerate(widths) if at not in numbers and size > _NARROWEST]
        if not wide:
            break
        widths[max(wide, key=lambda at: widths[at])] -= 1
    return widths


def _blocks(widths: Sequence[int], numbers: set[int], most: int) -> list[list[int]]:
    """Columns that stand beside one another; the leading texts, which say what a row is about, begin every block."""
    leading: list[int] = []
    for at in range(len(widths)):
        if at in numbers or _total(widths, [*leading, at]) > most // 2:
            break
        leading.append(at)
    blocks = [list(leading)]
    for at in range(len(leading), len(widths)):
        if len(blocks[-1]) > len(leading) and _total(widths, [*blocks[-1], at]) > most:
            blocks.append(list(leading))
        blocks[-1].append(at)
    return blocks


def _total(widths: Sequence[int], block: Sequence[int]) -> int:
    return sum(widths[at] for at in block) + len(_GAP) * (len(block) - 1)


def _row(cells: Sequence[str], widths: Sequence[int], to_right: Sequence[bool], indent: int) -> list[str]:
    parts = [
        [text] if text_width(text) <= size else _fold(text, size) for text, size in zip(cells, widths, strict=True)
    ]
    lines = []
    for number in range(max(map(len, parts), default=1)):
        found = [part[number] if number < len(part) else "" for part in parts]
        padded = [_pad(text, size, right) for text, size, right in zip(found, widths, to_right, strict=True)]
        lines.append((" " * indent + _GAP.join(padded)).rstrip())
    return lines


def _fold(text: str, size: int) -> list[str]:
    """Pieces of a text; a piece that begins a line is made inert again, since folding may bring a command to its front."""
    pieces = textwrap.wrap(text, size, break_on_hyphens=False) if text.isascii() else _fold_wide(text, size)
    return [inert(piece) for piece in pieces or [""]]


def _fold_wide(text: str, size: int) -> list[str]:
    """The same where signs take two columns or none, and where words need not be parted by blanks."""
    pieces, line = [], ""
    for sign in text:
        if text_width(line + sign) > size:
            head, blank, tail = line.rpartition(" ")
            kept, line = (head, tail) if blank and head.strip() else (line, "")
            pieces.append(kept)
        line += sign
    return [piece.strip() for piece in (*pieces, line) if piece.strip()]


def _pad(text: str, size: int, right: bool) -> str:  # noqa: FBT001 - a column's side
    blanks = " " * max(0, size - text_width(text))
    return blanks + text if right else text + blanks


def text_width(text: str) -> int:
    """Columns that a text takes in a terminal: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_WIDE.get(unicodedata.east_asian_width(sign), 1) for sign in text if not unicodedata.combining(sign))


_WIDE = {"W": 2, "F": 2}
