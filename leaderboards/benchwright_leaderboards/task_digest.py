"""Digests of what is asked and what is right on a task. Metrics have versions of their own: a new one re-scores, other inputs make rows stale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from benchwright.data.content import content_digest
from benchwright.data.variants import variants_digest
from benchwright.types import CellKey, Example, Record, Task


def digest_of(key: CellKey, task: Task) -> str:
    """SHA-256 (64 hex digits) of the content of the data (inputs, gold answers, ids), the split, the task, what of it models are given,
    its labels by name, and of a user's own data the slices, clusters and groups of its items.

    Neither a metric nor a limit is in it: see `spec.EntryRules.whole_splits`.
    """
    parts = {
        "task": key.task,
        "kind": key.kind,
        "inputs": key.inputs,
        "split": key.split,
        "data": key.data,
        "card": key.card,
        "labels": task.label_names,
    }
    return _sha(parts)


def items_digest(records: Iterable[Record]) -> str:
    """SHA-256 of what was answered, whatever the answers: ids, gold answers, and which items share a cluster or a group.

    Clusters and groups are told by their members, since copies of the data call them by other names.
    """
    clusters, groups = dict[str, int](), dict[str, int]()
    rows = [
        (
            record.id,
            record.target,
            None if record.cluster is None else clusters.setdefault(record.cluster, len(clusters)),
            None if record.group is None else groups.setdefault(record.group, len(groups)),
        )
        for record in records
    ]
    return _sha(rows)


def answers_digest(records: Iterable[Record]) -> str:
    """SHA-256 of the answers alone, by id."""
    return _sha([(record.id, record.output) for record in records])


def data_digest(
    records: Sequence[Record], texts: Mapping[str, Mapping[str, Any]], key: CellKey, task: Task
) -> str | None:
    """The content hash of the data (``CellKey.data``) as texts and gold answers of a whole cell give it; None where a text is not kept.

    Where it is that of the key, neither an id, a text nor a gold answer was exchanged after the run.
    """
    if not all(record.id in texts for record in records):
        return None
    examples = [example_of(record, texts, key, at) for at, record in enumerate(records)]
    ordered: Task = msgspec.structs.replace(task, inputs={name: task.inputs.get(name, ()) for name in key.inputs})
    return variants_digest(examples, ordered) if task.view_of else content_digest(examples, ordered)


def example_of(record: Record, texts: Mapping[str, Mapping[str, Any]], key: CellKey, at: int = 0) -> Example:
    """The item of a record, as it was asked; without inputs where its texts were not kept."""
    told = texts.get(record.id, {})
    strict = record.extra.get("strict_gold")
    return Example(
        id=record.id,
        index=at,
        inputs={name: told[name] for name in key.inputs if name in told},
        target=record.target,
        strict=None if strict is None else tuple((kind, start, end) for kind, start, end in strict),
        metadata=record.extra.get("metadata", {}),
        cluster=record.cluster,
        group=record.group,
        official_id=record.official_id,
    )


def _sha(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()
