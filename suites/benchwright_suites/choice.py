"""Multiple choice for encoders: OpenBookQA and ARC."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchwright.data.api import LEFT_OUT
from benchwright.types import ChoiceTask, Files, Hub, Source, Suite

_CARD: dict[str, Any] = {
    "default_split": "test",
    "inputs": {"question": ("stem",), "options": ("options",)},
    "target": ("right",),
    "metrics": ("accuracy",),
    "prepare": "benchwright_suites.choice:options",
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


openbookqa = ChoiceTask(
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

arc_easy = ChoiceTask(
    name="arc_easy",
    splits=_arc_splits("ARC-Easy"),
    sizes={"train": 2251, "validation": 570, "test": 2376},
    licence="CC BY-SA 4.0",
    citation=_ARC,
    description="Which option answers a question of grade-school science; questions that simple methods answer.",
    notes=("The question alone: without the corpus of texts. Most questions have four options, some three or five.",),
    **_CARD,
)

arc_challenge = ChoiceTask(
    name="arc_challenge",
    splits=_arc_splits("ARC-Challenge"),
    sizes={"train": 1119, "validation": 299, "test": 1172},
    licence="CC BY-SA 4.0",
    citation=_ARC,
    description="Which option answers a question of grade-school science; questions that simple methods answer wrongly.",
    notes=("The question alone: without the corpus of texts. Most questions have four options, some three or five.",),
    **_CARD,
)


suite = Suite(
    name="choice",
    version=1,
    tasks=(openbookqa, arc_easy, arc_challenge),
    folders=("multiple_choice", "choice"),
    description="Which of three to five options answers a question of elementary science.",
)


_LETTERS = ("A", "B", "C", "D", "E")
_MARK = re.compile(r"\(([A-E])\)")


def options(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `stem`, `options` (texts) and `right`, the 0-based number of the right one (None without a key).

    Takes the JSON lines of the releases, the rows of the hub, OpenBookQA's TSV and ARC's CSV. A row whose options are
    all blank, or whose key names an option that is not there, is left out, and counted. Raises ValueError for anything
    else that is no question with options.
    """
    stem, texts, marks, key = _parts(row)
    while texts and not texts[-1].strip():
        texts, marks = texts[:-1], marks[:-1]
    made = {"stem": stem, "options": [text.strip() for text in texts]}
    if not texts:
        return [{**made, LEFT_OUT: "its options are blank"}]
    if not all(made["options"]):
        raise ValueError(f"option {made['options'].index('') + 1} of {len(texts)} is blank")
    if key in (None, ""):
        return [{**made, "right": None}]
    if key not in marks:
        blank = key in _LETTERS[len(texts) :]
        if blank:
            return [{**made, LEFT_OUT: f"its key is {key}, and there is no such option"}]
        raise ValueError(f"the key is {key!r}, none of {', '.join(marks)}")
    return [{**made, "right": marks.index(key)}]


def _parts(row: Mapping[str, Any]) -> tuple[str, list[str], list[str], str | None]:
    """Stem, texts of the options, their marks (A, B, ... or 1, 2, ...) and the key."""
    key = row.get("answerKey", row.get("Answer Key"))
    key = None if key is None else str(key).strip()
    question = row.get("question")
    if isinstance(question, Mapping):  # JSON lines of the releases
        stem, listed = question.get("stem"), question.get("choices") or ()
        texts, marks = [item["text"] for item in listed], [str(item["label"]) for item in listed]
    elif isinstance(row.get("choices"), Mapping):  # the hub
        stem, texts, marks = row.get("question_stem", question), row["choices"]["text"], row["choices"]["label"]
    elif "Choices" in row:
        stem, (texts, marks) = row.get("Question Stem"), _cut(row["Choices"])
    else:
        stem, texts = question, [row[letter] for letter in _LETTERS if letter in row]
        marks = list(_LETTERS[: len(texts)])
    if not isinstance(stem, str) or not stem.strip():
        raise ValueError("there is no question")
    return stem.strip(), list(texts), list(marks), key


def _cut(choices: str) -> tuple[list[str], list[str]]:
    """Texts and marks of `(A) fish (B) birds ...`, marks in order."""
    pieces = _MARK.split(choices)
    texts, marks = pieces[2::2], pieces[1::2]
    if pieces[0].strip() or tuple(marks) != _LETTERS[: len(marks)]:
        raise ValueError(f"the options are not marked (A), (B), ... in order: {choices[:60]!r}")
    return texts, marks
