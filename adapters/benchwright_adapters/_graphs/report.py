"""``export.json`` beside a graph that was made here: what it was made of, what it reads, how near it is to its checkpoint."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benchwright.checkpoints.derived import MANIFEST
from benchwright.data.api import read_own_json
from benchwright.store.atomic import write

SCHEMA = 1
FILE = "export.json"


class ExportReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of ``export.json``, without path, user or host.

    Attributes:
        schema: Version of this file.
        parent: Digest of the checkpoint that it was made of; "" where a graph was given.
        graph: File of the graph.
        architecture: Class of `transformers` that was traced; "" where a graph was given.
        vocabulary: Ids that it has embeddings for.
        positions: Longest input that it has positions for; None: any.
        padding: Id that pads; None: it has none, and rows that share a batch have one length.
        layer: Of vectors the layer that they are of.
        parameters: Numbers in its weights before quantisation; None: not known.
        difference: Largest difference between raw outputs of graph and checkpoint in single precision on random ids.
        quantize: What is stored in INT8.
        calibration: Rows of the train split that were looked at.
        versions: Libraries that made it.
    """

    schema: int
    graph: str
    vocabulary: int
    parent: str = ""
    architecture: str = ""
    positions: int | None = None
    padding: int | None = None
    layer: int | None = None
    parameters: int | None = None
    difference: float | None = None
    quantize: str = "none"
    calibration: int | None = None
    versions: dict[str, str] = {}


def read_report(place: Path) -> ExportReport | None:
    """The report of a finished folder; None where there is none, or it is another's file of this name."""
    return read_own_json(place / FILE, ExportReport, SCHEMA)


def report_of(graph: Path) -> ExportReport | None:
    """The report of a graph; None where it was made elsewhere, though its folder may hold the report of another one."""
    found = read_report(graph.parent)
    return found if found is not None and found.graph == graph.name else None


def write_report(place: Path, report: ExportReport) -> None:
    """Write it; the folder is a draft that nobody reads yet."""
    write(place / FILE, msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")


def size_of(place: Path) -> int:
    """Bytes of a folder that was made here, without what is told of its making."""
    return sum(path.stat().st_size for path in place.iterdir() if path.name not in (FILE, MANIFEST))
