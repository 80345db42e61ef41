"""Support tickets: is one urgent or not?"""

from __future__ import annotations

from benchwright.types import ClassificationTask, Label, Source, Suite

_TICKETS = ClassificationTask(
    name="tickets",
    splits={
        split: Source(package=f"benchwright_sample:data/tickets.{split}.jsonl") for split in ("train", "validation")
    },
    default_split="validation",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="routine", id=0, aliases=("normal",)), Label(name="urgent", id=1, aliases=("at once",))),
    positive="urgent",
    metrics=("accuracy", "f1", "miss_rate"),
    score=("f1",),
    sizes={"train": 16, "validation": 24},
    licence="Apache-2.0 (written for benchwright)",
    citation="The benchwright authors, tests/sample_plugin",
    description="Does a support ticket have to be answered at once?",
    notes=("A sample of a plugin, not a benchmark.",),
)

suite = Suite(name="sample", version=1, tasks=(_TICKETS,), description="Forty support tickets: a sample of a plugin.")
