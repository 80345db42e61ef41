"""Tags of words: what a tag says, how schemes become IOB2, and which entities a sequence of tags holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Scheme = Literal["IOB1", "IOB2", "BIOES"]

OUTSIDE = "O"

_ENDS = frozenset("ES")
_STARTS = frozenset("BS")
_SPELLED = {"L": "E", "U": "S", "W": "S"}
"""BILOU and BMEWO write last and unit-length words with other letters."""


class Entity(NamedTuple):
    """A typed span of words; ``end`` is not part of it."""

    type: str
    start: int
    end: int


def parts(tag: str) -> tuple[str, str]:
    """Prefix and type, split at the first hyphen only (``B-A-B`` has the type ``A-B``); ``O`` has the type ""."""
    prefix, _, name = tag.partition("-")
    return prefix, name


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


def strict_entities(tags: Sequence[str]) -> list[Entity]:
    """Entities that are legal in IOB2: a ``B-X`` and the ``I-X`` right after it; everything else is ignored.

    Equal to seqeval's strict mode with its scheme IOB2.
    """
    found: list[Entity] = []
    opened, kind = -1, ""
    for at, tag in enumerate((*tags, OUTSIDE)):
        prefix, name = parts(tag)
        if opened >= 0 and not (prefix == "I" and name == kind):
            found.append(Entity(kind, opened, at))
            opened = -1
        if prefix == "B":
            opened, kind = at, name
    return found


def to_iob2(tags: Sequence[str], scheme: Scheme) -> tuple[str, ...]:
    """The same entities written in IOB2.

    ``IOB1``: the first ``I-X`` of an entity becomes ``B-X``. ``BIOES`` (and BILOU): ``S`` becomes ``B``, ``E`` becomes
    ``I``, or ``B`` where nothing of its type is open. ``IOB2`` is left as it is, legal or not: modes differ in how they read
    what is not.
    """
    if scheme == "IOB2":
        return tuple(tags)
    if scheme == "BIOES":
        tags = [spelled(tag) for tag in tags]
    found = [OUTSIDE] * len(tags)
    for entity in entities(tags):
        for at in range(entity.start, entity.end):
            found[at] = f"{'B' if at == entity.start else 'I'}-{entity.type}"
    return tuple(found)


def spelled(tag: str) -> str:
    """The tag with the letters of BIOES."""
    prefix, name = parts(tag)
    return f"{_SPELLED[prefix]}-{name}" if prefix in _SPELLED else tag


def types_of(labels: Sequence[str]) -> tuple[str, ...]:
    """Entity types of tag names, in order of first appearance."""
    return tuple(dict.fromkeys(name for tag in labels if (name := parts(tag)[1])))
