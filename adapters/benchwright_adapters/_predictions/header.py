"""Tables whose first line names no row: answers one a line, or a file of another form."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.delimited import OTHERS, named
from benchwright.errors import PredictionsError
from benchwright.types import Example

from .cells import listed
from .row import lines_of

_NAMES = frozenset({"index", "id", "idx"})


def check_header(text: str, name: str, items: Sequence[Example], delimiter: str) -> None:
    """Raise unless the first line of a table with a delimiter between cells has a column that says which row of the split is meant.

    Raises:
        PredictionsError: With `?format=lines` to type where there are as many lines as rows.
    """
    lines = [(number, line) for number, line in lines_of(text) if line.strip()]
    if not lines or (delimiter != "\t" and lines[0][1].count('"') % 2):  # a quoted line break: the reader knows better
        return
    number, first = lines[0]
    cells = _cells(first, delimiter)
    if _NAMES & set(cells):
        return
    hint = "write the names of the columns into the first line, or JSON lines, or give the file that answers this task"
    if sum(1 for _ in lines_of(text.removesuffix("\n"))) == len(items):  # an empty line may be an empty answer
        hint = "one answer a line, in the order of the split? ?format=lines"
    other = next((mark for mark in (*OTHERS, ",") if _NAMES & set(_cells(first, mark))), None)
    if other is not None:
        hint = f"the cells seem to be separated otherwise: ?delimiter={named(other)}"
    form = {"\t": "TSV", ",": "CSV"}.get(delimiter, f"CSV with {delimiter!r}")
    raise PredictionsError(
        f"{name}, line {number}: no column `index` or `id`, read as {form} with the columns {listed(cells)}",
        expected="`index`, the 0-based row of the split, or `id`, an example id or the data's own",
        hint=hint,
    )


def _cells(line: str, delimiter: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.split(delimiter)]
