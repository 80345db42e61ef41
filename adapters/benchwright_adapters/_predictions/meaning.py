"""What a label of a file means: a label of the task by name or id, or by the user's map from numbers to labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from benchwright.errors import PredictionsError
from benchwright.labels import align, canonical, describe
from benchwright.tags import Scheme
from benchwright.types import Context, Kind, ModelRef, Task

from .cells import listed, shown, whole

_GENERIC = re.compile(r"\s*label[_ -]?([0-9]{1,9})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """A task, the task label of each output number (``?labels=``), and how tags are written (``?scheme=``)."""

    task: Task
    outputs: tuple[str, ...] = ()
    scheme: Scheme | None = None
    _tags: dict[str, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def tag(self, given: str) -> str | None:
        """The tag of the task meant by a name or alias; None when there is none. A task without tags takes any."""
        if given not in self._tags:
            known = None if given.strip().isdigit() else _named(given, self.task)
            self._tags[given] = known if self.task.labels else given
        return self._tags[given]

    def label(self, given: object, where: str) -> str:
        """The task label meant; without a map by name, alias or task id, with one by output number or ``LABEL_i``.

        Raises:
            PredictionsError: Nothing of the kind is meant, or a name stands beside a map.
        """
        found = self._mapped(given, where) if self.outputs else _named(given, self.task)
        if found is None:
            raise self._unknown(given, where)
        return found

    def scores(self, given: object, where: str) -> list[object] | None:
        """The score of each task label in id order, unread; None when there are none.

        Raises:
            PredictionsError: Not one for each label, or two outputs of the map share a label.
        """
        if given is None:
            return None
        if not isinstance(given, Mapping):
            raise PredictionsError(f"{where}: `scores` is not an object", expected="a number for each label, by name")
        if len(set(self.outputs)) < len(self.outputs):
            raise PredictionsError(
                f"{where}: `scores` of outputs that share a label ({', '.join(self.outputs)}) cannot be joined",
                expected="labels alone, or one output for each label",
            )
        names = [_named(key, self.task) if not self.outputs else self.label(key, where) for key in given]
        if len(set(names)) != len(names) or set(names) != set(self.task.label_names):
            wanted = [str(number) for number in range(len(self.outputs))] or self.task.label_names
            raise PredictionsError(f"{where}: `scores` names {listed(given)}", expected=f"exactly: {', '.join(wanted)}")
        named = dict(zip(names, given.values(), strict=True))
        return [named[name] for name in self.task.label_names]

    def _mapped(self, given: object, where: str) -> str | None:
        position = _position(given)
        if position is not None:
            return self.outputs[position] if position < len(self.outputs) else None
        if isinstance(given, str) and _named(given, self.task) is not None:
            raise PredictionsError(
                f"{where}: the label {shown(given)} is a name of {self.task.name}, and names need no map",
                hint="leave ?labels= out",
            )
        return None

    def _unknown(self, given: object, where: str) -> PredictionsError:
        if self.outputs:
            meant = ", ".join(f"{number} {name}" for number, name in enumerate(self.outputs))
            what = "no `label`" if given is None else f"the label map has no entry for {shown(given)}"
            return PredictionsError(f"{where}: {what}", expected=f"the number of an output: {meant}")
        hint = "labels are matched by name; rename them in the file"
        if isinstance(given, str) and _GENERIC.fullmatch(given):
            hint = f"say what each number means: `?labels={','.join(self.task.label_names)}` (check the order!)"
        return PredictionsError(
            f"{where}: " + ("no `label`" if given is None else f"unknown label {shown(given)}"),
            expected=f"a label of {self.task.name} by name or id: {describe(self.task.labels)}",
            hint=hint,
        )


def meaning(model: ModelRef, task: Task, context: Context) -> Meaning:
    """What labels mean in a model's file: the engine's map where a session is opened, else the option's.

    Raises:
        LabelError: The map does not fit the labels of the task.
        PredictionsError: There is a map, and the kind of the task has no labels to map; a scheme is unknown, or the task
            has no tags.
    """
    given = [part.strip() for part in model.options.get("labels", "").split(",") if part.strip()]
    scheme = _scheme(model, task)
    ties = context.labels if context.labels and context.labels.origin == "user" else None
    if ties is None and given and task.labels:
        ties = align(task, None, mapping=given, model=model.name)
    if ties is None:
        return Meaning(task, scheme=scheme)
    if scheme is not None:
        raise PredictionsError(
            "?scheme= beside ?labels=: numbers of a map already mean tags of the task", expected="one"
        )
    if task.kind not in (Kind.CLASSIFY, Kind.TAG):
        raise PredictionsError(f"a label map means nothing for {task.name} ({task.kind})", hint="leave ?labels= out")
    return Meaning(task, tuple(task.label_names[position] for position in ties.to_task))


def _scheme(model: ModelRef, task: Task) -> Scheme | None:
    """How the tags of a file are written, where the user says so."""
    given = model.options.get("scheme")
    if given is None:
        return None
    if task.kind is not Kind.TAG:
        raise PredictionsError(f"?scheme= means nothing for {task.name} ({task.kind})", hint="leave it out")
    found: Scheme | None = next((scheme for scheme in get_args(Scheme) if scheme == given.upper()), None)
    if found is None:
        raise PredictionsError(f"unknown scheme {shown(given)}", expected=f"one of: {', '.join(get_args(Scheme))}")
    return found


def _named(given: object, task: Task) -> str | None:
    try:
        return canonical(given, task.labels)
    except ValueError:  # more digits than Python reads as one integer
        return None


def _position(given: object) -> int | None:
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, str) and (generic := _GENERIC.fullmatch(given)):
        given = generic.group(1)
    return whole(given)
