"""What all tasks of named entity recognition share."""

from __future__ import annotations

from typing import Any

from benchwright.types import Cluster, Files, Kind, Label

METRICS = (
    "entity_f1",
    "entity_precision",
    "entity_recall",
    "strict_entity_f1",
    "boundary_f1",
    "type_accuracy",
    "token_accuracy",
)

MODE = "Entities are those of conlleval and of seqeval's default mode; strict_entity_f1 is seqeval's strict mode, each side in its own scheme."
NO_HUB = "No revision of a hub copy that loads without a script is established: give the files with --data."

CARD: dict[str, Any] = {
    "kind": Kind.TAG,
    "default_split": "test",
    "inputs": {"words": ("word", "words", "tokens", "token")},
    "target": ("tag", "tags", "ner_tags", "ner", "labels"),
    "metrics": METRICS,
    "score": ("entity_f1",),
    "by_label": ("entity_precision", "entity_recall", "entity_f1"),
    "cluster": Cluster(by="column", columns=("document",)),
    "prepare": "benchwright_suites._ner.rows:sentence",
}
"""Fields of a card but name, splits, labels and words about it."""


def tags(*types: str, aliases: dict[str, tuple[str, ...]] | None = None, found: bool = False) -> tuple[Label, ...]:
    """`O`, then `B-` and `I-` of each type, in the order of the common public copy; aliases are other names of a type.

    Types that were ``found`` in a user's file are read as they are spelled there, and in no other way.
    """
    labels = [Label(name="O", id=0, found=found)]
    for name in types:
        for prefix in "BI":
            others = tuple(f"{prefix}-{other}" for other in (aliases or {}).get(name, ()))
            labels.append(Label(name=f"{prefix}-{name}", id=len(labels), aliases=others, found=found))
    return tuple(labels)


def columns(*names: str, header: tuple[str, ...], scheme: Any = "IOB2", encoding: str = "utf-8") -> tuple[Files, ...]:
    """A layout for each file name, of CoNLL columns."""
    return tuple(
        Files(names=(name,), format="columns", header=header, scheme=scheme, encoding=encoding) for name in names
    )
