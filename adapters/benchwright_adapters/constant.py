"""The reference that needs no data at all: one stated answer for every example, `constant:LABEL`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NoReturn

from benchwright import label_sets
from benchwright.errors import ModelError
from benchwright.labels import canonical, describe
from benchwright.types import ChoiceTask, ClassificationTask, Context, Facts, Kind, ModelRef, RegressionTask, Task

from ._constant import Constant, ConstantSession, facts


class ConstantAnswer:
    """The answer that stands behind the colon.

    - classify: a label, by name, alias or id; with several labels a row ``constant:a|b``, and ``constant:[]`` for none;
    - regress: a number in the task's range;
    - tag: a tag for every word, ``constant:O`` to find no entity;
    - choose: the 0-based number of an option (the first, where an example has fewer).
    """

    name = "constant"
    version = 1
    baseline = True
    gradients = False
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.CHOOSE)
    options: Mapping[str, str] = {}

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the answer. Raises ModelError for an answer that the task does not have."""
        return facts(_answer(model, task), task, self.kinds)

    def open(self, model: ModelRef, task: Task, context: Context) -> ConstantSession:
        """A session that always gives the same answer."""
        return ConstantSession(_answer(model, task), task)


def _answer(model: ModelRef, task: Task) -> Constant:
    given = f"{model.path}@{model.revision}" if model.revision else model.path  # a label may hold an @
    if isinstance(task, RegressionTask):
        return Constant(output=_number(given, task))
    if isinstance(task, ChoiceTask):
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            _refuse(given, task, "the 0-based number of an option", "constant:0")
        return Constant(output=[int(given)])
    if isinstance(task, ClassificationTask) and task.multilabel:
        parts = label_sets.parts(given, task.separator, lambda text: canonical(text, task.labels) is not None)
        chosen = {_label(part, task) for part in parts}
        return Constant(
            output=tuple(name for name in task.label_names if name in chosen),
            scores=tuple(float(name in chosen) for name in task.label_names),
        )
    label = _label(given, task)
    scores = tuple(float(name == label) for name in task.label_names) if isinstance(task, ClassificationTask) else None
    return Constant(output=label, scores=scores)


def _label(given: object, task: Task) -> str:
    found = canonical(given, task.labels)
    if found is None:
        near = get_close_matches(str(given), task.label_names, n=1)
        first = "O" if "O" in task.label_names else next(iter(near or task.label_names), "0")
        _refuse(given, task, f"one of: {describe(task.labels)}", f"constant:{first}")
    return found


def _number(given: str, task: Task) -> float:
    low, high = task.value_range or (-math.inf, math.inf)
    try:
        value = float(given) if "_" not in given else math.nan  # Python would read 1_0 as 10
    except ValueError:
        value = math.nan
    if not low <= value <= high or not math.isfinite(value):
        middle = (low + high) / 2 if math.isfinite(low + high) else 0.0
        _refuse(
            given,
            task,
            f"a number from {low:g} to {high:g}" if task.value_range else "a number",
            f"constant:{middle:g}",
        )
    return value


def _refuse(given: object, task: Task, expected: str, hint: str) -> NoReturn:
    what = (
        f"the constant {given!r} is no answer of {task.name}"
        if given
        else "a constant needs its answer behind the colon"
    )
    raise ModelError(what, expected=expected, hint=hint)


adapter = ConstantAnswer()
