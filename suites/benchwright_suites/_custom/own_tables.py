"""A user's own tables: what can be said about them, and what they hold, read and checked once before the run."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from benchwright.data.api import (
    Rows,
    Texts,
    column,
    delimiter_of,
    expanded,
    is_file,
    missing_file,
    named,
    other_delimiter,
)
from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright.spelling import fold, spelling
from benchwright.types import Files
from benchwright_suites._custom.files import read_own
from benchwright_suites._custom.options import METRICS, common_problems, listed

Format = Literal["csv", "tsv", "jsonl", "json", "parquet"]

OPTIONS = {
    "path": "your file (CSV, TSV, JSON lines, JSON or Parquet); needed",
    "text": "column of the text (default: text)",
    "text_pair": "column of a second text, for tasks about two",
    "label": "column of the gold label (default: label)",
    "labels": "labels in id order, separated by commas (default: those in the files, sorted)",
    "positive": "label meant by precision, recall and F1 (default: the last of two)",
    "slice": "columns whose values become slices, separated by commas",
    "slice_separator": "what stands between several values of one cell of those columns (such as ;): each is a slice then",
    "identities": "columns that say which group of people a row is about or from, separated by commas: gaps between groups",
    "membership": "a number, where each column of identities= is a group of its own (1, or a share of annotators): from it on a row is a member",
    "cluster": "column of what several rows share (author, document); intervals resample it as one",
    "rationale": "column of the words that people marked as the reason for the label: explanations are held against them",
    "train": "file of training rows, for baselines and fine-tuning",
    "multilabel": "true: a row may have several labels",
    "separator": "what stands between the labels of a row (default: | or a comma); only with multilabel=true",
    "score": "the metric that is the task's score (default: accuracy; micro_f1 with multilabel=true)",
    "metrics": METRICS,
    "name": "name of the task: classification/NAME (default: custom)",
    "format": "csv, tsv, jsonl, json or parquet (default: by suffix, else by content)",
    "delimiter": "what stands between the cells of a CSV file: ; or | or tab (default: a comma)",
    "encoding": "encoding of text files (default: utf-8)",
    "columns": "names of all columns, separated by commas, of a CSV or TSV file without a header row",
}

IDENTITIES = "identities"
"""What all groups together are called, where each is a column."""

SELECTOR = "classification/custom?path=reviews.csv&text=review&label=stars&labels=bad,good"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0", "")


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """Checked options; empty texts and tuples where nothing was said."""

    path: str
    text: str
    text_pair: str
    label: str
    labels: tuple[str, ...]
    positive: str
    slices: tuple[str, ...]
    slice_separator: str
    identities: tuple[str, ...]
    membership: float | None
    cluster: str
    rationale: str
    train: str
    multilabel: bool
    separator: str
    score: str
    metrics: tuple[str, ...]
    name: str
    format: Format | None
    delimiter: str
    encoding: str
    header: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Split -> path as typed."""
        return {"test": self.path, **({"train": self.train} if self.train else {})}

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that every file must have."""
        return tuple(name for name in (self.text, self.text_pair, self.label) if name)


def read_options(given: Mapping[str, str]) -> TableOptions:
    """The options as typed, with defaults. Raises ConfigError with everything that is wrong with them."""
    problems = list(common_problems(given, OPTIONS, task="classification/custom", selector=SELECTOR))
    multilabel = given.get("multilabel", "").strip().casefold()
    if multilabel not in (*_TRUE, *_FALSE):
        problems.append(
            BenchwrightError(
                f"multilabel={given['multilabel']}", expected="multilabel=true or false", hint="multilabel=true"
            )
        )
    problems += _wrong_membership(given)
    options = TableOptions(
        path=given.get("path", ""),
        text=given.get("text") or "text",
        text_pair=given.get("text_pair", ""),
        label=given.get("label") or "label",
        labels=tuple(spelling(name) or name for name in listed(given, "labels")),
        positive=given.get("positive", "").strip(),
        slices=tuple(dict.fromkeys((*listed(given, "slice"), *listed(given, "identities")))),
        slice_separator=given.get("slice_separator", ""),
        identities=listed(given, "identities"),
        membership=_share(given.get("membership", "")),
        cluster=given.get("cluster", ""),
        rationale=given.get("rationale", ""),
        train=given.get("train", ""),
        multilabel=multilabel in _TRUE,
        separator=given.get("separator", ""),
        score=given.get("score", ""),
        metrics=listed(given, "metrics"),
        name=given.get("name") or "custom",
        format=given.get("format") or None,  # type: ignore[arg-type]  # checked below
        delimiter=delimiter_of(given.get("delimiter") or ",") or "",
        encoding=given.get("encoding") or "utf-8",
        header=listed(given, "columns"),
    )
    problems += _problems(options)
    if problems:
        raise ConfigError(problems, where="classification/custom")
    return options


def _share(text: str) -> float | None:
    """The number that is meant; None where it is none, or nothing was said."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found > 0 else None


def _wrong_membership(given: Mapping[str, str]) -> list[BenchwrightError]:
    if not given.get("membership"):
        return []
    hint = "identities=male,female,muslim&membership=0.5"
    if not listed(given, "identities"):
        return [
            BenchwrightError(
                f"membership={given['membership']} without columns that it is about",
                expected="identities=COLUMN,COLUMN,... with it",
                hint=hint,
            )
        ]
    if _share(given["membership"]) is None:
        return [
            BenchwrightError(
                f"membership={given['membership']}",
                expected="a number above 0: from it on a cell makes its row a member",
                hint=hint,
            )
        ]
    if IDENTITIES in listed(given, "identities"):
        return [
            BenchwrightError(
                f"a group cannot be called {IDENTITIES!r}: all groups together have that name",
                expected="columns of other names",
                hint="rename the column",
            )
        ]
    return []


def _problems(options: TableOptions) -> list[BenchwrightError]:
    found = [*_wrong_values(options), *_wrong_labels(options)]
    used = [*options.columns, *options.slices, *filter(None, [options.rationale])]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        found.append(
            BenchwrightError(
                f"the column {twice[0]!r} is asked for twice",
                expected="a column each for text, label, rationale and slices",
                hint="name another column, or drop one of the options",
            )
        )
    if "label" in options.slices:
        found.append(
            BenchwrightError(
                "a slice cannot be called 'label': the scores of each label have that name",
                expected="columns of other names",
                hint="rename the column, for example `label2`",
            )
        )
    return found


def _wrong_values(options: TableOptions) -> list[BenchwrightError]:
    found = []
    if options.format is not None and options.format not in get_args(Format):
        found.append(
            BenchwrightError(
                f"format={options.format}", expected=f"one of: {', '.join(get_args(Format))}", hint="format=csv"
            )
        )
    if not options.delimiter:
        found.append(
            BenchwrightError(
                "delimiter= is no mark that can stand between cells",
                expected="such as ; or | or tab",
                hint="delimiter=;",
            )
        )
    if options.separator and not options.multilabel:
        found.append(
            BenchwrightError(
                "a separator of labels is given, but a row has one label",
                expected="separator=... together with multilabel=true",
                hint="add &multilabel=true, or leave the separator out",
            )
        )
    if options.multilabel and options.positive:
        found.append(
            BenchwrightError(
                "a positive label has no meaning where a row may have several",
                expected="precision, recall and F1 of every label, which are always given",
                hint="leave positive=... out",
            )
        )
    return found


def _wrong_labels(options: TableOptions) -> list[BenchwrightError]:
    names = options.labels
    if len(names) == 1:
        return [
            BenchwrightError(
                f"labels={names[0]} names one label",
                expected="two or more, separated by commas",
                hint="labels=good,bad",
            )
        ]
    alike = [name for name in names if sum(fold(name) == fold(other) for other in names) > 1]
    if alike:
        return [
            BenchwrightError(
                f"labels={','.join(names)}: {' and '.join(map(repr, alike))} are one label",
                expected="labels that differ in more than case, blanks, hyphens and underscores",
                hint="rename one of them in the file and in labels=",
            )
        ]
    if names and options.positive and fold(options.positive) not in map(fold, names):
        return [
            BenchwrightError(
                f"positive={options.positive} is not among labels={','.join(names)}",
                expected=f"one of: {', '.join(names)}",
                hint="positive=LABEL with one of these",
            )
        ]
    return []


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
_MOST_VALUES = 200
_EXPECTED = "a CSV, TSV, JSON-lines, JSON or Parquet file"


@dataclass(frozen=True, kw_only=True)
class OwnTable:
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

    def cells(self, asked: str) -> Sequence[Any]:
        """Cells of a column, in row order."""
        return self.rows.values(self.names[asked])

    def distinct(self, asked: str) -> list[tuple[int, Any]]:
        """The first row of each different cell of a column, in row order, and the cell."""
        return self.rows.distinct(self.names[asked])

    def texts(self, options: TableOptions) -> list[tuple[Any, ...]]:
        """The one or two texts of every row."""
        asked = [name for name in (options.text, options.text_pair) if name]
        return list(zip(*(self.cells(name) for name in asked), strict=True))


def read_table(options: TableOptions, split: str, path: str) -> OwnTable:
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
    needed = [*options.columns, *((*options.slices, options.cluster, options.rationale) if split == "test" else ())]
    names = {name: column(rows, (name,)) for name in needed if name}
    problems = [_missing(rows, name, options) for name, at in names.items() if at is None]
    if problems:
        raise ConfigError(problems, where=rows.file)
    known = {name: at for name, at in names.items() if at is not None}
    table = OwnTable(folder=own.folder, layout=layout, rows=rows, names=known)
    problems = [*_wrong_texts(table, options), *(_wrong_slices(table, options) if split == "test" else ())]
    if problems:
        raise ConfigError(problems, where=rows.file)
    return table


def _check_header(rows: Rows, options: TableOptions) -> None:
    """Raise where the columns were named, and the first row of the file names them too: it would be an item."""
    first = rows.cells[0] if options.header and rows.cells else {}
    asked = [name for name in options.columns if name in first]
    if asked and all(str(first[name]).strip().casefold() == name.casefold() for name in asked):
        raise DataError(
            f"{rows.where(0)}: the row is a header ({', '.join(map(repr, first.values()))}), and columns= names the columns too",
            expected="columns= for a file without a header row",
            hint="leave columns= out",
        )


def _format(options: TableOptions, where: Path, path: str) -> str:
    """As told, by suffix, or by the first bytes."""
    if options.format is not None:
        return options.format
    known = _SUFFIXES.get(where.suffix.casefold())
    if known is not None or "*" in where.name:
        return known or "csv"
    if not is_file(where):
        raise missing_file(where, path, _EXPECTED)
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


def _missing(rows: Rows, name: str, options: TableOptions) -> BenchwrightError:
    role = {
        options.text: "text",
        options.text_pair: "text_pair",
        options.label: "label",
        options.cluster: "cluster",
        options.rationale: "rationale",
    }
    key = "identities" if name in options.identities else "slice" if name in options.slices else role.get(name, "text")
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


def _wrong_texts(table: OwnTable, options: TableOptions) -> list[BenchwrightError]:
    """The first row of each text column that holds no text."""
    found: list[BenchwrightError] = []
    for name in (options.text, options.text_pair):
        cells: Sequence[Any] = table.cells(name) if name else ()
        if isinstance(cells, Texts) and not cells.lacks_some:
            continue
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


def _wrong_slices(table: OwnTable, options: TableOptions) -> list[BenchwrightError]:
    """Slice columns of too many values, and rows that belong to no cluster."""
    found: list[BenchwrightError] = []
    as_members = options.identities if options.membership is not None else ()
    for name in (name for name in options.slices if name not in as_members):
        values = {str(cell) for _, cell in table.distinct(name) if not _is_empty(cell)}
        if len(values) > _MOST_VALUES:
            found.append(
                BenchwrightError(
                    f"{table.rows.file}: {name!r} has {len(values):,} different values",
                    expected=f"at most {_MOST_VALUES}, since each becomes a slice with its own scores",
                    hint=f"cluster={name} says instead that rows of one {name} are not independent",
                )
            )
    found += _without_groups(table, options)
    clusters = table.distinct(options.cluster) if options.cluster else []
    bare = next((row for row, cell in clusters if _is_empty(cell)), None)
    if bare is not None:
        found.append(
            DataError(
                f"{table.rows.where(bare)}: {options.cluster!r} is empty",
                expected="a value in every row, the same for rows that are not independent",
                hint="write a value of its own for a row that stands alone",
            )
        )
    return found


def _without_groups(table: OwnTable, options: TableOptions) -> list[BenchwrightError]:
    """Columns of identities that put no row into a group: no gap would be there, and nothing would say so."""
    if options.membership is None:
        return [
            BenchwrightError(
                f"{table.rows.file}: {name!r} is empty in every row",
                expected="a group of people in some",
                hint="name another column in identities=, or leave it out",
            )
            for name in options.identities
            if all(_is_empty(cell) for _, cell in table.distinct(name))
        ]
    known = [_share_of(cell) for name in options.identities for _, cell in table.distinct(name)]
    most = max((share for share in known if share is not None), default=None)
    if not options.identities or (most is not None and most >= options.membership):
        return []
    highest = "they are empty" if most is None else f"their largest value is {most:g}"
    return [
        BenchwrightError(
            f"membership={options.membership:g}: no row of {table.rows.file} is a member of {', '.join(options.identities)}: {highest}",
            expected="a number that some cells reach",
            hint="membership=0.5" if most is None or most >= 0.5 else f"membership={most:g}",
        )
    ]


def _share_of(cell: Any) -> float | None:
    """A number in a cell, 1 for true; None for what is none, which is told where cells are read."""
    try:
        number = {"true": 1.0, "false": 0.0}.get(str(cell).strip().casefold(), cell)
        found = float(number)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None


def _is_empty(cell: Any) -> bool:
    return (
        cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and math.isnan(cell))
    )
