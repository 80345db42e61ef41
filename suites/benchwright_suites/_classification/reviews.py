"""Film reviews, negative or positive: IMDb and Pang and Lee's sentence polarity (MR)."""

from __future__ import annotations

from benchwright.types import Files, Hub, Kind, Label, Source, Task

_POLARITY = (Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",)))
_METRICS = (
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


imdb = Task(
    name="imdb",
    kind=Kind.CLASSIFY,
    splits={"train": _imdb("train"), "test": _imdb("test")},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    labels=_POLARITY,
    positive="positive",
    metrics=_METRICS,
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


mr = Task(
    name="mr",
    kind=Kind.CLASSIFY,
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
    metrics=_METRICS,
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
