"""Items that are given in Python: texts, pairs, sentences of words, questions, choices, read as the inputs of a card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import AnyTask, Example

_EXPECTED = {
    "classify": "a text, or a pair of texts (first, second)",
    "regress": "a text, or a pair of texts (first, second)",
    "tag": "a list of words",
    "span": "a pair (question, context)",
    "choose": "a pair (text, list of options)",
}


def items_of(kind: str, texts: Any) -> list[Any]:
    """The items one by one; what is one item by itself is a list of one."""
    if isinstance(texts, str | Mapping) or _is_one(kind, texts):
        return [texts]
    if hasattr(texts, "tolist"):
        texts = texts.tolist()
    if not isinstance(texts, Iterable) or isinstance(texts, bytes):
        raise wrong(f"texts={type(texts).__name__}", _EXPECTED.get(kind, "a text"), 'explain(model, ["a text"])')
    found = list(texts)
    if not found:
        raise wrong("no text is given", "a text, or a list of them", 'explain(model, ["a text"])')
    return found


def _is_one(kind: str, texts: Any) -> bool:
    """Whether a tuple is one pair, or a list of words one sentence."""
    if kind == "tag":
        words = isinstance(texts, list | tuple) and all(isinstance(one, str) for one in texts)
        return words and bool(texts) and not any(set(one) & set(" \t\n") for one in texts)
    return isinstance(texts, tuple) and len(texts) == 2 and isinstance(texts[0], str)


def are_pairs(items: Sequence[Any]) -> bool:
    """Whether one of them has two texts."""
    return any(isinstance(one, tuple | list) and len(one) == 2 for one in items) or any(
        isinstance(one, Mapping) and len(one) == 2 for one in items
    )


def in_words(kind: str, items: Sequence[Any]) -> list[Any]:
    """The items; a sentence to tag that is one text is cut at its blanks."""
    return [one.split() if kind == "tag" and isinstance(one, str) else one for one in items]


def unnamed(item: Any) -> Any:
    """An item as a function is given it: values without names."""
    return tuple(item.values()) if isinstance(item, Mapping) else item


def examples_of(card: AnyTask, texts: Any) -> tuple[Example, ...]:
    """The items as examples. Raises ConfigError with those that are none of the card's kind."""
    names = tuple(card.inputs)
    kind = str(card.kind)
    problems: list[BenchwrightError] = []
    found: list[Example] = []
    for at, item in enumerate(in_words(kind, items_of(kind, texts))):
        inputs = _inputs(item, names, kind)
        if inputs is None:
            problems.append(
                BenchwrightError(
                    f"text {at} is {repr(item)[:80]}",
                    expected=f"for a task of kind {kind}: {_expected(kind, names)}",
                    hint=f"a mapping with {', '.join(names)} will do too",
                )
            )
            continue
        found.append(Example(id=f"text {at}", index=at, inputs=inputs))
    if problems:
        raise ConfigError(problems[:5], where="explain")
    return tuple(found)


def _expected(kind: str, names: Sequence[str]) -> str:
    if kind in ("classify", "regress"):
        return "a text" if len(names) == 1 else f"a tuple of {len(names)} texts"
    return _EXPECTED[kind]


def _inputs(item: Any, names: Sequence[str], kind: str) -> dict[str, Any] | None:
    """The inputs by name; None where the item is none of the kind."""
    if isinstance(item, Mapping):
        if set(item) != set(names):
            return None
        values = [item[name] for name in names]
    elif len(names) == 1:
        values = [item]
    elif isinstance(item, tuple | list) and len(item) == len(names):
        values = list(item)
    else:
        return None
    lists = {"tag": names, "choose": names[-1:]}.get(kind, ())
    read = [_texts(value) if name in lists else _text(value) for name, value in zip(names, values, strict=True)]
    return None if None in read else dict(zip(names, read, strict=True))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...] | None:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple) or not value or not all(isinstance(one, str) for one in value):
        return None
    return tuple(value)


def wrong(what: str, expected: str, hint: str) -> ConfigError:
    """The error of one mistake."""
    return ConfigError([BenchwrightError(what, expected=expected, hint=hint)], where="explain")
