"""Read a user's file once before the run: which columns it has, which labels occur, what cannot be used."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.data.examples import column
from benchwright.data.rows import Rows
from benchwright.delimited import named, other_delimiter
from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright.paths import expanded, is_file
from benchwright.types import Files
from benchwright_suites._classification.custom.options import Options
from benchwright_suites._custom.files import absent, read_own

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_MOST_GROUPS = 200
_EXPECTED = "a CSV, TSV, JSON-lines, JSON or Parquet file"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A user's file: where it is, how it is read, what it holds.

    Attributes:
        folder: The folder that holds it.
        layout: Its name, and how to read it.
        rows: Everything in it.
        names: Column asked for -> column as the file spells it.
    """

    folder: Path
    layout: Files
    rows: Rows
    names: dict[str, str]

    def cells(self, asked: str) -> list[Any]:
        """Cells of a column, in row order."""
        return [row.get(self.names[asked]) for row in self.rows.cells]

    def texts(self, options: Options) -> list[tuple[Any, ...]]:
        """The one or two texts of every row."""
        asked = [name for name in (options.text, options.text_pair) if name]
        return list(zip(*(self.cells(name) for name in asked), strict=True))


def read_table(options: Options, split: str, path: str) -> Table:
    """The file of a split, checked.

    Raises:
        DataError: The file is absent, empty or malformed.
        ConfigError: With every column that is missing or cannot be used.
    """
    where = expanded(path)
    form = _format(options, where, path)
    if options.header and form not in ("csv", "tsv"):
        raise BenchwrightError(
            f"columns= means nothing for {where.name} ({form})",
            expected="a CSV or TSV file without a header row",
            hint="leave columns= out",
        )
    if options.delimiter != ",":
        if form not in ("csv", "tsv"):
            raise BenchwrightError(
                f"delimiter= means nothing for {where.name} ({form})",
                expected="a CSV file",
                hint="leave delimiter= out",
            )
        form = "csv"
    layout = Files(
        names=(where.name,),
        format=form,  # type: ignore[arg-type]
        encoding=options.encoding,
        header=options.header,
        delimiter=options.delimiter,
    )
    own = read_own(path, layout, expected=_EXPECTED)
    rows = own.rows
    _check_header(rows, options)
    if rows.short:
        short = rows.short[0]
        raise DataError(
            f"{short.where} has {short.cells} {'cell' if short.cells == 1 else 'cells'}",
            expected=f"{len(short.columns)} cells: {', '.join(short.columns)}",
            hint="mend that line; a cell that holds a comma or a line break stands in double quotes (CSV)",
        )
    needed = [*options.columns, *((*options.group, options.cluster) if split == "test" else ())]
    names = {name: column(rows, (name,)) for name in needed if name}
    problems = [_missing(rows, name, options) for name, at in names.items() if at is None]
    if problems:
        raise ConfigError(problems, where=rows.file)
    known = {name: at for name, at in names.items() if at is not None}
    table = Table(folder=own.folder, layout=layout, rows=rows, names=known)
    problems = [*_wrong_texts(table, options), *(_wrong_slices(table, options) if split == "test" else ())]
    if problems:
        raise ConfigError(problems, where=rows.file)
    return table


def _check_header(rows: Rows, options: Options) -> None:
    """Raise where the columns were named, and the first row of the file names them too: it would be an item."""
    first = rows.cells[0] if options.header and rows.cells else {}
    asked = [name for name in options.columns if name in first]
    if asked and all(str(first[name]).strip().casefold() == name.casefold() for name in asked):
        raise DataError(
            f"{rows.where(0)}: the row is a header ({', '.join(map(repr, first.values()))}), and columns= names the columns too",
            expected="columns= for a file without a header row",
            hint="leave columns= out",
        )


def _format(options: Options, where: Path, path: str) -> str:
    """As told, by suffix, or by the first bytes."""
    if options.format is not None:
        return options.format
    known = _SUFFIXES.get(where.suffix.casefold())
    if known is not None or "*" in where.name:
        return known or "csv"
    if not is_file(where):
        raise absent(where, path, _EXPECTED)
    try:
        with where.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise DataError(f"{where.name} cannot be read: {error.strerror}", hint="check the file") from error
    if start.startswith(b"PAR1"):
        return "parquet"
    body = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith((b"{", b"[")):
        return "jsonl" if body.startswith(b"{") else "json"
    return "tsv" if b"\t" in body.split(b"\n", 1)[0] else "csv"


def _missing(rows: Rows, name: str, options: Options) -> BenchwrightError:
    role = {options.text: "text", options.text_pair: "text_pair", options.label: "label", options.cluster: "cluster"}
    key = "group" if name in options.group else role.get(name, "text")
    close = difflib.get_close_matches(name, rows.columns, n=1, cutoff=0.6)
    hint = f"say which column it is: {key}={close[0] if close else '...'}"
    if other := other_delimiter(list(rows.columns)):
        hint = f"the cells seem to be separated otherwise: `&delimiter={named(other)}` behind the file, or save it with commas"
    elif len(rows.columns) == 1 and "," in rows.columns[0]:
        hint = "the cells seem to be separated otherwise: say format=csv"
    return BenchwrightError(
        f"{rows.file} has no column {name!r}; its columns are {', '.join(map(repr, rows.columns))}",
        expected=f"a header row (or keys) with the column of option `{key}`",
        hint=hint,
    )


def _wrong_texts(table: Table, options: Options) -> list[BenchwrightError]:
    """The first row of each text column that holds no text."""
    found: list[BenchwrightError] = []
    for name in (options.text, options.text_pair):
        cells: Sequence[Any] = table.cells(name) if name else ()
        bad = next((number for number, cell in enumerate(cells) if not isinstance(cell, str)), None)
        if bad is not None:
            what = "is empty" if _is_empty(cells[bad]) else f"holds {cells[bad]!r}, which is not a text"
            found.append(
                DataError(
                    f"{table.rows.where(bad)}: {table.names[name]!r} {what}",
                    expected="a text in every row",
                    hint="mend or remove that row, or name the column of the texts",
                )
            )
    return found


def _wrong_slices(table: Table, options: Options) -> list[BenchwrightError]:
    """Group columns of too many values, and rows that belong to no cluster."""
    found: list[BenchwrightError] = []
    for name in options.group:
        values = {str(cell) for cell in table.cells(name) if not _is_empty(cell)}
        if len(values) > _MOST_GROUPS:
            found.append(
                BenchwrightError(
                    f"{table.rows.file}: {name!r} has {len(values):,} different values",
                    expected=f"at most {_MOST_GROUPS}, since each becomes a slice with its own scores",
                    hint=f"cluster={name} says instead that rows of one {name} are not independent",
                )
            )
    cells = table.cells(options.cluster) if options.cluster else []
    bare = next((number for number, cell in enumerate(cells) if _is_empty(cell)), None)
    if bare is not None:
        found.append(
            DataError(
                f"{table.rows.where(bare)}: {options.cluster!r} is empty",
                expected="a value in every row, the same for rows that are not independent",
                hint="write a value of its own for a row that stands alone",
            )
        )
    return found


def _is_empty(cell: Any) -> bool:
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and math.isnan(cell))
    )
