"""Contrast sets: test items with small changes by experts that turn the answer, judged as whole sets (Gardner et al. 2020)."""

from __future__ import annotations

from typing import Any

from benchwright.types import ClassificationTask, Cluster, Files, Label, Source, Suite

_CITATION = "Gardner et al. 2020, https://aclanthology.org/2020.findings-emnlp.117/"
_LICENCE = "unspecified: third-party texts, research use"
_METRICS = ("contrast_consistency", "accuracy")
_SCORED = (
    "Contrast consistency is the share of sets in which every item is answered rightly; accuracy on originals and on contrasts "
    "stands in the slices part=original and part=contrast."
)
_FOLDERS = ("contrast_sets/{0}/", "{0}/", "")


def _pairs(split: str) -> Source:
    return Source(
        files=tuple(
            Files(
                names=(f"{folder.format('IMDb')}{split}_original.tsv", f"{folder.format('IMDb')}{split}_contrast.tsv"),
                format="tsv",
                values={"part": ("original", "contrast")},
                row_number="set",
            )
            for folder in _FOLDERS
        )
    )


imdb = ClassificationTask(
    name="imdb",
    splits={"validation": _pairs("dev"), "test": _pairs("test")},
    default_split="test",
    inputs={"text": ("Text",)},
    target=("Sentiment",),
    labels=(Label(name="negative", id=0, aliases=("neg",)), Label(name="positive", id=1, aliases=("pos",))),
    positive="positive",
    metrics=_METRICS,
    slices={"part": ("part",)},
    cluster=Cluster(by="column", columns=("set",)),
    group=("set",),
    trained_on="classification/imdb",
    sizes={"validation": 200, "test": 976},
    licence=_LICENCE,
    citation=_CITATION,
    description="Film reviews, and each once more with changes by experts that turn its sentiment: 488 pairs.",
    notes=(
        _SCORED,
        "The two reviews of a pair have opposite labels, so a constant answer has accuracy 50 and consistency 0.",
        "Texts hold <br /> marks, and most are longer than 128 tokens: look at the truncated count.",
    ),
)

boolq = ClassificationTask(
    name="boolq",
    splits={
        "test": Source(
            files=tuple(
                Files(names=(f"{folder.format('BoolQ')}boolq_perturbed.json",), format="json", key="data")
                for folder in _FOLDERS
            )
        )
    },
    default_split="test",
    inputs={"question": ("question",), "passage": ("passage",)},
    target=("label",),
    labels=(Label(name="false", id=0, aliases=("no",)), Label(name="true", id=1, aliases=("yes",))),
    positive="true",
    metrics=_METRICS,
    slices={"part": ("part",)},
    cluster=Cluster(by="column", columns=("passage",)),
    group=("set",),
    prepare="benchwright_suites.contrast:boolq_questions",
    trained_on="superglue/boolq",
    sizes={"test": 404},
    licence=_LICENCE,
    citation=_CITATION,
    description="Yes-no questions about a passage, each with changed ones by experts: 69 sets of 404 questions.",
    notes=(
        _SCORED,
        "The stub that shows the format, and five empty questions, are left out. Sets have 1 to 12 questions, and a larger one is harder.",
        "Passages come without the title that SuperGLUE puts before them.",
    ),
)


def boolq_questions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for the original question of a passage and one for each changed one, with `part` and `set`.

    The first entry of the released file shows the format and is none; changed questions without a text are none either.

    Raises:
        ValueError: The row has no list of changed questions, or one of them has no answer.
    """
    if row.get("answer") == "Gold Answer":
        return []
    changed = row.get("perturbed_questions")
    if not isinstance(changed, list) or not all(isinstance(one, dict) for one in changed):
        raise ValueError("'perturbed_questions' is no list of questions")
    asked = [(row.get("question"), row.get("answer"), "original")]
    asked += [(one.get("perturbed_q"), one.get("answer"), "contrast") for one in changed if one.get("perturbed_q")]
    return [
        {
            "question": question,
            "passage": row.get("paragraph"),
            "label": answer,
            "part": part,
            "set": row.get("question"),
        }
        for question, answer, part in asked
    ]


suite = Suite(
    name="contrast",
    version=1,
    tasks=(imdb, boolq),
    folders=("robustness", "contrast"),
    description="Contrast sets of IMDb and BoolQ: is every item of a set of small changes answered rightly?",
)
