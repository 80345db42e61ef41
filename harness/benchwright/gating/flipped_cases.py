"""Items that a candidate answers otherwise under an identity swap, as cases with their texts, for the findings of a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from benchwright.bias.flips import FlippedItem, flipped_items
from benchwright.bias.identity_scores import Given
from benchwright.bias.join import GROUP, SOURCE_GROUP, SwappedItems
from benchwright.formatting import clip
from benchwright.gating.context import GateContext
from benchwright.gating.failing_cases import WITHHELD
from benchwright.gating.verdict import CASES_NAMED, FailingCase
from benchwright.redaction import answers_are_texts
from benchwright.render import examples
from benchwright.types import Record

_WIDE = 300
"""Characters of one text or answer."""
_VARIANTS = 12
"""Variants of an item that a finding holds."""


def flipped_cases(
    items: SwappedItems, given: Given | None, keys: tuple[str, str], context: GateContext, *, most: int = CASES_NAMED
) -> tuple[FailingCase, ...]:
    """The items that flip, those whose scores moved furthest first.

    Args:
        items: The joined records of the candidate on a task and on its identity view.
        given: What the candidate says its scores are.
        keys: Cells of the task and of the view.
        context: Holds the texts, unless they are left out.
        most: How many at most.
    """
    clean, seen = ({} if not context.inputs else context.texts(key) for key in keys)
    withheld = not context.inputs and answers_are_texts(items.task)
    found = flipped_items(items, given)[:most]
    return tuple(_case(one, items, (clean, seen), withheld=withheld) for one in found)


def _case(
    item: FlippedItem,
    items: SwappedItems,
    texts: tuple[Mapping[str, Mapping[str, Any]], Mapping[str, Mapping[str, Any]]],
    *,
    withheld: bool,
) -> FailingCase:
    variants = item.flipped[:_VARIANTS]
    records = [_with(item.original, texts[0]), *(_with(one, texts[1]) for one in variants)]
    asked = tuple(examples.inputs(record, _WIDE) for record in records)
    answers = [WITHHELD if withheld else clip(examples.given(items.task, record), _WIDE) for record in records]
    return FailingCase(
        case=item.original.id,
        test="identity",
        capability=f"{items.dimension} swapped",
        type="INV",
        expected=("", *(f"the same ({_swap(one, texts[0].get(item.original.id, {}))})" for one in variants)),
        candidate=tuple(answers),
        failed=(False, *(True for _ in variants)),
        texts=asked if any(asked) else (),
    )


def _swap(variant: Record, inputs: Mapping[str, Any]) -> str:
    """``daughter -> son; female -> male``: words of the original and those that stand in their place, then their groups.

    Args:
        variant: Its record.
        inputs: Of the original; empty: words are not told.
    """
    before, now = (variant.slices.get(name, "") for name in (SOURCE_GROUP, GROUP))
    words = [
        f"{_words(inputs[field], start, end)} -> {text if isinstance(text, str) else ' '.join(text)}"
        for field, edits in (variant.extra.get("edits") or {}).items()
        if isinstance(inputs.get(field), str) or _is_words(inputs.get(field), edits)
        for start, end, text in edits
    ]
    return "; ".join((*(clip(one, _WIDE) for one in dict.fromkeys(words)), f"{before} -> {now}"))


def _is_words(value: Any, edits: Sequence[Any]) -> bool:
    """Whether an input is a list of words whose places edits name; of options edits lie one level deeper."""
    return isinstance(value, list | tuple) and all(len(one) == 3 and isinstance(one[0], int) for one in edits)


def _words(value: Any, start: int, end: int) -> str:
    piece = value[start:end]
    return piece if isinstance(piece, str) else " ".join(piece)


def _with(record: Record, texts: Mapping[str, Mapping[str, Any]]) -> Record:
    return msgspec.structs.replace(record, extra={**record.extra, "inputs": dict(texts.get(record.id, {}))})


def ids_of(found: Sequence[FailingCase]) -> tuple[str, ...]:
    """Ids of the items of cases."""
    return tuple(one.case for one in found)
