"""Tasks about one sentence: CoLA and SST-2."""

from __future__ import annotations

from benchwright.types import Kind, Label, Task
from benchwright_suites._glue.sources import split, tsv

_COLA_COLUMNS = ("source", "label", "mark", "sentence")

cola = Task(
    name="cola",
    kind=Kind.CLASSIFY,
    splits={
        "train": split(
            "cola",
            "train",
            tsv("CoLA/train.tsv", header=_COLA_COLUMNS),
            tsv("CoLA/in_domain_train.tsv", header=_COLA_COLUMNS),
        ),
        "validation": split(
            "cola",
            "validation",
            tsv("CoLA/dev.tsv", header=_COLA_COLUMNS),
            tsv("CoLA/in_domain_dev.tsv", "CoLA/out_of_domain_dev.tsv", header=_COLA_COLUMNS),
        ),
        "test": split("cola", "test", tsv("CoLA/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"text": ("sentence", "text")},
    target=("label",),
    labels=(
        Label(name="unacceptable", id=0, aliases=("ungrammatical", "not acceptable")),
        Label(name="acceptable", id=1, aliases=("grammatical",)),
    ),
    positive="acceptable",
    metrics=("mcc", "accuracy"),
    groups={"source": ("source",)},
    sizes={"train": 8551, "validation": 1043, "test": 1063},
    licence="unspecified: copyright of the sentences remains with the linguistics publications they are quoted from",
    citation="Warstadt, Singh and Bowman 2019, https://arxiv.org/abs/1805.12471",
    description="Whether an English sentence is grammatically acceptable.",
    notes=("Later releases of the corpus relabel two validation sentences; this is the version that GLUE scores.",),
)

sst2 = Task(
    name="sst2",
    kind=Kind.CLASSIFY,
    splits={
        "train": split("sst2", "train", tsv("SST-2/train.tsv"), tsv("SST-2/train.first20000.tsv")),
        "validation": split("sst2", "validation", tsv("SST-2/dev.tsv")),
        "test": split("sst2", "test", tsv("SST-2/test.tsv"), labelled=False),
    },
    default_split="validation",
    inputs={"text": ("sentence", "text")},
    target=("label",),
    labels=(Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",))),
    positive="positive",
    metrics=("accuracy",),
    sizes={"train": 67349, "validation": 872, "test": 1821},
    licence="unspecified",
    citation="Socher et al. 2013, https://aclanthology.org/D13-1170/",
    description="Whether a sentence of a film review is positive or negative.",
    notes=("Training rows are phrases cut from sentences; validation and test rows are whole sentences.",),
)
