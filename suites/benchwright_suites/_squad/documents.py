"""Articles of a SQuAD file as rows, one for each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.data.prepare import PLACE


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
