"""Rows of WiC and WSC with marks around the words that the question is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchwright.data.prepare import NOTE

_MOVED = "a span stands at another word than its index says; the nearest place that holds it is marked"
_FOREIGN = "a span is not in its text; the words at its index are marked"


def word_in_context(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `text1` (`WORD: SENTENCE`) and `text2`, the word between `* ` and ` *` in both.

    Offsets are characters, `[start, end)`. Raises ValueError where they do not lie in their sentence.
    """
    first, second = (_marked(row, number) for number in "12")
    return [{**row, "text1": f"{row['word']}: {first}", "text2": second}]


def _marked(row: Mapping[str, Any], number: str) -> str:
    try:
        sentence, start, end = row[f"sentence{number}"], int(row[f"start{number}"]), int(row[f"end{number}"])
        row["word"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no {error}") from None
    if not 0 <= start < end <= len(sentence):
        raise ValueError(f"characters {start} to {end} are not in sentence {number}, which has {len(sentence)}")
    return f"{sentence[:start]}* {sentence[start:end]} *{sentence[end:]}"


def winograd(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `marked`, its words with `* ` and ` *` around span 1 and `# ` and ` #` around span 2, and `unmarked`.

    Indices count the words between white space. Spans of the original files differ from the words at their index in case
    and punctuation, and a few stand beside it; `NOTE` says so then. Raises ValueError where a span or index is missing.
    """
    spans = row.get("target") or row
    text = row.get("text")
    if not isinstance(text, str):
        raise ValueError("there is no text")  # noqa: TRY004 - a malformed row, not a wrong call
    words = text.split()
    notes: list[str] = []
    places = [_place(words, spans, number, notes) for number in "12"]
    made = {**row, "marked": _with_marks(" ".join(words), places), "unmarked": text}
    return [{**made, NOTE: notes[0]} if notes else made]


def _place(words: Sequence[str], spans: Mapping[str, Any], number: str, notes: list[str]) -> tuple[int, int]:
    """First character and end of a span in the joined words."""
    try:
        span, index = str(spans[f"span{number}_text"]), int(spans[f"span{number}_index"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no {error}") from None
    size = len(span.split())
    if not size or not 0 <= index <= len(words) - 1:
        raise ValueError(f"span {number} ({span!r} at word {index}) is not in a text of {len(words)} words")
    for place in sorted(range(len(words) - size + 1), key=lambda at: abs(at - index)):
        found = _within(" ".join(words[place : place + size]), span)
        if found is not None:
            if place != index:
                notes.append(_MOVED)
            before = len(" ".join([*words[:place], ""]))
            return before + found[0], before + found[1]
    notes.append(_FOREIGN)
    before = len(" ".join([*words[:index], ""]))
    return before, before + len(" ".join(words[index : index + size]))


def _within(words: str, span: str) -> tuple[int, int] | None:
    """Where a span stands in as many words, case aside and punctuation around it left out; else None."""
    wanted = " ".join(span.split())
    at = words.lower().find(wanted.lower())
    if at >= 0 and not any(letter.isalnum() for letter in words[:at]) and not words[at + len(wanted) :][:1].isalnum():
        return at, at + len(wanted)
    bare = _bare(wanted)
    return (0, len(words)) if bare and bare == _bare(words) else None


def _bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _with_marks(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The text with `*` and `#` around two spans, the inner one marked first where one holds the other."""
    (start1, end1), (start2, end2) = places
    inserts = [(start1, 1, -end1, "* "), (end1, 0, -start1, " *"), (start2, 1, -end2, "# "), (end2, 0, -start2, " #")]
    for at, _, _, mark in sorted(inserts, reverse=True):
        text = f"{text[:at]}{mark}{text[at:]}"
    return text
