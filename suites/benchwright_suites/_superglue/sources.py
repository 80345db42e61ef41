"""Where splits of SuperGLUE lie: the pinned hub copy, the official download, and a clone of the hub repository."""

from __future__ import annotations

from benchwright.types import Files, Hub, Label, Source

REVISION = "3de24cf8022e94f4ee4b9d55a6f539891524d646"
PAPER = "https://arxiv.org/abs/1905.00537"

NOT_ENTAILMENT = ("not entailment", "non-entailment", "nonentailment", "no_entailment")

TRUE_FALSE = (
    Label(name="false", id=0, aliases=("no", "f")),
    Label(name="true", id=1, aliases=("yes", "t")),
)


def jsonl(name: str) -> Files:
    """A layout of one file of JSON lines."""
    return Files(names=(name,), format="jsonl")


def split(config: str, name: str, *layouts: Files, labelled: bool = True) -> Source:
    """A split of the hub copy, of a clone of it, and in the given layouts."""
    clone = Files(names=(f"{config}/{name}-*.parquet",), format="parquet")
    hub = Hub(repo="aps/super_glue", config=config, split=name, revision=REVISION)
    return Source(hub=hub, files=(*layouts, clone), labelled=labelled)


def official(config: str, folder: str) -> dict[str, Source]:
    """The three splits of a task in the official download; its test split has no public labels."""
    return {
        "train": split(config, "train", jsonl(f"{folder}/train.jsonl")),
        "validation": split(config, "validation", jsonl(f"{folder}/val.jsonl")),
        "test": split(config, "test", jsonl(f"{folder}/test.jsonl"), labelled=False),
    }
