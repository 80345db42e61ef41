"""Tasks about whether two texts mean the same: MRPC, QQP and STS-B."""

from __future__ import annotations

from benchwright.types import Cluster, Kind, Label, Task
from benchwright_suites._glue.sources import split, tsv

mrpc = Task(
    name="mrpc",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("mrpc", "train", tsv("MRPC/train.tsv")),
        "validation": split("mrpc", "validation", tsv("MRPC/dev.tsv")),
        "test": split("mrpc", "test", tsv("MRPC/msr_paraphrase_test.txt"), tsv("MRPC/test.tsv")),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1", "#1 String"), "sentence2": ("sentence2", "#2 String")},
    target=("label", "Quality"),
    labels=(
        Label(name="not_equivalent", id=0, aliases=("not_paraphrase", "not_duplicate", "different")),
        Label(name="equivalent", id=1, aliases=("paraphrase", "duplicate", "is_paraphrase")),
    ),
    positive="equivalent",
    metrics=("accuracy", "f1"),
    score=("accuracy", "f1"),
    cluster=Cluster(by="linked", columns=("sentence1", "sentence2")),
    sizes={"train": 3668, "validation": 408, "test": 1725},
    licence="Microsoft Research Shared Source Licence: non-commercial use, keep the licence beside the files",
    citation="Dolan and Brockett 2005, https://aclanthology.org/I05-5002/",
    description="Whether two sentences from news say the same.",
    notes=("Some public copies are tokenised (doesn 't); texts and digests then differ from the official files.",),
)

qqp = Task(
    name="qqp",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("qqp", "train", tsv("QQP/train.tsv")),
        "validation": split("qqp", "validation", tsv("QQP/dev.tsv")),
        "test": split("qqp", "test", tsv("QQP/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"question1": ("question1",), "question2": ("question2",)},
    target=("is_duplicate", "label"),
    labels=(
        Label(name="not_duplicate", id=0, aliases=("not_equivalent", "not_paraphrase", "different")),
        Label(name="duplicate", id=1, aliases=("equivalent", "paraphrase", "is_duplicate")),
    ),
    positive="duplicate",
    metrics=("accuracy", "f1"),
    score=("accuracy", "f1"),
    cluster=Cluster(by="linked", columns=("question1", "question2")),
    sizes={"train": 363846, "validation": 40430, "test": 390965},
    licence="unspecified: Quora's terms of service",
    citation="Iyer, Dandekar and Csernai 2017, First Quora Dataset Release; GLUE, https://arxiv.org/abs/1804.07461",
    description="Whether two questions from Quora ask the same.",
    notes=("Many validation questions also occur in the training split.",),
)

_STS_COLUMNS = (
    "genre",
    "filename",
    "year",
    "old_index",
    "score",
    "sentence1",
    "sentence2",
    "source1?",
    "source2?",
)

stsb = Task(
    name="stsb",
    kind=Kind.REGRESS,
    splits={
        "train": split("stsb", "train", tsv("STS-B/train.tsv")),
        "validation": split("stsb", "validation", tsv("STS-B/dev.tsv")),
        "test": split(
            "stsb",
            "test",
            tsv("STS-B/sts-test.tsv", header=_STS_COLUMNS),
            tsv("STS-B/original/sts-test.tsv", header=_STS_COLUMNS),
            tsv("STS-B/test.tsv"),
            labelled=False,
        ),
    },
    default_split="validation",
    inputs={"sentence1": ("sentence1",), "sentence2": ("sentence2",)},
    target=("label", "score"),
    value_range=(0.0, 5.0),
    metrics=("pearson", "spearman"),
    score=("pearson", "spearman"),
    groups={"genre": ("genre",)},
    cluster=Cluster(by="linked", columns=("sentence1", "sentence2")),
    sizes={"train": 5749, "validation": 1500, "test": 1379},
    licence="unspecified: scores CC BY-SA 4.0, each text source under its own terms",
    citation="Cer et al. 2017, https://arxiv.org/abs/1708.00055",
    description="How similar two sentences are, from 0 (unrelated) to 5 (the same).",
    notes=("The hub copy keeps scores as 32-bit floats; they are read as the decimals that were written.",),
)
