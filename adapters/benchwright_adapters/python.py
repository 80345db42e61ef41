"""A Python function as a model: ``python:module:function``, texts in, label names or scores out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from benchwright import callables
from benchwright.errors import ModelError
from benchwright.types import Context, Facts, Kind, ModelRef, Session, Task

from ._python import FunctionSession

_SCORES: tuple[Literal["probabilities", "logits", "log-probabilities"], ...] = (
    "probabilities",
    "logits",
    "log-probabilities",
)


class PythonFunction:
    """A function is called with a list of inputs and gives as many answers, in the same order.

    An input is a text; two texts or more are a tuple in the task's order (``(question, context)``); of a ``tag`` task it is the
    list of words, of a ``choose`` task the tuple ends with the list of options.

    - classify: a label name (a set of them: a list), or a mapping label -> score; a row of scores needs names for its places,
      ``?labels=`` or an attribute ``labels`` of the function;
    - regress: a number;
    - tag: a tag for every word;
    - span: the text of the answer, or a mapping with ``text`` and, if there are any, ``score``, ``start``, ``null_score``;
    - choose: the 0-based number of the option, or a row of scores, one for each option.

    There is no digest: a function says nothing about what it will answer tomorrow, so no run takes its answers from another.
    """

    name = "python"
    version = 1
    gradients = False
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    options: Mapping[str, str] = {
        "scores": f"what its scores are: {', '.join(_SCORES)}; default: not said",
        "batch": "inputs for each call at most; default: a whole shard",
    }

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the module is imported. Raises ModelError where there is no such function, or an option is out of range."""
        function = callables.find(_path(model))
        _batch(model)
        said = model.options.get("scores")
        scores = next((one for one in _SCORES if one == said), None)
        if said is not None and scores is None:
            raise ModelError(f"?scores={said}", expected=f"one of: {', '.join(_SCORES)}", hint="?scores=probabilities")
        return Facts(
            digest=None,
            kinds=self.kinds,
            labels=_labels(function, task),
            scores=scores,
            notes=("a Python function without a digest: its answers are never reused",),
        )

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that calls the function."""
        function = callables.find(_path(model))
        return FunctionSession(
            function=function,
            task=task,
            labels=context.labels,
            batch=_batch(model),
            shown=f"python:{_path(model)}",
        )


def _path(model: ModelRef) -> str:
    return f"{model.path}@{model.revision}" if model.revision else model.path


def _labels(function: object, task: Task) -> tuple[str, ...] | None:
    """The function's own label names, where it states them and the task has labels."""
    found = getattr(function, "labels", None)
    if found is None or not task.labels:
        return None
    if isinstance(found, str) or not all(isinstance(name, str) for name in found):
        raise ModelError(
            f"the attribute `labels` of the function is {found!r}",
            expected="label names, in the order of its scores",
            hint='predict.labels = ("negative", "positive")',
        )
    return tuple(found)


def _batch(model: ModelRef) -> int | None:
    text = model.options.get("batch")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ModelError(f"?batch={text}", expected="a whole number from 1 on", hint="?batch=32")
    return int(text)


adapter = PythonFunction()
