"""Where data come from: the hub, files in a layout, clusters of items; a split in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from benchwright.types.base import Frozen
from benchwright.types.examples import Example


class Hub(Frozen, frozen=True, kw_only=True):
    """A data set on the Hugging Face hub, at a pinned revision (40 hex digits)."""

    repo: str
    split: str
    revision: str
    config: str | None = None


class Lookup(Frozen, frozen=True, kw_only=True):
    """A table beside the files of a layout, of which rows take columns by their keys; where it is absent they have none of them.

    Attributes:
        names: Paths relative to the data folder, the first that is there counts.
        keys: Columns of both by which rows are found, equal in spelling (3 and "3" are one key).
        columns: Columns that rows take from it.
        required: Whether it is an error that it is absent: somebody named it.
        format: Of the table.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    required: bool = False
    format: Literal["csv", "tsv"] = "csv"


class Pivot(Frozen, frozen=True, kw_only=True):
    """Rows that belong together, made into one row.

    Attributes:
        by: Columns that are equal in rows that belong together.
        over: Column that tells them apart.
        values: What stands there, each value once for one key.
        columns: Columns that each of the rows keeps, under its name and the value: ``sentence male``.
    """

    by: tuple[str, ...]
    over: str
    values: tuple[str, ...]
    columns: tuple[str, ...]


class Files(Frozen, frozen=True, kw_only=True):
    """One layout in which a split may lie in a data folder.

    Attributes:
        names: Paths relative to the data folder, read one after the other (WNLI's train split comes in two parts).
            ``*`` matches within a name (sharded Parquet).
        format: Name of a reader in ``benchwright.data``.
        header: Column names of a file without a header row; empty when the file has one. A name ending in ``?`` is an
            optional trailing column.
        delimiter: What stands between the cells of a ``csv`` file.
        order: Column whose integer value restores the row order after joining parts.
        encoding: Text encoding; a byte-order mark is always dropped.
        values: Column -> value of that column for every row of the file at the same position of ``names``
            (labels by file name).
        row_number: New column with the 0-based number of each row in its file (row i of one file belongs to row i of another).
        key: Key of a JSON document under which the list of rows lies; keys of objects inside objects are joined by ``/``.
        rows: First row and end (0-based, the end not included) of the rows taken from each file.
        where: Column -> the value that rows of this split have there; other rows are left out.
        recode: Column -> what each of its cells stands for; a cell that is not listed is an error.
        joined: New column -> columns whose texts it joins by a blank.
        strip: Whether blanks around every text are dropped.
        scheme: How tags are written in the files of a ``tag`` task; they become IOB2 as they are read.
        classes: Column -> names of its whole numbers, for a file that does not say them itself.
        some: Whether some of the names are enough, one at least; which are absent is noted.
        cut: Column -> new columns for the parts that its texts fall into at ``cut_at``.
        cut_at: What stands between these parts.
        pivot: Which rows belong together and are made into one.
        lookup: A table of which the rows take columns by their keys.
        settings: What the reader of this format is told besides (of ``checklist``: ``cases``, ``implications``; of ``json``:
            ``document=row``, where the whole document is one row).
        note: What a reader of the number must know about this layout, a line for each thing; shown as notes.
    """

    names: tuple[str, ...]
    format: Literal["tsv", "csv", "jsonl", "json", "parquet", "lines", "columns", "behaviour", "checklist", "hatecheck"]
    header: tuple[str, ...] = ()
    delimiter: str = ","
    order: str | None = None
    encoding: str = "utf-8"
    values: dict[str, tuple[str, ...]] = {}
    row_number: str = ""
    key: str | None = None
    rows: tuple[int, int] | None = None
    where: dict[str, str] = {}
    recode: dict[str, dict[str, str]] = {}
    joined: dict[str, tuple[str, ...]] = {}
    strip: bool = False
    scheme: Literal["IOB1", "IOB2", "BIOES", "IO", "IOB"] = "IOB2"
    classes: dict[str, tuple[str, ...]] = {}
    some: bool = False
    cut: dict[str, tuple[str, ...]] = {}
    cut_at: str = "."
    pivot: Pivot | None = None
    lookup: Lookup | None = None
    settings: dict[str, str] = {}
    note: str = ""

    @property
    def listing(self) -> str:
        """Its names as people read them: ``a.tsv + b.tsv``; of a layout of which some are enough the first two, and how many there are."""
        if not self.some:
            return " + ".join(self.names)
        more = ", ..." if len(self.names) > 2 else ""
        return f"some of {', '.join(self.names[:2])}{more} ({len(self.names)} files)"


class Source(Frozen, frozen=True, kw_only=True):
    """Where a split comes from: package data, a folder of files (``--data``), or the hub."""

    hub: Hub | None = None
    files: tuple[Files, ...] = ()
    package: str | None = None
    """``package:path/inside.jsonl`` of data that ship with a suite."""
    labelled: bool = True
    """False where the public copy carries no gold labels (hub test splits of GLUE)."""
    unlabelled: Literal["refuse", "drop"] = "refuse"
    """What becomes of rows without a gold label: refuse the split, or leave them out and count them (SNLI, whose
    annotators disagree on some)."""
    cases: int | None = None
    """Of behavioural tests: how many cases of each test are taken, the first ones in file order; None: all."""


class Cluster(Frozen, frozen=True, kw_only=True):
    """Which items of a split are not independent; intervals and paired tests resample them as one unit.

    ``column``: same value of one input or column. ``pair``: same unordered pair of two inputs. ``linked``: connected
    through a shared value in any of the inputs named. Without a rule, every item stands alone.
    """

    by: Literal["column", "pair", "linked"]
    columns: tuple[str, ...]


class Dataset(Frozen, frozen=True, kw_only=True):
    """A split in memory.

    Attributes:
        examples: Items in file order: an `ExampleTable` of what was read, a tuple of what was made of items.
        digest: Content hash over inputs and targets; the same rows give the same digest wherever they came from.
        origin: Where it came from, without a machine path: ``files:SST-2/dev.tsv``, ``hub:nyu-mll/glue@bcdc.../sst2``.
        notes: Notes for the reader (``rows in two parts``).
        repeats: Rows that hold the inputs of an earlier row, and share a cluster with it from a hundredth of the rows on.
        apart: Rows that hold the inputs of one of another cluster that the task states.
        counts: Of a view: ``draws`` asked for, and how many variants were left out, ``unchanged`` and ``unprojectable``; and
            ``items``, those of the task under evaluation.
    """

    examples: Sequence[Example]
    digest: str
    origin: str
    notes: tuple[str, ...] = ()
    repeats: int = 0
    apart: int = 0
    counts: dict[str, int] = {}
