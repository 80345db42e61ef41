"""What decides the content of an attachment: its name is made from it."""

from __future__ import annotations

from benchwright import environment
from benchwright.explanations.faithfulness import JUDGING
from benchwright.explanations.methods import method_named
from benchwright.explanations.methods.base import GradientMethod
from benchwright.explanations.reading import VERSION, removal_of, scale_of
from benchwright.store import attachments
from benchwright.types import AttachmentSpec, ExplainSpec, Task


def attachment_spec(spec: ExplainSpec, task: Task, *, seed: int) -> AttachmentSpec:
    """All that decides the values of an item; how items are chosen is no part of it."""
    method = method_named(spec.method)
    return AttachmentSpec(
        schema=attachments.FORMAT,
        method=spec.method,
        version=method.version,
        versions=environment.versions(*method.packages),
        options={
            "evaluations": str(spec.evaluations or method.evaluations),
            "reading": str(VERSION),
            "removal": removal_of(task, spec.removal),
            "scale": scale_of(task, spec.scale),
            "seeds": str(spec.seeds),
            "steps": str(spec.steps),
            "faithfulness": str(JUDGING) if spec.faithfulness else "no",
            **(method.options(spec) if isinstance(method, GradientMethod) else {}),
        },
        seed=seed,
    )
