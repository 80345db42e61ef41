"""Rows of OpenBookQA and ARC with the list of options and the number of the right one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchwright.data.prepare import LEFT_OUT

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
