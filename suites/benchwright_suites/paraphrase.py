"""Paraphrase identification between sentences of the same words: PAWS and the English part of PAWS-X."""

from __future__ import annotations

from benchwright.types import ClassificationTask, Cluster, Files, Hub, Label, Source, Suite

_LICENCE = "free for any purpose with acknowledgement of Google"
_HEADER = ("sentence1", "sentence2", "label")
_CARD = {
    "inputs": {"sentence1": ("sentence1",), "sentence2": ("sentence2",)},
    "target": ("label",),
    "labels": (
        Label(name="not_paraphrase", id=0, aliases=("not_equivalent", "not_duplicate", "different")),
        Label(name="paraphrase", id=1, aliases=("equivalent", "duplicate", "is_paraphrase")),
    ),
    "positive": "paraphrase",
    "metrics": ("accuracy", "precision", "recall", "f1", "average_precision"),
    "score": ("accuracy",),
    "cluster": Cluster(by="linked", columns=("sentence1", "sentence2")),
    "licence": _LICENCE,
}


def _paws(split: str, short: str) -> Source:
    return Source(
        hub=Hub(
            repo="google-research-datasets/paws",
            config="labeled_final",
            split=split,
            revision="161ece9501cf0a11f3e48bd356eaa82de46d6a09",
        ),
        files=(
            *(Files(names=(f"{folder}/{short}.tsv",), format="tsv") for folder in ("PAWS", "paws", "final")),
            Files(names=(f"labeled_final/{split}-*.parquet",), format="parquet"),
        ),
    )


def _pawsx(split: str, *names: str) -> Source:
    return Source(
        hub=Hub(
            repo="google-research-datasets/paws-x",
            config="en",
            split=split,
            revision="4cd8187c404bda33cb1f62b49b001115862acf37",
        ),
        files=(
            *(
                Files(names=(f"{folder}/{name}.tsv",), format="tsv")
                for folder in ("x-final/en", "en")
                for name in names
            ),
            *(
                Files(names=(f"{folder}/{split.replace('validation', 'dev')}-en.tsv",), format="tsv", header=_HEADER)
                for folder in ("PAWS-X", "pawsx")
            ),
            Files(names=(f"en/{split}-*.parquet",), format="parquet"),
        ),
    )


paws = ClassificationTask(
    name="paws",
    splits={"train": _paws("train", "train"), "validation": _paws("validation", "dev"), "test": _paws("test", "test")},
    default_split="test",
    sizes={"train": 49401, "validation": 8000, "test": 8000},
    citation="Zhang, Baldridge and He 2019, https://arxiv.org/abs/1904.01130",
    description="Whether two sentences of nearly the same words mean the same (Wikipedia, human labels).",
    notes=("The labelled Wikipedia part (labeled_final), not the QQP part.",),
    **_CARD,  # type: ignore[arg-type]
)

pawsx_en = ClassificationTask(
    name="pawsx_en",
    splits={
        "train": _pawsx("train", "train", "translated_train"),
        "validation": _pawsx("validation", "dev_2k"),
        "test": _pawsx("test", "test_2k"),
    },
    default_split="validation",
    sizes={"train": 49401, "validation": 2000, "test": 2000},
    citation="Yang et al. 2019, https://arxiv.org/abs/1908.11828",
    description="The English part of PAWS-X: whether two sentences of nearly the same words mean the same.",
    notes=(
        "Published numbers are mostly those of the test split: --split test.",
        "Validation and test are drawn from those of PAWS, and the train split is that of PAWS.",
    ),
    **_CARD,  # type: ignore[arg-type]
)

suite = Suite(
    name="paraphrase",
    version=1,
    tasks=(paws, pawsx_en),
    folders=("paraphrase",),
    description="Whether two sentences mean the same although (or because) they share nearly every word.",
)
