"""Articles of a SQuAD file as rows, one for each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def questions(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each question of an article: `id`, `question`, `context`, `answers`, `answerable` (`yes` or `no`).

    Takes the nested articles of the official files and the flat rows of the hub. `answers` is
    `{"text": [...], "answer_start": [...]}`, both empty for an impossible question, None where the file holds no
    answers at all (a test set). Raises ValueError where a part is missing or empty, an answer is blank, or an impossible
    question has answers.
    """
    if "paragraphs" not in row:
        return [_row(row, row.get("context"), row.get("answers"))]
    return [
        _row(question, paragraph["context"], _answers(question))
        for paragraph in _parts(row, "paragraphs")
        for question in _parts(paragraph, "qas")
    ]


def _parts(part: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = part.get(name)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ValueError(f"{name!r} is no list of objects")
    if name == "qas" and not isinstance(part.get("context"), str):
        raise ValueError("a paragraph has no 'context'")
    yield from found


def _row(question: Mapping[str, Any], context: Any, answers: Any) -> dict[str, Any]:
    name = _id(question)
    for part, value in (("question", question.get("question")), ("context", context)):
        if not isinstance(value, str) or not value:
            raise ValueError(f"question {name} has {'an empty' if value == '' else 'no'} {part!r}")
    _check_answers(name, answers)
    known = isinstance(answers, dict)
    return {
        "id": name,
        "question": question["question"],
        "context": context,
        "answers": answers if known else None,
        "answerable": ("yes" if answers.get("text") else "no") if known else None,
    }


def _id(question: Mapping[str, Any]) -> str:
    name = question.get("id")
    if isinstance(name, str) and name:
        return name
    absent = name is None or name == ""
    raise ValueError(
        "a question has no 'id'" if absent else f"the 'id' of a question is {name!r}, and no text; in quotes it is one"
    )


def _check_answers(name: str, answers: Any) -> None:
    """Raise ValueError for a blank answer, which would count as *no answer*, or as one that no system can give."""
    texts = answers.get("text") if isinstance(answers, Mapping) else None
    for text in texts if isinstance(texts, list | tuple) else ():
        if isinstance(text, str) and not text.strip():
            raise ValueError(
                f"question {name} has the answer {text!r}, which is blank; a question without an answer has an empty "
                'list of them, and "is_impossible": true'
            )


def _answers(question: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    name = question.get("id")
    if "answers" not in question and not question.get("is_impossible"):
        return None
    given = question.get("answers") or []
    if not isinstance(given, list) or not all(isinstance(answer, dict) for answer in given):
        raise ValueError(f"question {name}: 'answers' is no list of objects")
    if question.get("is_impossible") and given:
        raise ValueError(f"question {name} is impossible, and has answers")
    if question.get("is_impossible") is False and not given:
        raise ValueError(f"question {name} is not impossible, and has no answer")
    try:
        return {
            "text": [answer["text"] for answer in given],
            "answer_start": [answer["answer_start"] for answer in given],
        }
    except KeyError as error:
        raise ValueError(f"question {name}: an answer has no {error}") from None
