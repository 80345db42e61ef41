"""Tags of words: what a tag says, how schemes become IOB2, and which entities a sequence of tags holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Scheme = Literal["IOB1", "IOB2", "BIOES", "IO", "IOB"]
"""``IOB`` is IOB1 or IOB2, whichever: files of which copies in both are about."""

SCHEMES: dict[str, Scheme] = {
    "IOB1": "IOB1",
    "IOB2": "IOB2",
    "BIOES": "BIOES",
    "IO": "IO",
    "BIO": "IOB2",
    "BIO2": "IOB2",
    "IOBES": "BIOES",
    "BILOU": "BIOES",
    "BMEWO": "BIOES",
}
"""What people call a scheme -> the scheme."""

OUTSIDE = "O"

UNTYPED = "_"
"""Type of entities whose tags name none (``B``, ``I``, ``O`` alone); seqeval's name for it."""

LETTERS: dict[Scheme, str] = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIESLUWM", "IO": "I", "IOB": "BI"}
"""Letters that a tag of a scheme may begin with, beside ``O``; BILOU and BMEWO are spellings of BIOES."""

_LETTERED = re.compile(r"^[A-Za-z][\W_]|[\W_][BIESLUMWbieslumw]$")
"""A letter before or behind a type, however it is parted from it: ``B-PER``, ``b_PER``, ``PER-B``."""

_ENDS = frozenset("ES")
_STARTS = frozenset("BS")
_SPELLED = {"L": "E", "U": "S", "W": "S", "M": "I"}
"""BILOU and BMEWO write last, middle and unit-length words with other letters."""


class Entity(NamedTuple):
    """A typed span of words; ``end`` is not part of it."""

    type: str
    start: int
    end: int


def parts(tag: str) -> tuple[str, str]:
    """Prefix and type, split at the first hyphen only (``B-A-B`` has the type ``A-B``); ``O`` has the type ""."""
    prefix, _, name = tag.partition("-")
    return prefix, name


def fits(tag: str, scheme: Scheme) -> bool:
    """Whether a text is a tag of the scheme: ``O``, a letter with a type, or a letter alone where entities have no types.

    Of ``IO`` every type is one, with ``I-`` before it or without.
    """
    prefix, name = parts(tag)
    if tag == OUTSIDE or not tag.strip("- "):
        return tag == OUTSIDE
    if scheme == "IO" and not (untyped(prefix) and "-" in tag):
        return True
    return untyped(prefix) and prefix in LETTERS[scheme] and (bool(name.strip()) or tag == prefix)


def untyped(tag: str) -> bool:
    """Whether a tag is a letter alone, which says where an entity is and not what."""
    return len(tag) == 1 and tag in LETTERS["BIOES"]


def detect_scheme(tags: Iterable[str]) -> Scheme | None:
    """The scheme that tags show by themselves: ``IO`` where ``O`` stands among types without any letter, else None."""
    seen = set(tags)
    named = seen - {OUTSIDE}
    bare = named and not any(untyped(tag) or _LETTERED.search(tag) for tag in named)
    return "IO" if bare and OUTSIDE in seen else None


def scheme_of_names(names: Iterable[str]) -> Scheme | None:
    """The scheme that the names of a head's outputs show by themselves: ``BIOES`` by its letters, ``IO``; else None."""
    named = [name.strip() for name in names]
    ends = any(parts(spelled(name))[0] in _ENDS and "-" in name for name in named)
    return "BIOES" if ends and all(fits(name, "BIOES") for name in named) else detect_scheme(named)


def entities(tags: Sequence[str]) -> list[Entity]:
    """Entities as the script ``conlleval`` and seqeval's default mode find them.

    Lenient: an ``I-X`` after ``O`` or after another type opens an entity. ``E`` and ``S`` end one.
    """
    found: list[Entity] = []
    opened, before, kind = 0, OUTSIDE, ""
    for at, tag in enumerate((*tags, OUTSIDE)):
        prefix, name = parts(tag)
        inside = before != OUTSIDE
        starts = prefix != OUTSIDE and (prefix in _STARTS or not inside or before in _ENDS or name != kind)
        if inside and (prefix == OUTSIDE or starts):
            found.append(Entity(kind, opened, at))
        if starts:
            opened = at
        before, kind = prefix, name
    return found


def strict_entities(tags: Sequence[str], scheme: Scheme = "IOB2") -> list[Entity]:
    """Entities that are legal in the scheme the tags are written in; everything else is ignored.

    Equal to seqeval's strict mode with its schemes IOB2, IOB1 and IOBES (or BILOU). In IOB2 an entity is a ``B-X`` and the
    ``I-X`` right after it; in BIOES ``S-X``, or ``B-X``, any ``I-X`` and one ``E-X``; in IOB1 a run of ``I-X``, where ``B-X``
    stands only behind an entity of the same type. ``IO`` has no illegal sequence.
    """
    if scheme == "IO":
        return entities(whole_tags(tags, scheme))
    split = [parts(spelled(tag) if scheme == "BIOES" else tag) for tag in (*tags, OUTSIDE)]
    found: list[Entity] = []
    at = 0
    while at < len(tags):
        before = split[at - 1] if at else (OUTSIDE, "")
        if not _starts(before, split[at], scheme):
            at += 1
            continue
        end = at + 1
        while _goes_on(split[end - 1], split[end], scheme):
            end += 1
        if _is_whole(split[end - 1], split[end], scheme):
            found.append(Entity(split[at][1], at, end))
        at = end
    return found


_Parts = tuple[str, str]


def _starts(before: _Parts, now: _Parts, scheme: Scheme) -> bool:
    if scheme != "IOB1":
        return now[0] == "B" or (scheme == "BIOES" and now[0] == "S")
    if now[0] == "B":
        return before[0] in ("B", "I") and before[1] == now[1]
    return now[0] == "I" and (before[0] != "I" or before[1] != now[1])


def _goes_on(before: _Parts, now: _Parts, scheme: Scheme) -> bool:
    inside = ("I", "E") if scheme == "BIOES" else ("I",)
    return before[0] in ("B", "I") and now[0] in inside and before[1] == now[1]


def _is_whole(last: _Parts, after: _Parts, scheme: Scheme) -> bool:
    """Whether what ends with the one tag before the other may end there."""
    if scheme == "BIOES":
        return last[0] in _ENDS
    return scheme != "IOB1" or not (last[0] == after[0] == "B" and last[1] != after[1])


class Read(NamedTuple):
    """Tags as read from one scheme.

    Attributes:
        tags: The same entities, leniently read, in IOB2.
        strict: Entities that are legal in the scheme, where `strict_entities` of the IOB2 tags would find others; else None.
    """

    tags: tuple[str, ...]
    strict: tuple[Entity, ...] | None


def read_tags(tags: Sequence[str], scheme: Scheme) -> Read:
    """Tags written in a scheme, in IOB2, with what a strict reading of them finds where IOB2 cannot say it."""
    plain = to_iob2(tags, scheme)
    if scheme in ("IOB2", "IO", "IOB"):
        return Read(plain, None)
    legal = strict_entities(whole_tags(tags, scheme), scheme)
    return Read(plain, None if legal == strict_entities(plain) else tuple(legal))


def count_loose(tags: Sequence[str]) -> int:
    """How many tags ``I-X`` continue no entity of the type ``X``."""
    befores = [parts(tag)[1] for tag in (OUTSIDE, *tags)]
    return sum(tag.startswith("I-") and before != tag[2:] for before, tag in zip(befores, tags, strict=False))


def to_iob2(tags: Sequence[str], scheme: Scheme) -> tuple[str, ...]:
    """The same entities written in IOB2.

    ``IOB1``, ``IOB`` and ``IO``: the first ``I-X`` of an entity becomes ``B-X``. ``BIOES`` (and BILOU): ``S`` becomes ``B``, ``E``
    becomes ``I``, or ``B`` where nothing of its type is open. ``IOB2`` is left as it is, legal or not: modes differ in how they
    read what is not.
    """
    tags = whole_tags(tags, scheme)
    if scheme == "IOB2":
        return tags
    found = [OUTSIDE] * len(tags)
    for entity in entities(tags):
        for at in range(entity.start, entity.end):
            found[at] = f"{'B' if at == entity.start else 'I'}-{entity.type}"
    return tuple(found)


def whole_tags(tags: Sequence[str], scheme: Scheme) -> tuple[str, ...]:
    """Tags with a letter and a type each: ``PER`` in IO is ``I-PER``, a letter alone has the type `UNTYPED`."""
    if scheme == "IO":
        return tuple(tag if tag == OUTSIDE or tag.startswith("I-") else f"I-{tag}" for tag in tags)
    whole = (f"{tag}-{UNTYPED}" if untyped(tag) else tag for tag in tags)
    return tuple(map(spelled, whole)) if scheme == "BIOES" else tuple(whole)


def spelled(tag: str) -> str:
    """The tag with the letters of BIOES."""
    prefix, name = parts(tag)
    return f"{_SPELLED[prefix]}-{name}" if prefix in _SPELLED else tag


def types_of(labels: Sequence[str]) -> tuple[str, ...]:
    """Entity types of tag names, in order of first appearance."""
    return tuple(dict.fromkeys(name for tag in labels if (name := parts(tag)[1])))
