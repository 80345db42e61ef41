"""What a text is about: news topics (AG News) and the kind of answer that a question asks for (TREC)."""

from __future__ import annotations

from benchwright.types import Files, Hub, Kind, Label, Source, Task

_METRICS = ("accuracy", "balanced_accuracy", "macro_f1", "macro_precision", "macro_recall", "mcc")
_BY_LABEL = ("precision", "recall", "f1")
_TOPICS = {"1": "World", "2": "Sports", "3": "Business", "4": "Sci/Tech"}
_TEXT: dict[str, tuple[str, ...]] = {"text": ("title", "description")}


def _agnews(split: str) -> Source:
    bare = tuple(
        Files(
            names=(f"{folder}{split}.csv",),
            format="csv",
            header=("label", "title", "description"),
            recode={"label": _TOPICS},
            joined=_TEXT,
        )
        for folder in ("AGNews/", "ag_news_csv/", "AG_NEWS/")
    )
    clone = tuple(Files(names=(f"{folder}/{split}-*.parquet",), format="parquet") for folder in ("ag_news", "AGNews"))
    return Source(
        hub=Hub(repo="fancyzhx/ag_news", split=split, revision="eb185aade064a813bc0b7f42de02595523103ca4"),
        files=(*bare, *clone),
    )


agnews = Task(
    name="agnews",
    kind=Kind.CLASSIFY,
    splits={"train": _agnews("train"), "test": _agnews("test")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(
        Label(name="World", id=0),
        Label(name="Sports", id=1, aliases=("sport",)),
        Label(name="Business", id=2),
        Label(name="Sci/Tech", id=3, aliases=("science/technology", "sci_tech", "scitech")),
    ),
    metrics=_METRICS,
    by_label=_BY_LABEL,
    sizes={"train": 120000, "test": 7600},
    licence="AG corpus: non-commercial research use",
    citation="Zhang, Zhao and LeCun 2015, https://arxiv.org/abs/1509.01626",
    description="Whether a news item is about the world, sports, business, or science and technology.",
    notes=(
        (
            "The text is title, blank, description. A backslash stands for a line break in the source and is kept, as in the "
            "public copies that published models were trained on."
        ),
        "The CSV files number the classes 1 to 4; label ids are 0 to 3, as in the public copy.",
    ),
)

_FINE = {
    "DESC": "def desc manner reason",
    "ENTY": "animal body color cremat currency dismed event food instru lang letter other plant product religion sport "
    "substance symbol techmeth termeq veh word",
    "ABBR": "abb exp",
    "HUM": "desc gr ind title",
    "LOC": "city country mount other state",
    "NUM": "code count date dist money ord other perc period speed temp volsize weight",
}
_MEANING = {
    "DESC": ("description",),
    "ENTY": ("entity",),
    "ABBR": ("abbreviation",),
    "HUM": ("human", "person"),
    "LOC": ("location",),
    "NUM": ("number", "numeric", "numeric value"),
}


def _trec(split: str, official: str) -> Source:
    def lines(name: str, column: str) -> Files:
        return Files(names=(name,), format="lines", header=(column, "text"), encoding="latin-1")

    raw = (f"TREC/TREC.{split}.raw", f"TREC/{official}", official)
    return Source(files=(*(lines(name, "fine") for name in raw), lines(f"TREC/TREC.{split}.all", "label")))


trec = Task(
    name="trec",
    kind=Kind.CLASSIFY,
    splits={"train": _trec("train", "train_5500.label"), "test": _trec("test", "TREC_10.label")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label", "fine"),
    labels=tuple(
        Label(name=name, id=number, aliases=(*_MEANING[name], *(f"{name}:{kind}" for kind in kinds.split())))
        for number, (name, kinds) in enumerate(_FINE.items())
    ),
    metrics=_METRICS,
    by_label=_BY_LABEL,
    groups={"fine": ("fine",)},
    sizes={"train": 5452, "test": 500},
    licence="unspecified: research use",
    citation="Li and Roth 2002, https://aclanthology.org/C02-1150/",
    description="What a question asks for: a description, an entity, an abbreviation, a person, a place or a number.",
    notes=(
        (
            "Six coarse classes. Label ids are those of the TREC.*.all files (0 DESC, 1 ENTY, 2 ABBR, 3 HUM, 4 LOC, 5 NUM); a "
            "common public copy orders them 0 ABBR, 1 ENTY, 2 DESC: give labels by name."
        ),
        "Not read from the hub: the copy there is a loading script, which `datasets` no longer runs.",
        "Fine classes are slices where the file holds them; most have too few test questions to say anything.",
    ),
)
