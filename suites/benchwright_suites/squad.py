"""Extractive question answering: SQuAD 1.1, SQuAD 2.0, and a file of your own in their format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.data.api import PLACE
from benchwright.types import Cluster, Files, Hub, Source, SpanTask, Suite

CARD: dict[str, Any] = {
    "inputs": {"question": ("question",), "context": ("context",)},
    "target": ("answers",),
    "metrics": ("answer_f1", "exact_match"),
    "score": ("answer_f1",),
    "cluster": Cluster(by="column", columns=("context",)),
    "prepare": "benchwright_suites.squad:questions",
    "official_id": ("id",),
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


v1 = SpanTask(
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

v2 = SpanTask(
    name="v2",
    splits={
        "train": _two("train", *documents("train-v2.0.json")),
        "validation": _two(
            "validation", *documents("dev-v2.0.json"), *documents("dev-v2.0.cs224n-half.json", note=_HALF)
        ),
    },
    default_split="validation",
    slices={"answerable": ("answerable",)},
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


suite = Suite(
    name="squad",
    version=1,
    tasks=(v1, v2),
    folders=("qa", "squad", "SQuAD"),
    description="Which words of a paragraph answer a question, and whether any do; and `custom`, your own file.",
    custom={"custom": "benchwright_suites._custom.squad:build"},
)


def questions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each question of an article: `id`, `question`, `context`, `answers`, `answerable` (`yes` or `no`).

    Takes the nested articles of the official files and the flat rows of the hub. An id is a text, or a whole number, which is
    that text of digits. Answers are a list of objects or an object of lists, whichever the file has; `answers` is
    `{"text": [...], "answer_start": [...]}`, both empty for an impossible question, None where the file holds no answers at
    all (a test set). Raises ValueError where a part is missing or empty, an answer is blank or of another form, or an
    impossible question has answers.
    """
    if "paragraphs" not in row:
        return [_row(row, row.get("context"))]
    return [
        {**_row(question, paragraph["context"]), PLACE: f"article {{place}}, paragraph {number}, question {asked}"}
        for number, paragraph in enumerate(_parts(row, "paragraphs"), 1)
        for asked, question in enumerate(_parts(paragraph, "qas"), 1)
    ]


def _parts(part: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = part.get(name)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError(f"{name!r} is no list of objects")
    if name == "qas" and not isinstance(part.get("context"), str):
        raise ValueError("a paragraph has no 'context'")
    yield from found


def _row(question: Mapping[str, Any], context: Any) -> dict[str, Any]:
    name = _id(question)
    for part, value in (("question", question.get("question")), ("context", context)):
        if not isinstance(value, str) or not value:
            raise ValueError(f"question {name} has {'an empty' if value == '' else 'no'} {part!r}")
    answers = _answers(question, name)
    return {
        "id": name,
        "question": question["question"],
        "context": context,
        "answers": answers,
        "answerable": None if answers is None else "yes" if answers["text"] else "no",
    }


def _id(question: Mapping[str, Any]) -> str:
    name = question.get("id")
    if name is None or name == "":
        raise ValueError("a question has no 'id'")
    number = _whole(name)
    if number is not None:
        return str(number)
    if isinstance(name, str):
        return name
    raise ValueError(f"the 'id' of a question is {name!r}, and neither a text nor a whole number")


def _whole(value: Any) -> int | None:
    """The whole number that a value is, however it was stored (7 or 7.0); None for anything else."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _answers(question: Mapping[str, Any], name: str) -> dict[str, list[Any]] | None:
    given, impossible = question.get("answers"), question.get("is_impossible")
    if given is None and not impossible:
        return None
    found = _lists(given, name)
    for text in found["text"]:
        _check_text(text, name)
    if impossible and found["text"]:
        raise ValueError(f"question {name} is impossible, and has answers")
    if impossible is False and not found["text"]:
        raise ValueError(f"question {name} is not impossible, and has no answer")
    return found


def _lists(given: Any, name: str) -> dict[str, list[Any]]:
    """Texts and positions, from a list of objects, an object of lists, or one object of one text and its position."""
    if isinstance(given, Mapping) and "text" in given:
        text, start = given["text"], given.get("answer_start")
        if isinstance(text, str):
            return _lists([given], name)
        if isinstance(text, list | tuple) and isinstance(start, list | tuple):
            return {"text": list(text), "answer_start": [_position(one) for one in start]}
    if given is None or (isinstance(given, list | tuple) and all(isinstance(answer, Mapping) for answer in given)):
        try:
            return {
                "text": [answer["text"] for answer in given or ()],
                "answer_start": [_position(answer["answer_start"]) for answer in given or ()],
            }
        except KeyError as error:
            raise ValueError(f"question {name}: an answer has no {error}") from None
    raise ValueError(
        f"question {name}: its 'answers' are {_shown(given)}, neither a list of objects "
        '([{"text": "blue", "answer_start": 12}]) nor an object of lists ({"text": ["blue"], "answer_start": [12]})'
    )


def _position(start: Any) -> Any:
    number = _whole(start)
    return start if number is None else number


def _check_text(text: Any, name: str) -> None:
    """Raise ValueError for a blank answer, which would count as *no answer*, or as one that no system can give."""
    if isinstance(text, str) and not text.strip():
        raise ValueError(
            f"question {name} has the answer {text!r}, which is blank; a question without an answer has an empty "
            'list of them, and "is_impossible": true'
        )


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
