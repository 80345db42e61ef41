"""Rows of a task as material for a model, by kind."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.types import Example, Kind, Task

from .build import Built
from .choices import prepare_choices
from .contexts import prepare_contexts
from .material import Material
from .scale import Scale
from .texts import prepare_texts
from .words import prepare_words


def prepare(built: Built, task: Task, examples: Sequence[Example], scale: Scale) -> Material:
    """The rows as material for a model."""
    match task.kind:
        case Kind.TAG:
            return prepare_words(built, task, examples)
        case Kind.SPAN:
            return prepare_contexts(built, examples)
        case Kind.CHOOSE:
            return prepare_choices(built, task, examples)
        case _:
            return prepare_texts(built, task, examples, scale)
