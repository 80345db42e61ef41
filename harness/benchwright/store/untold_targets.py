"""Explanations without what their targets quote: the words of an entity, the text of an option."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from benchwright.types import Explanation, Kind, Target, Task

if TYPE_CHECKING:
    import pyarrow as pa


def without_text(target: Target, task: Task) -> Target:
    """The target named by its place: ``person: words 3 to 4``, ``option 0``; labels and ends of answers are as they are.

    Answers that are texts stand in the records themselves.
    """
    if target.tags and target.start is not None and target.end is not None:
        kind = target.tags[0].partition("-")[2] or target.tags[0]
        first, last = target.start + 1, target.end
        place = f"word {first}" if first == last else f"words {first} to {last}"
        return msgspec.structs.replace(target, name=f"{kind}: {place}")
    if task.kind is Kind.CHOOSE and target.label is not None:
        return msgspec.structs.replace(target, name=f"option {target.label}")
    return target


def part_without_texts(table: pa.Table, task: Task) -> tuple[str, bytes]:
    """A part of an attachment of which no target quotes an input: its digest, which names it, and its bytes."""
    from benchwright.store import attachment_table, record_table

    found = [_bare(one, task) for one in attachment_table.decode(table)]
    content = record_table.to_bytes(attachment_table.encode(found).replace_schema_metadata(table.schema.metadata))
    return hashlib.sha256(content).hexdigest(), content


def _bare(one: Explanation, task: Task) -> Explanation:
    return msgspec.structs.replace(
        one,
        attributions=tuple(
            msgspec.structs.replace(each, target=without_text(each.target, task)) for each in one.attributions
        ),
    )
