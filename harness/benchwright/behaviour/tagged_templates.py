"""Sentences with entities, of one template: words and their IOB2 tags come out together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from benchwright.behaviour.filled import Filled
from benchwright.behaviour.template_trees import template_id
from benchwright.behaviour.templates import Editor
from benchwright.errors import BenchwrightError
from benchwright.tags import OUTSIDE

_ENTITY = re.compile(r"\[([A-Za-z][\w-]*)[ \t]+((?:\{[^{}]*\}|[^\[\]{}])+)\]")


class _Word(NamedTuple):
    """A word of a template, and the entity that it is in.

    Attributes:
        text: A template: what it is filled with may be several words.
        type: Of the entity; empty: outside.
        opens: Whether it is the entity's first.
    """

    text: str
    type: str = ""
    opens: bool = False


def tagged(
    editor: Editor,
    template: str,
    *,
    nsamples: int | None = None,
    product: bool = True,
    remove_duplicates: bool = False,
    meta: Any = None,
    **fillers: Any,
) -> Filled:
    """Word lists with IOB2 tags: ``"[PER {first_name} {last_name}] lives in [LOC {city}] ."``.

    Words stand between spaces, so punctuation that is a word of its own has spaces around it. What ``[TYPE ...]`` encloses
    is one entity, however many words its tags are filled with.

    Args:
        editor: Whose lists and seed are used.
        template: A text with tags and entities.
        nsamples: As of `Editor.template`, and so are all that follow.
        product: All combinations, or the lists side by side.
        remove_duplicates: Leave out combinations in which two tags have the same value.
        meta: What else shall be known of each item.
        fillers: Name of a tag -> its values.

    Returns:
        ``data`` are mappings with ``words``, a list of texts; ``labels`` are lists of tags, one for each word.

    Raises:
        BenchwrightError: As `Editor.template`, or an entity that adjoins other text without a space.
    """
    if not isinstance(template, str):
        raise BenchwrightError(
            f"the template is {type(template).__name__}",
            expected="a text",
            hint="tagged(editor, ...) + tagged(editor, ...) for several",
        )
    words = list(_words(template))
    filled = editor.template(
        {"words": [word.text for word in words]},
        nsamples=nsamples,
        product=product,
        remove_duplicates=remove_duplicates,
        meta=meta,
        **fillers,
    )
    split = [[text.split() for text in item["words"]] for item in filled]
    return replace(
        filled,
        data=tuple({"words": [one for several in texts for one in several]} for texts in split),
        labels=tuple(_tags(words, texts) for texts in split),
        templates=(template_id(template),) * len(filled),
    )


def _words(template: str) -> Iterator[_Word]:
    at = 0
    for found in _ENTITY.finditer(template):
        before, behind = template[: found.start()][-1:], template[found.end() :][:1]
        if before.strip() or behind.strip():
            raise BenchwrightError(
                f"{found[0]} adjoins {before.strip() or behind.strip()!r}",
                expected="entities and punctuation as words of their own, with a space between them",
                hint=template[: found.start()].rstrip() + f" {found[0]} " + template[found.end() :].lstrip(),
            )
        yield from map(_Word, template[at : found.start()].split())
        yield from (_Word(text, found[1], place == 0) for place, text in enumerate(found[2].split()))
        at = found.end()
    yield from map(_Word, template[at:].split())


def _tags(words: Sequence[_Word], texts: Sequence[Sequence[str]]) -> list[str]:
    tags: list[str] = []
    begun = False
    for word, several in zip(words, texts, strict=True):
        begun = begun and not word.opens
        for _ in several:
            tags.append(OUTSIDE if not word.type else f"{'I' if begun else 'B'}-{word.type}")
            begun = bool(word.type)
    return tags
