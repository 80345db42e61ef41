"""What a label of a file means: a label of the task by name or id, or by the user's map from numbers to labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from benchwright import label_sets
from benchwright.errors import PredictionsError
from benchwright.labels import align, canonical, describe, looks_like, output_names
from benchwright.spelling import difference, fold, spelling
from benchwright.tags import SCHEMES, Scheme
from benchwright.types import ClassificationTask, Context, ModelRef, TaggingTask, Task

from .rows import PredictionRow, listed, shown, whole

_GENERIC = re.compile(r"\s*label[_ -]?([0-9]{1,9})\s*", re.IGNORECASE)


_TRUTH = frozenset({"true", "false"})
SETS = ("label", "prediction", "labels", "answer")
"""Fields in which a label or a set of labels may stand."""


@dataclass(frozen=True)
class LabelMatcher:
    """A task, the task label of each output number (``?labels=``), and how tags are written (``?scheme=``).

    ``by_position``: sets of labels are written as a zero or a one for each label, in every row.
    """

    task: Task
    outputs: tuple[str, ...] = ()
    scheme: Scheme | None = None
    by_position: bool = False
    _known: dict[str, str | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the task's labels, in id order."""
        return self.task.label_names

    def tag(self, given: str) -> str | None:
        """The tag of the task with that name or alias; None if there is none. A task without tags takes any."""
        if not self.task.labels:
            return given
        return None if given.strip().isdigit() else self._named(given)

    def _named(self, given: object) -> str | None:
        """The task label with that name, alias or id (cached)."""
        if not isinstance(given, str):
            return _named(given, self.task)
        if given not in self._known:
            self._known[given] = _named(given, self.task)
        return self._known[given]

    def label(self, given: object, where: str) -> str:
        """The task label meant; without a map by name, alias or task id, with one by output number or ``LABEL_i``.

        Raises:
            PredictionsError: It is no label, or there are both names and a map.
        """
        found = self._mapped(given, where) if self.outputs else self._named(given)
        if found is None:
            raise self._unknown(given, where)
        return found

    def label_set(self, given: object, where: str) -> tuple[str, ...]:
        """The task labels of a set in id order; given as a list, a text with the task's separator, or zeros and ones.

        Raises:
            PredictionsError: A part means no label, or zeros and ones stand for labels whose order nobody stated.
        """
        names = self.names
        if self.by_position:
            said = label_sets.bits(given) or ()
            chosen = {name for name, is_given in zip(self.outputs or names, said, strict=True) if is_given}
            return tuple(name for name in names if name in chosen)
        mark = self.task.separator
        mark = mark if mark and isinstance(given, str) and mark in given else None
        parts = label_sets.parts(given, mark, lambda text: self._named(text) is not None)
        if label_sets.is_position_wise(parts):
            raise PredictionsError(
                f"{where}: {shown(given)} holds zeros and ones by position",
                expected=f"label names, or a zero or a one for each of the {len(self.outputs or names)} labels in every row",
                hint='write the names: ["a", "b"]',
            )
        chosen = {self.label(part, where) for part in parts if part != ""}
        return tuple(name for name in names if name in chosen)

    def scores(self, given: object, where: str) -> list[object] | None:
        """The score of each task label in id order, unread; None when there are none.

        Raises:
            PredictionsError: Not one for each label, or two outputs of the map share a label.
        """
        if given is None:
            return None
        if not isinstance(given, Mapping):
            raise PredictionsError(
                f"{where}: `scores` is not an object",
                expected="a number for each label, by name",
                hint='write "scores": {"negative": 0.02, "positive": 0.98} in that row, or leave it out',
            )
        if len(set(self.outputs)) < len(self.outputs):
            raise PredictionsError(
                f"{where}: `scores` of outputs that share a label ({', '.join(self.outputs)}) cannot be joined",
                expected="labels alone, or one output for each label",
                hint="leave `scores` out of the rows",
            )
        names = [self._named(key) if not self.outputs else self.label(key, where) for key in given]
        if len(set(names)) != len(names) or set(names) != set(self.names):
            wanted = [str(number) for number in range(len(self.outputs))] or self.names
            raise PredictionsError(
                f"{where}: `scores` names {listed(given)}",
                expected=f"exactly: {', '.join(wanted)}",
                hint="name every label of the task once, or leave `scores` out",
            )
        named = dict(zip(names, given.values(), strict=True))
        return [named[name] for name in self.names]

    def _mapped(self, given: object, where: str) -> str | None:
        position = _position(given)
        if position is not None:
            return self.outputs[position] if position < len(self.outputs) else None
        if isinstance(given, str) and self._named(given) is not None:
            raise PredictionsError(
                f"{where}: the label {shown(given)} is a name of {self.task.name}, and names need no map",
                hint="leave ?labels= out",
            )
        return None

    def _unknown(self, given: object, where: str) -> PredictionsError:
        if self.outputs:
            meant = ", ".join(f"{number} {name}" for number, name in enumerate(self.outputs))
            what = "no `label`" if given is None else f"the label map has no entry for {shown(given)}"
            return PredictionsError(
                f"{where}: {what}",
                expected=f"the number of an output: {meant}",
                hint="mend that row, or the map behind ?labels=",
            )
        what = "no `label`" if given is None else f"unknown label {shown(given)}"
        if (alike := looks_like(given, self.task.labels)) is not None:
            what = f"the label {shown(given)} looks like {alike!r} and is another one: they differ in "
            what += difference(str(given), alike)
        return PredictionsError(
            f"{where}: {what}",
            expected=f"a label of {self.task.name} by {self._how()}: {describe(self.task.labels)}",
            hint=self._hint(given),
        )

    def _how(self) -> str:
        return "name (its labels have no published ids)" if _are_found(self.task) else "name or id"

    def _hint(self, given: object) -> str:
        """What to type for a label that means nothing."""
        ordered = f"?labels={','.join(self.names)}"
        if self.task.multilabel and label_sets.parted_by(given, lambda part: self._named(part) is not None):
            return 'write several labels of a row as a list (["a", "b"]), or with | between them'
        alike = looks_like(given, self.task.labels)
        number = None if alike and alike not in _TRUTH else _position(given)
        is_place = number is not None and number <= len(self.task.labels)
        if is_place and (_are_found(self.task) or not isinstance(given, int | float)):
            return f"say what each number means: `{ordered}` (check the order!)"
        if given is None or alike is not None or not _are_found(self.task):
            by_case = alike is not None and _are_found(self.task) and fold(str(given)) == fold(alike)
            said = "write it as the gold file does" if alike else "labels are matched by name; rename them in the file"
            return f"{said}, or name the labels behind --suite: `&{ordered[1:]}` reads both" if by_case else said
        named = f"`&{ordered[1:]},{spelling(given) or '...'}`"
        return f"labels are matched by name; rename them in the file, or name this one too, behind --suite: {named}"


def detect_positions(matcher: LabelMatcher, rows: Sequence[PredictionRow], name: str) -> LabelMatcher:
    """The matcher of a file whose rows give sets of labels as a zero or a one for each label, where all of them do.

    Raises:
        PredictionsError: They do, and the order of the labels is not known.
    """
    task, places = matcher.task, len(matcher.outputs or matcher.task.labels)
    names = {spelling(label.name) for label in task.labels}
    if not task.multilabel or {"0", "1"} <= names or {"false", "true"} <= names:
        return matcher
    given = [next((row.fields[key] for key in SETS if row.fields.get(key) is not None), None) for row in rows]
    said = [None if spelling(one) in names else label_sets.bits(one) for one in given if one is not None]
    if not said or any(one is None or len(one) != places for one in said):
        return matcher
    if _are_found(task) and not matcher.outputs:
        raise PredictionsError(
            f"{name} gives labels as zeros and ones by position, such as {shown(given[0])}, and nobody said in which order",
            expected=f"label names of {task.name}: {describe(task.labels)}",
            hint=f"say which label each place means: `?labels={','.join(task.label_names)}` (check the order!)",
        )
    return replace(matcher, by_position=True)


def label_matcher(model: ModelRef, task: Task, context: Context) -> LabelMatcher:
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
        return LabelMatcher(task, scheme=scheme)
    if scheme is not None:
        raise PredictionsError(
            "?scheme= beside ?labels=: numbers of a map already mean tags of the task",
            expected="one",
            hint="leave ?scheme= out, or name the tags in ?labels= in full",
        )
    if not isinstance(task, ClassificationTask | TaggingTask):
        raise PredictionsError(f"a label map means nothing for {task.name} ({task.kind})", hint="leave ?labels= out")
    return LabelMatcher(task, output_names(task, ties))


def _scheme(model: ModelRef, task: Task) -> Scheme | None:
    """How the tags of a file are written, where the user says so."""
    given = model.options.get("scheme")
    if given is None:
        return None
    if not isinstance(task, TaggingTask):
        raise PredictionsError(f"?scheme= means nothing for {task.name} ({task.kind})", hint="leave it out")
    found = SCHEMES.get(given.strip().upper())
    if found is None:
        raise PredictionsError(
            f"unknown scheme {shown(given)}", expected=f"one of: {', '.join(SCHEMES)}", hint="?scheme=IOB2"
        )
    return found


def _are_found(task: Task) -> bool:
    """Whether the labels are those of a user's file, to which nobody gave numbers."""
    return any(label.found for label in task.labels)


def _named(given: object, task: Task) -> str | None:
    try:
        return canonical(given, task.labels)
    except ValueError:  # more digits than Python reads as one integer
        return None


def _position(given: object) -> int | None:
    if isinstance(given, str) and (generic := _GENERIC.fullmatch(given)):
        given = generic.group(1)
    return whole(given)
