"""Documents of MultiRC and ReCoRD as rows, and choices of COPA as options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.data.prepare import NOTE

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"</?b>", re.IGNORECASE)
_HIGHLIGHT_AFTER_STOP = re.compile(r"([.?!\"'])\n@highlight\n")
_HIGHLIGHT = re.compile(r"\n@highlight\n")
_ASKED = {"cause": "What was the cause of this?", "effect": "What happened as a result?"}
_NO_CANDIDATE = "no right answer is among the entities"


def copa(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `wording`, the question in words, and `options`. Raises ValueError for another question."""
    wording = _ASKED.get(str(row.get("question")))
    if wording is None:
        raise ValueError(f"'question' is {row.get('question')!r}, neither 'cause' nor 'effect'")
    return [{**row, "wording": wording, "options": [_text(row, "choice1"), _text(row, "choice2")]}]


def multirc(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each answer, with `question_and_answer`, `item` (paragraph/question/answer) and `asked`.

    Takes the nested paragraphs of the official files and the flat rows of the hub. Ids may restart in every paragraph
    and question. Raises ValueError where a part or an id is missing.
    """
    return [
        {
            "paragraph": _plain(_text(part, "paragraph")),
            "question_and_answer": f"{_plain(_text(part, 'question')).strip()} {_plain(_text(part, 'answer')).strip()}",
            "label": part.get("label"),
            "item": f"{paragraph}/{question}/{answer}",
            "asked": f"{paragraph}/{question}",
        }
        for part, (paragraph, question, answer) in _answers(row)
    ]


def _answers(row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], tuple[int, int, int]]]:
    """Every answer with its ids, from either form of a row."""
    if "passage" not in row:
        ids = row.get("idx") or {}
        yield row, (_id(ids, "paragraph"), _id(ids, "question"), _id(ids, "answer"))
        return
    passage = row["passage"]
    for question in _list(passage, "questions"):
        for answer in _list(question, "answers"):
            part = {
                "paragraph": _text(passage, "text"),
                "question": _text(question, "question"),
                "answer": _text(answer, "text"),
                "label": answer.get("label"),
            }
            yield part, (_id(row, "idx"), _id(question, "idx"), _id(answer, "idx"))


def record(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each query: `passage`, `query`, `options` (distinct entities), `answers` and `item` (the query's id).

    Takes the nested passages of the official files (whose `end` is the last character) and the flat rows of the hub.
    Raises ValueError where a part is missing or a query holds no `@placeholder`.
    """
    if isinstance(row.get("passage"), Mapping):
        passage = row["passage"]
        text = _text(passage, "text")
        entities = [text[int(at["start"]) : int(at["end"]) + 1] for at in _list(passage, "entities")]
        queries = [
            (_text(qa, "query"), [_text(answer, "text") for answer in qa.get("answers") or ()], _id(qa, "idx"))
            for qa in _list(row, "qas")
        ]
    else:
        text, entities = _text(row, "passage"), list(_list(row, "entities"))
        queries = [(_text(row, "query"), list(row.get("answers") or ()), _id(row.get("idx") or {}, "query"))]
    options = sorted(set(entities))
    return [_query(_sentences(text), options, *query) for query in queries]


def _query(passage: str, options: list[str], query: str, answers: list[str], item: int) -> dict[str, Any]:
    if "@placeholder" not in query:
        raise ValueError(f"query {item} holds no '@placeholder'")
    golds = sorted(set(answers))
    made = {"passage": passage, "query": query, "options": options, "answers": golds, "item": str(item)}
    return {**made, NOTE: _NO_CANDIDATE} if golds and not set(golds) & set(options) else made


def _sentences(passage: str) -> str:
    """A passage whose `@highlight` lines are sentences of it, as T5's preprocessors make them."""
    return _HIGHLIGHT.sub(". ", _HIGHLIGHT_AFTER_STOP.sub(r"\1 ", passage))


def _plain(text: str) -> str:
    """The text without simple HTML."""
    return _BOLD.sub("", _LINE_BREAK.sub(" ", text))


def _text(part: Mapping[str, Any], name: str) -> str:
    found = _part(part, name)
    if not isinstance(found, str):
        raise ValueError(f"{name!r} is {found!r}, not a text")  # noqa: TRY004 - a malformed row, not a wrong call
    return found


def _list(part: Mapping[str, Any], name: str) -> list[Any]:
    found = _part(part, name)
    if not isinstance(found, list):
        raise ValueError(f"{name!r} is {found!r}, not a list")  # noqa: TRY004 - a malformed row, not a wrong call
    return found


def _id(part: Mapping[str, Any], name: str) -> int:
    given = _part(part, name)
    found = str(given)
    if not (found.isascii() and found.isdigit()):
        raise ValueError(f"the id {name!r} is {given!r}, not a whole number")
    return int(found)


def _part(part: Any, name: str) -> Any:
    if not isinstance(part, Mapping):
        raise ValueError(f"{str(part)[:60]!r} stands where an object with {name!r} should")  # noqa: TRY004 - as above
    return part.get(name)
