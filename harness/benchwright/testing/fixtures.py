"""A tiny written suite for contract tests: one task for each shape of question that adapters are asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchwright.behaviour.card import make_card
from benchwright.behaviour.suite_format import suite_lines
from benchwright.behaviour.suite_types import BehaviourSuite, BehaviourTest, Case
from benchwright.store.atomic import write_output
from benchwright.types import (
    TASK_CLASSES,
    AnyTask,
    ChoiceTask,
    ClassificationTask,
    Files,
    FillTask,
    Kind,
    Label,
    RegressionTask,
    Source,
    SpanTask,
    Suite,
    TaggingTask,
    Task,
)
from benchwright.types.expectations import Equals, Monotonic

SUITE = "contract"

_POLARITY = (Label(name="negative", id=0), Label(name="positive", id=1))
_BLOCK = 6
"""Rows that go to a split together; every label is among them."""

_NOUNS = ("film", "soup", "hotel", "train", "novel", "garden", "teacher", "phone", "concert", "market")
_GOOD = ("lovely", "excellent", "charming")
_BAD = ("dreadful", "boring", "broken")
_PEOPLE = ("A woman", "A boy", "The cook", "My uncle", "A nurse", "The clerk", "A singer", "The judge")
_TOWNS = ("Lima", "New York", "Oslo", "San Jose", "Turin")
_SINGERS = ("Ada", "Grace Hopper", "Alan", "Edith Clarke", "Noor", "Karl")
_ACTS = (("sleeping", "awake"), ("running", "standing still"), ("eating", "fasting"), ("singing", "silent"))


def make_suite() -> Suite:
    """The suite ``contract``.

    polarity (one text), entailment (two texts, three labels), overlap (a number), names (words), answers and gaps (spans; in
    gaps some questions have none), continuation (options by number, two or three of them), entity (options by text, in the place
    of a placeholder), pairs (two sentences of which one is likelier), slot (candidates for a place in a text), habits (behavioural tests of polarity: what is expected of cases, in place of gold labels).
    """
    tasks = (*_classify_tasks(), *_word_tasks(), *_choice_tasks(), *_fill_tasks(), _tests_of_polarity())
    return Suite(name=SUITE, version=1, tasks=tasks)


def _classify_tasks() -> tuple[AnyTask, ...]:
    polarity = _task(
        ClassificationTask,
        "polarity",
        inputs={"text": ("text",)},
        labels=_POLARITY,
        positive="positive",
        metrics=("accuracy", "f1"),
    )
    entailment = _task(
        ClassificationTask,
        "entailment",
        inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(("entailment", "neutral", "contradiction"))),
        metrics=("accuracy",),
    )
    overlap = _task(
        RegressionTask,
        "overlap",
        inputs={"first": ("first",), "second": ("second",)},
        value_range=(0.0, 5.0),
        metrics=("pearson",),
    )
    return polarity, entailment, overlap


def _word_tasks() -> tuple[AnyTask, ...]:
    span: dict[str, Any] = {"inputs": {"question": ("question",), "context": ("context",)}}
    return (
        _task(
            TaggingTask,
            "names",
            inputs={"words": ("words",)},
            labels=tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))),
            metrics=("entity_f1",),
        ),
        _task(SpanTask, "answers", official_id=("id",), metrics=("answer_f1", "exact_match"), **span),
        _task(SpanTask, "gaps", official_id=("id",), unanswerable=True, metrics=("answer_f1", "exact_match"), **span),
    )


def _choice_tasks() -> tuple[AnyTask, ...]:
    return (
        _task(
            ChoiceTask,
            "continuation",
            inputs={"premise": ("premise",), "options": ("options",)},
            metrics=("accuracy",),
        ),
        _task(
            ChoiceTask,
            "entity",
            inputs={"passage": ("passage",), "query": ("query",), "options": ("options",)},
            by_text=True,
            placeholder="@placeholder",
            official_id=("id",),
            metrics=("exact_match",),
        ),
    )


def _fill_tasks() -> tuple[AnyTask, ...]:
    return (
        _task(FillTask, "pairs", inputs={"options": ("options",)}, rule="pll", metrics=("accuracy",)),
        _task(FillTask, "slot", inputs={"text": ("text",), "options": ("options",)}, metrics=("accuracy",)),
    )


def _tests_of_polarity() -> AnyTask:
    return make_card(
        kind=Kind.CLASSIFY,
        name="habits",
        splits={"validation": Source(files=(Files(names=("habits.validation.jsonl",), format="behaviour"),))},
        inputs=("text",),
        labels=_POLARITY,
        trained_on="polarity",
    )


def tasks_of(kind: Kind) -> tuple[Task, ...]:
    """The tasks of the suite that ask for this kind; none where there is no fixture yet."""
    return tuple(task for task in make_suite().tasks if task.kind is kind)


def make_other_suite(kind: Kind) -> Suite:
    """A suite of one task of any kind, of which only the planning means anything."""
    card: dict[str, Any] = {"inputs": {"text": ("text",)}, "metrics": ("accuracy",), "target": ("number",)}
    if kind == ClassificationTask.kind:
        labels = (Label(name="negative", id=0), Label(name="positive", id=1))
        card |= {"target": ("answer",), "labels": labels}
    task = _task(TASK_CLASSES[kind], "other", **card)
    return Suite(name=SUITE, version=1, tasks=(task,))


def build_task(
    name: str = "t", *, kind: Kind | str = "classify", labels: Sequence[str | Label] = (), **fields: Any
) -> AnyTask:
    """A card for a set-up: one text, a gold column ``label``, accuracy on a validation split, but for the fields that are given.

    Fields that only other kinds have are left out, so that set-ups of many kinds can share them.

    Args:
        name: Of the task.
        kind: Of the task.
        labels: Names, whose ids are their places, or labels.
        fields: Fields of the task's class.
    """
    of = TASK_CLASSES[Kind(kind)]
    foreign = {name for other in TASK_CLASSES.values() for name in other.__struct_fields__} - {*of.__struct_fields__}
    named = (Label(name=one, id=at) if isinstance(one, str) else one for at, one in enumerate(labels))
    card: dict[str, Any] = {
        "name": name,
        "splits": {"validation": Source()},
        "default_split": "validation",
        "inputs": {"text": ("text",)},
        "target": ("label",),
        "metrics": ("accuracy",),
        "labels": tuple(named),
        **fields,
    }
    return of(**{name: value for name, value in card.items() if name not in foreign})


def write_files(folder: Path) -> None:
    """Write the files of both suites into a folder."""
    rows = {"polarity": _polarity(), "entailment": _entailment(), "overlap": _overlap(), "names": _names()}
    rows |= {"answers": _answers(gaps=False), "gaps": _answers(gaps=True)}
    rows |= {"continuation": _continuation(), "entity": _entity(), "pairs": _pairs(), "slot": _slot()}
    rows["other"] = [{"text": f"text {at}", "answer": "positive", "number": at % 2} for at in range(8)]
    for name, found in rows.items():
        for remainder, split in enumerate(("train", "validation")):
            lines = "".join(json.dumps(row) + "\n" for at, row in enumerate(found) if at // _BLOCK % 2 == remainder)
            write_output(folder / f"{name}.{split}.jsonl", lines, what="the data")
    write_output(folder / "habits.validation.jsonl", b"".join(suite_lines(_habits())).decode(), what="the data")


def _task(of: type[AnyTask], name: str, **card: Any) -> AnyTask:
    splits = {
        split: Source(files=(Files(names=(f"{name}.{split}.jsonl",), format="jsonl"),))
        for split in ("train", "validation")
    }
    return of(name=name, splits=splits, default_split="validation", **{"target": ("target",), **card})


def _polarity() -> list[dict[str, Any]]:
    """60 sentences; every adjective is seen in both splits."""
    return [
        {"text": f"The {noun} was {word}{end}", "target": target}
        for noun, end in zip(_NOUNS, ".!" * 5, strict=True)
        for words, target in ((_GOOD, "positive"), (_BAD, "negative"))
        for word in words
    ]


def _habits() -> BehaviourSuite:
    """A known answer, a change that leaves it, and one that moves it, ten cases of each."""
    texts = [(f"The {noun} was {_GOOD[at % 3]}.", f"The {noun} was {_BAD[at % 3]}.") for at, noun in enumerate(_NOUNS)]
    tests = (
        ("words", "MFT", Equals(), [Case(id=good, examples=({"text": good},), target="positive") for good, _ in texts]),
        ("case", "INV", None, [Case(id=bad, examples=({"text": bad}, {"text": bad.upper()})) for _, bad in texts]),
        (
            "more",
            "DIR",
            Monotonic(direction="up"),
            [Case(id=good, examples=({"text": good}, {"text": f"{good} {good}"})) for good, _ in texts],
        ),
    )
    return BehaviourSuite(
        schema=1,
        name="habits",
        version=1,
        kind=Kind.CLASSIFY,
        labels=tuple(label.name for label in _POLARITY),
        tests=tuple(
            BehaviourTest(name=name, type=kind, capability="Vocabulary", expect=expect, cases=tuple(cases))  # type: ignore[arg-type]
            for name, kind, expect, cases in tests
        ),
    )


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


def _names() -> list[dict[str, Any]]:
    """60 sentences of words, some names of one word and some of two."""
    rows: list[dict[str, Any]] = []
    for at, person in enumerate(_SINGERS):
        for town in _TOWNS:
            for before, between in (((), ("lives", "in")), (("Yesterday", ","), ("left",))):
                parts = [
                    (before, ""),
                    (person.split(), "PER"),
                    (between, ""),
                    (town.split(), "LOC"),
                    ((".!"[at % 2],), ""),
                ]
                words = [word for names, _ in parts for word in names]
                tags = [
                    f"{'I' if place else 'B'}-{kind}" if kind else "O"
                    for names, kind in parts
                    for place, _ in enumerate(names)
                ]
                rows.append({"words": words, "target": tags})
    return rows


def _answers(*, gaps: bool) -> list[dict[str, Any]]:
    """60 questions about two sentences; with gaps, every third has no answer."""
    rows: list[dict[str, Any]] = []
    for at, person in enumerate(_SINGERS):
        for town in _TOWNS:
            noun = _NOUNS[(at + len(rows)) % len(_NOUNS)]
            context = f"{person} was born in {town}. Years later {person} sold the {noun} there."
            asked = [(f"Where was {person} born?", [town]), (f"What did {person} sell?", [f"the {noun}"])]
            for known, found in asked:
                silent = gaps and len(rows) % 3 == 2
                question, texts = (f"Whom did {person} marry?", []) if silent else (known, found)
                target = {"text": texts, "answer_start": [context.index(text) for text in texts]}
                rows.append({"id": f"q{len(rows):03}", "question": question, "context": context, "target": target})
    return rows


def _continuation() -> list[dict[str, Any]]:
    """60 beginnings with two or three ways to go on; every position is right somewhere."""
    rows: list[dict[str, Any]] = []
    for noun in _NOUNS:
        for at in range(6):
            person, good, bad = _PEOPLE[at], _GOOD[at % 3], _BAD[at % 3]
            right = f"{person} praised the {good} {noun}."
            options = [f"Nobody saw the {bad} wall.", f"It rained on the {bad} road.", right]
            options = options[at % 2 :]
            place = (at + len(rows)) % len(options)
            options[place], options[-1] = options[-1], options[place]
            rows.append({"premise": f"{person} liked the {noun}.", "options": options, "target": place})
    return rows


def _entity() -> list[dict[str, Any]]:
    """60 passages with three or four names, one or two of which are right."""
    rows: list[dict[str, Any]] = []
    for at, person in enumerate(_SINGERS):
        for town in _TOWNS:
            for doing, _ in _ACTS[:2]:
                other = _SINGERS[(at + 1 + len(rows) % 4) % len(_SINGERS)]
                passage = f"{person} was {doing} in {town}. {other} stayed at home."
                options = [person, town, other, *(["Rome"] if len(rows) % 2 else [])]
                options = options[len(rows) % 3 :] + options[: len(rows) % 3]
                right = [person, *([other] if len(rows) % 4 == 3 else [])]
                query = f"In {town} people saw @placeholder {doing}."
                row = {"id": 100 + len(rows), "passage": passage, "query": query, "options": options, "target": right}
                rows.append(row)
    return rows


def _pairs() -> list[dict[str, Any]]:
    """60 pairs of sentences that differ in their adjective."""
    return [
        {"options": [f"The {noun} was {good}.", f"The {noun} was {bad}."], "target": at % 2}
        for noun in _NOUNS
        for at, (good, bad) in enumerate((good, bad) for good in _GOOD for bad in _BAD[:2])
    ]


def _slot() -> list[dict[str, Any]]:
    """60 texts with a place for one of two or three people."""
    return [
        {
            "text": f"{{mask}} is {doing} beside the {noun}.",
            "options": list(_PEOPLE[at : at + 2 + at % 2]),
            "target": at % 2,
        }
        for noun in _NOUNS
        for at, (doing, _) in enumerate((*_ACTS, *_ACTS[:2]))
    ]
