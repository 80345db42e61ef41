"""The CoNLL shared tasks of 2002 and 2003, and CoNLL++."""

from __future__ import annotations

from benchwright.types import Hub, Label, Source, Task
from benchwright_suites._ner.card import CARD, MODE, NO_HUB, columns, tags

_TYPES = {
    "PER": ("PERSON",),
    "ORG": ("ORGANIZATION", "ORGANISATION"),
    "LOC": ("LOCATION",),
    "MISC": ("MISCELLANEOUS",),
}
_TAGS: tuple[Label, ...] = tags(*_TYPES, aliases=_TYPES)
_2003 = ("word", "pos", "chunk", "tag")
_2002 = ("word", "pos?", "tag")


def _english(*names: str) -> Source:
    """Files of the shared task: IOB1 as released, and IOB2 copies of it, which read the same.

    Names that say nothing (`test.txt`) are looked for in a folder that does.
    """
    folders = ("CoNLL2003/", "CoNLL-2003/")
    paths = [f"{folder}{name}" for name in names for folder in folders] + [f"{name}" for name in names[:1]]
    return Source(files=columns(*paths, header=_2003, scheme="IOB"))


def _corrected(split: str, name: str) -> Source:
    hub = Hub(repo="tomaarsen/conllpp", split=split, revision="53a368a05e89712a0b060e9dedba5ca7d7e868ca")
    paths = [f"{folder}{name}" for folder in ("CoNLLpp/", "CoNLL++/", "CrossWeigh/data/", "")]
    return Source(hub=hub, files=columns(*paths, header=_2003, scheme="IOB"))


def _two(name: str) -> Source:
    paths = [f"{folder}{name}" for folder in ("CoNLL2002/", "CoNLL-2002/", "")]
    return Source(files=columns(*paths, header=_2002))


conll2003 = Task(
    name="conll2003",
    splits={
        "train": _english("eng.train", "train.txt"),
        "validation": _english("eng.testa", "valid.txt", "dev.txt"),
        "test": _english("eng.testb", "test.txt"),
    },
    labels=_TAGS,
    sizes={"train": 14041, "validation": 3250, "test": 3453},
    licence="research use under the agreement of the Reuters corpus",
    citation="Tjong Kim Sang and De Meulder 2003, https://aclanthology.org/W03-0419/",
    description="People, organisations, places and other names in English news of Reuters.",
    notes=(MODE, "The files are IOB1 and become IOB2 as they are read; testb holds 5,648 entities.", NO_HUB),
    **CARD,
)

conllpp = Task(
    name="conllpp",
    splits={
        "train": _corrected("train", "conllpp_train.txt"),
        "validation": _corrected("validation", "conllpp_dev.txt"),
        "test": _corrected("test", "conllpp_test.txt"),
    },
    labels=_TAGS,
    sizes={"train": 14041, "validation": 3250, "test": 3453},
    licence="unspecified; the texts are those of CoNLL-2003",
    citation="Wang et al. 2019 (CrossWeigh), https://aclanthology.org/D19-1519/",
    description="CoNLL-2003 with corrected test labels.",
    notes=(MODE, "Training and validation sentences are those of CoNLL-2003; scores do not compare with its test set."),
    **CARD,
)

conll2002_es = Task(
    name="conll2002_es",
    splits={"train": _two("esp.train"), "validation": _two("esp.testa"), "test": _two("esp.testb")},
    labels=_TAGS,
    sizes={"train": 8323, "validation": 1915, "test": 1517},
    licence="research use in the context of the shared task",
    citation="Tjong Kim Sang 2002, https://aclanthology.org/W02-2024/",
    description="People, organisations, places and other names in Spanish news of EFE.",
    notes=(MODE, "The files tell no documents, so every sentence is resampled alone.", NO_HUB),
    **CARD,
)

conll2002_nl = Task(
    name="conll2002_nl",
    splits={"train": _two("ned.train"), "validation": _two("ned.testa"), "test": _two("ned.testb")},
    labels=_TAGS,
    sizes={"train": 15806, "validation": 2895, "test": 5195},
    licence="research use in the context of the shared task",
    citation="Tjong Kim Sang 2002, https://aclanthology.org/W02-2024/",
    description="People, organisations, places and other names in Dutch news of De Morgen.",
    notes=(MODE, NO_HUB),
    **CARD,
)
