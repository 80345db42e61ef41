"""Entities of other domains: social media (WNUT-17) and biomedicine (BC5CDR)."""

from __future__ import annotations

from benchwright.types import Source, Task
from benchwright_suites._ner.card import CARD, MODE, NO_HUB, columns, tags


def _source(folders: tuple[str, ...], *names: str) -> Source:
    paths = [f"{folder}{name}" for folder in folders for name in names]
    return Source(files=columns(*paths, header=("word", "tag")))


_WNUT = ("WNUT17/", "wnut17/", "")
_BC5CDR = ("BC5CDR-IOB/", "BC5CDR/")

wnut17 = Task(
    name="wnut17",
    splits={
        "train": _source(_WNUT, "wnut17train.conll"),
        "validation": _source(_WNUT, "emerging.dev.conll"),
        "test": _source(_WNUT, "emerging.test.annotated"),
    },
    labels=tags("corporation", "creative-work", "group", "location", "person", "product"),
    sizes={"train": 3394, "validation": 1009, "test": 1287},
    licence="CC BY 4.0",
    citation="Derczynski et al. 2017, https://aclanthology.org/W17-4418/",
    description="Rare and emerging entities in noisy user-generated English text.",
    notes=(
        MODE,
        "The shared task also scored surface forms; that number is not given here.",
        "The files tell no documents, so every sentence is resampled alone.",
        NO_HUB,
    ),
    **CARD,
)

bc5cdr = Task(
    name="bc5cdr",
    splits={
        "train": _source(_BC5CDR, "train.tsv"),
        "validation": _source(_BC5CDR, "devel.tsv", "dev.tsv"),
        "test": _source(_BC5CDR, "test.tsv"),
    },
    labels=tags("Chemical", "Disease"),
    sizes={"train": 4560, "validation": 4581, "test": 4797},
    licence="CC BY 4.0 as its common copy states; abstracts of PubMed",
    citation="Li et al. 2016, https://academic.oup.com/database/article/doi/10.1093/database/baw068/2630414",
    description="Chemicals and diseases in abstracts of PubMed.",
    notes=(
        MODE,
        "The common sentence-split IOB copy; its files tell no documents, so every sentence is resampled alone.",
        NO_HUB,
    ),
    **CARD,
)
