"""Read a user's tagged sentences once before the run: how they are written, and which types of entities they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchwright.data.examples import column
from benchwright.data.rows import decoded, physical_lines
from benchwright.errors import BenchwrightError, DataError
from benchwright.tags import entities, parts, strict_entities, to_iob2
from benchwright.types import Files
from benchwright_suites._custom.files import OwnFile, absent, read_own, with_encoding_hint
from benchwright_suites._ner.card import CARD
from benchwright_suites._ner.custom.options import Options

_EXPECTED = "a file of CoNLL columns (one word a line), JSON lines or Parquet"
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}
_PREFIXES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIESLUWM"}


@dataclass(frozen=True, kw_only=True)
class Sentences:
    """A user's file: where it lies, how it is read, its sentences, and the types of its entities.

    Attributes:
        file: The file as it was read.
        words: Words of every sentence.
        tags: IOB2 tags of every sentence.
        broken: How many entities are not legal in the scheme: of IOB2, those that begin with `I-`.
    """

    file: OwnFile
    words: list[tuple[str, ...]]
    tags: list[tuple[str, ...]]
    broken: int

    @property
    def types(self) -> set[str]:
        """Types of entities."""
        return {parts(tag)[1] for tags in self.tags for tag in tags if tag != "O"}


def read_sentences(options: Options, path: str) -> Sentences:
    """The sentences of a file, checked.

    Raises:
        DataError: The file is absent or malformed, or a tag is none of the scheme (with its line).
        BenchwrightError: A column is missing.
    """
    own = read_own(path, _layout(options, path), expected=_EXPECTED)
    words, tags = (_column(own, role, options) for role in ("words", "tags"))
    names = own.rows.class_names.get(tags, ())
    given = [[_named(cell, names) for cell in row[tags]] for row in own.rows.cells]
    for row, cells in enumerate(given):
        _check(own, row, cells, options)
    found = [to_iob2(cells, options.scheme) for cells in given]
    return Sentences(
        file=own,
        words=[tuple(row[words]) for row in own.rows.cells],
        tags=found,
        broken=sum(
            len({*entities(tags)} - {*strict_entities(cells, options.scheme)})
            for tags, cells in zip(found, given, strict=True)
        ),
    )


def _layout(options: Options, path: str) -> Files:
    where = Path(path).expanduser()
    kind: Any = _SUFFIXES.get(where.suffix.casefold(), "columns")
    header: tuple[str, ...] = ()
    if kind == "columns":
        header = tuple("document" if name == options.documents else name for name in options.columns)
        if options.documents and not header:
            raise BenchwrightError(
                f"documents={options.documents} names a column, and the columns have no names",
                expected=f"the columns first to last, such as columns=word,{options.documents},tag",
                hint="-DOCSTART- lines need no option",
            )
        header = header or _told(options, where, path)
    return Files(
        names=(where.name,),
        format=kind,
        header=header,
        scheme=options.scheme,
        encoding=options.encoding,
    )


def cluster_column(layout: Files, options: Options) -> str:
    """Column of the document: the one that was named, which CoNLL columns call `document`."""
    return "document" if layout.format == "columns" else options.documents or "document"


def _told(options: Options, where: Path, path: str) -> tuple[str, ...]:
    """Columns of a file that nobody named: the word first, the tag last."""
    if not where.is_file():
        raise absent(where, path, _EXPECTED)
    try:
        text = decoded(where, options.encoding, shown=where.name)
    except DataError as error:
        raise with_encoding_hint(error, options.encoding, where) from error
    for line in physical_lines(text):
        if line.strip() and not line.startswith("-DOCSTART-"):
            cells = line.split("\t") if "\t" in line else re.split(" +", line.strip(" "))
            if len(cells) > 1:
                return ("word", *(f"column{number}" for number in range(2, len(cells))), "tag")
            raise DataError(
                f"{where.name}: {line[:60]!r} is one cell",
                expected="a word and its tag in every line, with a TAB or blanks between them",
                hint="another separator cannot be read: replace it by TABs",
            )
    raise DataError(f"{where.name} holds no words", expected=_EXPECTED, hint="check the file")


def _column(own: OwnFile, role: str, options: Options) -> str:
    accepted = CARD["inputs"]["words"] if role == "words" else CARD["target"]
    found = column(own.rows, accepted)
    if found is None:
        raise BenchwrightError(
            f"{own.rows.file} has no column of {role}; its columns are {', '.join(map(repr, own.rows.columns))}",
            expected=f"a column called {' or '.join(map(repr, accepted))}",
            hint="rename the column",
        )
    if options.documents and column(own.rows, (cluster_column(own.layout, options),)) is None:
        raise BenchwrightError(
            f"{own.rows.file} has no column {options.documents!r}; its columns are {', '.join(map(repr, own.rows.columns))}",
            expected="the column that says which document a sentence belongs to",
        )
    bad = next(
        (row for row, cells in enumerate(own.rows.cells) if not isinstance(cells.get(found), list | tuple)), None
    )
    if bad is not None:
        raise DataError(
            f"{own.rows.where(bad)}: {found!r} is no list", expected=f"a list of {role}", hint="mend that row"
        )
    return found


def _named(cell: Any, names: tuple[str, ...]) -> Any:
    is_index = isinstance(cell, int) and not isinstance(cell, bool) and 0 <= cell < len(names)
    return names[cell] if is_index else cell


def _check(own: OwnFile, row: int, tags: list[Any], options: Options) -> None:
    for word, tag in enumerate(tags):
        for problem in _problems(tag, options):
            raise DataError(
                f"{own.rows.where(row, word)}: the tag {tag!r} {problem}",
                expected=f"O, or a letter of {options.scheme}, a hyphen and a type, such as B-PER",
                hint="say how tags are written (scheme=IOB1, IOB2 or BIOES) and which column they are in (columns=word,tag)",
            )


def _problems(tag: Any, options: Options) -> Iterator[str]:
    if not isinstance(tag, str):
        yield "is no text; numbers need a file that names its classes (Parquet of the hub)"
        return
    prefix, kind = parts(tag)
    if tag == "O":
        return
    if len(prefix) != 1 or prefix not in _PREFIXES[options.scheme] or not kind:
        yield f"is none of {options.scheme}"
