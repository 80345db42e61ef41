"""Variants by the perturbations that robustness is measured with: ``keyboard_typo``, ``contractions``, ``punctuation``, ``number``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from benchwright.behaviour.changes import Variant
from benchwright.edits import Span
from benchwright.errors import BenchwrightError
from benchwright.perturbations import Changes, Item, Severity, changed_inputs, named, perturb
from benchwright.perturbations.texts import entity_places
from benchwright.types import Kind

_ALONE = "text"


def named_variants(
    name: str, item: Any, label: Any, *, field: str | int | None, severity: Severity = 2, n: int = 1, seed: int = 0
) -> list[Variant]:
    """Variants of an item by a perturbation of that name.

    Args:
        name: One of `benchwright.perturbations.INDEX`.
        item: A text, or a mapping or tuple of texts; word lists and options may be among them.
        label: What is right, where it is known: entities of tags and a text in a context are protected as the perturbation
            promises.
        field: Which text is changed; None: each that the perturbation changes.
        severity: 1, 2 or 3.
        n: How many times it is drawn.
        seed: Decides with the item and the name.
    """
    if severity not in (1, 2, 3):
        raise BenchwrightError(f"severity={severity!r}", expected="1, 2 or 3")
    perturbation = named(name)
    inputs = _inputs(item)
    seen = _seen(inputs, label)
    found = []
    for draw in range(n):
        changes = perturb(perturbation, seen, severity=severity, seed=seed, draw=draw)
        if field is not None:
            changes = {key: made for key, made in changes.items() if key == str(field)}
        if changes:
            found.append(_variant(item, inputs, changes))
    return found


def _inputs(item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return {str(key): value for key, value in item.items()}
    if isinstance(item, tuple):
        return {str(place): value for place, value in enumerate(item)}
    return {_ALONE: item}


def _seen(inputs: Mapping[str, Any], label: Any) -> Item:
    """The item as perturbations see it; its id is its content, so that draws depend on nothing else."""
    last = list(inputs.values())[-1]
    kind = Kind.CLASSIFY
    gold: dict[str, tuple[Span, ...]] = {}
    persons: tuple[Span, ...] = ()
    if isinstance(last, list):
        kind = Kind.TAG if len(inputs) == 1 else Kind.CHOOSE
    elif tuple(inputs) == ("question", "context"):
        kind = Kind.SPAN
    if kind is Kind.TAG and isinstance(label, list | tuple):
        places, persons = entity_places(label)
        gold = {next(iter(inputs)): places}
    if kind is Kind.SPAN and isinstance(label, str) and label:
        gold = {"context": tuple(_places(label, inputs["context"]))}
    texts = [name for name, value in inputs.items() if isinstance(value, str)]
    evidence = "context" if "context" in texts else texts[0] if len(texts) == 1 else ""
    content = json.dumps(list(inputs.values()), ensure_ascii=False)
    return Item(id=content, kind=kind, inputs=inputs, gold=gold, persons=persons, evidence=evidence)


def _places(text: str, context: str) -> Iterator[Span]:
    at = context.find(text)
    while at >= 0:
        yield at, at + len(text)
        at = context.find(text, at + len(text))


def _variant(item: Any, inputs: Mapping[str, Any], changes: Changes) -> Variant:
    made = changed_inputs(inputs, changes)
    edits: Any = next(iter(changes.values())) if len(inputs) == 1 else None
    if isinstance(item, Mapping):
        return Variant(made, edits)
    return Variant(tuple(made.values()) if isinstance(item, tuple) else made[_ALONE], edits)
