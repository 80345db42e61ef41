"""Texts with tags in braces: how a template is read, and how a tag finds its value."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright.behaviour.word_forms import capitalised, plural, with_article
from benchwright.errors import BenchwrightError
from benchwright.kinds.fill import MASK

FORMS = ("a", "A", "plural", "cap")
"""What may be written of a value but itself: with its article (small or capital), its plural, with a capital first letter."""

_BRACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_TAG = re.compile(r"(?:([A-Za-z]+):)?([^\W\d]\w*)((?:\.\w+|\[[0-9]+\])*)")
_STEP = re.compile(r"\.(\w+)|\[([0-9]+)\]")
_NUMBERED = re.compile(r"(.*?[^0-9])[0-9]+")


@dataclass(frozen=True)
class Tag:
    """A tag of a template.

    Attributes:
        name: What is filled: ``person1``.
        path: Steps into the value: ``first`` of ``{person1.first}``, 0 of ``{pair[0]}``.
        form: What is written of it: one of `FORMS`, or empty.
    """

    name: str
    path: tuple[str | int, ...] = ()
    form: str = ""

    @property
    def reference(self) -> str:
        """The tag without its form: ``person1.first``."""
        return self.name + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)

    @property
    def list_name(self) -> str:
        """The list that a numbered tag draws from: ``person`` of ``person1``."""
        numbered = _NUMBERED.fullmatch(self.name)
        return numbered[1] if numbered else self.name


@dataclass(frozen=True)
class ParsedText:
    """A template that was read: texts and tags in order."""

    pieces: tuple[str | Tag, ...]

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Tag))

    @property
    def lone(self) -> Tag | None:
        """The tag that is the whole template, without a form; else None."""
        only = self.pieces[0] if len(self.pieces) == 1 else None
        return only if isinstance(only, Tag) and not only.form else None

    def filled(self, values: Mapping[str, Any]) -> str:
        """The text for the values of its tags: name of a tag -> its whole value."""
        return "".join(piece if isinstance(piece, str) else written(piece, values) for piece in self.pieces)


def parse(text: str) -> ParsedText:
    """A template that is one text; ``{{`` and ``}}`` are braces of the text, and ``{mask}`` stays, for a masked language model.

    Raises:
        BenchwrightError: A brace without its other half, a tag that is none, an unknown form, or several slots.
    """
    pieces: list[str | Tag] = []
    at = 0
    for found in _BRACE.finditer(text):
        pieces += [text[at : found.start()], _piece(text, found)]
        at = found.end()
    pieces.append(text[at:])
    if pieces.count(MASK) > 1:
        raise BenchwrightError(
            f"{pieces.count(MASK)} slots in {text[:80]!r}", expected=f"{MASK} once: a model is asked for one word"
        )
    return ParsedText(tuple(piece for piece in pieces if piece))


def written(tag: Tag, values: Mapping[str, Any]) -> str:
    """What stands in the text for a tag."""
    text = as_text(tag, value_of(tag, values))
    if tag.form in ("a", "A"):
        if not text.strip():
            raise BenchwrightError(
                f"{{{tag.form}:{tag.reference}}} was filled with an empty text, which has no article",
                expected="a word",
                hint="write the article out, or leave empty texts away",
            )
        return capitalised(with_article(text)) if tag.form == "A" else with_article(text)
    if tag.form == "plural":
        return plural(text)
    return capitalised(text) if tag.form == "cap" else text


def value_of(tag: Tag, values: Mapping[str, Any]) -> Any:
    """The value that a tag's path leads to; mappings and lists are entered, attributes of objects never."""
    value = values[tag.name]
    for step in tag.path:
        value = _entered(tag, value, step)
    return value


def as_text(tag: Tag, value: Any) -> str:
    """A value as it is written; raises BenchwrightError for one that is neither text nor number."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    inside = f", such as {{{tag.reference}.{next(iter(value))}}}" if isinstance(value, Mapping) and value else ""
    raise BenchwrightError(f"{{{tag.reference}}} is filled with {_told(value)}", expected=f"a text or a number{inside}")


def _piece(text: str, found: re.Match[str]) -> str | Tag:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    if found[1] is None:
        raise _refused(text, found, f"{found[0]!r} has no other half", "{tag}, or {{ and }} for braces of the text")
    tag = _TAG.fullmatch(found[1])
    if tag is None:
        raise _refused(
            text, found, f"{found[0]} is no tag", "{name}, {name1}, {a:name}, {name.field} or {name[0]}; {{ for a brace"
        )
    if tag[1] and tag[1] not in FORMS:
        raise _refused(text, found, f"{tag[1]!r} is no form of a tag", f"one of {', '.join(FORMS)}")
    steps = tuple(step[1] if step[1] is not None else int(step[2]) for step in _STEP.finditer(tag[3]))
    made = Tag(tag[2], steps, tag[1] or "")
    if found[0] == MASK:
        return MASK
    if made.list_name == "mask":
        raise BenchwrightError(
            f"{found[0]}: a slot has no form, number or field, since a masked language model fills it",
            expected=MASK,
            hint=f"{text.replace(found[0], '{word}')!r}, word=[...]",
        )
    return made


def _refused(text: str, found: re.Match[str], problem: str, expected: str) -> BenchwrightError:
    """With the place marked, in a line that is not too long to be read."""
    start = max(0, found.start() - 40)
    near = text[start : found.end() + 30].replace("\n", " ")
    return BenchwrightError(problem, expected=expected, shown=(near, " " * (found.start() - start) + "^"))


def _entered(tag: Tag, value: Any, step: str | int) -> Any:
    if isinstance(step, str) and isinstance(value, Mapping):
        if step in value:
            return value[step]
        raise BenchwrightError(
            f"{{{tag.reference}}}: a value of {tag.name!r} has no {step!r}",
            expected=f"one of {', '.join(map(str, value)) or 'its fields, but it is empty'}",
        )
    if isinstance(step, int) and isinstance(value, Sequence) and not isinstance(value, str):
        if step < len(value):
            return value[step]
        raise BenchwrightError(
            f"{{{tag.reference}}}: a value of {tag.name!r} has {len(value)} parts", expected="[0] first"
        )
    raise BenchwrightError(
        f"{{{tag.reference}}}: a value of {tag.name!r} is {_told(value)}",
        expected="mappings for {name.field}, lists for {name[0]}",
    )


def _told(value: Any) -> str:
    told = repr(value)
    return f"{told[:60]}…" if len(told) > 61 else told
