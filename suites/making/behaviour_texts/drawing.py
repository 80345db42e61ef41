"""From templates and lists of fillers to cases: every filler in turn, the same on every machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

Filler = str | tuple[str, ...]
"""A text, or several that belong together and are asked for by number: ``{pair.0}``, ``{pair.1}``."""

Lists = Mapping[str, Sequence[Filler]]

_TAG = re.compile(r"\{(?P<article>[aA]:)?(?P<name>[a-z_]+)(?P<draw>\d*)(?:\.(?P<part>\d))?\}")
_SOUNDS_LIKE_YOU = ("use", "uni", "ukr", "eu", "one")
_SILENT_H = ("hour", "honest", "honour", "heir")
_TRIES = 5000


@dataclass(frozen=True)
class Template:
    """One sentence pattern with its answer.

    Attributes:
        texts: Fields of one example after another: each maps an input to its pattern. In INV and DIR the first is the original.
        target: The answer, which may hold tags; None where the case has none.
        substitute: What becomes what from the original to its variant, where an answer changes with it.
    """

    texts: tuple[Mapping[str, str], ...]
    target: Any = None
    substitute: tuple[str, str] | None = None

    @property
    def pattern(self) -> str:
        """The original as written, by which cases of one pattern are known."""
        return " / ".join(self.texts[0].values())


@dataclass(frozen=True)
class Drawn:
    """A template filled once: the texts, the answer, and which filler each tag got."""

    template: Template
    texts: tuple[dict[str, str], ...]
    target: Any
    substitute: tuple[str, str] | None
    slots: dict[str, str]


def article(text: str) -> str:
    """``a`` or ``an``, by the sound that ``text`` begins with, as far as our fillers need it."""
    start = text.lower()
    vowel = start[0] in "aeiou" and not start.startswith(_SOUNDS_LIKE_YOU)
    return "an" if vowel or start.startswith(_SILENT_H) else "a"


def fill(pattern: str, slots: Mapping[str, str]) -> str:
    """The pattern with every tag replaced; ``{a:tag}`` brings its article, ``{A:tag}`` one with a capital."""

    def value(found: re.Match[str]) -> str:
        text = slots[_slot(found)]
        if not found["article"]:
            return text
        word = article(text)
        return f"{word.capitalize() if found['article'] == 'A:' else word} {text}"

    filled = _TAG.sub(value, pattern)
    # A tag at the start of a sentence may hold a common noun.
    return re.sub(r"(^|[.!?] )([a-z])", lambda found: found[1] + found[2].upper(), filled)


def _slot(found: re.Match[str]) -> str:
    part = f".{found['part']}" if found["part"] else ""
    return f"{found['name']}{found['draw']}{part}"


def _rounds(key: str, values: Sequence[Filler]) -> Iterator[Filler]:
    """The values for ever, each once in a round, in another order each round."""
    number = 0
    while True:
        yield from sorted(values, key=lambda value: hashlib.sha256(f"{key}|{number}|{value}".encode()).digest())
        number += 1


def draw(test: str, template: Template, lists: Lists) -> Iterator[Drawn]:
    """Cases of one template, no two with the same texts; draws from one list differ from each other within a case."""
    found = [tag for pattern in _patterns(template) for tag in _TAG.finditer(pattern)]
    tags = {f"{tag['name']}{tag['draw']}": tag["name"] for tag in found}
    streams = {tag: _rounds(f"{test}|{template.pattern}|{tag}", lists[name]) for tag, name in tags.items()}
    seen: set[str] = set()
    for _ in range(_TRIES):
        fillers = {tag: next(stream) for tag, stream in streams.items()}
        drawn = [(tags[tag], filler) for tag, filler in fillers.items()]
        slots = {slot: text for tag in found for slot, text in [_value(tag, fillers)]}
        texts = tuple({name: fill(pattern, slots) for name, pattern in one.items()} for one in template.texts)
        key = repr(texts)
        if len(set(drawn)) < len(drawn) or key in seen:
            continue
        seen.add(key)
        change = template.substitute
        yield Drawn(
            template=template,
            texts=texts,
            target=_filled(template.target, slots),
            substitute=(_exactly(change[0], slots), _exactly(change[1], slots)) if change else None,
            slots=slots,
        )
        if not tags:
            return


def _patterns(template: Template) -> Iterator[str]:
    for one in template.texts:
        yield from one.values()


def _value(tag: re.Match[str], fillers: Mapping[str, Filler]) -> tuple[str, str]:
    filler = fillers[f"{tag['name']}{tag['draw']}"]
    return _slot(tag), filler if isinstance(filler, str) else filler[int(tag["part"])]


def _exactly(pattern: str, slots: Mapping[str, str]) -> str:
    """The pattern filled as an answer is: nothing gets a capital."""
    return _TAG.sub(lambda found: slots[_slot(found)], pattern)


def _filled(target: Any, slots: Mapping[str, str]) -> Any:
    if isinstance(target, str):
        return _exactly(target, slots)
    return [_filled(one, slots) for one in target] if isinstance(target, (list, tuple)) else target


def interleave(test: str, templates: Iterable[Template], lists: Lists, count: int) -> list[Drawn]:
    """So many cases, the templates in turn; one that has no new case left is passed over. No two cases have the same original."""
    streams = [draw(test, template, lists) for template in templates]
    return list(islice(_in_turn(streams), count))


def _in_turn(streams: list[Iterator[Drawn]]) -> Iterator[Drawn]:
    seen: set[str] = set()
    while streams:
        left = []
        for stream in streams:
            for one in stream:
                key = repr(one.texts[0])
                if key not in seen:
                    seen.add(key)
                    yield one
                    left.append(stream)
                    break
        streams = left
