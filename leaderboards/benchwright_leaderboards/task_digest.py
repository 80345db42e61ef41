"""The digest of a task: what is asked and what is right there. Metrics have versions of their own: a new one re-scores, other inputs make rows stale."""

from __future__ import annotations

import hashlib

import msgspec

from benchwright.types import CellKey, Task


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
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()
