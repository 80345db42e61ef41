"""Where splits of GLUE lie: the pinned hub copy, the official download, and a clone of the hub repository."""

from __future__ import annotations

from benchwright.types import Files, Hub, Source

REVISION = "bcdcba79d07bc864c1c254ccfcedcce55bcc9a8c"
PAPER = "https://arxiv.org/abs/1804.07461"


def split(config: str, name: str, *layouts: Files, labelled: bool = True) -> Source:
    """A split of the hub copy, of a clone of it, and in the given layouts; layouts with gold labels go first."""
    clone = Files(names=(f"{config}/{name}-*.parquet",), format="parquet")
    hub = Hub(repo="nyu-mll/glue", config=config, split=name, revision=REVISION)
    return Source(hub=hub, files=(*layouts, clone), labelled=labelled)


def tsv(*names: str, header: tuple[str, ...] = (), order: str | None = None) -> Files:
    """A layout of TSV files; a header is given where the file has none."""
    return Files(names=names, format="tsv", header=header, order=order)


def jsonl(name: str) -> Files:
    """A layout of one file of JSON lines, as SuperGLUE writes them."""
    return Files(names=(name,), format="jsonl")
