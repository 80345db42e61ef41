"""A tiny written suite for contract tests: one task for each shape of question that adapters are asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchwright.types import Files, Kind, Label, Source, Suite, Task

SUITE = "contract"

_BLOCK = 6
"""Rows that go to a split together; every label is among them."""

_NOUNS = ("film", "soup", "hotel", "train", "novel", "garden", "teacher", "phone", "concert", "market")
_GOOD = ("lovely", "excellent", "charming")
_BAD = ("dreadful", "boring", "broken")
_PEOPLE = ("A woman", "A boy", "The cook", "My uncle", "A nurse", "The clerk", "A singer", "The judge")
_ACTS = (("sleeping", "awake"), ("running", "standing still"), ("eating", "fasting"), ("singing", "silent"))


def make_suite() -> Suite:
    """The suite ``contract``: polarity (one text), entailment (two texts, three labels), overlap (a number)."""
    polarity = _task(
        "polarity",
        kind=Kind.CLASSIFY,
        inputs={"text": ("text",)},
        labels=(Label(name="negative", id=0), Label(name="positive", id=1)),
        positive="positive",
        metrics=("accuracy", "f1"),
    )
    entailment = _task(
        "entailment",
        kind=Kind.CLASSIFY,
        inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(("entailment", "neutral", "contradiction"))),
        metrics=("accuracy",),
    )
    overlap = _task(
        "overlap",
        kind=Kind.REGRESS,
        inputs={"first": ("first",), "second": ("second",)},
        value_range=(0.0, 5.0),
        metrics=("pearson",),
    )
    return Suite(name=SUITE, version=1, tasks=(polarity, entailment, overlap))


def tasks_of(kind: Kind) -> tuple[Task, ...]:
    """The tasks of the suite that ask for this kind; none where there is no fixture yet."""
    return tuple(task for task in make_suite().tasks if task.kind is kind)


def make_other_suite(kind: Kind) -> Suite:
    """A suite of one task of any kind, of which only the planning means anything."""
    labels = (Label(name="negative", id=0), Label(name="positive", id=1)) if kind is Kind.CLASSIFY else ()
    target = "answer" if kind in (Kind.CLASSIFY, Kind.SPAN, Kind.GENERATE) else "number"
    task = _task("other", kind=kind, inputs={"text": ("text",)}, labels=labels, metrics=("accuracy",), target=(target,))
    return Suite(name=SUITE, version=1, tasks=(task,))


def write_files(folder: Path) -> None:
    """Write the files of both suites into a folder."""
    rows = {"polarity": _polarity(), "entailment": _entailment(), "overlap": _overlap()}
    rows["other"] = [{"text": f"text {at}", "answer": "positive", "number": at % 2} for at in range(8)]
    for name, found in rows.items():
        for remainder, split in enumerate(("train", "validation")):
            lines = "".join(json.dumps(row) + "\n" for at, row in enumerate(found) if at // _BLOCK % 2 == remainder)
            (folder / f"{name}.{split}.jsonl").write_text(lines, encoding="utf-8")


def _task(name: str, **card: Any) -> Task:
    splits = {
        split: Source(files=(Files(names=(f"{name}.{split}.jsonl",), format="jsonl"),))
        for split in ("train", "validation")
    }
    return Task(name=name, splits=splits, default_split="validation", **{"target": ("target",), **card})


def _polarity() -> list[dict[str, Any]]:
    """60 sentences; every adjective is seen in both splits."""
    return [
        {"text": f"The {noun} was {word}{end}", "target": target}
        for noun, end in zip(_NOUNS, ".!" * 5, strict=True)
        for words, target in ((_GOOD, "positive"), (_BAD, "negative"))
        for word in words
    ]


def _entailment() -> list[dict[str, Any]]:
    """96 pairs, a third of each label."""
    rows = []
    for person in _PEOPLE:
        for doing, other in _ACTS:
            premise = f"{person} is {doing} in the house."
            rows += [
                {"premise": premise, "hypothesis": f"{person} is {doing}.", "target": "entailment"},
                {"premise": premise, "hypothesis": f"{person} is {other}.", "target": "contradiction"},
                {"premise": premise, "hypothesis": f"{person} is often {doing} on Sundays.", "target": "neutral"},
            ]
    return rows


def _overlap() -> list[dict[str, Any]]:
    """45 pairs of ten words, from 0 to 5 by how many of the words are shared."""
    rows = []
    for at, noun in enumerate(_NOUNS):
        for other in _NOUNS[:at]:
            first = f"the {noun} and the {other} were {_GOOD[at % 3]}"
            second = f"the {noun} and a {_NOUNS[-at]} were {_BAD[at % 3] if at % 2 else _GOOD[at % 3]}"
            one, two = set(first.split()), set(second.split())
            rows.append({"first": first, "second": second, "target": round(5 * len(one & two) / len(one | two), 2)})
    return rows
