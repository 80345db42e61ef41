"""Named entities: the CoNLL shared tasks, CoNLL++, WNUT-17, BC5CDR, and a task of your own from CoNLL columns."""

from __future__ import annotations

from typing import Any

from benchwright.types import Cluster, Files, Hub, Label, Published, Source, Suite, TaggingTask

_METRICS = (
    "entity_f1",
    "entity_precision",
    "entity_recall",
    "strict_entity_f1",
    "boundary_f1",
    "type_accuracy",
    "token_accuracy",
)

MODE = "Entities are those of conlleval and of seqeval's default mode; strict_entity_f1 is seqeval's strict mode, each side in its own scheme."
_NO_HUB = "No revision of a hub copy that loads without a script is established: give the files with --data."

CARD: dict[str, Any] = {
    "default_split": "test",
    "inputs": {"words": ("word", "words", "tokens", "token")},
    "target": ("tag", "tags", "ner_tags", "ner", "labels"),
    "metrics": _METRICS,
    "score": ("entity_f1",),
    "by_label": ("entity_precision", "entity_recall", "entity_f1"),
    "cluster": Cluster(by="column", columns=("document",)),
    "prepare": "benchwright_suites.ner:sentence",
}
"""Fields of a card but name, splits, labels and words about it."""


def tags(*types: str, aliases: dict[str, tuple[str, ...]] | None = None, found: bool = False) -> tuple[Label, ...]:
    """`O`, then `B-` and `I-` of each type, in the order of the common public copy; aliases are other names of a type.

    Types that were ``found`` in a user's file are read as they are spelled there, and in no other way.
    """
    labels = [Label(name="O", id=0, found=found)]
    for name in types:
        for prefix in "BI":
            others = tuple(f"{prefix}-{other}" for other in (aliases or {}).get(name, ()))
            labels.append(Label(name=f"{prefix}-{name}", id=len(labels), aliases=others, found=found))
    return tuple(labels)


def _columns(*names: str, header: tuple[str, ...], scheme: Any = "IOB2", encoding: str = "utf-8") -> tuple[Files, ...]:
    """A layout for each file name, of CoNLL columns."""
    return tuple(
        Files(names=(name,), format="columns", header=header, scheme=scheme, encoding=encoding) for name in names
    )


def sentence(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `document`: what the copy calls it, or None, so that the sentence stands alone."""
    if "document" in row:
        return [row]
    known = next((row[name] for name in ("document_id", "doc_id") if row.get(name) is not None), None)
    return [{**row, "document": known}]


_TYPES = {
    "PER": ("PERSON",),
    "ORG": ("ORGANIZATION", "ORGANISATION"),
    "LOC": ("LOCATION",),
    "MISC": ("MISCELLANEOUS",),
}
_TAGS: tuple[Label, ...] = tags(*_TYPES, aliases=_TYPES)
_2003 = ("word", "pos", "chunk", "tag")
_2002 = ("word", "pos?", "tag")


def _conll2003(*names: str) -> Source:
    """Files of the shared task: IOB1 as released, and IOB2 copies of it, which read the same.

    Names that say nothing (`test.txt`) are looked for in a folder that does.
    """
    folders = ("CoNLL2003/", "CoNLL-2003/")
    paths = [f"{folder}{name}" for name in names for folder in folders] + [f"{name}" for name in names[:1]]
    return Source(files=_columns(*paths, header=_2003, scheme="IOB"))


def _conllpp(split: str, name: str) -> Source:
    hub = Hub(repo="tomaarsen/conllpp", split=split, revision="53a368a05e89712a0b060e9dedba5ca7d7e868ca")
    paths = [f"{folder}{name}" for folder in ("CoNLLpp/", "CoNLL++/", "CrossWeigh/data/", "")]
    return Source(hub=hub, files=_columns(*paths, header=_2003, scheme="IOB"))


def _conll2002(name: str) -> Source:
    paths = [f"{folder}{name}" for folder in ("CoNLL2002/", "CoNLL-2002/", "")]
    return Source(files=_columns(*paths, header=_2002))


conll2003 = TaggingTask(
    name="conll2003",
    splits={
        "train": _conll2003("eng.train", "train.txt"),
        "validation": _conll2003("eng.testa", "valid.txt", "dev.txt"),
        "test": _conll2003("eng.testb", "test.txt"),
    },
    labels=_TAGS,
    sizes={"train": 14041, "validation": 3250, "test": 3453},
    licence="research use under the agreement of the Reuters corpus",
    citation="Tjong Kim Sang and De Meulder 2003, https://aclanthology.org/W03-0419/",
    description="People, organisations, places and other names in English news of Reuters.",
    notes=(MODE, "The files are IOB1 and become IOB2 as they are read; testb holds 5,648 entities.", _NO_HUB),
    **CARD,
)

conllpp = TaggingTask(
    name="conllpp",
    splits={
        "train": _conllpp("train", "conllpp_train.txt"),
        "validation": _conllpp("validation", "conllpp_dev.txt"),
        "test": _conllpp("test", "conllpp_test.txt"),
    },
    labels=_TAGS,
    sizes={"train": 14041, "validation": 3250, "test": 3453},
    licence="unspecified; the texts are those of CoNLL-2003",
    citation="Wang et al. 2019 (CrossWeigh), https://aclanthology.org/D19-1519/",
    description="CoNLL-2003 with corrected test labels.",
    notes=(MODE, "Training and validation sentences are those of CoNLL-2003; scores do not compare with its test set."),
    **CARD,
)

conll2002_es = TaggingTask(
    name="conll2002_es",
    splits={"train": _conll2002("esp.train"), "validation": _conll2002("esp.testa"), "test": _conll2002("esp.testb")},
    labels=_TAGS,
    sizes={"train": 8323, "validation": 1915, "test": 1517},
    licence="research use in the context of the shared task",
    citation="Tjong Kim Sang 2002, https://aclanthology.org/W02-2024/",
    description="People, organisations, places and other names in Spanish news of EFE.",
    notes=(MODE, "The files tell no documents, so every sentence is resampled alone.", _NO_HUB),
    **CARD,
)

conll2002_nl = TaggingTask(
    name="conll2002_nl",
    splits={"train": _conll2002("ned.train"), "validation": _conll2002("ned.testa"), "test": _conll2002("ned.testb")},
    labels=_TAGS,
    sizes={"train": 15806, "validation": 2895, "test": 5195},
    licence="research use in the context of the shared task",
    citation="Tjong Kim Sang 2002, https://aclanthology.org/W02-2024/",
    description="People, organisations, places and other names in Dutch news of De Morgen.",
    notes=(MODE, _NO_HUB),
    **CARD,
)


def _source(folders: tuple[str, ...], *names: str) -> Source:
    paths = [f"{folder}{name}" for folder in folders for name in names]
    return Source(files=_columns(*paths, header=("word", "tag")))


_WNUT = ("WNUT17/", "wnut17/", "")
_BC5CDR = ("BC5CDR-IOB/", "BC5CDR/")

wnut17 = TaggingTask(
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
        _NO_HUB,
    ),
    **CARD,
)

bc5cdr = TaggingTask(
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
        _NO_HUB,
    ),
    **CARD,
)


_WNUT_PAPER = (
    "Derczynski et al. 2017, overview of the WNUT-17 shared task, https://aclanthology.org/W17-4418/ (figures as "
    "quoted, the paper was not read again); outputs: https://github.com/leondz/emerging_entities_17 (commit e52a2d2)"
)
_SAMPLE = "report of the conlleval script on its sample, result.txt of https://github.com/sighsmile/conlleval (commit 423ac49)"
_SAMPLE_FILE = "reference_outputs/conlleval/output.txt"


def _submission(team: str, value: str, file: str) -> Published:
    return Published(
        what=f"WNUT-17, {team}, entity F1",
        source=_WNUT_PAPER,
        value=value,
        predictions=f"ner/WNUT17/submissions/{file}",
        selector="ner/wnut17",
        metric="entity_f1",
    )


def _sample(what: str, value: str, metric: str) -> Published:
    return Published(
        what=f"conlleval sample, {what}",
        source=_SAMPLE,
        value=value,
        predictions=_SAMPLE_FILE,
        selector=f"ner/custom?path={_SAMPLE_FILE}&columns=word,pos,tag,_",
        metric=metric,
    )


_PUBLISHED = (
    _submission("UH-RiTUAL", "41.86", "uh_ritual"),
    _submission("SpinningBytes", "40.78", "spinningbytes.txt"),
    _submission("Arcada", "39.98", "arcada"),
    _sample("precision", "68.83", "entity_precision"),
    _sample("recall", "80.83", "entity_recall"),
    _sample("FB1", "74.35", "entity_f1"),
    _sample("accuracy", "84.08", "token_accuracy"),
)


suite = Suite(
    name="ner",
    version=1,
    tasks=(conll2003, conllpp, conll2002_es, conll2002_nl, wnut17, bc5cdr),
    folders=("ner",),
    description="Which words of a sentence name what: people, places, organisations, products, chemicals, diseases; "
    "and `custom`, your own CoNLL columns, JSON lines or Parquet.",
    custom={"custom": "benchwright_suites._custom.ner:build"},
    published=_PUBLISHED,
)
