"""SQuAD 1.1 and 2.0."""

from __future__ import annotations

from typing import Any

from benchwright.types import Cluster, Files, Hub, Kind, Source, Task

CARD: dict[str, Any] = {
    "kind": Kind.SPAN,
    "inputs": {"question": ("question",), "context": ("context",)},
    "target": ("answers",),
    "metrics": ("answer_f1", "exact_match"),
    "score": ("answer_f1",),
    "cluster": Cluster(by="column", columns=("context",)),
    "prepare": "benchwright_suites._squad.documents:questions",
    "key": ("id",),
}
"""Fields of a card but name, splits and words about it."""

_FOLDERS = ("SQuAD/", "squad/", "")
_HALF = (
    "half of the official development set (16 of 35 articles) under new question ids: "
    "scores do not compare with published ones"
)


def _source(repo: str, config: str, revision: str, split: str, *layouts: Files) -> Source:
    hub = Hub(repo=repo, config=config, split=split, revision=revision)
    return Source(hub=hub, files=(*layouts, Files(names=(f"{config}/{split}-*.parquet",), format="parquet")))


def documents(*names: str, note: str = "") -> tuple[Files, ...]:
    """A layout for each file name, in SQuAD's format, in the folders where it may lie."""
    return tuple(
        Files(names=(f"{folder}{name}",), format="json", key="data", note=note) for name in names for folder in _FOLDERS
    )


def _one(split: str, *layouts: Files) -> Source:
    return _source("rajpurkar/squad", "plain_text", "7b6d24c440a36b6815f21b70d25016731768db1f", split, *layouts)


def _two(split: str, *layouts: Files) -> Source:
    return _source("rajpurkar/squad_v2", "squad_v2", "3ffb306f725f7d2ce8394bc1873b24868140c412", split, *layouts)


v1 = Task(
    name="v1",
    splits={
        "train": _one("train", *documents("train-v1.1.json")),
        "validation": _one("validation", *documents("dev-v1.1.json")),
    },
    default_split="validation",
    sizes={"train": 87599, "validation": 10570},
    licence="CC BY-SA 4.0",
    citation="Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250",
    description="Which words of a paragraph of Wikipedia answer a question; every question has an answer.",
    notes=("Scored on the public development set: the test set is not public.",),
    **CARD,
)

v2 = Task(
    name="v2",
    splits={
        "train": _two("train", *documents("train-v2.0.json")),
        "validation": _two(
            "validation", *documents("dev-v2.0.json"), *documents("dev-v2.0.cs224n-half.json", note=_HALF)
        ),
    },
    default_split="validation",
    groups={"answerable": ("answerable",)},
    unanswerable=True,
    sizes={"train": 130319, "validation": 11873},
    licence="CC BY-SA 4.0",
    citation="Rajpurkar, Jia and Liang 2018, https://arxiv.org/abs/1806.03822",
    description="Which words of a paragraph of Wikipedia answer a question, where half of the questions have no answer.",
    notes=(
        "HasAns and NoAns of the official script are the slices answerable=yes and answerable=no.",
        "Scored on the public development set: the test set is not public.",
    ),
    **CARD,
)
