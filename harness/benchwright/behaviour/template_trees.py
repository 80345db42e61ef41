"""Templates that hold templates: tuples, lists and mappings of texts with tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from typing import Any

from benchwright.behaviour.template_text import ParsedText, Tag, as_text, parse, value_of
from benchwright.errors import BenchwrightError

Template = Any
"""A text with tags, or a tuple, list or mapping of templates; numbers stand for themselves."""

ParsedTemplate = Any
"""The same structure with a `ParsedText` in place of every text."""

_LONGEST_ID = 100


def parse_template(template: Template) -> ParsedTemplate:
    """The structure with every text read; raises BenchwrightError for what no template can hold."""
    if not _is_template(template):
        raise BenchwrightError(
            f"a template cannot hold {type(template).__name__} ({template!r})",
            expected="texts, and tuples, lists or mappings of them",
        )
    if isinstance(template, str):
        return parse(template)
    return _mapped(template, parse_template)


def tags_in(parsed: ParsedTemplate) -> list[Tag]:
    """The tags, in order."""
    return [tag for leaf in _leaves(parsed) if isinstance(leaf, ParsedText) for tag in leaf.tags]


def fill_texts(parsed: ParsedTemplate, values: Mapping[str, Any]) -> Any:
    """The structure with every text filled."""
    if isinstance(parsed, ParsedText):
        return parsed.filled(values)
    return _mapped(parsed, lambda part: fill_texts(part, values))


def fill_values(parsed: ParsedTemplate, values: Mapping[str, Any]) -> Any:
    """The structure with every text filled, where a text that is one tag becomes the value itself: a number stays one."""
    if isinstance(parsed, ParsedText):
        return value_of(parsed.lone, values) if parsed.lone else parsed.filled(values)
    return _mapped(parsed, lambda part: fill_values(part, values))


def slots_of(tags: list[Tag], values: Mapping[str, Any]) -> dict[str, Any]:
    """Tag without its form -> the text or number that it was filled with."""
    found: dict[str, Any] = {}
    for tag in tags:
        value = value_of(tag, values)
        as_text(tag, value)
        found[tag.reference] = value
    return found


def template_id(template: Template) -> str:
    """What a template is called: its text, shortened where it is long, with a digest then."""
    text = " | ".join(str(leaf) for leaf in _leaves(template) if leaf is not None)
    if len(text) <= _LONGEST_ID:
        return text
    return f"{text[: _LONGEST_ID - 10].rstrip()}… {blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}"


def _mapped(structure: Any, change: Callable[[Any], Any]) -> Any:
    """The structure with each of its parts changed; what has no parts, as it is."""
    if isinstance(structure, Mapping):
        return {name: change(part) for name, part in structure.items()}
    if isinstance(structure, list):
        return [change(part) for part in structure]
    return tuple(change(part) for part in structure) if isinstance(structure, tuple) else structure


def _leaves(structure: Any) -> Iterator[Any]:
    if isinstance(structure, Mapping | list | tuple):
        for part in structure.values() if isinstance(structure, Mapping) else structure:
            yield from _leaves(part)
    else:
        yield structure


def _is_template(template: Any) -> bool:
    return template is None or isinstance(template, str | int | float | Mapping | list | tuple)
