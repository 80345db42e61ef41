"""A user's own tagged sentences: what can be said about them, how they are written, and which entities they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchwright.data.api import column, decoded, expanded, first_row, is_file, missing_file, physical_lines
from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright.kinds.gold_cells import tag_by_number
from benchwright.spelling import spelling
from benchwright.tags import (
    SCHEMES,
    Scheme,
    detect_scheme,
    entities,
    fits,
    parts,
    strict_entities,
    to_iob2,
    untyped,
    whole_tags,
)
from benchwright.types import Files
from benchwright_suites._custom.files import OwnFile, read_own, with_encoding_hint
from benchwright_suites._custom.options import METRICS, common_problems, listed
from benchwright_suites.ner import CARD

OPTIONS = {
    "path": "your file (CoNLL columns, JSON lines or Parquet); needed",
    "columns": "names of the columns, first to last, with `word` and `tag` among them (default: word first, tag last)",
    "scheme": "how tags are written: IOB1, IOB2, BIOES, which includes BILOU, or IO (default: IOB2, or IO where no tag has a letter)",
    "labels": "tags in the order of their numbers, by comma, for files that hold numbers",
    "types": "all types of entities, by comma (default: those of the files)",
    "train": "file of training sentences, for baselines and fine-tuning",
    "documents": "column that says which document a sentence belongs to (default: -DOCSTART- lines, where there are any)",
    "encoding": "encoding of text files (default: utf-8)",
    "metrics": METRICS,
    "name": "name of the task: ner/NAME (default: custom)",
}

SELECTOR = "ner/custom?path=test.conll&columns=word,pos,tag&scheme=IOB2&train=train.conll"


@dataclass(frozen=True, kw_only=True)
class SentenceOptions:
    """Checked options; empty texts and tuples where nothing was said; ``said``: whether the scheme was."""

    path: str
    columns: tuple[str, ...]
    scheme: Scheme
    said: bool
    labels: tuple[str, ...]
    types: tuple[str, ...]
    train: str
    documents: str
    encoding: str
    name: str

    @property
    def files(self) -> dict[str, str]:
        """Split -> path as typed."""
        return {"test": self.path, **({"train": self.train} if self.train else {})}


def read_options(given: Mapping[str, str]) -> SentenceOptions:
    """The options as typed, with defaults. Raises ConfigError with everything that is wrong with them."""
    problems = list(common_problems(given, OPTIONS, task="ner/custom", selector=SELECTOR))
    columns = listed(given, "columns")
    problems += _wrong_columns(columns, given.get("documents", ""))
    said = given.get("scheme", "").strip().upper()
    scheme = SCHEMES.get(said or "IOB2")
    if scheme is None:
        problems.append(
            BenchwrightError(f"scheme={given['scheme']}", expected=f"one of: {', '.join(SCHEMES)}", hint="scheme=IOB2")
        )
    types = listed(given, "types")
    if len(set(types)) < len(types):
        problems.append(
            BenchwrightError(
                f"types={','.join(types)} names a type twice", expected="each type once", hint="types=PER,LOC"
            )
        )
    if problems:
        raise ConfigError(problems, where="ner/custom")
    return SentenceOptions(
        path=given["path"],
        columns=columns,
        scheme=scheme or "IOB2",
        said=bool(said),
        labels=listed(given, "labels"),
        types=listed(given, "types"),
        train=given.get("train", ""),
        documents=given.get("documents", ""),
        encoding=given.get("encoding") or "utf-8",
        name=given.get("name") or "custom",
    )


def _wrong_columns(columns: tuple[str, ...], documents: str) -> list[BenchwrightError]:
    if not columns:
        return []
    shown = f"columns={','.join(columns)}"
    lacking = [name for name in ("word", "tag") if name not in columns]
    if lacking:
        return [
            BenchwrightError(
                f"{shown} names no {' and no '.join(map(repr, lacking))}",
                expected="the columns of the file, first to last, with `word` and `tag` among them",
                hint="for example columns=word,pos,tag",
            )
        ]
    if len(set(columns)) < len(columns):
        return [
            BenchwrightError(
                f"{shown} names a column twice",
                expected="a name of its own for every column",
                hint="columns=word,pos,tag",
            )
        ]
    if documents in ("word", "tag") or (documents and documents not in columns):
        return [
            BenchwrightError(
                f"documents={documents} is no column of {shown}",
                expected=f"one of: {', '.join(columns)}",
                hint="documents=COLUMN with one of these",
            )
        ]
    return []


_EXPECTED = "a file of CoNLL columns (one word a line), JSON lines or Parquet"
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}


@dataclass(frozen=True, kw_only=True)
class OwnSentences:
    """A user's file: where it lies, how it is read, its sentences, and the types of its entities.

    Attributes:
        file: The file as it was read.
        words: Words of every sentence.
        tags: IOB2 tags of every sentence.
        scheme: How its tags are written: as was said, or as they show.
        broken: How many entities are not legal in the scheme: of IOB2, those that begin with `I-`.
    """

    file: OwnFile
    words: list[tuple[str, ...]]
    tags: list[tuple[str, ...]]
    scheme: Scheme
    broken: int

    @property
    def types(self) -> set[str]:
        """Types of entities."""
        return {parts(tag)[1] for tags in self.tags for tag in tags if tag != "O"}


def read_sentences(options: SentenceOptions, path: str) -> OwnSentences:
    """The sentences of a file, checked.

    Raises:
        DataError: The file is absent or malformed, or a tag is none of the scheme (with its line).
        BenchwrightError: A column is missing.
    """
    own = read_own(path, _layout(options, path), expected=_EXPECTED)
    told = (
        None
        if options.said
        else detect_scheme(tag for cells in _tags(own, options) for tag in cells if isinstance(tag, str))
    )
    if told is not None:  # whether a line that begins with # is a comment depends on what a tag may be
        options = replace(options, scheme=told)
        own = read_own(path, _layout(options, path), expected=_EXPECTED)
    words, given = _column(own, "words", options), _tags(own, options)
    for row, cells in enumerate(given):
        _check(own, row, cells, options)
    _check_types(own, given, options)
    found = [to_iob2(cells, options.scheme) for cells in given]
    return OwnSentences(
        file=own,
        words=[tuple(row[words]) for row in own.rows.cells],
        tags=found,
        scheme=options.scheme,
        broken=sum(
            len({*entities(tags)} - {*strict_entities(whole_tags(cells, options.scheme), options.scheme)})
            for tags, cells in zip(found, given, strict=True)
        ),
    )


def _tags(own: OwnFile, options: SentenceOptions) -> list[list[Any]]:
    """Tags of every sentence as they were written, numbers by their names."""
    column_name = _column(own, "tags", options)
    names = own.rows.class_names.get(column_name, ())
    return [[tag_by_number(cell, names) for cell in row[column_name]] for row in own.rows.cells]


def _layout(options: SentenceOptions, path: str) -> Files:
    where = expanded(path)
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
        header = header or _columns_by_position(options, where, path)
    return Files(
        names=(where.name,),
        format=kind,
        header=header,
        scheme=options.scheme,
        classes=dict.fromkeys(CARD["target"], options.labels) if options.labels else {},
        encoding=options.encoding,
    )


def cluster_column(layout: Files, options: SentenceOptions) -> str:
    """Column of the document: the one that was named, which CoNLL columns call `document`."""
    return "document" if layout.format == "columns" else options.documents or "document"


def _columns_by_position(options: SentenceOptions, where: Path, path: str) -> tuple[str, ...]:
    """Columns of a file that nobody named: the word first, the tag last."""
    if not is_file(where):
        raise missing_file(where, path, _EXPECTED)
    try:
        text = decoded(where, options.encoding, shown=where.name)
    except DataError as error:
        raise with_encoding_hint(error, options.encoding, where) from error
    cells = first_row(physical_lines(text))
    if len(cells) > 1:
        return ("word", *(f"column{number}" for number in range(2, len(cells))), "tag")
    if cells:
        raise DataError(
            f"{where.name}: {cells[0][:60]!r} is one cell",
            expected="a word and its tag in every line, with a TAB or blanks between them",
            hint="another separator cannot be read: replace it by TABs",
        )
    raise DataError(f"{where.name} holds no words", expected=_EXPECTED, hint="check the file")


def _check_one_column(own: OwnFile, found: str, accepted: tuple[str, ...]) -> None:
    """Raise where another column could be meant as well, and holds something else."""
    others = [name for name in accepted if name != found and name in own.rows.columns]
    for other in others if own.layout.format != "columns" else ():
        for at, row in enumerate(own.rows.cells):
            one, two = (_by_names(row.get(name), own.rows.class_names.get(name, ())) for name in (found, other))
            if one != two:
                raise BenchwrightError(
                    f"{own.rows.where(at)}: the columns {found!r} and {other!r} hold different things",
                    expected=f"one column called {' or '.join(map(repr, accepted))}",
                    hint="remove or rename the one that is not meant",
                )


def _by_names(cell: Any, names: Sequence[str]) -> Any:
    return [tag_by_number(item, names) for item in cell] if isinstance(cell, list) else cell


def _column(own: OwnFile, role: str, options: SentenceOptions) -> str:
    accepted = CARD["inputs"]["words"] if role == "words" else CARD["target"]
    found = column(own.rows, accepted)
    if found is None:
        raise BenchwrightError(
            f"{own.rows.file} has no column of {role}; its columns are {', '.join(map(repr, own.rows.columns))}",
            expected=f"a column called {' or '.join(map(repr, accepted))}",
            hint="rename the column",
        )
    _check_one_column(own, found, accepted)
    if options.documents and column(own.rows, (cluster_column(own.layout, options),)) is None:
        raise BenchwrightError(
            f"{own.rows.file} has no column {options.documents!r}; its columns are {', '.join(map(repr, own.rows.columns))}",
            expected="the column that says which document a sentence belongs to",
            hint="documents=COLUMN with one of these",
        )
    bad = next(
        (row for row, cells in enumerate(own.rows.cells) if not isinstance(cells.get(found), list | tuple)), None
    )
    if bad is not None:
        raise DataError(
            f"{own.rows.where(bad)}: {found!r} is no list", expected=f"a list of {role}", hint="mend that row"
        )
    return found


def _check(own: OwnFile, row: int, tags: list[Any], options: SentenceOptions) -> None:
    for word, tag in enumerate(tags):
        if isinstance(tag, str) and fits(tag, options.scheme):
            continue
        names = own.rows.class_names.get(_column(own, "tags", options), ())
        number = spelling(tag) or ""
        if number.isdecimal() or not isinstance(tag, str):
            beyond = f"a number beyond the {len(names)} names" if names else "a number, and no file says what it means"
            raise DataError(
                f"{own.rows.where(row, word)}: the tag {tag!r} is {beyond if number.isdecimal() else 'no text'}",
                expected="tags by name, such as B-PER",
                hint="name the tags in the order of their numbers, from 0 on: labels=O,B-PER,I-PER,...",
            )
        raise DataError(
            f"{own.rows.where(row, word)}: the tag {tag!r} is none of {options.scheme}",
            expected=_expected(options.scheme),
            hint="say how tags are written (scheme=IOB1, IOB2, BIOES or IO) and which column they are in (columns=word,tag)",
        )


def _expected(scheme: Scheme) -> str:
    if scheme == "IO":
        return "O or a type, such as PER or I-PER"
    return f"O, or a letter of {scheme}, a hyphen and a type, such as B-PER"


def _check_types(own: OwnFile, given: list[list[str]], options: SentenceOptions) -> None:
    """Raise where some entities of a file have types and others have none."""
    if options.scheme == "IO" or not any("-" in tag for tags in given for tag in tags):
        return
    for row, tags in enumerate(given):
        for word, tag in enumerate(tags):
            if untyped(tag):
                raise DataError(
                    f"{own.rows.where(row, word)}: the tag {tag!r} has no type, and others have",
                    expected=_expected(options.scheme),
                    hint="mend that line",
                )
