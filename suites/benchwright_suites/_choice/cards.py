"""OpenBookQA and the AI2 Reasoning Challenge."""

from __future__ import annotations

from typing import Any

from benchwright.types import Files, Hub, Kind, Source, Task

_CARD: dict[str, Any] = {
    "kind": Kind.CHOOSE,
    "default_split": "test",
    "inputs": {"question": ("stem",), "options": ("options",)},
    "target": ("right",),
    "metrics": ("accuracy",),
    "prepare": "benchwright_suites._choice.rows:options",
}
_ARC = "Clark et al. 2018, https://arxiv.org/abs/1803.05457"
_ARC_COLUMNS = ("question", "A", "B", "C", "D", "answerKey")
_MISNAMED = "the file is called a test set, but holds the validation set"


def _source(repo: str, config: str, revision: str, split: str, *layouts: Files) -> Source:
    clone = Files(names=(f"{config}/{split}-*.parquet",), format="parquet")
    return Source(hub=Hub(repo=repo, config=config, split=split, revision=revision), files=(*layouts, clone))


def _openbookqa(split: str, short: str) -> Source:
    folders = ("OpenBookQA", "OpenBookQA-V1-Sep2018/Data/Main")
    return _source(
        "allenai/openbookqa",
        "main",
        "388097ea7776314e93a529163e0fea805b8a6454",
        split,
        *(Files(names=(f"{folder}/{short}.tsv",), format="tsv") for folder in folders),
        *(Files(names=(f"{folder}/{short}.jsonl",), format="jsonl") for folder in folders),
    )


def _arc(config: str, split: str, short: str) -> Source:
    folders = ("ARC", "ARC-V1-Feb2018", "ARC-V1-Feb2018-2")
    layouts = [Files(names=(f"{folder}/{config}/{config}-{short}.jsonl",), format="jsonl") for folder in folders]
    if split == "validation":
        name = f"ARC/{config.lower().replace('-', '_')}_test.csv"
        layouts.append(Files(names=(name,), format="csv", header=_ARC_COLUMNS, note=_MISNAMED))
    return _source("allenai/ai2_arc", config, "210d026faf9955653af8916fad021475a3f00453", split, *layouts)


def _arc_splits(config: str) -> dict[str, Source]:
    return {
        "train": _arc(config, "train", "Train"),
        "validation": _arc(config, "validation", "Dev"),
        "test": _arc(config, "test", "Test"),
    }


openbookqa = Task(
    name="openbookqa",
    splits={
        "train": _openbookqa("train", "train"),
        "validation": _openbookqa("validation", "dev"),
        "test": _openbookqa("test", "test"),
    },
    sizes={"train": 4957, "validation": 500, "test": 500},
    licence="Apache 2.0",
    citation="Mihaylov et al. 2018, https://arxiv.org/abs/1809.02789",
    description="Which of four options completes a question of elementary science.",
    notes=("The question alone: without the book of facts.",),
    **_CARD,
)

arc_easy = Task(
    name="arc_easy",
    splits=_arc_splits("ARC-Easy"),
    sizes={"train": 2251, "validation": 570, "test": 2376},
    licence="CC BY-SA 4.0",
    citation=_ARC,
    description="Which option answers a question of grade-school science; questions that simple methods answer.",
    notes=("The question alone: without the corpus of texts. Most questions have four options, some three or five.",),
    **_CARD,
)

arc_challenge = Task(
    name="arc_challenge",
    splits=_arc_splits("ARC-Challenge"),
    sizes={"train": 1119, "validation": 299, "test": 1172},
    licence="CC BY-SA 4.0",
    citation=_ARC,
    description="Which option answers a question of grade-school science; questions that simple methods answer wrongly.",
    notes=("The question alone: without the corpus of texts. Most questions have four options, some three or five.",),
    **_CARD,
)
