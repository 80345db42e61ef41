"""What a checkpoint made here is called: a digest of everything that decides its weights."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from benchwright.types import Context, Kind, Task

from .base import Base
from .recipe import Recipe, recipe_facts


def derive_digest(
    version: int,
    *,
    recipe: Recipe,
    base: Base,
    task: Task,
    data: str,
    context: Context,
    versions: Mapping[str, str],
) -> str:
    """SHA-256, in hex, over adapter version, recipe, base, training data, the trained task's card and libraries.

    Args:
        version: Of the adapter.
        recipe: All settings, defaults filled in.
        base: Counts by its content.
        task: The task that is trained; tasks with one ``trained_on`` share its checkpoint.
        data: Digest of the train split.
        context: Its device counts: a GPU gives other weights.
        versions: Library -> version.
    """
    decisive = {
        "adapter": version,
        "recipe": recipe_facts(recipe),
        "base": base.digest,
        "data": data,
        "task": {
            "name": task.name,
            "kind": task.kind,
            "inputs": list(task.inputs),
            "labels": list(task.label_names),
            "multilabel": task.multilabel,
            "metric": task.metrics[0],
            **_form(task),
        },
        "device": context.device,
        "versions": dict(versions),
    }
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def _form(task: Task) -> dict[str, Any]:
    """What else of a card decides what is learned, by kind."""
    if task.kind is Kind.SPAN:
        return {"unanswerable": task.unanswerable}
    if task.kind is Kind.CHOOSE:
        return {"by_text": task.by_text, "placeholder": task.placeholder}
    return {}
