"""Starter: small classification tasks written for this project, so that everything can be tried offline."""

from __future__ import annotations

from benchwright.types import Aggregate, ClassificationTask, Label, Source, Suite

_LICENCE = "Apache-2.0 (written for benchwright)"
_CITATION = "The benchwright authors, docs/design/starter.md"
_NOTES = (
    "A demonstration, not a benchmark: a few hundred sentences invented and labelled by one author, an AI model.",
)


def _splits(task: str) -> dict[str, Source]:
    return {
        split: Source(package=f"benchwright_suites:starter_data/{task}.{split}.jsonl")
        for split in ("train", "validation")
    }


_SENTIMENT = ClassificationTask(
    name="sentiment",
    splits=_splits("sentiment"),
    default_split="validation",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(
        Label(name="negative", id=0, aliases=("neg",)),
        Label(name="positive", id=1, aliases=("pos",)),
    ),
    positive="positive",
    metrics=("accuracy", "f1", "mcc"),
    score=("accuracy",),
    slices={"domain": ("domain",), "phenomenon": ("phenomenon",)},
    sizes={"train": 480, "validation": 357},
    licence=_LICENCE,
    citation=_CITATION,
    description="Is a short review of a film, meal, trip, book, ... positive or negative?",
    notes=_NOTES,
)

_TOPIC = ClassificationTask(
    name="topic",
    splits=_splits("topic"),
    default_split="validation",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(
        Label(name="business", id=0),
        Label(name="health", id=1),
        Label(name="sport", id=2, aliases=("sports",)),
        Label(name="technology", id=3, aliases=("tech",)),
    ),
    metrics=("accuracy", "macro_f1"),
    score=("accuracy",),
    slices={"form": ("form",), "phenomenon": ("phenomenon",)},
    sizes={"train": 381, "validation": 284},
    licence=_LICENCE,
    citation=_CITATION,
    description="Is a sentence about business, health, sport or technology?",
    notes=_NOTES,
)

suite = Suite(
    name="starter",
    version=1,
    tasks=(_SENTIMENT, _TOPIC),
    aggregates=(
        Aggregate(
            name="starter-mean-2",
            members=(("sentiment",), ("topic",)),
            title="Mean accuracy over two tasks",
            citation=_CITATION,
        ),
    ),
    description="Two small tasks written for benchwright: enough for a demonstration, not a benchmark.",
)
