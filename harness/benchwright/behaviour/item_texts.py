"""The texts of an item: of a text itself, of a pair, a question with its context, a list of words or options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.errors import BenchwrightError


def texts_in(item: Any) -> Iterator[str]:
    """The texts, in order. Raises BenchwrightError for an item that holds anything else."""
    if isinstance(item, str):
        yield item
    elif isinstance(item, Mapping):
        for part in item.values():
            yield from texts_in(part)
    elif isinstance(item, list | tuple):
        for part in item:
            yield from texts_in(part)
    else:
        raise BenchwrightError(f"an item holds {type(item).__name__} ({repr(item)[:60]})", expected="texts")


def with_texts(item: Any, texts: Iterator[str]) -> Any:
    """The item with other texts in place of its own, as many of them."""
    if isinstance(item, str):
        return next(texts)
    if isinstance(item, Mapping):
        return {name: with_texts(part, texts) for name, part in item.items()}
    return type(item)(with_texts(part, texts) for part in item)


def only_text(item: Any) -> str:
    """The item, which must be a text; raises BenchwrightError that says how one of several is chosen."""
    if isinstance(item, str):
        return item
    names = list(item) if isinstance(item, Mapping) else list(range(len(item))) if isinstance(item, tuple) else []
    raise BenchwrightError(
        f"one text is changed, and the item is {type(item).__name__}",
        expected="a text",
        hint=f"perturb(..., field={names[-1]!r})" if names else "perturb(...) of texts",
    )
