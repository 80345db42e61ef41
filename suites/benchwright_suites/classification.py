"""Text classification: film reviews, news topics, question types, and a task of your own from your own files."""

from __future__ import annotations

from benchwright.types import ClassificationTask, Files, Hub, Label, Published, Source, Suite

_POLARITY = (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",)))
_REVIEW_METRICS = (
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
    "macro_f1",
    "mcc",
    "roc_auc",
    "average_precision",
)


def _imdb(split: str) -> Source:
    return Source(
        hub=Hub(
            repo="stanfordnlp/imdb",
            config="plain_text",
            split=split,
            revision="e6281661ce1c48d982bc483cf8a173c1bbeb5d31",
        ),
        files=tuple(
            Files(names=(f"{folder}/{split}-*.parquet",), format="parquet") for folder in ("imdb", "plain_text")
        ),
    )


imdb = ClassificationTask(
    name="imdb",
    splits={"train": _imdb("train"), "test": _imdb("test")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=_POLARITY,
    positive="positive",
    metrics=_REVIEW_METRICS,
    sizes={"train": 25000, "test": 25000},
    licence="unspecified: review texts from IMDb, research use",
    citation="Maas et al. 2011, https://aclanthology.org/P11-1015/",
    description="Whether a long film review is negative or positive.",
    notes=(
        "Rows come sorted by label, so --limit N of fewer than 12,500 rows holds one label only.",
        "Texts hold <br /> marks, as in the public copies. Most reviews are longer than 128 tokens: look at the truncated count.",
    ),
)


def _mr(split: str, first: int, end: int) -> Source:
    """Lines `first` to `end` of each of the two files, which is how the public copy is cut."""
    return Source(
        hub=Hub(
            repo="cornell-movie-review-data/rotten_tomatoes",
            split=split,
            revision="aa13bc287fa6fcab6daf52f0dfb9994269ffea28",
        ),
        files=tuple(
            Files(
                names=(f"{folder}rt-polarity.pos", f"{folder}rt-polarity.neg"),
                format="lines",
                encoding="latin-1",
                values={"label": ("positive", "negative")},
                rows=(first, end),
                strip=True,
            )
            for folder in ("MR/", "rt-polaritydata/", "")
        ),
    )


mr = ClassificationTask(
    name="mr",
    splits={
        "train": _mr("train", 0, 4265),
        "validation": _mr("validation", 4265, 4798),
        "test": _mr("test", 4798, 5331),
    },
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=_POLARITY,
    positive="positive",
    metrics=_REVIEW_METRICS,
    sizes={"train": 8530, "validation": 1066, "test": 1066},
    licence="unspecified: sentences from Rotten Tomatoes, research use",
    citation="Pang and Lee 2005, https://aclanthology.org/P05-1015/; split of Li et al. 2018, https://arxiv.org/abs/1812.05271",
    description="Whether a sentence of a film review is negative or positive.",
    notes=(
        (
            "The data have no official split. This one is that of the public copy (rotten_tomatoes): of each label the first "
            "80 % of the lines train, the next 10 % validation, the last 10 % test."
        ),
        "Most papers report ten-fold cross-validation over all 10,662 sentences: not comparable with these numbers.",
        "Rows come sorted by label, so a small --limit holds one label only. SST-2 is made of the same reviews.",
    ),
)


_TOPIC_METRICS = ("accuracy", "balanced_accuracy", "macro_f1", "macro_precision", "macro_recall", "mcc")
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


agnews = ClassificationTask(
    name="agnews",
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
    metrics=_TOPIC_METRICS,
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


trec = ClassificationTask(
    name="trec",
    splits={"train": _trec("train", "train_5500.label"), "test": _trec("test", "TREC_10.label")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label", "fine"),
    labels=tuple(
        Label(name=name, id=number, aliases=(*_MEANING[name], *(f"{name}:{kind}" for kind in kinds.split())))
        for number, (name, kinds) in enumerate(_FINE.items())
    ),
    metrics=_TOPIC_METRICS,
    by_label=_BY_LABEL,
    slices={"fine": ("fine",)},
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


_FOLDER = "reference_outputs/explainaboard/sst2"

_PUBLISHED = (
    Published(
        what="SST-2 test, LSTM of ExplainaBoard, accuracy",
        source="data/reports/report.json of https://github.com/neulab/ExplainaBoard (commit b8c1dad)",
        value="0.8803",
        predictions=f"{_FOLDER}/sst2-lstm-output.txt?format=lines",
        selector=f"classification/custom?path={_FOLDER}/sst2-dataset.tsv&columns=text,label",
        metric="accuracy",
        scale=1.0,
    ),
)


suite = Suite(
    name="classification",
    version=1,
    tasks=(imdb, agnews, mr, trec),
    folders=("classification",),
    description="One text, one label: film reviews, news, questions; and `custom`, your own CSV, TSV, JSON lines or Parquet.",
    custom={"custom": "benchwright_suites._custom.classification:build"},
    published=_PUBLISHED,
)
